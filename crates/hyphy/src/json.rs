//! HyPhy's JSON, which is not always valid JSON: scalars may be bare `inf`, `-inf`, `nan` or
//! `-nan`, and numbers may exceed a double (`1e9999`).
//!
//! Results may be hundreds of megabytes long, so they are changed while they are read
//! ([`Rewritten`]) and never held in memory.

use std::io::{self, Read};

use serde::de::DeserializeOwned;

/// Changes to JSON while it is read.
pub trait Rewrite {
    /// Whether a bare word or number outside of strings becomes `null`.
    fn is_null(&self, token: &[u8]) -> bool;

    /// Whether strings are passed to [`Rewrite::text`].
    fn has_texts(&self) -> bool {
        false
    }

    /// The replacement for a string, both in the form between the quotes; `None` if it stays
    /// unchanged.
    fn text(&self, _text: &str) -> Option<String> {
        None
    }
}

/// Bare `inf` and `nan` become `null`, and nothing else changes.
#[derive(Debug, Clone, Copy)]
pub struct Valid;

impl Rewrite for Valid {
    fn is_null(&self, token: &[u8]) -> bool {
        is_non_finite(token)
    }
}

/// Numbers that a double cannot represent become `null`.
struct Finite;

impl Rewrite for Finite {
    fn is_null(&self, token: &[u8]) -> bool {
        is_non_finite(token) || is_too_large(token)
    }
}

/// Converts HyPhy's JSON to valid JSON, byte for byte except for non-finite numbers.
pub fn valid<R: Read>(from: R) -> Rewritten<R, Valid> {
    Rewritten::new(from, Valid)
}

/// Reads HyPhy's JSON, or the parts of it that a type has. Numbers that are not finite or exceed a
/// double become `null`.
///
/// # Errors
/// The JSON is incomplete, or it cannot be read.
pub fn read<T: DeserializeOwned>(from: impl Read) -> Result<T, String> {
    let finite = io::BufReader::new(Rewritten::new(from, Finite));
    serde_json::from_reader(finite).map_err(|e| format!("the result is not complete JSON: {e}"))
}

/// `inf` or `nan`, in any case, with or without a sign.
fn is_non_finite(token: &[u8]) -> bool {
    let word = token.strip_prefix(b"-").or(token.strip_prefix(b"+"));
    let word = word.unwrap_or(token);
    word.eq_ignore_ascii_case(b"inf") || word.eq_ignore_ascii_case(b"nan")
}

/// In HyPhy's output, only a number with an exponent can be that large.
fn is_too_large(token: &[u8]) -> bool {
    token.iter().any(|b| matches!(b, b'e' | b'E'))
        && std::str::from_utf8(token)
            .is_ok_and(|number| number.parse::<f64>().is_ok_and(f64::is_infinite))
}

/// Longest string that is examined; longer ones pass unchanged. The tree of 100,000 taxa has 5 MB.
const LONGEST_TEXT: usize = 16 << 20;
/// Longest token that may become `null`; longer ones pass unchanged.
const LONGEST_TOKEN: usize = 64;
/// Number of bytes per read.
const PIECE: usize = 64 << 10;

/// The position of the next byte in the JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Outside,
    Text { escaped: bool },
}

/// A reader that changes JSON while it is read.
pub struct Rewritten<R, W> {
    from: R,
    rewrite: W,
    place: Place,
    /// An incomplete token or string.
    begun: Vec<u8>,
    /// It is too long to be examined.
    passes: bool,
    piece: Vec<u8>,
    /// Output that is ready, and how much of it has been read.
    ready: Vec<u8>,
    taken: usize,
    ended: bool,
}

impl<R: Read, W: Rewrite> Rewritten<R, W> {
    /// Changes the output of `from`.
    pub fn new(from: R, rewrite: W) -> Self {
        Self {
            from,
            rewrite,
            place: Place::Outside,
            begun: Vec::new(),
            passes: false,
            piece: vec![0; PIECE],
            ready: Vec::new(),
            taken: 0,
            ended: false,
        }
    }

