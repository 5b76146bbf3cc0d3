//! Simulates codon alignments with known selection, under the MG94 model (Muse and Gaut 1994) with
//! one ω for each site, transitions twice as fast as transversions, on a balanced tree.

use sequence::GeneticCode;

/// A simulated alignment and the tree it evolved on.
pub struct Simulated {
    pub fasta: String,
    pub newick: String,
}

const BASES: [u8; 4] = *b"ACGT";
/// Branch length, in expected synonymous events per codon and about as many units of time.
const LENGTH: f64 = 0.12;

/// Simulates `2^depth` sequences. `omega` has one rate per codon.
pub fn alignment(depth: u32, seed: u64, omega: &[f64]) -> Simulated {
    by_branch(depth, seed, omega.len(), &|_, site| omega[site])
}

/// Like the above, but `omega` may differ between branches. It receives the name of the branch,
/// which is the name of the node below it without its `t`, such as `ab`, and the codon, from 0.
pub fn by_branch(
    depth: u32,
    seed: u64,
    sites: usize,
    omega: &dyn Fn(&str, usize) -> f64,
) -> Simulated {
    let mut random = Random(seed);
    let root: Vec<[u8; 3]> = (0..sites).map(|_| random.sense_codon()).collect();
    let mut level = vec![(String::new(), root)];
    for _ in 0..depth {
        level = level
            .into_iter()
            .flat_map(|(name, codons)| {
                ["a", "b"].map(|side| {
                    let name = format!("{name}{side}");
                    let rates: Vec<f64> = (0..sites).map(|site| omega(&name, site)).collect();
                    let codons = evolved(&codons, &rates, &mut random);
                    (name, codons)
                })
            })
            .collect();
    }
    let fasta = level
        .iter()
        .map(|(name, codons)| {
            format!(
                ">t{name}\n{}\n",
                String::from_utf8(codons.concat()).unwrap()
            )
        })
        .collect();
    Simulated {
        fasta,
        newick: format!("({});\n", children("", depth)),
    }
}

/// The lengths are only where HyPhy begins its search. The two branches at the root are one branch to
/// it, so each has half of the length.
fn children(name: &str, depth: u32) -> String {
    let part = if name.is_empty() { 0.5 } else { 1.0 };
    let length = LENGTH * part;
    ["a", "b"]
        .map(|side| {
            let name = format!("{name}{side}");
            match depth {
                1 => format!("t{name}:{length}"),
                _ => format!("({}):{length}", children(&name, depth - 1)),
            }
        })
        .join(",")
}

/// Returns each codon at the end of a branch (Gillespie's algorithm).
fn evolved(codons: &[[u8; 3]], omega: &[f64], random: &mut Random) -> Vec<[u8; 3]> {
    codons
        .iter()
        .zip(omega)
        .map(|(codon, omega)| {
            let (mut codon, mut time) = (*codon, 0.0);
            loop {
                let changes = changes(codon, *omega);
                let total: f64 = changes.iter().map(|(_, rate)| rate).sum();
                time += -random.uniform().ln() / total;
                if time > LENGTH {
                    return codon;
                }
                let mut at = random.uniform() * total;
                let chosen = changes.iter().find(|(_, rate)| {
                    at -= rate;
                    at <= 0.0
                });
                codon = chosen.unwrap_or(&changes[0]).0;
            }
        })
        .collect()
}

/// Returns the codons that differ by one nucleotide, except stop codons, with their rates.
fn changes(codon: [u8; 3], omega: f64) -> Vec<([u8; 3], f64)> {
    let code = GeneticCode::UNIVERSAL;
    let mut changes = Vec::new();
    for position in 0..3 {
        for base in BASES {
            let mut other = codon;
            other[position] = base;
            if base == codon[position] || code.is_stop(other) {
                continue;
            }
            let transition = matches!(
                (codon[position], base),
                (b'A', b'G') | (b'G', b'A') | (b'C', b'T') | (b'T', b'C')
            );
            let synonymous = code.translate(codon) == code.translate(other);
            let rate = if transition { 2.0 } else { 1.0 } * if synonymous { 1.0 } else { omega };
            changes.push((other, rate / 3.0));
        }
    }
    changes
}

/// SplitMix64 (Steele, Lea and Flood 2014).
struct Random(u64);

impl Random {
    /// Returns a number in (0, 1].
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64 + f64::EPSILON / 2.0
    }

    fn sense_codon(&mut self) -> [u8; 3] {
        loop {
            let codon = [(); 3].map(|()| BASES[(self.uniform() * 4.0) as usize % 4]);
            if !GeneticCode::UNIVERSAL.is_stop(codon) {
                return codon;
            }
        }
    }
}
