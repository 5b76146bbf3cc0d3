//! Checking data against the requirements of an analysis.

use rstest::rstest;
use sequence::check::{self, DataKind, Needs, TreeNeed};
use sequence::{Alignment, Alphabet, Finding, GeneticCode, Level};

use crate::{codes, dna, errors, newick, sequences};

fn needs(data: DataKind) -> Needs {
    Needs {
        data,
        min_sequences: 3,
        tree: TreeNeed::Unrooted,
    }
}

fn codon() -> Needs {
    needs(DataKind::Codon(GeneticCode::UNIVERSAL))
}

fn protein() -> Alignment {
    let sequences = sequences(&[("a", "MKV"), ("b", "MKL"), ("c", "MKI")]);
    Alignment {
        alphabet: Alphabet::Protein,
        sequences,
    }
}

#[test]
fn good_codons_pass() {
    let a = dna(&[("a", "ATGAAA"), ("b", "ATG---"), ("c", "ATGNNN")]);
    assert_eq!(check::alignment(&a, &codon()), []);
}

#[test]
fn internal_stops_are_reported() {
    let a = dna(&[("a", "ATGAAATTT"), ("b", "ATGTARTTT"), ("c", "TGAATGTAA")]);
    let findings = check::alignment(&a, &codon());
    assert_eq!(
        codes(&findings),
        [
            "internal-stop-codon",
            "internal-stop-codon",
            "terminal-stop-codon"
        ]
    );
    assert_eq!(
        (findings[0].sequence.as_deref(), findings[0].site),
        (Some("b"), Some(4))
    );
    assert_eq!(
        findings[1].message,
        "Sequence 'c' has the stop codon TGA at codon 1, under the Universal code."
    );
    assert_eq!(findings[2].level, Level::Note);
    let ciliate = GeneticCode::from_name("Ciliate Nuclear").unwrap();
    let findings = check::alignment(&a, &needs(DataKind::Codon(ciliate)));
    assert_eq!(codes(&findings), ["internal-stop-codon"]);
}

#[test]
fn a_stop_before_gaps_is_terminal() {
    let a = dna(&[("a", "ATGTAA---"), ("b", "ATGTAANNN"), ("c", "ATGAAAAAA")]);
    assert_eq!(
        codes(&check::alignment(&a, &codon())),
        ["terminal-stop-codon"]
    );
}

#[rstest]
#[case::frame(&[("a", "ATGA"), ("b", "ATGA"), ("c", "ATGA")], &["not-in-frame"])]
#[case::few(&[("a", "ATG"), ("b", "ATG")], &["too-few-sequences"])]
#[case::none(&[], &["no-sequences", "too-few-sequences"])]
#[case::unequal(&[("a", "ATG"), ("b", "ATG"), ("c", "ATGATG")], &["unequal-lengths"])]
#[case::repeated(&[("a", "ATG"), ("a", "ATG"), ("c", "ATG")], &["duplicate-name"])]
#[case::empty(&[("a", "ATG"), ("b", ""), ("c", "ATG")], &["empty-sequence"])]
#[case::nameless(&[("a", "ATG"), ("", "ATG"), ("c", "ATG")], &["empty-name"])]
#[case::letter(&[("a", "ATG"), ("b", "ATE"), ("c", "ATG")], &["illegal-character"])]
#[case::foreign(&[("a", "ATG"), ("b", "#TG"), ("c", "ATG")], &["illegal-character"])]
#[case::gaps(&[("a", "ATG"), ("b", "---"), ("c", "???")], &[])]
#[case::split(&[("a", "ATG"), ("b", "A-G"), ("c", "ATG")], &[])]
fn codon_faults(#[case] rows: &[(&str, &str)], #[case] expected: &[&str]) {
    let findings = check::alignment(&dna(rows), &codon());
    assert_eq!(errors(&findings), expected);
    assert!(!findings.is_empty());
}

#[test]
fn all_gap_sequences_and_partial_codons_give_warnings() {
    let a = dna(&[("a", "ATGATG"), ("b", "------"), ("c", "A-GAT-")]);
    let findings = check::alignment(&a, &codon());
    assert_eq!(codes(&findings), ["all-gap-sequence", "split-codons"]);
    assert!(findings.iter().all(|f| f.level == Level::Warning));
    assert!(
        findings[1]
            .message
            .starts_with("2 codons are partly gaps (the first is codon 1 of 'c')")
    );
}

#[test]
fn ancestors_that_prank_reconstructed_are_no_taxa() {
    let with = dna(&[
        ("a", "ATGATG"),
        ("#1#", "ATGATG"),
        ("b", "ATGATC"),
        ("#12#", "ATGATG"),
    ]);
    let findings = check::alignment(&with, &codon());
    assert_eq!(codes(&findings), ["reconstructed-ancestors"]);
    assert_eq!(findings[0].level, Level::Warning);
    assert_eq!(
        findings[0].message,
        "2 sequences are named as PRANK names reconstructed ancestors: '#1#', '#12#'."
    );
    let others = dna(&[
        ("a", "ATGATG"),
        ("#1", "ATGATG"),
        ("##", "ATGATC"),
        ("#x#", "ATGATG"),
    ]);
    assert_eq!(codes(&check::alignment(&others, &codon())), [""; 0]);
}

