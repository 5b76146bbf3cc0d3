//! Newick, and the trees read from it.

use rstest::rstest;
use sequence::{Limits, Tree, parse_newick, write};

use crate::newick;

#[rstest]
#[case::plain("((a,b),c);", "((a,b),c);")]
#[case::no_semicolon("((a,b),c)\n", "((a,b),c);")]
#[case::blanks(" ( ( a , b ) x : 1 ,\tc ) ; \n", "((a,b)x:1,c);")]
#[case::lengths(
    "(a:0.1,b:1e-3,c:2.5E+2,d:.5,e:3.0E-6);",
    "(a:0.1,b:0.001,c:250,d:0.5,e:3e-6);"
)]
#[case::negative("(a:-0.5,b:1);", "(a:-0.5,b:1);")]
#[case::root("(a,b)root:0.5;", "(a,b)root:0.5;")]
#[case::support("((a,b)95:1,(c,d)0.98/100:2);", "((a,b)95:1,(c,d)0.98/100:2);")]
#[case::quoted_number("((a,b)'95',c);", "((a,b)95,c);")]
#[case::number_as_name("((a,b)'95 ',c);", "((a,b)'95 ',c);")]
#[case::number_as_leaf("(1,2,3);", "('1','2','3');")]
#[case::quotes("('a b','it''s',\"x\"\"y\");", "('a b','it''s','x\"y');")]
#[case::apostrophe_inside("(O'Brien,b);", "('O''Brien',b);")]
#[case::blank_inside("(Homo   sapiens:1,b);", "('Homo sapiens':1,b);")]
#[case::label_before("(a{X}:1,b);", "(a{X}:1,b);")]
#[case::label_after("(a:1{X},b);", "(a{X}:1,b);")]
#[case::label_alone("((a,b){Foo bar},c{ });", "((a,b){Foo bar},c);")]
#[case::comments("[x](a[y[z]]:[q]1[100],b[&!c=1]);", "(a:1,b);")]
#[case::rooted("[&R] ((a,b),c);", "[&R] ((a,b),c);")]
#[case::unrooted("[&u](a,b,c);", "[&U] (a,b,c);")]
#[case::polytomy("(a,b,c,d,e);", "(a,b,c,d,e);")]
#[case::single_child("((a),(b,(c)));", "((a),(b,(c)));")]
#[case::nameless("(,,(,));", "(,,(,));")]
#[case::all_at_once("((a:1,b)'n 1'{L}:2,c);", "((a:1,b)'n 1'{L}:2,c);")]
fn reading_and_writing(#[case] text: &str, #[case] written: &str) {
    assert_eq!(write::newick(&newick(text)), written);
}

#[rstest]
#[case("", "not-a-tree", 1)]
#[case("hello", "not-a-tree", 1)]
#[case("\n\n((a,b);", "unbalanced-parentheses", 3)]
#[case("(a,b));", "unbalanced-parentheses", 1)]
#[case("(a,b),c;", "unbalanced-parentheses", 1)]
#[case("(a,\rb", "unbalanced-parentheses", 2)]
#[case("(a:x,b);", "bad-branch-length", 1)]
#[case("(a:,b);", "bad-branch-length", 1)]
#[case("(a:nan,b);", "bad-branch-length", 1)]
#[case("(a:1e999,b);", "bad-branch-length", 1)]
#[case("(a:inf,b);", "bad-branch-length", 1)]
#[case("(a{x,b);", "unclosed-label", 1)]
#[case("('a,b);", "unclosed-quote", 1)]
#[case("(a[x,b);", "unclosed-comment", 1)]
#[case("(a:1:2,b);", "second-branch-length", 1)]
#[case("(a{x}{y},b);", "two-labels", 1)]
#[case("('a' 'b',c);", "unexpected-character", 1)]
#[case("(a:1 b,c);", "unexpected-character", 1)]
#[case("(a],b);", "unexpected-character", 1)]
#[case("(a}b,c);", "unexpected-character", 1)]
#[case("(a(b,c));", "unexpected-character", 1)]
#[case("(a,b);(c,d);", "text-after-tree", 1)]
fn faults(#[case] text: &str, #[case] code: &str, #[case] line: usize) {
    let finding = parse_newick(text.as_bytes(), &Limits::default()).unwrap_err();
    assert_eq!(
        (finding.code.as_str(), finding.line),
        (code, Some(line)),
        "{}",
        finding.message
    );
}

