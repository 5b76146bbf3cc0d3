//! Runs the seeds of the fuzz targets, and mutations of them, through the functions used for
//! fuzzing.
//!
//! The mutations are deterministic. A failure reports the seed file and the round, and can be
//! reproduced.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use sequence::{Limits, invariants};

/// Total time for mutations. Rounds cover all seeds evenly.
const TIME: Duration = Duration::from_secs(if cfg!(debug_assertions) { 5 } else { 8 });

/// Small limits, so that both rejecting and reading are exercised.
fn limits() -> Limits {
    Limits {
        max_bytes: 1 << 20,
        max_sequences: 200,
        max_sites: 50_000,
        max_name: 200,
        max_depth: 200,
        max_nodes: 5_000,
    }
}

fn seeds() -> Vec<(PathBuf, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
    let mut seeds = Vec::new();
    for target in std::fs::read_dir(root).into_iter().flatten().flatten() {
        for file in std::fs::read_dir(target.path())
            .into_iter()
            .flatten()
            .flatten()
        {
            seeds.push((file.path(), std::fs::read(file.path()).unwrap()));
        }
    }
    seeds.sort();
    seeds
}

/// xorshift64*: small, and the same on all platforms.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }
}

const WORDS: [&[u8]; 24] = [
    b"(",
    b")",
    b",",
    b":",
    b";",
    b"'",
    b"\"",
    b"[",
    b"]",
    b"{",
    b"}",
    b"\n",
    b"\r",
    b"\0",
    b">",
    b"#NEXUS\n",
    b"BEGIN ",
    b"END;",
    b"\xff",
    b"\xef\xbb\xbf",
    b"1e999",
    b"=",
    b"-",
    b"MATRIX ",
];

fn mutate(seed: &[u8], other: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=random.below(6) {
        let at = random.below(bytes.len() + 1);
        let end = (at + random.below(20)).min(bytes.len());
        match random.below(7) {
            0 => drop(bytes.drain(at..end)),
            1 => drop(bytes.splice(at..at, WORDS[random.below(WORDS.len())].iter().copied())),
            2 => drop(bytes.splice(at..end, WORDS[random.below(WORDS.len())].iter().copied())),
            3 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
            4 => {
                let again = bytes[at..end].to_vec();
                bytes.splice(at..at, again);
            }
            5 => {
                let from = random.below(other.len() + 1);
                let to = (from + random.below(60)).min(other.len());
                bytes.splice(at..end, other[from..to].iter().copied());
            }
            _ => bytes.truncate(at.max(1)),
        }
    }
    bytes
}

#[test]
fn seeds_and_their_mutations_keep_the_invariants() {
    let seeds = seeds();
    assert!(seeds.len() >= 20, "the seeds are missing");
    for (path, bytes) in &seeds {
        println!("{}", path.display());
        invariants::document(bytes, &Limits::default());
        invariants::newick(bytes, &Limits::default());
    }
    let start = Instant::now();
    let mut round = 0u64;
    while start.elapsed() < TIME {
        for (index, (path, bytes)) in seeds.iter().enumerate() {
            let mut random = Random(1 + round * 1_000 + index as u64);
            let other = &seeds[random.below(seeds.len())].1;
            let mutant = mutate(bytes, other, &mut random);
            let run = std::panic::catch_unwind(|| {
                invariants::document(&mutant, &limits());
                invariants::newick(&mutant, &limits());
            });
            if run.is_err() {
                panic!(
                    "{} in round {round}: {:?}",
                    path.display(),
                    String::from_utf8_lossy(&mutant)
                );
            }
        }
        round += 1;
    }
    println!("{round} rounds of {} seeds", seeds.len());
    assert!(round >= 100, "only {round} rounds");
}
