//! The `MATRIX` command: sequential or interleaved rows of characters.

use std::collections::{HashMap, HashSet};

use super::Reader;
use super::format::{Format, NOT_PRINTABLE};
use super::interleave::looks_interleaved;
use super::token::Scanner;
use crate::Alphabet;
use crate::finding::{Finding, Findings};
use crate::genetic_code::bases;
use crate::residue::RawRow;
use crate::text::counted;

/// A matrix being read.
pub(super) struct Matrix<'a> {
    format: &'a Format,
    /// What each character becomes.
    table: [u8; 256],
    equate: HashMap<u8, Vec<u8>>,
    rows: Vec<RawRow>,
    sets: usize,
}

impl<'a> Matrix<'a> {
    /// Reads up to and including the `;`. `None` if there are too many rows.
    pub(super) fn read(reader: &mut Reader<'_>, format: &'a Format) -> Option<Vec<RawRow>> {
        let mut matrix = Self {
            format,
            table: format.table(),
            equate: format
                .equate
                .iter()
                .filter(|(_, v)| v.len() > 1)
                .cloned()
                .collect(),
            rows: Vec::new(),
            sets: 0,
        };
        let interleave = format.interleave
            || (format.labels && looks_interleaved(reader.scanner.clone(), format.nchar));
        if interleave && !format.interleave {
            let line = reader.scanner.line();
            reader.findings.push(
                Finding::warning(
                    "interleave-not-declared",
                    "The matrix is interleaved, but FORMAT does not say INTERLEAVE.",
                    "Check that the sequences were read in full.",
                )
                .at_line(line),
            );
        }
        let whole = if interleave {
            matrix.interleaved(reader)
        } else {
            matrix.sequential(reader)
        };
        if matrix.sets > 0 {
            reader.findings.push(Finding::note(
                "character-sets",
                format!(
                    "{} read as ambiguous.",
                    counted(
                        matrix.sets,
                        "set of characters was",
                        "sets of characters were"
                    )
                ),
                "No action is needed.",
            ));
        }
        reader.scanner.skip_command();
        whole.then_some(matrix.rows)
    }

    fn sequential(&mut self, reader: &mut Reader<'_>) -> bool {
        let taxa: HashSet<Vec<u8>> = if self.format.labels {
            reader.taxa.iter().map(|t| t.as_bytes().to_vec()).collect()
        } else {
            HashSet::new()
        };
        loop {
            reader.scanner.skip_blanks();
            match reader.scanner.peek() {
                None | Some(b';') => return true,
                Some(_) if reader.scanner.closes_block() => return true,
                Some(_) => {}
            }
            if !self.add_row(reader) {
                return false;
            }
            let mut residues = Vec::new();
            self.sequential_row(reader, &taxa, &mut residues);
            if let Some(row) = self.rows.last_mut() {
                row.residues = residues;
            }
        }
    }

