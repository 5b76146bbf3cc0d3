//! Maximisation of a function by its gradient, in steps that the caller takes.
//!
//! The method is L-BFGS with a backtracking line search (Nocedal J, Wright SJ 2006, Numerical
//! Optimization, algorithms 7.4, 7.5 and 3.1). The caller evaluates the function at
//! [`Ascent::point`] and reports the value by [`Ascent::tell`]; so many maximisations can share one
//! evaluation, each in a lane of its own.

use std::collections::VecDeque;

/// What an ascent starts from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings {
    /// It ends when the expected gain of a step falls below this.
    pub(crate) gain: f64,
    /// Largest number of evaluations.
    pub(crate) evaluations: usize,
    /// A parameter moves in one step by at most this, or by `relative` of its value.
    pub(crate) absolute: f64,
    pub(crate) relative: f64,
}

impl Settings {
    /// How much of a step parameters may move.
    pub(crate) fn share(&self, values: &[f64], step: &[f64]) -> f64 {
        let limit = |x: &f64| self.absolute.max(self.relative * x.abs());
        let pairs = values.iter().zip(step);
        1.0 / pairs.map(|(x, d)| d.abs() / limit(x)).fold(1.0, f64::max)
    }
}

/// A maximisation.
#[derive(Debug, Clone)]
pub(crate) struct Ascent {
    settings: Settings,
    /// The best point, its value and its gradient.
    best: Vec<f64>,
    value: f64,
    gradient: Vec<f64>,
    /// The point to evaluate.
    trial: Vec<f64>,
    direction: Vec<f64>,
    step: f64,
    backtracks: usize,
    evaluations: usize,
    /// A guess at the inverse of the negative second derivatives.
    curvature: Vec<f64>,
    history: VecDeque<Pair>,
    /// What the next step is multiplied by.
    stretch: f64,
    /// Whether the next step would gain too little.
    ended: bool,
}

/// A step, and how the gradient fell along it.
#[derive(Debug, Clone)]
struct Pair {
    step: Vec<f64>,
    fall: Vec<f64>,
    /// 1 / (step · fall).
    rho: f64,
}

/// Number of steps that are remembered.
const MEMORY: usize = 20;
const BACKTRACKS: usize = 25;
/// A step along which the function curves upwards says nothing about how far the maximum is; the next
/// one is longer by this factor.
const STRETCH: f64 = 4.0;

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

impl Ascent {
    /// Starts at a point. `curvature` guesses the inverse of the negative second derivatives.
    pub(crate) fn new(start: Vec<f64>, curvature: Vec<f64>, settings: Settings) -> Self {
        let n = start.len();
        Self {
            settings,
            best: start.clone(),
            value: f64::NEG_INFINITY,
            gradient: vec![0.0; n],
            trial: start,
            direction: vec![0.0; n],
            step: 1.0,
            backtracks: 0,
            evaluations: 0,
            curvature,
            history: VecDeque::new(),
            stretch: 1.0,
            ended: false,
        }
    }

    /// The point to evaluate next.
    pub(crate) fn point(&self) -> &[f64] {
        &self.trial
    }

    /// The best point.
    pub(crate) fn best(&self) -> &[f64] {
        &self.best
    }

    /// The value at the best point.
    pub(crate) fn value(&self) -> f64 {
        self.value
    }

    pub(crate) fn is_done(&self) -> bool {
        self.ended || self.evaluations >= self.settings.evaluations
    }

    /// Continues from the current point with new settings.
    pub(crate) fn resume(&mut self, settings: Settings) {
        self.settings = settings;
        if self.ended {
            self.ended = false;
            self.turn();
        }
    }

    /// Takes the value and the gradient at [`Self::point`].
    pub(crate) fn tell(&mut self, value: f64, gradient: &[f64]) {
        self.evaluations += 1;
        if self.evaluations == 1 {
            self.accept(value, gradient);
            return;
        }
        let slope = dot(&self.gradient, &self.direction);
        let sufficient = self.value + 1e-4 * self.step * slope;
        if value.is_finite() && value >= sufficient {
            self.remember(gradient);
            self.accept(value, gradient);
        } else {
            self.shorten(value, slope);
        }
    }

    fn accept(&mut self, value: f64, gradient: &[f64]) {
        self.best.clone_from(&self.trial);
        self.value = value;
        self.gradient.clear();
        self.gradient.extend_from_slice(gradient);
        self.turn();
    }

    fn shorten(&mut self, value: f64, slope: f64) {
        self.backtracks += 1;
        if self.backtracks > BACKTRACKS || (self.step * slope).abs() < 1e-3 * self.settings.gain {
            self.give_up();
            return;
        }
        // The maximum of the parabola through the two values and the slope.
        let expected = self.value + self.step * slope;
        let factor = if value.is_finite() {
            (self.step * slope / (2.0 * (expected - value))).clamp(0.1, 0.6)
        } else {
            0.2
        };
        self.step *= factor;
        self.place();
    }

    /// Ends, or starts again along the gradient if earlier steps misled.
    fn give_up(&mut self) {
        if self.history.is_empty() && self.stretch == 1.0 {
            self.ended = true;
        } else {
            self.history.clear();
            self.stretch = 1.0;
            self.turn();
        }
    }

