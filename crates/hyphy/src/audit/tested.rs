//! The branches that HyPhy says it tested, compared with those requested.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{EngineKind, names::Renamed};

/// Maximum number of branches that a warning names.
const NAMED: usize = 20;

/// Returns sentences about the differences.
///
/// # Errors
/// HyPhy tested none of the requested branches: a sentence that says so.
pub(super) fn compare(
    engine: EngineKind,
    requested: &[BTreeMap<String, String>],
    tested: &Value,
    renamed: &Renamed,
) -> Result<Vec<String>, String> {
    let Some(partitions) = tested.as_object() else {
        return Ok(Vec::new());
    };
    let engine = engine.name();
    let (mut missing, mut moved, mut found) = (Vec::new(), Vec::new(), 0);
    for (index, requested) in requested.iter().enumerate() {
        let words = partitions.get(&index.to_string());
        let Some(words) = words.and_then(Value::as_object).filter(|w| !w.is_empty()) else {
            // Nothing was recorded for this partition.
            continue;
        };
        // HyPhy shows the names of a NEXUS file's trees in upper case.
        let words: BTreeMap<String, String> = words
            .iter()
            .filter_map(|(branch, word)| {
                Some((branch.to_lowercase(), word.as_str()?.to_lowercase()))
            })
            .collect();
        let mut absent = Vec::new();
        for (branch, wanted) in requested {
            match words.get(&branch.to_lowercase()) {
                Some(word) if *word == wanted.to_lowercase() => found += 1,
                Some(word) if word != "background" && word != "unclassified" => {
                    moved.push(user_name(branch, renamed));
                }
                _ => absent.push(user_name(branch, renamed)),
            }
        }
        if !absent.is_empty() {
            missing.push((index + 1, absent));
        }
    }
    // Trees of several partitions have branches of the same name.
    let several = requested.len() > 1;
    let missing: Vec<String> = missing
        .iter()
        .map(|(partition, names)| match list(names) {
            names if several => format!("{names} (partition {partition})"),
            names => names,
        })
        .collect();
    let missing = missing.join("; ");
    if found == 0 && !(missing.is_empty() && moved.is_empty()) {
        return Err(format!(
            "{engine} tested none of the requested branches ({missing}), so the result does not \
             answer the request. Branches of length zero are removed before an analysis; request \
             others, or use a tree in which these branches have a length."
        ));
    }
    let mut differences = Vec::new();
    if !missing.is_empty() {
        differences.push(format!(
            "{engine} did not test these branches: {missing}. Internal branches of length zero are \
             removed before an analysis."
        ));
    }
    if !moved.is_empty() {
        differences.push(format!(
            "{engine} put these branches into another set than requested: {}.",
            list(&moved)
        ));
    }
    Ok(differences)
}

fn user_name(engine: &str, renamed: &Renamed) -> String {
    renamed.user(engine).unwrap_or(engine).to_owned()
}

fn list(names: &[String]) -> String {
    let shown = names.len().min(NAMED);
    let more = match names.len() - shown {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    names[..shown].join(", ") + &more
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Compares a result of HyPhy.
    fn compare(
        requested: &[BTreeMap<String, String>],
        tested: &Value,
        renamed: &Renamed,
    ) -> Result<Vec<String>, String> {
        super::compare(EngineKind::Hyphy, requested, tested, renamed)
    }

    fn requested(pairs: &[(&str, &str)]) -> Vec<BTreeMap<String, String>> {
        let map = pairs
            .iter()
            .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()));
        vec![map.collect()]
    }

    #[test]
    fn the_requested_branches_are_tested_in_any_letter_case() {
        let tested = json!({"0": {"A_B": "test", "C": "background", "NODE1": "Test"}});
        let requested = requested(&[("a_b", "test"), ("Node1", "test")]);
        let none: Vec<String> = Vec::new();
        assert_eq!(compare(&requested, &tested, &Renamed::default()), Ok(none));
    }

    #[test]
    fn branches_that_were_not_tested_are_named_as_the_user_names_them() {
        let tested = json!({"0": {"a_b": "background", "c": "test"}});
        let renamed = Renamed::from_iter([("a_b".to_owned(), "a b".to_owned())]);
        let differences = compare(
            &requested(&[("a_b", "test"), ("c", "test")]),
            &tested,
            &renamed,
        );
        let differences = differences.unwrap();
        assert_eq!(differences.len(), 1);
        assert!(differences[0].contains("branches: a b."), "{differences:?}");
    }

    #[test]
    fn branches_of_several_trees_are_listed_by_partition() {
        let tested =
            json!({"0": {"c": "test", "Node5": "test"}, "1": {"c": "test"}, "2": {"c": "test"}});
        let trees = [&["Node3", "Node5", "c"][..], &["c"], &["Node3", "c"]];
        let requested: Vec<_> = trees
            .iter()
            .flat_map(|names| {
                let pairs: Vec<_> = names.iter().map(|name| (*name, "test")).collect();
                self::requested(&pairs)
            })
            .collect();
        let differences = compare(&requested, &tested, &Renamed::default()).unwrap();
        let expected = "branches: Node3 (partition 1); Node3 (partition 3). Internal";
        assert!(differences[0].contains(expected), "{differences:?}");
    }

    #[test]
    fn a_result_without_any_requested_branch_is_no_answer() {
        let tested = json!({"0": {"c": "background"}});
        let wrong = compare(&requested(&[("Q", "test")]), &tested, &Renamed::default());
        assert!(wrong.unwrap_err().contains("(Q)"));
    }

    #[test]
    fn a_result_that_records_no_branches_is_not_compared() {
        let requested = requested(&[("a", "test")]);
        let none: Vec<String> = Vec::new();
        for tested in [json!({}), json!({"0": {}}), json!(false)] {
            let compared = compare(&requested, &tested, &Renamed::default());
            assert_eq!(compared.as_ref(), Ok(&none), "{tested}");
        }
    }

    #[test]
    fn a_branch_in_another_set_is_named() {
        let tested = json!({"0": {"a": "Reference", "b": "Test"}});
        let requested = requested(&[("a", "Test"), ("b", "Test")]);
        let differences = compare(&requested, &tested, &Renamed::default()).unwrap();
        assert!(differences[0].contains("another set than requested: a."));
    }
}
