//! Checks the data of a job against the analysis, and writes it for the engine.
//!
//! Architecture invariant: the engine never reads an upload. It reads files that this module writes
//! from the data that `sequence` parsed.

use std::path::Path;

use api::FieldError;
use hyphy::{
    Analysis, arguments,
    branches::{self, BranchLabelling},
    names::Renamed,
    parameters::Parameters,
    resources::Size,
    table::{Data, Program, TreeInput},
};
use sequence::{
    Alignment, Alphabet, Document, Finding, GeneticCode, Level, Limits, Partition, Tree,
    check::{self, DataKind, Needs, TreeNeed},
    infer,
    normalize::{self, Annotations},
};

use crate::files::Files;

/// The data that an analysis runs on.
pub(super) struct Input {
    alignment: Option<Alignment>,
    /// No tree, one tree, or one for each partition.
    trees: Vec<Tree>,
    /// The branch selection of each tree.
    branches: Vec<BranchLabelling>,
    /// Empty if the alignment is analysed as a whole.
    partitions: Vec<Partition>,
    code: Option<GeneticCode>,
    inferred: bool,
    warnings: Vec<String>,
}

/// The uploads of a job.
pub(super) struct Uploads {
    alignment: Option<Vec<u8>>,
    tree: Option<Vec<u8>>,
}

impl Uploads {
    /// Reads the uploads by the SHA-256 of their content.
    pub(super) fn read(
        files: &Files,
        alignment: Option<&str>,
        tree: Option<&str>,
    ) -> std::io::Result<Self> {
        let read = |sha256: Option<&str>| sha256.map(|hash| files.read_blob(hash)).transpose();
        Ok(Self {
            alignment: read(alignment)?,
            tree: read(tree)?,
        })
    }
}

impl Input {
    /// Reads and checks the data of a job. If a required tree is missing, it is inferred.
    ///
    /// # Errors
    /// Returns all problems at once.
    pub(super) fn read(
        analysis: &Analysis,
        parameters: &Parameters,
        uploads: &Uploads,
        limits: &Limits,
    ) -> Result<Self, Vec<FieldError>> {
        let read = |bytes: &Vec<u8>| sequence::read(bytes, limits);
        let alignment_file = uploads.alignment.as_ref().map(read);
        let tree_file = uploads.tree.as_ref().map(read);
        let code = parameters.genetic_code();
        let needs = needs(analysis, parameters, code);
        let mut problems = Problems::default();
        let alignment = alignment_file
            .as_ref()
            .and_then(|document| usable_alignment(document, &needs, &mut problems));
        let partitions = match (&alignment, &alignment_file) {
            (Some(alignment), Some(document)) if document.partitions.len() > 1 => {
                usable_partitions(analysis, alignment, &document.partitions, &needs)
            }
            _ => Ok(Vec::new()),
        };
        let (mut warnings, partitions) = match partitions {
            Ok(partitions) => (Vec::new(), partitions),
            Err(why) => (vec![why], Vec::new()),
        };
        let mut trees = Vec::new();
        let mut inferred = false;
        if analysis.input.tree != TreeInput::None {
            trees = given_trees(
                alignment_file.as_ref(),
                tree_file.as_ref(),
                partitions.len(),
                &mut problems,
            );
            if trees.is_empty() && tree_file.is_none() {
                trees.extend(infer_tree(analysis, alignment.as_ref(), &mut problems));
                inferred = !trees.is_empty();
            }
        }
        let of_tree = if tree_file.is_some() || alignment.is_none() {
            "tree"
        } else {
            "alignment"
        };
        let mut branches = Vec::new();
        for tree in &trees {
            if let Some(alignment) = &alignment {
                problems.add(of_tree, check::pair(alignment, tree));
            }
            problems.add(of_tree, check::tree(tree, &needs));
            match branches::plan(analysis, tree, parameters) {
                Ok(plan) => branches.push(plan),
                Err(wrong) => problems
                    .0
                    .extend(wrong.into_iter().map(|p| field(&p.field, p.message))),
            }
        }
        if !problems.0.is_empty() {
            return Err(problems.0);
        }
        let read = [&alignment_file, &tree_file].into_iter().flatten();
        let said = read.flat_map(|document| &document.findings);
        warnings.extend(
            said.filter(|finding| finding.level == Level::Warning)
                .map(Finding::sentence),
        );
        Ok(Self {
            alignment,
            trees,
            branches,
            partitions,
            code: matches!(needs.data, DataKind::Codon(_))
                .then_some(code)
                .flatten(),
            inferred,
            warnings,
        })
    }

