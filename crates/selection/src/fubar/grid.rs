//! The grid of rates.

/// A pair of rates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Point {
    /// The synonymous rate.
    pub(crate) alpha: f64,
    /// The nonsynonymous rate.
    pub(crate) beta: f64,
}

/// The largest rate.
const LARGEST: f64 = 50.0;
/// The smallest synonymous rate, if it may not be 0.
const SMALLEST: f64 = 1e-3;

/// All pairs of so many values of each rate, by α, then by β. With `non_zero`, no α is 0.
pub(crate) fn points(values: usize, non_zero: bool) -> Vec<Point> {
    let axis = axis(values);
    let least = if non_zero { SMALLEST } else { 0.0 };
    let pairs = axis
        .iter()
        .flat_map(|alpha| axis.iter().map(move |beta| (alpha, beta)));
    pairs
        .map(|(alpha, beta)| Point {
            alpha: alpha.max(least),
            beta: *beta,
        })
        .collect()
}

/// The values of one rate: seven tenths from 0 to 1 in equal steps, of which the last is longer;
/// the others from 1 to the largest one, as a cubic function of their number.
fn axis(values: usize) -> Vec<f64> {
    let slow = (0.7 * values as f64 + 0.5) as usize;
    let fast = values - slow;
    let step = (LARGEST - 1.0).cbrt() / fast as f64;
    let slow_value = |place: usize| {
        if place + 1 == slow {
            1.0
        } else {
            place as f64 / slow as f64
        }
    };
    let fast_value = |place: usize| 1.0 + (place as f64 * step).powi(3);
    let slow_values = (0..slow).map(slow_value);
    slow_values.chain((1..=fast).map(fast_value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The values of HyPhy's grid, and its order.
    #[test]
    fn the_grid_is_hyphys() {
        let axis = axis(20);
        assert_eq!(axis[..3], [0.0, 1.0 / 14.0, 2.0 / 14.0]);
        assert_eq!(axis[12..14], [12.0 / 14.0, 1.0]);
        let fast = [1.226852, 2.814815, 7.125, 15.518519, 29.356481, 50.0];
        for (own, expected) in axis[14..].iter().zip(fast) {
            assert!((own - expected).abs() < 1e-6, "{own} {expected}");
        }
        assert_eq!(super::axis(5).len(), 5);
        assert_eq!(super::axis(5)[..4], [0.0, 0.25, 0.5, 1.0]);
        let points = points(20, false);
        assert_eq!(points.len(), 400);
        assert_eq!((points[21].alpha, points[21].beta), (axis[1], axis[1]));
        assert_eq!((points[19].alpha, points[19].beta), (0.0, axis[19]));
    }

    #[test]
    fn synonymous_rates_can_be_kept_above_zero() {
        let points = points(5, true);
        assert_eq!((points[0].alpha, points[0].beta), (1e-3, 0.0));
        assert!(points.iter().all(|point| point.alpha > 0.0));
    }
}