#[test]
fn alphabets_are_checked() {
    let nucleotides = dna(&[("a", "ATG"), ("b", "ATG"), ("c", "ATG")]);
    let wrong = |a: &Alignment, data| codes(&check::alignment(a, &needs(data))).join(" ");
    assert_eq!(wrong(&protein(), DataKind::Protein), "");
    assert_eq!(wrong(&protein(), DataKind::Nucleotide), "wrong-alphabet");
    assert_eq!(
        wrong(&protein(), DataKind::Codon(GeneticCode::UNIVERSAL)),
        "wrong-alphabet"
    );
    assert_eq!(wrong(&nucleotides, DataKind::Protein), "wrong-alphabet");
    assert_eq!(wrong(&nucleotides, DataKind::Nucleotide), "");
    assert_eq!(wrong(&nucleotides, DataKind::Any(vec![])), "");
    let either = DataKind::Any(vec![
        DataKind::Codon(GeneticCode::UNIVERSAL),
        DataKind::Protein,
    ]);
    assert_eq!(wrong(&protein(), either.clone()), "");
    assert_eq!(wrong(&nucleotides, either.clone()), "");
    assert_eq!(
        wrong(&dna(&[("a", "AT"), ("b", "AT"), ("c", "AT")]), either),
        "not-in-frame"
    );
}

#[test]
fn findings_are_bounded() {
    let names: Vec<String> = (0..500).map(|i| format!("s{i}")).collect();
    let rows: Vec<(&str, &str)> = names.iter().map(|n| (n.as_str(), "TAAATG")).collect();
    let findings = check::alignment(&dna(&rows), &codon());
    assert_eq!(findings.len(), 51);
    assert_eq!(
        findings[50].message,
        "450 more findings of this kind are not listed."
    );
    assert_eq!(findings[50].code, "internal-stop-codon");
}

fn pair(names: &[&str], tree: &str) -> Vec<Finding> {
    let rows: Vec<(&str, &str)> = names.iter().map(|n| (*n, "ATG")).collect();
    check::pair(&dna(&rows), &newick(tree))
}

#[test]
fn matching_taxa_pass() {
    assert_eq!(pair(&["a", "b", "c"], "((c,b),a);"), []);
}

#[rstest]
#[case::case("human")]
#[case::underscore("Homo_sapiens")]
#[case::punctuation("a_b_c")]
#[case::first_word("NM_001")]
fn loose_matches_are_notes(#[case] leaf: &str) {
    let names = ["HUMAN", "Homo sapiens", "a.b|c", "NM_001 some gene"];
    let index = ["human", "Homo_sapiens", "a_b_c", "NM_001"]
        .iter()
        .position(|l| *l == leaf);
    let leaves: Vec<String> = names
        .iter()
        .enumerate()
        .map(|(i, n)| {
            if Some(i) == index {
                leaf.to_string()
            } else {
                format!("'{n}'")
            }
        })
        .collect();
    let findings = pair(&names, &format!("({});", leaves.join(",")));
    assert_eq!(codes(&findings), ["name-matched-loosely"]);
    assert_eq!(
        (findings[0].level, findings[0].sequence.as_deref()),
        (Level::Note, Some(leaf))
    );
}

#[test]
fn ambiguous_loose_matches_are_not_made() {
    let findings = pair(&["a b", "a_b x", "a.b"], "(a_b,c,d);");
    assert!(codes(&findings).contains(&"names-differ"));
    assert!(!codes(&findings).contains(&"names-matched-by-rule"));
    assert!(!codes(&findings).contains(&"name-matched-loosely"));
}

#[test]
fn duplicate_taxa_are_errors() {
    assert_eq!(
        codes(&pair(&["a", "b", "c"], "(a,a,b,c);")),
        ["duplicate-leaf"]
    );
    assert_eq!(codes(&pair(&["a", "b", "b"], "(a,b);")), ["duplicate-name"]);
}

#[rstest]
#[case::good("((a,b),c,d);", TreeNeed::Unrooted, &[])]
#[case::not_needed("(a,a);", TreeNeed::None, &[])]
#[case::rooted("((a,b),(c,d));", TreeNeed::Rooted, &[])]
#[case::root_ignored("((a,b),(c,d));", TreeNeed::Unrooted, &["tree-rooted"])]
#[case::root_missing("(a,b,c);", TreeNeed::Rooted, &["tree-not-rooted"])]
#[case::small("(a,b);", TreeNeed::Rooted, &["tree-too-small"])]
#[case::repeated("(a,b,a,a);", TreeNeed::Unrooted, &["duplicate-leaf"])]
#[case::nameless("(a,b,,);", TreeNeed::Unrooted, &["unnamed-leaf"])]
#[case::negative("(a:-1,b:1,c:1);", TreeNeed::Unrooted, &["negative-branch-length"])]
#[case::single("((a),b,c);", TreeNeed::Unrooted, &["single-child-node"])]
#[case::inner("((a,b)x,(c,d)x,e);", TreeNeed::Unrooted, &["duplicate-internal-name"])]
fn trees(#[case] text: &str, #[case] tree: TreeNeed, #[case] expected: &[&str]) {
    let needs = Needs {
        data: DataKind::Any(vec![]),
        min_sequences: 3,
        tree,
    };
    assert_eq!(codes(&check::tree(&newick(text), &needs)), expected);
}
