//! MEME as a whole.

use crate::common::Example;
use selection::{Analysis, Branches, MemeOptions, Stage};
use sequence::GeneticCode;
use serde_json::Value;

fn meme(change: impl FnOnce(&mut MemeOptions)) -> Analysis {
    let mut options = MemeOptions::default();
    change(&mut options);
    Analysis::Meme(options)
}

fn rows(result: &Value) -> Vec<Vec<f64>> {
    let rows = result["MLE"]["content"]["0"].as_array().unwrap();
    let row = |row: &Value| {
        let cells = row.as_array().unwrap().iter();
        cells.map(|cell| cell.as_f64().unwrap()).collect()
    };
    rows.iter().map(row).collect()
}

/// HyPhy 2.5.69: codon, LRT, p-value, and the log-likelihoods of MEME and FEL.
const HYPHY: [(usize, [f64; 4]); 5] = [
    (2, [1.137_872, 0.293_410_9, -8.620_488, -8.619_967]),
    (3, [0.0, 0.666_666_7, -8.737_374, -8.737_035]),
    (14, [0.0, 0.666_666_7, -12.812_490, -12.811_555]),
    (50, [1.512_456, 0.237_755_2, -15.239_264, -15.871_727]),
    (114, [1.806_67, 0.202, -15.900_804, -16.2493]),
];

#[test]
fn lysozymes_have_hyphys_result() {
    let result = Example::lysozyme().run_on_threads(&meme(|options| options.impute_states = true));
    let headers = result["MLE"]["headers"].as_array().unwrap();
    let names: Vec<&str> = headers
        .iter()
        .map(|header| header[0].as_str().unwrap())
        .collect();
    let expected = [
        "&alpha;",
        "&beta;<sup>1</sup>",
        "p<sup>1</sup>",
        "&beta;<sup>+</sup>",
        "p<sup>+</sup>",
        "LRT",
        "p-value",
        "# branches under selection",
        "Total branch length",
        "MEME LogL",
        "FEL LogL",
        "FEL &alpha;",
        "FEL &beta;",
    ];
    assert_eq!(names, expected);
    let rows = rows(&result);
    for (codon, expected) in HYPHY {
        let row = &rows[codon - 1];
        for (place, expected) in [5, 6, 9, 10].into_iter().zip(expected) {
            assert!(
                (row[place] - expected).abs() < 0.02,
                "codon {codon}: {row:?}"
            );
        }
    }
    assert_eq!(
        rows[0],
        [
            0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
        ]
    );
    for row in &rows {
        assert!(row[5] >= 0.0 && row[9] >= row[10] - 1e-5, "{row:?}");
        assert!(
            (row[2] + row[4] - 1.0).abs() < 1e-9 || row[4] == 0.0,
            "{row:?}"
        );
    }
    // Codon 50 has one branch under selection, Node22, and these changes.
    assert_eq!(rows[49][7], 1.0);
    let posteriors =
        &result["branch attributes"]["0"]["Node22"]["Posterior prob omega class by site"];
    assert!((posteriors[1][49].as_f64().unwrap() - 0.988_996).abs() < 2e-3);
    let changes = &result["substitutions"]["0"]["49"];
    let expected = serde_json::json!({"Node2": "GAA", "Node22": "AGA", "root": "CAA"});
    assert_eq!(*changes, expected);
    assert_eq!(result["substitutions"]["0"]["0"], Value::Null);
    let human = &result["MLE"]["Imputed States"]["0"]["2"]["ALLEN_ANI"];
    assert_eq!(human["observed"]["TTT"], 1);
    assert!(
        (human["imputed"]["TTT"].as_f64().unwrap() - 0.950_321).abs() < 2e-3,
        "{human}"
    );
}

#[test]
fn there_can_be_more_classes() {
    for rates in [3, 4] {
        let result = Example::lysozyme().run(&meme(|options| options.rates = rates), 2);
        let width = 2 * rates as usize + 9;
        let two = rows(&Example::lysozyme().run(&meme(|_| {}), 2));
        for (row, two) in rows(&result).iter().zip(two) {
            assert_eq!(row.len(), width);
            // The model contains the one with two classes.
            assert!(row[width - 4] >= two[9] - 1e-3, "{row:?} {two:?}");
        }
        let posteriors =
            &result["branch attributes"]["0"]["HUMAN"]["Posterior prob omega class by site"];
        assert_eq!(posteriors.as_array().unwrap().len(), rates as usize);
    }
}

#[test]
fn some_branches_can_be_tested() {
    let result = Example::lysozyme().run(&meme(|options| options.branches = Branches::Leaves), 2);
    assert_eq!(result["tested"]["0"]["Node1"], "background");
    let attributes = &result["branch attributes"]["0"];
    assert_eq!(
        attributes["Node1"].get("Posterior prob omega class by site"),
        None
    );
    assert!(rows(&result).iter().all(|row| row[9] >= row[10] - 1e-5));
}

#[test]
fn replicates_give_p_values() {
    let result = Example::lysozyme().run_on_threads(&meme(|options| options.replicates = 2));
    let statistics = result["MLE"]["LRT"]["0"].as_object().unwrap();
    assert!(!statistics.is_empty());
    for (site, replicates) in statistics {
        assert_eq!(replicates.as_array().unwrap().len(), 2);
        let p = rows(&result)[site.parse::<usize>().unwrap()][6];
        assert!((0.3..=1.0).contains(&p), "{p}");
    }
}

#[test]
fn it_can_be_cancelled() {
    let stages = [
        Stage::Nucleotides,
        Stage::GlobalOmega,
        Stage::CodonModel,
        Stage::Sites,
    ];
    let long = meme(|options| options.replicates = 100_000);
    Example::lysozyme().assert_cancelled(&long, &stages);
}

/// FEL's test has all codes.
#[test]
fn other_genetic_codes_have_results() {
    for code in GeneticCode::ALL.into_iter().skip(1).step_by(6) {
        for row in rows(&Example::of_code(code).run(&meme(|_| {}), 1)) {
            assert!(
                row[5] >= 0.0 && (0.0..=1.0).contains(&row[6]),
                "{code}: {row:?}"
            );
        }
    }
}
