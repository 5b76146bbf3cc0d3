//! Sends a request to the service, runs the same command line on the same engine, and compares: the
//! service returns what the engine writes.

use std::{
    fs,
    process::{Command, Stdio},
};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    fel::engine_command,
    support::{Server, small},
};

/// Everything a case needs.
pub struct Case {
    pub method: &'static str,
    pub alignment: Option<String>,
    pub tree: Option<String>,
    /// The request without the datasets.
    pub body: Value,
    /// The tree that the engine receives, if it differs from the uploaded one.
    pub engine_tree: Option<String>,
    /// The command line without alignment, tree and output.
    pub arguments: &'static str,
    /// Parts of the result that are random. Only their structure is compared.
    pub random: &'static [&'static str],
}

impl Case {
    pub fn new(method: &'static str, body: Value, arguments: &'static str) -> Self {
        let (fasta, newick) = small();
        Self {
            method,
            alignment: Some(fasta),
            tree: Some(newick),
            body,
            engine_tree: None,
            arguments,
            random: &[],
        }
    }

    /// The served result and the result of the bare command.
    pub fn run(&self) -> (Value, Value) {
        let server = Server::with(&[("LOCAL_MAX_THREADS", "1")]);
        let mut body = self.body.clone();
        for (field, content) in [("alignment", &self.alignment), ("tree", &self.tree)] {
            if let Some(content) = content {
                body[field] = json!(server.upload(content.clone()));
            }
        }
        let id = server.start_job(self.method, &body);
        let bare = TempDir::new().unwrap();
        let command = engine_command();
        let mut engine = Command::new(&command[0]);
        engine.args(&command[1..]).arg("CPU=1");
        engine.current_dir(bare.path()).stdin(Stdio::null());
        engine.arg(self.arguments.split(' ').next().unwrap());
        if let Some(alignment) = &self.alignment {
            fs::write(bare.path().join("alignment.fasta"), alignment).unwrap();
            engine.args(["--alignment", "/proc/self/cwd/alignment.fasta"]);
        }
        if let Some(tree) = self.engine_tree.as_ref().or(self.tree.as_ref()) {
            let method = hyphy::methods::find(self.method).unwrap();
            let tree = if method.reads_unrooted_trees() {
                without_root(tree)
            } else {
                tree.clone()
            };
            fs::write(bare.path().join("tree.nwk"), tree).unwrap();
            engine.args(["--tree", "/proc/self/cwd/tree.nwk"]);
        }
        engine.args(["--output", "/proc/self/cwd/result.json"]);
        engine.args(
            self.arguments
                .split(' ')
                .skip(1)
                .map(|word| word.replace('~', " ")),
        );
        let done = engine.output().unwrap();
        let said = String::from_utf8_lossy(&done.stdout);
        assert!(done.status.success(), "{said}");
        let expected = fs::read(bare.path().join("result.json")).unwrap();
        let job = server.completed(&id);
        // What HyPhy itself warns of depends on the data.
        let warnings = job["warnings"].to_string();
        for wrong in ["ignored", "did not test", "another set"] {
            assert!(!warnings.contains(wrong), "{job}");
        }
        let enveloped = server.get_json(&format!("/methods/{}-result?job_id={id}", self.method));
        let served = if enveloped["result"].is_object() {
            &enveloped["result"]
        } else {
            &enveloped["results"]
        };
        self.digested(&server, &id, served);
        went_forward(&server, &id);
        let expected = serde_json::from_reader(hyphy::json::valid(&expected[..])).unwrap();
        (served.clone(), expected)
    }

    /// The digest has whatever the result has, and its table is the same as CSV.
    fn digested(&self, server: &Server, id: &str, result: &Value) {
        let path = format!("/jobs/{id}/summary");
        let summary = server.get_json(&path);
        assert_eq!(summary["method"], self.method);
        assert!(
            summary["statement"].as_str().unwrap().ends_with('.'),
            "{summary}"
        );
        let rows = summary["table"]["rows"].as_array().unwrap();
        let columns = summary["table"]["columns"].as_array().unwrap();
        assert!(!rows.is_empty(), "{summary}");
        assert!(
            rows.iter()
                .all(|row| row.as_array().unwrap().len() == columns.len())
        );
        if let Some(found) = summary["found"].as_u64()
            && columns.last().unwrap()["name"] == "class"
        {
            let classed = rows
                .iter()
                .filter(|row| !row.as_array().unwrap().last().unwrap().is_null());
            assert_eq!(classed.count() as u64, found);
        } else {
            let has_tests = ["test results", "p-value"].map(|key| result.get(key).is_some());
            let tests = summary["tests"].as_array().unwrap();
            assert_eq!(has_tests.contains(&true), !tests.is_empty(), "{summary}");
        }
        let models = summary["models"].as_array().unwrap();
        assert_eq!(
            result.get("fits").is_some(),
            !models.is_empty(),
            "{summary}"
        );
        let sequences = &result["input"]["number of sequences"];
        assert_eq!(&summary["sequences"], sequences, "{summary}");
        let csv = server.get(&format!("{path}?format=csv"));
        assert!(
            csv.headers()["content-type"]
                .to_str()
                .unwrap()
                .starts_with("text/csv")
        );
        assert_eq!(csv.text().unwrap().lines().count(), rows.len() + 1);
    }

