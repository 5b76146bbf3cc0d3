//! NRM's batch file recovers simulated processes, and its numbers agree with theory.
#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    // Matrices are indexed as they are written.
    clippy::needless_range_loop
)]

#[path = "nrm/chi_square.rs"]
mod chi_square;
#[path = "nrm/likelihood.rs"]
mod likelihood;
#[path = "nrm/simulate.rs"]
mod simulate;

use std::{
    collections::HashMap,
    ffi::OsString,
    fs,
    path::Path,
    process::{Command, Output, Stdio},
};

use likelihood::Fit;
use serde_json::Value;
use simulate::{BASES, BRANCHES, Process, Sequences, is_leaf};
use tempfile::TempDir;

const MODELS: [&str; 4] = ["GTR", "NREV6", "NREV12", "NREV12+F"];
/// Null model, alternative model, and the number of additional parameters of the alternative.
const TESTS: [(&str, &str, u32); 4] = [
    ("GTR", "NREV12", 7),
    ("GTR", "NREV12+F", 10),
    ("NREV12", "NREV12+F", 3),
    ("NREV6", "NREV12+F", 9),
];
/// Means of the quarters of a gamma distribution whose shape and mean are 1.
const GAMMA: [f64; 4] = [0.1370, 0.4768, 1.0000, 2.3862];

#[test]
fn nonreversible_and_reversible_processes_are_distinguished() {
    // A to C to G to T to A.
    let cycle = rates(|from, to| if to == (from + 1) % 4 { 0.85 } else { 0.075 });
    let run = Run::of(&Process {
        rates: cycle,
        root: [0.25; 4],
        sites: GAMMA.to_vec(),
    });
    run.check();

    assert!(run.test("GTR vs NREV12", "p-value") < 0.01);
    assert!(run.test("GTR vs NREV12", "Corrected P-value") < 0.01);
    assert!(run.fit("NREV12", "AIC-c") < run.fit("GTR", "AIC-c"));
    // The process is stationary, so separate root frequencies do not improve the fit.
    assert!(run.test("NREV12 vs NREV12+F", "p-value") > 0.001);
    assert!(run.fit("NREV12", "AIC-c") < run.fit("NREV12+F", "AIC-c"));

    let found = run.matrix("NREV12");
    for from in 0..4 {
        for to in (0..4).filter(|to| *to != from) {
            // Relative to the rate of the cycle's first step.
            let ratio = found[from][to] / found[0][1];
            let expected = cycle[from][to] / cycle[0][1];
            assert!((ratio - expected).abs() < 0.2, "{from} {to}: {ratio}");
        }
    }
    // Only a non-reversible process can locate the root: at 0.12 of 0.32.
    let [left, right] = ["left", "right"].map(|branch| run.length(branch, "NREV12"));
    assert!((left / (left + right) - 0.375).abs() < 0.2);
    let [left, right] = ["left", "right"].map(|branch| run.length(branch, "GTR"));
    assert!((left - right).abs() < 1e-9);
}

#[test]
fn a_reversible_process_is_not_reported_as_nonreversible() {
    // Hasegawa, Kishino and Yano (1985): transitions are three times as fast.
    let root = [0.35, 0.15, 0.20, 0.30];
    let run = Run::of(&Process {
        rates: rates(|from, to| root[to] * if (from + to) % 2 == 0 { 3.0 } else { 1.0 }),
        root,
        sites: GAMMA.to_vec(),
    });
    run.check();

    for (null, alternative) in [("GTR", "NREV12"), ("GTR", "NREV12+F")] {
        let test = format!("{null} vs {alternative}");
        assert!(run.test(&test, "p-value") > 0.001);
        assert!(run.fit(null, "AIC-c") < run.fit(alternative, "AIC-c"));
    }
    // A and T, and C and G, have different frequencies, so the two strands do not evolve alike.
    assert!(run.test("NREV6 vs NREV12+F", "p-value") < 0.01);
}

