//! FEL as a whole.

use crate::common::{Example, rows};
use selection::{Analysis, Branches, FelOptions, Stage};
use sequence::{GeneticCode, Limits, read};

fn fel(change: impl FnOnce(&mut FelOptions)) -> Analysis {
    let mut options = FelOptions::default();
    change(&mut options);
    Analysis::Fel(options)
}

/// Rows of HyPhy 2.5.69: codon, α, β, α = β, LRT, p, total branch length.
const HYPHY: [(usize, [f64; 6]); 7] = [
    (
        2,
        [
            9.9e-7,
            1.890_663,
            1.079_160,
            1.138_658,
            0.285_936_2,
            0.378_670_7,
        ],
    ),
    (
        3,
        [
            13.680_17,
            8.3e-7,
            3.223_326,
            5.366_921,
            0.020_522_2,
            1.131_046,
        ],
    ),
    (
        14,
        [
            8.869_630,
            1.120_611,
            2.711_584,
            2.790_622,
            0.094_817_4,
            0.951_478_6,
        ],
    ),
    (
        50,
        [
            0.019_239_6,
            4.481_726,
            3.415_162,
            0.238_459_1,
            0.625_321_3,
            1.198_360,
        ],
    ),
    (
        62,
        [
            6.5e-5,
            2.198_646,
            1.603_058,
            1.247_794,
            0.263_974_2,
            0.562_503_5,
        ],
    ),
    (
        114,
        [
            5.3e-5,
            3.923_568,
            3.228_907,
            1.127_277,
            0.288_356_9,
            1.133_004,
        ],
    ),
    (
        130,
        [
            20.354_70,
            8.4e-7,
            5.421_516,
            10.854_80,
            0.000_985_4,
            1.902_377,
        ],
    ),
];

#[test]
fn lysozymes_have_hyphys_result() {
    let result = Example::lysozyme().run_on_threads(&fel(|_| {}));
    let fits = &result["fits"];
    let likelihood = |name: &str| fits[name]["Log Likelihood"].as_f64().unwrap();
    assert!((likelihood("Nucleotide GTR") + 1_057.868_014).abs() < 1e-4);
    // HyPhy's codon frequencies are approximate.
    assert!((likelihood("Global MG94xREV") + 1_033.772_731).abs() < 1e-3);
    assert_eq!(fits["Nucleotide GTR"]["estimated parameters"], 41);
    assert_eq!(fits["Global MG94xREV"]["estimated parameters"], 45);
    let rows = rows(&result, "0");
    for (codon, expected) in HYPHY {
        let row = &rows[codon - 1];
        for (place, expected) in expected.iter().enumerate() {
            // α is not identified where the likelihood is flat.
            if codon == 50 && place == 0 {
                continue;
            }
            let close = (row[place] - expected).abs() <= 0.03 * expected + 0.013;
            assert!(close, "codon {codon}: {row:?}");
        }
    }
    let called: Vec<usize> = (1..)
        .zip(&rows)
        .filter(|(_, row)| row[4] <= 0.1)
        .map(|(c, _)| c)
        .collect();
    assert_eq!(called, [3, 14, 30, 38, 49, 66, 86, 107, 124, 130]);
    assert_eq!(
        rows.iter()
            .filter(|row| row[..] != [0.0, 0.0, 0.0, 0.0, 1.0, 0.0])
            .count(),
        48
    );
    assert!(rows.iter().all(|row| row[3] >= 0.0));
    let keys: Vec<&String> = result.as_object().unwrap().keys().collect();
    let expected = [
        "MLE",
        "analysis",
        "branch attributes",
        "data partitions",
        "fits",
        "input",
        "runtime",
        "tested",
        "timers",
    ];
    assert_eq!(keys, expected);
    // HyPhy removes these branches, which have no length.
    for removed in ["Node11", "Node12", "Node31"] {
        assert_eq!(result["tested"]["0"].get(removed), None);
    }
    assert_eq!(result["tested"]["0"].as_object().unwrap().len(), 30);
}

/// HyPhy prints a wrong total length at codon 50: 0.460538. The right one is 0.906167.
#[test]
fn some_branches_can_be_tested() {
    let internal = fel(|options| options.branches = Branches::Internal);
    let result = Example::lysozyme().run(&internal, 2);
    let codons = &result["fits"]["Global MG94xREV"];
    assert!((codons["Log Likelihood"].as_f64().unwrap() + 1_027.480_196).abs() < 1e-3);
    let row = &rows(&result, "0")[49];
    assert!(
        (row[1] - 20.804).abs() < 0.3 && (row[2] - 8.382).abs() < 0.1,
        "{row:?}"
    );
    assert!(
        (row[3] - 3.336_945).abs() < 0.02 && (row[4] - 0.067_740_7).abs() < 1e-3,
        "{row:?}"
    );
    assert!((row[5] - 0.906_167).abs() < 0.01, "{row:?}");
    assert_eq!(result["tested"]["0"]["HUMAN"], "background");
}

