//! FASTA, optionally with trees after the sequences, as HyPhy users write it.

mod pir;

use super::rows::append;
use super::{Contents, name_of, phylip, too_many_sequences, tree_list};
use crate::Limits;
use crate::finding::{Finding, Findings};
use crate::residue::{Raw, RawRow};
use crate::text::{Line, Lines};

/// Reads sequences up to the first line that begins a tree, and trees from there on.
///
/// The whole header line is the name, as in HyPhy. Lines that begin with `;` are comments.
pub(super) fn read(text: &[u8], limits: &Limits, findings: &mut Findings) -> Contents {
    let mut contents = Contents::default();
    let mut rows: Vec<RawRow> = Vec::new();
    let mut oddities = Oddities::default();
    // HyPhy accepts '#' for '>'. A file uses one of the two.
    let marker = if text.trim_ascii_start().first() == Some(&b'#') {
        b'#'
    } else {
        b'>'
    };
    let sequences = after_count(text);
    if sequences.is_some() {
        findings.push(
            Finding::note(
                "count-line-ignored",
                "The numbers before the first sequence name were ignored.",
                "No action is needed.",
            )
            .at_line(1),
        );
    }
    let is_pir = pir::is_pir(text);
    let (mut in_title, mut in_text) = (false, false);
    for line in Lines::new(text).filter(|line| line.start >= sequences.unwrap_or(0)) {
        if std::mem::take(&mut in_title) {
            continue;
        }
        match line.bytes.first() {
            None => {}
            Some(_) if !rows.is_empty() && begins_trees(text, line) => {
                contents.trees = tree_list::read(text, line.start, limits, findings);
                break;
            }
            Some(first) if *first == marker => {
                if rows.len() == limits.max_sequences {
                    findings.push(too_many_sequences(limits));
                    return Contents::default();
                }
                let name = &line.bytes[1..];
                let name = if is_pir { pir::name(name) } else { name };
                (in_title, in_text) = (is_pir, false);
                rows.push(RawRow {
                    name: name_of(name, line.number, limits, findings),
                    residues: Vec::new(),
                    line: line.number,
                });
            }
            Some(b';') => {}
            Some(_) => match rows.last_mut() {
                Some(_) if in_text => {}
                Some(_) if is_sentence(line.bytes) => {
                    in_text = true;
                    oddities.text = oddities.text.or(Some(line));
                }
                Some(row) => oddities.append_line(row, line),
                None if line.bytes.trim_ascii().is_empty() => {}
                // Blanks before the first marker.
                None if line.bytes.trim_ascii_start().first() == Some(&marker) => {
                    let name = line.bytes.trim_ascii_start().get(1..).unwrap_or_default();
                    let name = name_of(name, line.number, limits, findings);
                    rows.push(RawRow {
                        name,
                        residues: Vec::new(),
                        line: line.number,
                    });
                }
                None => oddities.before = oddities.before.or(Some(line.number)),
            },
        }
    }
    oddities.report(findings);
    if is_pir {
        pir::finish(&mut rows, findings);
    }
    contents.raw = Some(Raw {
        rows,
        declared: None,
    });
    contents
}

/// Where the sequences begin, if there is a PHYLIP header before them: users of PAML write one.
pub(super) fn after_count(text: &[u8]) -> Option<usize> {
    let mut lines = Lines::new(text).filter(|line| !line.bytes.trim_ascii().is_empty());
    phylip::header(lines.next()?.bytes)?;
    let second = lines.next()?;
    second.bytes.starts_with(b">").then_some(second.start)
}

/// What does not belong into FASTA, and where it was first seen.
#[derive(Default)]
struct Oddities<'a> {
    /// The line of text before the first name.
    before: Option<usize>,
    /// The line of a `;` after residues.
    semicolon: Option<usize>,
    /// The line of a number before or after residues.
    number: Option<usize>,
    /// A line that is not residues.
    text: Option<Line<'a>>,
}

