//! One file per analysis. Adding one: write its table, add it to [`ALL`].

mod fel;

use crate::table::Analysis;

/// Every analysis this service offers, by id.
pub static ALL: &[&Analysis] = &[&fel::FEL];

/// The analysis of this id, such as `fel`.
#[must_use]
pub fn find(id: &str) -> Option<&'static Analysis> {
    ALL.iter().copied().find(|analysis| analysis.id == id)
}
