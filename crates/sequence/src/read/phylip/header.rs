//! The first line: the number of sequences and of sites, and options.

use crate::text::{Line, Lines};

/// What the first line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::read) struct Header {
    pub(in crate::read) sequences: usize,
    pub(in crate::read) sites: usize,
    /// Letters after the two numbers, in upper case.
    options: String,
}

impl Header {
    /// `I`: the sequences come in blocks.
    pub(super) fn interleaved(&self) -> bool {
        self.options.contains('I')
    }

    /// `G`, `GC`: lines with classes of sites come before the sequences (PAML).
    pub(super) fn site_classes(&self) -> bool {
        self.options.contains('G')
    }
}

/// The header, if the first line is one: two numbers, perhaps with option letters after them.
pub(in crate::read) fn header(text: &[u8]) -> Option<Header> {
    let line = Lines::new(text)
        .map(|l| l.bytes.trim_ascii())
        .find(|l| !l.is_empty())?;
    let mut words = line
        .split(u8::is_ascii_whitespace)
        .filter(|w| !w.is_empty())
        .map(std::str::from_utf8);
    let sequences = words.next()?.ok()?.parse().ok()?;
    let sites = words.next()?.ok()?.parse().ok()?;
    let mut options = String::new();
    for word in words {
        let word = word.ok()?;
        if !word.bytes().all(|b| b.is_ascii_alphabetic()) {
            return None;
        }
        options.push_str(&word.to_ascii_uppercase());
    }
    Some(Header {
        sequences,
        sites,
        options,
    })
}

/// The number of lines with classes of sites at the beginning of the sequences: a line such as
/// `G 3` or `G 2 300 595`, and then lines of digits alone.
pub(super) fn class_lines(lines: &[Line<'_>]) -> usize {
    let first = lines.first().map(|l| l.bytes.trim_ascii_start());
    let is_class = |l: &[u8]| {
        l.strip_prefix(b"G")
            .or(l.strip_prefix(b"g"))
            .is_some_and(|rest| {
                let digits = |b: &u8| b.is_ascii_digit() || b.is_ascii_whitespace();
                rest.iter().all(digits) && rest.iter().any(u8::is_ascii_digit)
            })
    };
    if !first.is_some_and(is_class) {
        return 0;
    }
    1 + lines[1..]
        .iter()
        .take_while(|l| is_counter(l.bytes))
        .count()
}

/// Whether a line has digits and blanks alone.
pub(super) fn is_counter(line: &[u8]) -> bool {
    line.iter().any(u8::is_ascii_digit)
        && line
            .iter()
            .all(|b| b.is_ascii_digit() || b.is_ascii_whitespace())
}