    /// Returns the tree in Newick format, if it was inferred.
    pub(super) fn inferred_tree(&self) -> Option<String> {
        let tree = self.trees.first().filter(|_| self.inferred)?;
        Some(sequence::write::newick(tree) + "\n")
    }

    /// Returns the size of the data.
    pub(super) fn size(&self) -> Size {
        let leaves = self.trees.first().map_or(0, |tree| tree.leaves().count());
        let alignment = self.alignment.as_ref();
        Size {
            sequences: alignment.map_or(leaves, |alignment| alignment.sequences.len()),
            columns: alignment.map_or(0, Alignment::sites),
        }
    }

    /// Returns the arguments that select branches.
    pub(super) fn branch_arguments(&self) -> &[(String, String)] {
        // They are the same for all trees, because they come from the request.
        self.branches.first().map_or(&[], |plan| &plan.arguments)
    }

    /// Returns the names that the engine receives in place of the user's, and sentences about where
    /// the analysis departs from the uploads.
    pub(super) fn changes(&self) -> (Renamed, Vec<String>) {
        let (trees, names) = self.engine_trees();
        (self.renamed(&trees, &names), self.said(&names))
    }

    fn renamed(&self, trees: &[Tree], names: &normalize::Names) -> Renamed {
        let mut pairs: Vec<(String, String)> = names
            .changed()
            .map(|(user, engine)| (engine.to_owned(), user.to_owned()))
            .collect();
        // Names that start with a compartment are not the user's. Of two pairs with the same engine
        // name, the later one counts.
        for (index, plan) in self.branches.iter().enumerate() {
            pairs.extend(plan.prefixes.iter().filter_map(|(leaf, _)| {
                let user = self.trees[index].node(*leaf).name.clone()?;
                let engine = names.engine(trees[index].node(*leaf).name.as_deref()?)?;
                Some((engine.to_owned(), user))
            }));
            pairs.extend(plan.renamed.iter().cloned());
        }
        if trees.len() > 1 {
            // HyPhy shows the names in a NEXUS file's trees in upper case.
            let of_alignment = self.alignment.iter().flat_map(Alignment::names);
            pairs.extend(of_alignment.filter_map(|user| {
                Some((names.engine(user)?.to_ascii_uppercase(), user.to_owned()))
            }));
        }
        pairs
            .into_iter()
            .filter(|(engine, user)| engine != user)
            .collect()
    }

    /// Writes the files that the engine reads.
    pub(super) fn write(&self, analysis: &Analysis, folder: &Path) -> std::io::Result<()> {
        let (trees, names) = self.engine_trees();
        let newicks: Vec<String> = trees
            .iter()
            .zip(&self.branches)
            .map(|(tree, plan)| {
                let annotations = if plan.supports {
                    Annotations::Supports
                } else {
                    Annotations::Labels
                };
                normalize::newick(tree, &names, annotations)
            })
            .collect();
        if let Some(alignment) = &self.alignment {
            let (mut text, _) = normalize::fasta(alignment, &names, self.code);
            if !self.partitions.is_empty() {
                let protein = alignment.alphabet == Alphabet::Protein;
                let own_trees = if newicks.len() > 1 { &newicks[..] } else { &[] };
                text = normalize::nexus(&text, protein, &self.partitions, own_trees);
            }
            std::fs::write(folder.join(arguments::ALIGNMENT), text)?;
        }
        if let Some(newick) = newicks.first() {
            std::fs::write(folder.join(arguments::TREE), format!("{newick}\n"))?;
        }
        if let Program::Batch(name, text) = analysis.program {
            std::fs::write(folder.join(name), text)?;
        }
        Ok(())
    }

    /// Returns the trees with only our labels, and the engine's names for all sequences and nodes.
    fn engine_trees(&self) -> (Vec<Tree>, normalize::Names) {
        let ours = |(given, plan): (&Tree, &BranchLabelling)| {
            let mut tree = given.clone();
            for id in given.preorder() {
                tree.set_label(id, None);
            }
            for (id, label) in &plan.labels {
                tree.set_label(*id, Some(label));
            }
            for (id, prefix) in &plan.prefixes {
                let node = tree.node_mut(*id);
                node.name = node.name.as_ref().map(|name| format!("{prefix}{name}"));
            }
            tree
        };
        let trees: Vec<Tree> = self.trees.iter().zip(&self.branches).map(ours).collect();
        let names = normalize::names(self.alignment.as_ref(), &trees.iter().collect::<Vec<_>>());
        (trees, names)
    }

