//! FASTA, PIR, PHYLIP, Clustal and NEXUS as other programs and people write them.

use rstest::rstest;
use sequence::check::{DataKind, Needs, TreeNeed};
use sequence::{Format, Level, check};

use crate::{codes, errors, read, rows};

const TWO: [(&str, &str); 2] = [("ant", "ATGGCTAAA"), ("bee", "ATGGCAAAA")];

#[rstest]
#[case::titles(">DL;ant\nCAT tag gene A\nATGGCT\nAAA*\n>DL;bee\nCAT tag gene B\nATGGCAAAA*\n")]
#[case::no_titles(">DL;ant\n\nATGGCTAAA\n*\n>DL;bee\n\nATGGCAAAA\n*\n")]
#[case::lower_case_residues(">N3;ant\nx\natggctaaa*\n>N3;bee\ny\natggcaaaa*\n")]
fn pir(#[case] text: &str) {
    let document = read(text);
    assert_eq!(rows(&document), TWO);
    assert_eq!(codes(&document.findings), ["pir-titles-ignored"]);
}

#[test]
fn titles_of_proteins_are_not_read_as_residues() {
    let document = read(
        ">P1;ant\nCrystallin alpha chain\nMAKVLERSPDYW*\n>P1;bee\nCrystallin alpha chain\nMSKVMERSPDYW*\n",
    );
    assert_eq!(
        rows(&document),
        [("ant", "MAKVLERSPDYW"), ("bee", "MSKVMERSPDYW")]
    );
    // One name that looks like a code makes no PIR of other FASTA.
    let document = read(">P1;ant\nMAKVLE\n>bee\nMSKVME\n");
    assert_eq!(rows(&document), [("P1;ant", "MAKVLE"), ("bee", "MSKVME")]);
}

#[rstest]
#[case::in_front("2 9\n>ant\nATGGCTAAA\n>bee\nATGGCAAAA\n", 0)]
#[case::with_trees(
    "  2   9\n\n>ant\nATGGCTAAA\n>bee\nATGGCAAAA\n1\n(ant:0.1,bee:0.2);\n",
    1
)]
fn fasta_below_the_numbers_of_phylip(#[case] text: &str, #[case] trees: usize) {
    let document = read(text);
    assert_eq!(document.format, Format::Fasta);
    assert_eq!(rows(&document), TWO);
    assert_eq!(document.trees.len(), trees);
    assert_eq!(codes(&document.findings), ["count-line-ignored"]);
}

#[rstest]
#[case::genbank(
    ">ant desc\n        1 atggct\n        7 aaa\n>bee desc\n        1 atgg ca\n        7 aaa\n"
)]
#[case::at_the_end(">ant desc\nATGGCT 6\nAAA 9\n>bee desc\nATGGCA 6\nAAA 9\n")]
fn numbers_of_residues_are_passed_over(#[case] text: &str) {
    let document = read(text);
    assert_eq!(
        rows(&document),
        [("ant desc", "ATGGCTAAA"), ("bee desc", "ATGGCAAAA")]
    );
    assert_eq!(codes(&document.findings), ["residue-numbers-ignored"]);
}

#[test]
fn text_after_fasta_is_named_with_its_line() {
    let document = read(">ant\nATGGCTAAA\n>bee\nATGGCAAAA\n\nBest wishes,\nJohn\n");
    assert_eq!(rows(&document)[0], TWO[0]);
    let finding = &document.findings[0];
    assert_eq!(
        (finding.code.as_str(), finding.line),
        ("text-among-sequences", Some(6)),
        "{:?}",
        document.findings
    );
    assert!(finding.message.contains("'Best wishes,'"));
}

#[test]
fn dashes_of_a_word_processor_are_named() {
    let document = read(
        ">ant\nATG\u{2014}\u{2014}\u{2014}AAA\n>bee\nATGGCAAAA\n>cat\nATGGCT\u{2013}\u{2013}\u{2013}\n",
    );
    assert_eq!(
        errors(&document.findings),
        ["typographic-dashes", "typographic-dashes"]
    );
}

#[rstest]
#[case::probcons(
    "PROBCONS version 1.12 multiple sequence alignment\n\nant    ATGGCT\nbee    ATGGCA\n       ***** \n\nant    AAA\nbee    AAA\n"
)]
#[case::kalign_2(
    "Kalign (2.0) alignment in ClustalW format\n\n\nant    ATGGCT\nbee    ATGGCA\n\nant    AAA\nbee    AAA\n"
)]
#[case::kalign_3(
    "Kalign (3.4.0) multiple sequence alignment\n\nant Hemoglobin OS=Homo    ATGGCTAAA\nbee Hemoglobin OS=Mus     ATGGCAAAA\n"
)]
#[case::numbers_on_both_sides(
    "MUSCLE (3.8) multiple sequence alignment\n\n\nant 1 ATGGCT 6\nbee 1 ATGGCA 6\n      *****\n\nant 7 AAA 9\nbee 7 AAA 9\n"
)]
#[case::blocks_of_residues(
    "CLUSTAL W (1.82) multiple sequence alignment\n\nant    ATG GCT\nbee    ATG GCA\n\nant    AAA\nbee    AAA\n"
)]
fn clustal_of_other_programs(#[case] text: &str) {
    let document = read(text);
    assert_eq!(document.format, Format::Clustal);
    assert_eq!(rows(&document), TWO);
    assert_eq!(document.findings, []);
}