    fn remember(&mut self, gradient: &[f64]) {
        let step: Vec<f64> = self
            .trial
            .iter()
            .zip(&self.best)
            .map(|(t, b)| t - b)
            .collect();
        let fall: Vec<f64> = self
            .gradient
            .iter()
            .zip(gradient)
            .map(|(o, n)| o - n)
            .collect();
        let product = dot(&step, &fall);
        if product > 1e-14 {
            if self.history.len() == MEMORY {
                self.history.pop_front();
            }
            self.history.push_back(Pair {
                step,
                fall,
                rho: 1.0 / product,
            });
            self.stretch = 1.0;
        } else {
            self.stretch *= STRETCH;
        }
    }

    /// Chooses the next direction.
    fn turn(&mut self) {
        let mut q = self.gradient.clone();
        let mut weights = Vec::with_capacity(self.history.len());
        for pair in self.history.iter().rev() {
            let weight = pair.rho * dot(&pair.step, &q);
            for (q, fall) in q.iter_mut().zip(&pair.fall) {
                *q -= weight * fall;
            }
            weights.push(weight);
        }
        let scale = self.history.back().map_or(1.0, |pair| {
            let squares = pair.fall.iter().zip(&self.curvature);
            let norm: f64 = squares.map(|(fall, c)| fall * fall * c).sum();
            1.0 / (pair.rho * norm)
        });
        for (q, curvature) in q.iter_mut().zip(&self.curvature) {
            *q *= scale * curvature;
        }
        for (pair, weight) in self.history.iter().zip(weights.iter().rev()) {
            let other = pair.rho * dot(&pair.fall, &q);
            for (q, step) in q.iter_mut().zip(&pair.step) {
                *q += (weight - other) * step;
            }
        }
        for q in &mut q {
            *q *= self.stretch;
        }
        self.direction = q;
        let gain = dot(&self.gradient, &self.direction);
        if gain.is_nan() || gain <= self.settings.gain {
            self.ended = true;
            return;
        }
        self.step = self.settings.share(&self.best, &self.direction);
        self.backtracks = 0;
        self.place();
    }

    fn place(&mut self) {
        let points = self.trial.iter_mut().zip(&self.best).zip(&self.direction);
        for ((trial, best), direction) in points {
            *trial = best + self.step * direction;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Maximises Rosenbrock's function, upside down.
    #[test]
    fn a_curved_ridge_is_climbed() {
        let settings = Settings {
            gain: 1e-12,
            evaluations: 500,
            absolute: 0.5,
            relative: 1.5,
        };
        let mut ascent = Ascent::new(vec![-1.2, 1.0], vec![0.01, 0.01], settings);
        while !ascent.is_done() {
            let &[x, y] = ascent.point() else { return };
            let value = -(1.0 - x).powi(2) - 100.0 * (y - x * x).powi(2);
            let gradient = [
                2.0 * (1.0 - x) + 400.0 * x * (y - x * x),
                -200.0 * (y - x * x),
            ];
            ascent.tell(value, &gradient);
        }
        assert!(ascent.value() > -1e-10, "{ascent:?}");
        assert!((ascent.best()[0] - 1.0).abs() < 1e-4);
    }

    /// Between its two maxima, at -1 and 1, the function curves upwards.
    #[test]
    fn steps_become_longer_where_the_function_curves_upwards() {
        let settings = Settings {
            gain: 1e-12,
            evaluations: 30,
            absolute: 0.5,
            relative: 1.5,
        };
        let mut ascent = Ascent::new(vec![0.001], vec![0.001], settings);
        while !ascent.is_done() {
            let &[x] = ascent.point() else { return };
            ascent.tell(x * x / 2.0 - x.powi(4) / 4.0, &[x - x.powi(3)]);
        }
        assert!((ascent.best()[0] - 1.0).abs() < 1e-5, "{ascent:?}");
    }

    /// Pausing a maximisation does not change its path.
    #[test]
    fn a_maximisation_resumes() {
        let climb = |pauses: &[Settings]| {
            let mut ascent = Ascent::new(vec![3.0, -2.0], vec![1.0, 1.0], pauses[0]);
            for settings in pauses {
                ascent.resume(*settings);
                while !ascent.is_done() {
                    let &[x, y] = ascent.point() else {
                        return vec![];
                    };
                    let value = -x.powi(4) - (x - y).powi(2);
                    let gradient = [-4.0 * x.powi(3) - 2.0 * (x - y), 2.0 * (x - y)];
                    ascent.tell(value, &gradient);
                }
            }
            ascent.best().to_vec()
        };
        let settings = |gain, evaluations| Settings {
            gain,
            evaluations,
            absolute: 0.5,
            relative: 1.5,
        };
        let whole = climb(&[settings(1e-9, 100)]);
        assert!(whole.iter().all(|x| x.abs() < 0.01), "{whole:?}");
        assert_eq!(climb(&[settings(1e-9, 4), settings(1e-9, 100)]), whole);
        assert_eq!(climb(&[settings(1e-2, 100), settings(1e-9, 100)]), whole);
    }
}
