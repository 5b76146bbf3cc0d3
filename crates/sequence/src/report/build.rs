//! Building a report.

use std::collections::{BTreeMap, HashMap};

use super::columns::{Composition, composition, variable_sites};
use super::{FindingCounts, IdenticalGroup, Kind, NameChange, Report, TreeReport, What};
use crate::check::{fitting_codes, leaf_names, split_codons};
use crate::finding::Findings;
use crate::{Alignment, Alphabet, Compression, Document, Finding, Format, Level, Tree};

const FINDINGS: usize = 200;
const NAME_CHANGES: usize = 200;
const GROUPS: usize = 100;
const GROUP_NAMES: usize = 20;
const PARTITIONS: usize = 1_000;
const NODE_NAMES: usize = 10_000;
const LABELS: usize = 1_000;

/// Summarises a document. The findings include what is known of codons (`split-codons`), if the
/// alignment can be read as such, and of the names of the first tree's leaves (`unnamed-leaf`,
/// `duplicate-leaf`).
pub fn report(doc: &Document) -> Report {
    let mut report = empty(doc);
    report.what = match (&doc.alignment, doc.trees.is_empty()) {
        (Some(_), true) => What::Alignment,
        (Some(_), false) => What::AlignmentAndTree,
        (None, false) => What::Tree,
        (None, true) => What::Unknown,
    };
    if let Some(alignment) = &doc.alignment {
        describe(alignment, &mut report);
    }
    report.tree = doc.trees.first().map(|t| describe_tree(&t.tree));
    let trees: Vec<&Tree> = doc.trees.iter().map(|t| &t.tree).collect();
    let names = crate::normalize::names(doc.alignment.as_ref(), &trees);
    for (user, engine) in names.changed() {
        report.names_changed += 1;
        if report.name_changes.len() < NAME_CHANGES {
            let (user, engine) = (user.to_string(), engine.to_string());
            report.name_changes.push(NameChange { user, engine });
        }
    }
    let split = doc
        .alignment
        .as_ref()
        .filter(|_| report.kind == Some(Kind::Codon));
    let split = split.and_then(split_codons);
    let of_leaves = leaf_findings(doc);
    let added = split.iter().chain(&of_leaves);
    report.findings.extend(added.clone().cloned());
    report.findings.truncate(FINDINGS);
    for finding in doc.findings.iter().chain(added) {
        *match finding.level {
            Level::Error => &mut report.finding_counts.error,
            Level::Warning => &mut report.finding_counts.warning,
            Level::Note => &mut report.finding_counts.note,
        } += 1;
    }
    report
}

/// What is wrong with the names of the first tree's leaves. If the file has an alignment, it can be used
/// without the tree, so these are warnings.
fn leaf_findings(doc: &Document) -> Vec<Finding> {
    let mut findings = Findings::default();
    if let Some(named) = doc.trees.first() {
        leaf_names(&named.tree, &mut findings);
    }
    let mut findings = findings.into_vec();
    if doc.alignment.is_some() {
        for finding in &mut findings {
            finding.level = Level::Warning;
        }
    }
    findings
}

fn empty(doc: &Document) -> Report {
    Report {
        what: What::Unknown,
        kind: None,
        format: if doc.alignment.is_none() && doc.trees.is_empty() {
            Format::Unknown
        } else {
            doc.format
        },
        gzip: doc.compression == Compression::Gzip,
        compression: doc.compression,
        sequences: 0,
        sites: 0,
        codons: None,
        aligned: false,
        partitions: doc.partitions.iter().take(PARTITIONS).cloned().collect(),
        gaps: 0.0,
        ambiguity: 0.0,
        variable_sites: 0,
        identical_sequences: 0,
        identical_groups: Vec::new(),
        genetic_codes: Vec::new(),
        names_changed: 0,
        name_changes: Vec::new(),
        tree: None,
        trees: doc.trees.len(),
        findings: doc.findings.iter().take(FINDINGS).cloned().collect(),
        finding_counts: FindingCounts::default(),
    }
}

fn describe(a: &Alignment, report: &mut Report) {
    report.sequences = a.sequences.len();
    report.sites = a.sites();
    report.aligned = a.is_aligned();
    report.codons = a.in_frame().then(|| a.sites() / 3);
    let Composition {
        residues,
        gaps,
        ambiguous,
    } = composition(a);
    if residues > 0 {
        report.gaps = gaps as f64 / residues as f64;
        report.ambiguity = ambiguous as f64 / residues as f64;
    }
    report.variable_sites = variable_sites(a);
    identical(a, report);
    let codes = fitting_codes(a);
    report.genetic_codes = codes.iter().map(|code| code.name().to_string()).collect();
    report.kind = match a.alphabet {
        Alphabet::Protein => Some(Kind::Protein),
        Alphabet::Nucleotide if report.genetic_codes.is_empty() => Some(Kind::Nucleotide),
        Alphabet::Nucleotide => Some(Kind::Codon),
        Alphabet::Unknown => None,
    };
}

fn identical(a: &Alignment, report: &mut Report) {
    let mut groups: HashMap<&[u8], Vec<usize>> = HashMap::new();
    for (index, s) in a.sequences.iter().enumerate() {
        groups.entry(&s.residues).or_default().push(index);
    }
    let mut groups: Vec<Vec<usize>> = groups.into_values().filter(|g| g.len() > 1).collect();
    groups.sort();
    report.identical_sequences = groups.iter().map(|g| g.len() - 1).sum();
    let names = |g: &Vec<usize>| {
        g.iter()
            .take(GROUP_NAMES)
            .map(|i| a.sequences[*i].name.clone())
            .collect()
    };
    report.identical_groups = groups
        .iter()
        .take(GROUPS)
        .map(|g| IdenticalGroup {
            count: g.len(),
            names: names(g),
        })
        .collect();
}

fn describe_tree(t: &Tree) -> TreeReport {
    let names = t.node_names();
    let mut labels: BTreeMap<String, usize> = BTreeMap::new();
    for id in t.preorder() {
        if let Some(label) = &t.node(id).label {
            *labels.entry(label.clone()).or_default() += 1;
        }
    }
    while labels.len() > LABELS {
        labels.pop_last();
    }
    let polytomy =
        |id: &crate::NodeId| t.node(*id).children().len() > if *id == t.root() { 3 } else { 2 };
    TreeReport {
        leaves: t.leaves().count(),
        internal_nodes: t.internal_nodes().count(),
        rooted: t.rooted(),
        has_lengths: t.has_lengths(),
        polytomies: t.internal_nodes().filter(polytomy).count(),
        leaf_names: t
            .leaf_names()
            .take(NODE_NAMES)
            .map(str::to_string)
            .collect(),
        internal_names: t
            .internal_nodes()
            .skip(1)
            .take(NODE_NAMES)
            .map(|id| names[id.index()].clone())
            .collect(),
        labels,
    }
}
