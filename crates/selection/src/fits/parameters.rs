//! How the fits of a whole alignment proceed, and their parameters.

use crate::{
    Error,
    ascent::{Ascent, Settings},
    model::{AG, Exchangeabilities},
    watch::Watch,
};

/// The gain of a step at which the fit of GTR ends.
pub(super) const OF_NUCLEOTIDES: f64 = 2e-5;
/// The gain of a step at which a fit of codons ends that is a result.
pub(crate) const PRECISE: f64 = 1e-5;
/// The gain of a step at which a fit ends from which another one starts.
pub(super) const ROUGH: f64 = 1e-2;

/// How a fit by gradients proceeds. It ends when a step is expected to gain less than `gain`.
pub(super) const fn settings(gain: f64) -> Settings {
    Settings {
        gain,
        evaluations: 1000,
        absolute: 0.2,
        relative: 0.7,
    }
}

/// A function of the parameters of a fit, in the form that [`Ascent`] maximises.
pub(super) fn maximise(
    mut ascent: Ascent,
    watch: &dyn Watch,
    mut evaluate: impl FnMut(&[f64]) -> (f64, Vec<f64>),
) -> Result<Ascent, Error> {
    while !ascent.is_done() {
        if watch.cancelled() {
            return Err(Error::Cancelled);
        }
        let (value, gradient) = evaluate(ascent.point());
        ascent.tell(value, &gradient);
    }
    Ok(ascent)
}

/// θ of five square roots.
pub(super) fn theta_of(roots: &[f64]) -> Exchangeabilities {
    let mut theta = [1.0; 6];
    let free = (0..6).filter(|place| *place != AG);
    for (place, root) in free.zip(roots) {
        theta[place] = root * root;
    }
    theta
}

/// The square roots of the five free θ.
pub(super) fn roots_of(theta: &Exchangeabilities) -> impl Iterator<Item = f64> {
    let free = (0..6).filter(|place| *place != AG);
    free.map(|place| theta[place].sqrt())
}

/// A length, or 0 if it is one that the square root approaches without end.
pub(super) fn settled(length: f64) -> f64 {
    if length < 1e-8 { 0.0 } else { length }
}

/// The share of the changes along a branch of this length that are informative about the length: the
/// Fisher information on its logarithm, divided by the length, if a site shows only whether the two
/// ends differ (Jukes TH, Cantor CR 1969). It is 1 for a short branch and falls with saturation, but
/// not below 0.1, which keeps the steps of a search moderate.
pub(super) fn informative(length: f64) -> f64 {
    const LEAST: f64 = 0.1;
    let same = (-4.0 / 3.0 * length).exp();
    let differ = 0.75 * (1.0 - same);
    if differ > 1e-12 {
        (length * same.powi(2) / (differ * (1.0 - differ))).max(LEAST)
    } else {
        1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn saturated_branches_are_hardly_informative() {
        let close = |length: f64, share: f64| (informative(length) - share).abs() < 1e-3;
        assert!(close(0.0, 1.0) && close(1e-9, 1.0) && close(1e-4, 1.0));
        assert!(close(1.0, 0.281));
        assert!(close(10.0, 0.1) && close(f64::INFINITY, 0.1));
    }
}
