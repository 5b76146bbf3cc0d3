//! FASTA, PHYLIP, Clustal and Newick files, and files in other formats.

use std::io::Write;

use rstest::rstest;
use sequence::{Alphabet, Compression, Format, Level, Limits};

use crate::{codes, errors, read, rows};

const TWO: [(&str, &str); 2] = [("a", "ACGTAC"), ("b", "ACG-?N")];

#[rstest]
#[case::lf(">a\nACG\nTAC\n>b\nACG-?N\n")]
#[case::cr_lf(">a\r\nACG\r\nTAC\r\n>b\r\nACG-?N\r\n")]
#[case::cr(">a\rACG\rTAC\r>b\rACG-?N\r")]
#[case::no_last_line_end(">a\nACGTAC\n>b\nACG-?N")]
#[case::byte_order_mark("\u{feff}>a\nACGTAC\n>b\nACG-?N\n")]
#[case::blanks("\n  \n>  a \nACG TAC\t\n\n>\tb\n ACG-?N\n")]
#[case::lower_case(">a\nacgtac\n>b\nacg-?n\n")]
#[case::comments("; made by hand\n>a\nACGTAC\n;more\n>b\nACG-?N\n")]
#[case::hash_markers("\n#a\nACGTAC\n#b\nACG-?N\n")]
#[case::dots_as_in_the_first(">a\nACGTAC\n>b\n...-?N\n")]
#[case::tildes(">a\nACGTAC\n>b\nACG~?N\n")]
#[case::rna(">a\nACGUAC\n>b\nACG-?N\n")]
fn fasta(#[case] text: &str) {
    let document = read(text);
    assert_eq!(document.format, Format::Fasta);
    assert_eq!(rows(&document), TWO);
    assert_eq!(
        document.alignment.as_ref().unwrap().alphabet,
        Alphabet::Nucleotide
    );
    assert!(!document.has_errors(), "{:?}", document.findings);
}

#[test]
fn clean_files_have_no_findings() {
    assert_eq!(read(">a\nACGTAC\n>b\nACG-?N\n").findings, []);
    assert_eq!(read("((a,b),c,d);\n").findings, []);
}

#[test]
fn cleanup_is_reported_as_a_note() {
    assert_eq!(
        codes(&read(">a\nACGU\n>b\nACGA\n").findings),
        ["rna-read-as-dna"]
    );
    assert_eq!(
        codes(&read(">a\nACGT\n>b\nA..A\n").findings),
        ["dots-as-matches"]
    );
    assert_eq!(
        codes(&read(">a\nAC.T\n>b\nA..A\n").findings),
        ["dots-as-gaps"]
    );
    assert_eq!(
        codes(&read(">a\nACGT\n>b\nA~~A\n").findings),
        ["tilde-as-gap"]
    );
    assert_eq!(
        rows(&read(">a\nAC.T\n>b\nA..A\n")),
        [("a", "AC-T"), ("b", "A--A")]
    );
}

#[test]
fn fasta_may_be_followed_by_a_tree() {
    let document = read(">a\nACGT\n>b\nACGA\n>c\nACGC;\n\n(a:1,b:2,c:3)\n");
    assert_eq!(
        rows(&document),
        [("a", "ACGT"), ("b", "ACGA"), ("c", "ACGC")]
    );
    assert_eq!(document.trees.len(), 1);
    assert_eq!(
        sequence::write::newick(&document.trees[0].tree),
        "(a:1,b:2,c:3);"
    );
    assert_eq!(codes(&document.findings), ["semicolon-ignored"]);
    assert_eq!(document.findings[0].line, Some(6));
}

#[test]
fn the_whole_header_is_the_name() {
    let document = read(">NM_1 Homo sapiens \nACGT\n>>x\nACGT\n>d\u{e9}j\u{e0}\nACGT\n");
    let names: Vec<_> = document.alignment.as_ref().unwrap().names().collect();
    assert_eq!(names, ["NM_1 Homo sapiens", ">x", "d\u{e9}j\u{e0}"]);
}

