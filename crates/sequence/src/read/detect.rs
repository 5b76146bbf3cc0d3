//! Recognising the format of a text by its beginning.

use super::kinds;
use crate::text::Lines;
use crate::{Finding, Format};

/// Recognises a format by the first lines. The result for any PHYLIP is [`Format::Phylip`]: only
/// reading the whole file shows whether it is interleaved.
pub(super) fn detect(text: &[u8]) -> Format {
    let text = text.trim_ascii_start();
    let starts = |word: &[u8]| {
        text.get(..word.len())
            .is_some_and(|t| t.eq_ignore_ascii_case(word))
    };
    if starts(b"#NEXUS") {
        return Format::Nexus;
    }
    if starts(b"CLUSTAL") || starts(b"MUSCLE (") {
        return Format::Clustal;
    }
    match text.first() {
        Some(b'>') => Format::Fasta,
        Some(b';') if Lines::new(text).any(|l| l.bytes.starts_with(b">")) => Format::Fasta,
        Some(b'#') if is_hash_fasta(text) => Format::Fasta,
        Some(b'(') => Format::Newick,
        Some(b'[') if after_comments(text) == Some(b'(') => Format::Newick,
        Some(b'0'..=b'9') if phylip_header(text).is_some() => Format::Phylip,
        _ => Format::Unknown,
    }
}

/// The two numbers of a PHYLIP header (sequences, sites). Option letters may follow.
pub(super) fn phylip_header(text: &[u8]) -> Option<(usize, usize)> {
    let line = Lines::new(text)
        .map(|l| l.bytes.trim_ascii())
        .find(|l| !l.is_empty())?;
    let mut words = line
        .split(u8::is_ascii_whitespace)
        .filter(|w| !w.is_empty())
        .map(std::str::from_utf8);
    let sequences = words.next()?.ok()?.parse().ok()?;
    let sites = words.next()?.ok()?.parse().ok()?;
    let options = words.all(|w| w.is_ok_and(|w| w.bytes().all(|b| b.is_ascii_alphabetic())));
    options.then_some((sequences, sites))
}

/// HyPhy reads FASTA with names that begin with `#` instead of `>`. The second line must be one
/// word of residues, so that a script that begins with a comment is not taken for FASTA.
fn is_hash_fasta(text: &[u8]) -> bool {
    let mut lines = Lines::new(text)
        .map(|l| l.bytes.trim_ascii())
        .filter(|l| !l.is_empty());
    let named = lines
        .next()
        .is_some_and(|l| l.get(1).is_some_and(|b| !b" !#".contains(b)));
    let named = named
        && !text
            .get(..5)
            .is_some_and(|t| t.eq_ignore_ascii_case(b"#mega"));
    let residue = |b: &u8| b.is_ascii_alphabetic() || b"-?.*~".contains(b);
    named
        && lines
            .find(|l| !l.starts_with(b"#"))
            .is_some_and(|l| l.iter().all(residue))
}

/// The first byte after leading comments.
fn after_comments(text: &[u8]) -> Option<u8> {
    let mut depth = 0usize;
    text.iter().copied().find(|b| match b {
        b'[' => {
            depth += 1;
            false
        }
        b']' => {
            depth = depth.saturating_sub(1);
            false
        }
        b => depth == 0 && !b.is_ascii_whitespace(),
    })
}

/// The finding about a file in an unknown format.
pub(super) fn unknown(text: &[u8]) -> Finding {
    if text.trim_ascii().is_empty() {
        return unsupported("The file is empty.", "");
    }
    match kinds::recognise(text) {
        Some(kind) => kind.finding(),
        None => unsupported("The format of this file was not recognised.", ""),
    }
}

/// The finding about a file that is not read. The remedy ends with what is read.
pub(super) fn unsupported(message: &str, remedy: &str) -> Finding {
    const SUPPORTED: &str = "Supported formats are FASTA, NEXUS, PHYLIP and Clustal for \
                             alignments, and Newick and NEXUS for trees. Any of them may be \
                             compressed with gzip, bzip2, xz, Zstandard or ZIP.";
    let blank = if remedy.is_empty() { "" } else { " " };
    Finding::error(
        "unknown-format",
        message,
        format!("{remedy}{blank}{SUPPORTED}"),
    )
}
