//! The alignment file for HyPhy if the alignment has partitions.

use crate::finding::Finding;
use crate::text::counted;
use crate::{Alignment, Partition, SiteRange};

/// The partitions as HyPhy receives them: contiguous columns, no column in two partitions, and, for
/// codons, whole codons only.
///
/// A bound within a codon moves to the border of a codon as HyPhy moves it: the codon belongs to the
/// partition that has two of its three columns. A finding (`partition-bounds-moved`) says so.
///
/// # Errors
/// A sentence with the reason why they cannot be passed to HyPhy.
pub fn check_partitions(
    a: &Alignment,
    partitions: &[Partition],
    codons: bool,
) -> Result<(Vec<Partition>, Option<Finding>), String> {
    let mut taken = vec![false; a.sites()];
    let mut checked = Vec::with_capacity(partitions.len());
    let mut moved = Vec::new();
    for partition in partitions {
        let name = crate::text::excerpt(&partition.name);
        let mut ranges = Vec::with_capacity(partition.ranges.len());
        for range in &partition.ranges {
            if range.step != 1 {
                return Err(format!(
                    "{name} contains only one column in {}.",
                    range.step
                ));
            }
            if range.first < 1 || range.last < range.first || range.last > a.sites() {
                return Err(format!("{name} has columns that are not in the alignment."));
            }
            let whole = if codons { whole_codons(*range) } else { *range };
            if whole != *range {
                moved.push((name.clone(), *range, whole));
            }
            if whole.last < whole.first || whole.last > a.sites() {
                continue;
            }
            for column in &mut taken[whole.first - 1..whole.last] {
                if std::mem::replace(column, true) {
                    return Err(format!(
                        "{name} has columns that are also in another partition."
                    ));
                }
            }
            ranges.push(whole);
        }
        if ranges.is_empty() {
            return Err(format!("{name} has no whole codon."));
        }
        checked.push(Partition {
            name: partition.name.clone(),
            ranges,
        });
    }
    Ok((checked, bounds_moved(&moved)))
}

/// Moves the bounds of a range to borders of codons.
fn whole_codons(range: SiteRange) -> SiteRange {
    // Counted from 0, as in HyPhy.
    let (first, last) = (range.first - 1, range.last - 1);
    let first = match first % 3 {
        1 => first - 1,
        2 => first + 1,
        _ => first,
    };
    // The end of the last whole codon, counted from 1; 0 if there is none before it.
    let end = match last % 3 {
        0 => last,
        1 => last + 2,
        _ => last + 1,
    };
    SiteRange {
        first: first + 1,
        last: end,
        step: range.step,
    }
}

/// Number of moved ranges that a message lists.
const LISTED: usize = 5;

fn bounds_moved(moved: &[(String, SiteRange, SiteRange)]) -> Option<Finding> {
    if moved.is_empty() {
        return None;
    }
    let say = |(name, before, after): &(String, SiteRange, SiteRange)| {
        let after = if after.last < after.first {
            "were left out".to_string()
        } else {
            format!("became {}-{}", after.first, after.last)
        };
        format!("{}-{} of {name} {after}", before.first, before.last)
    };
    let listed: Vec<String> = moved.iter().take(LISTED).map(say).collect();
    let more = match moved.len().saturating_sub(LISTED) {
        0 => String::new(),
        n => format!(
            ", and so on for {}",
            counted(n, "other range", "other ranges")
        ),
    };
    Some(Finding::warning(
        "partition-bounds-moved",
        format!(
            "Partitions begin or end within a codon, so their bounds were moved to whole codons: \
             columns {}{more}.",
            listed.join(", ")
        ),
        "No action is needed if the codons at the borders may belong to either side.",
    ))
}

/// Writes NEXUS around the output of [`fasta`](super::fasta): the rows, the partitions as `p1`,
/// `p2`, …, and the trees, one per partition, if there are any.
///
/// Columns that [`fasta`](super::fasta) removed are also removed from the partitions.
pub fn nexus(fasta: &[u8], protein: bool, partitions: &[Partition], trees: &[String]) -> Vec<u8> {
    let text = String::from_utf8_lossy(fasta);
    let rows: Vec<(&str, &str)> = text
        .split('>')
        .skip(1)
        .filter_map(|record| record.trim_end().split_once('\n'))
        .collect();
    let sites = rows.first().map_or(0, |(_, residues)| residues.len());
    let mut out = format!(
        "#NEXUS\nBEGIN DATA;\nDIMENSIONS NTAX={} NCHAR={sites};\nFORMAT DATATYPE={} GAP=- \
         MISSING=?;\nMATRIX\n",
        rows.len(),
        if protein { "PROTEIN" } else { "DNA" }
    );
    for (name, residues) in &rows {
        out.push_str(&format!("{name} {residues}\n"));
    }
    out.push_str(";\nEND;\nBEGIN ASSUMPTIONS;\n");
    for (index, partition) in partitions.iter().enumerate() {
        let ranges: Vec<String> = partition
            .ranges
            .iter()
            .filter(|range| range.first <= sites)
            .map(|range| format!("{}-{}", range.first, range.last.min(sites)))
            .collect();
        out.push_str(&format!("CHARSET p{} = {};\n", index + 1, ranges.join(" ")));
    }
    out.push_str("END;\n");
    if !trees.is_empty() {
        out.push_str("BEGIN TREES;\n");
        for (index, tree) in trees.iter().enumerate() {
            out.push_str(&format!("TREE t{} = {tree}\n", index + 1));
        }
        out.push_str("END;\n");
    }
    out.into_bytes()
}
