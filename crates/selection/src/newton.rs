//! Maximisation of a function of a few parameters by its second derivatives.
//!
//! Values around a point give the derivatives there, and these the step to the maximum of the parabola
//! (Nocedal J, Wright SJ 2006, Numerical Optimization, sections 3.3 and 8.1). Values do not depend on
//! one another, so that threads can share them, and each costs less than a gradient.

use nalgebra::{DMatrix, DVector};

use crate::{Error, ascent::Settings, watch::Watch};

/// A function that [`maximise`] can maximise.
pub(crate) trait Function {
    fn value(&self, point: &[f64]) -> f64;

    fn expansion(&self, point: &[f64]) -> Expansion;
}

/// The value of a function with its first and second derivatives.
#[derive(Debug, Clone)]
pub(crate) struct Expansion {
    value: f64,
    gradient: DVector<f64>,
    hessian: DMatrix<f64>,
}

/// Second derivatives count as at least this, so that no step is endless.
const LEAST: f64 = 1e-3;
/// If a step is expected to gain less, it may be the last one.
const NEAR: f64 = 0.3;
const BACKTRACKS: usize = 25;

/// How far to go from a value of a parameter to know the derivatives.
pub(crate) fn distance(value: f64) -> f64 {
    1e-3 * value.abs().max(0.1)
}

/// Where the values must be known that give the derivatives by so many parameters, in distances from
/// the point: there, above and below it in each parameter, and above it in each pair.
pub(crate) fn displacements(parameters: usize) -> Vec<Vec<f64>> {
    let mut all = vec![vec![0.0; parameters]];
    let mut add = |moves: &[(usize, f64)]| {
        let mut displacement = vec![0.0; parameters];
        for (place, by) in moves {
            displacement[*place] = *by;
        }
        all.push(displacement);
    };
    for place in 0..parameters {
        add(&[(place, 1.0)]);
        add(&[(place, -1.0)]);
    }
    for first in 0..parameters {
        for second in 0..first {
            add(&[(first, 1.0), (second, 1.0)]);
        }
    }
    all
}

impl Expansion {
    /// 0, for parts of a function of so many parameters to add to.
    pub(crate) fn zero(parameters: usize) -> Self {
        Self {
            value: 0.0,
            gradient: DVector::zeros(parameters),
            hessian: DMatrix::zeros(parameters, parameters),
        }
    }

    /// Adds a part of the function that depends on some of the parameters. Its values are those at the
    /// [`displacements`] of these.
    pub(crate) fn add(&mut self, values: &[f64], parameters: &[usize], distances: &[f64]) {
        let at = values[0];
        self.value += at;
        let (straight, diagonal) = values[1..].split_at(2 * parameters.len());
        for ((pair, place), distance) in straight.chunks_exact(2).zip(parameters).zip(distances) {
            self.gradient[*place] += (pair[0] - pair[1]) / (2.0 * distance);
            self.hessian[(*place, *place)] += (pair[0] + pair[1] - 2.0 * at) / distance.powi(2);
        }
        let mut diagonal = diagonal.iter();
        for first in 0..parameters.len() {
            for (second, both) in (0..first).zip(&mut diagonal) {
                let alone = straight[2 * first] + straight[2 * second];
                let own = (both - alone + at) / (distances[first] * distances[second]);
                let (row, column) = (parameters[first], parameters[second]);
                self.hessian[(row, column)] += own;
                self.hessian[(column, row)] += own;
            }
        }
    }

    /// The step to the maximum of the parabola. Where the function curves upwards, it goes uphill as if
    /// the curve were downwards.
    fn step(&self) -> DVector<f64> {
        let eigen = self.hessian.clone().symmetric_eigen();
        let mut own = eigen.eigenvectors.tr_mul(&self.gradient);
        for (own, curvature) in own.iter_mut().zip(&eigen.eigenvalues) {
            *own /= curvature.abs().max(LEAST);
        }
        eigen.eigenvectors * own
    }
}

