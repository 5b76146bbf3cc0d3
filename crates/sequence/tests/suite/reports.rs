//! Reports, and their JSON.

use sequence::{Kind, Report, What, report};

use crate::read;

#[test]
fn an_alignment_with_a_tree_is_reported() {
    let document = read(
        ">a b\nATGAAATAA\n>c\nATGAARTAA\n>d\nATGAAATAA\n>e\nATGC---AA\n((a_b{T}:1,c:1){T}:1,d:1,(e:1,x:1)in:1);",
    );
    let r = report(&document);
    assert_eq!(
        (r.what, r.kind),
        (What::AlignmentAndTree, Some(Kind::Codon))
    );
    assert_eq!(
        (r.sequences, r.sites, r.codons, r.aligned),
        (4, 9, Some(3), true)
    );
    assert_eq!(r.gaps, 3.0 / 36.0);
    assert_eq!(r.ambiguity, 1.0 / 36.0);
    assert_eq!(r.variable_sites, 1);
    assert_eq!(r.identical_sequences, 1);
    assert_eq!(
        (
            r.identical_groups[0].count,
            &r.identical_groups[0].names[..]
        ),
        (2, &["a b".to_string(), "d".to_string()][..])
    );
    assert_eq!(r.genetic_codes.len(), 22, "terminal stops do not count");
    assert_eq!(
        (r.names_changed, r.name_changes[0].engine.as_str()),
        (1, "a_b")
    );
    let t = r.tree.unwrap();
    assert_eq!(
        (
            t.leaves,
            t.internal_nodes,
            t.rooted,
            t.has_lengths,
            t.polytomies
        ),
        (5, 3, false, true, 0)
    );
    assert_eq!(t.leaf_names, ["a_b", "c", "d", "e", "x"]);
    assert_eq!(t.internal_names, ["Node1", "in"]);
    assert_eq!(
        t.labels.into_iter().collect::<Vec<_>>(),
        [("T".to_string(), 2)]
    );
}

#[test]
fn only_matching_genetic_codes_are_listed() {
    let r = report(&read(">a\nATGTGAAAA\n>b\nATGAGAAAA\n>c\nATGTGGAAA\n"));
    assert_eq!(r.kind, Some(Kind::Codon));
    assert!(r.genetic_codes.contains(&"Invertebrate-mtDNA".to_string()));
    assert!(
        !r.genetic_codes.contains(&"Universal".to_string()),
        "TGA is a stop"
    );
    assert!(
        !r.genetic_codes.contains(&"Vertebrate-mtDNA".to_string()),
        "AGA is a stop"
    );
}

#[test]
fn kinds_are_recognised() {
    let kind = |text: &str| report(&read(text)).kind;
    assert_eq!(kind(">a\nACGTA\n>b\nACGTA\n"), Some(Kind::Nucleotide));
    assert_eq!(
        kind(">a\nTAATAGTGAAGAAGG\n>b\nTGATAATAGTTATCA\n"),
        Some(Kind::Nucleotide),
        "no code fits"
    );
    assert_eq!(kind(">a\nMKVLE\n>b\nMKILE\n"), Some(Kind::Protein));
    assert_eq!(kind("((a,b),c);"), None);
}

#[test]
fn unreadable_text_gives_one_error() {
    let r = report(&read("anything at all\n"));
    assert_eq!(
        (r.what, r.kind, r.sequences, r.trees),
        (What::Unknown, None, 0, 0)
    );
    assert_eq!((r.finding_counts.error, r.finding_counts.warning), (1, 0));
}

#[test]
fn reports_serialise_to_json() {
    let r = report(&read(
        "#NEXUS\nBEGIN HYPHY;\nfprintf(stdout, 1);\nEND;\nBEGIN TREES;\nTREE t = ((a,b),c);\nEND;\n",
    ));
    let json = serde_json::to_value(&r).unwrap();
    assert_eq!(json["what"], "tree");
    assert_eq!(json["format"], "nexus");
    assert_eq!(json["kind"], serde_json::Value::Null);
    assert_eq!(json["tree"]["rooted"], true);
    assert_eq!(json["findings"][0]["code"], "executable-block-dropped");
    assert_eq!(json["findings"][0]["level"], "warning");
    assert_eq!(serde_json::from_value::<Report>(json).unwrap(), r);
}
