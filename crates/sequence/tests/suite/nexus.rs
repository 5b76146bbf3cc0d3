//! NEXUS, with all its options.

use rstest::rstest;
use sequence::{Alphabet, Format, SiteRange, write};

use crate::{codes, errors, read, rows};

/// A file with one DATA block.
fn data(format: &str, matrix: &str) -> String {
    format!(
        "#NEXUS\nBEGIN DATA;\nDIMENSIONS NTAX=2 NCHAR=6;\nFORMAT {format};\nMATRIX\n{matrix}\n;\nEND;\n"
    )
}

#[rstest]
#[case::plain("DATATYPE=DNA", "a ACGTAC\nb ACG-?N")]
#[case::lower_case("datatype=dna gap=- missing=?", "a acgtac\nb acg-?n")]
#[case::spaces_around("DATATYPE = DNA GAP = - MISSING = ?", "a ACGTAC\nb ACG-?N")]
#[case::rna("DATATYPE=RNA", "a ACGUAC\nb ACG-?N")]
#[case::no_datatype("GAP=-", "a ACGTAC\nb ACG-?N")]
#[case::wrapped("DATATYPE=DNA", "a ACG\n  TAC\nb ACG\n  -?N")]
#[case::names_on_their_own_lines("DATATYPE=DNA", "a\nACGTAC\nb\nACG-?N")]
#[case::all_on_one_line("DATATYPE=DNA", "a ACG TAC b ACG -?N")]
#[case::match_char("DATATYPE=DNA MATCHCHAR=.", "a ACGTAC\nb ...-?N")]
#[case::other_match_char("DATATYPE=DNA MATCHCHAR=x", "a ACGTAC\nb XxX-?N")]
#[case::other_gap("DATATYPE=DNA GAP=. MISSING=*", "a ACGTAC\nb ACG.*N")]
#[case::letter_as_missing("DATATYPE=DNA MISSING=Q", "a ACGTAC\nb ACG-qN")]
#[case::quoted_symbols(
    "DATATYPE=DNA MISSING='?' GAP=\"-\" SYMBOLS=\"ACGT\"",
    "a ACGTAC\nb ACG-?N"
)]
#[case::equate("DATATYPE=DNA EQUATE=\"E=A 1 = C\"", "a E1GTAC\nb eCG-?N")]
#[case::equate_a_set("DATATYPE=DNA EQUATE=\"Z={ACGT} Q=(ACGT)\"", "a ACGTAC\nb ACG-?z")]
#[case::sets("DATATYPE=DNA", "a ACGTAC\nb ACG-?{AC GT}")]
#[case::quoted_names("DATATYPE=DNA", "'a' ACGTAC\n\"b\" ACG-?N")]
#[case::comments("DATATYPE=DNA [no [nested] comment;]", "[1] a AC[3]GTAC [;]\nb ACG-?N")]
#[case::interleave("DATATYPE=DNA INTERLEAVE", "a ACG\nb ACG\n\na TAC\nb -?N")]
#[case::interleave_yes("DATATYPE=DNA INTERLEAVE=yes", "a ACG\nb ACG\na TAC\nb -?N")]
#[case::interleave_no("DATATYPE=DNA INTERLEAVE=NO", "a ACG\nTAC\nb ACG\n-?N")]
#[case::interleave_of_three("DATATYPE=DNA INTERLEAVE", "a AC\nb AC\n\na GT\nb G-\n\na AC\nb ?N")]
fn matrices(#[case] format: &str, #[case] matrix: &str) {
    for line_end in ["\n", "\r", "\r\n"] {
        let document = read(data(format, matrix).replace('\n', line_end));
        assert_eq!(document.format, Format::Nexus);
        assert_eq!(rows(&document), [("a", "ACGTAC"), ("b", "ACG-?N")]);
        assert_eq!(errors(&document.findings), [""; 0]);
        assert_eq!(
            document.alignment.as_ref().unwrap().alphabet,
            Alphabet::Nucleotide
        );
    }
}

#[test]
fn respect_case_keeps_equates_apart() {
    let document = read(data(
        "DATATYPE=DNA RESPECTCASE EQUATE=\"x=A\"",
        "a xCGTAC\nb XCG-?N",
    ));
    assert_eq!(rows(&document), [("a", "ACGTAC"), ("b", "XCG-?N")]);
}

