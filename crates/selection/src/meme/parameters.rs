//! The mixture of a site as parameters of a search.
//!
//! Rates are squares of parameters, and what lies between 0 and 1 is the squared sine of one, so no
//! bound is needed.

use crate::{
    search::{Parameters, SiteGradient, bounded, rate},
    site_models::Curvatures,
    sites::{Component, Wanted},
};

/// Largest nonsynonymous rate, as HyPhy's.
const MOST: f64 = 1e5;
/// How far from 0 and 1 a search starts: at the ends themselves, the derivative is 0.
const MARGIN: f64 = 1e-3;

/// The parameters of MEME's models: α, then β⁺ unless it is α, then ω of each other class, then the
/// share of each class but the last among it and those after it, then β of background branches.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mixture {
    /// Number of classes.
    pub(super) classes: usize,
    /// Whether β⁺ is free; otherwise it is α.
    pub(super) positive: bool,
    /// Whether there are branches that are not tested.
    pub(super) background: bool,
}

/// The rates of a site.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct MixedRates {
    /// The synonymous rate.
    pub(super) alpha: f64,
    /// ω of all classes but the last: the nonsynonymous rate as a multiple of α, 0 to 1.
    pub(super) omegas: Vec<f64>,
    /// The nonsynonymous rate of the last class.
    pub(super) positive: f64,
    /// The share of each class but the last among it and those after it.
    pub(super) shares: Vec<f64>,
    /// The nonsynonymous rate of branches that are not tested.
    pub(super) background: f64,
}

impl MixedRates {
    /// The nonsynonymous rate of each class.
    pub(super) fn betas(&self) -> Vec<f64> {
        let mut betas: Vec<f64> = self.omegas.iter().map(|omega| omega * self.alpha).collect();
        betas.push(self.positive);
        betas
    }

    /// The weight of each class.
    pub(super) fn weights(&self) -> Vec<f64> {
        let mut left = 1.0;
        let mut weights = Vec::with_capacity(self.shares.len() + 1);
        for share in &self.shares {
            weights.push(left * share);
            left *= 1.0 - share;
        }
        weights.push(left);
        weights
    }
}

/// The squared sine of an angle, and its derivative.
fn fraction(angle: f64) -> (f64, f64) {
    (angle.sin().powi(2), (2.0 * angle).sin())
}

/// An angle whose squared sine is about a fraction.
fn angle(fraction: f64) -> f64 {
    fraction.clamp(MARGIN, 1.0 - MARGIN).sqrt().asin()
}

impl Mixture {
    /// Place of the first ω.
    fn first_omega(self) -> usize {
        1 + usize::from(self.positive)
    }

    /// Place of the first share.
    fn first_share(self) -> usize {
        self.first_omega() + self.classes - 1
    }

    /// Place of the background's rate.
    fn last(self) -> usize {
        self.first_share() + self.classes - 1
    }

    /// The point near some rates.
    pub(super) fn point(self, rates: &MixedRates) -> Vec<f64> {
        let mut point = vec![rates.alpha.sqrt()];
        if self.positive {
            point.push(rates.positive.sqrt());
        }
        point.extend(rates.omegas.iter().map(|omega| angle(*omega)));
        point.extend(rates.shares.iter().map(|share| angle(*share)));
        if self.background {
            point.push(rates.background.sqrt());
        }
        point
    }

    /// The rates at a point.
    pub(super) fn rates(self, point: &[f64]) -> MixedRates {
        let alpha = rate(point[0]).0;
        let fractions = |places: std::ops::Range<usize>| {
            point[places]
                .iter()
                .map(|angle| fraction(*angle).0)
                .collect()
        };
        MixedRates {
            alpha,
            omegas: fractions(self.first_omega()..self.first_share()),
            positive: if self.positive {
                bounded(point[1], MOST).0
            } else {
                alpha
            },
            shares: fractions(self.first_share()..self.last()),
            background: if self.background {
                bounded(point[self.last()], MOST).0
            } else {
                0.0
            },
        }
    }

