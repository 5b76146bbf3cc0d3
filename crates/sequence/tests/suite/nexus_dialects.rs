//! NEXUS files that people edited by hand.

use rstest::rstest;
use sequence::write;

use crate::{codes, errors, read, rows};

fn data(dimensions: &str, matrix: &str) -> String {
    format!(
        "#NEXUS\nBEGIN DATA;\n{dimensions}\nFORMAT DATATYPE=DNA GAP=- MISSING=?;\nMATRIX\n{matrix}\n"
    )
}

const ROWS: [(&str, &str); 3] = [("ant", "ACGTAC"), ("bee", "ACG-?N"), ("cat", "ACGTTT")];
const TREE: &str = "BEGIN TREES;\nTREE t = ((ant,bee),cat);\nEND;\n";

#[rstest]
#[case::end("TREE t = ((ant{X},bee{Y}){Y},cat)\nEND;\n")]
#[case::end_block("TREE t = ((ant{X},bee{Y}){Y},cat)\n  ENDBLOCK;\n")]
#[case::same_line("TREE t = ((ant{X},bee{Y}){Y},cat) END;\n")]
#[case::next_tree("TREE t = ((ant{X},bee{Y}){Y},cat)\nTREE u = (ant,bee,cat);\nEND;\n")]
#[case::next_block("TREE t = ((ant{X},bee{Y}){Y},cat)\n")]
fn a_tree_without_semicolon_ends_with_its_block(#[case] tree: &str) {
    let document = read(format!(
        "{};\nEND;\nBEGIN TREES;\n{tree}BEGIN HYPHY;\nTree x = (a,b);\nEND;\nBEGIN SETS;\nCHARSET one = 1-3;\nCHARSET two = 4-6;\nEND;\n",
        data("DIMENSIONS NCHAR=6;", "ant ACGTAC\nbee ACG-?N\ncat ACGTTT")
    ));
    assert_eq!(rows(&document), ROWS);
    assert_eq!(
        write::newick(&document.trees[0].tree),
        "((ant{X},bee{Y}){Y},cat);"
    );
    assert_eq!(document.trees[0].name.as_deref(), Some("t"));
    assert_eq!(
        document.trees.len(),
        if tree.contains("TREE u") { 2 } else { 1 }
    );
    let sets: Vec<_> = document
        .partitions
        .iter()
        .map(|p| p.name.as_str())
        .collect();
    assert_eq!(sets, ["one", "two"]);
    let found = codes(&document.findings);
    assert!(found.contains(&"tree-without-semicolon"), "{found:?}");
    assert_eq!(errors(&document.findings), [""; 0]);
}

#[rstest]
#[case::no_semicolon_after_the_matrix("ant ACGTAC\nbee ACG-?N\ncat ACGTTT\nEND;\n", &[])]
#[case::no_end("ant ACGTAC\nbee ACG-?N\ncat ACGTTT\n;\n", &["block-not-closed"])]
#[case::no_semicolon_after_end("ant ACGTAC\nbee ACG-?N\ncat ACGTTT\n;\nEND\n", &[])]
#[case::no_semicolon_at_all("ant ACGTAC\nbee ACG-?N\ncat ACGTTT\nEND\n", &[])]
#[case::an_open_quote("ant ACGTAC\nbee ACG-?N\ncat ACGTTT\n;\nTITLE 'it;\nEND;\n", &[])]
fn later_blocks_are_read(#[case] rest: &str, #[case] found: &[&str]) {
    for dimensions in ["DIMENSIONS NTAX=3 NCHAR=6;", ""] {
        let document = read(data(dimensions, rest) + TREE);
        assert_eq!(rows(&document), ROWS);
        assert_eq!(write::newick(&document.trees[0].tree), "((ant,bee),cat);");
        assert_eq!(codes(&document.findings), found);
    }
}