    /// Processes the next chunk of the input.
    fn advance(&mut self) -> io::Result<()> {
        self.ready.clear();
        self.taken = 0;
        let n = match self.from.read(&mut self.piece) {
            Err(e) if e.kind() == io::ErrorKind::Interrupted => return Ok(()),
            read => read?,
        };
        if n == 0 {
            self.ended = true;
            match self.place {
                Place::Outside => self.end_token(),
                Place::Text { .. } => self.ready.append(&mut self.begun),
            }
            return Ok(());
        }
        let piece = std::mem::take(&mut self.piece);
        for &byte in &piece[..n] {
            self.take(byte);
        }
        self.piece = piece;
        Ok(())
    }

    fn take(&mut self, byte: u8) {
        match self.place {
            Place::Outside
                if byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.') =>
            {
                self.begin(byte, LONGEST_TOKEN);
            }
            Place::Outside => {
                self.end_token();
                self.ready.push(byte);
                if byte == b'"' {
                    self.place = Place::Text { escaped: false };
                }
            }
            Place::Text { escaped: false } if byte == b'"' => {
                self.end_text();
                self.ready.push(byte);
                self.place = Place::Outside;
            }
            Place::Text { escaped } => {
                let escaped = byte == b'\\' && !escaped;
                self.place = Place::Text { escaped };
                if self.rewrite.has_texts() {
                    self.begin(byte, LONGEST_TEXT);
                } else {
                    self.ready.push(byte);
                }
            }
        }
    }

    /// Adds a byte to a token or string. At most `longest` bytes are held.
    fn begin(&mut self, byte: u8, longest: usize) {
        self.begun.push(byte);
        if self.begun.len() > longest {
            self.passes = true;
            self.ready.append(&mut self.begun);
        }
    }

    fn end_token(&mut self) {
        let is_null = !self.begun.is_empty() && self.rewrite.is_null(&self.begun);
        self.end(is_null.then(|| "null".to_owned()));
    }

    fn end_text(&mut self) {
        let text = std::str::from_utf8(&self.begun).ok();
        let other = text.and_then(|text| self.rewrite.text(text));
        self.end(other);
    }

    /// Emits the token or string, or its replacement.
    fn end(&mut self, other: Option<String>) {
        match other.filter(|_| !self.passes) {
            Some(other) => {
                self.begun.clear();
                self.ready.extend_from_slice(other.as_bytes());
            }
            None => self.ready.append(&mut self.begun),
        }
        self.passes = false;
    }
}

impl<R: Read, W: Rewrite> Read for Rewritten<R, W> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.taken == self.ready.len() && !self.ended {
            self.advance()?;
        }
        let n = into.len().min(self.ready.len() - self.taken);
        into[..n].copy_from_slice(&self.ready[self.taken..self.taken + n]);
        self.taken += n;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// A reader that returns a few bytes at a time, so that tokens and strings are split at every
    /// position.
    struct Slow<'a>(&'a [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let few = into.len().min(3);
            self.0.read(&mut into[..few])
        }
    }

    fn all(mut from: impl Read) -> String {
        let mut text = String::new();
        from.read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn only_bare_non_finite_numbers_change() {
        let text = br#"{"inf":inf, "a \"nan":[-nan,1e9999,NaN ,-inf],"n":null,"info":"-inf\\"}"#;
        let expected =
            r#"{"inf":null, "a \"nan":[null,1e9999,null ,null],"n":null,"info":"-inf\\"}"#;
        assert_eq!(all(valid(&text[..])), expected);
        assert_eq!(all(valid(Slow(text))), expected);
        assert_eq!(all(valid(expected.as_bytes())), expected);
        for cut in ["", "-inf", "\"open", "[1,"] {
            let expected = if cut == "-inf" { "null" } else { cut };
            assert_eq!(all(valid(cut.as_bytes())), expected);
        }
    }

    #[test]
    fn numbers_beyond_a_double_are_read_as_null() {
        let text = br#"{"a":[1e9999,-2.5e-3,1e400 ,12],"b":inf,"c":"1e9999"}"#;
        assert_eq!(
            read::<serde_json::Value>(&text[..]).unwrap(),
            serde_json::json!({"a": [null, -0.0025, null, 12], "b": null, "c": "1e9999"})
        );
        assert!(read::<serde_json::Value>(&b"{\"a\":"[..]).is_err());
    }
}
