//! Simulated nucleotide alignments on a rooted tree of eight leaves, with a known substitution
//! process.

use std::{collections::HashMap, fmt::Write};

pub const BASES: [u8; 4] = *b"ACGT";

/// Branches from the root down: the node below, the one above ("" is the root), the length.
pub const BRANCHES: [(&str, &str, f64); 14] = [
    ("left", "", 0.12),
    ("right", "", 0.20),
    ("ab", "left", 0.10),
    ("cd", "left", 0.15),
    ("ef", "right", 0.10),
    ("gh", "right", 0.08),
    ("a", "ab", 0.12),
    ("b", "ab", 0.20),
    ("c", "cd", 0.15),
    ("d", "cd", 0.10),
    ("e", "ef", 0.10),
    ("f", "ef", 0.25),
    ("g", "gh", 0.10),
    ("h", "gh", 0.18),
];

/// Substitution rates from (rows) to (columns), root frequencies, and the rates of the site
/// classes, which have equal probabilities.
pub struct Process {
    pub rates: [[f64; 4]; 4],
    pub root: [f64; 4],
    pub sites: Vec<f64>,
}

/// The sequence of each node.
pub type Sequences = HashMap<&'static str, Vec<usize>>;

pub fn simulate(process: &Process, length: usize, seed: u64) -> Sequences {
    let mut random = Random(seed);
    let mut sequences = Sequences::new();
    for _ in 0..length {
        let site = process.sites[random.choose(&vec![1.0; process.sites.len()])];
        let mut bases = HashMap::from([("", random.choose(&process.root))]);
        for (node, above, time) in BRANCHES {
            let base = evolved(bases[above], &process.rates, time * site, &mut random);
            bases.insert(node, base);
        }
        for (node, base) in bases {
            sequences.entry(node).or_default().push(base);
        }
    }
    sequences
}

/// The base at the end of a branch: waiting times and jumps, as the process is defined.
fn evolved(mut base: usize, rates: &[[f64; 4]; 4], mut time: f64, random: &mut Random) -> usize {
    loop {
        let mut leaving = rates[base];
        leaving[base] = 0.0;
        time += random.uniform().ln() / leaving.iter().sum::<f64>();
        if time < 0.0 {
            return base;
        }
        base = random.choose(&leaving);
    }
}

pub fn is_leaf(node: &str) -> bool {
    BRANCHES.iter().all(|(_, above, _)| *above != node)
}

pub fn fasta(sequences: &Sequences) -> String {
    let mut fasta = String::new();
    for (node, ..) in BRANCHES.iter().filter(|(node, ..)| is_leaf(node)) {
        let bases = sequences[node].iter().map(|base| char::from(BASES[*base]));
        writeln!(fasta, ">{node}\n{}", bases.collect::<String>()).unwrap();
    }
    fasta
}

/// The tree without lengths.
pub fn newick() -> String {
    format!("{};\n", below(""))
}

fn below(node: &str) -> String {
    let children: Vec<_> = BRANCHES
        .iter()
        .filter(|(_, above, _)| *above == node)
        .map(|(child, ..)| below(child))
        .collect();
    if children.is_empty() {
        node.to_owned()
    } else {
        format!("({}){node}", children.join(","))
    }
}

/// SplitMix64 (Steele, Lea and Flood 2014).
struct Random(u64);

impl Random {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        // In (0, 1], so that its logarithm is finite.
        ((z >> 11) as f64 + 1.0) / (1u64 << 53) as f64
    }

    fn choose(&mut self, weights: &[f64]) -> usize {
        let mut left = self.uniform() * weights.iter().sum::<f64>();
        let chosen = weights.iter().position(|weight| {
            left -= weight;
            left <= 0.0
        });
        chosen.unwrap_or(weights.len() - 1)
    }
}

#[test]
fn simulation_is_repeatable_and_follows_the_process() {
    let process = Process {
        // Nothing leaves C, and T becomes only A.
        rates: [
            [0.0, 1.0, 0.0, 0.0],
            [0.0; 4],
            [0.0, 1.0, 0.0, 0.0],
            [1.0, 0.0, 0.0, 0.0],
        ],
        root: [0.5, 0.0, 0.0, 0.5],
        sites: vec![1.0],
    };
    let sequences = simulate(&process, 20_000, 1);
    assert_eq!(sequences, simulate(&process, 20_000, 1));
    assert_ne!(sequences, simulate(&process, 20_000, 2));

    let share = |node: &str, base: usize| {
        let count = sequences[node].iter().filter(|b| **b == base).count();
        count as f64 / 20_000.0
    };
    assert!((share("", 0) - 0.5).abs() < 0.02);
    assert_eq!(share("f", 2), 0.0);
    // From the root to f are 0.2 + 0.1 + 0.25 of time.
    assert!((share("f", 3) - 0.5 * (-0.55f64).exp()).abs() < 0.02);
    assert!((share("f", 0) - 0.5 * (1.0 + 0.55) * (-0.55f64).exp()).abs() < 0.02);
}

#[test]
fn the_tree_is_written_with_its_root() {
    assert_eq!(
        newick(),
        "(((a,b)ab,(c,d)cd)left,((e,f)ef,(g,h)gh)right);\n"
    );
}
