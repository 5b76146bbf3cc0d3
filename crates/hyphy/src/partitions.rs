//! The partitions that GARD finds, as a file that other analyses and programs read.

use std::{fmt::Write, io::Read};

use sequence::{Alignment, Alphabet, write};
use serde_json::Value;

use crate::json;

/// A part of an alignment between two breakpoints.
#[derive(Debug, PartialEq, Eq)]
struct Segment {
    first: u64,
    last: u64,
    /// In Newick format, with the user's names.
    tree: String,
}

/// Writes an alignment with the partitions of a GARD result, each with its tree, as NEXUS.
///
/// # Errors
/// The result is not one of GARD.
pub fn nexus(alignment: &Alignment, result: impl Read) -> Result<String, String> {
    let result: Value = json::read(result)?;
    let segments = segments(&result, alignment.sites() as u64)
        .ok_or("the result has no breakpointData of the expected form")?;
    Ok(written(alignment, &segments))
}

fn segments(result: &Value, sites: u64) -> Option<Vec<Segment>> {
    let mut segments = Vec::new();
    for segment in result["breakpointData"].as_object()?.values() {
        let range = &segment["bps"][0];
        segments.push(Segment {
            first: range[0].as_u64().unwrap_or(1),
            last: range[1].as_u64().unwrap_or(sites),
            tree: segment["tree"].as_str()?.trim_end_matches(';').to_owned(),
        });
    }
    segments.sort_by_key(|segment| segment.first);
    Some(segments)
}

fn written(alignment: &Alignment, segments: &[Segment]) -> String {
    let kind = match alignment.alphabet {
        Alphabet::Protein => "PROTEIN",
        _ => "DNA",
    };
    let (rows, sites) = (alignment.sequences.len(), alignment.sites());
    let mut text = format!(
        "#NEXUS\n\nBEGIN DATA;\n  DIMENSIONS NTAX={rows} NCHAR={sites};\n  FORMAT \
         DATATYPE={kind} MISSING=? GAP=-;\n  MATRIX\n"
    );
    for row in &alignment.sequences {
        let residues = String::from_utf8_lossy(&row.residues);
        line(
            &mut text,
            format_args!("    {} {residues}", write::name(&row.name)),
        );
    }
    text.push_str("  ;\nEND;\n\nBEGIN ASSUMPTIONS;\n");
    for (number, segment) in (1..).zip(segments) {
        let Segment { first, last, .. } = segment;
        line(
            &mut text,
            format_args!("  CHARSET segment_{number} = {first}-{last};"),
        );
    }
    text.push_str("END;\n\nBEGIN TREES;\n");
    for (number, segment) in (1..).zip(segments) {
        line(
            &mut text,
            format_args!("  TREE segment_{number} = {};", segment.tree),
        );
    }
    text.push_str("END;\n");
    text
}

fn line(text: &mut String, content: std::fmt::Arguments<'_>) {
    // Writing to a string does not fail.
    writeln!(text, "{content}").ok();
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn partitions_are_read_back_with_their_trees() {
        let fasta = b">a b\nATGAAACCC\n>c\nATGAAACCC\n>d\nATGAAGCCA\n";
        let read = |bytes: &[u8]| sequence::read(bytes, &sequence::Limits::default());
        let alignment = read(fasta).alignment.unwrap();
        let result = json!({"breakpointData": {
            "1": {"bps": [[7, 9]], "tree": "('a b':2,c:1,d:1)"},
            "0": {"bps": [[1, 6]], "tree": "('a b':1,c:1,d:1);"},
        }});
        let text = nexus(&alignment, result.to_string().as_bytes()).unwrap();
        let document = read(text.as_bytes());
        assert!(!document.has_errors(), "{text}\n{:?}", document.findings);
        assert_eq!(document.alignment.unwrap(), alignment);
        let ranges: Vec<_> = document
            .partitions
            .iter()
            .map(|partition| (partition.ranges[0].first, partition.ranges[0].last))
            .collect();
        assert_eq!(ranges, [(1, 6), (7, 9)]);
        assert_eq!(document.trees.len(), 2);
        let first = &document.trees[0].tree;
        let leaf = first.find("a b").unwrap();
        assert_eq!(first.node(leaf).length, Some(1.0));
    }
}
