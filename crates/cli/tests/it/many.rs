//! `datamonkey run METHOD` on many alignments, and what exit codes say.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

use crate::{
    simulate,
    support::{Server, datamonkey, script, until},
};

/// Where nobody listens.
const NOBODY: &str = "http://127.0.0.1:1";

/// Genes with their trees, and the folder of their results.
struct Genes(TempDir);

impl Genes {
    fn of(names: &[&str]) -> Self {
        let genes = Self(TempDir::new().unwrap());
        for folder in ["genes", "trees"] {
            fs::create_dir(genes.path(folder)).unwrap();
        }
        for (seed, name) in (1..).zip(names) {
            genes.simulate(name, seed);
        }
        genes
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn simulate(&self, name: &str, seed: u64) {
        let gene = simulate::alignment(3, seed, &[0.3, 0.3, 6.0, 0.3, 0.3, 0.3]);
        fs::write(self.path(&format!("genes/{name}.fasta")), gene.fasta).unwrap();
        fs::write(self.path(&format!("trees/{name}.nwk")), gene.newick).unwrap();
    }

    fn command(&self, method: &str, more: &[&str]) -> Command {
        let genes = fs::read_dir(self.path("genes")).unwrap();
        let mut genes: Vec<PathBuf> = genes.map(|entry| entry.unwrap().path()).collect();
        genes.sort();
        let mut command = datamonkey();
        command.args(["run", method]).args(genes);
        command.arg("--trees").arg(self.path("trees"));
        command.arg("-o").arg(self.path("out")).args(more);
        command
    }

    fn run(&self, more: &[&str]) -> Output {
        let native = ["--engine", "native"];
        let mut command = self.command("slac", &native);
        command.args(more).output().unwrap()
    }

    /// The lines of summary.jsonl by name.
    fn rows(&self) -> BTreeMap<String, Value> {
        let lines = fs::read_to_string(self.path("out/summary.jsonl")).unwrap();
        let rows = lines.lines().map(|line| {
            let row: Value = serde_json::from_str(line).unwrap();
            (row["name"].as_str().unwrap().to_owned(), row)
        });
        rows.collect()
    }

    /// Every file of the results with its content and the time of its last change.
    fn results(&self) -> BTreeMap<String, (Vec<u8>, std::time::SystemTime)> {
        let files = fs::read_dir(self.path("out")).unwrap().map(|entry| {
            let entry = entry.unwrap();
            let changed = entry.metadata().unwrap().modified().unwrap();
            let name = entry.file_name().into_string().unwrap();
            (name, (fs::read(entry.path()).unwrap(), changed))
        });
        files
            .filter(|(name, _)| !name.starts_with("summary."))
            .collect()
    }
}

fn said(done: &Output) -> String {
    String::from_utf8_lossy(&done.stderr).into_owned() + &String::from_utf8_lossy(&done.stdout)
}

#[track_caller]
fn ends_with(done: &Output, code: i32) -> String {
    let said = said(done);
    assert_eq!(done.status.code(), Some(code), "{said}");
    said
}

/// The cells of a table by the names of its rows and columns.
fn csv(file: &Path) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut table = csv::Reader::from_path(file).unwrap();
    let rows = table.deserialize::<BTreeMap<String, String>>();
    rows.map(Result::unwrap)
        .map(|row| (row["name"].clone(), row))
        .collect()
}

