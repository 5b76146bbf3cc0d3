//! The data of a job: checked against the analysis, and written for the engine.
//!
//! Architecture invariant: the engine never sees an upload. What it gets is written here from
//! what `sequence` read.

use std::{collections::BTreeMap, path::Path};

use api::FieldError;
use hyphy::{
    Analysis, arguments,
    branches::{self, LABEL, Selection},
    request::Parameters,
    table::{Data, TreeInput},
};
use sequence::{
    Alignment, Document, Finding, GeneticCode, Level, Limits, Tree,
    check::{self, DataKind, Needs, TreeNeed},
    engine,
};

/// What an analysis is run on.
pub(super) struct Input {
    alignment: Alignment,
    tree: Tree,
    branches: Selection,
    code: Option<GeneticCode>,
}

impl Input {
    /// Reads the data of a job and checks it.
    ///
    /// # Errors
    /// Everything that is wrong, at once.
    pub(super) fn read(
        analysis: &Analysis,
        parameters: &Parameters,
        alignment_file: &[u8],
        tree_file: Option<&[u8]>,
    ) -> Result<Self, Vec<FieldError>> {
        let mut problems = Problems::default();
        let limits = Limits::default();
        let document = sequence::read(alignment_file, &limits);
        let tree_document = tree_file.map(|bytes| sequence::read(bytes, &limits));
        let tree = first_tree(analysis, &document, tree_document.as_ref(), &mut problems);
        let code = parameters.genetic_code();
        let needs = Needs {
            data: match analysis.input.data {
                Data::Codon => DataKind::Codon(code.unwrap_or(GeneticCode::UNIVERSAL)),
            },
            min_sequences: analysis.input.min_sequences,
            tree: match analysis.input.tree {
                TreeInput::Required => TreeNeed::Unrooted,
            },
        };
        let tree_field = if tree_document.is_some() {
            "tree"
        } else {
            "alignment"
        };
        match &document.alignment {
            None => problems.unreadable("alignment", "an alignment", &document),
            Some(alignment) => {
                problems.add("alignment", document.findings.clone());
                problems.add("alignment", check::alignment(alignment, &needs));
                if let Some(tree) = &tree {
                    problems.add(tree_field, check::pair(alignment, tree));
                }
            }
        }
        let mut selection = Selection::Word("All");
        if let Some(tree) = &tree {
            problems.add(tree_field, check::tree(tree, &needs));
            match branches::select(tree, &parameters.list("branches")) {
                Ok(selected) => selection = selected,
                Err(wrong) => problems
                    .0
                    .extend(wrong.into_iter().map(|m| field("branches", m))),
            }
        }
        match (document.alignment, tree, problems.0) {
            (Some(alignment), Some(tree), problems) if problems.is_empty() => Ok(Self {
                alignment,
                tree,
                branches: selection,
                code,
            }),
            (_, _, problems) => Err(problems),
        }
    }

    /// The branches to test.
    pub(super) fn branches(&self) -> &Selection {
        &self.branches
    }

    /// Writes the engine's files. Returns the names that had to be changed for it: the user's by
    /// the engine's.
    pub(super) fn write(&self, folder: &Path) -> std::io::Result<BTreeMap<String, String>> {
        let names = engine::names(Some(&self.alignment), &[&self.tree]);
        let (fasta, _) = engine::fasta(&self.alignment, &names, self.code);
        std::fs::write(folder.join(arguments::ALIGNMENT), fasta)?;
        let mut tree = self.tree.clone();
        if let Selection::Branches(selected) = &self.branches {
            for id in self.tree.preorder() {
                tree.set_label(id, selected.contains(&id).then_some(LABEL));
            }
        }
        let mut newick = engine::newick(&tree, &names, true);
        newick.push('\n');
        std::fs::write(folder.join(arguments::TREE), newick)?;
        Ok(names
            .changed()
            .map(|(user, engine)| (engine.to_owned(), user.to_owned()))
            .collect())
    }
}

fn first_tree(
    analysis: &Analysis,
    document: &Document,
    tree_document: Option<&Document>,
    problems: &mut Problems,
) -> Option<Tree> {
    let tree = tree_document
        .unwrap_or(document)
        .trees
        .first()
        .map(|named| named.tree.clone());
    match (tree_document, &tree, analysis.input.tree) {
        (Some(document), None, _) => problems.unreadable("tree", "a tree", document),
        (None, None, TreeInput::Required) => problems.0.push(field(
            "tree",
            format!(
                "{} needs a tree, and the alignment's file holds none. Upload a tree with the \
                 same taxa and give its id as tree.",
                analysis.name
            ),
        )),
        _ => {}
    }
    tree
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
        for finding in findings
            .into_iter()
            .filter(|finding| finding.level == Level::Error)
        {
            let problem = field(name, format!("{} {}", finding.message, finding.remedy));
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
