//! Reading within the limit of the decompressed size.

use std::io::{self, Read};

use crate::{Limits, finding::Finding};

/// Reads to the end, but never more than one byte beyond the limit.
pub(super) fn read_all(decoder: impl Read, limits: &Limits) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    decoder.take(most(limits)).read_to_end(&mut text)?;
    Ok(text)
}

/// One byte more than the limit.
pub(super) fn most(limits: &Limits) -> u64 {
    u64::try_from(limits.max_bytes)
        .unwrap_or(u64::MAX)
        .saturating_add(1)
}

/// The finding about a file that exceeds the limit.
pub(super) fn too_large(limits: &Limits) -> Finding {
    Finding::error(
        "file-too-large",
        format!(
            "The file has more than {} bytes after decompression.",
            limits.max_bytes
        ),
        "Split the data, for instance one gene per file.",
    )
}