    /// Reads the characters of one row: to the end of the line if NCHAR is unknown; otherwise until
    /// there are NCHAR of them or the row of another taxon begins.
    fn sequential_row(
        &mut self,
        reader: &mut Reader<'_>,
        taxa: &HashSet<Vec<u8>>,
        residues: &mut Vec<u8>,
    ) {
        let starts_row = |scanner: &Scanner<'_>| {
            let mut ahead = scanner.clone();
            ahead
                .label()
                .is_some_and(|w| w.is_quoted() || taxa.contains(w.bytes().as_ref()))
        };
        let scanner = &mut reader.scanner;
        let mut after_blank = false;
        while let Some(byte) = scanner.peek() {
            let full = self.format.nchar.map(|n| residues.len() >= n);
            match byte {
                b';' => return,
                b'\n' | b'\r' => {
                    if full != Some(false) {
                        return;
                    }
                    scanner.skip_blanks();
                    if scanner.closes_block() || (self.format.labels && starts_row(scanner)) {
                        return;
                    }
                }
                b'[' => skip_comment(scanner),
                b if b.is_ascii_whitespace() => {
                    scanner.at += 1;
                    after_blank = true;
                    continue;
                }
                // A row may follow on the same line. Without TAXLABELS, any word begins it.
                _ if after_blank
                    && full == Some(true)
                    && (!self.format.labels || taxa.is_empty() || starts_row(scanner)) =>
                {
                    return;
                }
                _ => self.character(scanner, residues),
            }
            after_blank = false;
        }
    }

    fn interleaved(&mut self, reader: &mut Reader<'_>) -> bool {
        let mut index: HashMap<Vec<u8>, usize> = HashMap::new();
        let taxa = reader.taxa.len();
        let ntax = self.format.ntax.or((taxa > 0).then_some(taxa));
        let mut turn = 0usize;
        loop {
            reader.scanner.skip_blanks();
            match reader.scanner.peek() {
                None | Some(b';') => return true,
                Some(_) if reader.scanner.closes_block() => return true,
                Some(_) => {}
            }
            let row = if self.format.labels {
                let mut ahead = reader.scanner.clone();
                let label = ahead
                    .label()
                    .map(|w| w.bytes().into_owned())
                    .unwrap_or_default();
                match index.get(&label) {
                    Some(row) if !self.is_full(*row) => {
                        reader.scanner.at = ahead.at.max(reader.scanner.at + 1);
                        *row
                    }
                    _ => {
                        if !self.add_row(reader) {
                            return false;
                        }
                        index.insert(label, self.rows.len() - 1);
                        self.rows.len() - 1
                    }
                }
            } else {
                let row = turn % ntax.unwrap_or(usize::MAX).max(1);
                if row >= self.rows.len() && !self.add_row(reader) {
                    return false;
                }
                turn += 1;
                row.min(self.rows.len() - 1)
            };
            let mut residues = std::mem::take(&mut self.rows[row].residues);
            self.rest_of_line(&mut reader.scanner, &mut residues);
            self.rows[row].residues = residues;
        }
    }

    fn is_full(&self, row: usize) -> bool {
        self.format
            .nchar
            .is_some_and(|n| self.rows[row].residues.len() >= n)
    }

    fn rest_of_line(&mut self, scanner: &mut Scanner<'_>, residues: &mut Vec<u8>) {
        while let Some(byte) = scanner.peek() {
            match byte {
                b';' | b'\n' | b'\r' => return,
                b'[' => skip_comment(scanner),
                b if b.is_ascii_whitespace() => scanner.at += 1,
                _ => self.character(scanner, residues),
            }
        }
    }

    /// Begins a row: reads its label, or takes the next of the TAXLABELS.
    fn add_row(&mut self, reader: &mut Reader<'_>) -> bool {
        if self.rows.len() >= reader.limits.max_sequences {
            reader
                .findings
                .push(super::super::too_many_sequences(&reader.limits));
            return false;
        }
        let line = reader.scanner.line();
        let name = if self.format.labels {
            match reader.scanner.label() {
                Some(word) => {
                    let name = word.bytes();
                    let name = name.strip_suffix(b",").unwrap_or(&name);
                    super::super::name_of(name, line, &reader.limits, reader.findings)
                }
                None => {
                    // Punctuation in place of a name; it must be skipped to continue.
                    reader.scanner.at += 1;
                    no_name(line, reader.findings);
                    String::new()
                }
            }
        } else {
            let number = self.rows.len();
            reader.taxa.get(number).cloned().unwrap_or_else(|| {
                no_name(line, reader.findings);
                format!("seq{}", number + 1)
            })
        };
        self.rows.push(RawRow {
            name,
            residues: Vec::new(),
            line,
        });
        true
    }

    /// Reads one character or a set of characters in parentheses or braces.
    fn character(&mut self, scanner: &mut Scanner<'_>, residues: &mut Vec<u8>) {
        let Some(byte) = scanner.peek() else { return };
        scanner.at += 1;
        let close = match byte {
            b'(' => b')',
            b'{' => b'}',
            _ => {
                let key = if self.format.respect_case {
                    byte
                } else {
                    byte.to_ascii_uppercase()
                };
                residues.push(match self.equate.get(&key) {
                    Some(set) => self.ambiguity(set),
                    None => self.table[usize::from(byte)],
                });
                return;
            }
        };
        let rest = &scanner.text[scanner.at..];
        // No set is longer than all letters and digits, with blanks or commas between them.
        match rest
            .iter()
            .take(200)
            .position(|b| *b == close || *b == b';')
        {
            Some(end) if rest[end] == close => {
                residues.push(self.ambiguity(&rest[..end]));
                scanner.at += end + 1;
                self.sets += 1;
            }
            _ => residues.push(byte),
        }
    }

    /// The letter that stands for any member of a set.
    fn ambiguity(&self, set: &[u8]) -> u8 {
        let mut letters = set
            .iter()
            .filter(|b| !b.is_ascii_whitespace() && **b != b',')
            .peekable();
        if letters.peek().is_none() {
            return NOT_PRINTABLE;
        }
        let nucleotide = self
            .format
            .alphabet
            .is_none_or(|a| a == Alphabet::Nucleotide);
        let all = letters.clone().all(|b| bases(*b) != 0);
        let union = letters.fold(0, |union, b| union | bases(*b));
        match self.format.alphabet {
            _ if nucleotide && all => b"?ACMGRSVTWYHKDBN"[usize::from(union & 15)],
            Some(Alphabet::Unknown) => b'?',
            _ => b'X',
        }
    }
}

/// Moves to the end of the comment that opens here, and no further: a line may end right after it.
fn skip_comment(scanner: &mut Scanner<'_>) {
    let end = crate::read::newick::comment_end(scanner.text, scanner.at);
    scanner.at = end.unwrap_or(scanner.text.len());
}

fn no_name(line: usize, findings: &mut Findings) {
    findings.push(
        Finding::error(
            "row-without-name",
            "A row of the matrix has no name.",
            "Write the name before each sequence, or list all names in TAXLABELS.",
        )
        .at_line(line),
    );
}
