//! Recognising the format of a text by its beginning.

use super::unsupported::unsupported;
use super::{clustal, fasta, kinds, phylip, tree_list};
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
    let first = Lines::new(text).next();
    if first.is_some_and(|line| clustal::is_header(line.bytes)) {
        return Format::Clustal;
    }
    match text.first() {
        Some(b'>') => Format::Fasta,
        Some(b';') if Lines::new(text).any(|l| l.bytes.starts_with(b">")) => Format::Fasta,
        Some(b'#') if is_hash_fasta(text) => Format::Fasta,
        Some(b'(') => Format::Newick,
        _ if is_block(text) => Format::Nexus,
        _ if tree_list::is_list(text) => Format::Newick,
        Some(b'0'..=b'9') if fasta::after_count(text).is_some() => Format::Fasta,
        Some(b'0'..=b'9') if phylip::header(text).is_some() => Format::Phylip,
        _ if has_title(text) => Format::Fasta,
        _ => Format::Unknown,
    }
}

/// Whether a text is FASTA with something above the first name. The reader says what.
fn has_title(text: &[u8]) -> bool {
    const ABOVE: usize = 10;
    let is_name = |line: crate::text::Line<'_>| line.bytes.starts_with(b">");
    kinds::recognise(text).is_none() && Lines::new(text).take(ABOVE).any(is_name)
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

/// Whether a text is NEXUS without its first line: it begins with a block of data.
fn is_block(text: &[u8]) -> bool {
    let mut words = text
        .get(..60)
        .unwrap_or(text)
        .split(|b| b.is_ascii_whitespace() || *b == b';')
        .filter(|w| !w.is_empty());
    words
        .next()
        .is_some_and(|w| w.eq_ignore_ascii_case(b"BEGIN"))
        && words.next().is_some_and(|w| {
            let blocks: [&[u8]; 4] = [b"DATA", b"CHARACTERS", b"TAXA", b"TREES"];
            blocks.iter().any(|b| b.eq_ignore_ascii_case(w))
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
