//! NEXUS: blocks of commands. Data blocks are read, and blocks of programs are skipped.
//!
//! A NEXUS file can contain a program for HyPhy, PAUP or MrBayes. Any block that is not plain data
//! is skipped without being parsed, and a finding says so.

mod characters;
mod format;
mod interleave;
mod lines;
mod matrix;
mod sets;
mod token;
mod trees;

use std::collections::HashMap;

use super::Contents;
use crate::Limits;
use crate::finding::{Finding, Findings};
use token::Scanner;

/// Common data blocks without information that is needed here.
const QUIET_BLOCKS: [&str; 6] = [
    "NOTES",
    "DISTANCES",
    "CODONS",
    "UNALIGNED",
    "TAXASETS",
    "LABELS",
];

/// State shared by the blocks.
struct Reader<'a> {
    scanner: Scanner<'a>,
    /// `max_nodes` is the remaining number of nodes for further trees.
    limits: Limits,
    findings: &'a mut Findings,
    taxa: Vec<String>,
    /// The number of sequences that the TAXA block declares.
    ntax: Option<usize>,
    /// Partitions by name in lower case.
    sets: HashMap<String, usize>,
    faulty_trees: usize,
    /// Remaining bytes for names that replace keys. Otherwise a tree of many short keys could grow
    /// a thousandfold.
    name_bytes: usize,
    contents: Contents,
}

/// Reads a whole file. It begins with `#NEXUS`, which people forget.
pub(super) fn read(text: &[u8], limits: &Limits, findings: &mut Findings) -> Contents {
    let mut start = text.len() - text.trim_ascii_start().len();
    if text.get(start) == Some(&b'#') {
        start += "#NEXUS".len();
    }
    read_blocks(text, start, limits, findings)
}

/// Reads the blocks from an offset on.
pub(super) fn read_blocks(
    text: &[u8],
    start: usize,
    limits: &Limits,
    findings: &mut Findings,
) -> Contents {
    let mut reader = Reader {
        scanner: Scanner::new(text, start),
        limits: limits.clone(),
        findings,
        taxa: Vec::new(),
        ntax: None,
        sets: HashMap::new(),
        faulty_trees: 0,
        name_bytes: limits.max_bytes,
        contents: Contents::default(),
    };
    reader.file();
    reader.contents
}

impl Reader<'_> {
    fn file(&mut self) {
        let mut stray = false;
        while let Some(word) = self.scanner.command() {
            if !word.eq_ignore_ascii_case(b"BEGIN") {
                if !stray && !word.is_empty() {
                    stray = true;
                    let line = self.scanner.line();
                    self.findings.push(
                        Finding::warning(
                            "text-outside-block",
                            "There is text outside the blocks of the NEXUS file; it was ignored.",
                            "Put all data between BEGIN …; and END;.",
                        )
                        .at_line(line),
                    );
                }
                self.scanner.skip_command();
                continue;
            }
            let line = self.scanner.line();
            let block = self
                .scanner
                .word()
                .map(|w| w.to_text().to_ascii_uppercase());
            // Without a semicolon, the first command must not be lost.
            self.scanner.take(b';');
            self.block(&block.unwrap_or_default(), line);
        }
    }

    fn block(&mut self, name: &str, line: usize) {
        let closed = match name {
            "TAXA" => self.taxa_block(),
            "DATA" | "CHARACTERS" => characters::block(self),
            "TREES" => trees::block(self),
            "ASSUMPTIONS" | "SETS" => sets::block(self),
            _ => {
                self.dropped(name, line);
                self.scanner.skip_block()
            }
        };
        if !closed {
            self.findings.push(
                Finding::warning(
                    "block-not-closed",
                    format!("The block {} has no END;.", crate::text::excerpt(name)),
                    "Check that the file is complete.",
                )
                .at_line(line),
            );
        }
    }

    fn dropped(&mut self, name: &str, line: usize) {
        let shown = crate::text::excerpt(name);
        self.findings.push(if QUIET_BLOCKS.contains(&name) {
            Finding::note(
                "block-ignored",
                format!("The block {shown} was not read."),
                "No action is needed.",
            )
            .at_line(line)
        } else {
            Finding::warning(
                "executable-block-dropped",
                format!("The block {shown} may contain program commands; it was skipped."),
                "Choose settings when you start an analysis; commands in files are never run.",
            )
            .at_line(line)
        });
    }

    /// Calls `handle` with each command of a block in upper case, with the scanner after the
    /// command word. Returns whether the block was closed.
    fn commands(&mut self, mut handle: impl FnMut(&mut Self, &str)) -> bool {
        loop {
            let before = self.scanner.clone();
            let Some(word) = self.scanner.command() else {
                return false;
            };
            let word = String::from_utf8_lossy(word).to_ascii_uppercase();
            // The next block begins, although this one is not closed.
            if word == "BEGIN" {
                self.scanner = before;
                return false;
            }
            if word == "END" || word == "ENDBLOCK" {
                // Without a semicolon, the next block must not be taken for the rest of the command.
                self.scanner.take(b';');
                return true;
            }
            handle(self, &word);
            self.scanner.skip_command();
        }
    }

    fn taxa_block(&mut self) -> bool {
        self.commands(|reader, command| match command {
            "TAXLABELS" => reader.taxlabels(),
            "DIMENSIONS" => {
                let mut format = format::Format::default();
                format.dimensions(reader);
                reader.ntax = format.ntax.or(reader.ntax);
            }
            _ => {}
        })
    }

    /// The names, with blanks or commas between them.
    fn taxlabels(&mut self) {
        let mut taxa = Vec::new();
        loop {
            self.scanner.skip_blanks();
            if self.scanner.closes_block() {
                break;
            }
            let Some(label) = self.scanner.label() else {
                break;
            };
            let line = if label.plain() {
                0
            } else {
                self.scanner.line()
            };
            let bytes = label.bytes();
            let parts: Vec<&[u8]> = if label.is_quoted() {
                vec![&bytes]
            } else {
                let parts = bytes.split(|b| *b == b',');
                parts.filter(|p| !p.is_empty()).collect()
            };
            for name in parts {
                if taxa.len() == self.limits.max_sequences {
                    self.findings.push(super::too_many_sequences(&self.limits));
                    return;
                }
                taxa.push(super::name_of(name, line, &self.limits, self.findings));
            }
        }
        self.taxa = taxa;
    }
}
