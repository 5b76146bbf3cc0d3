//! The files for HyPhy.

use rstest::rstest;
use sequence::{GeneticCode, normalize};

use crate::{codes, dna, newick};

fn named(names: &[&str]) -> Vec<String> {
    let rows: Vec<(&str, &str)> = names.iter().map(|n| (*n, "ATG")).collect();
    let map = normalize::names(Some(&dna(&rows)), &[]);
    for name in names {
        assert_eq!(
            map.user(map.engine(name).unwrap()),
            Some(*name),
            "a way back"
        );
    }
    names
        .iter()
        .map(|n| map.engine(n).unwrap().to_string())
        .collect()
}

#[rstest]
#[case::fit(&["HUMAN", "1abc", "a_b"], &["HUMAN", "1abc", "a_b"])]
#[case::unfit(&["Homo sapiens", "a.b|c-d", "é"], &["Homo_sapiens", "a_b_c_d", "_"])]
#[case::clash(&["a b", "a.b", "a_b"], &["a_b_1", "a_b_2", "a_b"])]
#[case::letter_case(&["abc", "ABC"], &["abc", "ABC_1"])]
#[case::node_names(&["Node5", "node_x", "NODE12", "Node7_1"], &["seq_Node5", "node_x", "seq_NODE12", "seq_Node7_1"])]
#[case::code(&["ENV=x;", "`a`", "../../etc/passwd"], &["ENV_x_", "_a_", "______etc_passwd"])]
#[case::empty(&[""], &["seq"])]
fn names(#[case] users: &[&str], #[case] engine: &[&str]) {
    assert_eq!(named(users), engine);
}

#[test]
fn long_names_are_truncated_but_stay_distinct() {
    let (a, b) = ("x".repeat(300), "x".repeat(301));
    let short = named(&[&a, &b]);
    assert!(short.iter().all(|n| n.len() <= 250));
    assert_ne!(short[0], short[1]);
}

#[test]
fn only_changes_are_listed() {
    let tree = newick("((a,'b c')'n 1',d)root;");
    let names = normalize::names(None, &[&tree]);
    let changed: Vec<_> = names.changed().collect();
    assert_eq!(changed, [("b c", "b_c"), ("n 1", "n_1")]);
    assert_eq!((names.engine("a"), names.engine("zzz")), (Some("a"), None));
}

#[test]
fn leaves_share_the_name_of_their_sequence() {
    let a = dna(&[("NM_1 Homo", "ATG"), ("Pan paniscus", "ATG"), ("c", "ATG")]);
    let tree = newick("(NM_1,Pan_paniscus,C);");
    let names = normalize::names(Some(&a), &[&tree]);
    assert_eq!(
        normalize::newick(&tree, &names, normalize::Annotations::Labels),
        "(NM_1_Homo,Pan_paniscus,c);"
    );
    assert_eq!(names.user("NM_1_Homo"), Some("NM_1 Homo"));
    assert_eq!(names.user("Pan_paniscus"), Some("Pan paniscus"));
}

#[rstest]
#[case::named_as_hyphy_does("((a,b),(c,d));", "((a,b)Node1,(c,d)Node4);")]
#[case::own_names("((a,b)x,(c,d)Node9);", "((a,b)x,(c,d)Node9);")]
#[case::clashes("((a,b)Node4,(c,d));", "((a,b)Node4,(c,d)Node4_1);")]
#[case::leaf_like_a_node("((a,Node1),b);", "((a,seq_Node1)Node1,b);")]
#[case::repeated_inner("((a,b)x,(c,d)x,(e,f)a);", "((a,b)x,(c,d)Node4,(e,f)Node7);")]
#[case::supports_and_comments("((a,b)95:1,c[x]:2);", "((a,b)Node1:1,c:2);")]
#[case::labels("((a{Test}:1,b{no way}),c{`x`});", "((a{Test}:1,b)Node1,c);")]
#[case::root("(a,b,c)root{X}:1;", "(a,b,c);")]
#[case::lengths("(a:-1,b:1e-12,c:0);", "(a:0,b:1e-12,c:0);")]
fn trees(#[case] text: &str, #[case] expected: &str) {
    let tree = newick(text);
    let names = normalize::names(None, &[&tree]);
    assert_eq!(
        normalize::newick(&tree, &names, normalize::Annotations::Labels),
        expected
    );
}

