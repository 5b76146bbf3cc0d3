//! Collecting the residues of rows, as all readers do it.

/// Appends the residues of a line, without blanks.
pub(super) fn append(residues: &mut Vec<u8>, line: &[u8]) {
    if line.iter().any(|b| b.is_ascii_whitespace()) {
        residues.extend(line.iter().filter(|b| !b.is_ascii_whitespace()));
    } else {
        residues.extend_from_slice(line);
    }
}