#[test]
fn a_bad_alignment_does_not_stop_the_others() {
    let genes = Genes::of(&["a", "b", "c"]);
    fs::write(genes.path("genes/bad.fasta"), "no alignment at all").unwrap();
    let done = genes.run(&[]);
    let said = ends_with(&done, 1);
    assert!(said.contains("SLAC of 4: 3 done, 1 refused."), "{said}");
    assert!(said.contains("has no tree of bad:"), "{said}");
    let (rows, cells) = (genes.rows(), csv(&genes.path("out/summary.csv")));
    assert_eq!((rows.len(), cells.len()), (4, 4));
    for name in ["a", "b", "c"] {
        let read = |ending: &str| {
            fs::read_to_string(genes.path(&format!("out/{name}.slac.{ending}"))).unwrap()
        };
        let summary: Value = serde_json::from_str(&read("summary.json")).unwrap();
        let (row, cells) = (&rows[name], &cells[name]);
        for field in [
            "method",
            "statement",
            "found",
            "tests",
            "rates",
            "threshold",
            "sequences",
            "sites",
            "engine",
            "engine_version",
        ] {
            assert_eq!(row[field], summary[field], "{field} of {name}");
        }
        assert_eq!(row["status"], "completed");
        assert_eq!(cells["statement"], summary["statement"].as_str().unwrap());
        assert_eq!(cells["found"], summary["found"].to_string());
        assert_eq!(
            cells["threshold"],
            summary["threshold"]["value"].to_string()
        );
        assert_eq!(cells["engine"], "native");
        assert!(cells["seconds"].parse::<f64>().unwrap() > 0.0);
        // The classes have their rows, and the strongest evidence is that of the table.
        for (at, class) in summary["classes"].as_array().unwrap().iter().enumerate() {
            let count = class["rows"].as_array().unwrap().len();
            assert_eq!(row["classes"][at]["rows"], count);
            let shown = format!("{}={count}", class["name"].as_str().unwrap());
            assert!(cells["classes"].contains(&shown), "{cells:?}");
        }
        let columns = summary["table"]["columns"].as_array().unwrap();
        let decides = |at: &usize| columns[*at]["direction"] == summary["threshold"]["direction"];
        let rows = summary["table"]["rows"].as_array().unwrap();
        let values = (0..columns.len()).filter(decides);
        let values = values.flat_map(|at| rows.iter().filter_map(move |row| row[at].as_f64()));
        assert_eq!(row["strongest"].as_f64(), values.reduce(f64::min));
        let result: Value = serde_json::from_str(&read("json")).unwrap();
        assert_eq!(result["input"]["number of sites"], 6);
        assert_eq!(read("csv").lines().count(), 7);
    }
    let bad = &rows["bad"];
    assert_eq!(bad["status"], "refused");
    assert!(
        bad["error"].as_str().unwrap().contains("alignment"),
        "{bad}"
    );
    assert_eq!(cells["bad"]["status"], "refused");
    assert!(!genes.path("out/bad.slac.json").exists());
}

#[test]
fn a_second_run_starts_nothing() {
    let genes = Genes::of(&["a", "b"]);
    ends_with(&genes.run(&[]), 0);
    let (before, rows) = (genes.results(), genes.rows());
    // Nobody is asked.
    let said = ends_with(&genes.run(&["--server", NOBODY]), 0);
    assert!(said.contains("SLAC of 2: 2 done before."), "{said}");
    assert_eq!(genes.results(), before);
    assert_eq!(genes.rows(), rows);
}

#[test]
fn what_has_changed_or_is_missing_runs_again() {
    let server = Server::start();
    let genes = Genes::of(&["a", "b", "c"]);
    let jobs = || server.get_json("/jobs")["jobs"].as_array().unwrap().len();
    let on_server = ["--server", &server.url];
    ends_with(&genes.run(&on_server), 0);
    let (before, rows) = (genes.results(), genes.rows());
    assert_eq!(jobs(), 3);
    genes.simulate("a", 9);
    fs::remove_file(genes.path("out/b.slac.json")).unwrap();
    let said = ends_with(&genes.run(&on_server), 0);
    assert!(said.contains("2 done, 1 done before"), "{said}");
    // The job of b was found again.
    assert_eq!(jobs(), 4);
    let (results, new) = (genes.results(), genes.rows());
    assert_ne!(new["a"]["job_id"], rows["a"]["job_id"]);
    assert_ne!(results["a.slac.json"].0, before["a.slac.json"].0);
    assert_eq!(new["b"]["job_id"], rows["b"]["job_id"]);
    assert_eq!(results["b.slac.json"].0, before["b.slac.json"].0);
    assert_eq!(new["c"], rows["c"]);
    assert_eq!(results["c.slac.json"], before["c.slac.json"]);
    // Other parameters are another request.
    let said = ends_with(&genes.run(&["--server", &server.url, "--pvalue", "0.2"]), 0);
    assert!(said.contains("SLAC of 3: 3 done."), "{said}");
    assert_eq!(genes.rows()["c"]["threshold"]["value"], 0.2);
}

