//! Recognising an interleaved matrix that is not declared as interleaved.

use super::token::Scanner;

/// Whether a matrix that is not declared as interleaved is interleaved: its first row is shorter
/// than NCHAR, and the name of the first row occurs again at the start of a line.
pub(super) fn looks_interleaved(mut scanner: Scanner<'_>, nchar: Option<usize>) -> bool {
    let Some(nchar) = nchar else { return false };
    scanner.skip_blanks();
    let rest = &scanner.text[scanner.at.min(scanner.text.len())..];
    let Some(first) = scanner.label().map(|w| w.bytes().into_owned()) else {
        return false;
    };
    if first.is_empty() || first.contains(&b'\n') || first.contains(&b'\r') {
        return false;
    }
    let mut found = false;
    for (number, line) in crate::text::Lines::new(rest).enumerate() {
        let mut words = Scanner::new(line.bytes, 0);
        let label = words.label();
        if number == 0 {
            let residues = line.bytes.get(words.at..).unwrap_or_default();
            if residues.iter().filter(|b| !b.is_ascii_whitespace()).count() >= nchar {
                return false;
            }
        } else if label.is_some_and(|l| l.bytes() == first) {
            found = true;
        }
        if line.bytes.contains(&b';') {
            break;
        }
    }
    found
}
