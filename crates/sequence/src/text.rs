//! Helper functions for characters, shared by readers, writers and checks.

/// Whether HyPhy accepts this word as an identifier: ASCII letters, digits, underscores.
pub(crate) fn is_engine_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// The changes made while cleaning a name.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cleaned {
    /// The bytes were not UTF-8 and were read as Latin-1.
    pub(crate) latin1: bool,
    /// Control characters were replaced.
    pub(crate) control: bool,
}

/// Decodes a name and trims it. Bytes that are not UTF-8 are read as Latin-1, tabs become blanks,
/// and other control characters become U+FFFD.
pub(crate) fn clean_name(bytes: &[u8]) -> (String, Cleaned) {
    let mut cleaned = Cleaned::default();
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_string(),
        Err(_) => {
            cleaned.latin1 = true;
            bytes.iter().map(|b| char::from(*b)).collect()
        }
    };
    let text = text.trim();
    if !text.chars().any(char::is_control) {
        return (text.to_string(), cleaned);
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\t' | '\n' | '\r' => out.push(' '),
            c if c.is_control() => {
                cleaned.control = true;
                out.push('\u{FFFD}');
            }
            c => out.push(c),
        }
    }
    (out, cleaned)
}

/// The lines of a text, ending in LF, CR LF or CR, with their numbers from 1 and the offset of
/// their first byte.
#[derive(Debug, Clone)]
pub(crate) struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    number: usize,
}

/// One line, without its end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line<'a> {
    pub(crate) number: usize,
    pub(crate) start: usize,
    pub(crate) bytes: &'a [u8],
}

impl<'a> Lines<'a> {
    pub(crate) fn new(text: &'a [u8]) -> Self {
        Self {
            text,
            at: 0,
            number: 0,
        }
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = Line<'a>;

    fn next(&mut self) -> Option<Line<'a>> {
        if self.at >= self.text.len() {
            return None;
        }
        let start = self.at;
        let rest = &self.text[start..];
        let length = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        self.at = start + length + 1;
        if rest[length..].starts_with(b"\r\n") {
            self.at += 1;
        }
        self.number += 1;
        Some(Line {
            number: self.number,
            start,
            bytes: &rest[..length],
        })
    }
}

/// The number of the line, from 1, that contains the byte at `offset`. Takes a pass over the text.
pub(crate) fn line_at(text: &[u8], offset: usize) -> usize {
    1 + count_line_ends(text, 0, offset)
}

/// Number of line ends between two offsets. CR LF is one line end and counts at its LF.
pub(crate) fn count_line_ends(text: &[u8], from: usize, to: usize) -> usize {
    let passed = text.get(from..to.min(text.len())).unwrap_or_default();
    memchr::memchr2_iter(b'\n', b'\r', passed)
        .filter(|hit| passed[*hit] == b'\n' || text.get(from + hit + 1) != Some(&b'\n'))
        .count()
}

/// A byte in printable form, for a message.
pub(crate) fn show_byte(byte: u8) -> String {
    match byte {
        0x21..=0x7e => format!("'{}'", char::from(byte)),
        b' ' => "a blank".to_string(),
        _ => format!("the byte 0x{byte:02X}"),
    }
}

/// A number with its noun: `1 leaf`, `2 leaves`.
pub(crate) fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// Text for a message, truncated to about sixty characters.
pub(crate) fn excerpt(text: &str) -> String {
    let mut out: String = text.chars().take(60).collect();
    if out.len() < text.len() {
        out.push('…');
    }
    out
}
