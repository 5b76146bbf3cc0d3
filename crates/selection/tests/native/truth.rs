//! Tests on simulated alignments, whose rates are known.

use selection::{
    Analysis, FelOptions, Input, MemeOptions, Stage, Truth, Watch, run, simulate_alignment,
};
use sequence::{GeneticCode, Limits, Tree, read};

struct Patient;

impl Watch for Patient {
    fn progress(&self, _: Stage, _: usize, _: usize) {}

    fn cancelled(&self) -> bool {
        false
    }
}

/// A balanced tree of 32 taxa, with branches of 0.06 substitutions per nucleotide.
fn tree() -> Tree {
    let mut clades: Vec<String> = (0..32).map(|taxon| format!("t{taxon}:0.06")).collect();
    while clades.len() > 4 {
        clades = clades
            .chunks(2)
            .map(|pair| format!("({}):0.06", pair.join(",")))
            .collect();
    }
    let text = format!("({});", clades.join(","));
    read(text.as_bytes(), &Limits::default())
        .trees
        .remove(0)
        .tree
}

/// The rows of an analysis of sites with these classes of branches.
fn analyse(
    analysis: &Analysis,
    sites: usize,
    classes: &[(f64, f64, f64)],
    seed: u64,
) -> Vec<Vec<f64>> {
    let truth = Truth {
        exchangeabilities: [0.4, 1.0, 0.15, 0.3, 1.1, 0.2],
        base_frequencies: [
            [0.31, 0.19, 0.28, 0.22],
            [0.33, 0.2, 0.17, 0.3],
            [0.24, 0.26, 0.21, 0.29],
        ],
        sites: vec![classes.to_vec(); sites],
    };
    let tree = tree();
    let alignment = simulate_alignment(&tree, GeneticCode::UNIVERSAL, &truth, seed);
    let input = Input {
        file_name: "simulated",
        alignment: &alignment,
        partitions: &[],
        trees: &[&tree],
        code: GeneticCode::UNIVERSAL,
    };
    let result = run(analysis, &input, &Patient).unwrap();
    let rows = result["MLE"]["content"]["0"].as_array().unwrap().iter();
    let row = |row: &serde_json::Value| {
        let cells = row.as_array().unwrap().iter();
        cells.map(|cell| cell.as_f64().unwrap()).collect()
    };
    rows.map(row).collect()
}

fn share(rows: &[Vec<f64>], holds: impl Fn(&[f64]) -> bool) -> f64 {
    rows.iter().filter(|row| holds(row)).count() as f64 / rows.len() as f64
}

/// The mean of a column without the tenth of its largest values: a rate is not bounded where all of its
/// changes are saturated.
fn mean(rows: &[Vec<f64>], column: usize) -> f64 {
    let mut values: Vec<f64> = rows.iter().map(|row| row[column]).collect();
    values.sort_by(f64::total_cmp);
    values.truncate(values.len() * 9 / 10);
    values.iter().sum::<f64>() / values.len() as f64
}

#[test]
fn fel_rejects_the_null_at_the_nominal_rate_and_has_power() {
    let fel = Analysis::Fel(FelOptions::default());
    let neutral = analyse(&fel, 400, &[(1.0, 1.0, 1.0)], 1);
    // Two standard errors of 400 tests at 5% are 2.2%.
    let false_positives = share(&neutral, |row| row[4] <= 0.05);
    assert!(false_positives <= 0.072, "{false_positives}");
    // Rates are relative to the mean of the alignment, whose sites all have the same.
    assert!(
        (mean(&neutral, 2) - 1.0).abs() < 0.15,
        "{}",
        mean(&neutral, 2)
    );
    let selected = analyse(&fel, 400, &[(1.0, 0.2, 1.0)], 2);
    let power = share(&selected, |row| row[4] <= 0.05 && row[1] < row[0]);
    assert!(power > 0.4, "{power}");
    let wrong = share(&selected, |row| row[4] <= 0.05 && row[1] > row[0]);
    assert_eq!(wrong, 0.0);
    let ratio = mean(&selected, 1) / mean(&selected, 0);
    assert!((ratio - 0.2).abs() < 0.05, "{ratio}");
}

#[test]
fn meme_rejects_the_null_at_the_nominal_rate_and_finds_episodes() {
    let meme = Analysis::Meme(MemeOptions::default());
    let neutral = analyse(&meme, 120, &[(1.0, 1.0, 1.0)], 3);
    let false_positives = share(&neutral, |row| row[6] <= 0.05);
    // Two standard errors of 120 tests at 5% are 4%.
    assert!(false_positives <= 0.09, "{false_positives}");
    // A tenth of the branches is selected, the others are conserved.
    let episodic = [(1.0, 0.1, 0.9), (1.0, 20.0, 0.1)];
    let power = share(&analyse(&meme, 120, &episodic, 4), |row| row[6] <= 0.05);
    assert!(power > 0.4, "{power}");
}
