//! The data of a run by the native engine, made from the files that its command line names.

use sequence::{
    Alignment, Document, Finding, GeneticCode, Level, Limits, NamedTree, Partition, Tree,
    check::{self, DataKind, Needs, TreeNeed},
    normalize::{self, Annotations},
};

use crate::{Analysis, input::trees_used, parameters::Parameters};

/// An alignment of codons with its trees.
#[derive(Debug)]
pub struct Data {
    alignment: Alignment,
    trees: Vec<Tree>,
    partitions: Vec<Partition>,
    code: GeneticCode,
}

impl Data {
    /// Takes the data from parsed files, in the form in which the service passes data to HyPhy.
    /// The trees are those in the alignment's file if it has one for each partition, else the one in
    /// the tree's file.
    ///
    /// # Errors
    /// The first problem of the data.
    pub fn of(
        analysis: &Analysis,
        parameters: &Parameters,
        alignment_file: &Document,
        tree_file: Option<&Document>,
    ) -> Result<Self, String> {
        let code = parameters.genetic_code().unwrap_or(GeneticCode::UNIVERSAL);
        let needs = Needs {
            data: DataKind::Codon(code),
            min_sequences: analysis.input.min_sequences,
            tree: TreeNeed::Unrooted,
        };
        refuse(&alignment_file.findings)?;
        refuse(tree_file.map_or(&[], |file| &file.findings))?;
        let given = alignment_file.alignment.as_ref();
        let given = given.ok_or("There is no alignment in the alignment's file.")?;
        refuse(&check::alignment(given, &needs))?;
        let partitions = match alignment_file.partitions.as_slice() {
            several @ [_, _, ..] => normalize::check_partitions(given, several, true)?.0,
            _ => Vec::new(),
        };
        let trees = trees(alignment_file, tree_file, partitions.len())?;
        for tree in &trees {
            refuse(&check::pair(given, tree))?;
            refuse(&check::tree(tree, &needs))?;
        }
        let names = normalize::names(Some(given), &trees.iter().collect::<Vec<_>>());
        let (fasta, _) = normalize::fasta(given, &names, Some(code));
        let newicks = trees
            .iter()
            .map(|tree| normalize::newick(tree, &names, Annotations::Labels));
        Ok(Self {
            alignment: read(&fasta)?
                .alignment
                .ok_or("The alignment has no sequences.")?,
            trees: newicks
                .map(|newick| first_tree(&read(newick.as_bytes())?))
                .collect::<Result<_, String>>()?,
            partitions,
            code,
        })
    }

    /// Whether a tree has a branch with this label, in any letter case.
    #[must_use]
    pub fn has_label(&self, label: &str) -> bool {
        let is = |own: &str| own.eq_ignore_ascii_case(label);
        let has = |tree: &Tree| {
            let mut nodes = tree.preorder().map(|id| tree.node(id));
            nodes.any(|node| node.label.as_deref().is_some_and(is))
        };
        self.trees.iter().any(has)
    }

    /// Runs an analysis of the data on the threads of the current pool of rayon. The result shows
    /// `file_name` as the name of the alignment's file.
    ///
    /// # Errors
    /// As [`selection::run`].
    pub fn run(
        &self,
        analysis: &selection::Analysis,
        file_name: &str,
        watch: &dyn selection::Watch,
    ) -> Result<serde_json::Value, selection::Error> {
        let trees: Vec<&Tree> = self.trees.iter().collect();
        let input = selection::Input {
            file_name,
            alignment: &self.alignment,
            partitions: &self.partitions,
            trees: &trees,
            code: self.code,
        };
        selection::run(analysis, &input, watch)
    }
}

fn trees(
    alignment_file: &Document,
    tree_file: Option<&Document>,
    partitions: usize,
) -> Result<Vec<Tree>, String> {
    let own = &alignment_file.trees;
    if trees_used(own.len(), partitions) > 1 {
        return Ok(own.iter().map(unrooted).collect());
    }
    let file = tree_file.unwrap_or(alignment_file);
    let used = trees_used(file.trees.len(), partitions);
    if used == 0 {
        return Err("There is no tree. Give one by --tree.".to_owned());
    }
    Ok(file.trees.iter().take(used).map(unrooted).collect())
}

fn unrooted(named: &NamedTree) -> Tree {
    named.tree.unrooted().0
}

/// Reads what `normalize` wrote, which has no limits of its own.
fn read(bytes: &[u8]) -> Result<Document, String> {
    let limits = Limits {
        max_bytes: usize::MAX,
        max_sequences: usize::MAX,
        max_sites: usize::MAX,
        max_nodes: usize::MAX,
        ..Limits::default()
    };
    let document = sequence::read(bytes, &limits);
    refuse(&document.findings)?;
    Ok(document)
}

fn first_tree(document: &Document) -> Result<Tree, String> {
    let first = document.trees.first().map(|named| named.tree.clone());
    first.ok_or_else(|| "There is no tree.".to_owned())
}

/// # Errors
/// The first error among the findings.
fn refuse(findings: &[Finding]) -> Result<(), String> {
    let mut errors = findings
        .iter()
        .filter(|finding| finding.level == Level::Error);
    errors.next().map_or(Ok(()), |error| Err(error.sentence()))
}