#[test]
fn labels_can_be_omitted() {
    let tree = newick("((a{Test}:1,b),c);");
    let names = normalize::names(None, &[&tree]);
    assert_eq!(
        normalize::newick(&tree, &names, normalize::Annotations::None),
        "((a:1,b)Node1,c);"
    );
}

#[test]
fn names_of_another_tree_are_still_sanitised() {
    let names = normalize::names(None, &[]);
    assert_eq!(
        normalize::newick(
            &newick("(('a;b',Node2),c);"),
            &names,
            normalize::Annotations::Labels
        ),
        "((a_b,seq_Node2)Node1,c);"
    );
}

fn fasta(rows: &[(&str, &str)], code: Option<GeneticCode>) -> (String, Vec<String>) {
    let a = dna(rows);
    let names = normalize::names(Some(&a), &[]);
    let (bytes, findings) = normalize::fasta(&a, &names, code);
    let found = codes(&findings).iter().map(|c| (*c).to_string()).collect();
    (String::from_utf8(bytes).unwrap(), found)
}

const UNIVERSAL: Option<GeneticCode> = Some(GeneticCode::UNIVERSAL);

#[rstest]
#[case::everywhere(&["ATGTAA", "ATGTGA"], &["ATG", "ATG"], &["terminal-stop-trimmed"])]
#[case::or_gaps(&["ATGTAA", "ATG---"], &["ATG", "ATG"], &["terminal-stop-trimmed"])]
#[case::in_some(&["ATGTAA", "ATGAAA"], &["ATG---", "ATGAAA"], &["terminal-stop-masked"])]
#[case::both(&["ATGTAA---", "ATGAAATAG"], &["ATG---", "ATGAAA"], &["terminal-stop-trimmed", "terminal-stop-masked"])]
#[case::in_none(&["ATGAAA", "ATG---"], &["ATGAAA", "ATG---"], &[])]
#[case::gap_columns_stay(&["ATGAAA---", "ATGAAA---"], &["ATGAAA---", "ATGAAA---"], &[])]
#[case::internal_stays(&["TAAATG", "ATGATG"], &["TAAATG", "ATGATG"], &[])]
#[case::ambiguous(&["ATGTAR", "ATGTRA"], &["ATG", "ATG"], &["terminal-stop-trimmed"])]
#[case::out_of_frame(&["ATGT", "ATGT"], &["ATGT", "ATGT"], &[])]
fn terminal_stops(#[case] rows: &[&str], #[case] written: &[&str], #[case] found: &[&str]) {
    let rows: Vec<(&str, &str)> = ["a", "b"].into_iter().zip(rows.iter().copied()).collect();
    let (text, findings) = fasta(&rows, UNIVERSAL);
    assert_eq!(text, format!(">a\n{}\n>b\n{}\n", written[0], written[1]));
    assert_eq!(findings, found);
}

#[test]
fn stops_are_kept_without_a_genetic_code() {
    assert_eq!(fasta(&[("a b", "ATGTAA")], None).0, ">a_b\nATGTAA\n");
}

#[test]
fn only_letters_of_the_alphabet_are_written() {
    assert_eq!(
        fasta(&[("a", "ACGTRX-?#!*E0")], None).0,
        ">a\nACGTRN-??????\n"
    );
}

#[test]
fn supports_are_written_if_requested() {
    let tree = newick("((a:1,b:1)95:2,(c:1,d:1)x:1,(e,f)weak);");
    let names = normalize::names(None, &[&tree]);
    assert_eq!(
        normalize::newick(&tree, &names, normalize::Annotations::Supports),
        "((a:1,b:1)95:2,(c:1,d:1)x:1,(e,f)weak);"
    );
    assert_eq!(
        normalize::newick(&tree, &names, normalize::Annotations::None),
        "((a:1,b:1)Node1:2,(c:1,d:1)x:1,(e,f)weak);"
    );
}
