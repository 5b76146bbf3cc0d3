//! How the fits of a whole alignment proceed, and their parameters.

use crate::{
    Error,
    ascent::{Ascent, Settings},
    model::{AG, Exchangeabilities},
    watch::Watch,
};

/// How a fit of a whole alignment proceeds. It ends when a step is expected to gain less than `gain`.
pub(super) const fn settings(gain: f64) -> Settings {
    Settings {
        gain,
        evaluations: 1000,
        absolute: 0.2,
        relative: 0.7,
    }
}

/// The gain at which a fit ends that is a result.
pub(crate) const PRECISE: f64 = 2e-5;
/// The gain at which a fit ends from which another one starts.
pub(super) const ROUGH: f64 = 1e-2;

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