#[test]
fn what_was_refused_is_tried_again_and_other_methods_stay() {
    let genes = Genes::of(&["a"]);
    fs::write(genes.path("genes/b.fasta"), "nothing").unwrap();
    ends_with(&genes.run(&[]), 1);
    genes.simulate("b", 5);
    let said = ends_with(&genes.run(&[]), 0);
    assert!(said.contains("1 done, 1 done before"), "{said}");
    let done = genes.command("fubar", &["--engine", "native"]).output();
    ends_with(&done.unwrap(), 0);
    let lines = fs::read_to_string(genes.path("out/summary.jsonl")).unwrap();
    assert_eq!(lines.lines().count(), 4);
    assert!(genes.path("out/a.fubar.json").exists() && genes.path("out/a.slac.json").exists());
}

#[test]
fn results_outlive_their_alignments() {
    let genes = Genes::of(&["a", "b"]);
    ends_with(&genes.run(&[]), 0);
    let (before, rows) = (genes.results(), genes.rows());
    let mut command = genes.command("slac", &["--engine", "native"]);
    fs::remove_file(genes.path("genes/a.fasta")).unwrap();
    let said = ends_with(&command.output().unwrap(), 1);
    assert!(said.contains("a: refused: cannot read "), "{said}");
    // Alignments that are not named stay, too.
    let said = ends_with(&genes.run(&[]), 0);
    assert!(said.contains("SLAC of 1: 1 done before."), "{said}");
    assert_eq!((genes.results(), genes.rows()), (before, rows));
}

#[test]
fn names_that_occur_twice_are_refused_with_both_files() {
    let genes = Genes::of(&["a"]);
    fs::write(genes.path("genes/a.fa.gz"), "").unwrap();
    let said = ends_with(&genes.run(&[]), 3);
    assert!(
        said.contains("a.fa.gz") && said.contains("a.fasta"),
        "{said}"
    );
    fs::remove_file(genes.path("genes/a.fa.gz")).unwrap();
    // As IQ-TREE names its trees.
    fs::copy(
        genes.path("trees/a.nwk"),
        genes.path("trees/a.fasta.treefile"),
    )
    .unwrap();
    let said = ends_with(&genes.run(&[]), 3);
    assert!(
        said.contains("a.nwk") && said.contains("a.fasta.treefile"),
        "{said}"
    );
    fs::remove_file(genes.path("trees/a.nwk")).unwrap();
    ends_with(&genes.run(&[]), 0);
    let tree = genes.rows()["a"]["tree"].as_str().unwrap().to_owned();
    assert!(tree.ends_with("a.fasta.treefile"), "{tree}");
    assert!(!genes.path("out/a.fa.slac.json").exists());
}

#[test]
fn one_tree_may_serve_all_alignments() {
    let genes = Genes::of(&["a", "b"]);
    let tree = genes.path("trees/a.nwk");
    let mut command = datamonkey();
    command.args(["run", "slac", "--engine", "native", "--trees"]);
    command.arg(&tree).arg("-o").arg(genes.path("out"));
    command.args([genes.path("genes/a.fasta"), genes.path("genes/b.fasta")]);
    ends_with(&command.output().unwrap(), 0);
    let rows = genes.rows();
    assert_eq!(rows["b"]["tree"].as_str(), tree.to_str());
    assert_eq!(rows["b"]["status"], "completed");
}

