//! What a comparison with HyPhy finds.

use serde_json::Value;

/// How far the two engines agree. Pairs are the native log-likelihood and that of HyPhy.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// Of HyPhy's codon model, at HyPhy's parameters.
    pub identity: (f64, f64),
    /// Of the best nucleotide models.
    pub nucleotides: (f64, f64),
    /// Of the best codon models with HyPhy's codon frequencies.
    pub codons: (f64, f64),
    /// The sites with changes.
    pub sites: Vec<SiteComparison>,
}

/// The fits of a site, given HyPhy's codon model. Pairs are as those of [`Comparison`].
#[derive(Debug, Clone, PartialEq)]
pub struct SiteComparison {
    /// The codon within its partition, from 1.
    pub codon: usize,
    /// Of the alternative model.
    pub alternative: (f64, f64),
    /// Of the null model.
    pub null: (f64, f64),
    /// The statistics of the test.
    pub statistic: (f64, f64),
    /// The p-values.
    pub p_value: (f64, f64),
}

/// The rows of HyPhy's table for a partition.
pub(crate) fn rows(result: &Value, place: usize) -> Vec<Vec<f64>> {
    let content = &result["MLE"]["content"][place.to_string()];
    let row = |row: &Value| {
        let cells = row.as_array().into_iter().flatten();
        cells
            .map(|cell| cell.as_f64().unwrap_or(f64::NAN))
            .collect()
    };
    content.as_array().into_iter().flatten().map(row).collect()
}