#[rstest]
#[case::no_semicolon_after_begin("BEGIN TREES\nTREE t = (ant,(bee,cat));\nEND;\n", "t")]
#[case::name_of_words(
    "BEGIN TREES;\nTREE the best tree = (ant,(bee,cat));\nEND;\n",
    "the best tree"
)]
#[case::no_equals("BEGIN TREES;\nTREE t (ant,(bee,cat));\nEND;\n", "t")]
#[case::annotation("BEGIN TREES;\nTREE t [&lnP=-1] = [&R] (ant,(bee,cat));\nEND;\n", "t")]
#[case::translate(
    "BEGIN TREES;\nTRANSLATE 1 ant,2 A/x(H3N2),\n3 'cat';\nTREE t = (1,(2,3));\nEND;\n",
    "t"
)]
fn odd_tree_blocks(#[case] text: &str, #[case] name: &str) {
    let document = read(format!("#NEXUS\n{text}"));
    assert_eq!(document.trees.len(), 1);
    assert_eq!(document.trees[0].name.as_deref(), Some(name));
    let leaves: Vec<_> = document.trees[0].tree.leaf_names().collect();
    let second = if text.contains("H3N2") {
        "A/x(H3N2)"
    } else {
        "bee"
    };
    assert_eq!(leaves, ["ant", second, "cat"]);
    assert_eq!(document.findings, []);
}

#[test]
fn a_broken_tree_does_not_hide_later_blocks() {
    let document = read(format!(
        "#NEXUS\nBEGIN TREES;\nTREE t = ((ant,bee),cat\nEND;\n{}",
        data("", "ant ACGTAC\nbee ACG-?N\ncat ACGTTT\n;\nEND;\n").replace("#NEXUS\n", "")
    ));
    assert_eq!(rows(&document), ROWS);
    assert_eq!(errors(&document.findings), ["unbalanced-parentheses"]);
    assert_eq!(document.findings[0].line, Some(4));
}

#[test]
fn a_program_without_end_does_not_hide_later_data() {
    let document = read(format!(
        "#NEXUS\nBEGIN PAUP;\nset criterion=likelihood;\n{TREE}"
    ));
    assert_eq!(document.trees.len(), 1);
    assert_eq!(
        codes(&document.findings),
        ["executable-block-dropped", "block-not-closed"]
    );
}

#[rstest]
#[case::one_line_each("ant ACGTAC\nbee ACG-?N\ncat ACGTTT")]
#[case::alternate_lines("ant\nACGTAC\nbee\nACG-?N\ncat\nACGTTT")]
#[case::blanks("ant ACG TAC\nbee ACG -?N\ncat ACG TTT")]
fn nchar_may_be_the_total(#[case] matrix: &str) {
    let document = read(data("DIMENSIONS NTAX=3 NCHAR=18;", matrix) + ";\nEND;\n");
    assert_eq!(rows(&document), ROWS);
    assert_eq!(codes(&document.findings), ["nchar-total"]);
    assert_eq!(
        document.findings[0].message,
        "NCHAR declares 18 characters, which is the total of all 3 sequences."
    );
}

#[test]
fn names_and_sequences_may_be_on_alternate_lines() {
    for dimensions in ["", "DIMENSIONS NTAX=3;", "DIMENSIONS NTAX=3 NCHAR=6;"] {
        let document =
            read(data(dimensions, "ant\nACG TAC\nbee\nACG -?N\ncat\nACG TTT") + ";\nEND;\n");
        assert_eq!(rows(&document), ROWS);
        assert_eq!(document.findings, []);
    }
}

