//! PIR (NBRF): FASTA with a code before each name, a title below it, and a `*` at the end.

use crate::finding::{Finding, Findings};
use crate::residue::RawRow;
use crate::text::Lines;

/// The codes of PIR: proteins, DNA and RNA, linear or circular, and others.
const CODES: [&[u8]; 10] = [
    b"P1", b"F1", b"DL", b"DC", b"RL", b"RC", b"N1", b"N3", b"XX", b"D1",
];

/// Whether all names have a code: `>P1;name`.
pub(super) fn is_pir(text: &[u8]) -> bool {
    let has_code = |line: &[u8]| CODES.contains(&&line[1..3]) && line[3] == b';';
    let mut names = Lines::new(text.trim_ascii_start()).filter(|line| line.bytes.starts_with(b">"));
    let mut is_pir = names
        .next()
        .is_some_and(|line| line.bytes.len() > 4 && has_code(line.bytes));
    is_pir = is_pir && names.all(|line| line.bytes.len() > 4 && has_code(line.bytes));
    is_pir
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
