#![allow(clippy::unwrap_used)]

use std::fs;

use serde_json::json;

use super::*;
use crate::{arguments, methods, names::Renamed, request};

const ALIGNMENT: &str = ">A b\nATGAAA\n>C/d\nATGAAG\n>e\nATGCCC\n";

/// Checks an alignment for an analysis with a request's other fields.
fn check(
    method: &str,
    fields: serde_json::Value,
    alignment: &str,
    tree: Option<&str>,
) -> Result<Input, Vec<FieldProblem>> {
    let analysis = methods::find(method).unwrap();
    let mut body = json!({"alignment": "a"});
    let given = fields.as_object().unwrap().clone();
    body.as_object_mut().unwrap().extend(given);
    let checked = request::check(analysis, body.as_object().unwrap()).unwrap();
    let limits = sequence::Limits::default();
    let read = |text: &str| sequence::read(text.as_bytes(), &limits);
    let tree = tree.map(read);
    let alignment = read(alignment);
    let files = Files::new(Some(&alignment), tree.as_ref());
    Input::check(analysis, &checked.parameters, &files)
}

/// The alignment and the tree that HyPhy reads.
fn written(input: &Input) -> (String, String) {
    let folder = tempfile::tempdir().unwrap();
    let (prepared, ..) = input.prepare();
    // As it is stored and read again.
    let stored = serde_json::to_vec(&prepared).unwrap();
    let prepared: Prepared = serde_json::from_slice(&stored).unwrap();
    prepared.write(folder.path()).unwrap();
    let read = |name| fs::read_to_string(folder.path().join(name)).unwrap_or_default();
    (read(arguments::ALIGNMENT), read(arguments::TREE))
}

#[test]
fn names_are_plain_in_the_files_and_restored_in_the_result() {
    let tree = "('A b':1,'C/d':2,e:3);";
    let input = check("fel", json!({}), ALIGNMENT, Some(tree)).unwrap();
    let (alignment, tree) = written(&input);
    assert_eq!(alignment, ">A_b\nATGAAA\n>C_d\nATGAAG\n>e\nATGCCC\n");
    assert_eq!(tree, "(A_b:1,C_d:2,e:3);\n");
    let (prepared, renamed, warnings) = input.prepare();
    assert_eq!((prepared.size.sequences, prepared.size.columns), (3, 6));
    let pairs = [("A_b", "A b"), ("C_d", "C/d")];
    let pairs = pairs.map(|(engine, user)| (engine.to_owned(), user.to_owned()));
    assert_eq!(renamed, Renamed::from_iter(pairs));
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].contains("2 of the sequences"), "{warnings:?}");
}

#[test]
fn branches_of_a_pruned_tree_keep_their_names() {
    let alignment = ">a\nATGAAA\n>b\nATGAAG\n>c\nATGCCC\n>d\nATGCCG\n>e\nATGCCT\n";
    // The unnamed node above `c` and `d` is Node5 with `x`, and would be Node4 without it.
    let tree = Some("((a:1,x:1):1,b:1,(c:1,d:1):1,e:1);");
    let fields = json!({"prune": "Tree", "branches": ["Node5"]});
    let input = check("fel", fields, alignment, tree).unwrap();
    let pruned = "(a:2,b:1,(c:1,d:1)Node5{FOREGROUND}:1,e:1);\n";
    assert_eq!(written(&input).1, pruned);
    let fields = json!({"prune": "Both", "branches": ["Node1"]});
    let problems = check("fel", fields, alignment, tree).unwrap_err();
    assert_eq!(problems[0].field, "branches");
}

#[test]
fn chosen_branches_are_labelled_and_other_labels_removed() {
    let tree = "(A_b{old}:1,C_d:2,e:3);";
    let input = check("fel", json!({"branches": ["e"]}), ALIGNMENT, Some(tree)).unwrap();
    assert_eq!(written(&input).1, "(A_b:1,C_d:2,e{FOREGROUND}:3);\n");
    let (prepared, ..) = input.prepare();
    let argument = ("--branches".to_owned(), "FOREGROUND".to_owned());
    assert_eq!(prepared.branch_arguments, [argument]);
}

