//! From the characters of a file to residues: recognising the alphabet, and converting each letter.

use crate::finding::{Finding, Findings};
use crate::text::show_byte;
use crate::{Alignment, Alphabet, Limits, Sequence};

/// A row as a reader collected it: the file's characters without blanks.
#[derive(Debug, Clone)]
pub(crate) struct RawRow {
    pub(crate) name: String,
    pub(crate) residues: Vec<u8>,
    pub(crate) line: usize,
}

/// Rows, and what the file declares about its characters.
#[derive(Debug, Clone, Default)]
pub(crate) struct Raw {
    pub(crate) rows: Vec<RawRow>,
    /// The alphabet, if the file declares one.
    pub(crate) declared: Option<Alphabet>,
}

/// Placeholder for a character that belongs to no alphabet.
pub(crate) const FOREIGN: u8 = b'#';

/// Whether a residue belongs to the alphabet (gaps and missing included).
pub(crate) fn is_legal(alphabet: Alphabet, residue: u8) -> bool {
    match (alphabet, residue) {
        (_, b'-' | b'?') => true,
        (Alphabet::Nucleotide, _) => crate::genetic_code::bases(residue) != 0,
        (Alphabet::Protein, _) => residue.is_ascii_uppercase() || residue == b'*',
        (Alphabet::Unknown, _) => residue.is_ascii_alphanumeric(),
    }
}

/// The residue for a character: see [`Sequence`].
fn residue_of(byte: u8, alphabet: Alphabet) -> u8 {
    match byte {
        b'u' | b'U' if alphabet == Alphabet::Nucleotide => b'T',
        b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'?' | b'*' => byte,
        b'a'..=b'z' => byte.to_ascii_uppercase(),
        // MACSE marks frameshifts by '!'.
        b'~' | b'.' | b'!' => b'-',
        _ => FOREIGN,
    }
}

/// Turns collected rows into an alignment, with findings about the changes.
pub(crate) fn finish(raw: Raw, limits: &Limits, findings: &mut Findings) -> Option<Alignment> {
    let Raw { mut rows, declared } = raw;
    if rows.iter().any(|r| r.residues.len() > limits.max_sites) {
        findings.push(Finding::error(
            "too-many-sites",
            format!("The alignment has more than {} columns.", limits.max_sites),
            "Split it into parts, for instance one per gene.",
        ));
        return None;
    }
    replace_typographic_dashes(&mut rows, findings);
    resolve_dots(&mut rows, findings);
    let counts = count(&rows);
    let alphabet = declared.unwrap_or_else(|| recognise(&counts));
    note_conversions(&counts, alphabet, findings);

    let table: [u8; 256] = std::array::from_fn(|b| residue_of(b as u8, alphabet));
    let clean = (0..=255u8)
        .all(|b| counts[usize::from(b)] == 0 || is_legal(alphabet, table[usize::from(b)]));
    let mut sequences = Vec::with_capacity(rows.len());
    let mut faults = 0usize;
    for mut row in rows {
        if !clean {
            faults += report_illegal(&row, &table, alphabet, findings);
        }
        for b in &mut row.residues {
            *b = table[usize::from(*b)];
        }
        sequences.push(Sequence {
            name: row.name,
            residues: row.residues,
        });
    }
    if faults > 1 {
        findings.push(Finding::error(
            "illegal-characters",
            format!(
                "In total, {faults} characters do not belong to the {} alphabet.",
                say(alphabet)
            ),
            "Check that the file contains sequences of one kind and nothing else.",
        ));
    }
    Some(Alignment {
        alphabet,
        sequences,
    })
}

/// Word processors turn hyphens into dashes, and sometimes two of them into one. What was typed
/// cannot be known, so this is an error.
fn replace_typographic_dashes(rows: &mut [RawRow], findings: &mut Findings) {
    let is_dash = |bytes: &[u8]| {
        let dashes = [
            "\u{2010}", "\u{2011}", "\u{2012}", "\u{2013}", "\u{2014}", "\u{2212}",
        ];
        dashes.iter().any(|dash| dash.as_bytes() == bytes)
    };
    for row in rows {
        if memchr::memchr(0xe2, &row.residues).is_none() {
            continue;
        }
        let mut residues = Vec::with_capacity(row.residues.len());
        let mut at = 0;
        let mut found = false;
        while let Some(byte) = row.residues.get(at) {
            if row.residues.get(at..at + 3).is_some_and(is_dash) {
                found = true;
                residues.push(b'-');
                at += 3;
            } else {
                residues.push(*byte);
                at += 1;
            }
        }
        row.residues = residues;
        if found {
            findings.push(
                Finding::error(
                    "typographic-dashes",
                    format!(
                        "Sequence '{}' has the dashes of a word processor in place of hyphens.",
                        crate::text::excerpt(&row.name)
                    ),
                    "Use the file that the program wrote, or replace each dash by the right number of \
                     hyphens ('-'): a word processor may have turned two into one.",
                )
                .in_sequence(&row.name)
                .at_line(row.line),
            );
        }
    }
}

/// How often each byte occurs. Counting in four lanes prevents equal neighbours from waiting for
/// each other.
fn count(rows: &[RawRow]) -> [u64; 256] {
    let mut lanes = [[0u64; 256]; 4];
    for row in rows {
        let mut quads = row.residues.chunks_exact(4);
        for quad in &mut quads {
            for (lane, b) in lanes.iter_mut().zip(quad) {
                lane[usize::from(*b)] += 1;
            }
        }
        for b in quads.remainder() {
            lanes[0][usize::from(*b)] += 1;
        }
    }
    std::array::from_fn(|b| lanes.iter().map(|l| l[b]).sum())
}

