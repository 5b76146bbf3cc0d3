//! Names of leaves and sequences that are not the same.

use rstest::rstest;
use sequence::{Finding, Level, check, normalize};

use crate::{codes, dna, newick};

fn pair(names: &[&str], tree: &str) -> Vec<Finding> {
    let rows: Vec<(&str, &str)> = names.iter().map(|n| (*n, "ATG")).collect();
    check::pair(&dna(&rows), &newick(tree))
}

/// The engine's names of the leaves, as sequences.
fn engine(names: &[&str], tree: &str) -> Vec<String> {
    let rows: Vec<(&str, &str)> = names.iter().map(|n| (*n, "ATG")).collect();
    let (a, t) = (dna(&rows), newick(tree));
    let map = normalize::names(Some(&a), &[&t]);
    t.leaf_names()
        .map(|leaf| map.user(map.engine(leaf).unwrap()).unwrap().to_string())
        .collect()
}

#[rstest]
#[case::pipe_after(
    &["Homo|g1", "Pan|g2", "Mus|g3"], "(Pan,Homo,Mus);", &["Pan|g2", "Homo|g1", "Mus|g3"],
    "the sequence's name goes on after the leaf's (for example, the leaf 'Pan' to the sequence 'Pan|g2')"
)]
#[case::underscore_after(
    &["Homo_sapiens_ENSG1", "Pan_troglodytes_ENSG2", "Mus_musculus_ENSG3"],
    "(Homo_sapiens,Pan_troglodytes,Mus_musculus);",
    &["Homo_sapiens_ENSG1", "Pan_troglodytes_ENSG2", "Mus_musculus_ENSG3"],
    "the sequence's name goes on after the leaf's"
)]
#[case::part_before(
    &["g1|Homo", "g2|Pan", "g3|Mus"], "(Homo,Pan,Mus);", &["g1|Homo", "g2|Pan", "g3|Mus"],
    "the sequence's name has a part before the leaf's"
)]
#[case::leaf_goes_on(
    &["Homo", "Pan", "Mus"], "(HOMO_1,Pan-2,'Mus x');", &["Homo", "Pan", "Mus"],
    "the leaf's name goes on after the sequence's"
)]
#[case::leaf_has_a_part_before(
    &["Homo", "Pan", "Mus"], "(g1_Homo,g2_Pan,g3_Mus);", &["Homo", "Pan", "Mus"],
    "the leaf's name has a part before the sequence's"
)]
#[case::truncated_leaf(
    &["Macaca_mulatta", "Gorilla_gorilla", "Pongo_abelii"], "(Macaca_mul,Gorilla_go,Pongo_abel);",
    &["Macaca_mulatta", "Gorilla_gorilla", "Pongo_abelii"],
    "one of the two names has only the first ten characters of the other"
)]
#[case::truncated_sequence(
    &["Macaca_mul", "Gorilla_go", "Pongo_abel"], "(Macaca_mulatta,Gorilla_gorilla,Pongo_abelii);",
    &["Macaca_mul", "Gorilla_go", "Pongo_abel"],
    "one of the two names has only the first ten characters of the other"
)]
fn rules(#[case] names: &[&str], #[case] tree: &str, #[case] found: &[&str], #[case] why: &str) {
    assert_eq!(engine(names, tree), found);
    let findings = pair(names, tree);
    assert_eq!(codes(&findings), ["names-matched-by-rule"]);
    assert_eq!(findings[0].level, Level::Warning);
    let message = &findings[0].message;
    assert!(
        message.starts_with("3 leaves were matched to sequences of another name"),
        "{message}"
    );
    assert!(message.contains(why), "{message}");
}

