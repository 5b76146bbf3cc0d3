//! The data of a run: checks them against the analysis and writes the files that HyPhy reads.
//!
//! ```text
//! documents → Input::check → Input → Input::prepare → Prepared: files, arguments, names
//! ```
//! These are pure functions. They read no files and start no programs.
//!
//! Architecture invariant: HyPhy never reads an upload. It reads files that this module writes from
//! the data that `sequence` parsed.

mod content;
mod files;
mod prepared;
mod problems;
mod suitability;
#[cfg(test)]
mod tests;

pub use files::Files;
pub(crate) use files::trees_used;
pub use prepared::Prepared;
use problems::Problems;
pub use suitability::{Suitability, suitability};

use sequence::{
    Alignment, Document, Finding, GeneticCode, Level, Partition, Tree,
    check::{self, DataKind, Needs, TreeNeed},
    infer, normalize,
};

use crate::{
    Analysis,
    branches::{self, BranchLabelling},
    parameters::Parameters,
    request::FieldProblem,
    resources::Size,
    table::{self, BranchInput, TreeInput},
};

/// The checked data of a run.
#[derive(Debug)]
pub struct Input {
    alignment: Option<Alignment>,
    /// No tree, one tree, or one for each partition.
    trees: Vec<Tree>,
    /// How the analysis chooses branches.
    branch_input: BranchInput,
    /// Whether HyPhy reads the trees without their roots.
    unrooted: bool,
    /// The branch selection of each tree.
    branches: Vec<BranchLabelling>,
    /// Empty if the alignment is analysed as a whole.
    partitions: Vec<Partition>,
    code: Option<GeneticCode>,
    inferred: bool,
    size: Size,
    warnings: Vec<String>,
}

impl Input {
    /// Checks the data of a run. If a required tree is missing, it is inferred.
    ///
    /// # Errors
    /// All problems at once.
    pub fn check(
        analysis: &Analysis,
        parameters: &Parameters,
        files: &Files<'_>,
    ) -> Result<Self, Vec<FieldProblem>> {
        let needs = needs(analysis, parameters);
        let kind = analysis.input.data.given(parameters);
        let pruned = parameters.prune().map(|what| files.pruned(what));
        let files = pruned.as_ref().unwrap_or(files);
        let (mut data, mut problems) = Data::check(analysis, kind, &needs, files);
        let mut inferred = false;
        if data.tree_is_missing && problems.is_empty() {
            data.trees.extend(infer_tree(data.alignment, &mut problems));
            inferred = !data.trees.is_empty();
        }
        let mut branches = Vec::new();
        for (place, tree) in data.trees.iter().enumerate() {
            let meaning = if place == 0 {
                Ok(parameters.into())
            } else {
                branches::in_tree(parameters, &data.trees[0], tree)
            };
            let plan = meaning.and_then(|meaning: branches::Meaning| {
                if !meaning.missing.is_empty() {
                    data.warnings.push(format!(
                        "The tree of partition {} does not have all selected branches; these are not \
                         tested there: {}.",
                        place + 1,
                        meaning.missing.join(", ")
                    ));
                }
                branches::plan(analysis, tree, &meaning.parameters)
            });
            match plan {
                Ok(plan) => branches.push(plan),
                Err(wrong) => problems.extend(wrong),
            }
        }
        problems.into_result()?;
        let size = size(files, &needs, &data.trees);
        Ok(Self {
            alignment: data.alignment.cloned(),
            trees: data.trees,
            branch_input: analysis.input.branches,
            unrooted: analysis.reads_unrooted_trees(),
            branches,
            partitions: data.partitions,
            code: match needs.data {
                DataKind::Codon(code) => Some(code),
                _ => None,
            },
            inferred,
            size,
            warnings: data.warnings,
        })
    }

    /// The tree in Newick format, if it was inferred.
    #[must_use]
    pub fn inferred_tree(&self) -> Option<String> {
        let tree = self.trees.first().filter(|_| self.inferred)?;
        Some(sequence::write::newick(tree) + "\n")
    }

    /// The size of the data.
    #[must_use]
    pub fn size(&self) -> Size {
        self.size
    }
}

/// The parts of the files that a run uses.
struct Data<'a> {
    alignment: Option<&'a Alignment>,
    trees: Vec<Tree>,
    /// Whether the analysis needs a tree that can be inferred from the alignment.
    tree_is_missing: bool,
    partitions: Vec<Partition>,
    warnings: Vec<String>,
}

