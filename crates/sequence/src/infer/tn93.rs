//! Nucleotide distances after Tamura and Nei (1993).

use super::{Distances, SATURATED};
use crate::Alignment;

/// Sites of a sequence as three bit planes, with 64 sites per word.
struct Planes {
    /// C or T.
    pyrimidine: Vec<u64>,
    /// G or T: distinguishes the two purines, and the two pyrimidines.
    second: Vec<u64>,
    /// A, C, G or T. Elsewhere the other planes are 0.
    known: Vec<u64>,
}

/// Counts for a pair of sequences.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Counts {
    sites: u64,
    purine_transitions: u64,
    pyrimidine_transitions: u64,
    transversions: u64,
}

/// Constants of the formula, from the base frequencies of the alignment.
struct Model {
    k1: f64,
    k2: f64,
    k3: f64,
    purines: f64,
    pyrimidines: f64,
}

/// TN93 distances in substitutions per site, with the base frequencies of the whole alignment.
///
/// For each pair, sites are skipped at which either sequence has a gap or an ambiguity. The
/// distance is [`SATURATED`] for a pair that is too different for the formula (the argument of a
/// logarithm is not positive), for a pair beyond [`SATURATED`], and for a pair without a common
/// site.
///
/// If a base does not occur at all, the terms that would divide by its frequency count its
/// transitions as in a model with equal frequencies.
pub fn tn93(a: &Alignment) -> Distances {
    let planes: Vec<Planes> = a
        .sequences
        .iter()
        .map(|s| Planes::of(&s.residues))
        .collect();
    let model = Model::of(a);
    Distances::new(planes.len(), |i, j| {
        model.distance(planes[i].compare(&planes[j]))
    })
}

impl Planes {
    fn of(residues: &[u8]) -> Self {
        let words = residues.len().div_ceil(64);
        let (mut pyrimidine, mut second, mut known) =
            (vec![0u64; words], vec![0u64; words], vec![0u64; words]);
        for (site, b) in residues.iter().enumerate() {
            let (high, low) = match b {
                b'A' => (0, 0),
                b'G' => (0, 1),
                b'C' => (1, 0),
                b'T' => (1, 1),
                _ => continue,
            };
            pyrimidine[site / 64] |= high << (site % 64);
            second[site / 64] |= low << (site % 64);
            known[site / 64] |= 1 << (site % 64);
        }
        Self {
            pyrimidine,
            second,
            known,
        }
    }

    fn compare(&self, other: &Self) -> Counts {
        let mut counts = Counts {
            sites: 0,
            purine_transitions: 0,
            pyrimidine_transitions: 0,
            transversions: 0,
        };
        let first = self.pyrimidine.iter().zip(&self.second).zip(&self.known);
        let others = other.pyrimidine.iter().zip(&other.second).zip(&other.known);
        for (((p1, s1), k1), ((p2, s2), k2)) in first.zip(others) {
            let known = k1 & k2;
            let transversions = (p1 ^ p2) & known;
            let transitions = (s1 ^ s2) & known & !transversions;
            counts.sites += u64::from(known.count_ones());
            counts.transversions += u64::from(transversions.count_ones());
            counts.pyrimidine_transitions += u64::from((transitions & p1).count_ones());
            counts.purine_transitions += u64::from((transitions & !p1).count_ones());
        }
        counts
    }
}

impl Model {
    fn of(a: &Alignment) -> Self {
        let mut counts = [0u64; 256];
        for s in &a.sequences {
            for b in &s.residues {
                counts[usize::from(*b)] += 1;
            }
        }
        let [a, c, g, t] = b"ACGT".map(|b| counts[usize::from(b)] as f64);
        let total = (a + c + g + t).max(1.0);
        let frequencies = [a, c, g, t].map(|n| n / total);
        if frequencies.iter().all(|f| *f > 0.0) {
            Self::with(frequencies)
        } else {
            Self::with([0.25; 4])
        }
    }

    fn with([a, c, g, t]: [f64; 4]) -> Self {
        let (purines, pyrimidines) = (a + g, c + t);
        Self {
            k1: 2.0 * a * g / purines,
            k2: 2.0 * t * c / pyrimidines,
            k3: 2.0
                * (purines * pyrimidines
                    - a * g * pyrimidines / purines
                    - t * c * purines / pyrimidines),
            purines,
            pyrimidines,
        }
    }

    fn distance(&self, counts: Counts) -> f64 {
        if counts.sites == 0 {
            return SATURATED;
        }
        let sites = counts.sites as f64;
        let p1 = counts.purine_transitions as f64 / sites;
        let p2 = counts.pyrimidine_transitions as f64 / sites;
        let q = counts.transversions as f64 / sites;
        let w1 = 1.0 - p1 / self.k1 - q / (2.0 * self.purines);
        let w2 = 1.0 - p2 / self.k2 - q / (2.0 * self.pyrimidines);
        let w3 = 1.0 - q / (2.0 * self.purines * self.pyrimidines);
        if w1 <= 0.0 || w2 <= 0.0 || w3 <= 0.0 {
            return SATURATED;
        }
        let distance = -self.k1 * w1.ln() - self.k2 * w2.ln() - self.k3 * w3.ln();
        distance.clamp(0.0, SATURATED)
    }
}
