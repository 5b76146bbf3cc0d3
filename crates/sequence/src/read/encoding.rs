//! Text encodings: byte order marks, and UTF-16 with or without one.

use std::borrow::Cow;

use super::limited::too_large;
use crate::Limits;
use crate::finding::{Finding, Findings};

/// Number of bytes that are looked at for UTF-16 without a byte order mark.
const SAMPLE: usize = 4_096;

/// Removes a byte order mark, and decodes UTF-16.
pub(super) fn decode<'a>(
    text: Cow<'a, [u8]>,
    limits: &Limits,
    findings: &mut Findings,
) -> Option<Cow<'a, [u8]>> {
    let decoded = match text.as_ref() {
        [0xef, 0xbb, 0xbf, ..] => {
            return Some(match text {
                Cow::Borrowed(b) => Cow::Borrowed(&b[3..]),
                Cow::Owned(mut v) => {
                    v.drain(..3);
                    Cow::Owned(v)
                }
            });
        }
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        all if is_utf16(all, u16::from_le_bytes) => utf16(all, u16::from_le_bytes),
        all if is_utf16(all, u16::from_be_bytes) => utf16(all, u16::from_be_bytes),
        _ => return Some(text),
    };
    let Some(decoded) = decoded else {
        findings.push(Finding::error(
            "utf-16-damaged",
            "The file begins like UTF-16 text, but is not valid UTF-16.",
            "Save the file as plain text (UTF-8 or ASCII).",
        ));
        return None;
    };
    findings.push(Finding::note(
        "utf-16",
        "The file is UTF-16 text and was read as such.",
        "No action is needed.",
    ));
    if decoded.len() > limits.max_bytes {
        findings.push(too_large(limits));
        return None;
    }
    Some(Cow::Owned(decoded.into_bytes()))
}

/// Whether text without a byte order mark is UTF-16: nearly every pair of bytes is a character of
/// plain ASCII. In other text, half of the bytes are not zero.
fn is_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> bool {
    let pairs = bytes.get(..SAMPLE).unwrap_or(bytes).chunks_exact(2);
    let plain = |c: u16| matches!(c, 0x20..=0x7e | 0x09 | 0x0a | 0x0d);
    let count = pairs.len();
    let ascii = pairs.filter(|p| plain(unit([p[0], p[1]]))).count();
    count >= 4 && ascii * 10 >= count * 9
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let pairs = bytes.chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    char::decode_utf16(pairs.map(|p| unit([p[0], p[1]])))
        .collect::<Result<_, _>>()
        .ok()
}