#[test]
fn names_of_phylip_may_have_single_blanks() {
    let document =
        read(" 3 9\nHomo sapiens ATGGCTAAA\nMus musculus ATGGCAAAA\nRattus norvegicus ATGGCTAAG\n");
    assert_eq!(
        rows(&document),
        [
            ("Homo sapiens", "ATGGCTAAA"),
            ("Mus musculus", "ATGGCAAAA"),
            ("Rattus norvegicus", "ATGGCTAAG")
        ]
    );
    assert_eq!(document.findings, []);
}

fn nexus(format: &str, more: &str) -> String {
    format!(
        "#NEXUS\nBEGIN DATA;\nDIMENSIONS NTAX=2 NCHAR=9;\nFORMAT DATATYPE=DNA {format};\n{more}MATRIX\n\
         ant ATGGCTAAA\nbee ATGGCAAAA\n;\nEND;\n"
    )
}

#[test]
fn a_matrix_that_is_declared_not_to_be_transposed_is_read() {
    let document = read(nexus("LABELS=LEFT TRANSPOSE=NO INTERLEAVE=NO", ""));
    assert_eq!(rows(&document), TWO);
    assert_eq!(document.findings, []);
    let document = read(nexus("TRANSPOSE", ""));
    assert!(errors(&document.findings).contains(&"transposed-matrix"));
}

#[test]
fn columns_that_a_file_excludes_are_named() {
    let sets = "BEGIN ASSUMPTIONS;\nEXSET * UNTITLED = 4-6;\nEND;\n";
    for text in [nexus("", "ELIMINATE 4-6;\n"), nexus("", "") + sets] {
        let document = read(text);
        assert_eq!(rows(&document), TWO);
        assert_eq!(codes(&document.findings), ["columns-not-excluded"]);
        assert_eq!(document.findings[0].level, Level::Warning);
        assert!(document.findings[0].message.contains("(4-6)"));
    }
}

#[test]
fn a_comment_that_is_never_closed_is_named_with_its_line() {
    let document = read(nexus("", "").replacen("BEGIN DATA", "[ comment\nBEGIN DATA", 1));
    assert_eq!(codes(&document.findings), ["comment-not-closed"]);
    assert_eq!(document.findings[0].line, Some(2));
    let document = read(nexus("", "") + "[ comment\n");
    assert_eq!(rows(&document), TWO);
    assert_eq!(errors(&document.findings), [""; 0]);
}

#[test]
fn a_matrix_in_a_block_of_taxa_is_named() {
    let document = read(nexus("", "").replacen("BEGIN DATA", "begin taxa", 1));
    assert_eq!(errors(&document.findings), ["matrix-in-taxa-block"]);
    assert_eq!(document.findings[0].line, Some(5));
}

#[test]
fn characters_of_another_kind_are_one_problem() {
    let standard = "#NEXUS\nBEGIN DATA;\nDIMENSIONS NCHAR=6;\nFORMAT DATATYPE=STANDARD SYMBOLS=\"0 1 2\";\nMATRIX\nant 010120\nbee 011120\n;\nEND;\n";
    let document = read(standard);
    let needs = Needs {
        data: DataKind::Nucleotide,
        min_sequences: 2,
        tree: TreeNeed::None,
    };
    let findings = check::alignment(&document.alignment.unwrap(), &needs);
    assert_eq!(codes(&findings), ["wrong-alphabet"]);
}

#[test]
fn blocks_of_viewers_are_no_programs() {
    let document = read(nexus("", "") + "BEGIN FIGTREE;\nset x=1;\nEND;\n");
    assert_eq!(codes(&document.findings), ["block-ignored"]);
    assert_eq!(document.findings[0].level, Level::Note);
}

#[rstest]
#[case::maf("##maf version=1\na score=1\ns a 0 3 + 3 ACG\n", "MAF")]
#[case::escaped("&gt;ant\nATG\n", "&gt;")]
#[case::partitions("DNA, gene1 = 1-300\nDNA, gene2 = 301-600\n", "partitions")]
fn other_kinds_of_files_are_named(#[case] text: &str, #[case] name: &str) {
    let document = read(text);
    assert_eq!(errors(&document.findings), ["unknown-format"]);
    assert!(document.findings[0].message.contains(name));
}

#[rstest]
#[case::a_title("My alignment\n>ant\nATG\n>bee\nATG\n")]
#[case::an_invisible_character("\u{200b}>ant\nATG\n>bee\nATG\n")]
fn text_above_fasta_is_named(#[case] text: &str) {
    let document = read(text);
    assert_eq!(document.format, Format::Fasta);
    assert_eq!(errors(&document.findings)[0], "text-before-sequences");
    assert_eq!(document.findings[0].line, Some(1));
}

#[test]
fn underscores_of_taxlabels_are_blanks() {
    let taxa = "BEGIN TAXA;\nTAXLABELS Homo_sapiens bee;\nEND;\nBEGIN DATA";
    let text = nexus("", "").replacen("BEGIN DATA", taxa, 1);
    let document = read(text.replace("ant ", "'Homo sapiens' "));
    assert_eq!(document.findings, []);
}