#[test]
fn many_alignments_share_a_session_and_wait_for_their_turn() {
    let server = Server::with(&[
        ("USER_TOKEN_ENABLED", "true"),
        ("RATE_LIMIT_PER_SECOND", "5"),
        ("RATE_LIMIT_BURST", "5"),
    ]);
    let genes = Genes::of(&["a", "b", "c", "d"]);
    let said = ends_with(&genes.run(&["--server", &server.url]), 0);
    assert_eq!(said.matches("DATAMONKEY_TOKEN=").count(), 1, "{said}");
    assert!(said.contains("SLAC of 4: 4 done."), "{said}");
}

#[test]
fn exit_codes_of_many_alignments() {
    let genes = Genes::of(&[]);
    fs::write(genes.path("genes/bad.fasta"), "no alignment").unwrap();
    ends_with(&genes.run(&[]), 3);
    genes.simulate("a", 1);
    ends_with(&genes.run(&["--server", NOBODY]), 4);
    assert_eq!(genes.rows()["a"]["status"], "pending");
    ends_with(&genes.run(&["--trees", "/nowhere/trees"]), 2);
    let mut without_folder = datamonkey();
    without_folder.args(["run", "slac", "a.fasta", "b.fasta"]);
    ends_with(&without_folder.output().unwrap(), 2);
    let engine = script("exit 3");
    let mut command = genes.command("fel", &[]);
    command.env("HYPHY_PATH", engine.path().join("hyphy"));
    ends_with(&command.output().unwrap(), 1);
    let failed = &genes.rows()["a"];
    assert_eq!(failed["status"], "failed");
    assert_eq!(failed["error_code"], "engine_failed");
}

#[test]
fn exit_codes_of_one_alignment_and_of_screens() {
    let genes = Genes::of(&["a"]);
    let bad = genes.path("bad.fasta");
    fs::write(&bad, "no alignment").unwrap();
    let engine = script("exit 3");
    let run = |words: &[&str], alignment: &Path, more: &[&str]| {
        let mut command = datamonkey();
        command.args(words).arg(alignment).args(more);
        command.env("HYPHY_PATH", engine.path().join("hyphy"));
        command.output().unwrap()
    };
    let good = genes.path("genes/a.fasta");
    let (one, screen) = (["run", "fel", "--alignment"], ["screen"]);
    let native = ["--engine", "native"];
    let native_screen = ["--engine", "native", "--methods", "fel,slac"];
    ends_with(&run(&one, &good, &native), 0);
    ends_with(&run(&screen, &good, &native_screen), 0);
    ends_with(&run(&one, &good, &[]), 1);
    let failed = ends_with(&run(&screen, &good, &["--methods", "fel"]), 1);
    assert!(failed.contains("no analysis gave a result"), "{failed}");
    ends_with(&run(&one, &good, &["--unknown"]), 2);
    ends_with(&run(&screen, &good, &["--unknown"]), 2);
    for refused in [&bad, &genes.path("nowhere.fasta")] {
        ends_with(&run(&one, refused, &native), 3);
        ends_with(&run(&screen, refused, &native_screen), 3);
    }
    ends_with(&run(&one, &good, &["--server", NOBODY]), 4);
    ends_with(&run(&screen, &good, &["--server", NOBODY]), 4);
    let help = run(&["run", "fel", "--help"], Path::new("x"), &[]);
    assert!(ends_with(&help, 0).contains("Exit codes:"));
}

#[test]
fn one_alignment_may_leave_its_summary_and_table() {
    let genes = Genes::of(&["a"]);
    let mut command = datamonkey();
    command.args(["run", "slac", "--engine", "native", "--alignment"]);
    command.arg(genes.path("genes/a.fasta")).arg("--tree");
    command.arg(genes.path("trees/a.nwk")).arg("--summary");
    command.arg(genes.path("summary")).arg("--table");
    command.arg(genes.path("table"));
    ends_with(&command.output().unwrap(), 0);
    let summary = fs::read(genes.path("summary")).unwrap();
    let summary: Value = serde_json::from_slice(&summary).unwrap();
    let mut table = csv::Reader::from_path(genes.path("table")).unwrap();
    let columns = summary["table"]["columns"].as_array().unwrap();
    let names: Vec<&str> = columns
        .iter()
        .map(|it| it["name"].as_str().unwrap())
        .collect();
    assert_eq!(table.headers().unwrap().iter().collect::<Vec<_>>(), names);
    assert_eq!(table.records().count(), 6);
}

