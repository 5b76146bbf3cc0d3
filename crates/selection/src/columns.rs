//! Columns of an alignment, and their patterns.

use foldhash::{HashMap, HashMapExt};
use sequence::Alignment;

use crate::{
    InputError,
    codon::{BASES, CodonStates, Observations, base_set},
    input::Input,
};

/// The different columns of one partition. Columns are equal if all their letters are.
#[derive(Debug, Clone)]
pub(crate) struct Patterns {
    /// For each row, what it has at each pattern.
    pub(crate) rows: Vec<Vec<u16>>,
    /// How often each pattern occurs.
    pub(crate) weights: Vec<f64>,
    /// The pattern of each column.
    pub(crate) of_column: Vec<usize>,
}

impl Patterns {
    pub(crate) fn of(columns: impl Iterator<Item = Vec<u16>>, rows: usize) -> Self {
        let mut patterns = Self {
            rows: vec![Vec::new(); rows],
            weights: Vec::new(),
            of_column: Vec::new(),
        };
        let mut known: HashMap<Vec<u16>, usize> = HashMap::new();
        for column in columns {
            let new = patterns.weights.len();
            let pattern = *known.entry(column.clone()).or_insert(new);
            if pattern == new {
                patterns.weights.push(0.0);
                for (row, observation) in patterns.rows.iter_mut().zip(&column) {
                    row.push(*observation);
                }
            }
            patterns.weights[pattern] += 1.0;
            patterns.of_column.push(pattern);
        }
        patterns
    }

    /// Number of patterns.
    pub(crate) fn len(&self) -> usize {
        self.weights.len()
    }

    /// The first column of each pattern.
    pub(crate) fn first_columns(&self) -> Vec<usize> {
        let mut first = vec![usize::MAX; self.len()];
        for (column, pattern) in self.of_column.iter().enumerate() {
            first[*pattern] = first[*pattern].min(column);
        }
        first
    }

    /// Whether each pattern shows no change, as HyPhy decides it: all states that a row may have are
    /// one state. Codons with gaps do not count.
    pub(crate) fn are_invariable(&self, observations: &Observations) -> Vec<bool> {
        let is_invariable = |pattern: usize| {
            let mut seen = None;
            self.rows.iter().all(|row| {
                let observation = observations.get(row[pattern]);
                observation.has_gap()
                    || match (&observation.states[..], seen) {
                        ([state], None) => {
                            seen = Some(*state);
                            true
                        }
                        ([state], Some(other)) => *state == other,
                        _ => false,
                    }
            })
        };
        (0..self.len()).map(is_invariable).collect()
    }
}

/// The codons of an alignment, partition by partition.
#[derive(Debug)]
pub(crate) struct CodonColumns {
    /// What rows have.
    pub(crate) observations: Observations,
    /// The patterns of each partition.
    pub(crate) partitions: Vec<Patterns>,
    /// The codons of each partition, from 0.
    pub(crate) coverage: Vec<Vec<usize>>,
    /// Number of codons of the alignment.
    pub(crate) codons: usize,
    /// Rows without their terminal stops.
    rows: Vec<Vec<u8>>,
}

impl CodonColumns {
    pub(crate) fn new(input: &Input<'_>, states: &CodonStates) -> Result<Self, InputError> {
        let rows = without_terminal_stops(input.alignment, states)?;
        let codons = rows.first().map_or(0, Vec::len) / 3;
        let coverage = coverage(input, codons);
        let letters = (0..states.len()).map(|state| states.letters(state).to_vec());
        let mut observations = Observations::of_states(letters);
        let mut partitions = Vec::new();
        for covered in &coverage {
            let mut columns = Vec::with_capacity(covered.len());
            for codon in covered {
                let mut column = Vec::with_capacity(rows.len());
                for (row, sequence) in rows.iter().zip(&input.alignment.sequences) {
                    let letters = &row[3 * codon..3 * codon + 3];
                    let number = observations.number(letters, |letters| {
                        states.resolutions([letters[0], letters[1], letters[2]])
                    });
                    if observations.get(number).states.is_empty() {
                        return Err(InputError(format!(
                            "'{}' has a stop codon ({}) at codon {}",
                            sequence.name,
                            String::from_utf8_lossy(letters),
                            codon + 1
                        )));
                    }
                    column.push(number);
                }
                columns.push(column);
            }
            partitions.push(Patterns::of(columns.into_iter(), rows.len()));
        }
        Ok(Self {
            observations,
            partitions,
            coverage,
            codons,
            rows,
        })
    }

    /// The nucleotides of the same columns.
    pub(crate) fn nucleotides(&self) -> (Observations, Vec<Patterns>) {
        let mut observations = Observations::of_states(BASES.iter().map(|base| vec![*base]));
        let resolve = |letters: &[u8]| {
            let set = match base_set(letters[0]) {
                0 => 15,
                set => set,
            };
            (0..4u8).filter(|base| set >> base & 1 == 1).collect()
        };
        let patterns = self.coverage.iter().map(|covered| {
            let columns = covered.iter().flat_map(|codon| 3 * codon..3 * codon + 3);
            let columns: Vec<Vec<u16>> = columns
                .map(|column| {
                    let rows = self.rows.iter();
                    rows.map(|row| observations.number(&row[column..=column], resolve))
                        .collect()
                })
                .collect();
            Patterns::of(columns.into_iter(), self.rows.len())
        });
        let patterns = patterns.collect();
        (observations, patterns)
    }

