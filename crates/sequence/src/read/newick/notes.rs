//! What is noted of a tree while it is read, and judged at its end.

use std::ops::Range;

use crate::tree::NodeId;

/// What the lengths and the leaves of a tree say about decimal commas.
#[derive(Debug, Default)]
pub(super) struct Commas {
    pub(super) lengths: usize,
    /// Whether a length has a decimal point.
    pub(super) points: bool,
    /// The position of the last length, if it consists of digits.
    pub(super) whole: Range<usize>,
    /// The number of leaves that are numbers without a length, and directly follow such a length and
    /// a comma.
    pub(super) split: usize,
    /// Whether another leaf is a number without a length.
    pub(super) apart: bool,
    /// The position of the first length that a comma splits.
    pub(super) first: Range<usize>,
}

/// A node with the tag of a hybrid node.
#[derive(Debug)]
pub(super) struct Hybrid {
    pub(super) id: NodeId,
    pub(super) tag: Vec<u8>,
    /// The position of its name.
    pub(super) at: usize,
}
