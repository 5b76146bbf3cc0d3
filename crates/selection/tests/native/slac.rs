//! SLAC as a whole.

use crate::common::{Example, assert_close};
use selection::{Analysis, Branches, SlacOptions, Stage};
use sequence::GeneticCode;
use serde_json::{Value, json};

fn slac(branches: Branches, samples: u32) -> Analysis {
    Analysis::Slac(SlacOptions {
        branches,
        samples,
        ..SlacOptions::default()
    })
}

fn sites<'a>(result: &'a Value, partition: &str, treatment: &str) -> &'a Vec<Value> {
    let content = &result["MLE"]["content"][partition];
    content["by-site"][treatment].as_array().unwrap()
}

/// The fit and the counts are those of HyPhy 2.5.69, within what optimisers leave.
#[test]
fn lysozymes_have_hyphys_result() {
    let result = Example::lysozyme().run_on_threads(&slac(Branches::All, 20));
    let fit = &result["fits"]["Global MG94xREV"];
    let likelihood = fit["Log Likelihood"].as_f64().unwrap();
    assert!((likelihood + 1_034.351_988).abs() < 2e-3, "{likelihood}");
    assert_eq!(fit["estimated parameters"], 45);
    let expected = json!([[
        0.772_412_017_0,
        1.850_077_202_4,
        0.5,
        2.5,
        0.294_533_915_1,
        0.647_322_917_1,
        1.351_294_960_4,
        3.063_299_371_8,
        0.570_974_569_5,
        0.648_901_947_8,
        0.229_808_437_865
    ]]);
    let rows = sites(&result, "0", "AVERAGED");
    assert_eq!(rows.len(), 130);
    assert_close(
        [&rows[49]].into_iter(),
        expected.as_array().unwrap().iter(),
        2e-3,
    );
    let keys: Vec<&String> = result.as_object().unwrap().keys().collect();
    let expected = [
        "MLE",
        "analysis",
        "branch attributes",
        "data partitions",
        "fits",
        "input",
        "runtime",
        "sample-2.5",
        "sample-97.5",
        "sample-median",
        "tested",
        "timers",
    ];
    assert_eq!(keys, expected);
    // The root has a name of its own.
    let root = &result["branch attributes"]["0"]["Node27"];
    assert_eq!(root["codon"][0][0], "AAG");
    assert_eq!(root["amino-acid"][0][0], "K");
    assert_eq!(root.get("Global MG94xREV"), None);
    let names = &result["MLE"]["content"]["0"]["by-branch"]["NAMES"];
    assert_eq!(names.as_array().unwrap().len(), 30);
    assert_eq!(names[3], json!(["Node4"]));
}

/// The quantiles enclose each other, and the ancestors of a constant column are certain.
#[test]
fn samples_have_quantiles() {
    let result = Example::lysozyme().run(&slac(Branches::All, 50), 2);
    let table = |name: &str| result[name]["0"]["RESOLVED"].as_array().unwrap();
    let (low, middle, high) = (
        table("sample-2.5"),
        table("sample-median"),
        table("sample-97.5"),
    );
    let mut differ = 0;
    for ((low, middle), high) in low.iter().zip(middle).zip(high) {
        for column in 0..11 {
            let [low, middle, high] = [low, middle, high].map(|row| row[column].as_f64());
            assert!(low <= middle && middle <= high);
            differ += usize::from(low < high);
        }
    }
    assert!(differ > 20, "{differ}");
    let rows = sites(&result, "0", "RESOLVED");
    assert_close([&low[0]].into_iter(), [&rows[0]].into_iter(), 1e-12);
    let none = Example::lysozyme().run(&slac(Branches::All, 0), 2);
    assert_eq!(none.get("sample-median"), None);
    assert_eq!(none["timers"].get("Ancestor sampling analysis"), None);
}

/// HyPhy 2.5.69 with `--branches Internal`.
#[test]
fn some_branches_can_be_tested() {
    let result = Example::lysozyme().run(&slac(Branches::Internal, 0), 2);
    let branches = &result["MLE"]["content"]["0"]["by-branch"];
    let expected = [
        "Node4", "Node3", "Node2", "Node19", "Node17", "Node10", "Node1", "Node24", "Node23",
        "Node22", "Node29",
    ];
    let expected: Vec<Value> = expected.iter().map(|name| json!([name])).collect();
    assert_eq!(branches["NAMES"], Value::from(expected));
    let changes = |row: usize| [&branches["AVERAGED"][row][2], &branches["AVERAGED"][row][3]];
    assert_eq!(changes(10), [7, 8]);
    assert_eq!(changes(2), [1, 9]);
    assert_eq!(result["tested"]["0"]["HUMAN"], "background");
    // Other branches have their changes among the attributes.
    let human = &result["branch attributes"]["0"]["HUMAN"]["synonymous substitution count"];
    let all: f64 = human[0]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_f64)
        .sum();
    assert_eq!(all, 2.0);
}

/// Neither the order of sequences nor that of sites matters.
#[test]
fn order_does_not_matter() {
    let example = Example::lysozyme();
    let analysis = slac(Branches::All, 0);
    let result = example.run(&analysis, 2);
    let mut other = example.clone();
    other.alignment.sequences.reverse();
    let rows = sites(&result, "0", "AVERAGED");
    let reversed = other.run(&analysis, 2);
    assert_close(rows.iter(), sites(&reversed, "0", "AVERAGED").iter(), 1e-9);
    let mut other = example.clone();
    for sequence in &mut other.alignment.sequences {
        let codons: Vec<&[u8]> = sequence.residues.chunks(3).rev().collect();
        sequence.residues = codons.concat();
    }
    let reversed = other.run(&analysis, 2);
    assert_close(
        rows.iter().rev(),
        sites(&reversed, "0", "AVERAGED").iter(),
        1e-4,
    );
}

#[test]
fn partitions_have_tables_of_their_own() {
    let example = Example::partitioned();
    let result = example.run_on_threads(&slac(Branches::All, 10));
    for (partition, rows) in [("0", 50), ("1", 80)] {
        assert_eq!(sites(&result, partition, "RESOLVED").len(), rows);
        let samples = &result["sample-median"][partition]["AVERAGED"];
        assert_eq!(samples.as_array().unwrap().len(), rows);
    }
    assert_eq!(result["data partitions"]["1"]["coverage"][0][0], 50);
    // Each has the length of its own tree at all sites.
    let length = |partition: &str| &sites(&result, partition, "RESOLVED")[0][10];
    assert_ne!(length("0"), length("1"));
}

#[test]
fn it_can_be_cancelled() {
    let stages = [
        Stage::Nucleotides,
        Stage::GlobalOmega,
        Stage::Ancestors,
        Stage::Samples,
    ];
    Example::lysozyme().assert_cancelled(&slac(Branches::All, 100_000), &stages);
}

/// With gaps and columns of few data, in all genetic codes.
#[test]
fn all_genetic_codes_have_results() {
    for code in GeneticCode::ALL {
        let result = Example::of_code(code).run(&slac(Branches::All, 3), 1);
        for row in sites(&result, "0", "AVERAGED") {
            for p in [8, 9] {
                let value = row[p].as_f64().unwrap();
                assert!((-1e-9..=1.0 + 1e-9).contains(&value), "{code}: {value}");
            }
        }
    }
}