#[test]
fn tree_limits_are_enforced() {
    let with = |limits| parse_newick(b"((((aaaa,b),c),d),e);", &limits).map_err(|f| f.code);
    let limits = Limits::default;
    assert!(
        with(Limits {
            max_depth: 5,
            max_nodes: 9,
            max_name: 4,
            ..limits()
        })
        .is_ok()
    );
    assert_eq!(
        with(Limits {
            max_depth: 4,
            ..limits()
        })
        .unwrap_err(),
        "tree-too-deep"
    );
    assert_eq!(
        with(Limits {
            max_nodes: 8,
            ..limits()
        })
        .unwrap_err(),
        "tree-too-large"
    );
    assert_eq!(
        with(Limits {
            max_name: 3,
            ..limits()
        })
        .unwrap_err(),
        "name-too-long"
    );
}

#[test]
fn traversals_visit_nodes_in_order() {
    let tree = newick("((a,b)x,(c)y,d)r;");
    let name = |id| tree.node(id).name.clone().unwrap();
    let words = |ids: Vec<_>| ids.into_iter().map(name).collect::<Vec<_>>().join(" ");
    assert_eq!(words(tree.preorder().collect()), "r x a b y c d");
    assert_eq!(words(tree.postorder().collect()), "a b x c y d r");
    assert_eq!(words(tree.leaves().collect()), "a b c d");
    assert_eq!(words(tree.internal_nodes().collect()), "r x y");
    assert_eq!(tree.leaf_names().collect::<Vec<_>>(), ["a", "b", "c", "d"]);
    assert_eq!(
        (tree.len(), tree.depth(), tree.root_degree(), tree.rooted()),
        (7, 3, 3, false)
    );
    let c = tree.find("c").unwrap();
    assert_eq!(name(tree.node(c).parent().unwrap()), "y");
}

/// HyPhy numbers nodes in preorder, counting leaves, from 0 at the root.
#[test]
fn unnamed_nodes_get_hyphys_names() {
    let tree = newick("(((a,b),(c,d)),((e,(f,g)),h));").named();
    assert_eq!(
        write::newick(&tree),
        "(((a,b)Node2,(c,d)Node5)Node1,((e,(f,g)Node11)Node9,h)Node8)Node0;"
    );
    let clash = newick("((a,Node1),(node4,(c,d)90)x);").named();
    assert_eq!(
        write::newick(&clash),
        "((a,Node1)Node1_1,(node4,(c,d)Node6)x)Node0;"
    );
}

#[test]
fn labels_are_set_and_removed() {
    let mut tree = newick("((a,b),c);");
    let (a, b, c) = (
        tree.find("a").unwrap(),
        tree.find("b").unwrap(),
        tree.find("c").unwrap(),
    );
    tree.set_label(a, Some("Test"));
    tree.set_label(b, Some(" {x}\n "));
    tree.set_label(c, Some("{}"));
    assert_eq!(write::newick(&tree), "((a{Test},b{x}),c);");
    tree.set_label(a, None);
    assert_eq!(write::newick(&tree), "((a,b{x}),c);");
    assert!(Tree::is_plain_label("Test_1") && !Tree::is_plain_label("a b"));
}

#[test]
fn equality_compares_shape_and_not_memory_order() {
    let mut built = Tree::new();
    let inner = built.add_child(built.root());
    let c = built.add_child(built.root());
    let a = built.add_child(inner);
    for (id, name) in [(a, "a"), (c, "c")] {
        built.node_mut(id).name = Some(name.to_string());
    }
    assert_eq!(built, newick("((a),c);"));
    assert_ne!(built, newick("(c,(a));"));
    assert_ne!(built, newick("((a:1),c);"));
}
