//! What is known of the rates of a site.

use super::grid::Point;

/// A site's distribution over the points of the grid, and what follows from it.
#[derive(Debug, Clone)]
pub(crate) struct Posterior {
    /// The probability of each point.
    pub(crate) probabilities: Vec<f64>,
    /// The mean of α.
    alpha: f64,
    /// The mean of β.
    beta: f64,
    /// The probability that α > β.
    negative: f64,
    /// The probability that α < β.
    positive: f64,
    /// How many times the odds of α < β are those of the prior.
    factor: f64,
}

impl Posterior {
    /// `conditionals` are proportional to the likelihoods of the site at the points, and `weights`
    /// the prior of the points.
    pub(crate) fn new(conditionals: &[f64], weights: &[f64], points: &[Point]) -> Self {
        let products = conditionals.iter().zip(weights).map(|(c, w)| c * w);
        let mut probabilities: Vec<f64> = products.collect();
        let total: f64 = probabilities.iter().sum();
        for probability in &mut probabilities {
            *probability /= total;
        }
        let sum = |of: &[f64], term: &dyn Fn(&Point) -> f64| -> f64 {
            let pairs = of.iter().zip(points);
            pairs
                .map(|(probability, point)| probability * term(point))
                .sum()
        };
        let is_positive = |point: &Point| f64::from(u8::from(point.alpha < point.beta));
        let is_other = |point: &Point| 1.0 - is_positive(point);
        let is_negative = |point: &Point| f64::from(u8::from(point.alpha > point.beta));
        let positive = sum(&probabilities, &is_positive);
        // The complement as a sum of its own: 1 − P would lose what P near 1 leaves.
        let odds = positive / sum(&probabilities, &is_other);
        Self {
            alpha: sum(&probabilities, &|point| point.alpha),
            beta: sum(&probabilities, &|point| point.beta),
            negative: sum(&probabilities, &is_negative),
            positive,
            factor: odds * sum(weights, &is_other) / sum(weights, &is_positive),
            probabilities,
        }
    }

    /// The numbers in the order of the result's columns.
    pub(crate) fn row(&self) -> [f64; 6] {
        let difference = self.beta - self.alpha;
        [
            self.alpha,
            self.beta,
            difference,
            self.negative,
            self.positive,
            self.factor,
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_posterior_is_summed_over_the_grid() {
        let point = |alpha, beta| Point { alpha, beta };
        let points = [point(0.0, 0.0), point(1.0, 0.0), point(0.0, 2.0)];
        let found = Posterior::new(&[0.25, 0.25, 0.5], &[0.5, 0.25, 0.25], &points);
        let expected = [0.2, 0.8, 0.6, 0.2, 0.4, 2.0 / 3.0 * 3.0];
        for (own, expected) in found.row().iter().zip(expected) {
            let close = (own - expected).abs() < 1e-15;
            assert!(close, "{own} {expected}");
        }
    }
}