    /// Runs both and compares them. Returns the served result.
    pub fn same(&self) -> Value {
        let (served, expected) = self.run();
        let mut differences = Vec::new();
        compare(&served, &expected, "", self.random, &mut differences);
        assert!(differences.is_empty(), "{}", differences.join("\n"));
        served
    }
}

/// The service removes the root that HyPhy would remove, and keeps labels, lengths and names.
pub fn without_root(newick: &str) -> String {
    let limits = sequence::Limits::default();
    let given = sequence::parse_newick(newick.as_bytes(), &limits).unwrap();
    let (tree, ..) = given.named().unrooted();
    sequence::write::newick(&tree)
}

fn compare(a: &Value, b: &Value, at: &str, random: &[&str], out: &mut Vec<String>) {
    if ["/timers", "/timeElapsed"].contains(&at) {
        return;
    }
    let is_named_random = random
        .iter()
        .any(|part| *part != "/" && at.starts_with(part));
    match (a, b) {
        (Value::Object(x), Value::Object(y)) => {
            if !is_named_random {
                // A member that is random itself may be missing.
                let is_compared = |key: &&String| !random.contains(&format!("{at}/{key}").as_str());
                let keys = |map: &serde_json::Map<String, Value>| -> Vec<String> {
                    map.keys().filter(is_compared).cloned().collect()
                };
                if keys(x) != keys(y) {
                    out.push(format!("{at}: {:?} and {:?}", keys(x), keys(y)));
                }
            }
            for (key, value) in x {
                let at = format!("{at}/{key}");
                if let Some(other) = y.get(key) {
                    compare(value, other, &at, random, out);
                }
            }
        }
        (Value::Array(x), Value::Array(y)) if x.len() == y.len() => {
            for (index, (value, other)) in x.iter().zip(y).enumerate() {
                compare(value, other, &format!("{at}/{index}"), random, out);
            }
        }
        _ if a == b => {}
        // HyPhy starts some searches for a maximum at random points.
        (Value::Number(x), Value::Number(y)) if close(x, y, 1e-6) => {}
        _ if is_named_random => {}
        // Likelihoods are maxima, so they agree wherever the search started.
        (Value::Number(x), Value::Number(y)) if at.ends_with("/Log Likelihood") => {
            if !close(x, y, 0.001) {
                out.push(format!("{at}: {a} and {b}"));
            }
        }
        _ if random.contains(&"/") => {}
        _ => out.push(format!("{at}: {a} and {b}")),
    }
}

/// The progress had named stages and never decreased.
fn went_forward(server: &Server, id: &str) {
    let events = server.get(&format!("/jobs/{id}/events")).text().unwrap();
    let events = events.lines().filter_map(|line| line.strip_prefix("data:"));
    let progress: Vec<Value> = events
        .map(|data| serde_json::from_str::<Value>(data).unwrap()["progress"].clone())
        .filter(|progress| !progress.is_null())
        .collect();
    let fractions: Vec<f64> = progress
        .iter()
        .map(|p| p["fraction"].as_f64().unwrap())
        .collect();
    assert!(
        fractions.is_sorted() && fractions.last() == Some(&1.0),
        "{fractions:?}"
    );
    assert!(
        progress
            .iter()
            .all(|p| !p["stage"].as_str().unwrap().is_empty())
    );
    assert_eq!(progress.last().unwrap()["stages"], progress[0]["stages"]);
}

fn close(x: &serde_json::Number, y: &serde_json::Number, part: f64) -> bool {
    let (x, y) = (x.as_f64().unwrap(), y.as_f64().unwrap());
    (x - y).abs() <= part * x.abs().max(1.0)
}
