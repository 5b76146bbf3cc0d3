//! PHYLIP as PAML and people write it.

use rstest::rstest;
use sequence::{Format, write};

use crate::{codes, errors, read, rows};

const THREE: [(&str, &str); 3] = [
    ("ant", "ACGTACGT"),
    ("bee", "ACGAACGA"),
    ("cat", "ACGCACGC"),
];

#[rstest]
#[case::names_on_their_own_lines(
    " 3 8\n\nant   \nACGTACGT\nbee\nACGAACGA\ncat\nACGCACGC\n",
    Format::Phylip
)]
#[case::wrapped_below_names(
    " 3 8\nant\nACGT\nACGT\nbee\nACGA\nACGA\ncat\nACGC\nACGC\n",
    Format::Phylip
)]
#[case::names_first(
    " 3 8 I\n\nant\nbee\ncat\nACGT\nACGA\nACGC\n\nACGT\nACGA\nACGC\n",
    Format::PhylipInterleaved
)]
#[case::names_first_with_counters(
    " 3 8 I\n\nant\nbee\ncat\n1\nACG TAC\nACG AAC\nACG CAC\n7     \t \nGT\nGA\nGC\n",
    Format::PhylipInterleaved
)]
#[case::counters(
    "3 8 I\nant ACGT\nbee ACGA\ncat ACGC\n5\nACGT\nACGA\nACGC\n",
    Format::PhylipInterleaved
)]
#[case::sequential_option("3 8 S\nant ACGTACGT\nbee ACGAACGA\ncat ACGCACGC\n", Format::Phylip)]
#[case::interleaved_option(
    "3 8 I\nant ACGT\nbee ACGA\ncat ACGC\nant ACGT\nbee ACGA\ncat ACGC\n",
    Format::PhylipInterleaved
)]
fn layouts(#[case] text: &str, #[case] format: Format) {
    for end in ["\n", "\r\n"] {
        let document = read(text.replace('\n', end));
        assert_eq!(rows(&document), THREE);
        assert_eq!((document.format, &document.findings[..]), (format, &[][..]));
    }
}

#[test]
fn names_end_at_two_blanks() {
    let document = read("2 6\nHomo sapiens  ACG TAC\nPan paniscus  ACG -?N\n");
    assert_eq!(
        rows(&document),
        [("Homo sapiens", "ACGTAC"), ("Pan paniscus", "ACG-?N")]
    );
    assert_eq!(document.findings, []);
}

#[test]
fn dots_mean_the_first_sequence() {
    let document = read("3 8 I\nant\nbee\ncat\n1\nACG TAC GT\n... A.. .A\n... C.. .C\n");
    assert_eq!(rows(&document), THREE);
    assert_eq!(codes(&document.findings), ["dots-as-matches"]);
}

#[rstest]
#[case::in_one_line("3 8 G\nG 2 4 4\n")]
#[case::a_class_for_each_site("3 8 G\nG2\n11112222\n")]
#[case::wrapped_classes("3 8 GC\nG 2\n1111\n2222\n")]
fn classes_of_sites_are_passed_over(#[case] head: &str) {
    let document = read(format!("{head}ant ACGTACGT\nbee ACGAACGA\ncat ACGCACGC\n"));
    assert_eq!(rows(&document), THREE);
    assert_eq!(codes(&document.findings), ["site-classes-ignored"]);
}

const ROWS: &str = "ant ACGTACGT\nbee ACGAACGA\ncat ACGCACGC\n";

#[rstest]
#[case::count("\n1\n(ant:0.1,bee:0.2,cat:0.3);\n", &[])]
#[case::no_count("(ant:0.1,bee:0.2,cat:0.3);\n", &[])]
#[case::two_counts("  3  1\n(ant:0.1,bee:0.2,cat:0.3);\n", &[])]
#[case::numbers("1\n(1:0.1,2:0.2,3:0.3);\n", &["taxon-numbers"])]
#[case::note_after_tree("1\n(ant:0.1,bee:0.2,cat:0.3);\nBy neighbour joining\n", &["text-after-trees"])]
#[case::note_before_tree("\nThe tree is by hand.\n(ant:0.1,bee:0.2,cat:0.3);\n", &["text-after-sequences"])]
fn trees_after_the_sequences(#[case] tail: &str, #[case] found: &[&str]) {
    let document = read(format!("3 8\n{ROWS}{tail}"));
    assert_eq!(rows(&document), THREE);
    assert_eq!(document.trees.len(), 1);
    assert_eq!(
        write::newick(&document.trees[0].tree),
        "(ant:0.1,bee:0.2,cat:0.3);"
    );
    assert_eq!(codes(&document.findings), found);
}

#[rstest]
#[case::sequential(ROWS)]
#[case::interleaved("ant ACGT\nbee ACGA\ncat ACGC\n\nACGT\nACGA\nACGC\n")]
#[case::names_first("ant\nbee\ncat\n1\nACGT\nACGA\nACGC\n5\nACGT\nACGA\nACGC\n")]
fn notes_after_the_sequences_are_passed_over(#[case] body: &str) {
    for note in [
        "\nLysozyme of Smith et al. (1987)\n",
        "\n\nLysozyme data\nof three species\n",
    ] {
        let document = read(format!("3 8\n{body}{note}"));
        assert_eq!(rows(&document), THREE);
        assert_eq!(codes(&document.findings), ["text-after-sequences"]);
        let text = format!("3 8\n{body}{note}");
        let line = text
            .lines()
            .position(|l| l.starts_with("Lysozyme"))
            .unwrap()
            + 1;
        assert_eq!(document.findings[0].line, Some(line));
    }
}

#[test]
fn a_second_alignment_is_not_passed_over_in_silence() {
    let document = read(format!("3 8\n{ROWS}\n3 8\n{ROWS}"));
    assert_eq!(rows(&document), THREE);
    assert_eq!(codes(&document.findings), ["several-alignments"]);
}

#[rstest]
#[case::a_sequence_too_many("2 8\nant ACGTACGT\nbee ACGAACGA\ncat ACGCACGC\n")]
#[case::apart("2 8\nant ACGTACGT\nbee ACGAACGA\n\ncat ACGCACGC\n")]
#[case::sites_too_many("3 8\nant ACGTACGT\nACGT\nbee ACGAACGA\nACGA\ncat ACGCACGC\nACGC\n")]
fn sequences_are_no_notes(#[case] text: &str) {
    assert_eq!(errors(&read(text).findings)[0], "phylip-does-not-fit");
}

#[test]
fn numbers_as_names_of_sequences_stay_names() {
    let document = read("3 4\n3 ACGT\n2 ACGA\n1 ACGC\n1\n(1,2,3);\n");
    let leaves: Vec<_> = document.trees[0].tree.leaf_names().collect();
    assert_eq!(leaves, ["1", "2", "3"]);
    assert_eq!(document.findings, []);
}
