//! A matrix of distances, half of it.

/// Symmetric distances between `len()` things; the diagonal is 0.
///
/// Held as `f32`, half a matrix: 50 MB for 5,000 sequences.
#[derive(Debug, Clone, PartialEq)]
pub struct Distances {
    count: usize,
    /// Row i, of length i, begins at i(i−1)/2.
    values: Vec<f32>,
}

impl Distances {
    /// Calls `between(i, j)` for every i > j. What is not a number ≥ 0 is taken as 0.
    pub fn new(count: usize, mut between: impl FnMut(usize, usize) -> f64) -> Self {
        let mut values = Vec::with_capacity(start(count));
        for i in 0..count {
            values.extend((0..i).map(|j| between(i, j).max(0.0) as f32));
        }
        Self { count, values }
    }

    /// How many things there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The distance of two. Panics if one is not below [`len`](Self::len).
    pub fn get(&self, i: usize, j: usize) -> f64 {
        if i == j {
            0.0
        } else {
            f64::from(self.values[place(i, j)])
        }
    }

    /// Sets a distance; `i` and `j` differ.
    pub(super) fn set(&mut self, i: usize, j: usize, distance: f64) {
        self.values[place(i, j)] = distance as f32;
    }

    /// Distances of i to 0..i.
    pub(super) fn row(&self, i: usize) -> &[f32] {
        &self.values[start(i)..start(i) + i]
    }
}

fn start(i: usize) -> usize {
    i * i.saturating_sub(1) / 2
}

fn place(i: usize, j: usize) -> usize {
    start(i.max(j)) + i.min(j)
}
