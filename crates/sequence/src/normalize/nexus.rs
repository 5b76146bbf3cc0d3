//! The alignment file for HyPhy if the alignment has partitions.

use crate::{Alignment, Partition};

/// Whether partitions can be passed to HyPhy: contiguous columns, no column in two partitions, and,
/// for codons, whole codons only.
///
/// # Errors
/// A sentence with the reason.
pub fn check_partitions(
    a: &Alignment,
    partitions: &[Partition],
    codons: bool,
) -> Result<(), String> {
    let mut taken = vec![false; a.sites()];
    for partition in partitions {
        let name = crate::text::excerpt(&partition.name);
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
            if codons && ((range.first - 1) % 3 != 0 || range.last % 3 != 0) {
                return Err(format!(
                    "{name} begins or ends within a codon (columns {}-{}).",
                    range.first, range.last
                ));
            }
            for column in &mut taken[range.first - 1..range.last] {
                if std::mem::replace(column, true) {
                    return Err(format!(
                        "{name} has columns that are also in another partition."
                    ));
                }
            }
        }
    }
    Ok(())
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
