//! Properties that must hold for any input. Shared by the fuzz targets and the tests; not part of
//! the API.

use crate::{
    Alignment, Document, Format, GeneticCode, Limits, NodeId, Tree, check, normalize, parse_newick,
    read, report, write,
};

/// Reads bytes as a file, performs every operation on the result, and panics if an invariant is
/// violated.
#[allow(clippy::panic)]
pub fn document(bytes: &[u8], limits: &Limits) -> Document {
    let doc = read(bytes, limits);
    assert!(doc.findings.len() < 5_000, "findings are bounded");
    assert!(
        doc.has_errors() || doc.alignment.is_some() || !doc.trees.is_empty(),
        "a file that gives nothing gives an error"
    );
    assert!(doc.format != Format::Unknown || doc.has_errors());
    let summary = report(&doc);
    assert_eq!(summary.trees, doc.trees.len());
    let trees: Vec<&Tree> = doc.trees.iter().map(|t| &t.tree).collect();
    let names = normalize::names(doc.alignment.as_ref(), &trees);
    for (_, engine) in names.changed() {
        assert!(
            engine.len() <= 250 && is_word(engine.as_bytes()),
            "not a word: {engine}"
        );
    }
    for t in trees.iter().take(20) {
        tree(t, limits);
        normalized_tree(t, &names, limits);
    }
    if let Some(a) = &doc.alignment {
        alignment(a, limits);
        normalized_alignment(a, &names);
        if let Some(t) = trees.first() {
            check::pair(a, t);
        }
    }
    doc
}

/// Reads bytes as one tree.
pub fn newick(bytes: &[u8], limits: &Limits) {
    if let Ok(t) = parse_newick(bytes, limits) {
        tree(&t, limits);
    }
}

/// A written tree reads back as the same tree.
#[allow(clippy::panic)]
fn tree(t: &Tree, limits: &Limits) {
    let text = write::newick(t);
    match parse_newick(text.as_bytes(), limits) {
        Ok(again) => assert!(again == *t, "reads back differently: {text}"),
        Err(finding) => panic!("does not read back: {} in {text}", finding.message),
    }
    unrooted(t);
    assert_eq!(t.preorder().count(), t.len());
    assert_eq!(t.postorder().count(), t.len());
}

/// Without its root, a tree has the same leaves, and the same total length if none is missing.
fn unrooted(t: &Tree) {
    let (without, _, _) = t.unrooted();
    let sorted = |t: &Tree| {
        let mut names: Vec<String> = t.leaf_names().map(str::to_string).collect();
        names.sort();
        names
    };
    assert!(sorted(t) == sorted(&without), "other leaves");
    assert!(
        without.root_degree() != 2 || t.leaves().count() <= 2,
        "still rooted"
    );
    let total = |t: &Tree| -> f64 {
        let below = t.preorder().skip(1);
        below.filter_map(|id| t.node(id).length).sum()
    };
    let (before, after) = (total(t), total(&without));
    let single_root = t.root_degree() == 1;
    assert!(
        single_root
            || !before.is_finite()
            || (before - after).abs() <= before.abs() * 1e-9 + 1e-9
            || t.preorder()
                .any(|id| t.node(id).length.is_some_and(|l| l.abs() > 1e12)),
        "another total length: {before} {after}"
    );
}

/// The engine's tree has the same shape, apart from nodes with a single branch below, and contains
/// only harmless characters.
#[allow(clippy::panic)]
fn normalized_tree(t: &Tree, names: &normalize::Names, limits: &Limits) {
    let text = normalize::newick(t, names, normalize::Annotations::Labels);
    let harmless = |b: u8| b.is_ascii_alphanumeric() || b"_(){},:;.-".contains(&b);
    assert!(text.bytes().all(harmless), "not harmless: {text}");
    match parse_newick(text.as_bytes(), limits) {
        Ok(again) => {
            let degree = |t: &Tree, id: NodeId| t.node(id).children().len();
            let (wanted, _) = t.collapsed();
            let same = again
                .preorder()
                .map(|id| degree(&again, id))
                .eq(wanted.preorder().map(|id| degree(&wanted, id)));
            assert!(same, "another shape: {text}");
        }
        // Numbers as names are not quoted for the engine, so they can look like decimals.
        Err(finding) if finding.code == "decimal-comma" => {}
        Err(finding) => panic!("does not read back: {} in {text}", finding.message),
    }
}

/// A written alignment reads back with the same names and residues.
fn alignment(a: &Alignment, limits: &Limits) {
    assert!(!a.sequences.is_empty());
    for code in GeneticCode::ALL.into_iter().take(2) {
        let data = check::DataKind::Codon(code);
        let needs = check::Needs {
            data,
            min_sequences: 3,
            tree: check::TreeNeed::None,
        };
        check::alignment(a, &needs);
    }
    let again = read(&write::fasta(a), limits);
    // A file in another encoding may be slightly longer in UTF-8, and therefore exceed the limit.
    // Names that all begin with a code of PIR lose it.
    let changes = ["file-too-large", "pir-titles-ignored"];
    if again
        .findings
        .iter()
        .any(|f| changes.contains(&f.code.as_ref()))
    {
        return;
    }
    assert_eq!(again.format, Format::Fasta);
    let sequences = again
        .alignment
        .map(|a| (a.alphabet, a.sequences))
        .unwrap_or((a.alphabet, vec![]));
    // Which letters are residues depends on the alphabet, which FASTA does not declare.
    if sequences.0 == a.alphabet {
        assert!(sequences.1 == a.sequences, "reads back differently");
    }
}

/// The engine's alignment is FASTA that contains only harmless characters.
fn normalized_alignment(a: &Alignment, names: &normalize::Names) {
    let (bytes, _) = normalize::fasta(a, names, Some(GeneticCode::UNIVERSAL));
    let mut lines = bytes.split(|b| *b == b'\n');
    for _ in &a.sequences {
        let name = lines.next().unwrap_or_default();
        assert!(name.first() == Some(&b'>') && is_word(&name[1..]));
        let residues = lines.next().unwrap_or_default();
        assert!(
            residues
                .iter()
                .all(|b| b.is_ascii_alphanumeric() || b"-?".contains(b))
        );
    }
    assert_eq!(lines.next(), Some(&b""[..]));
    assert_eq!(lines.next(), None);
}

fn is_word(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_')
}