#[test]
fn different_root_frequencies_are_detected() {
    let root = [0.55, 0.15, 0.15, 0.15];
    let run = Run::of(&Process {
        rates: rates(|_, _| 1.0 / 3.0),
        root,
        sites: vec![1.0],
    });
    run.check();

    assert!(run.test("NREV12 vs NREV12+F", "p-value") < 0.01);
    assert!(run.fit("NREV12+F", "AIC-c") < run.fit("NREV12", "AIC-c"));
    let found = row(&run.result["fits"]["NREV12+F"]["Root frequencies"][0]);
    for (found, expected) in found.iter().zip(root) {
        assert!((found - expected).abs() < 0.08, "{found} for {expected}");
    }
}

#[test]
fn a_tree_without_a_root_is_refused() {
    let folder = TempDir::new().unwrap();
    let output = run(folder.path(), ">a\nACGT\n>b\nACGA\n>c\nACGC\n", "(a,b,c);");
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stdout).contains("NRM needs a rooted tree"));
}

/// A rate matrix; each row sums to zero.
fn rates(rate: impl Fn(usize, usize) -> f64) -> [[f64; 4]; 4] {
    let mut matrix = [[0.0; 4]; 4];
    for from in 0..4 {
        for to in (0..4).filter(|to| *to != from) {
            matrix[from][to] = rate(from, to);
            matrix[from][from] -= matrix[from][to];
        }
    }
    matrix
}

/// The engine's command, up to its library.
fn engine() -> Vec<OsString> {
    let path = std::env::var_os("HYPHY_PATH").map(std::path::PathBuf::from);
    let folders = [Path::new(env!("CARGO_MANIFEST_DIR")).join("../../engine")];
    let works = |command: &Vec<OsString>| {
        let version = Command::new(&command[0])
            .args(&command[1..])
            .arg("--version")
            .output();
        version.is_ok_and(|output| output.status.success())
    };
    hyphy::engine::candidates(path.as_deref(), &folders)
        .iter()
        .map(hyphy::engine::Candidate::command)
        .find(works)
        .expect("an engine")
}

