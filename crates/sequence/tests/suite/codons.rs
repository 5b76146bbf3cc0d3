//! Codons: partitions that cut them, stop columns, frameshift marks and genetic codes.

use rstest::rstest;
use sequence::check::{self, DataKind, Needs, TreeNeed};
use sequence::{GeneticCode, Level, Partition, SiteRange, normalize, report};

use crate::{codes, dna, read, rows};

fn partition(name: &str, ranges: &[(usize, usize)]) -> Partition {
    Partition {
        name: name.to_string(),
        ranges: ranges
            .iter()
            .map(|(first, last)| SiteRange {
                first: *first,
                last: *last,
                step: 1,
            })
            .collect(),
    }
}

fn checked(bounds: &[(usize, usize)], codons: bool) -> Result<Vec<(usize, usize)>, String> {
    let row = "ATG".repeat(6);
    let a = dna(&[("a", &row), ("b", &row), ("c", &row)]);
    let names = ["one", "two", "three"];
    let partitions: Vec<Partition> = bounds
        .iter()
        .zip(names)
        .map(|(b, name)| partition(name, &[*b]))
        .collect();
    let (partitions, moved) = normalize::check_partitions(&a, &partitions, codons)?;
    let found: Vec<_> = partitions
        .iter()
        .flat_map(|p| p.ranges.iter().map(|r| (r.first, r.last)))
        .collect();
    assert_eq!(moved.is_some(), found != bounds);
    Ok(found)
}

/// HyPhy (positions from 0): a start of 1 modulo 3 moves by −1, of 2 by +1; an end of 0 by −1, of 1
/// by +1.
#[rstest]
#[case::whole(&[(1, 9), (10, 18)], &[(1, 9), (10, 18)])]
#[case::one_column_over(&[(1, 10), (11, 18)], &[(1, 9), (10, 18)])]
#[case::two_columns_over(&[(1, 11), (12, 18)], &[(1, 12), (13, 18)])]
#[case::three(&[(1, 4), (5, 11), (12, 18)], &[(1, 3), (4, 12), (13, 18)])]
#[case::trimmed_ends(&[(2, 9), (12, 17)], &[(1, 9), (13, 18)])]
fn bounds_move_to_whole_codons(#[case] given: &[(usize, usize)], #[case] found: &[(usize, usize)]) {
    assert_eq!(checked(given, true).unwrap(), found);
    assert_eq!(checked(given, false).unwrap(), given, "nucleotides stay");
}

#[rstest]
#[case::less_than_a_codon(&[(1, 1), (2, 18)], "one has no whole codon.")]
#[case::overlap(&[(1, 12), (10, 18)], "two has columns that are also in another partition.")]
#[case::overlap_after_moving(&[(1, 11), (11, 18)], "two has columns that are also in another partition.")]
#[case::outside(&[(1, 9), (10, 19)], "two has columns that are not in the alignment.")]
fn partitions_that_cannot_be_used(#[case] given: &[(usize, usize)], #[case] why: &str) {
    assert_eq!(checked(given, true).unwrap_err(), why);
}

#[test]
fn moved_bounds_are_reported() {
    let row = "ATG".repeat(6);
    let a = dna(&[("a", &row), ("b", &row), ("c", &row)]);
    let partitions = [
        partition("span_1", &[(1, 11)]),
        partition("span_2", &[(12, 18)]),
    ];
    let (_, finding) = normalize::check_partitions(&a, &partitions, true).unwrap();
    let finding = finding.unwrap();
    assert_eq!(
        (finding.code.as_str(), finding.level),
        ("partition-bounds-moved", Level::Warning)
    );
    assert_eq!(
        finding.message,
        "Partitions begin or end within a codon, so their bounds were moved to whole codons: \
         columns 1-11 of span_1 became 1-12, 12-18 of span_2 became 13-18."
    );
}

