//! Matrices whose memory is used again.

use nalgebra::DMatrix;

use super::subtrees::Subtrees;
use crate::pool::Pool;

/// Memory for matrices of up to so many elements each, shared by all threads.
#[derive(Debug)]
pub(crate) struct Matrices {
    most: usize,
    pool: Pool<Spare>,
}

/// The memory of one thread.
#[derive(Debug)]
pub(super) struct Spare {
    most: usize,
    matrices: Vec<Vec<f64>>,
}

impl Matrices {
    /// Memory for likelihoods of so many states in all of these subtrees.
    pub(crate) fn new<'a>(states: usize, all: impl Iterator<Item = &'a Subtrees>) -> Self {
        let columns = all.map(Subtrees::most_patterns).max();
        Self {
            most: states * columns.unwrap_or_default().max(states),
            pool: Pool::default(),
        }
    }

    /// Runs something with the memory of this thread.
    pub(super) fn with<R>(&self, run: impl FnOnce(&mut Spare) -> R) -> R {
        let new = || Spare {
            most: self.most,
            matrices: Vec::new(),
        };
        self.pool.with(|_| true, new, run)
    }
}

impl Spare {
    /// A matrix of this size, with any elements.
    pub(super) fn take(&mut self, rows: usize, columns: usize) -> DMatrix<f64> {
        let new = || Vec::with_capacity(self.most);
        let mut memory = self.matrices.pop().unwrap_or_else(new);
        memory.resize(rows * columns, 0.0);
        DMatrix::from_vec(rows, columns, memory)
    }

    /// Takes a matrix back.
    pub(super) fn give(&mut self, matrix: DMatrix<f64>) {
        self.matrices.push(Vec::from(matrix.data));
    }
}
