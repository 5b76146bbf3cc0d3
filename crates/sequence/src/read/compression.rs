//! Recognising and undoing compression: gzip, bzip2, xz, Zstandard, and ZIP archives of one file.
//!
//! Every decoder is read through a limit, so a small file cannot become a huge one. The decoders'
//! own windows are bounded, too: bzip2 has blocks of 900 kB, an xz window grows with what was
//! decoded, and the Zstandard decoder refuses windows above [`ZSTD_WINDOW`].

use std::borrow::Cow;
use std::io::{self, Read};

use super::limited::{most, read_all};
use super::zip;
use crate::document::Compression;
use crate::finding::{Finding, Findings};
use crate::{Limits, text};

/// The largest window of a Zstandard frame, the one that `zstd --ultra` uses.
const ZSTD_WINDOW: u64 = 128 * 1024 * 1024;

/// The compression that the first bytes of a file show.
pub(super) fn recognise(bytes: &[u8]) -> Compression {
    // A bzip2 file has a level, and then the mark of a block or of the end.
    let bzip2 = |rest: &[u8]| {
        let marks: [&[u8]; 2] = [b"\x31\x41\x59\x26\x53\x59", b"\x17\x72\x45\x38\x50\x90"];
        rest.first()
            .is_some_and(|level| (b'1'..=b'9').contains(level))
            && marks.iter().any(|mark| rest[1..].starts_with(mark))
    };
    match bytes {
        [0x1f, 0x8b, ..] => Compression::Gzip,
        [b'B', b'Z', b'h', rest @ ..] if bzip2(rest) => Compression::Bzip2,
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Compression::Xz,
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Compression::Zstd,
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Compression::Zip,
        _ => Compression::None,
    }
}

/// Decompresses. `None` if that is not possible; a finding says why.
pub(super) fn unpack<'a>(
    bytes: &'a [u8],
    compression: Compression,
    limits: &Limits,
    findings: &mut Findings,
) -> Option<Cow<'a, [u8]>> {
    let text = match compression {
        Compression::None => return Some(Cow::Borrowed(bytes)),
        Compression::Gzip => read_all(flate2::read::MultiGzDecoder::new(bytes), limits),
        Compression::Bzip2 => read_all(bzip2::read::MultiBzDecoder::new(bytes), limits),
        Compression::Xz => read_all(lzma_rust2::XzReader::new(bytes, true), limits),
        Compression::Zstd => unpack_zstd(bytes, limits),
        Compression::Zip => {
            return match zip::only_file(bytes, limits) {
                Ok(text) => Some(Cow::Owned(text)),
                Err(finding) => {
                    findings.push(finding);
                    None
                }
            };
        }
    };
    match text {
        Ok(text) => Some(Cow::Owned(text)),
        Err(error) => {
            findings.push(damaged(compression, &error.to_string()));
            None
        }
    }
}

/// Reads all frames of a Zstandard file, and compares their checksums.
fn unpack_zstd(bytes: &[u8], limits: &Limits) -> io::Result<Vec<u8>> {
    use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
    use ruzstd::decoding::{FrameDecoder, StreamingDecoder};

    let mut rest = bytes;
    let mut text = Vec::new();
    while !rest.is_empty() && (text.len() as u64) < most(limits) {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(ZSTD_WINDOW);
        let mut stream = match StreamingDecoder::new_with_decoder(&mut rest, decoder) {
            Ok(stream) => stream,
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                length,
                ..
            })) => {
                rest = rest.get(length as usize..).unwrap_or_default();
                continue;
            }
            Err(error) => return Err(io::Error::other(error.to_string())),
        };
        let room = most(limits) - text.len() as u64;
        (&mut stream).take(room).read_to_end(&mut text)?;
        let decoder = &stream.decoder;
        let written = decoder.get_checksum_from_data();
        if text.len() as u64 != most(limits)
            && written.is_some()
            && written != decoder.get_calculated_checksum()
        {
            return Err(io::Error::other("its checksum is wrong"));
        }
    }
    Ok(text)
}

fn damaged(compression: Compression, error: &str) -> Finding {
    let name = compression.name();
    Finding::error(
        &format!("{}-damaged", name.to_ascii_lowercase()),
        format!(
            "The file is compressed with {name}, but cannot be decompressed: {}.",
            text::excerpt(error.trim_end_matches('.'))
        ),
        "Compress the file again, or upload it uncompressed.",
    )
}