#[rstest]
#[case::blanks("ant bee cat")]
#[case::commas("ant, bee, cat")]
#[case::commas_alone("ant,bee,cat")]
#[case::numbered("[1] 'ant'\n[2] 'bee'\n[3] 'cat'")]
#[case::colours("'ant'[&!color=#ff0000]\nbee[&!color=#00ff00]\ncat")]
fn lists_of_names(#[case] labels: &str) {
    let document = read(format!(
        "#NEXUS\nBEGIN TAXA;\nDIMENSIONS NTAX=3;\nTAXLABELS {labels};\nEND;\n\
         BEGIN CHARACTERS;\nDIMENSIONS NCHAR=6;\nFORMAT DATATYPE=DNA NOLABELS;\n\
         MATRIX\nACGTAC\nACG-?N\nACGTTT\n;\nEND;\nBEGIN TREES;\nTREE t = (1,2,3);\nEND;\n"
    ));
    assert_eq!(rows(&document), ROWS);
    assert_eq!(write::newick(&document.trees[0].tree), "(ant,bee,cat);");
}

/// Names as isolates have them. All are read whole, quoted or not.
#[rstest]
#[case::parentheses("A/Perth/16/2009(H3N2)")]
#[case::brackets("sample[3]")]
#[case::slashes("A/Hong_Kong/1/68")]
#[case::pipes("EPI_ISL_1|A|2009")]
#[case::apostrophe("O'Brien")]
#[case::leading_apostrophe("'t_Hooft")]
#[case::equals("id=7")]
#[case::comma("Smith,1999")]
#[case::braces("x{2}y")]
fn names_with_special_characters(#[case] name: &str) {
    let quoted = format!("'{}'", name.replace('\'', "''"));
    for (written, name) in [(name, name), (quoted.as_str(), name)] {
        for dimensions in ["DIMENSIONS NTAX=3 NCHAR=6;", ""] {
            let matrix = format!("ant ACGTAC\n{written} ACG-?N\ncat ACGTTT\n;\nEND;\n");
            let document = read(data(dimensions, &matrix));
            assert_eq!(rows(&document)[1], (name, "ACG-?N"));
            assert_eq!(
                (rows(&document).len(), &document.findings[..]),
                (3, &[][..])
            );
        }
        // The same name in FASTA is the whole line.
        let fasta = read(format!(">ant\nACGTAC\n>{name}\nACG-?N\n"));
        assert_eq!(rows(&fasta)[1], (name, "ACG-?N"));
        // In a tree, it must be quoted; otherwise an error names the line.
        let tree = read(format!("(ant,\n{quoted},cat);"));
        let leaves: Vec<_> = tree.trees[0].tree.leaf_names().collect();
        assert_eq!(leaves, ["ant", name, "cat"]);
    }
}

#[test]
fn a_name_with_parentheses_in_a_tree_is_an_error_with_its_line() {
    let document = read("(ant,\nA/Perth/16(H3N2),\ncat);");
    assert_eq!(errors(&document.findings), ["unexpected-character"]);
    assert_eq!(document.findings[0].line, Some(2));
    assert_eq!(
        document.findings[0].remedy,
        "If it belongs to the name, put the name in single quotes. Otherwise, a ',' is missing before it."
    );
}

#[test]
fn ntax_of_either_block_is_compared_with_the_rows() {
    let document = read(format!(
        "#NEXUS\nBEGIN TAXA;\nDIMENSIONS NTAX = 10;\nTAXLABELS ant bee cat;\nEND;\n{}",
        data(
            "DIMENSIONS NCHAR=6;",
            "ant ACGTAC\nbee ACG-?N\ncat ACGTTT\n;\nEND;\n"
        )
        .replace("#NEXUS\n", "")
    ));
    assert_eq!(rows(&document), ROWS);
    assert_eq!(codes(&document.findings), ["ntax-mismatch"]);
    assert_eq!(
        document.findings[0].message,
        "NTAX declares 10 sequences, but the matrix has 3."
    );
}

#[test]
fn the_first_line_may_be_missing() {
    let whole = data(
        "DIMENSIONS NCHAR=6;",
        "ant ACGTAC\nbee ACG-?N\ncat ACGTTT\n;\nEND;\n",
    ) + TREE;
    let document = read(whole.strip_prefix("#NEXUS\n").unwrap());
    assert_eq!((rows(&document), document.trees.len()), (ROWS.to_vec(), 1));
    assert_eq!(document.findings, []);
}
