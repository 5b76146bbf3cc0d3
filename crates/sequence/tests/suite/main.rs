//! Tests of the crate's guarantees, by topic.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod checks;
mod codes;
mod codons;
mod compression;
mod dialects;
mod infer;
mod malicious;
mod names_differ;
mod nexus;
mod nexus_dialects;
mod normalize;
mod phylip_dialects;
mod plain_dialects;
mod plain_formats;
mod properties;
mod real_data;
mod reports;
mod reshape;
#[path = "../../../../tests/skipped.rs"]
mod skipped;
mod tree_dialects;
mod trees;

use sequence::{Alignment, Alphabet, Document, Finding, Level, Limits, Sequence, Tree};

/// Reads under the default limits.
fn read(text: impl AsRef<[u8]>) -> Document {
    sequence::read(text.as_ref(), &Limits::default())
}

fn newick(text: &str) -> Tree {
    sequence::parse_newick(text.as_bytes(), &Limits::default()).unwrap()
}

/// An alignment of nucleotides.
fn dna(rows: &[(&str, &str)]) -> Alignment {
    Alignment {
        alphabet: Alphabet::Nucleotide,
        sequences: sequences(rows),
    }
}

fn sequences(rows: &[(&str, &str)]) -> Vec<Sequence> {
    rows.iter()
        .map(|(name, r)| Sequence {
            name: (*name).to_string(),
            residues: r.as_bytes().to_vec(),
        })
        .collect()
}

/// The rows of a document as text.
fn rows(document: &Document) -> Vec<(&str, &str)> {
    document
        .alignment
        .iter()
        .flat_map(|a| &a.sequences)
        .map(|s| (s.name.as_str(), std::str::from_utf8(&s.residues).unwrap()))
        .collect()
}

/// Codes of findings, in order.
fn codes(findings: &[Finding]) -> Vec<&str> {
    findings.iter().map(|f| f.code.as_str()).collect()
}

fn errors(findings: &[Finding]) -> Vec<&str> {
    findings
        .iter()
        .filter(|f| f.level == Level::Error)
        .map(|f| f.code.as_str())
        .collect()
}
