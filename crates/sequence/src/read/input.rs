//! From the bytes of an upload to text: gzip and byte order marks.

use std::borrow::Cow;
use std::io::Read;

use crate::Limits;
use crate::finding::{Finding, Findings};

/// Decompresses and decodes. Returns whether it was gzip; `None` if there is no text to read.
pub(super) fn load<'a>(
    bytes: &'a [u8],
    limits: &Limits,
    findings: &mut Findings,
) -> (Option<Cow<'a, [u8]>>, bool) {
    let gzip = bytes.starts_with(&[0x1f, 0x8b]);
    let text = if gzip {
        gunzip(bytes, limits, findings).map(Cow::Owned)
    } else {
        Some(bytes.into())
    };
    let text = text.filter(|t| {
        let fits = t.len() <= limits.max_bytes;
        if !fits {
            findings.push(too_large(limits));
        }
        fits
    });
    (text.and_then(|t| decode(t, limits, findings)), gzip)
}

fn too_large(limits: &Limits) -> Finding {
    Finding::error(
        "file-too-large",
        format!(
            "The file has more than {} bytes after decompression.",
            limits.max_bytes
        ),
        "Split the data, for instance one gene per file.",
    )
}

/// Decompresses all members, but never more than one byte beyond the limit.
fn gunzip(bytes: &[u8], limits: &Limits, findings: &mut Findings) -> Option<Vec<u8>> {
    let most = u64::try_from(limits.max_bytes)
        .unwrap_or(u64::MAX)
        .saturating_add(1);
    let mut text = Vec::new();
    match flate2::read::MultiGzDecoder::new(bytes)
        .take(most)
        .read_to_end(&mut text)
    {
        Ok(_) => Some(text),
        Err(error) => {
            findings.push(Finding::error(
                "gzip-damaged",
                format!("The file is compressed with gzip, but cannot be decompressed: {error}."),
                "Compress the file again, or upload it uncompressed.",
            ));
            None
        }
    }
}

/// Removes a byte order mark, and decodes UTF-16.
fn decode<'a>(
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

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let pairs = bytes.chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    char::decode_utf16(pairs.map(|p| unit([p[0], p[1]])))
        .collect::<Result<_, _>>()
        .ok()
}
