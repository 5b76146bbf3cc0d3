//! The parsed files of a request.

use std::{borrow::Cow, cell::OnceCell};

use sequence::{Alignment, Document, Finding, GeneticCode, NamedTree, Prune, check, infer};

use super::content::Content;

/// The parsed files of a request. What is measured of them is measured once, for all analyses.
#[derive(Debug)]
pub struct Files<'a> {
    alignment: Option<Cow<'a, Document>>,
    tree: Option<Cow<'a, Document>>,
    /// What was removed from them.
    pruned: Vec<Finding>,
    content: OnceCell<Option<Content>>,
    fitting_codes: OnceCell<Vec<GeneticCode>>,
    pairs_without_common_site: OnceCell<Option<Finding>>,
}

impl<'a> Files<'a> {
    /// The files of the request's fields `alignment` and `tree`.
    #[must_use]
    pub fn new(alignment: Option<&'a Document>, tree: Option<&'a Document>) -> Self {
        Self::of(alignment.map(Cow::Borrowed), tree.map(Cow::Borrowed))
    }

    fn of(alignment: Option<Cow<'a, Document>>, tree: Option<Cow<'a, Document>>) -> Self {
        Self {
            alignment,
            tree,
            pruned: Vec::new(),
            content: OnceCell::new(),
            fitting_codes: OnceCell::new(),
            pairs_without_common_site: OnceCell::new(),
        }
    }

    /// A copy without the taxa that only the alignment or only the trees have.
    #[must_use]
    pub fn pruned(&self, what: Prune) -> Self {
        let (mut alignment, mut tree) = (self.alignment.clone(), self.tree.clone());
        let mut pruned = Vec::new();
        if let Some(document) = &mut alignment {
            let of_alignment = document.to_mut();
            let of_tree = tree.as_mut().map(Cow::to_mut);
            if let Some(alignment) = &mut of_alignment.alignment {
                let named = match of_tree {
                    Some(document) => &mut document.trees,
                    None => &mut of_alignment.trees,
                };
                let used = trees_used(named.len(), of_alignment.partitions.len());
                let mut trees: Vec<_> = named.iter().take(used).map(|n| n.tree.clone()).collect();
                pruned = sequence::prune(alignment, &mut trees, what);
                for (named, tree) in named.iter_mut().zip(trees) {
                    named.tree = tree;
                }
            }
        }
        Self {
            pruned,
            ..Self::of(alignment, tree)
        }
    }

    /// The file that the field `alignment` names.
    pub(super) fn alignment(&self) -> Option<&Document> {
        self.alignment.as_deref()
    }

    /// The file that the field `tree` names.
    pub(super) fn tree(&self) -> Option<&Document> {
        self.tree.as_deref()
    }

    /// The trees: those of the field `tree`, or else those in the alignment's file.
    #[must_use]
    pub fn trees(&self) -> &[NamedTree] {
        let source = self.tree().or(self.alignment());
        source.map_or(&[], |document| &document.trees)
    }

    /// Warnings about what was removed from the files.
    pub(super) fn pruning(&self) -> &[Finding] {
        &self.pruned
    }

    fn sequences(&self) -> Option<&Alignment> {
        self.alignment()?.alignment.as_ref()
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

/// How many of a file's trees a run reads: the first, or one for each partition if the file has as many.
pub(crate) fn trees_used(trees: usize, partitions: usize) -> usize {
    if partitions > 1 && trees == partitions {
        partitions
    } else {
        trees.min(1)
    }
}