    /// Guesses at the inverse curvature, from those of α, β and the background's β.
    pub(super) fn curvature(self, curvatures: &Curvatures) -> Vec<f64> {
        let mut curvature = vec![curvatures.alpha];
        if self.positive {
            curvature.push(curvatures.beta);
        }
        curvature.resize(self.last(), 0.2);
        if self.background {
            curvature.push(curvatures.background);
        }
        curvature
    }
}

impl Parameters for Mixture {
    fn components(&self) -> [usize; 2] {
        [usize::from(self.background), self.classes]
    }

    fn wanted(&self) -> Wanted {
        Wanted::Gradient
    }

    fn set(&self, point: &[f64], _: f64, lane: usize, components: &mut [Vec<Component>; 2]) {
        let rates = self.rates(point);
        let [background, tested] = components;
        for component in background {
            component.alpha[lane] = rates.alpha;
            component.beta[lane] = rates.background;
        }
        let classes = rates.betas().into_iter().zip(rates.weights());
        for (component, (beta, weight)) in tested.iter_mut().zip(classes) {
            component.alpha[lane] = rates.alpha;
            component.beta[lane] = beta;
            component.weight[lane] = weight;
        }
    }

    fn gradient(&self, point: &[f64], _: f64, lane: usize, gradient: &SiteGradient) -> Vec<f64> {
        let rates = self.rates(point);
        let [background, tested] = gradient;
        let mut by_alpha: f64 = gradient.iter().flatten().map(|by| by.alpha[lane]).sum();
        let by_omega = |class: usize| tested[class].beta[lane];
        by_alpha += rates
            .omegas
            .iter()
            .enumerate()
            .map(|(k, omega)| omega * by_omega(k))
            .sum::<f64>();
        let by_positive = by_omega(self.classes - 1);
        if !self.positive {
            by_alpha += by_positive;
        }
        let mut own = vec![rate(point[0]).1 * by_alpha];
        if self.positive {
            own.push(bounded(point[1], MOST).1 * by_positive);
        }
        for (class, angle) in point[self.first_omega()..self.first_share()]
            .iter()
            .enumerate()
        {
            own.push(fraction(*angle).1 * rates.alpha * by_omega(class));
        }
        for (place, angle) in point[self.first_share()..self.last()].iter().enumerate() {
            // The weights of later classes contain 1 − share.
            let mut left: f64 = rates.shares[..place]
                .iter()
                .map(|share| 1.0 - share)
                .product();
            let mut by = left * tested[place].weight[lane];
            for (class, component) in tested.iter().enumerate().skip(place + 1) {
                let share = rates.shares.get(class).copied().unwrap_or(1.0);
                by -= left * share * component.weight[lane];
                left *= 1.0 - share;
            }
            own.push(fraction(*angle).1 * by);
        }
        if let Some(by) = background.first() {
            own.push(bounded(point[self.last()], MOST).1 * by.beta[lane]);
        }
        own
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_gives_back_its_rates() {
        for (positive, background) in [(true, true), (true, false), (false, true)] {
            let mixture = Mixture {
                classes: 4,
                positive,
                background,
            };
            let rates = MixedRates {
                alpha: 0.7,
                omegas: vec![0.1, 0.4, 0.9],
                positive: if positive { 12.0 } else { 0.7 },
                shares: vec![0.5, 0.25, 0.125],
                background: if background { 0.3 } else { 0.0 },
            };
            let again = mixture.rates(&mixture.point(&rates));
            let all = |rates: &MixedRates| {
                let mut all = vec![rates.alpha, rates.positive, rates.background];
                all.extend(rates.betas());
                all.extend(rates.weights());
                all
            };
            for (a, b) in all(&rates).into_iter().zip(all(&again)) {
                assert!((a - b).abs() < 1e-12, "{again:?}");
            }
            assert!((again.weights().iter().sum::<f64>() - 1.0).abs() < 1e-15);
        }
    }
}
