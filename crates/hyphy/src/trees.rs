//! The trees of a result, with the branch lengths of its last model.

use std::{collections::HashMap, io::Read};

use sequence::{Limits, NamedTree, Tree, parse_newick};
use serde_json::{Map, Value};

use crate::json;

/// Reads the trees of a result: those of GARD's segments, or those of the partitions, or the one
/// tree of an analysis of trees.
///
/// # Errors
/// The result is not valid JSON.
pub fn read(result: impl Read) -> Result<Vec<NamedTree>, String> {
    let result: Value = json::read(result)?;
    if let Some(segments) = result["breakpointData"].as_object() {
        return Ok(numbered(segments)
            .filter_map(|(number, segment)| named("segment", number, &segment["tree"]))
            .collect());
    }
    if let Some(partitions) = result["input"]["trees"].as_object() {
        return Ok(numbered(partitions)
            .filter_map(|(number, newick)| {
                let mut named = named("partition", number, newick)?;
                set_lengths(&mut named.tree, &result["branch attributes"], number);
                Some(named)
            })
            .collect());
    }
    let only = &result["tree"]["string_with_lengths"];
    Ok(parsed(only)
        .map(|tree| NamedTree { name: None, tree })
        .into_iter()
        .collect())
}

/// Members whose keys are numbers, in their order.
fn numbered(object: &Map<String, Value>) -> impl Iterator<Item = (usize, &Value)> {
    let mut members: Vec<(usize, &Value)> = object
        .iter()
        .filter_map(|(key, value)| Some((key.parse().ok()?, value)))
        .collect();
    members.sort_by_key(|(number, _)| *number);
    members.into_iter()
}

fn named(what: &str, number: usize, newick: &Value) -> Option<NamedTree> {
    let tree = parsed(newick)?;
    let name = Some(format!("{what} {}", number + 1));
    Some(NamedTree { name, tree })
}

fn parsed(newick: &Value) -> Option<Tree> {
    let text = newick.as_str()?.trim_end_matches(';');
    let tree = parse_newick(format!("{text};").as_bytes(), &Limits::default()).ok()?;
    // Results refer to unnamed nodes by the names that HyPhy gave them.
    Some(tree.named())
}

/// Sets the branch lengths that HyPhy estimated with the last model that has any.
fn set_lengths(tree: &mut Tree, attributes: &Value, partition: usize) {
    let kinds = attributes["attributes"].as_object();
    let models = kinds.into_iter().flatten().filter(|(name, kind)| {
        kind["attribute type"] == "branch length" && !name.contains("subs/site")
    });
    let last = models.max_by_key(|(_, kind)| kind["display order"].as_i64());
    let Some((model, _)) = last else { return };
    let branches = &attributes[partition.to_string()];
    let lengths: HashMap<&str, f64> = branches
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(branch, values)| Some((branch.as_str(), values[model].as_f64()?)))
        .collect();
    for id in tree.preorder().collect::<Vec<_>>() {
        let name = tree.node(id).name.as_deref();
        if let Some(length) = name.and_then(|name| lengths.get(name)) {
            tree.node_mut(id).length = Some(*length);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn lengths(tree: &Tree) -> Vec<(String, Option<f64>)> {
        let nodes = tree.preorder().map(|id| tree.node(id));
        nodes
            .map(|node| (node.name.clone().unwrap_or_default(), node.length))
            .collect()
    }

    #[test]
    fn partitions_have_the_lengths_of_the_last_model() {
        let result = r#"{"input": {"trees": {"0": "((a,b)Node1,c)"}}, "branch attributes": {
            "attributes": {"GTR": {"attribute type": "branch length", "display order": 0},
                "MG94": {"attribute type": "branch length", "display order": 1},
                "omega": {"attribute type": "branch label", "display order": 2}},
            "0": {"a": {"GTR": 1, "MG94": 0.5}, "Node1": {"MG94": inf}}}}"#;
        let trees = read(json::valid(result.as_bytes())).unwrap();
        assert_eq!(trees[0].name.as_deref(), Some("partition 1"));
        let lengths = lengths(&trees[0].tree);
        assert_eq!(lengths[1], ("Node1".to_owned(), None));
        assert_eq!(lengths[2], ("a".to_owned(), Some(0.5)));
    }

    #[test]
    fn segments_of_gard_come_in_order() {
        let result = r#"{"input": {"trees": {"0": "(x,y)"}}, "breakpointData": {
            "1": {"tree": "(a:1,b:2);"}, "0": {"tree": "(b:1,a:2)"}}}"#;
        let trees = read(result.as_bytes()).unwrap();
        assert_eq!(trees.len(), 2);
        assert_eq!(lengths(&trees[0].tree)[1], ("b".to_owned(), Some(1.0)));
    }
}
