//! FUBAR as a whole.

use crate::common::{Example, assert_close};
use selection::{Analysis, Error, FubarOptions, Stage};
use sequence::GeneticCode;
use serde_json::{Value, json};

fn fubar(grid_points: u32) -> Analysis {
    Analysis::Fubar(FubarOptions {
        grid_points,
        ..FubarOptions::default()
    })
}

fn sites<'a>(result: &'a Value, partition: &str) -> &'a Vec<Value> {
    result["MLE"]["content"][partition].as_array().unwrap()
}

/// The posteriors are those of HyPhy 2.5.69, within what optimisers leave.
#[test]
fn lysozymes_have_hyphys_result() {
    let result = Example::lysozyme().run_on_threads(&fubar(20));
    let rows = sites(&result, "0");
    assert_eq!(rows.len(), 130);
    let expected = json!([
        [
            2.492_882_739,
            6.620_084_150,
            4.127_201_410,
            0.135_258_527_1,
            0.808_955_471_2,
            4.996_269_859
        ],
        [
            1.204_518_879,
            6.082_988_034,
            4.878_469_155,
            0.054_743_691_4,
            0.904_273_359_7,
            11.146_096_41
        ],
    ]);
    let own = [&rows[49], &rows[113]];
    assert_close(own.into_iter(), expected.as_array().unwrap().iter(), 5e-3);
    assert_eq!(rows[0].as_array().unwrap().len(), 6);
    let grid = result["grid"].as_array().unwrap();
    assert_eq!(grid.len(), 400);
    let total: f64 = grid.iter().filter_map(|point| point[2].as_f64()).sum();
    assert!((total - 1.0).abs() < 1e-12);
    let posterior = result["posterior"]["0"]["129"][0].as_array().unwrap();
    let total: f64 = posterior.iter().filter_map(Value::as_f64).sum();
    assert!((total - 1.0).abs() < 1e-12);
    let keys: Vec<&String> = result.as_object().unwrap().keys().collect();
    let expected = [
        "MLE",
        "analysis",
        "branch attributes",
        "data partitions",
        "fits",
        "grid",
        "input",
        "posterior",
        "runtime",
        "settings",
        "tested",
        "timers",
    ];
    assert_eq!(keys, expected);
}

/// Neither the order of sequences nor that of sites matters.
#[test]
fn order_does_not_matter() {
    let example = Example::lysozyme();
    let result = example.run(&fubar(8), 2);
    let mut other = example.clone();
    other.alignment.sequences.reverse();
    let reversed = other.run(&fubar(8), 2);
    assert_close(
        sites(&result, "0").iter(),
        sites(&reversed, "0").iter(),
        1e-9,
    );
    let mut other = example.clone();
    for sequence in &mut other.alignment.sequences {
        let codons: Vec<&[u8]> = sequence.residues.chunks(3).rev().collect();
        sequence.residues = codons.concat();
    }
    let reversed = other.run(&fubar(8), 2);
    assert_close(
        sites(&result, "0").iter().rev(),
        sites(&reversed, "0").iter(),
        1e-2,
    );
}

/// All sites share one grid with its weights.
#[test]
fn partitions_share_the_grid() {
    let result = Example::partitioned().run_on_threads(&fubar(6));
    for (partition, rows) in [("0", 50), ("1", 80)] {
        assert_eq!(sites(&result, partition).len(), rows);
        let posteriors = result["posterior"][partition].as_object().unwrap();
        assert_eq!(posteriors.len(), rows);
    }
    assert_eq!(result["grid"].as_array().unwrap().len(), 36);
}

#[test]
fn options_are_respected() {
    let options = FubarOptions {
        grid_points: 5,
        concentration: 0.1,
        non_zero: true,
    };
    let result = Example::lysozyme().run(&Analysis::Fubar(options), 2);
    assert_eq!(result["grid"][0][0], 1e-3);
    assert_eq!(result["grid"][0][1], 0);
    assert_eq!(result["settings"]["concentration"], 0.1);
    assert_eq!(result["settings"]["non-zero"], 1);
    let too_few = Example::lysozyme().watched(&fubar(4), 1, &crate::common::Patient);
    assert!(matches!(too_few, Err(Error::Input(_))));
}

#[test]
fn it_can_be_cancelled() {
    let stages = [Stage::Nucleotides, Stage::Grid, Stage::Weights];
    Example::lysozyme().assert_cancelled(&fubar(5), &stages);
}

/// With gaps and columns of few data, in all genetic codes.
#[test]
fn all_genetic_codes_have_results() {
    for code in GeneticCode::ALL {
        let result = Example::of_code(code).run(&fubar(5), 1);
        for row in sites(&result, "0") {
            for p in [3, 4] {
                let value = row[p].as_f64().unwrap();
                assert!((0.0..=1.0 + 1e-9).contains(&value), "{code}: {value}");
            }
        }
    }
}
