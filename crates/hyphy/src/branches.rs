//! Which branches of a tree a request means.

use sequence::{NodeId, Tree};

/// Branches of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// One of HyPhy's own words, which it resolves itself.
    Word(&'static str),
    /// These branches, each named by the node below it.
    Branches(Vec<NodeId>),
}

/// The label that selected branches get in the tree that HyPhy is given.
pub const LABEL: &str = "Foreground";

const WORDS: [(&str, &str); 5] = [
    ("all", "All"),
    ("internal", "Internal"),
    ("leaves", "Leaves"),
    ("unlabeled-branches", "Unlabeled branches"),
    ("unlabeled branches", "Unlabeled branches"),
];

/// The branches meant by names of leaves or internal nodes, labels that the tree carries, or one
/// of HyPhy's words (alone). An empty selection means all.
///
/// # Errors
/// One sentence for each name that means nothing in this tree.
pub fn select(tree: &Tree, names: &[&str]) -> Result<Selection, Vec<String>> {
    let word = |name: &str| {
        let found = WORDS
            .iter()
            .find(|(word, _)| word.eq_ignore_ascii_case(name));
        found.map(|(_, engine)| *engine)
    };
    match names {
        [] => return Ok(Selection::Word("All")),
        [name] if word(name).is_some() => {
            return Ok(Selection::Word(word(name).unwrap_or("All")));
        }
        _ => {}
    }
    let node_names = tree.node_names();
    let branches: Vec<NodeId> = tree.preorder().filter(|id| *id != tree.root()).collect();
    let mut selected = Vec::new();
    let mut problems = Vec::new();
    for name in names {
        if word(name).is_some() {
            problems.push(format!(
                "{name} stands for a set of branches and must be given alone."
            ));
            continue;
        }
        let by_label = |id: &&NodeId| tree.node(**id).label.as_deref() == Some(name);
        let by_name = |id: &&NodeId| node_names.get(id.index()).is_some_and(|n| n == name);
        let mut found: Vec<NodeId> = branches.iter().filter(by_name).copied().collect();
        if found.is_empty() {
            found = branches.iter().filter(by_label).copied().collect();
        }
        if found.is_empty() {
            problems.push(nothing_called(name, &node_names));
        }
        selected.extend(found);
    }
    selected.sort_unstable();
    selected.dedup();
    if problems.is_empty() {
        Ok(Selection::Branches(selected))
    } else {
        Err(problems)
    }
}

fn nothing_called(name: &str, node_names: &[String]) -> String {
    let near = sequence::nearest_name(name, node_names.iter().map(String::as_str));
    let hint = near.map_or_else(String::new, |near| format!(" Did you mean {near}?"));
    let shown: String = name.chars().filter(|c| !c.is_control()).take(80).collect();
    format!("The tree has no branch or label \"{shown}\".{hint}")
}
