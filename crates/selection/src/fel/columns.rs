//! The columns of FEL's table.

use crate::FelOptions;

const COLUMNS: [(&str, &str); 6] = [
    ("alpha", "Synonymous substitution rate at a site"),
    ("beta", "Non-synonymous substitution rate at a site"),
    ("alpha=beta", "The rate estimate under the neutral model"),
    (
        "LRT",
        "Likelihood ratio test statistic for beta = alpha, versus beta &neq; alpha",
    ),
    (
        "p-value",
        "Asymptotic p-value for evidence of selection, i.e. beta &neq; alpha",
    ),
    (
        "Total branch length",
        "The total length of branches contributing to inference at this site, and used to scale dN-dS",
    ),
];
const INTERVAL: [(&str, &str); 3] = [
    (
        "dN/dS LB",
        "95% profile likelihood CI lower bound for dN/dS (if available)",
    ),
    ("dN/dS MLE", "Point estimate for site dN/dS"),
    (
        "dN/dS UB",
        "95% profile likelihood CI upper bound for dN/dS (if available)",
    ),
];
const BOOTSTRAP: (&str, &str) = (
    "p-asmp",
    "p-value derived from the asymptotic test statistic",
);
const HITS: [(&str, &str); 2] = [
    ("2H rate", "Site-level rate for 2-nucleotide substitutions"),
    ("3H rate", "Site-level rate for 3-nucleotide substitutions"),
];

/// The names of the columns, and what they contain.
pub(super) fn columns(options: &FelOptions) -> Vec<(&'static str, &'static str)> {
    let mut columns = COLUMNS.to_vec();
    if options.intervals {
        columns.extend(INTERVAL);
    }
    if options.replicates > 0 {
        columns.push(BOOTSTRAP);
    }
    columns.extend(&HITS[..options.multiple_hits.rates()]);
    columns
}
