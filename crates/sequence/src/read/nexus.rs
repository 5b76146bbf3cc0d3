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

/// Common blocks of data and of viewers, without information that is needed here.
const QUIET_BLOCKS: [&str; 13] = [
    "NOTES",
    "DISTANCES",
    "CODONS",
    "UNALIGNED",
    "TAXASETS",
    "LABELS",
    "FIGTREE",
    "SPLITS",
    "NETWORK",
    "TRAITS",
    "ST_ASSUMPTIONS",
    "MESQUITE",
    "MESQUITECHARMODELS",
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
    reader.open_comment();
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

    /// Says that a comment runs to the end of the file. Nothing after its beginning was read.
    fn open_comment(&mut self) {
        let Some(start) = self.scanner.open_comment else {
            return;
        };
        let line = 1 + crate::text::count_line_ends(self.scanner.text, 0, start);
        let what = "A comment is not closed, so everything after it was taken for a comment.";
        let remedy = "Close the comment with ']', or remove the '['.";
        let nothing = self.contents.raw.is_none() && self.contents.trees.is_empty();
        let finding = if nothing {
            Finding::error("comment-not-closed", what, remedy)
        } else {
            Finding::warning("comment-not-closed", what, remedy)
        };
        self.findings.push(finding.at_line(line));
    }

    /// Says that columns which the file excludes are analysed.
    fn excluded_columns(&mut self, command: &str) {
        let line = self.scanner.line();
        let columns = String::from_utf8_lossy(self.scanner.rest_of_command()).into_owned();
        let columns = columns.rsplit('=').next().unwrap_or_default();
        self.findings.push(
            Finding::warning(
                "columns-not-excluded",
                format!(
                    "The command {command} excludes columns ({}), but they are analysed like all \
                     others.",
                    crate::text::excerpt(columns.trim())
                ),
                "To leave them out, remove them from the alignment.",
            )
            .at_line(line),
        );
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
                "Choose settings when you start an analysis; commands in files are never run. CHARSETs count \
                 in a block SETS.",
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
            "MATRIX" => {
                let line = reader.scanner.line();
                reader.findings.push(
                    Finding::error(
                        "matrix-in-taxa-block",
                        "The sequences (MATRIX) are in a TAXA block.",
                        "Begin their block with BEGIN DATA; instead of BEGIN TAXA;.",
                    )
                    .at_line(line),
                );
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