    /// The frequencies of bases. Each partition counts by its number of sites; gaps do not count; an
    /// ambiguous letter counts for each of its bases in equal parts.
    pub(crate) fn frequencies(&self) -> BaseFrequencies {
        let total: usize = self.coverage.iter().map(Vec::len).sum();
        let mut mean = BaseFrequencies::default();
        for covered in &self.coverage {
            let share = covered.len() as f64 / total as f64;
            let counts = self.counts(covered);
            for (mean, counts) in mean.positions.iter_mut().zip(counts) {
                add(mean, share, normalised(counts));
            }
            let sum = |base: usize| counts.iter().map(|position| position[base]).sum();
            add(&mut mean.all, share, normalised(std::array::from_fn(sum)));
        }
        mean
    }

    /// The numbers of bases at each position of these codons.
    fn counts(&self, covered: &[usize]) -> [[f64; 4]; 3] {
        let mut letters = [[0u32; 256]; 3];
        for row in &self.rows {
            for codon in covered {
                for (letters, letter) in letters.iter_mut().zip(&row[3 * codon..]) {
                    letters[usize::from(*letter)] += 1;
                }
            }
        }
        letters.map(|letters| {
            let mut counts = [0.0; 4];
            for (letter, number) in (0u8..=255).zip(letters) {
                let set = base_set(letter);
                let each = f64::from(number) / f64::from(set.count_ones().max(1));
                for (base, count) in counts.iter_mut().enumerate() {
                    if set >> base & 1 == 1 {
                        *count += each;
                    }
                }
            }
            counts
        })
    }
}

/// Frequencies of bases, in the order of [`BASES`].
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct BaseFrequencies {
    /// By the position in a codon.
    pub(crate) positions: [[f64; 4]; 3],
    /// At all positions.
    pub(crate) all: [f64; 4],
}

fn add(sum: &mut [f64; 4], share: f64, frequencies: [f64; 4]) {
    for (sum, own) in sum.iter_mut().zip(frequencies) {
        *sum += share * own;
    }
}

/// Frequencies of counts, none of which is 0.
fn normalised(counts: [f64; 4]) -> [f64; 4] {
    const LEAST: f64 = 1e-8;
    let total: f64 = counts.iter().sum();
    let share = counts.map(|count| {
        if total > 0.0 {
            (count / total).max(LEAST)
        } else {
            0.25
        }
    });
    let total: f64 = share.iter().sum();
    share.map(|share| share / total.max(1.0))
}

/// The rows of an alignment in upper case. A stop codon that ends a row is a gap; a last column of
/// gaps alone is removed.
fn without_terminal_stops(
    alignment: &Alignment,
    states: &CodonStates,
) -> Result<Vec<Vec<u8>>, InputError> {
    let length = alignment.sites();
    if let Some(other) = alignment
        .sequences
        .iter()
        .find(|s| s.residues.len() != length)
    {
        let own = other.residues.len();
        let name = &other.name;
        return Err(InputError(format!(
            "'{name}' has {own} columns, and other sequences have {length}"
        )));
    }
    if length == 0 || !length.is_multiple_of(3) {
        return Err(InputError(format!(
            "the alignment has {length} columns, which is not a multiple of three"
        )));
    }
    let is_stop = |codon: &[u8]| {
        codon.iter().all(|letter| base_set(*letter) != 0)
            && states
                .resolutions([codon[0], codon[1], codon[2]])
                .is_empty()
    };
    let mut rows: Vec<Vec<u8>> = Vec::with_capacity(alignment.sequences.len());
    for sequence in &alignment.sequences {
        let mut row = sequence.residues.to_ascii_uppercase();
        for letter in &mut row {
            if *letter == b'U' {
                *letter = b'T';
            }
        }
        let last = row.chunks(3).rposition(|codon| codon != b"---");
        if let Some(last) = last.filter(|last| is_stop(&row[3 * last..3 * last + 3])) {
            row[3 * last..3 * last + 3].fill(b'-');
        }
        rows.push(row);
    }
    while rows.iter().all(|row| row.ends_with(b"---")) && rows[0].len() > 3 {
        let had_stop = alignment
            .sequences
            .iter()
            .any(|s| !s.residues[rows[0].len() - 3..rows[0].len()].ends_with(b"---"));
        if !had_stop {
            break;
        }
        for row in &mut rows {
            row.truncate(row.len() - 3);
        }
    }
    Ok(rows)
}

/// The codons of each partition, from 0. A bound within a codon moves to the border that HyPhy moves
/// it to.
fn coverage(input: &Input<'_>, codons: usize) -> Vec<Vec<usize>> {
    if input.partitions.is_empty() {
        return vec![(0..codons).collect()];
    }
    let of_partition = |partition: &sequence::Partition| {
        let ranges = partition.ranges.iter().flat_map(|range| {
            let first = range.first.saturating_sub(1);
            let first = (first + 1) / 3;
            let end = (range.last + 1) / 3;
            first..end.min(codons)
        });
        ranges.collect()
    };
    input.partitions.iter().map(of_partition).collect()
}
