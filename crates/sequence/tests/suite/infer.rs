//! Distances, and trees inferred from them.

use sequence::infer::{self, Distances, SATURATED};
use sequence::{Alignment, Alphabet, Tree, write};

use crate::{codes, dna, newick, sequences};

/// Path lengths between the leaves of a tree, in the order of the leaves.
fn distances_on(tree: &Tree) -> Distances {
    let leaves: Vec<_> = tree.leaves().collect();
    let to_root = |mut id| {
        let mut way = vec![(id, 0.0)];
        let mut length = 0.0;
        while let Some(parent) = tree.node(id).parent() {
            length += tree.node(id).length.unwrap();
            way.push((parent, length));
            id = parent;
        }
        way
    };
    Distances::new(leaves.len(), |i, j| {
        let (a, b) = (to_root(leaves[i]), to_root(leaves[j]));
        let meet = |(id, up): &(_, f64)| b.iter().find(|(x, _)| x == id).map(|(_, down)| up + down);
        a.iter().find_map(meet).unwrap()
    })
}

/// Leaf sets on one side of each internal branch, with lengths: a tree without its root.
fn splits(tree: &Tree) -> Vec<(Vec<String>, f64)> {
    let mut all: Vec<String> = tree.leaf_names().map(str::to_string).collect();
    all.sort();
    let mut below: Vec<Vec<String>> = vec![Vec::new(); tree.len()];
    let mut out = Vec::new();
    for id in tree.postorder() {
        let node = tree.node(id);
        let mut set: Vec<String> = node
            .name
            .clone()
            .filter(|_| node.is_leaf())
            .into_iter()
            .collect();
        for child in node.children() {
            set.extend(below[child.index()].clone());
        }
        set.sort();
        below[id.index()] = set.clone();
        if id != tree.root() {
            let side = if set.contains(&all[0]) {
                all.iter().filter(|n| !set.contains(n)).cloned().collect()
            } else {
                set
            };
            out.push((side, node.length.unwrap()));
        }
    }
    out.sort_by(|a, b| a.0.cmp(&b.0));
    out
}

#[test]
fn an_additive_tree_is_recovered() {
    for text in [
        "(a:0.1,b:0.2,c:0.3);",
        "((a:0.1,b:0.2):0.05,(c:0.3,d:0.4):0.01,e:0.7);",
        "((((a:1,b:2):0.5,c:0.25):0.125,d:3):0.0625,(e:0.5,(f:0.25,g:2):1):1,h:0.75);",
        "(a:1,b:1,c:1,d:0.01);",
    ] {
        let tree = newick(text);
        let names: Vec<&str> = tree.leaf_names().collect();
        let found = infer::join(&names, distances_on(&tree)).unwrap();
        assert_eq!(found.root_degree(), 3);
        let (found, wanted) = (splits(&found), splits(&tree));
        let real = |s: &[(Vec<String>, f64)]| {
            s.iter()
                .filter(|(_, l)| *l > 1e-5)
                .cloned()
                .collect::<Vec<_>>()
        };
        let (found, wanted) = (real(&found), real(&wanted));
        assert_eq!(found.len(), wanted.len(), "{text}");
        for (f, w) in found.iter().zip(&wanted) {
            assert_eq!(f.0, w.0);
            assert!((f.1 - w.1).abs() < 1e-5, "{f:?} {w:?}");
        }
    }
}