    fn said(&self, names: &normalize::Names) -> Vec<String> {
        let mut warnings = self.warnings.clone();
        if let Some(alignment) = &self.alignment {
            let (_, findings) = normalize::fasta(alignment, names, self.code);
            warnings.extend(findings.iter().map(Finding::sentence));
        }
        let changed = names.changed().count();
        let prefixed = self.branches.iter().any(|plan| !plan.prefixes.is_empty());
        if changed > 0 && !prefixed {
            warnings.push(format!(
                "HyPhy is given other names for {changed} of the sequences and branches, as it \
                 takes only letters, digits and underscores; the result shows yours."
            ));
        }
        warnings
    }
}

fn needs(analysis: &Analysis, parameters: &Parameters, code: Option<GeneticCode>) -> Needs {
    Needs {
        data: match analysis.input.data.given(parameters) {
            Data::Codon => DataKind::Codon(code.unwrap_or(GeneticCode::UNIVERSAL)),
            Data::Nucleotide => DataKind::Nucleotide,
            Data::Protein => DataKind::Protein,
            // `given` leaves only `None` of these, and then there is no alignment to check.
            Data::ByType | Data::None => DataKind::Any(vec![]),
        },
        min_sequences: analysis.input.min_sequences,
        tree: match analysis.input.tree {
            TreeInput::Required => TreeNeed::Unrooted,
            TreeInput::Rooted => TreeNeed::Rooted,
            TreeInput::None => TreeNeed::None,
        },
    }
}

fn usable_alignment(
    document: &Document,
    needs: &Needs,
    problems: &mut Problems,
) -> Option<Alignment> {
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
    problems.add("alignment", document.findings.clone());
    problems.add("alignment", found);
    Some(alignment.clone())
}

/// Returns the partitions in the engine's form, or the reason why the alignment is analysed as a
/// whole.
fn usable_partitions(
    analysis: &Analysis,
    alignment: &Alignment,
    partitions: &[Partition],
    needs: &Needs,
) -> Result<Vec<Partition>, String> {
    let why = if analysis.input.partitions {
        let codons = matches!(needs.data, DataKind::Codon(_));
        match normalize::check_partitions(alignment, partitions, codons) {
            Ok(()) => return Ok(partitions.to_vec()),
            Err(why) => why,
        }
    } else {
        format!("{} takes none.", analysis.name)
    };
    Err(format!(
        "The partitions that the file defines are not used, and all sites are analysed as one: \
         {why}"
    ))
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
    let wanted = if partitions > 1 && document.trees.len() == partitions {
        partitions
    } else {
        1
    };
    if document.trees.is_empty() && tree_file.is_some() {
        problems.unreadable("tree", "a tree", document);
    }
    let trees = document.trees.iter().take(wanted);
    trees.map(|named| named.tree.clone()).collect()
}

/// Infers a tree by neighbour joining, unless the alignment is unusable or the root matters.
fn infer_tree(
    analysis: &Analysis,
    alignment: Option<&Alignment>,
    problems: &mut Problems,
) -> Option<Tree> {
    if analysis.input.tree == TreeInput::Rooted {
        problems.0.push(field(
            "tree",
            format!(
                "{} needs a rooted tree, and the alignment's file holds none. Upload one with the \
                 same taxa and give its id as tree.",
                analysis.name
            ),
        ));
        return None;
    }
    let alignment = alignment.filter(|_| problems.0.is_empty())?;
    match infer::neighbour_joining(alignment) {
        Ok(tree) => Some(tree),
        Err(finding) => {
            problems.add("tree", vec![finding]);
            None
        }
    }
}

fn field(field: &str, message: String) -> FieldError {
    FieldError {
        field: field.to_owned(),
        message,
    }
}

#[derive(Default)]
struct Problems(Vec<FieldError>);

impl Problems {
    /// Adds those findings that are errors.
    fn add(&mut self, name: &str, findings: Vec<Finding>) {
        for finding in findings.iter().filter(|f| f.level == Level::Error) {
            let problem = field(name, finding.sentence());
            if !self.0.contains(&problem) {
                self.0.push(problem);
            }
        }
    }

    fn unreadable(&mut self, name: &str, wanted: &str, document: &Document) {
        let before = self.0.len();
        self.add(name, document.findings.clone());
        if self.0.len() == before {
            self.0
                .push(field(name, format!("The file does not hold {wanted}.")));
        }
    }
}
