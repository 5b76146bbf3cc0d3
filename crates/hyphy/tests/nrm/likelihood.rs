//! Recalculates the likelihood of a fitted model.

use std::collections::HashMap;

use super::simulate::{BRANCHES, Sequences, is_leaf};

type Matrix = [[f64; 5]; 5];

/// A fitted model.
pub struct Fit {
    pub rates: [[f64; 4]; 4],
    pub root: [f64; 4],
    /// Rates of the site classes, which have equal probabilities.
    pub sites: Vec<f64>,
    /// Expected substitutions per site, by branch.
    pub lengths: HashMap<String, f64>,
}

pub fn log_likelihood(fit: &Fit, sequences: &Sequences) -> f64 {
    let transitions = transitions(fit);
    let columns = sequences["a"].len();
    (0..columns)
        .map(|column| {
            let of_class = transitions.iter().map(|branches| {
                let below = partial("", column, branches, sequences);
                (0..4).map(|i| fit.root[i] * below[i]).sum::<f64>()
            });
            (of_class.sum::<f64>() / fit.sites.len() as f64).ln()
        })
        .sum()
}

/// Probability of the column's bases below the node, by its base (Felsenstein 1981).
fn partial(
    node: &str,
    column: usize,
    branches: &HashMap<&str, Matrix>,
    sequences: &Sequences,
) -> [f64; 4] {
    let mut partials = [1.0; 4];
    if is_leaf(node) {
        partials = [0.0; 4];
        partials[sequences[node][column]] = 1.0;
    }
    for (child, ..) in BRANCHES.iter().filter(|(_, above, _)| *above == node) {
        let below = partial(child, column, branches, sequences);
        for (i, partial) in partials.iter_mut().enumerate() {
            *partial *= (0..4)
                .map(|j| branches[child][i][j] * below[j])
                .sum::<f64>();
        }
    }
    partials
}

/// For each class of sites, the probabilities of change along each branch.
fn transitions(fit: &Fit) -> Vec<HashMap<&'static str, Matrix>> {
    let classes = fit.sites.len();
    let mut transitions = vec![HashMap::new(); classes];
    let mut compositions = vec![HashMap::from([("", fit.root)]); classes];
    for (node, above, _) in BRANCHES {
        let counting = |time: f64| -> Vec<Matrix> {
            let class = |site: &f64| exponential(&counting(&fit.rates, time * site));
            fit.sites.iter().map(class).collect()
        };
        let substitutions = |time: f64| -> f64 {
            let of_class = counting(time);
            let of_class = of_class
                .iter()
                .zip(&compositions)
                .map(|(matrix, at)| (0..4).map(|i| at[above][i] * matrix[i][4]).sum::<f64>());
            of_class.sum::<f64>() / classes as f64
        };
        let time = root_of(|time| substitutions(time) - fit.lengths[node]);
        for (class, matrix) in counting(time).into_iter().enumerate() {
            let start = compositions[class][above];
            let end = [0, 1, 2, 3].map(|j| (0..4).map(|i| start[i] * matrix[i][j]).sum());
            compositions[class].insert(node, end);
            transitions[class].insert(node, matrix);
        }
    }
    transitions
}

/// The process with a fifth state, which counts substitutions.
fn counting(rates: &[[f64; 4]; 4], time: f64) -> Matrix {
    let mut matrix = [[0.0; 5]; 5];
    for i in 0..4 {
        for j in 0..4 {
            matrix[i][j] = rates[i][j] * time;
        }
        matrix[i][4] = -rates[i][i] * time;
    }
    matrix
}

/// The Taylor series of a small fraction, squared repeatedly.
fn exponential(matrix: &Matrix) -> Matrix {
    const SQUARINGS: i32 = 8;
    let part = matrix.map(|row| row.map(|x| x / f64::from(1 << SQUARINGS)));
    let mut term = identity();
    let mut sum = identity();
    for n in 1..=6 {
        term = product(&term, &part).map(|row| row.map(|x| x / f64::from(n)));
        for i in 0..5 {
            for j in 0..5 {
                sum[i][j] += term[i][j];
            }
        }
    }
    (0..SQUARINGS).fold(sum, |power, _| product(&power, &power))
}

fn identity() -> Matrix {
    let mut matrix = [[0.0; 5]; 5];
    for (i, row) in matrix.iter_mut().enumerate() {
        row[i] = 1.0;
    }
    matrix
}

fn product(a: &Matrix, b: &Matrix) -> Matrix {
    let mut product = [[0.0; 5]; 5];
    for i in 0..5 {
        for j in 0..5 {
            product[i][j] = (0..5).map(|k| a[i][k] * b[k][j]).sum();
        }
    }
    product
}

/// Where a rising function crosses zero.
fn root_of(rising: impl Fn(f64) -> f64) -> f64 {
    let (mut low, mut high) = (0.0, 1e-6);
    while rising(high) < 0.0 {
        high *= 2.0;
    }
    for _ in 0..45 {
        let middle = (low + high) / 2.0;
        if rising(middle) < 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    (low + high) / 2.0
}

#[test]
fn the_jukes_cantor_matrix_exponential_matches_its_formula() {
    let rates = [0, 1, 2, 3].map(|i| [0, 1, 2, 3].map(|j| if i == j { -1.0 } else { 1.0 / 3.0 }));
    let matrix = exponential(&counting(&rates, 0.7));
    let same = 0.25 + 0.75 * (-4.0f64 / 3.0 * 0.7).exp();
    assert!((matrix[2][2] - same).abs() < 1e-9);
    assert!((matrix[2][1] - (1.0 - same) / 3.0).abs() < 1e-9);
    assert!((matrix[2][4] - 0.7).abs() < 1e-9);
}
