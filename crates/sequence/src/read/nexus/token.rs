//! Words of a NEXUS file.

use std::borrow::Cow;

use crate::read::block_end::is_end;
use crate::read::newick::comment_end;
use crate::text::count_line_ends;

/// A position in the text. Reading methods skip blanks and comments first.
#[derive(Debug, Clone)]
pub(super) struct Scanner<'a> {
    pub(super) text: &'a [u8],
    pub(super) at: usize,
    /// Whether the `;` of the current command has been passed.
    ended: bool,
    /// The offset up to which lines have been counted, and the line number there.
    counted: (usize, usize),
    /// The offset of a comment that is never closed.
    pub(super) open_comment: Option<usize>,
}

/// A word, optionally quoted.
#[derive(Debug, Clone)]
pub(super) struct Word<'a> {
    raw: &'a [u8],
    /// The quote around it.
    quote: Option<u8>,
}

impl<'a> Word<'a> {
    /// The word without its quotes. Doubled quotes inside it become one.
    pub(super) fn bytes(&self) -> Cow<'a, [u8]> {
        match self.quote {
            Some(quote) if self.raw.contains(&quote) => {
                let mut out = Vec::with_capacity(self.raw.len());
                let mut bytes = self.raw.iter();
                while let Some(b) = bytes.next() {
                    out.push(*b);
                    if *b == quote {
                        bytes.next();
                    }
                }
                Cow::Owned(out)
            }
            _ => Cow::Borrowed(self.raw),
        }
    }

    pub(super) fn to_text(&self) -> String {
        String::from_utf8_lossy(&self.bytes()).into_owned()
    }

    /// Whether it is printable ASCII, so that it needs no cleaning.
    pub(super) fn plain(&self) -> bool {
        self.raw.iter().all(|b| (0x20..0x7f).contains(b))
    }

    pub(super) fn is_quoted(&self) -> bool {
        self.quote.is_some()
    }
}