fn run(folder: &Path, fasta: &str, newick: &str) -> Output {
    fs::write(folder.join("alignment.fas"), fasta).unwrap();
    fs::write(folder.join("tree.nwk"), newick).unwrap();
    let batch_file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/methods/nrm.bf");
    let engine = engine();
    Command::new(&engine[0])
        .args(&engine[1..])
        .arg("CPU=1")
        .arg(batch_file.canonicalize().unwrap())
        .arg("--alignment")
        .arg(folder.join("alignment.fas"))
        .arg("--tree")
        .arg(folder.join("tree.nwk"))
        .arg("--output")
        .arg(folder.join("result.json"))
        .arg("--save-fit")
        .arg(folder.join("fit.bf"))
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

/// The analysis of simulated data.
struct Run {
    sequences: Sequences,
    result: Value,
    log: String,
    saved: String,
}

impl Run {
    fn of(process: &Process) -> Self {
        let sequences = simulate::simulate(process, 2000, 1);
        let folder = TempDir::new().unwrap();
        let output = run(
            folder.path(),
            &simulate::fasta(&sequences),
            &simulate::newick(),
        );
        let log = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{log}");
        let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
        Self {
            sequences,
            result: serde_json::from_str(&read("result.json")).unwrap(),
            log,
            saved: read("fit.bf"),
        }
    }

    fn fit(&self, model: &str, key: &str) -> f64 {
        number(&self.result["fits"][model][key])
    }

    fn test(&self, test: &str, key: &str) -> f64 {
        number(&self.result["test results"][test][key])
    }

    fn branch(&self, name: &str) -> &Value {
        &self.result["branch attributes"]["0"][name]
    }

    fn length(&self, branch: &str, model: &str) -> f64 {
        number(&self.branch(branch)[model])
    }

    fn matrix(&self, model: &str) -> [[f64; 4]; 4] {
        let rows = &self.result["fits"][model]["Rate Distributions"];
        assert_eq!(rows.as_array().unwrap().len(), 4);
        [0, 1, 2, 3].map(|i| row(&rows[i]))
    }

    /// Checks that hold for any simulated data.
    fn check(&self) {
        self.check_the_published_keys();
        self.check_likelihoods();
        self.check_tests();
        self.check_matrices();
        self.check_stages();
        assert!(self.saved.contains("LikelihoodFunction nrm.lf"));
    }

    fn check_the_published_keys(&self) {
        let result = &self.result;
        for key in [
            "info",
            "version",
            "citation",
            "authors",
            "contact",
            "requirements",
        ] {
            assert!(result["analysis"][key].is_string(), "{key}");
        }
        assert_eq!(result["input"]["number of sequences"], 8);
        assert_eq!(result["input"]["number of sites"], 2000);
        assert_eq!(result["input"]["partition count"], 1);
        let tree = result["input"]["trees"]["0"].as_str().unwrap();
        assert_eq!(format!("{tree};\n"), simulate::newick());
        assert_eq!(result["tested"], false);
        assert_eq!(
            result["characters"],
            serde_json::json!([["A", "C", "G", "T"]])
        );
        for timer in MODELS.iter().chain(&["Overall"]) {
            assert!(number(&result["timers"][timer]["timer"]) >= 0.0);
            assert!(result["timers"][timer]["order"].is_u64());
        }
        assert!(result["data partitions"]["0"]["coverage"].is_array());

        let fits = result["fits"].as_object().unwrap();
        assert_eq!(fits.len(), MODELS.len());
        for (order, model) in MODELS.iter().enumerate() {
            assert_eq!(self.fit(model, "display order"), order as f64);
            for key in ["Equilibrium frequencies", "Root frequencies"] {
                let frequencies = row(&fits[*model][key][0]);
                assert!((frequencies.iter().sum::<f64>() - 1.0).abs() < 1e-6);
                assert!(frequencies.iter().all(|f| (0.0..=1.0).contains(f)));
            }
            assert!(self.fit(model, "Gamma shape") > 0.0);
        }
        let tests = result["test results"].as_object().unwrap();
        assert_eq!(tests.len(), TESTS.len());

        let branches = result["branch attributes"]["0"].as_object().unwrap();
        assert_eq!(branches.len(), BRANCHES.len());
        for (name, above, simulated) in BRANCHES {
            for model in MODELS {
                let length = self.length(name, model);
                // The position of the root is hard to estimate.
                let slack = if above.is_empty() { 0.3 } else { 0.1 };
                assert!(
                    (length - simulated).abs() < slack,
                    "{name} {model}: {length}"
                );
                assert_eq!(
                    row(&branches[name][&format!("{model} frequencies")][0]).len(),
                    4
                );
            }
            if is_leaf(name) {
                assert_eq!(branches[name]["original name"], name);
                let observed = row(&branches[name]["observed frequencies"]);
                for (base, observed) in observed.iter().enumerate() {
                    let sequence = &self.sequences[name];
                    let count = sequence.iter().filter(|b| **b == base).count();
                    assert!((observed - count as f64 / 2000.0).abs() < 1e-9);
                }
            }
        }
    }

    /// The likelihoods match those of the fitted models, and are ordered as the models are nested.
    fn check_likelihoods(&self) {
        for model in MODELS {
            let lengths = BRANCHES.map(|(name, ..)| (name.to_owned(), self.length(name, model)));
            let fit = &self.result["fits"][model];
            let told = Fit {
                rates: self.matrix(model),
                root: row(&fit["Root frequencies"][0]),
                sites: row(&fit["Gamma rates"]).to_vec(),
                lengths: HashMap::from(lengths),
            };
            let anew = likelihood::log_likelihood(&told, &self.sequences);
            let told = self.fit(model, "Log Likelihood");
            assert!((told - anew).abs() < 1e-3, "{model}: {told}, {anew}");

            let parameters = self.fit(model, "estimated parameters");
            let sample = 8.0 * 2000.0;
            let aicc = -2.0 * told + 2.0 * parameters * sample / (sample - parameters - 1.0);
            assert!((self.fit(model, "AIC-c") - aicc).abs() < 1e-6);
        }
        for (inside, outside) in [
            ("GTR", "NREV12"),
            ("NREV6", "NREV12"),
            ("NREV12", "NREV12+F"),
        ] {
            let [inside, outside] = [inside, outside].map(|m| self.fit(m, "Log Likelihood"));
            assert!(inside <= outside, "{inside} > {outside}");
        }
    }

    fn check_tests(&self) {
        let mut p_values = Vec::new();
        for (null, alternative, degrees) in TESTS {
            let test = format!("{null} vs {alternative}");
            let gain = |key: &str| self.fit(alternative, key) - self.fit(null, key);
            assert_eq!(gain("estimated parameters"), f64::from(degrees));
            assert_eq!(self.test(&test, "degrees of freedom"), f64::from(degrees));
            let statistic = self.test(&test, "LRT");
            assert!((statistic - 2.0 * gain("Log Likelihood")).abs() < 1e-8);
            let p_value = self.test(&test, "p-value");
            assert!((p_value - chi_square::upper_tail(statistic, degrees)).abs() < 1e-6);
            p_values.push((p_value, self.test(&test, "Corrected P-value")));
        }
        // Holm (1979).
        p_values.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut least = 0.0f64;
        for ((p_value, corrected), times) in p_values.into_iter().zip([4.0, 3.0, 2.0, 1.0]) {
            least = least.max((p_value * times).min(1.0));
            assert!((corrected - least).abs() < 1e-12);
        }
    }

    fn check_matrices(&self) {
        let empirical = row(&self.result["fits"]["GTR"]["Root frequencies"][0]);
        for (base, letter) in BASES.iter().enumerate() {
            let leaves = self.sequences.iter().filter(|(node, _)| is_leaf(node));
            let count: usize = leaves
                .map(|(_, sequence)| sequence.iter().filter(|b| **b == base).count())
                .sum();
            let share = count as f64 / (8.0 * 2000.0);
            assert!((empirical[base] - share).abs() < 1e-6, "{letter}");
        }
        for model in MODELS {
            let q = self.matrix(model);
            assert_eq!(q[0][2], 1.0, "A to G is the unit");
            let stationary = row(&self.result["fits"][model]["Equilibrium frequencies"][0]);
            for i in 0..4 {
                assert!(q[i].iter().sum::<f64>().abs() < 1e-9);
                assert!((0..4).all(|j| i == j || q[i][j] > 0.0));
                assert!((0..4).map(|j| stationary[j] * q[j][i]).sum::<f64>().abs() < 1e-6);
            }
            if model != "NREV12+F" {
                assert_eq!(
                    row(&self.result["fits"][model]["Root frequencies"][0]),
                    empirical
                );
            }
        }
        let (gtr, symmetric) = (self.matrix("GTR"), self.matrix("NREV6"));
        for i in 0..4 {
            for j in 0..4 {
                // In detailed balance; the complements of A, C, G, T are the same backwards.
                assert!((empirical[i] * gtr[i][j] - empirical[j] * gtr[j][i]).abs() < 1e-6);
                assert!((symmetric[i][j] - symmetric[3 - i][3 - j]).abs() < 1e-9);
            }
        }
    }

    fn check_stages(&self) {
        let stages: Vec<_> = self
            .log
            .lines()
            .filter(|line| line.starts_with("### "))
            .collect();
        assert_eq!(
            stages,
            [
                "### Fitting the GTR model (reversible)",
                "### Fitting the NREV6 model (non-reversible, strand-symmetric)",
                "### Fitting the NREV12 model (non-reversible, empirical root frequencies)",
                "### Fitting the NREV12+F model (non-reversible, estimated root frequencies)",
                "### Comparing the models",
            ]
        );
    }
}

/// A finite number.
fn number(value: &Value) -> f64 {
    let number = value.as_f64().unwrap_or(f64::NAN);
    assert!(number.is_finite(), "{value}");
    number
}

/// Four finite numbers.
fn row(value: &Value) -> [f64; 4] {
    assert_eq!(value.as_array().map(Vec::len), Some(4), "{value}");
    [0, 1, 2, 3].map(|i| number(&value[i]))
}