impl<'a> Data<'a> {
    /// Selects and checks them.
    fn check(
        analysis: &Analysis,
        kind: table::Data,
        needs: &Needs,
        files: &'a Files<'_>,
    ) -> (Self, Problems) {
        let (alignment_file, tree_file) = (files.alignment(), files.tree());
        let mut problems = Problems::default();
        let alignment =
            alignment_file.and_then(|document| usable_alignment(document, needs, &mut problems));
        let mut warnings = Vec::new();
        if let Some(content) = files.content()
            && problems.is_empty()
        {
            let (unsuitable, considerations) = content.check(analysis, kind);
            problems.extend(unsuitable);
            warnings.extend(considerations);
        }
        let partitions = match (alignment, alignment_file) {
            (Some(alignment), Some(document)) if document.partitions.len() > 1 => {
                usable_partitions(analysis, alignment, &document.partitions, needs)
            }
            _ => (Vec::new(), None),
        };
        let (partitions, warning) = partitions;
        warnings.extend(warning);
        let trees = match analysis.input.tree {
            TreeInput::None => Vec::new(),
            _ => given_trees(alignment_file, tree_file, partitions.len(), &mut problems),
        };
        let tree_is_missing =
            analysis.input.tree != TreeInput::None && trees.is_empty() && tree_file.is_none();
        if tree_is_missing && analysis.input.tree == TreeInput::Rooted {
            problems.push(FieldProblem::wrong(
                "tree",
                format!(
                    "{} needs a rooted tree, and the alignment's file contains none. Upload one \
                     with the same taxa and give its id as tree.",
                    analysis.name
                ),
            ));
        } else if tree_is_missing {
            warnings.extend(files.pairs_without_common_site().map(Finding::sentence));
        }
        let of_tree = if tree_file.is_some() || alignment.is_none() {
            "tree"
        } else {
            "alignment"
        };
        for tree in &trees {
            if let Some(alignment) = alignment {
                problems.add(of_tree, &check::pair(alignment, tree));
            }
            problems.add(of_tree, &check::tree(tree, needs));
        }
        let read = [alignment_file, tree_file].into_iter().flatten();
        let found = read.flat_map(|document| &document.findings);
        let found = found.chain(files.pruning()).chain(problems.warnings());
        for finding in found.filter(|finding| finding.level == Level::Warning) {
            let sentence = finding.sentence();
            if !warnings.contains(&sentence) {
                warnings.push(sentence);
            }
        }
        let data = Self {
            alignment,
            trees,
            tree_is_missing,
            partitions,
            warnings,
        };
        (data, problems)
    }
}

fn size(files: &Files<'_>, needs: &Needs, trees: &[Tree]) -> Size {
    match files.content() {
        Some(content) => content.size(matches!(needs.data, DataKind::Codon(_))),
        None => Size {
            sequences: trees.first().map_or(0, |tree| tree.leaves().count()),
            ..Size::default()
        },
    }
}

fn needs(analysis: &Analysis, parameters: &Parameters) -> Needs {
    let code = parameters.genetic_code();
    Needs {
        data: match analysis.input.data.given(parameters) {
            table::Data::Codon => DataKind::Codon(code.unwrap_or(GeneticCode::UNIVERSAL)),
            table::Data::Nucleotide => DataKind::Nucleotide,
            table::Data::Protein => DataKind::Protein,
            // `given` leaves only `None` of these, and then there is no alignment to check.
            table::Data::ByType | table::Data::None => DataKind::Any(vec![]),
        },
        min_sequences: analysis.input.min_sequences,
        tree: match analysis.input.tree {
            TreeInput::Required => TreeNeed::Unrooted,
            TreeInput::Rooted => TreeNeed::Rooted,
            TreeInput::None => TreeNeed::None,
        },
    }
}

fn usable_alignment<'a>(
    document: &'a Document,
    needs: &Needs,
    problems: &mut Problems,
) -> Option<&'a Alignment> {
    let Some(alignment) = &document.alignment else {
        problems.unreadable("alignment", "an alignment", document);
        return None;
    };
    // Do not repeat findings that the parser has already reported.
    let said = |new: &Finding| {
        let mut before = document.findings.iter();
        before.any(|f| (&f.code, &f.sequence, f.site) == (&new.code, &new.sequence, new.site))
    };
    let mut found = check::alignment(alignment, needs);
    found.retain(|finding| !said(finding));
    problems.add("alignment", &document.findings);
    problems.add("alignment", &found);
    Some(alignment)
}

/// Returns the partitions in the engine's form, and a warning if they were changed. None are returned
/// if the alignment is analysed as a whole; the warning says why.
fn usable_partitions(
    analysis: &Analysis,
    alignment: &Alignment,
    partitions: &[Partition],
    needs: &Needs,
) -> (Vec<Partition>, Option<String>) {
    let why = if analysis.input.partitions {
        let codons = matches!(needs.data, DataKind::Codon(_));
        match normalize::check_partitions(alignment, partitions, codons) {
            Ok((partitions, moved)) => {
                return (partitions, moved.as_ref().map(Finding::sentence));
            }
            Err(why) => why,
        }
    } else {
        format!("{} does not use partitions.", analysis.name)
    };
    let warning = format!(
        "The partitions that the file defines are not used, and all sites are analysed as one: \
         {why}"
    );
    (Vec::new(), Some(warning))
}

/// Returns the first tree, or one tree for each partition if the file has as many.
fn given_trees(
    alignment_file: Option<&Document>,
    tree_file: Option<&Document>,
    partitions: usize,
    problems: &mut Problems,
) -> Vec<Tree> {
    let Some(document) = tree_file.or(alignment_file) else {
        return Vec::new();
    };
    if document.trees.is_empty() && tree_file.is_some() {
        problems.unreadable("tree", "a tree", document);
    }
    let used = trees_used(document.trees.len(), partitions);
    let trees = document.trees.iter().take(used);
    trees.map(|named| named.tree.clone()).collect()
}

/// Infers a tree by neighbour joining.
fn infer_tree(alignment: Option<&Alignment>, problems: &mut Problems) -> Option<Tree> {
    match infer::neighbour_joining(alignment?) {
        Ok(tree) => Some(tree),
        Err(finding) => {
            problems.add("tree", &[finding]);
            None
        }
    }
}
