//! Where the searches for MEME's alternative model begin, made from the fit with one nonsynonymous
//! rate.

use super::parameters::MixedRates;

/// The points for one site.
pub(super) struct Starts {
    /// Those to search from at each site.
    pub(super) near: Vec<MixedRates>,
    /// One that is far from the maximum at most sites.
    pub(super) far: MixedRates,
}

/// ω and share of the classes before the last, and β⁺ as a multiple of the base.
struct Start {
    positive: f64,
    omegas: [f64; 3],
    shares: [f64; 3],
}

/// Two of HyPhy's points for two classes, where the third and the fourth one are as its points for
/// more; then one where a few branches have saturated changes.
const STARTS: [Start; 3] = [
    Start {
        positive: 4.0,
        omegas: [0.25, 0.5, 1.0],
        shares: [0.25, 0.5, 0.25],
    },
    Start {
        positive: 1.0,
        omegas: [0.0, 0.0, 0.5],
        shares: [0.7, 0.7, 0.5],
    },
    Start {
        positive: 50.0,
        omegas: [0.5, 0.5, 1.0],
        shares: [0.7, 0.5, 0.5],
    },
];

/// The points for a site whose fit with one nonsynonymous rate has these rates.
pub(super) fn starts(alpha: f64, beta: f64, background: f64, classes: usize) -> Starts {
    let earlier = classes - 1;
    let share = if alpha < beta { 0.25 } else { 0.75 };
    let mut near = vec![near_one_rate(alpha, beta, background, classes, share)];
    near.extend(STARTS.iter().map(|start| MixedRates {
        alpha,
        omegas: start.omegas[..earlier].to_vec(),
        positive: start.positive * base(alpha, beta),
        shares: start.shares[..earlier].to_vec(),
        background,
    }));
    // These have β⁺ above α, so they are far from the maximum where α of the fit is large. A burst has
    // nonsynonymous changes only in the last class.
    let burst = |alpha: f64, positive: f64, share: f64| MixedRates {
        alpha,
        omegas: vec![0.0; earlier],
        positive,
        shares: shares(share, earlier),
        background,
    };
    // All classes together have the nonsynonymous rate of the fit.
    near.push(burst(0.1 * alpha, beta / 0.2, 0.8));
    Starts {
        near,
        far: burst(0.0, 100.0 * beta.max(0.1) / 0.3, 0.7),
    }
}

/// The fit with one nonsynonymous rate, as a mixture.
pub(super) fn one_rate(alpha: f64, beta: f64, background: f64, classes: usize) -> MixedRates {
    // All weight is on the class that has the rate of the fit.
    let share = if alpha < beta { 0.0 } else { 1.0 };
    near_one_rate(alpha, beta, background, classes, share)
}

/// A mixture in which one class has the rate of that fit.
fn near_one_rate(alpha: f64, beta: f64, background: f64, classes: usize, share: f64) -> MixedRates {
    let earlier = classes - 1;
    let omega = if alpha < beta {
        0.0
    } else if alpha > 1e-5 {
        beta / alpha
    } else {
        1.0
    };
    MixedRates {
        alpha,
        omegas: vec![omega; earlier],
        positive: base(alpha, beta),
        shares: vec![share; earlier],
        background,
    }
}

/// A nonsynonymous rate above α.
fn base(alpha: f64, beta: f64) -> f64 {
    if alpha < beta {
        beta
    } else {
        (1.5 * alpha).max(0.1)
    }
}

/// The shares of the earlier classes: `first` of all for the first one, then half of what is left.
fn shares(first: f64, earlier: usize) -> Vec<f64> {
    let share = |place| if place == 0 { first } else { 0.5 };
    (0..earlier).map(share).collect()
}
