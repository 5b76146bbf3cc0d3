//! Trees without single-child nodes, and without a root.

use rstest::rstest;
use sequence::{normalize, write};

use crate::{codes, newick};

#[rstest]
#[case::inner(
    "((a:1,b:2):1,((c:2)x:0.5,d:3):1,e:1);",
    "((a:1,b:2):1,(c:2.5,d:3):1,e:1);"
)]
#[case::chain("((((a:1):1):1,b:1):1,c:1,d:1);", "((a:3,b:1):1,c:1,d:1);")]
#[case::root("((((a:1,b:1){X}:2,c:1,d:1)));", "((a:1,b:1){X}:2,c:1,d:1);")]
#[case::label_above("(((a:1,b:1):1){X}:1,c:1,d:1);", "((a:1,b:1){X}:2,c:1,d:1);")]
#[case::label_below("(((a:1,b:1){Y}:1){X}:1,c:1,d:1);", "((a:1,b:1){Y}:2,c:1,d:1);")]
#[case::lengths_missing("(((a,b):1),c,(d));", "((a,b):1,c,d);")]
#[case::names("(((a,b)in)out,c,d);", "((a,b)in,c,d);")]
#[case::nothing_to_do("((a:1,b:1):1,c:1,d:1);", "((a:1,b:1):1,c:1,d:1);")]
#[case::one_leaf("((a:1):1);", "(a:2);")]
fn single_child_nodes_are_collapsed(#[case] text: &str, #[case] expected: &str) {
    let (tree, origin) = newick(text).collapsed();
    assert_eq!(write::newick(&tree), expected);
    assert_eq!(origin.len(), tree.len());
}

/// HyPhy's names count all nodes of the file; the nodes that stay keep theirs.
#[rstest]
#[case("((a,b),((c)x,d),(e,f));", "((a,b)Node1,(c,d)Node4,(e,f)Node8);")]
#[case("((((a{T},b){T},(c,d),e)));", "((a{T},b)Node3{T},(c,d)Node6,e);")]
fn the_engines_tree_is_collapsed(#[case] text: &str, #[case] expected: &str) {
    let tree = newick(text);
    let names = normalize::names(None, &[&tree]);
    let written = normalize::newick(&tree, &names, normalize::Annotations::Labels);
    assert_eq!(written, expected);
    // What is written for a node is its name in the tree.
    for name in expected
        .split(['(', ')', ',', ';', '{'])
        .filter(|n| n.starts_with("Node"))
    {
        assert!(tree.node_names().iter().any(|n| n == name), "{name}");
    }
}

/// Both orders of the two branches give the same tree.
#[rstest]
#[case::label_of_the_stem(
    "((a:0.2,b:0.15):0.1,c:0.1){F}:0.5",
    "(e:0.3,f:0.2):0.25",
    "(e:0.3,f:0.2,((a:0.2,b:0.15):0.1,c:0.1){F}:0.75);"
)]
#[case::label_of_a_leaf("e{F}:0.3", "(a:0.2,b:0.1):0.2", "(a:0.2,b:0.1,e{F}:0.5);")]
#[case::label_beside_a_leaf("e:0.3", "(a:0.2,b:0.1){F}:0.2", "(a:0.2,b:0.1,e{F}:0.5);")]
#[case::same_labels("(a:1,b:1){F}:1", "(c:1,d:1){F}:1", "(a:1,b:1,(c:1,d:1){F}:2);")]
#[case::named("(a:1,b:1)in:1", "(c:1,d:1,e:1):1", "(c:1,d:1,e:1,(a:1,b:1)in:2);")]
#[case::fewer_leaves("(c:1,(d:1,e:1):1):1", "(a:1,b:1):1", "(c:1,(d:1,e:1):1,(a:1,b:1):2);")]
#[case::last_name("(c:1,d:1):1", "(b:1,e:1):1", "(b:1,e:1,(c:1,d:1):2);")]
#[case::length_missing("(a,b)", "(c,d):1", "(a,b,(c,d):1);")]
#[case::no_lengths("(a,b)", "(c,d)", "(a,b,(c,d));")]
#[case::single_child("((a:1,b:1):1)x:1", "((c:1,d:1):1):1", "(a:1,b:1,(c:1,d:1):4);")]
fn the_root_is_removed(#[case] one: &str, #[case] other: &str, #[case] expected: &str) {
    for text in [format!("({one},{other});"), format!("({other},{one});")] {
        let (tree, _, finding) = newick(&text).unrooted();
        assert_eq!(
            (write::newick(&tree).as_str(), finding),
            (expected, None),
            "{text}"
        );
        assert!(tree.root_degree() > 2);
    }
}

#[test]
fn labels_at_the_root_that_differ_are_reported() {
    for text in ["((a,b){X},(c,d){Y});", "((c,d){Y},(a,b){X});"] {
        let (tree, _, finding) = newick(text).unrooted();
        assert_eq!(write::newick(&tree), "(a,b,(c,d){Y});");
        assert_eq!(codes(&[finding.unwrap()]), ["root-labels-differ"]);
    }
    let (tree, _, finding) = newick("((a,b){Y},c{X});").unrooted();
    assert_eq!(write::newick(&tree), "(a,b,c{X});");
    assert!(finding.unwrap().message.contains("it has the label 'X'"));
}

#[rstest]
#[case::unrooted("((a,b),c,d);")]
#[case::two_leaves("(a:1,b:2);")]
#[case::one_leaf("((a));")]
fn other_trees_stay_as_they_are(#[case] text: &str) {
    let (tree, origin, finding) = newick(text).unrooted();
    assert!(origin.iter().enumerate().all(|(k, id)| id.index() == k));
    assert_eq!((write::newick(&tree).as_str(), finding), (text, None));
}

#[test]
fn nodes_of_an_unrooted_tree_know_what_they_were() {
    let given = newick("[&R] (((a,b)),((c,d),(e,(f,g))));");
    let names = given.node_names();
    let (mut tree, origin, _) = given.unrooted();
    for id in tree.preorder().collect::<Vec<_>>() {
        tree.node_mut(id).name = Some(names[origin[id.index()].index()].clone());
    }
    assert_eq!(
        write::newick(&tree),
        "[&U] ((c,d)Node6,(e,(f,g)Node11)Node9,(a,b)Node2)Node0;"
    );
}
