//! The data of a job: checked against the analysis, and written for the engine.
//!
//! Architecture invariant: the engine never sees an upload. What it gets is written here from
//! what `sequence` read.

use std::path::Path;

use api::FieldError;
use hyphy::{
    Analysis, arguments,
    branches::{self, Plan},
    names::Renamed,
    request::Parameters,
    table::{Data, Program, TreeInput},
};
use sequence::{
    Alignment, Document, Finding, GeneticCode, Level, Limits, Tree,
    check::{self, DataKind, Needs, TreeNeed},
    engine::{self, Annotations},
    infer,
};

/// What an analysis is run on.
pub(super) struct Input {
    alignment: Option<Alignment>,
    tree: Option<Tree>,
    branches: Plan,
    code: Option<GeneticCode>,
    inferred: bool,
    warnings: Vec<String>,
}

/// The uploads of a job.
pub(super) struct Uploads {
    pub(super) alignment: Option<Vec<u8>>,
    pub(super) tree: Option<Vec<u8>>,
}

impl Input {
    /// Reads the data of a job and checks it. A tree that is needed and not given is inferred.
    ///
    /// # Errors
    /// Everything that is wrong, at once.
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
        let mut inferred = false;
        let mut tree = None;
        if analysis.input.tree != TreeInput::None {
            tree = given_tree(alignment_file.as_ref(), tree_file.as_ref(), &mut problems);
            if tree.is_none() && tree_file.is_none() {
                tree = infer_tree(analysis, alignment.as_ref(), &mut problems);
                inferred = tree.is_some();
            }
        }
        let mut branches = Plan::default();
        if let Some(tree) = &tree {
            let of_tree = if tree_file.is_some() || alignment.is_none() {
                "tree"
            } else {
                "alignment"
            };
            if let Some(alignment) = &alignment {
                problems.add(of_tree, check::pair(alignment, tree));
            }
            problems.add(of_tree, check::tree(tree, &needs));
            match branches::plan(analysis, tree, parameters) {
                Ok(plan) => branches = plan,
                Err(wrong) => problems
                    .0
                    .extend(wrong.into_iter().map(|p| field(&p.field, p.message))),
            }
        }
        if !problems.0.is_empty() {
            return Err(problems.0);
        }
        let mut input = Self {
            alignment,
            tree,
            branches,
            code: matches!(needs.data, DataKind::Codon(_))
                .then_some(code)
                .flatten(),
            inferred,
            warnings: Vec::new(),
        };
        input.warnings = input.normalised(&[alignment_file, tree_file]);
        Ok(input)
    }

    /// The tree, if it was inferred, in Newick format.
    pub(super) fn inferred_tree(&self) -> Option<String> {
        let tree = self.tree.as_ref().filter(|_| self.inferred)?;
        Some(sequence::write::newick(tree) + "\n")
    }

    /// What is not done as the uploads say.
    pub(super) fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// How branches are chosen.
    pub(super) fn branches(&self) -> &Plan {
        &self.branches
    }

    /// Names that the engine is given in place of the user's.
    pub(super) fn renamed(&self) -> Renamed {
        let (tree, names) = self.engine_tree();
        let prefixed = self.branches.prefixes.iter().filter_map(|(leaf, _)| {
            let user = self.tree.as_ref()?.node(*leaf).name.clone()?;
            let engine = names.engine(tree.as_ref()?.node(*leaf).name.as_deref()?)?;
            Some((engine.to_owned(), user))
        });
        let changed = names
            .changed()
            .map(|(user, engine)| (engine.to_owned(), user.to_owned()));
        // What begins with a compartment is not the user's; the later pair of two alike counts.
        changed
            .chain(prefixed)
            .chain(self.branches.renamed.iter().cloned())
            .collect()
    }

    /// Writes the engine's files.
    pub(super) fn write(&self, analysis: &Analysis, folder: &Path) -> std::io::Result<()> {
        let (tree, names) = self.engine_tree();
        if let Some(alignment) = &self.alignment {
            let (fasta, _) = engine::fasta(alignment, &names, self.code);
            std::fs::write(folder.join(arguments::ALIGNMENT), fasta)?;
        }
        if let Some(tree) = &tree {
            let annotations = if self.branches.supports {
                Annotations::Supports
            } else {
                Annotations::Labels
            };
            let newick = engine::newick(tree, &names, annotations) + "\n";
            std::fs::write(folder.join(arguments::TREE), newick)?;
        }
        if let Program::Batch(name, text) = analysis.program {
            std::fs::write(folder.join(name), text)?;
        }
        Ok(())
    }

    /// The tree with our labels alone, and everybody's names for the engine.
    fn engine_tree(&self) -> (Option<Tree>, engine::Names) {
        let tree = self.tree.as_ref().map(|given| {
            let mut tree = given.clone();
            for id in given.preorder() {
                tree.set_label(id, None);
            }
            for (id, label) in &self.branches.labels {
                tree.set_label(*id, Some(label));
            }
            for (id, prefix) in &self.branches.prefixes {
                let node = tree.node_mut(*id);
                node.name = node.name.as_ref().map(|name| format!("{prefix}{name}"));
            }
            tree
        });
        let trees: Vec<&Tree> = tree.iter().collect();
        let names = engine::names(self.alignment.as_ref(), &trees);
        (tree, names)
    }

    fn normalised(&self, documents: &[Option<Document>]) -> Vec<String> {
        let (_, names) = self.engine_tree();
        let mut warnings = Vec::new();
        for finding in documents.iter().flatten().flat_map(|d| &d.findings) {
            if finding.level == Level::Warning {
                warnings.push(sentence(finding));
            }
        }
        if let Some(alignment) = &self.alignment {
            let (_, findings) = engine::fasta(alignment, &names, self.code);
            warnings.extend(findings.iter().map(sentence));
        }
        if documents.iter().flatten().any(|d| d.partitions.len() > 1) {
            warnings.push(
                "The partitions that the file defines are not used: all sites are analysed as \
                 one alignment on one tree."
                    .to_owned(),
            );
        }
        let changed = names.changed().count();
        if changed > 0 && self.branches.prefixes.is_empty() {
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
            // `given` leaves none of these but `None`, for which there is no alignment to check.
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
    // What the reader said already is not said again.
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

fn given_tree(
    alignment_file: Option<&Document>,
    tree_file: Option<&Document>,
    problems: &mut Problems,
) -> Option<Tree> {
    let document = tree_file.or(alignment_file)?;
    let first = document.trees.first().map(|named| named.tree.clone());
    if first.is_none() && tree_file.is_some() {
        problems.unreadable("tree", "a tree", document);
    }
    first
}

/// A tree by neighbour joining, unless the alignment is unusable or the root matters.
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

fn sentence(finding: &Finding) -> String {
    format!("{} {}", finding.message, finding.remedy)
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
    /// Adds what is an error among findings.
    fn add(&mut self, name: &str, findings: Vec<Finding>) {
        for finding in findings.iter().filter(|f| f.level == Level::Error) {
            let problem = field(name, sentence(finding));
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
