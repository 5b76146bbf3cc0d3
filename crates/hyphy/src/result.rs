//! A result of HyPhy: whether it is whole, and its table of sites.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{
    Analysis,
    json::{self, Real},
};

/// Checks that these bytes are a whole result of the analysis. A file may be there after a
/// failure: empty, or cut short.
///
/// # Errors
/// What is wrong with it, for the log.
pub fn check(analysis: &Analysis, bytes: &[u8]) -> Result<(), String> {
    let text = json::valid(bytes);
    let keys: BTreeMap<String, &RawValue> =
        serde_json::from_slice(&text).map_err(|e| format!("the result is not whole JSON: {e}"))?;
    match analysis
        .result_keys
        .iter()
        .find(|key| !keys.contains_key(**key))
    {
        Some(key) => Err(format!("the result has no \"{key}\"")),
        None => Ok(()),
    }
}

/// The `MLE` table of an analysis of sites.
#[derive(Debug)]
pub struct SiteTable {
    /// Column names as HyPhy spells them.
    pub columns: Vec<String>,
    /// One row per site, in the order of the alignment.
    pub rows: Vec<SiteRow>,
}

/// One site.
#[derive(Debug)]
pub struct SiteRow {
    /// 1-based codon in the alignment.
    pub codon: usize,
    /// Values by column; not a number where HyPhy wrote `null`.
    pub values: Vec<f64>,
}

#[derive(Deserialize)]
struct Tables {
    #[serde(rename = "MLE")]
    mle: Mle,
    #[serde(rename = "data partitions")]
    partitions: BTreeMap<usize, PartitionSites>,
}

#[derive(Deserialize)]
struct Mle {
    headers: Vec<Vec<String>>,
    content: BTreeMap<usize, Vec<Vec<Real>>>,
}

#[derive(Deserialize)]
struct PartitionSites {
    coverage: Vec<Vec<usize>>,
}

impl SiteTable {
    /// Reads the table of sites from a result.
    ///
    /// # Errors
    /// What the result lacks.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        let text = json::valid(bytes);
        let tables: Tables = serde_json::from_slice(&text)
            .map_err(|e| format!("the result has no table of sites: {e}"))?;
        let columns = tables
            .mle
            .headers
            .into_iter()
            .filter_map(|h| h.into_iter().next())
            .collect();
        let mut rows = Vec::new();
        for (partition, content) in tables.mle.content {
            let sites = tables
                .partitions
                .get(&partition)
                .and_then(|p| p.coverage.first())
                .ok_or_else(|| format!("partition {partition} has no coverage"))?;
            if sites.len() != content.len() {
                return Err(format!("partition {partition} has rows for other sites"));
            }
            rows.extend(sites.iter().zip(content).map(|(site, row)| SiteRow {
                codon: site + 1,
                values: row.into_iter().map(|real| real.0).collect(),
            }));
        }
        rows.sort_by_key(|row| row.codon);
        Ok(Self { columns, rows })
    }

    /// Position of the column of this name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column == name)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn rows_are_numbered_by_codon_over_all_partitions() {
        let text = br#"{"MLE":{"headers":[["alpha","x"],["p-value","y"]],
            "content":{"0":[[1,0.5]],"1":[[inf,0.25],[1e9999,null]]}},
            "data partitions":{"0":{"coverage":[[2]]},"1":{"coverage":[[0,1]]}}}"#;
        let table = SiteTable::read(text).unwrap();
        assert_eq!(table.column("p-value"), Some(1));
        let codons: Vec<_> = table.rows.iter().map(|row| row.codon).collect();
        assert_eq!(codons, [1, 2, 3]);
        assert_eq!(table.rows[1].values[0], f64::INFINITY);
        assert_eq!(table.rows[2].values, [1.0, 0.5]);
    }
}