#[test]
fn latin_1_names_are_decoded_and_noted() {
    let document = read(b">M\xfcller\nACGT\n>b\nACGT\n");
    assert_eq!(rows(&document)[0].0, "Müller");
    assert_eq!(codes(&document.findings), ["name-latin-1"]);
    assert_eq!(document.findings[0].line, Some(1));
}

#[rstest]
#[case(|t: &str| t.encode_utf16().flat_map(u16::to_le_bytes).collect(), [0xff, 0xfe])]
#[case(|t: &str| t.encode_utf16().flat_map(u16::to_be_bytes).collect(), [0xfe, 0xff])]
fn utf_16_is_decoded(#[case] encode: fn(&str) -> Vec<u8>, #[case] mark: [u8; 2]) {
    let bytes = [mark.to_vec(), encode(">é\nACGTAC\n>b\nACG-?N\n")].concat();
    let document = read(bytes);
    assert_eq!(rows(&document), [("é", "ACGTAC"), ("b", "ACG-?N")]);
    assert_eq!(codes(&document.findings), ["utf-16"]);
}

#[test]
fn broken_utf_16_is_an_error() {
    assert_eq!(
        errors(&read([0xff, 0xfe, 0x3e]).findings),
        ["utf-16-damaged"]
    );
    let lone = read([0xff, 0xfe, 0x00, 0xd8]);
    assert_eq!(errors(&lone.findings), ["utf-16-damaged"]);
}

#[test]
fn gzip_is_decompressed() {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(b">a\nACGTAC\n>b\nACG-?N\n").unwrap();
    let packed = packer.finish().unwrap();
    let document = read(&packed);
    assert_eq!(document.compression, Compression::Gzip);
    assert_eq!(rows(&document), TWO);
    let cut = read(&packed[..packed.len() - 9]);
    assert_eq!(errors(&cut.findings), ["gzip-damaged"]);
}

#[test]
fn proteins_are_recognised() {
    let document = read(">a\nMKVLAAGIVE*\n>b\nMKVLSSGXBZ-\n");
    let alignment = document.alignment.as_ref().unwrap();
    assert_eq!(alignment.alphabet, Alphabet::Protein);
    assert_eq!(rows(&document)[0].1, "MKVLAAGIVE*");
    assert_eq!(document.findings, []);
}

#[test]
fn ambiguous_nucleotides_are_not_taken_for_proteins() {
    let document = read(">a\nACGTRYKMSWBDHVNACGTACGTACGTACGT\n");
    assert_eq!(document.alignment.unwrap().alphabet, Alphabet::Nucleotide);
    assert_eq!(document.findings, []);
}

#[test]
fn illegal_characters_are_reported_with_their_position() {
    let document = read(">a\nACGTACGTACGTACGTACGT\n>b\nACGTACGTACGTACGEACG*\n");
    assert_eq!(
        codes(&document.findings),
        ["illegal-character", "illegal-characters"]
    );
    let finding = &document.findings[0];
    assert_eq!(
        (finding.sequence.as_deref(), finding.site),
        (Some("b"), Some(16))
    );
    assert_eq!((finding.level, finding.line), (Level::Error, Some(3)));
    assert!(finding.message.contains("'E'"), "{}", finding.message);
    assert_eq!(
        rows(&document)[1].1,
        "ACGTACGTACGTACGEACG*",
        "kept as it is"
    );
}

#[rstest]
#[case::star("*", "If it is a deletion, write '-'.")]
#[case::cut(">", "a viewer has cut them")]
fn the_remedy_fits_the_character(#[case] character: &str, #[case] remedy: &str) {
    let document = read(format!(
        ">a\nACGTACGT{character}\n>b\nACGTACGT{character}\n"
    ));
    let finding = &document.findings[0];
    assert_eq!(finding.code, "illegal-character");
    assert!(finding.remedy.contains(remedy), "{}", finding.remedy);
}

