//! Decimal commas. `(A:0,11,B:0,25)` is a valid tree with the leaves A, 11, B and 25, which nobody
//! meant.

use std::ops::Range;

use super::parser::Parser;
use crate::finding::Finding;
use crate::text::{excerpt, line_at};

impl Parser<'_> {
    /// Notes a length, by its position.
    pub(super) fn note_length(&mut self, at: Range<usize>) {
        let number = &self.text[at.clone()];
        self.commas.lengths += 1;
        self.commas.points |= number.contains(&b'.');
        let digits = number.strip_prefix(b"-").unwrap_or(number);
        if digits.iter().all(u8::is_ascii_digit) {
            self.commas.whole = at;
        }
    }

    /// Notes the name of a leaf. The name was read, and began at `start`.
    pub(super) fn note_leaf(&mut self, start: usize, name: &[u8]) {
        if !is_number(name) || !matches!(self.peek(), Some(b',' | b')')) {
            return;
        }
        let commas = &mut self.commas;
        let end = commas.whole.end;
        if end == 0 || end + 1 != start || self.text.get(end) != Some(&b',') {
            commas.apart = true;
            return;
        }
        if commas.split == 0 {
            commas.first = commas.whole.start..start + name.len();
        }
        commas.split += 1;
    }

    /// The error that the lengths have decimal commas: no length has a point, every leaf that is a
    /// number without a length completes a length, and so at least half of the lengths become
    /// complete. Leaves that are numbers have either no lengths, or all have one.
    pub(super) fn decimal_commas(&self) -> Option<Finding> {
        let commas = &self.commas;
        let split = commas.split >= 2 && commas.split >= commas.lengths.div_ceil(2);
        if !split || commas.apart || commas.points {
            return None;
        }
        let number = String::from_utf8_lossy(self.text.get(commas.first.clone())?);
        let number = excerpt(&number);
        let finding = Finding::error(
            "decimal-comma",
            format!("The branch lengths seem to be written with a decimal comma ('{number}')."),
            format!("Write them with a point ('{}').", number.replace(',', ".")),
        );
        Some(finding.at_line(line_at(self.text, commas.first.start)))
    }
}

/// Whether a name is what may follow a decimal comma: digits, perhaps with an exponent.
fn is_number(name: &[u8]) -> bool {
    let digits = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    let mut parts = name.splitn(2, |b| matches!(b, b'e' | b'E'));
    let before = parts.next().unwrap_or_default();
    let exponent = parts.next().map(|exponent| {
        let sign = exponent.first().is_some_and(|b| matches!(b, b'+' | b'-'));
        &exponent[usize::from(sign)..]
    });
    digits(before) && exponent.is_none_or(digits)
}
