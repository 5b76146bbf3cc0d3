//! Writes a simulated alignment in FASTA to standard output, and its tree in Newick to a file:
//! `simulate TAXA CODONS SEED TREE [RATES…]`. RATES is `ALPHA,BETA`, or `ALPHA,BETA,PROBABILITY` for
//! each class of branches, with a `+` between them; codons take them in turn. Without any, synonymous
//! rates are 1 and nonsynonymous ones from 0.05 to 2.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;
use selection::{Truth, simulate_alignment};
use sequence::{GeneticCode, Limits, read};

/// A random tree: pairs of clades join until three are left. Lengths are exponential.
fn random_tree(taxa: usize, rng: &mut Pcg64) -> String {
    let mut length = |mean: f64| -mean * (1.0 - rng.random::<f64>()).ln();
    let mut clades: Vec<String> = (1..=taxa)
        .map(|t| format!("taxon{t}:{:.6}", length(0.05)))
        .collect();
    let mut place = 0;
    while clades.len() > 3 {
        place = (place + 7) % (clades.len() - 1);
        let (a, b) = (clades.remove(place), clades.remove(place));
        clades.push(format!("({a},{b}):{:.6}", length(0.03)));
    }
    format!("({});", clades.join(","))
}

/// The synonymous rate, the nonsynonymous rate and the probability of a class of branches.
fn class(word: &str) -> (f64, f64, f64) {
    let numbers: Vec<f64> = word
        .split(',')
        .map(|number| number.parse().expect("rates are numbers"))
        .collect();
    match numbers[..] {
        [alpha, beta] => (alpha, beta, 1.0),
        [alpha, beta, probability] => (alpha, beta, probability),
        _ => panic!("a class is ALPHA,BETA[,PROBABILITY]"),
    }
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [taxa, codons, seed, file, rates @ ..] = &words[..] else {
        panic!("usage: simulate TAXA CODONS SEED TREE [RATES…]");
    };
    let seed: u64 = seed.parse().expect("SEED is a number");
    let tree = random_tree(
        taxa.parse().expect("TAXA is a number"),
        &mut Pcg64::seed_from_u64(seed),
    );
    let rates: Vec<Vec<(f64, f64, f64)>> = if rates.is_empty() {
        [0.05, 0.1, 0.2, 0.4, 0.8, 1.0, 2.0]
            .map(|beta| vec![(1.0, beta, 1.0)])
            .to_vec()
    } else {
        rates
            .iter()
            .map(|word| word.split('+').map(class).collect())
            .collect()
    };
    let codons: usize = codons.parse().expect("CODONS is a number");
    let truth = Truth {
        exchangeabilities: [0.4, 1.0, 0.15, 0.3, 1.1, 0.2],
        base_frequencies: [
            [0.31, 0.19, 0.28, 0.22],
            [0.33, 0.2, 0.17, 0.3],
            [0.24, 0.26, 0.21, 0.29],
        ],
        sites: (0..codons)
            .map(|codon| rates[codon % rates.len()].clone())
            .collect(),
    };
    let document = read(tree.as_bytes(), &Limits::default());
    let alignment = simulate_alignment(
        &document.trees[0].tree,
        GeneticCode::UNIVERSAL,
        &truth,
        seed,
    );
    std::fs::write(file, tree + "\n").expect("TREE can be written");
    for sequence in &alignment.sequences {
        println!(
            ">{}\n{}",
            sequence.name,
            String::from_utf8_lossy(&sequence.residues)
        );
    }
}