impl Oddities<'_> {
    /// Appends the residues of a line, without a `;` at its end, and without the numbers of residues
    /// at either end. HyPhy users end the sequences with a `;` before a tree.
    fn append_line(&mut self, row: &mut RawRow, line: Line<'_>) {
        let mut residues = line.bytes;
        if let Some(before) = residues.strip_suffix(b";") {
            self.semicolon = self.semicolon.or(Some(line.number));
            residues = before;
        }
        if let Some(numbered) = without_numbers(residues) {
            self.number = self.number.or(Some(line.number));
            residues = numbered;
        }
        append(&mut row.residues, residues);
    }

    fn report(self, findings: &mut Findings) {
        if let Some(line) = self.before {
            findings.push(
                Finding::error(
                    "text-before-sequences",
                    "There is text before the first sequence name.",
                    "A FASTA file begins with '>' and the name of the first sequence.",
                )
                .at_line(line),
            );
        }
        if let Some(line) = self.text {
            let text = String::from_utf8_lossy(line.bytes.trim_ascii());
            findings.push(
                Finding::error(
                    "text-among-sequences",
                    format!(
                        "This line is neither a name nor residues: '{}'.",
                        crate::text::excerpt(&text)
                    ),
                    "Remove it, and what follows it up to the next name. Names begin with '>'.",
                )
                .at_line(line.number),
            );
        }
        if let Some(line) = self.semicolon {
            findings.push(
                Finding::note(
                    "semicolon-ignored",
                    "A ';' at the end of a line of residues was ignored.",
                    "No action is needed.",
                )
                .at_line(line),
            );
        }
        if let Some(line) = self.number {
            findings.push(
                Finding::note(
                    "residue-numbers-ignored",
                    "The numbers before or after the residues of a line were ignored.",
                    "No action is needed.",
                )
                .at_line(line),
            );
        }
    }
}

/// Whether a line has punctuation that occurs in no alignment, and blanks or letters that make it a
/// sentence. A single wrong character is left to the check of residues.
fn is_sentence(line: &[u8]) -> bool {
    let is_word = |word: &&[u8]| word.iter().any(u8::is_ascii_alphabetic);
    let marks = |b: &u8| b",:\"'@/&".contains(b);
    line.iter().any(marks)
        && line
            .split(u8::is_ascii_whitespace)
            .filter(is_word)
            .take(2)
            .count()
            == 2
}

/// The residues of a line that begins or ends with a number, which counts them.
fn without_numbers(line: &[u8]) -> Option<&[u8]> {
    if !line.iter().any(u8::is_ascii_digit) {
        return None;
    }
    let line = line.trim_ascii();
    let is_number = |word: &[u8]| !word.is_empty() && word.iter().all(u8::is_ascii_digit);
    let mut rest = line;
    if let Some(blank) = rest.iter().position(u8::is_ascii_whitespace)
        && is_number(&rest[..blank])
    {
        rest = rest[blank..].trim_ascii();
    }
    if let Some(blank) = rest.iter().rposition(u8::is_ascii_whitespace)
        && is_number(&rest[blank + 1..])
    {
        rest = rest[..blank].trim_ascii();
    }
    // Rows of digits are characters of another kind.
    let plain = !rest.iter().any(u8::is_ascii_digit) && rest.iter().any(u8::is_ascii_alphabetic);
    (plain && rest.len() < line.len()).then_some(rest)
}

/// Whether a line begins the trees. Lines of residues have none of the characters that this needs.
fn begins_trees(text: &[u8], line: Line<'_>) -> bool {
    let header = matches!(line.bytes.first(), Some(b'>' | b'(' | b'[' | b'#'));
    let word =
        line.bytes.len() < 30 && line.bytes[..line.bytes.len().min(1)].eq_ignore_ascii_case(b"t");
    if tree_list::count(line.bytes).is_some() {
        return tree_list::is_list(&text[line.start..]);
    }
    let marked = header || word || memchr::memchr3(b'(', b'=', b';', line.bytes).is_some();
    marked && tree_list::starts(text, line)
}