/// Nucleotides if the letters are mostly A, C, G, T, U, N; otherwise a protein if they are letters.
/// If every letter could be a nucleotide, a lower fraction of these six suffices: a protein of some
/// length contains one of E, F, I, L, P, Q.
fn recognise(counts: &[u64; 256]) -> Alphabet {
    let of = |letters: &[u8]| -> u64 {
        letters
            .iter()
            .map(|b| counts[usize::from(*b)] + counts[usize::from(b.to_ascii_lowercase())])
            .sum()
    };
    let letters = of(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    let digits = of(b"0123456789") / 2;
    let core = of(b"ACGTUN");
    let protein_only = of(b"EFIJLOPQZ");
    if letters == 0 || digits > letters {
        Alphabet::Unknown
    } else if core * 100 >= letters * if protein_only == 0 { 40 } else { 85 } {
        Alphabet::Nucleotide
    } else {
        Alphabet::Protein
    }
}

/// For HyPhy, `.` means "as in the first sequence". This is right unless the first sequence has
/// dots, too: then they can only be gaps.
fn resolve_dots(rows: &mut [RawRow], findings: &mut Findings) {
    let Some((first, others)) = rows.split_first_mut() else {
        return;
    };
    let dotted = |r: &RawRow| memchr::memchr(b'.', &r.residues).is_some();
    if dotted(first) {
        findings.push(
            Finding::warning(
                "dots-as-gaps",
                "Dots were read as gaps, because the first sequence also has them.",
                "If the dots mean something else, replace them and upload again.",
            )
            .in_sequence(&first.name)
            .at_line(first.line),
        );
        return;
    }
    let mut any = false;
    for row in others.iter_mut() {
        let mut from = 0;
        while let Some(found) = row
            .residues
            .get(from..)
            .and_then(|r| memchr::memchr(b'.', r))
        {
            any = true;
            let site = from + found;
            row.residues[site] = first.residues.get(site).copied().unwrap_or(b'-');
            from = site + 1;
        }
    }
    if any {
        findings.push(Finding::warning(
            "dots-as-matches",
            "Dots were read as \"the same as in the first sequence\", as HyPhy does.",
            "If the dots stand for gaps, replace them by '-' and upload again.",
        ));
    }
}

fn note_conversions(counts: &[u64; 256], alphabet: Alphabet, findings: &mut Findings) {
    let has = |b: u8| counts[usize::from(b)] > 0;
    if alphabet == Alphabet::Nucleotide && (has(b'U') || has(b'u')) {
        findings.push(Finding::note(
            "rna-read-as-dna",
            "The sequences are RNA: U was read as T.",
            "No action is needed.",
        ));
    }
    if has(b'!') {
        let marks = match counts[usize::from(b'!')] {
            1 => "1 frameshift mark ('!', as MACSE writes it) was read as a gap.".to_string(),
            n => format!("{n} frameshift marks ('!', as MACSE writes them) were read as gaps."),
        };
        findings.push(Finding::warning(
            "frameshift-marks",
            marks,
            "Check that these sequences are not pseudogenes and have no sequencing errors.",
        ));
    }
    if has(b'~') {
        findings.push(Finding::note(
            "tilde-as-gap",
            "The character '~' was read as a gap.",
            "No action is needed.",
        ));
    }
}

/// Reports the first illegal character of a row and counts all of them.
fn report_illegal(
    row: &RawRow,
    table: &[u8; 256],
    alphabet: Alphabet,
    findings: &mut Findings,
) -> usize {
    let illegal = |b: u8| !is_legal(alphabet, table[usize::from(b)]);
    let total = row.residues.iter().filter(|b| illegal(**b)).count();
    if let Some(site) = row.residues.iter().position(|b| illegal(*b)) {
        findings.push(
            illegal_character(&row.name, site, row.residues[site], alphabet).at_line(row.line),
        );
    }
    total
}

/// The finding about a character outside the alphabet. `index` counts from 0.
pub(crate) fn illegal_character(name: &str, index: usize, byte: u8, alphabet: Alphabet) -> Finding {
    let remedy = match byte {
        b'*' => {
            "If '*' is a stop codon, upload nucleotides or the protein alignment. If it is a deletion, \
             write '-'."
        }
        b'>' => {
            "A name begins with '>' on a line of its own. If lines end with it, a viewer has cut them: \
             upload the file that the program wrote."
        }
        _ => "Check the file at this place. If the residue is unknown, write '?' or 'N'.",
    };
    Finding::error(
        "illegal-character",
        format!(
            "Sequence '{}' has {} at position {}, which is not a {} letter.",
            crate::text::excerpt(name),
            show_byte(byte),
            index + 1,
            say(alphabet)
        ),
        remedy,
    )
    .in_sequence(name)
    .at_site(index + 1)
}

/// The name of the alphabet in a sentence.
pub(crate) fn say(alphabet: Alphabet) -> &'static str {
    match alphabet {
        Alphabet::Nucleotide => "nucleotide",
        Alphabet::Protein => "protein",
        Alphabet::Unknown => "known",
    }
}