#[test]
fn sets_become_ambiguities() {
    let document = read(data("DATATYPE=DNA", "a {AG}(CT)GTAC\nb ACG-?N"));
    assert_eq!(rows(&document)[0].1, "RYGTAC");
    assert_eq!(codes(&document.findings), ["character-sets"]);
    let document = read(data("DATATYPE=PROTEIN", "a {DN}KVLAE\nb MKVLAE"));
    assert_eq!(rows(&document)[0].1, "XKVLAE");
}

#[test]
fn the_declared_datatype_is_used() {
    let document = read(data("DATATYPE=PROTEIN", "a ACGTAC\nb ACG-?N"));
    assert_eq!(document.alignment.unwrap().alphabet, Alphabet::Protein);
    let document = read(data(
        "DATATYPE=STANDARD SYMBOLS=\"01\"",
        "a 010101\nb 01-?01",
    ));
    assert_eq!(rows(&document)[0].1, "010101");
    assert_eq!(
        document.alignment.as_ref().unwrap().alphabet,
        Alphabet::Unknown
    );
    assert_eq!(codes(&document.findings), ["other-datatype"]);
}

#[test]
fn nolabels_uses_taxlabels_as_hyphy_writes_them() {
    for (format, matrix) in [
        ("NOLABELS", "ACGTAC\nACG-?N"),
        ("NOLABELS INTERLEAVE", "ACG\nACG\n\nTAC\n-?N"),
    ] {
        let document = read(format!(
            "#NEXUS\nBEGIN TAXA;\nDIMENSIONS NTAX = 2;\nTAXLABELS\n\t'Homo sapiens' 'it''s' ;\nEND;\n\
             BEGIN CHARACTERS;\nDIMENSIONS NCHAR = 6;\nFORMAT DATATYPE = DNA {format} GAP=- \
             MISSING=?;\nMATRIX\n{matrix}\n;\nEND;"
        ));
        assert_eq!(
            rows(&document),
            [("Homo sapiens", "ACGTAC"), ("it's", "ACG-?N")]
        );
        assert_eq!(document.findings, []);
    }
}

#[test]
fn an_undeclared_interleaved_matrix_is_recognised() {
    let document = read(data("DATATYPE=DNA", "a ACG\nb ACG\n\na TAC\nb -?N"));
    assert_eq!(rows(&document), [("a", "ACGTAC"), ("b", "ACG-?N")]);
    assert_eq!(codes(&document.findings), ["interleave-not-declared"]);
}

#[test]
fn wrong_dimensions_are_reported() {
    let document = read(data("DATATYPE=DNA", "a ACGTAC\nb ACGTACG\nc ACGTAC"));
    assert_eq!(rows(&document).len(), 3);
    let found = ["ntax-mismatch", "nchar-mismatch", "unequal-lengths"];
    assert_eq!(codes(&document.findings), found);
    assert_eq!(document.findings[1].sequence.as_deref(), Some("b"));
    assert_eq!(document.findings[1].line, Some(7));
}

#[test]
fn a_short_row_does_not_swallow_the_next() {
    let document = read(
        "#NEXUS\nBEGIN TAXA; TAXLABELS ant bee; END;\nBEGIN CHARACTERS;\nDIMENSIONS NCHAR=6;\n\
         FORMAT DATATYPE=DNA;\nMATRIX\nant ACG\nbee ACGTAC\n;\nEND;",
    );
    assert_eq!(rows(&document), [("ant", "ACG"), ("bee", "ACGTAC")]);
    assert_eq!(
        codes(&document.findings),
        ["nchar-mismatch", "unequal-lengths"]
    );
}

#[test]
fn the_first_sequence_cannot_use_the_match_character() {
    let document = read(data("DATATYPE=DNA MATCHCHAR=.", "a AC.TAC\nb ...-?N"));
    assert_eq!(errors(&document.findings), ["match-in-first-sequence"]);
    assert_eq!(document.findings[0].site, Some(3));
}

const TREES: &str = "#NEXUS\nBEGIN TREES;\nTRANSLATE\n 1 Human,\n 2 'Pan paniscus',\n 3 it''s;\n\
     TREE * best = [&R] ((1:0.1,2:0.2)95:0.3,3:4e-1);\nUTREE other = [&U] (1,2,3);;\n\
     TREE third = (2,(1,3));\nEND;\n";