/// True profile intervals. HyPhy's at codon 3 ends at 0.308, because it holds α.
#[test]
fn intervals_are_those_of_the_profile_likelihood() {
    let result = Example::lysozyme().run_on_threads(&fel(|options| options.intervals = true));
    let rows = rows(&result, "0");
    let ends = |codon: usize| (rows[codon - 1][6], rows[codon - 1][7], rows[codon - 1][8]);
    let (lower, estimate, upper) = ends(3);
    assert!(
        lower == 0.0 && estimate < 1e-6 && (upper - 0.560).abs() < 0.01,
        "{:?}",
        ends(3)
    );
    let (_, estimate, upper) = ends(14);
    assert!(
        (estimate - 0.1263).abs() < 0.003 && (upper - 1.459).abs() < 0.03,
        "{:?}",
        ends(14)
    );
    for row in rows {
        assert!(row[6] <= row[7] && row[7] <= row[8], "{row:?}");
        // The test rejects α = β where 1 is outside of the interval.
        if row[3] > 0.0 {
            let outside = row[6] > 1.0 || row[8] < 1.0;
            assert_eq!(outside, row[4] < 0.05, "{row:?}");
        }
    }
}

/// Without variation of synonymous rates, HyPhy's search ends early at codon 2: β is 2.25 there,
/// though 1.897 fits better.
#[test]
fn synonymous_rates_can_be_the_same_at_all_sites() {
    let same = fel(|options| options.synonymous_rate_variation = false);
    let row = &rows(&Example::lysozyme().run(&same, 2), "0")[1];
    assert_eq!(row[0], 1.0);
    assert!(
        (row[1] - 1.897).abs() < 0.02 && (row[3] - 0.331).abs() < 0.005,
        "{row:?}"
    );
}

#[test]
fn replicates_give_p_values() {
    let example = Example::lysozyme();
    let result = example.run_on_threads(&fel(|options| options.replicates = 9));
    let rows = rows(&result, "0");
    assert_eq!(result["simulated"], 9);
    assert_eq!(result["MLE"]["LRT"]["0"]["2"].as_array().unwrap().len(), 9);
    assert_eq!(rows[129][4], 0.1);
    assert!((rows[129][6] - 0.000_985).abs() < 1e-4, "{:?}", rows[129]);
    assert_eq!(rows[0], [0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
}

/// Neither the root, nor the order of sequences or sites, nor copies of columns change a test.
#[test]
fn the_same_data_in_another_form_have_the_same_result() {
    let example = Example::lysozyme();
    let analysis = fel(|_| {});
    let statistics = |example: &Example| -> Vec<f64> {
        rows(&example.run(&analysis, 2), "0")
            .iter()
            .map(|row| row[3])
            .collect()
    };
    let expected = statistics(&example);
    let same = |own: &[f64], other: &[f64]| {
        own.iter()
            .zip(other)
            .all(|(own, other)| (own - other).abs() < 2e-3)
    };
    let mut other = example.clone();
    other.alignment.sequences.reverse();
    assert!(same(&statistics(&other), &expected));
    let mut other = example.clone();
    for sequence in &mut other.alignment.sequences {
        sequence.residues = sequence
            .residues
            .chunks(3)
            .rev()
            .collect::<Vec<_>>()
            .concat();
    }
    let reversed: Vec<f64> = statistics(&other).into_iter().rev().collect();
    assert!(same(&reversed, &expected));
    let mut other = example.clone();
    for sequence in &mut other.alignment.sequences {
        sequence.residues = [sequence.residues.clone(), sequence.residues.clone()].concat();
    }
    let twice = statistics(&other);
    assert_eq!(twice[..130], twice[130..]);
    assert!(same(&twice[..130], &expected));
}

/// An unrooted tree of five, written from three of its nodes.
#[test]
fn the_place_of_the_root_does_not_matter() {
    let forms: [&[u8]; 3] = [
        b"((a,b)x,c,(d,e)y);",
        b"(a,b,(c,(d,e)y)x);",
        b"(((a,b),c),(d,e));",
    ];
    let example = Example::of_code(GeneticCode::UNIVERSAL);
    let results = forms.map(|form| {
        let tree = read(form, &Limits::default()).trees.remove(0).tree;
        let result = Example {
            tree,
            ..example.clone()
        }
        .run(&fel(|_| {}), 1);
        rows(&result, "0")
            .iter()
            .map(|row| row[3])
            .collect::<Vec<f64>>()
    });
    for other in &results[1..] {
        for (own, other) in results[0].iter().zip(other) {
            assert!((own - other).abs() < 2e-3, "{results:?}");
        }
    }
}

#[test]
fn partitions_have_trees_of_their_own() {
    let result = Example::partitioned().run_on_threads(&fel(|_| {}));
    assert_eq!(rows(&result, "0").len(), 50);
    assert_eq!(rows(&result, "1").len(), 80);
    assert_eq!(result["data partitions"]["1"]["coverage"][0][0], 50);
    assert_eq!(result["data partitions"]["0"]["name"], "fel.filter.left");
}

#[test]
fn it_can_be_cancelled() {
    let stages = [
        Stage::Nucleotides,
        Stage::GlobalOmega,
        Stage::CodonModel,
        Stage::Sites,
    ];
    let long = fel(|options| options.replicates = 100_000);
    Example::lysozyme().assert_cancelled(&long, &stages);
}

#[test]
fn all_genetic_codes_have_results() {
    for code in GeneticCode::ALL {
        for row in rows(&Example::of_code(code).run(&fel(|_| {}), 1), "0") {
            assert!(
                row[3] >= 0.0 && (0.0..=1.0).contains(&row[4]),
                "{code}: {row:?}"
            );
        }
    }
}
