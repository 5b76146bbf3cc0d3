//! Matrices whose memory is used again.

use nalgebra::DMatrix;

/// Memory for matrices.
#[derive(Debug, Default)]
pub(super) struct Matrices(Vec<Vec<f64>>);

impl Matrices {
    /// A matrix of this size, with any elements.
    pub(super) fn take(&mut self, rows: usize, columns: usize) -> DMatrix<f64> {
        let size = rows * columns;
        let fits = |memory: &Vec<f64>| memory.capacity() >= size;
        let mut memory = match self.0.iter().rposition(fits) {
            Some(place) => self.0.swap_remove(place),
            None => self.0.pop().unwrap_or_default(),
        };
        memory.resize(size, 0.0);
        DMatrix::from_vec(rows, columns, memory)
    }

    /// Takes a matrix back.
    pub(super) fn give(&mut self, matrix: DMatrix<f64>) {
        self.0.push(Vec::from(matrix.data));
    }
}
