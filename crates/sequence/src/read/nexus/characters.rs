//! The DATA and CHARACTERS blocks.

use super::Reader;
use super::format::{Format, MATCH};
use super::lines;
use super::matrix::Matrix;
use crate::finding::Finding;
use crate::residue::{Raw, RawRow};

/// Reads the block. Returns whether it was closed.
pub(super) fn block(reader: &mut Reader<'_>) -> bool {
    let mut format = Format::default();
    reader.commands(|reader, command| match command {
        "DIMENSIONS" => format.dimensions(reader),
        "FORMAT" => format.options(reader),
        "TAXLABELS" => reader.taxlabels(),
        "MATRIX" => matrix(reader, &format),
        "ELIMINATE" => reader.excluded_columns(command),
        _ => {}
    })
}

fn matrix(reader: &mut Reader<'_>, format: &Format) {
    if reader.contents.raw.is_some() {
        let line = reader.scanner.line();
        reader.findings.push(
            Finding::warning(
                "second-matrix",
                "The file has more than one matrix; the first was used.",
                "Upload the alignments as separate files.",
            )
            .at_line(line),
        );
        return;
    }
    // NCHAR as it is used for reading; what the file declares is checked below.
    let mut used = format.clone();
    used.nchar = lines::sites(reader.scanner.clone(), format);
    let Some(mut rows) = Matrix::read(reader, &used) else {
        return;
    };
    resolve_matches(reader, &mut rows);
    check_dimensions(reader, format, &rows);
    reader.contents.raw = Some(Raw {
        rows,
        declared: format.alphabet,
    });
}

/// Replaces MATCHCHAR by the character of the first sequence.
fn resolve_matches(reader: &mut Reader<'_>, rows: &mut [RawRow]) {
    let Some((first, others)) = rows.split_first_mut() else {
        return;
    };
    if let Some(site) = memchr::memchr(MATCH, &first.residues) {
        for b in first.residues.iter_mut().filter(|b| **b == MATCH) {
            *b = b'?';
        }
        reader.findings.push(
            Finding::error(
                "match-in-first-sequence",
                "The first sequence has the character that means \"as in the first sequence\".",
                "Write the first sequence out in full.",
            )
            .in_sequence(&first.name)
            .at_site(site + 1)
            .at_line(first.line),
        );
    }
    for row in others {
        for (site, b) in row.residues.iter_mut().enumerate() {
            if *b == MATCH {
                *b = first.residues.get(site).copied().unwrap_or(b'?');
            }
        }
    }
}

fn check_dimensions(reader: &mut Reader<'_>, format: &Format, rows: &[RawRow]) {
    if let Some(ntax) = format.ntax.or(reader.ntax).filter(|n| *n != rows.len()) {
        reader.findings.push(Finding::warning(
            "ntax-mismatch",
            format!(
                "NTAX declares {ntax} sequences, but the matrix has {}.",
                rows.len()
            ),
            "Check that the matrix is complete, and that names with blanks are in quotes.",
        ));
    }
    let total: usize = rows.iter().map(|r| r.residues.len()).sum();
    if rows.len() > 1 && format.nchar == Some(total) {
        reader.findings.push(Finding::note(
            "nchar-total",
            format!(
                "NCHAR declares {total} characters, which is the total of all {} sequences.",
                rows.len()
            ),
            "No action is needed: each sequence was read to the end of its line.",
        ));
    } else if let Some(nchar) = format.nchar
        && let Some(row) = rows.iter().find(|r| r.residues.len() != nchar)
    {
        reader.findings.push(
            Finding::warning(
                "nchar-mismatch",
                format!(
                    "NCHAR declares {nchar} characters, but sequence '{}' has {}.",
                    crate::text::excerpt(&row.name),
                    row.residues.len()
                ),
                "Check that the matrix is complete; interleaved matrices need INTERLEAVE.",
            )
            .in_sequence(&row.name)
            .at_line(row.line),
        );
    }
    // An underscore of a name without quotes is a blank of one in quotes.
    let plain = |name: &str| name.replace('_', " ");
    let declared: std::collections::HashSet<String> =
        reader.taxa.iter().map(|name| plain(name)).collect();
    if declared.is_empty() {
        return;
    }
    for row in rows.iter().filter(|r| !declared.contains(&plain(&r.name))) {
        reader.findings.push(
            Finding::warning(
                "taxon-not-declared",
                format!(
                    "Sequence '{}' is not among the TAXLABELS.",
                    crate::text::excerpt(&row.name)
                ),
                "Check the spelling of the name.",
            )
            .in_sequence(&row.name)
            .at_line(row.line),
        );
    }
}
