//! The parsed files of a request.

use std::cell::OnceCell;

use sequence::{Alignment, Document, Finding, GeneticCode, check, infer};

use super::content::Content;

/// The parsed files of a request. What is measured of them is measured once, for all analyses.
#[derive(Debug)]
pub struct Files<'a> {
    /// The file that the field `alignment` names.
    pub(super) alignment: Option<&'a Document>,
    /// The file that the field `tree` names.
    pub(super) tree: Option<&'a Document>,
    content: OnceCell<Option<Content>>,
    fitting_codes: OnceCell<Vec<GeneticCode>>,
    pairs_without_common_site: OnceCell<Option<Finding>>,
}

impl<'a> Files<'a> {
    /// The files of the request's fields `alignment` and `tree`.
    #[must_use]
    pub fn new(alignment: Option<&'a Document>, tree: Option<&'a Document>) -> Self {
        Self {
            alignment,
            tree,
            content: OnceCell::new(),
            fitting_codes: OnceCell::new(),
            pairs_without_common_site: OnceCell::new(),
        }
    }

    fn sequences(&self) -> Option<&'a Alignment> {
        self.alignment?.alignment.as_ref()
    }

    /// How much there is to analyse in the alignment, if there is one.
    pub(super) fn content(&self) -> Option<&Content> {
        let measure = || Some(Content::of(self.sequences()?));
        self.content.get_or_init(measure).as_ref()
    }

    /// The genetic codes under which the alignment has no stop codons within sequences.
    pub(super) fn fitting_codes(&self) -> &[GeneticCode] {
        let fitting = || self.sequences().map_or_else(Vec::new, check::fitting_codes);
        self.fitting_codes.get_or_init(fitting)
    }

    /// A warning about sequences that a tree inferred from the alignment would place arbitrarily.
    pub(super) fn pairs_without_common_site(&self) -> Option<&Finding> {
        let find = || infer::check(self.sequences()?);
        self.pairs_without_common_site.get_or_init(find).as_ref()
    }
}
