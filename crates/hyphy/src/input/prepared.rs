//! The files, arguments and names of a run.

use std::{collections::BTreeMap, fs, io, path::Path};

use sequence::{
    Alignment, Alphabet, Finding, NodeId, Tree,
    normalize::{self, Annotations},
};
use serde::{Deserialize, Serialize};

use super::Input;
use crate::{
    arguments, branches::BranchLabelling, names::Renamed, resources::Size, table::BranchInput,
};

/// What HyPhy receives in a run, as a record that can be stored.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prepared {
    /// Size of the data.
    pub size: Size,
    /// Arguments that select branches.
    pub branch_arguments: Vec<(String, String)>,
    /// For each tree, the branches that HyPhy is asked to test, by HyPhy's names, and the set that
    /// its result must have each in.
    #[serde(default)]
    pub(crate) requested: Vec<BTreeMap<String, String>>,
    /// Names and contents of the files that HyPhy reads.
    files: BTreeMap<String, String>,
}

impl Prepared {
    /// Names and contents of the files that HyPhy reads, without the batch file of the analysis.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        let files = self.files.iter();
        files.map(|(name, content)| (name.as_str(), content.as_str()))
    }

    /// Writes the files into a directory.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn write(&self, directory: &Path) -> io::Result<()> {
        for (name, content) in &self.files {
            // A stored record names no file outside of the directory.
            let name = Path::new(name)
                .file_name()
                .ok_or(io::ErrorKind::InvalidData)?;
            fs::write(directory.join(name), content)?;
        }
        Ok(())
    }
}

impl Input {
    /// Returns what HyPhy receives; the names that it receives in place of the user's; and
    /// sentences about where the run departs from the uploads.
    #[must_use]
    pub fn prepare(&self) -> (Prepared, Renamed, Vec<String>) {
        let (trees, names, findings) = self.engine_trees();
        let mut files = BTreeMap::new();
        let newicks = self.newicks(&trees, &names);
        let mut warnings = self.warnings.clone();
        warnings.extend(findings.iter().map(Finding::sentence));
        if let Some(alignment) = &self.alignment {
            let (mut text, findings) = normalize::fasta(alignment, &names, self.code);
            warnings.extend(findings.iter().map(Finding::sentence));
            if !self.partitions.is_empty() {
                let protein = alignment.alphabet == Alphabet::Protein;
                let own_trees = if newicks.len() > 1 { &newicks[..] } else { &[] };
                text = normalize::nexus(&text, protein, &self.partitions, own_trees);
            }
            // `normalize` writes ASCII only.
            let text = String::from_utf8_lossy(&text).into_owned();
            files.insert(arguments::ALIGNMENT.to_owned(), text);
        }
        if let Some(newick) = newicks.first() {
            files.insert(arguments::TREE.to_owned(), format!("{newick}\n"));
        }
        warnings.extend(self.about_names(&names));
        let prepared = Prepared {
            size: self.size(),
            // They are the same for all trees, because they come from the request.
            branch_arguments: self
                .branches
                .first()
                .map_or_else(Vec::new, |plan| plan.arguments.clone()),
            requested: self.requested(&trees, &names),
            files,
        };
        (prepared, self.renamed(&trees, &names), warnings)
    }

    fn requested(&self, trees: &[Tree], names: &normalize::Names) -> Vec<BTreeMap<String, String>> {
        let of_tree = |(tree, plan): (&Tree, &BranchLabelling)| {
            let node_names = tree.node_names();
            let branches = tree.preorder().filter(|id| *id != tree.root());
            let word = |id: NodeId| match self.branch_input {
                BranchInput::None | BranchInput::Compartments => None,
                BranchInput::Tested | BranchInput::Foreground => {
                    plan.tests(tree, id).then(|| "test".to_owned())
                }
                BranchInput::TestAndReference | BranchInput::Sets => tree.node(id).label.clone(),
            };
            branches
                .filter_map(|id| {
                    let name = &node_names[id.index()];
                    let name = names.engine(name).unwrap_or(name);
                    Some((name.to_owned(), word(id)?))
                })
                .collect()
        };
        trees.iter().zip(&self.branches).map(of_tree).collect()
    }

    fn newicks(&self, trees: &[Tree], names: &normalize::Names) -> Vec<String> {
        let newick = |(tree, plan): (&Tree, &BranchLabelling)| {
            let annotations = if plan.supports {
                Annotations::Supports
            } else {
                Annotations::Labels
            };
            normalize::newick(tree, names, annotations)
        };
        trees.iter().zip(&self.branches).map(newick).collect()
    }

    fn about_names(&self, names: &normalize::Names) -> Option<String> {
        let changed = names.changed().count();
        let prefixed = self.branches.iter().any(|plan| !plan.prefixes.is_empty());
        (changed > 0 && !prefixed).then(|| {
            format!(
                "The engine is given other names for {changed} of the sequences and branches, of \
                 letters, digits and underscores only; the result shows yours."
            )
        })
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
            let of_trees = trees.iter().flat_map(Tree::node_names);
            let all = of_trees.chain(of_alignment.map(str::to_owned));
            pairs.extend(all.map(|user| {
                let engine = names.engine(&user).unwrap_or(&user);
                (engine.to_ascii_uppercase(), user)
            }));
        }
        pairs
            .into_iter()
            .filter(|(engine, user)| engine != user)
            .collect()
    }

    /// Returns the trees with only our labels, the engine's names for all sequences and nodes, and
    /// what is to be said about the removal of roots.
    fn engine_trees(&self) -> (Vec<Tree>, normalize::Names, Vec<Finding>) {
        let mut findings = Vec::new();
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
            if !self.unrooted {
                return tree;
            }
            let (tree, finding) = without_root(&tree);
            findings.extend(finding);
            tree
        };
        let trees: Vec<Tree> = self.trees.iter().zip(&self.branches).map(ours).collect();
        let names = normalize::names(self.alignment.as_ref(), &trees.iter().collect::<Vec<_>>());
        (trees, names, findings)
    }
}

/// The tree without its root. Its branches keep the names that they have in the given tree.
fn without_root(given: &Tree) -> (Tree, Option<Finding>) {
    let (mut tree, origin, finding) = given.unrooted();
    if tree.len() == given.len() {
        return (tree, None);
    }
    let names = given.node_names();
    for id in tree.preorder().skip(1).collect::<Vec<_>>() {
        let node = tree.node_mut(id);
        if node.name.is_none() && !node.is_leaf() {
            node.name = Some(names[origin[id.index()].index()].clone());
            node.support = None;
        }
    }
    (tree, finding)
}
