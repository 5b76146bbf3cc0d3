//! Where the searches for MEME's alternative model begin, made from the fit with one nonsynonymous
//! rate: HyPhy's starting points, and those of bursts of changes at a site that is conserved elsewhere.

use super::parameters::MixedRates;

/// ω and share of the classes before the last, and β⁺ as a multiple of the base.
struct Start {
    positive: f64,
    omegas: [f64; 3],
    shares: [f64; 3],
}

const fn start(positive: f64, omegas: [f64; 3], shares: [f64; 3]) -> Start {
    Start {
        positive,
        omegas,
        shares,
    }
}

/// HyPhy's points for two classes; the third and the fourth one are as its points for more. The last
/// three are for sites where a few branches have many nonsynonymous changes, or saturated ones.
const STARTS: [Start; 10] = [
    start(2.0, [0.5, 0.0, 0.25], [0.5, 0.5, 0.7]),
    start(4.0, [0.25, 0.5, 1.0], [0.25, 0.5, 0.25]),
    start(1.0, [0.5, 0.5, 1.0], [0.5, 0.5, 0.7]),
    start(1.0, [0.75, 0.25, 1.0], [0.8, 0.6, 0.75]),
    start(8.0, [0.5, 0.25, 0.75], [0.8, 0.6, 0.75]),
    start(1.0, [0.0, 0.0, 1.0], [0.01, 0.01, 0.1]),
    start(1.0, [0.0, 0.0, 0.5], [0.7, 0.7, 0.5]),
    start(4.0, [0.5, 0.5, 1.0], [0.95, 0.5, 0.5]),
    start(50.0, [0.5, 0.5, 1.0], [0.9, 0.5, 0.5]),
    start(50.0, [0.5, 0.5, 1.0], [0.7, 0.5, 0.5]),
];

/// A class with few nonsynonymous changes and one with the others: both together keep the mean of the
/// nonsynonymous rates. HyPhy's points begin with β⁺ above α, so they are far from the optimum where α
/// is large.
struct Burst {
    /// α as a multiple of that of the fit with one nonsynonymous rate.
    alpha: f64,
    /// β of the class with few changes, as a multiple of the mean.
    rest: f64,
    /// The share of that class.
    share: f64,
}

const BURSTS: [Burst; 4] = [
    Burst {
        alpha: 1.0,
        rest: 0.0,
        share: 0.75,
    },
    Burst {
        alpha: 1.0,
        rest: 0.0,
        share: 0.875,
    },
    Burst {
        alpha: 0.1,
        rest: 0.0,
        share: 0.8,
    },
    Burst {
        alpha: 1.0,
        rest: 0.5,
        share: 0.5,
    },
];

/// Points without synonymous changes: the share of the class with no changes at all, and β⁺ as a
/// multiple of what keeps the mean of the nonsynonymous rates. Where α of the fit is large, the optimum
/// may be here, far from the other points.
const WITHOUT_SYNONYMOUS: [[f64; 2]; 6] = [
    [0.6, 1.0],
    [0.8, 1.0],
    [0.9, 1.0],
    [0.8, 4.0],
    [0.7, 100.0],
    [0.9, 100.0],
];

/// The points for a site whose fit with one nonsynonymous rate has these rates. The first one is
/// that fit.
pub(super) fn starts(alpha: f64, beta: f64, background: f64, classes: usize) -> Vec<MixedRates> {
    let base = if alpha < beta {
        beta
    } else {
        (1.5 * alpha).max(0.1)
    };
    let earlier = classes - 1;
    let (omega, share) = match (alpha < beta, alpha > 1e-5) {
        (true, _) => (0.0, 0.25),
        (false, true) => (beta / alpha, 0.75),
        (false, false) => (1.0, 0.75),
    };
    let of_fit = |share: f64| MixedRates {
        alpha,
        omegas: vec![omega; earlier],
        positive: base,
        shares: vec![share; earlier],
        background,
    };
    // With almost all weight on the class that has the rate of the fit, it is that fit.
    let nearly = if alpha < beta { 0.0 } else { 1.0 };
    let mut all = vec![of_fit(nearly), of_fit(share)];
    all.extend(STARTS.iter().map(|start| MixedRates {
        alpha,
        omegas: start.omegas[..earlier].to_vec(),
        positive: start.positive * base,
        shares: start.shares[..earlier].to_vec(),
        background,
    }));
    all.extend(BURSTS.iter().map(|burst| {
        let alpha = burst.alpha * alpha;
        let omega = if alpha > 1e-5 {
            burst.rest * beta / alpha
        } else {
            0.0
        };
        MixedRates {
            alpha,
            omegas: vec![omega.min(1.0); earlier],
            positive: beta * (1.0 - burst.share * burst.rest) / (1.0 - burst.share),
            shares: shares(burst.share, earlier),
            background,
        }
    }));
    all.extend(WITHOUT_SYNONYMOUS.iter().map(|[share, times]| MixedRates {
        alpha: 0.0,
        omegas: vec![0.0; earlier],
        positive: times * beta.max(0.1) / (1.0 - share),
        shares: shares(*share, earlier),
        background,
    }));
    all
}

/// The shares of the earlier classes: `first` of all for the first one, then half of what is left.
fn shares(first: f64, earlier: usize) -> Vec<f64> {
    let share = |place| if place == 0 { first } else { 0.5 };
    (0..earlier).map(share).collect()
}