/// Reads what a program says until a line has this beginning.
fn hears(child: &mut Child, beginning: &str) -> impl Sized + use<> {
    let lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut lines = lines.map(Result::unwrap);
    let heard = lines.find(|line| line.starts_with(beginning));
    assert!(heard.is_some(), "it does not say {beginning}");
    lines
}

#[test]
fn an_interrupted_run_continues() {
    let genes = Genes::of(&["a", "b"]);
    let long = simulate::alignment(5, 1, &[0.5; 120]);
    fs::write(genes.path("genes/b.fasta"), &long.fasta).unwrap();
    fs::write(genes.path("trees/b.nwk"), &long.newick).unwrap();
    let tmp = TempDir::new().unwrap();
    for signal in ["-INT", "-TERM"] {
        let mut command = genes.command("fel", &["--jobs", "1"]);
        command.env("TMPDIR", tmp.path()).stderr(Stdio::piped());
        let mut child = command.stdout(Stdio::null()).spawn().unwrap();
        let _others = (signal == "-INT").then(|| hears(&mut child, "[1/2] a: FEL found "));
        until("the analysis is under way", || {
            fs::read_dir(tmp.path()).unwrap().count() > 0
        });
        let id = child.id().to_string();
        Command::new("kill").args([signal, &id]).status().unwrap();
        let code = child.wait().unwrap().code();
        assert!(matches!(code, Some(130)), "{code:?} after {signal}");
        let rows = genes.rows();
        assert_eq!(rows["a"]["status"], "completed");
        assert_eq!(rows["b"]["status"], "pending");
        assert!(!genes.path("out/b.fel.json").exists());
        assert_eq!(fs::read_dir(tmp.path()).unwrap().count(), 0);
    }
    let before = genes.results()["a.fel.json"].clone();
    genes.simulate("b", 2);
    let done = genes.command("fel", &[]).output().unwrap();
    let said = ends_with(&done, 0);
    assert!(said.contains("FEL of 2: 1 done, 1 done before."), "{said}");
    assert_eq!(genes.results()["a.fel.json"], before);
}

#[test]
fn interrupted_runs_of_one_alignment_and_screens_say_so() {
    let genes = Genes::of(&[]);
    let long = simulate::alignment(5, 1, &[0.5; 120]);
    let file = genes.path("long.fasta");
    fs::write(&file, &long.fasta).unwrap();
    for words in [&["run", "fel", "--alignment"][..], &["screen"]] {
        let tmp = TempDir::new().unwrap();
        let mut command = datamonkey();
        command.args(words).arg(&file).env("TMPDIR", tmp.path());
        let mut child = command.stderr(Stdio::null()).spawn().unwrap();
        until("the analysis is under way", || {
            fs::read_dir(tmp.path()).unwrap().count() > 0
        });
        let id = child.id().to_string();
        Command::new("kill").args(["-INT", &id]).status().unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(130), "{words:?}");
        assert_eq!(fs::read_dir(tmp.path()).unwrap().count(), 0);
    }
}

#[test]
fn a_run_continues_after_its_server_was_killed() {
    let mut server = Server::start();
    let genes = Genes::of(&["a", "b"]);
    let jobs = |server: &Server| server.get_json("/jobs")["jobs"].as_array().unwrap().len();
    let mut command = genes.command("fel", &["--server", &server.url]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    until("a job is started", || jobs(&server) > 0);
    server.kill();
    assert_eq!(child.wait().unwrap().code(), Some(4));
    assert_eq!(genes.rows().len(), 2);
    server.restart();
    let again = genes.command("fel", &["--server", &server.url]).output();
    ends_with(&again.unwrap(), 0);
    let rows = genes.rows();
    assert!(rows.values().all(|row| row["status"] == "completed"));
    // The jobs are those of the first run.
    assert_eq!(jobs(&server), 2);
    server.stop();
}
