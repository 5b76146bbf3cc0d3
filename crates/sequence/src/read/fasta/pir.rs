//! PIR (NBRF): FASTA with a code before each name, a title below it, and a `*` at the end.

use crate::finding::{Finding, Findings};
use crate::residue::RawRow;
use crate::text::{Line, Lines};

/// The codes of PIR: proteins, DNA and RNA, linear or circular, and others.
const CODES: [&[u8]; 10] = [
    b"P1", b"F1", b"DL", b"DC", b"RL", b"RC", b"N1", b"N3", b"XX", b"D1",
];

/// Whether all names have a code, as in `>P1;name`, and the first sequence ends with `*`.
pub(super) fn is_pir(text: &[u8]) -> bool {
    let is_name = |line: &Line<'_>| line.bytes.starts_with(b">");
    let mut lines = Lines::new(text.trim_ascii_start());
    if !lines.next().is_some_and(|line| has_code(line.bytes)) {
        return false;
    }
    let of_first = lines.clone().take_while(|line| !is_name(line));
    let last = of_first
        .filter(|line| !line.bytes.trim_ascii().is_empty())
        .last();
    last.is_some_and(|line| line.bytes.trim_ascii_end().ends_with(b"*"))
        && lines.filter(is_name).all(|line| has_code(line.bytes))
}

fn has_code(header: &[u8]) -> bool {
    header.len() > 4 && header[0] == b'>' && CODES.contains(&&header[1..3]) && header[3] == b';'
}

/// The name in a header, without its code.
pub(super) fn name(header: &[u8]) -> &[u8] {
    header.get(3..).unwrap_or(header)
}

/// Removes the `*` that end the sequences.
pub(super) fn finish(rows: &mut [RawRow], findings: &mut Findings) {
    for row in rows {
        if row.residues.last() == Some(&b'*') {
            row.residues.pop();
        }
    }
    findings.push(Finding::note(
        "pir-titles-ignored",
        "The file is PIR (NBRF): the line below each name is a title and was ignored.",
        "No action is needed.",
    ));
}
