//! The rates of changes of several nucleotides at once, as parameters of the models of a site.

use crate::{
    SiteMultihit,
    model::{HitRates, SINGLE},
    search::SiteGradient,
    sites::{Component, Wanted},
};

/// A search starts from at least this rate: where it is 0, so is the derivative by its square root.
const LEAST: f64 = 0.01;

/// Largest δ and ψ, as HyPhy's.
const MOST: f64 = 1e4;

/// The unit of δ and ψ at given rates. What data say is how many changes of several nucleotides there are,
/// which is about δ times the nonsynonymous rate, because few of them are synonymous. With parameters δ β
/// rather than δ, a search does not follow a curved ridge where β is small and δ is large. α keeps the unit
/// from 0 where β is.
pub(crate) fn unit(alpha: f64, beta: f64) -> f64 {
    beta + alpha * BY_ALPHA + 1e-8
}

/// The derivative of the unit by α; that by β is 1.
pub(crate) const BY_ALPHA: f64 = 1.0 / MOST;

/// The rate of the square root of a parameter, and its derivatives by the root and by the unit; none at the
/// bound.
fn of_root(root: f64, unit: f64) -> (f64, f64, f64) {
    let rate = root * root / unit;
    if rate < MOST {
        (rate, 2.0 * root / unit, -rate / unit)
    } else {
        (MOST, 0.0, 0.0)
    }
}

/// δ and ψ in the models of a site.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SiteHits {
    /// Number of those that are free, the square roots of which are the last parameters: none, δ, or δ and
    /// ψ.
    free: usize,
    /// Those of the whole alignment.
    global: HitRates,
}

impl SiteHits {
    /// `rates` is the number that the model of the whole alignment has.
    pub(crate) fn new(rates: usize, global: HitRates, at_sites: SiteMultihit) -> Self {
        let free = match at_sites {
            SiteMultihit::Estimate => rates,
            SiteMultihit::Global => 0,
        };
        Self { free, global }
    }

    /// Whether any is free.
    pub(crate) fn are_free(self) -> bool {
        self.free > 0
    }

    /// Where searches start.
    pub(crate) fn starts(self) -> Vec<HitRates> {
        match self.free {
            0 => vec![self.global],
            free => [self.global[..free].to_vec(), vec![1.0; free]]
                .map(|own| [own[0], own.get(1).copied().unwrap_or_default()])
                .to_vec(),
        }
    }

    /// The parameters near some rates.
    pub(crate) fn roots(self, hits: &HitRates, unit: f64) -> Vec<f64> {
        let free = hits.iter().take(self.free);
        free.map(|own| (own.max(LEAST) * unit).sqrt()).collect()
    }

    /// The rates at a point.
    pub(crate) fn rates(self, point: &[f64], unit: f64) -> HitRates {
        if self.free == 0 {
            return self.global;
        }
        let mut hits = SINGLE;
        for (own, root) in hits.iter_mut().zip(self.of(point)) {
            *own = of_root(*root, unit).0;
        }
        hits
    }

    /// The parameters at a point.
    fn of(self, point: &[f64]) -> &[f64] {
        &point[point.len() - self.free..]
    }

    /// Sets a lane of the components.
    pub(crate) fn set(
        self,
        point: &[f64],
        unit: f64,
        lane: usize,
        components: &mut [Vec<Component>; 2],
    ) {
        let [two, three] = self.rates(point, unit);
        for component in components.iter_mut().flatten() {
            component.hits[0][lane] = two;
            component.hits[1][lane] = three;
        }
    }

    /// The derivatives by the parameters, and that by the unit.
    pub(crate) fn gradient(
        self,
        point: &[f64],
        unit: f64,
        lane: usize,
        gradient: &SiteGradient,
    ) -> (Vec<f64>, f64) {
        let mut by_unit = 0.0;
        let by = |(number, root): (usize, &f64)| {
            let all = gradient.iter().flatten();
            let by: f64 = all.map(|by| by.hits[number][lane]).sum();
            let (_, by_root, of_unit) = of_root(*root, unit);
            by_unit += by * of_unit;
            by * by_root
        };
        let own = self.of(point).iter().enumerate().map(by).collect();
        (own, by_unit)
    }

    /// The derivatives that are needed.
    pub(crate) fn wanted(self) -> Wanted {
        if self.free == 0 {
            Wanted::Gradient
        } else {
            Wanted::GradientWithHits
        }
    }

    /// The guesses at the curvature that belong to the parameters.
    pub(crate) fn curvature(self, hits: &[f64; 2]) -> &[f64] {
        &hits[..self.free]
    }
}
