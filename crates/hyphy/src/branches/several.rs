//! Branches of several trees that one request names.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
};

use sequence::{NodeId, Tree};
use serde_json::Value;

use crate::{parameters::Parameters, request::FieldProblem};

use super::shown;

/// The parameters that hold names of branches, or sets of them.
const FIELDS: [&str; 4] = [
    "branches",
    "test_branches",
    "reference_branches",
    "branch_sets",
];

/// What a request means in another tree of the same taxa.
pub(crate) struct Meaning {
    pub(crate) parameters: Parameters,
    /// The named branches that this tree does not have.
    pub(crate) missing: Vec<String>,
}

impl From<&Parameters> for Meaning {
    fn from(parameters: &Parameters) -> Self {
        Self {
            parameters: parameters.clone(),
            missing: Vec::new(),
        }
    }
}

/// Translates the names of branches from the first tree to another one. An inner node without a name is
/// called after its place in the tree (`Node7`), as HyPhy also does in the files that it writes. In
/// another tree that name means something else, so the branch is meant that divides the leaves in the
/// same way.
///
/// # Errors
/// For each list of which this tree has no branch.
pub(crate) fn in_tree(
    parameters: &Parameters,
    first: &Tree,
    tree: &Tree,
) -> Result<Meaning, Vec<FieldProblem>> {
    let mut meaning = Meaning::from(parameters);
    let own = first.node_names();
    let by_place: HashMap<&str, NodeId> = first
        .internal_nodes()
        .filter(|id| first.node(*id).name.as_deref().is_none_or(is_place))
        .map(|id| (own[id.index()].as_str(), id))
        .collect();
    let divided = divisions(first);
    let (others, branches) = (tree.node_names(), by_division(tree));
    // `None` for a branch that the tree does not have.
    let translate = |name: &str| -> Option<String> {
        let Some(node) = by_place.get(name) else {
            return Some(name.to_owned());
        };
        let same = branches.get(&divided[node.index()])?;
        Some(others[same.index()].clone())
    };
    let mut problems = Vec::new();
    for field in FIELDS {
        let Some(value) = meaning.parameters.0.get_mut(field) else {
            continue;
        };
        for list in lists(value) {
            let (mut kept, mut missing) = (Vec::new(), Vec::new());
            for item in list.iter() {
                match item.as_str().map(|name| (name, translate(name))) {
                    Some((_, Some(name))) => kept.push(Value::from(name)),
                    Some((name, None)) => missing.push(shown(name)),
                    None => kept.push(item.clone()),
                }
            }
            // An empty list would mean all branches.
            if kept.is_empty() && !missing.is_empty() {
                problems.push(FieldProblem::wrong(
                    field,
                    format!(
                        "The trees of the partitions differ, and one of them has none of these \
                         branches: {}. Select leaves, or branches that all trees have.",
                        missing.join(", ")
                    ),
                ));
            }
            *list = kept;
            meaning.missing.extend(missing);
        }
    }
    if problems.is_empty() {
        Ok(meaning)
    } else {
        Err(problems)
    }
}

/// Whether a name only says where a node is in its tree.
pub(crate) fn is_place(name: &str) -> bool {
    let number = name.strip_prefix("Node").unwrap_or_default();
    !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// The lists of names in a parameter: itself, or those of its sets.
fn lists(value: &mut Value) -> Vec<&mut Vec<Value>> {
    let Value::Array(items) = value else {
        return Vec::new();
    };
    if items.iter().any(Value::is_object) {
        let sets = items.iter_mut().filter_map(|set| set.get_mut("branches"));
        return sets.filter_map(Value::as_array_mut).collect();
    }
    vec![items]
}

/// How the branch above each node divides the leaves, by [`NodeId::index`]: a digest of the names on its
/// two sides, whichever of them the root is on.
fn divisions(tree: &Tree) -> Vec<(u64, u64)> {
    let mut below = vec![0u64; tree.len()];
    for id in tree.postorder() {
        let node = tree.node(id);
        below[id.index()] = if node.is_leaf() {
            let mut hasher = DefaultHasher::new();
            node.name.hash(&mut hasher);
            hasher.finish()
        } else {
            let children = node.children().iter();
            children.fold(0, |sum, child| sum.wrapping_add(below[child.index()]))
        };
    }
    let all = below[tree.root().index()];
    let sides = below.iter().map(|one| (*one, all.wrapping_sub(*one)));
    sides.map(|(a, b)| (a.min(b), a.max(b))).collect()
}

/// The branches of a tree by how they divide the leaves.
fn by_division(tree: &Tree) -> HashMap<(u64, u64), NodeId> {
    let divided = divisions(tree);
    // Of the two at a root, either is meant.
    let branches = tree.preorder().filter(|id| *id != tree.root());
    branches.map(|id| (divided[id.index()], id)).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    fn tree(newick: &str) -> Tree {
        let limits = sequence::Limits::default();
        let mut document = sequence::read(newick.as_bytes(), &limits);
        document.trees.remove(0).tree
    }

    fn meant(names: &Value, newick: &str) -> Result<(Value, Vec<String>), String> {
        let parameters = Parameters([("branches".to_owned(), names.clone())].into());
        let first = tree("((a,b),(c,d),e);");
        let meaning = in_tree(&parameters, &first, &tree(newick));
        let meaning = meaning.map_err(|problems| problems[0].message.clone())?;
        let branches = meaning.parameters.get("branches").unwrap();
        Ok((branches.clone(), meaning.missing))
    }

    #[test]
    fn unnamed_nodes_mean_the_same_division_of_leaves() {
        // (a,b) is Node1 in the first tree.
        let (names, missing) = meant(&json!(["Node1", "c"]), "((c,d),e,(a,b));").unwrap();
        assert_eq!((names, missing.len()), (json!(["Node5", "c"]), 0));
        // Names that HyPhy wrote are places, too; others are not.
        let (names, _) = meant(&json!(["Node1"]), "((c,d)Node1,e,(a,b)Node9);").unwrap();
        assert_eq!(names, json!(["Node9"]));
        // On the other side of the branch, if the root is elsewhere.
        let (names, _) = meant(&json!(["Node1"]), "(a,b,((c,d),e));").unwrap();
        assert_eq!(names, json!(["Node3"]));
    }

    #[test]
    fn branches_that_a_tree_does_not_have_are_left_out_or_refused() {
        let other = "((a,c),(b,d),e);";
        let (names, missing) = meant(&json!(["Node1", "c"]), other).unwrap();
        assert_eq!((names, missing), (json!(["c"]), vec!["Node1".to_owned()]));
        let refused = meant(&json!(["Node1"]), other).unwrap_err();
        assert!(
            refused.contains("none of these branches: Node1."),
            "{refused}"
        );
        // No name at all means all branches.
        assert_eq!(meant(&json!([]), other).unwrap().0, json!([]));
        // A label or a keyword is no node.
        assert_eq!(
            meant(&json!(["Internal"]), other).unwrap().0,
            json!(["Internal"])
        );
    }
}