#[rstest]
#[case::all_kinds(&["TAA", "TAN", "NAA", "TGN", "TNA", "---"], true)]
#[case::partial_gaps(&["TAA", "TA-", "--A", "???", "TRA", "T-G"], true)]
#[case::no_stop(&["TAN", "NAA", "TGN", "TNA", "---", "NNN"], false)]
#[case::another_codon(&["TAA", "TAN", "AAA", "TGN", "TNA", "---"], false)]
#[case::does_not_fit(&["TAA", "CAN", "TAA", "TAA", "TAA", "TAA"], false)]
fn a_column_in_which_all_fit_a_stop_is_removed(#[case] last: &[&str; 6], #[case] removed: bool) {
    let names = ["a", "b", "c", "d", "e", "f"];
    let text: Vec<String> = last.iter().map(|codon| format!("ATGAAA{codon}")).collect();
    let rows: Vec<_> = names
        .into_iter()
        .zip(text.iter().map(String::as_str))
        .collect();
    let a = dna(&rows);
    let names = normalize::names(Some(&a), &[]);
    let (fasta, findings) = normalize::fasta(&a, &names, Some(GeneticCode::UNIVERSAL));
    let fasta = String::from_utf8(fasta).unwrap();
    let written: Vec<&str> = fasta.lines().skip(1).step_by(2).collect();
    if removed {
        assert_eq!(written, ["ATGAAA"; 6]);
        assert_eq!(codes(&findings), ["terminal-stop-trimmed"]);
        assert_eq!(findings[0].site, Some(7));
    } else {
        assert!(written.iter().all(|row| row.len() == 9), "{written:?}");
        for (row, given) in written.iter().zip(&text) {
            let kept = if given.ends_with("TAA") {
                "ATGAAA---"
            } else {
                given
            };
            assert_eq!(*row, kept.replace('?', "N"));
        }
    }
}

#[test]
fn frameshift_marks_are_gaps_with_a_warning() {
    for (text, expected) in [
        (">a\nACGTAC!TA\n>b\nACGTACGTA\n", "ACGTAC-TA"),
        (">a\nMKVLAEPQ!\n>b\nMKVLAEPQF\n", "MKVLAEPQ-"),
    ] {
        let document = read(text);
        assert_eq!(rows(&document)[0].1, expected);
        assert_eq!(codes(&document.findings), ["frameshift-marks"]);
        assert_eq!(document.findings[0].level, Level::Warning);
        assert_eq!(
            document.findings[0].message,
            "1 frameshift mark ('!', as MACSE writes it) was read as a gap."
        );
    }
}

fn remedy(rows: &[(&str, &str)]) -> String {
    let needs = Needs {
        data: DataKind::Codon(GeneticCode::UNIVERSAL),
        min_sequences: 3,
        tree: TreeNeed::None,
    };
    let findings = check::alignment(&dna(rows), &needs);
    assert_eq!(findings[0].code, "internal-stop-codon");
    findings[0].remedy.clone()
}

#[test]
fn codes_without_internal_stops_are_named() {
    // TGA and AGG, and TAA.
    let mitochondrial = [
        ("a", "ATGTGAAGGATG"),
        ("b", "ATGTGAAGGATG"),
        ("c", "ATGTGGAGGATG"),
    ];
    let told = remedy(&mitochondrial);
    assert!(
        told.starts_with("Under the codes Yeast-mtDNA, Mold-Protozoan-mtDNA, "),
        "{told}"
    );
    assert!(
        told.contains(" more, no sequence has an internal stop codon."),
        "{told}"
    );
    assert!(!told.contains("Vertebrate-mtDNA,"), "AGG is a stop: {told}");
    let all = [
        ("a", "ATGTAATGAATG"),
        ("b", "ATGTAATGAATG"),
        ("c", "ATGTAATGAATG"),
    ];
    assert!(
        remedy(&all).contains("Flatworm-mtDNA and Cephalodiscidae-mtDNA"),
        "{}",
        remedy(&all)
    );
    let none = [
        ("a", "TAATAGTGAATG"),
        ("b", "ATGATGATGATG"),
        ("c", "ATGATGATGATG"),
    ];
    assert!(remedy(&none).starts_with("Check the reading frame and the genetic code."));
}

#[test]
fn split_codons_are_in_the_report() {
    let r = report(&read(">a\nATGA-GATG\n>b\nATGAAGATG\n>c\nATGAAGA--\n"));
    assert_eq!(codes(&r.findings), ["split-codons"]);
    assert_eq!(
        (r.findings[0].sequence.as_deref(), r.findings[0].site),
        (Some("a"), Some(4))
    );
    assert_eq!(r.finding_counts.warning, 1);
    let whole = report(&read(">a\nATG---ATG\n>b\nATGAAGATG\n>c\nATGAAG---\n"));
    assert_eq!((whole.findings.len(), whole.finding_counts.warning), (0, 0));
    let not_codons = report(&read(">a\nATGA-GAT\n>b\nATGAAGAT\n>c\nATGAAGA-\n"));
    assert_eq!(not_codons.findings, []);
}