#[test]
fn unequal_lengths_and_duplicate_names_are_reported() {
    let document = read(">a\nACGT\n>b\nACG\n>a\nACGT\n>c\n>\nACGT\n");
    let found = [
        "unequal-lengths",
        "empty-sequence",
        "duplicate-name",
        "empty-name",
    ];
    assert_eq!(errors(&document.findings), found);
    assert_eq!(rows(&document)[1].1, "ACG", "nothing is padded");
}

#[rstest]
#[case::sequential("2 6\na ACGTAC\nb ACG-?N\n", Format::Phylip)]
#[case::wrapped("2 6\na  ACG\n   TAC\nb  ACG\n   -?N\n", Format::Phylip)]
#[case::strict("2 6\na         ACGTAC\nb         ACG-?N\n", Format::Phylip)]
#[case::interleaved("2 6\na ACG\nb ACG\n\nTAC\n-?N\n", Format::PhylipInterleaved)]
#[case::names_repeated("2 6\na ACG\nb ACG\n\na TAC\nb -?N\n", Format::PhylipInterleaved)]
#[case::cr(" 2 6\ra ACG TAC\rb ACG -?N\r", Format::Phylip)]
#[case::option_letter("2 6 I\na ACG\nb ACG\nTAC\n-?N\n", Format::PhylipInterleaved)]
fn phylip(#[case] text: &str, #[case] format: Format) {
    let document = read(text);
    assert_eq!(rows(&document), TWO);
    assert_eq!((document.format, &document.findings[..]), (format, &[][..]));
}

#[rstest]
#[case::sequential("2 6\nHomo sapieACGTAC\nPan panis ACG-?N\n", Format::Phylip)]
#[case::interleaved(
    "2 6\nHomo sapieACG\nPan panis ACG\n\nTAC\n-?N\n",
    Format::PhylipInterleaved
)]
fn strict_phylip_has_names_of_ten_characters(#[case] text: &str, #[case] format: Format) {
    let document = read(text);
    assert_eq!(
        rows(&document),
        [("Homo sapie", "ACGTAC"), ("Pan panis", "ACG-?N")]
    );
    assert_eq!(document.format, format);
}

#[test]
fn phylip_may_be_followed_by_a_tree() {
    let document = read("3 4\na ACGT\nb ACGA\nc ACGC\n(a,b,c);\n");
    assert_eq!((rows(&document).len(), document.trees.len()), (3, 1));
    assert_eq!(document.findings, []);
}

#[test]
fn phylip_with_a_wrong_count_says_what_follows() {
    let document = read("2 6\na ACGTAC\nb ACG-?N\nc ACGTAA\n");
    assert_eq!(
        document.findings[0].message,
        "The first line declares 2 sequences of 6 residues, but 3 sequences of 6 residues follow."
    );
    let ragged = read("2 6\na ACGTAC\nb ACG-\nc ACGTAA\n");
    assert!(
        ragged.findings[0]
            .message
            .ends_with("but the rest of the file does not match."),
        "{}",
        ragged.findings[0].message
    );
}

#[rstest]
#[case::short("2 8\na ACGTAC\nb ACG-?N\n")]
#[case::rows_missing("3 6\na ACGTAC\nb ACG-?N\n")]
#[case::rows_too_many("1 6\na ACGTAC\nb ACG-?N\n")]
fn phylip_that_breaks_its_promise_is_an_error(#[case] text: &str) {
    let document = read(text);
    assert_eq!(errors(&document.findings)[0], "phylip-does-not-fit");
    assert_eq!(rows(&document), TWO);
}

