//! The binomial test, for numbers of substitutions that need not be whole.

/// Sums that exceed this are scaled.
const LARGE: f64 = 1e200;

/// The probability of at most `successes` among `trials`, each with the probability `p`. Between
/// whole numbers it is interpolated.
pub(crate) fn at_most(successes: f64, trials: f64, p: f64) -> f64 {
    if p == 0.0 {
        return 0.0;
    }
    if p >= 1.0 {
        return f64::from(u8::from(successes >= trials));
    }
    let whole = successes.floor();
    // As multiples of exp(scale), because the first term may be too small for a number.
    let mut scale = trials * (-p).ln_1p();
    let mut term = 1.0;
    let mut head = 0.0;
    let mut k = 0.0;
    while k <= whole {
        head += term;
        term *= (trials - k) / (k + 1.0) * p / (1.0 - p);
        k += 1.0;
        if head > LARGE {
            head /= LARGE;
            term /= LARGE;
            scale += LARGE.ln();
        }
    }
    let (head, term) = (head * scale.exp(), term * scale.exp());
    let rest = successes - whole;
    let probability = if successes <= trials.floor() {
        head + term * rest
    } else {
        head + (1.0 - head) * rest / (trials - trials.floor())
    };
    probability.clamp(0.0, 1.0)
}

/// The probabilities that there are at most, and at least, so many synonymous substitutions, if
/// each substitution is synonymous with the probability `p`.
pub(crate) fn probabilities(synonymous: f64, nonsynonymous: f64, p: f64) -> (f64, f64) {
    let all = synonymous + nonsynonymous;
    if all == 0.0 {
        return (1.0, 1.0);
    }
    let at_least = if synonymous == 0.0 {
        1.0
    } else {
        1.0 - at_most((synonymous - 1.0).max(0.0), all, p)
    };
    (at_most(synonymous, all, p), at_least)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_have_the_binomial_distribution() {
        // 4 trials, p = 1/4: 81, 108, 54, 12, 1 of 256.
        let (at_most, at_least) = probabilities(1.0, 3.0, 0.25);
        assert!((at_most - 189.0 / 256.0).abs() < 1e-15);
        assert!((at_least - 175.0 / 256.0).abs() < 1e-15);
        assert_eq!(probabilities(0.0, 0.0, f64::NAN), (1.0, 1.0));
        assert_eq!(probabilities(0.0, 3.0, 0.5).1, 1.0);
        assert_eq!(probabilities(0.0, 3.0, 0.0).0, 0.0);
    }

    /// Half a substitution counts by half, and p-values grow with every part of one.
    #[test]
    fn numbers_between_whole_ones_are_interpolated() {
        let middle = (at_most(1.0, 4.0, 0.25) + at_most(2.0, 4.0, 0.25)) / 2.0;
        assert!((at_most(1.5, 4.0, 0.25) - middle).abs() < 1e-15);
        // Beyond the last whole number of trials, up to certainty.
        assert!((at_most(2.5, 2.5, 0.25) - 1.0).abs() < 1e-15);
    }
    #[test]
    fn many_trials_do_not_underflow() {
        // The sum of the terms below the middle, and half of the middle one is 1/2.
        let half = at_most(2499.0, 5000.0, 0.5) / 2.0 + at_most(2500.0, 5000.0, 0.5) / 2.0;
        assert!((half - 0.5).abs() < 1e-10, "{half}");
        assert_eq!(at_most(3.0, 3.0, 1.0), 1.0);
        assert_eq!(at_most(2.0, 3.0, 1.0), 0.0);
    }
}