#[test]
fn a_missing_tree_is_inferred() {
    let input = check("fel", json!({}), ALIGNMENT, None).unwrap();
    let inferred = input.inferred_tree().unwrap();
    assert!(inferred.contains("'A b'"), "{inferred}");
    assert!(written(&input).1.contains("A_b"));
}

#[test]
fn an_arbitrary_place_in_an_inferred_tree_is_reported() {
    let alignment = ">a\nATGAAA------\n>b\nATGAAG------\n>c\n------AAACCC\n>d\nATGAAAAAACCA\n";
    let warned = |tree| {
        let input = check("fel", json!({}), alignment, tree).unwrap();
        let (_, _, warnings) = input.prepare();
        warnings.iter().any(|said| said.contains("'a' and 'c'"))
    };
    assert!(warned(None));
    assert!(!warned(Some("((a,b),c,d);")));
}

#[test]
fn all_problems_are_reported_at_once_and_by_field() {
    let alignment = ">a\nATGTAAAAA\n>b\nATGAAAAAA\n>c\nATGAACAAA\n";
    let problems = check("fel", json!({}), alignment, Some("(a,b,x);")).unwrap_err();
    let fields: Vec<&str> = problems.iter().map(|p| p.field.as_str()).collect();
    assert!(
        fields.contains(&"alignment") && fields.contains(&"tree"),
        "{problems:?}"
    );
    let problems = check("fel", json!({}), "not a sequence", None).unwrap_err();
    assert_eq!(problems[0].field, "alignment");
}

#[test]
fn the_two_branches_at_the_root_become_one() {
    let alignment = ">a\nATGAAA\n>b\nATGAAG\n>c\nATGCCC\n>d\nATGCCA\n";
    let tree = "((a:1,b:1):1,(c:1,d:1):1);";
    let input = check("fel", json!({}), alignment, Some(tree)).unwrap();
    assert_eq!(written(&input).1, "(a:1,b:1,(c:1,d:1)Node4:2);\n");
    let (prepared, ..) = input.prepare();
    let requested: Vec<&str> = prepared.requested[0].keys().map(String::as_str).collect();
    assert_eq!(requested, ["Node4", "a", "b", "c", "d"]);
    // Either name of the branch selects it.
    for (name, expected) in [
        ("Node1", "(c:1,d:1,(a:1,b:1)Node1{FOREGROUND}:2);\n"),
        ("Node4", "(a:1,b:1,(c:1,d:1)Node4{FOREGROUND}:2);\n"),
    ] {
        let input = check("fel", json!({"branches": [name]}), alignment, Some(tree)).unwrap();
        assert_eq!(written(&input).1, expected);
    }
    // A clade is tested with its stem, wherever it stands.
    for (tree, expected) in [
        (
            "((a{Test}:1,b{Test}:1){Test}:1,(c:1,d:1):1);",
            "(c{Reference}:1,d{Reference}:1,(a{Test}:1,b{Test}:1)Node1{Test}:2);\n",
        ),
        (
            "((c:1,d:1):1,(a{Test}:1,b{Test}:1){Test}:1);",
            "(c{Reference}:1,d{Reference}:1,(a{Test}:1,b{Test}:1)Node4{Test}:2);\n",
        ),
    ] {
        let input = check("relax", json!({}), alignment, Some(tree)).unwrap();
        assert_eq!(written(&input).1, expected);
    }
    // The analyses of rooted trees keep the root.
    let input = check("nrm", json!({}), alignment, Some(tree)).unwrap();
    let rooted = "((a:1,b:1)Node1:1,(c:1,d:1)Node4:1);\n";
    assert_eq!(written(&input).1, rooted);
}

#[test]
fn labels_that_differ_at_the_root_are_reported() {
    let alignment = ">a\nATGAAA\n>b\nATGAAG\n>c\nATGCCC\n>d\nATGCCA\n";
    let tree = "((a:1,b:1){Test}:1,(c:1,d:1){Reference}:1);";
    let input = check("relax", json!({}), alignment, Some(tree)).unwrap();
    let (_, _, warnings) = input.prepare();
    assert!(
        warnings
            .iter()
            .any(|said| said.contains("the labels 'Reference' and 'Test'")),
        "{warnings:?}"
    );
}
