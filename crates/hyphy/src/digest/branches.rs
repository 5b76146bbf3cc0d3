//! Tables of branches: HyPhy's `branch attributes`.

use serde_json::Value;

/// Branches with their attributes, by name, from all partitions. Nodes without attributes are
/// omitted.
pub(crate) fn all(result: &Value) -> Option<Vec<(&str, &Value)>> {
    let partitions = result["branch attributes"].as_object()?;
    let branches = partitions
        .iter()
        .filter(|(partition, _)| partition.parse::<u32>().is_ok())
        .flat_map(|(_, branches)| branches.as_object().into_iter().flatten());
    let mut branches: Vec<(&str, &Value)> = branches.map(|(name, b)| (name.as_str(), b)).collect();
    branches.sort_by_key(|(name, _)| *name);
    Some(branches)
}

/// Whether a branch was tested.
pub(crate) fn is_tested(result: &Value, branch: &str) -> bool {
    let partitions = result["tested"].as_object();
    partitions
        .into_iter()
        .flat_map(|p| p.values())
        .any(|tested| {
            let word = tested[branch].as_str();
            word.is_some_and(|word| word.eq_ignore_ascii_case("test"))
        })
}

/// Whether every branch was tested.
pub(crate) fn are_all_tested(result: &Value) -> bool {
    let (tested, all) = tested(result);
    tested == all
}

/// How many branches of all trees were tested, and how many there are.
pub(crate) fn tested(result: &Value) -> (usize, usize) {
    let partitions = result["tested"].as_object();
    let words = partitions
        .into_iter()
        .flat_map(|partitions| partitions.values())
        .filter_map(Value::as_object)
        .flat_map(|branches| branches.values())
        .filter_map(Value::as_str);
    let is_tested = |word: &&str| word.eq_ignore_ascii_case("test");
    (words.clone().filter(is_tested).count(), words.count())
}
