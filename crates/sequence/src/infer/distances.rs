//! A symmetric distance matrix.

/// Symmetric distances between `len()` items; the diagonal is 0.
///
/// Stored as half a matrix of `f32`: 50 MB for 5,000 sequences.
#[derive(Debug, Clone, PartialEq)]
pub struct Distances {
    count: usize,
    /// Row i has length i and begins at i(i−1)/2.
    values: Vec<f32>,
}

impl Distances {
    /// Calls `between(i, j)` for every i > j. Values that are negative or not a number become 0.
    pub fn new(count: usize, mut between: impl FnMut(usize, usize) -> f64) -> Self {
        let mut values = Vec::with_capacity(start(count));
        for i in 0..count {
            values.extend((0..i).map(|j| between(i, j).max(0.0) as f32));
        }
        Self { count, values }
    }

    /// Number of items.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are no items.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The distance between two items. Panics if an index is not below [`len`](Self::len).
    pub fn get(&self, i: usize, j: usize) -> f64 {
        if i == j {
            0.0
        } else {
            f64::from(self.values[place(i, j)])
        }
    }

    /// Sets a distance. `i` and `j` must differ.
    pub(super) fn set(&mut self, i: usize, j: usize, distance: f64) {
        self.values[place(i, j)] = distance as f32;
    }

    /// Distances from i to 0..i.
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