#[test]
fn names_in_trees_are_translated() {
    let document = read(TREES);
    let names: Vec<_> = document
        .trees
        .iter()
        .map(|t| t.name.as_deref().unwrap())
        .collect();
    assert_eq!(names, ["best", "other", "third"]);
    let written: Vec<_> = document
        .trees
        .iter()
        .map(|t| write::newick(&t.tree))
        .collect();
    assert_eq!(
        written,
        [
            "[&R] ((Human:0.1,'Pan paniscus':0.2)95:0.3,'it''''s':0.4);",
            "[&U] (Human,'Pan paniscus','it''''s');",
            "('Pan paniscus',(Human,'it''''s'));"
        ]
    );
    assert_eq!(codes(&document.findings), ["several-trees"]);
}

#[test]
fn translate_cannot_make_a_small_file_huge() {
    let text = format!(
        "#NEXUS\nBEGIN TREES;\nTRANSLATE 1 {};\nTREE t = (1,1,1,1);\nEND;\n",
        "x".repeat(900)
    );
    let limits = sequence::Limits {
        max_bytes: 2_000,
        ..Default::default()
    };
    let document = sequence::read(text.as_bytes(), &limits);
    assert_eq!(
        (document.trees.len(), errors(&document.findings)),
        (0, vec!["tree-too-large"])
    );
}

#[test]
fn taxon_numbers_in_trees_become_names() {
    let document = read(
        "#NEXUS\nBEGIN TAXA;\nTAXLABELS x y z;\nEND;\nBEGIN TREES;\nTREE t = (1,(2,3));\nEND;\n",
    );
    assert_eq!(write::newick(&document.trees[0].tree), "(x,(y,z));");
    assert_eq!(codes(&document.findings), ["taxon-numbers"]);
}

#[test]
fn a_bad_tree_does_not_hide_the_others() {
    let document = read("#NEXUS\nBEGIN TREES;\nTREE a = ((x,y),z;\nTREE b = (x,y,z);\nEND;\n");
    assert_eq!(document.trees.len(), 1);
    assert_eq!(errors(&document.findings), ["unbalanced-parentheses"]);
    assert_eq!(document.findings[0].line, Some(3));
}

#[test]
fn character_sets_become_partitions() {
    let document = read(
        "#NEXUS\nBEGIN DATA;\nDIMENSIONS NTAX=2 NCHAR=6;\nFORMAT DATATYPE=DNA;\nMATRIX\na ACGTAC\n\
         b ACG-?N\n;\nEND;\nbegin assumptions;\nCHARSET span_1 = 1-3;\nCharSet 'second codon' = 4 - .;\n\
         END;\nBEGIN SETS;\nCHARSET third = 3-6\\3;\nCHARSET both = span_1 5 [six] 6;\n\
         CHARSET bad = 3-1;\nCHARSET worse = x;\nEND;\n",
    );
    let range = |first, last, step| SiteRange { first, last, step };
    let sets: Vec<_> = document
        .partitions
        .iter()
        .map(|p| (p.name.as_str(), p.ranges.clone()))
        .collect();
    assert_eq!(
        sets,
        [
            ("span_1", vec![range(1, 3, 1)]),
            ("second codon", vec![range(4, 6, 1)]),
            ("third", vec![range(3, 6, 3)]),
            ("both", vec![range(1, 3, 1), range(5, 5, 1), range(6, 6, 1)]),
        ]
    );
    assert_eq!(
        codes(&document.findings),
        ["charset-not-understood", "charset-not-understood"]
    );
}

#[test]
fn harmless_blocks_are_skipped() {
    let document = read(format!(
        "{}BEGIN NOTES;\nTEXT x;\nEND;\n",
        data("", "a ACGTAC\nb ACG-?N")
    ));
    assert_eq!(codes(&document.findings), ["block-ignored"]);
}

#[test]
fn a_truncated_file_is_reported() {
    let whole = data("DATATYPE=DNA", "a ACGTAC\nb ACG-?N");
    let document = read(whole.strip_suffix("END;\n").unwrap());
    assert_eq!(codes(&document.findings), ["block-not-closed"]);
    assert_eq!(rows(&document).len(), 2);
}
