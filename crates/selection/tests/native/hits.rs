//! FEL with changes of several nucleotides at once.

use crate::common::{Example, rows};
use selection::{Analysis, Branches, FelOptions, MultipleHits, SiteMultihit};
use sequence::GeneticCode;
use serde_json::{Value, json};

fn fel(multiple_hits: MultipleHits, change: impl FnOnce(&mut FelOptions)) -> Analysis {
    let mut options = FelOptions {
        multiple_hits,
        ..FelOptions::default()
    };
    change(&mut options);
    Analysis::Fel(options)
}

const TWO: &str = "rate at which 2 nucleotides are changed instantly within a single codon";
const THREE: &str = "rate at which 3 nucleotides are changed instantly within a single codon";

/// HyPhy 2.5.68 has a log-likelihood of −1033.649363, δ 0.0396217 and ψ 0; its codon frequencies are
/// approximate.
#[test]
fn lysozymes_have_hyphys_model() {
    let result = Example::lysozyme().run_on_threads(&fel(MultipleHits::DoubleTriple, |_| {}));
    let codons = &result["fits"]["Global MG94xREV"];
    assert!((codons["Log Likelihood"].as_f64().unwrap() + 1_033.649_363).abs() < 1e-3);
    assert_eq!(codons["estimated parameters"], 47);
    let rate = |name: &str| codons["Rate Distributions"][name][0][0].as_f64().unwrap();
    assert!((rate(TWO) - 0.0396).abs() < 2e-3, "{}", rate(TWO));
    assert!(rate(THREE) < 1e-4, "{}", rate(THREE));
    let settings = &result["analysis"]["settings"];
    assert_eq!(settings["multihit"], "Double+Triple");
    assert_eq!(settings["site-multihit"], "Estimate");
    let headers = result["MLE"]["headers"].as_array().unwrap();
    let expected = json!([
        ["2H rate", "Site-level rate for 2-nucleotide substitutions"],
        ["3H rate", "Site-level rate for 3-nucleotide substitutions"],
    ]);
    assert_eq!(headers[6..], *expected.as_array().unwrap());
    let rows = rows(&result, "0");
    assert_eq!(rows[0], [0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0]);
    let called: Vec<usize> = (1..)
        .zip(&rows)
        .filter(|(_, row)| row[4] <= 0.1)
        .map(|(codon, _)| codon)
        .collect();
    assert_eq!(called, [3, 14, 30, 38, 49, 66, 86, 107, 124, 130]);
    assert!(rows.iter().all(|row| row[3] >= 0.0));
    // HyPhy's at codon 3.
    let [alpha, beta, neutral, statistic] = [0, 1, 2, 3].map(|column| rows[2][column]);
    assert!((alpha - 13.871).abs() < 0.3 && beta < 1e-4 && (neutral - 3.263).abs() < 0.05);
    assert!((statistic - 5.369).abs() < 0.01, "{statistic}");
}

#[test]
fn sites_can_have_the_rates_of_the_alignment() {
    let global = fel(MultipleHits::Double, |options| {
        options.site_multihit = SiteMultihit::Global;
    });
    let result = Example::lysozyme().run_on_threads(&global);
    let codons = &result["fits"]["Global MG94xREV"];
    assert_eq!(codons["estimated parameters"], 46);
    assert_eq!(codons["Rate Distributions"].get(THREE), None);
    let rate = codons["Rate Distributions"][TWO][0][0].as_f64().unwrap();
    assert_eq!(result["analysis"]["settings"]["site-multihit"], "Global");
    let rows = rows(&result, "0");
    let variable = rows.iter().filter(|row| row[5] > 0.0);
    assert_eq!(variable.clone().count(), 48);
    assert!(variable.into_iter().all(|row| row[6] == rate));
}

/// A model with more changes fits no worse, and its estimates are those of the site.
#[test]
fn more_kinds_of_changes_fit_no_worse() {
    let example = Example::lysozyme();
    let likelihoods = [
        MultipleHits::None,
        MultipleHits::Double,
        MultipleHits::DoubleTriple,
    ]
    .map(|hits| {
        let result = example.run(&fel(hits, |_| {}), 2);
        let codons = &result["fits"]["Global MG94xREV"];
        codons["Log Likelihood"].as_f64().unwrap()
    });
    assert!(
        likelihoods.is_sorted_by(|a, b| *a <= b + 1e-4),
        "{likelihoods:?}"
    );
}

#[test]
fn all_options_go_together() {
    let all = fel(MultipleHits::DoubleTriple, |options| {
        options.branches = Branches::Leaves;
        options.intervals = true;
        options.replicates = 3;
    });
    let result = Example::of_code(GeneticCode::UNIVERSAL).run_on_threads(&all);
    let headers = result["MLE"]["headers"].as_array().unwrap();
    let names: Vec<&Value> = headers[6..].iter().map(|header| &header[0]).collect();
    let expected = [
        "dN/dS LB",
        "dN/dS MLE",
        "dN/dS UB",
        "p-asmp",
        "2H rate",
        "3H rate",
    ];
    assert_eq!(names, expected);
    for row in rows(&result, "0") {
        assert_eq!(row.len(), 12);
        assert!(row[3] >= 0.0, "{row:?}");
        assert!(row[6] <= row[7] && row[7] <= row[8], "{row:?}");
        assert!([0.25, 0.5, 0.75, 1.0].contains(&row[4]), "{row:?}");
    }
}

#[test]
fn partitions_and_sets_of_branches_share_the_rates_of_the_alignment() {
    let internal = fel(MultipleHits::DoubleTriple, |options| {
        options.branches = Branches::Internal;
    });
    let result = Example::partitioned().run_on_threads(&internal);
    let rates = &result["fits"]["Global MG94xREV"]["Rate Distributions"];
    assert_eq!(rates.as_object().unwrap().len(), 4);
    for partition in ["0", "1"] {
        assert!(rows(&result, partition).iter().all(|row| row[3] >= 0.0));
    }
}
