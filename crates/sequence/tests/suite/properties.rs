//! Properties of all alignments and trees.

use proptest::collection::vec;
use proptest::prelude::*;
use sequence::{
    Alignment, Alphabet, Format, Limits, Sequence, Tree, invariants, normalize, parse_newick, write,
};

use crate::read;

/// Names that occur in real files.
fn name() -> impl Strategy<Value = String> {
    let nasty = prop::sample::select(vec![
        "Homo sapiens",
        "it's",
        "\"q\"",
        "a,b",
        "(x)",
        "[c]",
        "{l}",
        "a:1",
        "x;y",
        "95",
        "0.5/1",
        "#NEXUS",
        ">gt",
        "é ü",
        "Node7",
        "日本",
        "a\\b",
        "END;",
        "'",
        "''",
        ".",
        "-",
        "1e5",
        "a\u{a0}b",
    ]);
    prop_oneof![
        3 => "[A-Za-z0-9_.|-]{1,12}",
        2 => nasty.prop_map(str::to_string),
        1 => "\\PC{1,20}".prop_map(|s| s.trim().to_string()).prop_filter("empty", |s| !s.is_empty()),
    ]
}

fn rows(letters: &'static [u8]) -> impl Strategy<Value = Vec<Sequence>> {
    let residues = vec(prop::sample::select(letters), 60..90);
    let row = (name(), residues).prop_map(|(name, residues)| Sequence { name, residues });
    vec(row, 1..8)
}

fn alignment() -> impl Strategy<Value = Alignment> {
    // Enough plain letters for the alphabet to be recognised reliably.
    prop_oneof![
        rows(b"ACGTACGTACGTACGTACGTACGTACGTACGTACGTNRYKMSWBDHV-?").prop_map(|sequences| {
            Alignment {
                alphabet: Alphabet::Nucleotide,
                sequences,
            }
        }),
        rows(b"ACDEFGHIKLMNPQRSTVWYEFILPQEFILPQBXZ-?*").prop_map(|sequences| Alignment {
            alphabet: Alphabet::Protein,
            sequences
        }),
    ]
}

#[derive(Debug, Clone)]
struct Content(Option<String>, Option<f64>, Option<String>);

fn content() -> impl Strategy<Value = Content> {
    let length = prop_oneof![
        Just(None),
        (0.0..10.0f64).prop_map(Some),
        prop::num::f64::NORMAL.prop_map(Some),
        Just(Some(0.0)),
    ];
    let label = prop::option::weighted(0.3, "[A-Za-z0-9_]{1,8}( [a-z]{1,3})?");
    (prop::option::weighted(0.8, name()), length, label).prop_map(|(n, l, x)| Content(n, l, x))
}

/// A tree made by adding nodes below earlier ones.
fn tree() -> impl Strategy<Value = Tree> {
    (
        vec((any::<prop::sample::Index>(), content()), 2..40),
        any::<Option<bool>>(),
    )
        .prop_map(|(nodes, rooted)| {
            let mut tree = Tree::new();
            tree.set_declared_rooted(rooted);
            let mut ids = vec![tree.root()];
            for (below, Content(name, length, label)) in nodes {
                let id = tree.add_child(ids[below.index(ids.len())]);
                tree.set_label(id, label.as_deref());
                let node = tree.node_mut(id);
                (node.name, node.length) = (name, length);
                ids.push(id);
            }
            tree
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_written_alignment_reads_back_the_same(a in alignment()) {
        let document = read(write::fasta(&a));
        prop_assert_eq!(document.format, Format::Fasta);
        prop_assert_eq!(document.alignment.unwrap(), a);
    }

    #[test]
    fn a_written_tree_reads_back_the_same(t in tree()) {
        let text = write::newick(&t);
        prop_assert_eq!(parse_newick(text.as_bytes(), &Limits::default()).unwrap(), t);
    }

    #[test]
    fn engine_names_are_words_and_map_back(a in alignment(), t in tree()) {
        let names = normalize::names(Some(&a), &[&t]);
        let mut seen = std::collections::HashMap::new();
        for user in a.names() {
            let engine = names.engine(user).unwrap();
            prop_assert!(engine.len() <= 250 && engine.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'));
            prop_assert_eq!(names.user(engine), Some(user));
            prop_assert_eq!(*seen.entry(engine.to_ascii_lowercase()).or_insert(user), user);
        }
        let text = normalize::newick(&t, &names, normalize::Annotations::Labels);
        let again = parse_newick(text.as_bytes(), &Limits::default()).unwrap();
        prop_assert_eq!(again.len(), t.collapsed().0.len());
    }

    /// Uses another project's reader as an oracle.
    #[test]
    fn fasta_is_parsed_like_needletail_does(a in alignment(), width in 1usize..70, cr_lf in any::<bool>()) {
        let end = if cr_lf { "\r\n" } else { "\n" };
        let mut text = Vec::new();
        for s in &a.sequences {
            text.extend_from_slice(format!(">{}{end}", s.name).as_bytes());
            for line in s.residues.chunks(width) {
                text.extend_from_slice(line);
                text.extend_from_slice(end.as_bytes());
            }
        }
        let mut oracle = needletail::parse_fastx_reader(&text[..]).unwrap();
        let ours = read(&text).alignment.unwrap();
        for s in &ours.sequences {
            let record = oracle.next().unwrap().unwrap();
            prop_assert_eq!(record.id(), s.name.as_bytes());
            let residues = record.seq();
            prop_assert_eq!(residues.as_ref(), &s.residues[..]);
        }
        prop_assert!(oracle.next().is_none());
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in vec(any::<u8>(), 0..300)) {
        invariants::document(&bytes, &Limits::default());
        invariants::newick(&bytes, &Limits::default());
    }

    #[test]
    fn bytes_that_resemble_a_format_never_panic(
        start in prop::sample::select(vec!["#NEXUS\nBEGIN DATA;MATRIX ", "#NEXUS begin trees;tree t=", ">", "(", "2 4\n", "CLUSTAL\n", "#NEXUS\nBEGIN SETS;CHARSET "]),
        rest in "[ACGTacgt(),;:'\"\\[\\]{}=\\-.?*\\\\ \n\r\t0-9]{0,120}",
    ) {
        invariants::document(format!("{start}{rest}").as_bytes(), &Limits::default());
    }
}
