//! From bytes to a [`Document`]: decompress, decode, recognise the format, read.
//!
//! Each format has a file. A reader collects rows of characters, and `residue.rs` turns them into
//! residues in the same way for all formats.

mod block_end;
mod clustal;
mod compression;
mod detect;
mod encoding;
mod fasta;
mod input;
mod kinds;
mod limited;
mod newick;
mod nexus;
mod phylip;
mod rows;
mod tree_list;
mod unsupported;
mod zip;

pub use newick::parse_newick;
pub(crate) use newick::{is_annotation, is_mark, is_support};

use crate::finding::{Finding, Findings};
use crate::residue::{Raw, finish};
use crate::{Document, Format, Limits, NamedTree, Partition};

/// What a reader found.
#[derive(Default)]
struct Contents {
    raw: Option<Raw>,
    trees: Vec<NamedTree>,
    partitions: Vec<Partition>,
}

/// Reads a file of any format, compressed or not: with gzip, bzip2, xz or Zstandard, or as the only
/// text file of a ZIP archive.
///
/// This function never fails: errors are [`Error`](crate::Level::Error) findings, and the document
/// contains what could be read. Line ends may be LF, CR LF or CR. Text may be UTF-8, UTF-16 or
/// Latin-1. Comments, blocks of other programs and letter case are not preserved.
pub fn read(bytes: &[u8], limits: &Limits) -> Document {
    let mut findings = Findings::default();
    let (text, compression) = input::load(bytes, limits, &mut findings);
    let mut document = Document {
        format: Format::Unknown,
        compression,
        alignment: None,
        trees: Vec::new(),
        partitions: Vec::new(),
        findings: Vec::new(),
    };
    if let Some(text) = text {
        read_text(&text, limits, &mut document, &mut findings);
    }
    document.findings = findings.into_vec();
    document
}

fn read_text(text: &[u8], limits: &Limits, document: &mut Document, findings: &mut Findings) {
    document.format = detect::detect(text);
    let contents = match document.format {
        Format::Fasta => fasta::read(text, limits, findings),
        Format::Nexus => nexus::read(text, limits, findings),
        Format::Clustal => clustal::read(text, limits, findings),
        Format::Newick => Contents {
            trees: tree_list::read(text, 0, limits, findings),
            ..Contents::default()
        },
        Format::Phylip | Format::PhylipInterleaved => {
            let (contents, interleaved) = phylip::read(text, limits, findings);
            if interleaved {
                document.format = Format::PhylipInterleaved;
            }
            contents
        }
        Format::Unknown => {
            findings.push(detect::unknown(text));
            Contents::default()
        }
    };
    document.trees = contents.trees;
    document.partitions = contents.partitions;
    if let Some(raw) = contents.raw.filter(|r| !r.rows.is_empty())
        && let Some(alignment) = finish(raw, limits, findings)
    {
        crate::check::structure(&alignment, findings);
        document.alignment = Some(alignment);
    }
    number_leaves(document, limits, findings);
    several_trees(document, findings);
    if document.alignment.is_none() && document.trees.is_empty() && !findings.has_errors() {
        findings.push(Finding::error(
            "nothing-read",
            "Neither sequences nor a tree could be read from this file.",
            "Upload an alignment (FASTA, NEXUS, PHYLIP or Clustal) or a tree (Newick or NEXUS).",
        ));
    }
}

/// Replaces the numbers of sequences in trees by the names of the sequences.
fn number_leaves(document: &mut Document, limits: &Limits, findings: &mut Findings) {
    let Some(alignment) = &document.alignment else {
        return;
    };
    // A tree of short numbers could become a thousand times as long.
    let size: usize = alignment.names().map(str::len).sum();
    let most = limits.max_bytes / size.max(1);
    let mut numbers = false;
    for named in document.trees.iter_mut().take(most) {
        numbers |= crate::numbering::resolve(&mut named.tree, alignment);
    }
    if numbers {
        findings.push(Finding::note(
            "taxon-numbers",
            "The leaves of the tree are the numbers of the sequences; they were replaced by the \
             names.",
            "No action is needed.",
        ));
    }
}

/// Says that only one of several trees is used, unless there is one for each partition.
fn several_trees(document: &Document, findings: &mut Findings) {
    let count = document.trees.len();
    if count > 1 && count != document.partitions.len() {
        let first = match &document.trees[0].name {
            Some(name) => format!(", '{}'", crate::text::excerpt(name)),
            None => String::new(),
        };
        findings.push(Finding::note(
            "several-trees",
            format!("The file has {count} trees; an analysis uses the first{first}."),
            "To use another one, upload it as a file of its own.",
        ));
    }
}

/// The finding that there are too many sequences. The caller stops reading.
fn too_many_sequences(limits: &Limits) -> Finding {
    Finding::error(
        "too-many-sequences",
        format!("The file has more than {} sequences.", limits.max_sequences),
        "Keep one sequence of each cluster of close relatives.",
    )
}

/// Cleans a name and reports what was changed.
fn name_of(bytes: &[u8], line: usize, limits: &Limits, findings: &mut Findings) -> String {
    // Cleaning can at most double the length (Latin-1), so what is far too long is cut beforehand.
    let kept = bytes
        .get(..limits.max_name.saturating_mul(4))
        .unwrap_or(bytes);
    let (mut name, cleaned) = crate::text::clean_name(kept);
    if name.len() > limits.max_name {
        let mut end = limits.max_name;
        while !name.is_char_boundary(end) {
            end -= 1;
        }
        name.truncate(end);
        name.truncate(name.trim_end().len());
        findings.push(
            Finding::error(
                "name-too-long",
                format!("A name is longer than {} bytes.", limits.max_name),
                "Shorten the name.",
            )
            .in_sequence(&name)
            .at_line(line),
        );
    }
    note_cleaning(&name, cleaned, line, findings);
    name
}

fn note_cleaning(name: &str, cleaned: crate::text::Cleaned, line: usize, findings: &mut Findings) {
    if cleaned.latin1 {
        findings.push(
            Finding::note(
                "name-latin-1",
                "A name is not valid UTF-8; it was read as Latin-1.",
                "Check the name; save the file as UTF-8 if it is wrong.",
            )
            .in_sequence(name)
            .at_line(line),
        );
    }
    if cleaned.control {
        findings.push(
            Finding::warning(
                "name-control-character",
                "A name contains control characters; they were replaced by '\u{FFFD}'.",
                "Remove the invisible characters from the name.",
            )
            .in_sequence(name)
            .at_line(line),
        );
    }
}
