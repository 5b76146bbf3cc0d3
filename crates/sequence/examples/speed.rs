//! Measures reading, reporting and neighbour joining on made-up data:
//! `cargo run --release --example speed [TAXA]`
#![allow(clippy::unwrap_used)]

use std::time::Instant;

use sequence::{Alignment, Alphabet, Limits, Sequence, infer, normalize, read, report, write};

/// Related sequences: each differs from an earlier one at a few sites.
fn alignment(sequences: usize, sites: usize) -> Alignment {
    let mut state = 42u64;
    let mut random = move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize
    };
    let mut rows: Vec<Vec<u8>> = vec![(0..sites).map(|_| b"ACGT"[random() % 4]).collect()];
    while rows.len() < sequences {
        let mut row = rows[random() % rows.len()].clone();
        for _ in 0..sites / 50 + 1 {
            row[random() % sites] = b"ACGT"[random() % 4];
        }
        rows.push(row);
    }
    let named = |(i, residues)| Sequence {
        name: format!("taxon_{i}"),
        residues,
    };
    Alignment {
        alphabet: Alphabet::Nucleotide,
        sequences: rows.into_iter().enumerate().map(named).collect(),
    }
}

fn main() {
    let limits = Limits::default();
    let bytes = write::fasta(&alignment(5_000, 10_000));
    let megabytes = bytes.len() as f64 / 1e6;
    let start = Instant::now();
    let document = read(&bytes, &limits);
    let took = start.elapsed();
    println!(
        "read FASTA, {megabytes:.0} MB: {took:.3?}, {:.0} MB/s",
        megabytes / took.as_secs_f64()
    );
    drop(document);

    let bytes = write::fasta(&alignment(10_000, 1_500));
    let document = read(&bytes, &limits);
    let start = Instant::now();
    let summary = report(&document);
    println!(
        "report of {} x {}: {:.3?}",
        summary.sequences,
        summary.sites,
        start.elapsed()
    );

    let taxa = std::env::args()
        .nth(1)
        .map_or(1_000, |n| n.parse().unwrap());
    let related = alignment(taxa, 1_500);
    let start = Instant::now();
    let distances = infer::tn93(&related);
    println!("TN93 distances of {taxa} x 1500: {:.3?}", start.elapsed());
    let names: Vec<&str> = related.names().collect();
    let start = Instant::now();
    let tree = infer::join(&names, distances).unwrap();
    println!("neighbour joining of {taxa}: {:.3?}", start.elapsed());

    let start = Instant::now();
    let names = normalize::names(Some(&related), &[&tree]);
    let (fasta, _) = normalize::fasta(&related, &names, Some(sequence::GeneticCode::UNIVERSAL));
    let newick = normalize::newick(&tree, &names, normalize::Annotations::Labels);
    println!(
        "engine files, {} bytes: {:.3?}",
        fasta.len() + newick.len(),
        start.elapsed()
    );
}
