//! The alignment file for HyPhy.

use super::names::{Names, clean};
use crate::codon::{codons, is_blank, last_codon};
use crate::finding::Finding;
use crate::residue::is_legal;
use crate::text::counted;
use crate::{Alignment, Alphabet, GeneticCode};

/// Writes canonical FASTA: a line `>name` with the engine's name, and all residues on one line.
///
/// With a genetic code, terminal stop codons are removed, because HyPhy rejects them. If every
/// sequence has a stop or gaps in the last codons, these columns are left out (note
/// `terminal-stop-trimmed`). An incomplete codon that fits a stop (`TAN`) counts as one if another
/// sequence has a stop there. Otherwise the stop becomes `---` (note `terminal-stop-masked`).
/// Internal stops are kept; [`check::alignment`](crate::check::alignment) reports them as errors.
///
/// Characters outside the alphabet are written as `?`, and `X` in nucleotide sequences as `N`.
pub fn fasta(a: &Alignment, names: &Names, code: Option<GeneticCode>) -> (Vec<u8>, Vec<Finding>) {
    let code = code.filter(|_| a.in_frame());
    let ends = code.map(|code| Ends::find(a, code));
    let kept = ends.as_ref().map_or(usize::MAX, |e| e.kept);
    let size: usize = a.sequences.iter().map(|s| s.residues.len() + 64).sum();
    let mut out = Vec::with_capacity(size);
    for (row, s) in a.sequences.iter().enumerate() {
        out.push(b'>');
        match names.engine(&s.name) {
            Some(name) => out.extend_from_slice(name.as_bytes()),
            None => out.extend_from_slice(clean(&s.name, true).as_bytes()),
        }
        out.push(b'\n');
        let start = out.len();
        let length = s.residues.len().min(kept);
        out.extend(s.residues[..length].iter().map(|b| safe(a.alphabet, *b)));
        if let Some(stop) = ends.as_ref().and_then(|e| e.stops[row])
            && let Some(codon) = out.get_mut(start + stop * 3..start + stop * 3 + 3)
        {
            codon.fill(b'-');
        }
        out.push(b'\n');
    }
    (out, ends.map_or_else(Vec::new, |e| e.findings(a.sites())))
}

fn safe(alphabet: Alphabet, residue: u8) -> u8 {
    match residue {
        b'X' if alphabet == Alphabet::Nucleotide => b'N',
        // A stop within a protein is no amino acid.
        b'*' => b'?',
        b if is_legal(alphabet, b) => b,
        _ => b'?',
    }
}

/// Terminal stops of an alignment in frame.
struct Ends {
    /// For each row, the index of its terminal stop codon, from 0.
    stops: Vec<Option<usize>>,
    /// Number of columns to keep.
    kept: usize,
}

/// The last codon with information in any row, if it is a stop in at least one row and all rows fit
/// a stop: what is known of the others (`TAN`, `NAA`, `TA-`) does not contradict it.
fn stop_column(a: &Alignment, code: GeneticCode, stops: &[Option<usize>]) -> Option<usize> {
    let rows = || a.sequences.iter().map(|s| s.residues.as_slice());
    let column = rows().filter_map(last_codon).max()?;
    let fits = |row: &[u8]| {
        let codon = codons(row).nth(column);
        codon.is_some_and(|c| code.may_be_stop(c.map(|b| if b == b'-' { b'N' } else { b })))
    };
    (stops.contains(&Some(column)) && rows().all(fits)).then_some(column)
}

impl Ends {
    fn find(a: &Alignment, code: GeneticCode) -> Self {
        let stop = |residues: &[u8]| {
            last_codon(residues)
                .filter(|i| codons(residues).nth(*i).is_some_and(|c| code.is_stop(c)))
        };
        let mut stops: Vec<Option<usize>> = a.sequences.iter().map(|s| stop(&s.residues)).collect();
        if let Some(column) = stop_column(a, code, &stops) {
            for (stop, s) in stops.iter_mut().zip(&a.sequences) {
                if last_codon(&s.residues) == Some(column) {
                    *stop = Some(column);
                }
            }
        }
        let codon_count = a.sites() / 3;
        // Without its stop, a row ends with the last preceding codon that has information.
        let end = |row: usize, residues: &[u8]| {
            let before = stops[row].unwrap_or(codon_count);
            codons(residues)
                .take(before)
                .rposition(|c| !is_blank(c))
                .map_or(0, |i| i + 1)
        };
        let used = a
            .sequences
            .iter()
            .enumerate()
            .map(|(r, s)| end(r, &s.residues))
            .max();
        let first_stop = stops.iter().flatten().min().copied();
        // Columns are removed only because of a stop, never because they are gaps.
        let kept = match (used, first_stop) {
            (Some(used), Some(first)) => used.max(first),
            _ => codon_count,
        };
        Self {
            stops,
            kept: kept * 3,
        }
    }

    fn findings(&self, sites: usize) -> Vec<Finding> {
        let mut findings = Vec::new();
        let trimmed = self
            .stops
            .iter()
            .flatten()
            .filter(|i| **i * 3 >= self.kept)
            .count();
        let masked = self.stops.iter().flatten().count() - trimmed;
        if trimmed > 0 {
            findings.push(
                Finding::note(
                    "terminal-stop-trimmed",
                    format!(
                        "{} with a stop codon; the columns from {} to {sites} \
                         were left out of the analysis.",
                        counted(trimmed, "sequence ends", "sequences end"),
                        self.kept + 1
                    ),
                    "No action is needed.",
                )
                .at_site(self.kept + 1),
            );
        }
        if masked > 0 {
            findings.push(Finding::note(
                "terminal-stop-masked",
                format!(
                    "{} with a stop codon where other sequences continue; for the analysis it was \
                     replaced by gaps.",
                    counted(masked, "sequence ends", "sequences end")
                ),
                "No action is needed.",
            ));
        }
        findings
    }
}