#[rstest]
#[case::plain("CLUSTAL W (1.8)\n\na   ACG\nb   ACG\n    ***\n\na   TAC\nb   -?N\n")]
#[case::counted("CLUSTAL O(1.2.4)\n\n\na ACG 3\nb ACG 3\n  ***\n\na TAC 6\nb -?N 6\n")]
#[case::muscle("MUSCLE (3.8) multiple sequence alignment\n\na ACGTAC\nb ACG-?N\n  ***\n")]
#[case::cr_lf("clustal\r\n\r\na ACGTAC\r\nb ACG-?N\r\n")]
fn clustal(#[case] text: &str) {
    let document = read(text);
    assert_eq!(rows(&document), TWO);
    assert_eq!(
        (document.format, &document.findings[..]),
        (Format::Clustal, &[][..])
    );
}

#[test]
fn repeated_names_in_clustal_are_two_sequences() {
    let document = read("CLUSTAL\n\na ACG\na ACC\n\na TTT\na GGG\n");
    assert_eq!(rows(&document), [("a", "ACGTTT"), ("a", "ACCGGG")]);
    assert_eq!(codes(&document.findings), ["duplicate-name"]);
}

#[test]
fn files_of_trees_are_read() {
    let document = read("[made by hand] (a,b,c);\n[&R] ((a,b),c)\n\n(a,c,b);;\n");
    assert_eq!(document.format, Format::Newick);
    let rooted: Vec<_> = document
        .trees
        .iter()
        .map(|t| t.tree.declared_rooted())
        .collect();
    assert_eq!(rooted, [None, Some(true), None]);
    assert_eq!(codes(&document.findings), ["several-trees"]);
}

#[rstest]
#[case::words("anything at all\n", "not recognised")]
#[case::empty("", "empty")]
#[case::blank(" \n\r\n", "empty")]
#[case::json("{\"a\": 1}", "JSON")]
#[case::html("<!DOCTYPE html>", "web page")]
#[case::zip("PK\x03\x04\0\0", "ZIP")]
#[case::binary("\x7fELF\0\0\0", "not a text file")]
#[case::mega("#mega\n!Title x;\n#a\nACGT\n", "MEGA")]
#[case::msf("PileUp\n\n MSF: 4 Type: N Check: 0 ..\n", "GCG (MSF)")]
#[case::msf_of_multalin(
    "\n MSF: 4  Check: 0 ..\n Name: a Len: 4 Check: 1 Weight: 1.0\n//\na ACGT\n",
    "GCG (MSF)"
)]
#[case::script("#!/bin/sh\nls\n", "not recognised")]
#[case::fastq("@r1\nACGT\n+\nIIII\n", "FASTQ")]
fn what_is_nothing_is_said_to_be_nothing(#[case] text: &str, #[case] said: &str) {
    let document = read(text);
    assert_eq!(document.format, Format::Unknown);
    assert_eq!(errors(&document.findings), ["unknown-format"]);
    let finding = &document.findings[0];
    assert!(finding.message.contains(said), "{}", finding.message);
    for format in ["FASTA", "NEXUS", "PHYLIP", "Clustal", "Newick"] {
        assert!(finding.remedy.contains(format));
    }
}

#[test]
fn limits_are_enforced() {
    let text = ">aaaaaaaa\nACGTACGT\n>b\nACGTACGT\n";
    let with = |limits: Limits| {
        let document = sequence::read(text.as_bytes(), &limits);
        errors(&document.findings).first().map(|c| (*c).to_string())
    };
    let limits = Limits::default;
    assert_eq!(with(limits()), None);
    assert_eq!(
        with(Limits {
            max_bytes: 20,
            ..limits()
        })
        .unwrap(),
        "file-too-large"
    );
    assert_eq!(
        with(Limits {
            max_sequences: 1,
            ..limits()
        })
        .unwrap(),
        "too-many-sequences"
    );
    assert_eq!(
        with(Limits {
            max_sites: 7,
            ..limits()
        })
        .unwrap(),
        "too-many-sites"
    );
    assert_eq!(
        with(Limits {
            max_name: 7,
            ..limits()
        })
        .unwrap(),
        "name-too-long"
    );
}
