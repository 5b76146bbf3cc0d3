//! Probabilities of test statistics.

/// P(X ≥ x) of a χ² distribution with one degree of freedom; 1 for x ≤ 0.
pub(crate) fn chi_square_1(x: f64) -> f64 {
    if x > 0.0 {
        libm::erfc((x / 2.0).sqrt())
    } else {
        1.0
    }
}

/// P(X ≥ x) of a χ² distribution with two degrees of freedom; 1 for x ≤ 0.
pub(crate) fn chi_square_2(x: f64) -> f64 {
    if x > 0.0 { (-x / 2.0).exp() } else { 1.0 }
}

/// Half of the 95% quantile of χ² with one degree of freedom: how much the log-likelihood falls from
/// its maximum to the ends of a 95% interval.
pub(crate) const HALF_WIDTH: f64 = 1.920_729_410_347_062;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_are_those_of_tables() {
        assert!((chi_square_1(3.841_458_820_694_124) - 0.05).abs() < 1e-12);
        assert!((chi_square_2(5.991_464_547_107_979) - 0.05).abs() < 1e-12);
        assert_eq!(chi_square_1(-1.0), 1.0);
        assert!((chi_square_1(2.0 * HALF_WIDTH) - 0.05).abs() < 1e-12);
    }
}