/// Whether a byte ends an unquoted word.
fn ends_word(b: u8) -> bool {
    b.is_ascii_whitespace() || matches!(b, b';' | b'=' | b',' | b'(' | b')' | b'[' | b'{' | b'}')
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a [u8], at: usize) -> Self {
        Self {
            text,
            at: at.min(text.len()),
            ended: false,
            counted: (0, 1),
            open_comment: None,
        }
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    /// The current line number, counted on from the previous call.
    pub(super) fn line(&mut self) -> usize {
        let (from, line) = self.counted;
        if self.at > from {
            self.counted = (self.at, line + count_line_ends(self.text, from, self.at));
        }
        self.counted.1
    }

    /// Skips blanks and comments. A comment that is never closed runs to the end of the file.
    pub(super) fn skip_blanks(&mut self) {
        while let Some(b) = self.peek() {
            if b == b'[' {
                let end = comment_end(self.text, self.at);
                if end.is_none() {
                    self.open_comment = self.open_comment.or(Some(self.at));
                }
                self.at = end.unwrap_or(self.text.len());
            } else if b.is_ascii_whitespace() {
                self.at += 1;
            } else {
                break;
            }
        }
    }

    /// The first word of the next command; `None` at the end of the file.
    pub(super) fn command(&mut self) -> Option<&'a [u8]> {
        self.ended = false;
        self.skip_blanks();
        while self.peek() == Some(b';') {
            self.at += 1;
            self.skip_blanks();
        }
        self.peek()?;
        Some(self.word().map_or(&[][..], |w| w.raw))
    }

    /// The next word of the current command; `None` before punctuation and at the command's end.
    pub(super) fn word(&mut self) -> Option<Word<'a>> {
        if self.ended {
            return None;
        }
        self.skip_blanks();
        let first = self.peek()?;
        if let Some(word) = self.quoted(first) {
            return Some(word);
        }
        let rest = &self.text[self.at..];
        let length = rest
            .iter()
            .position(|b| ends_word(*b))
            .unwrap_or(rest.len());
        self.at += length;
        (length > 0).then_some(Word {
            raw: &rest[..length],
            quote: None,
        })
    }

    /// The name at the beginning of a row, or in a list of names: a word that may have any character
    /// but blanks and `;`, such as `A/Perth/16(H3N2)`. A comment after it is not part of it.
    pub(super) fn label(&mut self) -> Option<Word<'a>> {
        if self.ended {
            return None;
        }
        self.skip_blanks();
        let first = self.peek()?;
        if let Some(word) = self.quoted(first) {
            return Some(word);
        }
        let rest = &self.text[self.at..];
        let mut length = 0;
        while let Some(b) = rest.get(length) {
            match b {
                b';' => break,
                b'[' => match bracketed(&rest[length..]) {
                    Some(inside) => length += inside,
                    None => break,
                },
                b if b.is_ascii_whitespace() => break,
                _ => length += 1,
            }
        }
        self.at += length;
        (length > 0).then_some(Word {
            raw: &rest[..length],
            quote: None,
        })
    }

    /// A [`label`](Self::label) in a list with commas: unless it is quoted, it ends before a comma.
    pub(super) fn listed_label(&mut self) -> Option<Word<'a>> {
        let mut label = self.label()?;
        if let Some(comma) = memchr::memchr(b',', label.raw).filter(|_| label.quote.is_none()) {
            self.at -= label.raw.len() - comma;
            label.raw = &label.raw[..comma];
        }
        Some(label)
    }

    /// A word in quotes, if one begins here and ends on its line. Otherwise the quote is a part of
    /// the word, such as an apostrophe.
    fn quoted(&mut self, quote: u8) -> Option<Word<'a>> {
        if quote != b'\'' && quote != b'"' {
            return None;
        }
        let start = self.at + 1;
        let mut end = start;
        loop {
            let rest = self.text.get(end..)?;
            let found = memchr::memchr3(quote, b'\n', b'\r', rest)?;
            if rest[found] != quote {
                return None;
            }
            end += found;
            if self.text.get(end + 1) != Some(&quote) {
                break;
            }
            end += 2;
        }
        self.at = end + 1;
        Some(Word {
            raw: self.text.get(start..end).unwrap_or_default(),
            quote: Some(quote),
        })
    }

    /// Whether the block is closed here, at the beginning of a line, although the current command
    /// has no `;`.
    pub(super) fn closes_block(&self) -> bool {
        self.begins_line() && is_end(&self.text[self.at..])
    }

    fn begins_line(&self) -> bool {
        let before = self.text[..self.at].iter().rev();
        let mut before = before.skip_while(|b| matches!(b, b' ' | b'\t'));
        before.next().is_none_or(|b| matches!(b, b'\n' | b'\r'))
    }

    /// Skips a given punctuation mark if it is next.
    pub(super) fn take(&mut self, mark: u8) -> bool {
        if self.ended {
            return false;
        }
        self.skip_blanks();
        let there = self.peek() == Some(mark);
        if there {
            self.at += 1;
        }
        there
    }

    /// Skips any one punctuation mark except the `;` that ends the command.
    pub(super) fn take_mark(&mut self) -> Option<u8> {
        if self.ended {
            return None;
        }
        self.skip_blanks();
        let mark = self.peek().filter(|b| *b != b';')?;
        self.at += 1;
        Some(mark)
    }

    /// Tells the scanner that the caller has read up to `at`, after the command's `;`.
    pub(super) fn ended_at(&mut self, at: usize) {
        self.at = at.min(self.text.len());
        self.ended = true;
    }

    /// Moves to the end of the current command, after its `;`.
    pub(super) fn skip_command(&mut self) {
        while !self.ended {
            self.skip_blanks();
            if self.closes_block() {
                self.ended = true;
                return;
            }
            if self.word().is_some() {
                continue;
            }
            match self.peek() {
                Some(b';') => self.ended_at(self.at + 1),
                Some(_) => self.at += 1,
                None => self.ended = true,
            }
        }
    }

    /// The text up to the `;` of the current command. Moves to its end.
    pub(super) fn rest_of_command(&mut self) -> &'a [u8] {
        let start = self.at;
        self.skip_command();
        let end = if self.text.get(self.at.wrapping_sub(1)) == Some(&b';') {
            self.at - 1
        } else {
            self.at
        };
        self.text.get(start..end).unwrap_or_default()
    }

    /// Moves to the end of the next `END;` or `ENDBLOCK;` that is a word of its own, whatever
    /// precedes it: program code does not follow the rules of NEXUS. A block of data that begins
    /// before that ends the block, too.
    pub(super) fn skip_block(&mut self) -> bool {
        let mut from = self.at;
        while let Some(found) = self.text.get(from..).and_then(|t| {
            t.iter()
                .position(|b| matches!(b, b'e' | b'E' | b'b' | b'B'))
        }) {
            let at = from + found;
            from = at + 1;
            if matches!(self.text[at], b'b' | b'B') {
                let here = Scanner::new(self.text, at);
                if begins_data(&self.text[at..]) && here.begins_line() {
                    self.ended_at(at);
                    return false;
                }
                continue;
            }
            let before = at.checked_sub(1).and_then(|b| self.text.get(b));
            if before.is_some_and(|b| !b.is_ascii_whitespace() && !matches!(b, b';' | b'}' | b']'))
            {
                continue;
            }
            let rest = &self.text[at..];
            let length = rest
                .iter()
                .position(|b| !b.is_ascii_alphabetic())
                .unwrap_or(rest.len());
            let word = &rest[..length];
            if word.eq_ignore_ascii_case(b"END") || word.eq_ignore_ascii_case(b"ENDBLOCK") {
                let after = rest[length..].trim_ascii_start();
                if after.first() == Some(&b';') {
                    self.ended_at(self.text.len() - after.len() + 1);
                    return true;
                }
            }
        }
        self.at = self.text.len();
        false
    }
}

/// The length of brackets that belong to a name, such as `[H3N2]`: they have no blanks inside, and no
/// `&`, with which programs begin annotations.
fn bracketed(text: &[u8]) -> Option<usize> {
    let end = text
        .iter()
        .take(200)
        .position(|b| *b == b']' || *b == b';' || b.is_ascii_whitespace())?;
    (text[end] == b']' && text.get(1) != Some(&b'&')).then_some(end + 1)
}

/// Whether a text begins a block of data: `BEGIN TREES;`.
fn begins_data(text: &[u8]) -> bool {
    let Some((begin, rest)) = text.split_at_checked(5) else {
        return false;
    };
    let rest = rest.get(..60).unwrap_or(rest);
    let Some((name, _)) = rest.split_at_checked(rest.iter().position(|b| *b == b';').unwrap_or(0))
    else {
        return false;
    };
    const BLOCKS: [&[u8]; 6] = [
        b"TAXA",
        b"DATA",
        b"CHARACTERS",
        b"TREES",
        b"SETS",
        b"ASSUMPTIONS",
    ];
    begin.eq_ignore_ascii_case(b"BEGIN")
        && name.first().is_some_and(u8::is_ascii_whitespace)
        && BLOCKS
            .iter()
            .any(|b| b.eq_ignore_ascii_case(name.trim_ascii()))
}
