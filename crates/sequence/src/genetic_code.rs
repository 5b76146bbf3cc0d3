//! The genetic codes that HyPhy supports, under HyPhy's names.
//!
//! A code is stored as its differences from the universal code, as at NCBI
//! (<https://www.ncbi.nlm.nih.gov/Taxonomy/Utils/wprintgc.cgi>).

mod table;

use serde::{Deserialize, Serialize};
use table::{CodeRow, ROWS, UNIVERSAL};

/// One of the 22 genetic codes of HyPhy. Serialised under HyPhy's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GeneticCode(u8);

impl Serialize for GeneticCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for GeneticCode {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::from_name(&name)
            .ok_or_else(|| serde::de::Error::custom(format!("unknown genetic code '{name}'")))
    }
}

impl std::fmt::Display for GeneticCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// All codes, in HyPhy's order; the first is `Universal`.
pub const ALL: [GeneticCode; 22] = {
    let mut all = [GeneticCode(0); 22];
    let mut i = 0;
    while i < 22 {
        all[i] = GeneticCode(i as u8);
        i += 1;
    }
    all
};

impl GeneticCode {
    /// All codes, in HyPhy's order; the first is `Universal`.
    pub const ALL: [Self; 22] = ALL;
    /// The standard code, NCBI table 1.
    pub const UNIVERSAL: Self = Self(0);

    fn row(self) -> &'static CodeRow {
        &ROWS[usize::from(self.0)]
    }

    /// HyPhy's name, such as `Vertebrate-mtDNA`.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// The number of its NCBI translation table.
    pub fn ncbi_table(self) -> u8 {
        self.row().ncbi
    }

    /// Finds a code by name. Letter case and all characters except letters and digits are ignored
    /// (`Alt. Yeast Nuclear`, `mold/protozoan mtdna`). NCBI table numbers are accepted, and so is
    /// the common misspelling `Eupltoid`.
    pub fn from_name(name: &str) -> Option<Self> {
        let wanted = squeeze(name).replace("eupltoid", "euplotid");
        ALL.into_iter().find(|code| {
            squeeze(code.name()) == wanted
                || wanted.parse() == Ok(code.ncbi_table())
                || code.row().also.iter().any(|a| squeeze(a) == wanted)
        })
    }

    /// The amino acid of a codon, as an upper-case letter; `*` for a stop.
    ///
    /// Letters may be in either case, and `U` means `T`. For ambiguity letters, the result is the
    /// amino acid that all readings share, or `X` if they differ. A codon of three gaps is `-`;
    /// anything else is `X`.
    pub fn translate(self, codon: [u8; 3]) -> u8 {
        if codon == *b"---" {
            return b'-';
        }
        let mut readings = readings(codon);
        let mut answer = None;
        while readings != 0 {
            let amino = self.amino(readings.trailing_zeros() as usize);
            if *answer.get_or_insert(amino) != amino {
                return b'X';
            }
            readings &= readings - 1;
        }
        answer.unwrap_or(b'X')
    }

    /// The stop codons, in alphabetical order.
    pub fn stops(self) -> Vec<[u8; 3]> {
        (0..64)
            .filter(|c| self.amino(*c) == b'*')
            .map(codon_of)
            .collect()
    }

    /// Whether every reading of the codon is a stop (`TAR` is, `TAN` is not).
    pub fn is_stop(self, codon: [u8; 3]) -> bool {
        self.stops_only(readings(codon))
    }

    /// Whether at least one reading of the codon is a stop (`TAN` is, `CAN` is not).
    pub(crate) fn may_be_stop(self, codon: [u8; 3]) -> bool {
        readings(codon) & self.stop_set() != 0
    }

    /// Whether a non-empty set of codons contains only stops.
    pub(crate) fn stops_only(self, readings: u64) -> bool {
        readings != 0 && readings & !self.stop_set() == 0
    }

    pub(crate) fn stop_set(self) -> u64 {
        (0..64)
            .filter(|c| self.amino(*c) == b'*')
            .fold(0, |set, c| set | 1 << c)
    }

    fn amino(self, codon: usize) -> u8 {
        let letters = codon_of(codon);
        self.row()
            .differences
            .iter()
            .find(|(c, _)| **c == letters)
            .map_or(UNIVERSAL[codon], |(_, amino)| *amino)
    }
}

/// The codon with an index in 0..64, in the order A, C, G, T, with the third position varying
/// fastest.
fn codon_of(index: usize) -> [u8; 3] {
    let letter = |i: usize| b"ACGT"[i & 3];
    [letter(index >> 4), letter(index >> 2), letter(index)]
}

/// The set of bases that a nucleotide letter stands for: bit 0 is A, then C, G, T. 0 for gaps and
/// other characters; `N`, `X` and `?` are any base.
pub(crate) fn bases(letter: u8) -> u8 {
    match letter.to_ascii_uppercase() {
        b'A' => 1,
        b'C' => 2,
        b'G' => 4,
        b'T' | b'U' => 8,
        b'M' => 3,
        b'R' => 5,
        b'W' => 9,
        b'S' => 6,
        b'Y' => 10,
        b'K' => 12,
        b'V' => 7,
        b'H' => 11,
        b'D' => 13,
        b'B' => 14,
        b'N' | b'X' | b'?' => 15,
        _ => 0,
    }
}

/// The set of unambiguous codons that a codon may stand for, as bits by codon index. Empty if any
/// of its letters is not a nucleotide.
pub(crate) fn readings(codon: [u8; 3]) -> u64 {
    let [first, second, third] = codon.map(bases);
    let mut set = 0u64;
    for index in 0..64usize {
        let has = |bases: u8, shift: usize| bases >> ((index >> shift) & 3) & 1 == 1;
        if has(first, 4) && has(second, 2) && has(third, 0) {
            set |= 1 << index;
        }
    }
    set
}

fn squeeze(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_ascii_alphanumeric())
        .map(|c| c.to_ascii_lowercase())
        .collect()
}