/// The point at which a function has its maximum, and its value there.
pub(crate) fn maximise(
    function: &impl Function,
    start: Vec<f64>,
    settings: Settings,
    watch: &dyn Watch,
) -> Result<(Vec<f64>, f64), Error> {
    let expand = |point: &[f64]| {
        if watch.cancelled() {
            return Err(Error::Cancelled);
        }
        Ok(function.expansion(point))
    };
    let mut point = start;
    let mut at = expand(&point)?;
    for _ in 0..settings.evaluations {
        let step = at.step();
        let gain = at.gradient.dot(&step);
        if gain.is_nan() || gain <= settings.gain {
            break;
        }
        let moved = |share: f64| -> Vec<f64> {
            let pairs = point.iter().zip(&step);
            pairs.map(|(value, step)| value + share * step).collect()
        };
        let mut share = settings.share(&point, step.as_slice());
        if share == 1.0 && gain < NEAR {
            let trial = moved(1.0);
            let value = function.value(&trial);
            // By how much the function is not a parabola, and what a further step would gain for that:
            // a third derivative adds T d³ / 6 here, and T d² / 2 to the gradient.
            let error = value - at.value - 0.5 * gain;
            if 4.5 * error.powi(2) < settings.gain * gain {
                return Ok((trial, value));
            }
        }
        let mut next = None;
        for _ in 0..BACKTRACKS {
            let trial = moved(share);
            let own = expand(&trial)?;
            if own.value >= at.value + 1e-4 * share * gain {
                next = Some((trial, own));
                break;
            }
            share *= 0.3;
        }
        let Some(better) = next else { break };
        (point, at) = better;
    }
    Ok((point, at.value))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::lysozyme::Patient;

    /// A sum of two parts that share the last parameter.
    struct Parts;

    fn part(x: f64, y: f64) -> f64 {
        3.0 * (x * y).ln() - x * y - (x - 2.0).powi(2) - y.powi(4)
    }

    impl Function for Parts {
        fn value(&self, point: &[f64]) -> f64 {
            part(point[0], point[2]) + part(point[1] + 1.0, point[2])
        }

        fn expansion(&self, point: &[f64]) -> Expansion {
            let mut all = Expansion::zero(3);
            for own in 0..2 {
                let parameters = [own, 2];
                let distances = parameters.map(|place| distance(point[place]));
                let values: Vec<f64> = displacements(2)
                    .iter()
                    .map(|by| {
                        let x = point[own] + by[0] * distances[0] + own as f64;
                        part(x, point[2] + by[1] * distances[1])
                    })
                    .collect();
                all.add(&values, &parameters, &distances);
            }
            all
        }
    }

    fn close(own: f64, expected: f64) -> bool {
        (own - expected).abs() < 1e-4 * (1.0 + expected.abs())
    }

    #[test]
    fn expansions_have_the_derivatives() {
        let point = [1.5, 0.7, 0.8];
        let own = Parts.expansion(&point);
        assert!(close(own.value, Parts.value(&point)));
        let (x, z, y) = (point[0], point[1] + 1.0, point[2]);
        let by_y = 6.0 / y - x - z - 8.0 * y.powi(3);
        let gradient = [
            3.0 / x - y - 2.0 * (x - 2.0),
            3.0 / z - y - 2.0 * (z - 2.0),
            by_y,
        ];
        for (own, expected) in own.gradient.iter().zip(gradient) {
            assert!(close(*own, expected), "{own} {expected}");
        }
        let by_x = |x: f64| -3.0 / (x * x) - 2.0;
        let hessian = [
            [by_x(x), 0.0, -1.0],
            [0.0, by_x(z), -1.0],
            [-1.0, -1.0, -6.0 / (y * y) - 24.0 * y * y],
        ];
        for (row, expected) in hessian.iter().enumerate() {
            for (column, expected) in expected.iter().enumerate() {
                let own = own.hessian[(row, column)];
                assert!(
                    (own - expected).abs() < 0.02 * (1.0 + expected.abs()),
                    "{own} {expected}"
                );
            }
        }
    }

    #[test]
    fn a_maximum_is_found() {
        let settings = Settings {
            gain: 1e-10,
            evaluations: 50,
            absolute: 0.5,
            relative: 1.0,
        };
        let (point, value) = maximise(&Parts, vec![0.3, 4.0, 2.0], settings, &Patient).unwrap();
        assert!(close(Parts.value(&point), value));
        assert!(close(point[0], point[1] + 1.0));
        for place in 0..3 {
            for by in [-1e-3, 1e-3] {
                let mut moved = point.clone();
                moved[place] += by;
                assert!(Parts.value(&moved) < value);
            }
        }
    }

    /// Uphill, although the function curves upwards at the start.
    #[test]
    fn a_function_may_curve_upwards() {
        struct Wave;
        impl Function for Wave {
            fn value(&self, point: &[f64]) -> f64 {
                point[0].cos()
            }

            fn expansion(&self, point: &[f64]) -> Expansion {
                let far = distance(point[0]);
                let values: Vec<f64> = displacements(1)
                    .iter()
                    .map(|by| (point[0] + by[0] * far).cos())
                    .collect();
                let mut all = Expansion::zero(1);
                all.add(&values, &[0], &[far]);
                all
            }
        }
        let settings = Settings {
            gain: 1e-9,
            evaluations: 50,
            absolute: 0.5,
            relative: 0.1,
        };
        let (point, value) = maximise(&Wave, vec![3.0], settings, &Patient).unwrap();
        assert!(point[0].abs() < 1e-4 && value > 1.0 - 1e-8, "{point:?}");
    }
}
