//! From the bytes of an upload to text: compression and encoding.

use std::borrow::Cow;

use super::limited::too_large;
use super::{compression, encoding};
use crate::Limits;
use crate::document::Compression;
use crate::finding::Findings;

/// Decompresses and decodes. Returns the compression, and the text if there is any to read.
pub(super) fn load<'a>(
    bytes: &'a [u8],
    limits: &Limits,
    findings: &mut Findings,
) -> (Option<Cow<'a, [u8]>>, Compression) {
    let compression = compression::recognise(bytes);
    let text = compression::unpack(bytes, compression, limits, findings).filter(|t| {
        let fits = t.len() <= limits.max_bytes;
        if !fits {
            findings.push(too_large(limits));
        }
        fits
    });
    let text = text.and_then(|t| encoding::decode(t, limits, findings));
    (text, compression)
}