/// A caterpillar tree with many leaves, so that sums are large.
#[test]
fn a_large_additive_tree_is_recovered() {
    let mut text = "(t0:0.01,t1:0.02".to_string();
    let open = "(".repeat(298);
    for i in 2..300 {
        text += &format!("):0.0{},t{i}:0.{}", 1 + i % 9, 1 + i % 7);
    }
    let tree = newick(&format!("{open}{text});"));
    let names: Vec<&str> = tree.leaf_names().collect();
    let found = splits(&infer::join(&names, distances_on(&tree)).unwrap());
    let real = |s: Vec<(Vec<String>, f64)>| {
        s.into_iter()
            .filter(|(n, _)| !n.is_empty())
            .map(|(n, _)| n)
            .collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(real(found), real(splits(&tree)));
}

/// Calculated by hand: frequencies A 0.3, C 0.2, G 0.25, T 0.25 of 20 bases; 10 sites with one A–G,
/// one C–T and one transversion.
#[test]
fn tn93_distances_match_a_hand_calculation() {
    let a = dna(&[("x", "AAAGGCCTTA"), ("y", "GAAGGTCTTC")]);
    let count = |b: u8| {
        a.sequences
            .iter()
            .flat_map(|s| &s.residues)
            .filter(|r| **r == b)
            .count() as f64
            / 20.0
    };
    let [fa, fc, fg, ft] = b"ACGT".map(count);
    assert_eq!([fa, fc, fg, ft], [0.3, 0.2, 0.25, 0.25]);
    let (r, y) = (0.55f64, 0.45f64);
    let (p1, p2, q) = (0.1f64, 0.1f64, 0.1f64);
    let k1 = 2.0 * 0.3 * 0.25 / r;
    let k2 = 2.0 * 0.25 * 0.2 / y;
    let k3 = 2.0 * (r * y - 0.3 * 0.25 * y / r - 0.25 * 0.2 * r / y);
    let wanted = -k1 * (1.0 - p1 / k1 - q / (2.0 * r)).ln()
        - k2 * (1.0 - p2 / k2 - q / (2.0 * y)).ln()
        - k3 * (1.0 - q / (2.0 * r * y)).ln();
    let found = infer::tn93(&a).get(0, 1);
    assert!((found - wanted).abs() < 1e-6, "{found} {wanted}");
    assert!((found - 0.406_26).abs() < 1e-4, "{found}");
}

#[test]
fn tn93_of_equal_frequencies_is_jukes_cantor_when_all_changes_are_even() {
    // 12 sites, each of the three kinds of change once per base pair kind: P = Q/2.
    let a = dna(&[
        ("x", "ACGTACGTACGTACGTACGTACGT"),
        ("y", "GCGTATGTAAGTACTTACGTACGT"),
    ]);
    let d = infer::tn93(&a).get(0, 1);
    let p: f64 = 4.0 / 24.0;
    let jukes_cantor = -0.75 * (1.0 - 4.0 / 3.0 * p).ln();
    assert!((d - jukes_cantor).abs() < 0.02, "{d} {jukes_cantor}");
}

#[test]
fn gaps_and_ambiguities_are_skipped_pair_by_pair() {
    let with = infer::tn93(&dna(&[
        ("x", "ACGTACGTAC--N"),
        ("y", "ACGTACGTGCRYA"),
        ("z", "ACGTACGTAC???"),
    ]));
    let shared = dna(&[("x", "ACGTACGTAC"), ("y", "ACGTACGTGC")]);
    assert_eq!(with.get(0, 2), 0.0);
    assert!((with.get(0, 1) - infer::tn93(&shared).get(0, 1)).abs() < 0.01);
}

#[test]
fn distances_that_cannot_be_computed_are_saturated() {
    let d = infer::tn93(&dna(&[
        ("x", "ACGTACGT----"),
        ("y", "--------ACGT"),
        ("z", "CATGCATGACGT"),
    ]));
    assert_eq!((d.get(0, 1), d.get(0, 2)), (SATURATED, SATURATED));
}

#[test]
fn kimura_distances_match_a_hand_calculation() {
    let rows = sequences(&[
        ("x", "MKVLAAGIVE"),
        ("y", "MKVLSSGIVE"),
        ("z", "--XLAAGIV*"),
        ("w", "WWWWWWWWWW"),
    ]);
    let d = infer::kimura(&Alignment {
        alphabet: Alphabet::Protein,
        sequences: rows,
    });
    let wanted = -(1.0f64 - 0.2 - 0.2 * 0.04).ln();
    assert!((d.get(0, 1) - wanted).abs() < 1e-6);
    assert_eq!((d.get(0, 2), d.get(0, 3)), (0.0, SATURATED));
}

#[test]
fn a_tree_is_inferred_from_sequences() {
    let a = dna(&[
        ("a 1", "ACGTACGTACGTACGTACGT"),
        ("b", "ACGTACGTACGTACGTACGA"),
        ("c", "TTGTACGAACGTACGTACGT"),
        ("d", "TTGTACGAACGTACGTACGC"),
    ]);
    let tree = infer::neighbour_joining(&a).unwrap();
    assert_eq!(tree.root_degree(), 3);
    assert!(tree.has_lengths());
    let inner: Vec<_> = splits(&tree)
        .into_iter()
        .filter(|(s, _)| s.len() == 2)
        .collect();
    assert_eq!(inner[0].0, ["c", "d"]);
    assert!(
        tree.preorder()
            .skip(1)
            .all(|id| tree.node(id).length.unwrap() >= 0.0)
    );
    assert_eq!(
        write::newick(&tree),
        write::newick(&infer::neighbour_joining(&a).unwrap())
    );
}

#[test]
fn unsuitable_alignments_are_rejected_for_inference() {
    let code = |a: &Alignment| infer::neighbour_joining(a).unwrap_err().code;
    assert_eq!(
        code(&dna(&[("a", "ACG"), ("b", "ACG")])),
        "too-few-sequences"
    );
    assert_eq!(
        code(&dna(&[("a", "ACG"), ("b", "ACG"), ("c", "AC")])),
        "not-aligned"
    );
    let rows = sequences(&[("a", "010"), ("b", "010"), ("c", "011")]);
    assert_eq!(
        code(&Alignment {
            alphabet: Alphabet::Unknown,
            sequences: rows
        }),
        "wrong-alphabet"
    );
    let many: Vec<(&str, &str)> = vec![("a", "ACG"); 5001];
    assert_eq!(code(&dna(&many)), "too-many-sequences");
}

#[test]
fn pairs_without_a_common_site_are_named() {
    let a = dna(&[
        ("x1", "ATGGCT------"),
        ("x2", "ATGGCA---NNN"),
        ("y1", "------TCTCCG"),
        ("y2", "------TCTCCA"),
    ]);
    let finding = infer::check(&a).unwrap();
    assert_eq!(codes(std::slice::from_ref(&finding)), ["no-common-site"]);
    assert_eq!(
        finding.message,
        "4 pairs of sequences share no site ('x1' and 'y1'; 'x2' and 'y1'; 'x1' and 'y2'; 'x2' and \
         'y2'), so their place in the inferred tree is arbitrary."
    );
    let one = dna(&[("x", "AT----"), ("y", "--GC--"), ("z", "ATGCAT")]);
    assert_eq!(
        infer::check(&one).unwrap().message,
        "One pair of sequences shares no site ('x' and 'y'), so their place in the inferred tree is \
         arbitrary."
    );
    assert_eq!(
        infer::check(&dna(&[("x", "ATG---"), ("y", "--GCAT"), ("z", "ATGCAT")])),
        None
    );
    let many: Vec<String> = (0..6)
        .map(|i| format!("{}A{}", "-".repeat(i), "-".repeat(5 - i)))
        .collect();
    let many: Vec<(&str, &str)> = many.iter().map(|r| ("s", r.as_str())).collect();
    let message = infer::check(&dna(&many)).unwrap().message;
    assert!(
        message.starts_with("15 pairs of sequences share no site"),
        "{message}"
    );
    assert!(message.contains(", and 10 other pairs)"), "{message}");
    let protein = Alignment {
        alphabet: Alphabet::Protein,
        sequences: sequences(&[("a", "MK--"), ("b", "XXVL"), ("c", "MKVL")]),
    };
    assert!(
        infer::check(&protein)
            .unwrap()
            .message
            .contains("'a' and 'b'")
    );
}