#[rstest]
#[case::two_sequences(&["Homo|g1", "Homo|g2", "Mus"], "(Homo,x,Mus);")]
#[case::two_leaves(&["Homo", "Pan", "Mus"], "(Homo_1,Homo_2,Mus,Pan);")]
#[case::truncated_alike(&["Macaca_mulatta", "Macaca_mulfas", "c"], "(Macaca_mul,b,c);")]
#[case::no_separator(&["Homo1", "Pan1", "c"], "(Homo,Pan,c);")]
fn what_is_not_unique_is_not_matched(#[case] names: &[&str], #[case] tree: &str) {
    assert_eq!(codes(&pair(names, tree)), ["names-differ"]);
}

#[test]
fn exact_matches_come_first() {
    let names = ["Homo", "Homo_1", "Mus"];
    assert_eq!(
        engine(&names, "(Homo_1,Homo,Mus);"),
        ["Homo_1", "Homo", "Mus"]
    );
    assert_eq!(pair(&names, "(Homo_1,Homo,Mus);"), []);
}

#[test]
fn leaves_may_be_numbers_of_sequences() {
    let names = ["x", "y", "z"];
    assert_eq!(engine(&names, "((3,1),2);"), ["z", "x", "y"]);
    let findings = pair(&names, "((3,1),2);");
    assert_eq!(
        (codes(&findings), findings[0].level),
        (vec!["taxon-numbers"], Level::Note)
    );
    for tree in [
        "((4,1),2);",
        "((0,1),2);",
        "((1,1),2);",
        "(1,2,3,4);",
        "((1,2),x);",
    ] {
        assert!(
            codes(&pair(&names, tree)).contains(&"names-differ"),
            "{tree}"
        );
    }
}

#[test]
fn one_error_lists_the_names_of_both_sides() {
    let findings = pair(&["HUMAN", "CHIMP", "GORILLA"], "(HUMANN,CHIMP,ZZZZ);");
    assert_eq!(
        (codes(&findings), findings[0].level),
        (vec!["names-differ"], Level::Error)
    );
    assert_eq!(
        findings[0].message,
        "2 leaves of the tree are not in the alignment: 'HUMANN' (did you mean 'HUMAN'?), 'ZZZZ'. \
         2 sequences are not in the tree: 'HUMAN', 'GORILLA'. 1 name is in both."
    );
    let findings = pair(&["a", "b", "c", "E"], "(a,b,C);");
    assert_eq!(codes(&findings), ["name-matched-loosely", "names-differ"]);
    assert_eq!(findings[1].sequence.as_deref(), Some("E"));
    assert_eq!(
        findings[1].message,
        "The sequence 'E' is not in the tree. 3 names match, 2 of them exactly."
    );
}

#[test]
fn long_lists_are_counted() {
    let names: Vec<String> = (0..30).map(|i| format!("s{i}x")).collect();
    let leaves: Vec<String> = (0..25).map(|i| format!("q{i}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let findings = pair(&names, &format!("({});", leaves.join(",")));
    assert_eq!(codes(&findings), ["names-differ"]);
    let message = &findings[0].message;
    assert!(
        message.contains("25 leaves of the tree are not in the alignment: 'q0', "),
        "{message}"
    );
    assert!(
        message.contains("'q19' and 5 more. 30 sequences are not in the tree: 's0x', "),
        "{message}"
    );
    assert!(
        message.contains("'s19x' and 10 more. No name is in both."),
        "{message}"
    );
}

#[test]
fn the_likely_rule_is_named() {
    let last = |names: &[&str], tree: &str| {
        let findings = pair(names, tree);
        let message = findings.last().unwrap().message.clone();
        message.rsplit_once(". ").unwrap().1.to_string()
    };
    assert_eq!(
        last(&["Homo1", "Pan1", "c"], "(Homo_geneid,Pan_geneid,c);"),
        "All names that only the tree has end in '_geneid'."
    );
    assert_eq!(
        last(&["sp|Homo1", "sp|Pan1", "c"], "(Homo,Pan,c);"),
        "All names that only the alignment has begin with 'sp|'."
    );
}
