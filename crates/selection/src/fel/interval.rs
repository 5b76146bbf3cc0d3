//! 95% intervals of dN/dS = β/α at single sites, by the profile likelihood: for each ω, the other
//! rates are fitted again. (HyPhy holds them at their estimates; its intervals are too narrow.)

use super::{SiteFit, SiteTests};
use crate::{
    Error,
    model::HitRates,
    rates::Free,
    search::{self, Search},
    sites::Sites,
    test::HALF_WIDTH,
};

/// Largest ω, as HyPhy's.
const MOST: f64 = 1e4;
/// Rounds of the search for an end.
const ROUNDS: usize = 60;

/// The search for one end of an interval: on one side the log-likelihood is above the limit, on the
/// other it is below. Positions are square roots of ω.
#[derive(Debug, Clone)]
struct End {
    fit: SiteFit,
    above: [f64; 2],
    below: [f64; 2],
    /// The side that was last replaced.
    last: Option<bool>,
    /// The last profile.
    at: Profile,
    done: bool,
}

/// The rates of a profile: ω, and the fitted α, background β, δ and ψ.
#[derive(Debug, Clone, Copy)]
struct Profile {
    omega: f64,
    alpha: f64,
    background: f64,
    hits: HitRates,
}

impl Profile {
    /// That of the estimates, with another ω.
    fn of(fit: &SiteFit, omega: f64) -> Self {
        Self {
            omega,
            alpha: fit.alpha,
            background: fit.background,
            hits: fit.hits,
        }
    }
}

impl End {
    /// The next position: where a line through both ends meets the limit (Illinois variant of the
    /// regula falsi: Dowell M, Jarratt P 1971, BIT 11:168).
    fn next(&self) -> f64 {
        let ([a, fa], [b, fb]) = (self.above, self.below);
        let place = if fb.is_finite() { fa / (fa - fb) } else { 0.5 };
        a + (b - a) * place.clamp(0.02, 0.98)
    }

    fn tell(&mut self, position: f64, excess: f64) {
        let is_above = excess >= 0.0;
        let other = if is_above {
            &mut self.below
        } else {
            &mut self.above
        };
        if self.last == Some(is_above) {
            other[1] *= 0.5;
        }
        self.last = Some(is_above);
        let side = if is_above {
            &mut self.above
        } else {
            &mut self.below
        };
        *side = [position, excess];
        let (a, b) = (self.above[0].powi(2), self.below[0].powi(2));
        self.done = (a - b).abs() <= 1e-4 * a.max(b) + 1e-6 || excess.abs() < 1e-6;
    }

    /// The end, as ω.
    fn omega(&self) -> f64 {
        self.above[0].powi(2)
    }
}

/// For each fit: the lower end, the estimate and the upper end.
pub(super) fn intervals(
    tests: &SiteTests<'_>,
    sites: &Sites<'_>,
    fits: &[SiteFit],
) -> Result<Vec<[f64; 3]>, Error> {
    let estimates: Vec<f64> = fits.iter().map(estimate).collect();
    let lower = ends(tests, sites, fits, &estimates, 0.0)?;
    let upper = ends(tests, sites, fits, &estimates, MOST)?;
    let all = lower.into_iter().zip(estimates).zip(upper);
    Ok(all
        .map(|((lower, estimate), upper)| [lower, estimate, upper])
        .collect())
}

fn estimate(fit: &SiteFit) -> f64 {
    (fit.beta / fit.alpha.max(1e-8)).min(MOST)
}

/// The ends between the estimates and `limit`.
fn ends(
    tests: &SiteTests<'_>,
    sites: &Sites<'_>,
    fits: &[SiteFit],
    estimates: &[f64],
    limit: f64,
) -> Result<Vec<f64>, Error> {
    let end = |(fit, estimate): (&SiteFit, &f64)| End {
        fit: *fit,
        above: [estimate.sqrt(), HALF_WIDTH],
        below: [limit.sqrt(), f64::NAN],
        last: None,
        at: Profile::of(fit, *estimate),
        done: false,
    };
    let mut ends: Vec<End> = fits.iter().zip(estimates).map(end).collect();
    // The limit itself may be within the interval.
    let at_limit = profile(tests, sites, &mut ends, |_| limit.sqrt())?;
    for (end, excess) in ends.iter_mut().zip(at_limit) {
        if excess >= 0.0 {
            end.above[0] = limit.sqrt();
            end.done = true;
        } else {
            end.below[1] = excess;
        }
        end.at = Profile::of(&end.fit, end.above[0].powi(2));
    }
    for _ in 0..ROUNDS {
        let mut open: Vec<End> = ends.iter().filter(|end| !end.done).cloned().collect();
        if open.is_empty() {
            break;
        }
        let positions: Vec<f64> = open.iter().map(End::next).collect();
        let excess = profile(tests, sites, &mut open, End::next)?;
        for ((end, position), excess) in open.iter_mut().zip(positions).zip(excess) {
            end.tell(position, excess);
        }
        let mut changed = open.into_iter();
        for end in ends.iter_mut().filter(|end| !end.done) {
            if let Some(new) = changed.next() {
                *end = new;
            }
        }
    }
    Ok(ends.iter().map(End::omega).collect())
}

/// By how much the profile likelihood at a position exceeds the limit.
fn profile(
    tests: &SiteTests<'_>,
    sites: &Sites<'_>,
    ends: &mut [End],
    position: impl Fn(&End) -> f64,
) -> Result<Vec<f64>, Error> {
    let parameters = tests.parameters(if tests.options.synonymous_rate_variation {
        Free::Synonymous
    } else {
        Free::None
    });
    let curvatures = tests.models.curvatures(sites);
    let (model, theta) = (&tests.models.model.model, &tests.models.fit.theta);
    let search = |end: &End| {
        let omega = position(end).powi(2);
        let before = end.at;
        let (es, en) = model.expected(theta, &before.hits);
        // The same number of changes as before.
        let alpha = before.alpha.max(1e-8) * (es + before.omega * en) / (es + omega * en);
        let (alpha, background) = (alpha.max(1e-8), before.background.max(1e-8));
        let start = parameters.point(alpha, omega * alpha, background, &before.hits);
        let mut search = Search::new(end.fit.pattern, start, parameters.curvature(&curvatures));
        search.constant = omega;
        search
    };
    let searches = ends.iter().map(search).collect();
    let searches = search::maximise(sites, &parameters, searches, tests.models.watch, &|_| {})?;
    let mut all = Vec::with_capacity(ends.len());
    for (end, search) in ends.iter_mut().zip(searches) {
        let (alpha, _, background) = parameters.rates(search.best(), search.constant);
        end.at = Profile {
            omega: search.constant,
            alpha,
            background,
            hits: parameters.hits(search.best(), search.constant),
        };
        all.push(search.value() - (end.fit.alternative - HALF_WIDTH));
    }
    Ok(all)
}
