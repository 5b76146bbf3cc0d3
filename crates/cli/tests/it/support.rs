//! A separate service for each test.

use std::{
    fs,
    io::{BufRead, BufReader},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use reqwest::{
    StatusCode,
    blocking::{Client, Response, multipart},
};
use serde_json::{Value, json};
use tempfile::TempDir;

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_datamonkey");
/// Longer than any job of a test takes, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(240);

/// A running service. Dropping it stops the service and its jobs.
pub struct Server {
    child: Child,
    pub url: String,
    pub data: TempDir,
    pub settings: Vec<(String, String)>,
    pub http: Client,
}

pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .parent()
        .unwrap()
}

/// The program without the developer's environment, except for the choice of the engine.
pub fn datamonkey() -> Command {
    let mut command = Command::new(PROGRAM);
    command.env_clear().current_dir(repository());
    for name in ["PATH", "HYPHY_PATH", "DATAMONKEY_ENGINE"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command
}

impl Server {
    pub fn start() -> Self {
        Self::with(&[])
    }

    pub fn with(settings: &[(&str, &str)]) -> Self {
        let data = TempDir::new().unwrap();
        let settings: Vec<_> = settings
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
            .collect();
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let http = Client::builder().timeout(PATIENCE).build().unwrap();
        let (child, url) = spawn(data.path(), &settings);
        Self {
            child,
            url,
            data,
            settings,
            http,
        }
    }

    /// Kills the service, which cannot clean up.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Stops the service as `make stop` does.
    pub fn stop(&mut self) {
        Command::new("kill")
            .arg(self.child.id().to_string())
            .status()
            .unwrap();
        assert!(self.child.wait().unwrap().success());
    }

    /// Restarts the service on the same data.
    pub fn restart(&mut self) {
        (self.child, self.url) = spawn(self.data.path(), &self.settings);
    }

    pub fn api(&self, path: &str) -> String {
        format!("{}/api/v1{path}", self.url)
    }

    pub fn get(&self, path: &str) -> Response {
        self.http.get(self.api(path)).send().unwrap()
    }

    pub fn get_json(&self, path: &str) -> Value {
        let response = self.get(path);
        assert!(
            response.status().is_success(),
            "{path}: {}",
            response.status()
        );
        response.json().unwrap()
    }

    pub fn post(&self, path: &str, body: &Value) -> Response {
        self.http.post(self.api(path)).json(body).send().unwrap()
    }

    pub fn delete(&self, path: &str) -> StatusCode {
        self.http.delete(self.api(path)).send().unwrap().status()
    }

    /// Uploads a file and returns the dataset's id.
    pub fn upload(&self, content: impl Into<Vec<u8>>) -> String {
        let part = multipart::Part::bytes(content.into()).file_name("data");
        let form = multipart::Form::new()
            .text("meta", r#"{"type":"test"}"#)
            .part("file", part);
        let response = self
            .http
            .post(self.api("/datasets"))
            .multipart(form)
            .send()
            .unwrap();
        assert_eq!(response.status(), StatusCode::CREATED);
        let uploaded: Value = response.json().unwrap();
        uploaded["id"].as_str().unwrap().to_owned()
    }

    /// Starts a job and returns its id.
    pub fn start_job(&self, method: &str, body: &Value) -> String {
        let response = self.post(&format!("/methods/{method}-start"), body);
        let status = response.status();
        let job: Value = response.json().unwrap();
        assert_eq!(status, StatusCode::OK, "{job}");
        job["job_id"].as_str().unwrap().to_owned()
    }

    pub fn job(&self, id: &str) -> Value {
        self.get_json(&format!("/jobs/{id}"))
    }

    /// Waits until the job is in this state or a final one, and returns it.
    pub fn wait_for(&self, id: &str, state: &str) -> Value {
        let begin = Instant::now();
        loop {
            let job = self.job(id);
            let now = job["state"].as_str().unwrap();
            if now == state || ["completed", "failed", "cancelled"].contains(&now) {
                return job;
            }
            assert!(begin.elapsed() < PATIENCE, "still waiting: {job}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    pub fn completed(&self, id: &str) -> Value {
        let job = self.wait_for(id, "completed");
        assert_eq!(job["state"], "completed", "{job}");
        job
    }

    /// Returns HyPhy's JSON of a job.
    pub fn result(&self, id: &str) -> String {
        self.get(&format!("/jobs/{id}/result?raw=true"))
            .text()
            .unwrap()
    }

    /// Returns every file below the data folder except the database's.
    pub fn files(&self) -> Vec<PathBuf> {
        let mut files = Vec::new();
        let mut folders = vec![self.data.path().to_path_buf()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
                let path = entry.path();
                if entry.file_type().unwrap().is_dir() {
                    folders.push(path);
                } else if !path.to_string_lossy().contains("service-datamonkey.") {
                    files.push(path);
                }
            }
        }
        files
    }

    /// Returns the peak of the service's resident memory in bytes.
    pub fn memory_peak(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kibibytes = peak.unwrap().trim().trim_end_matches(" kB");
        kibibytes.parse::<u64>().unwrap() * 1024
    }

    /// Resets the peak.
    pub fn forget_peak(&self) {
        fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5").unwrap();
    }

    /// Kills jobs and their supervisors, which cannot clean up.
    pub fn kill_jobs(&self) {
        for process in self.processes() {
            // It may have ended by itself.
            Command::new("kill")
                .args(["-9", &process.to_string()])
                .status()
                .ok();
        }
    }

    /// Returns the ids of the processes that work in the data folder.
    pub fn processes(&self) -> Vec<u32> {
        let inside = self.data.path().to_string_lossy().into_owned();
        let processes = fs::read_dir("/proc").unwrap().filter_map(|entry| {
            let id: u32 = entry.ok()?.file_name().to_str()?.parse().ok()?;
            let cwd = fs::read_link(format!("/proc/{id}/cwd")).ok()?;
            (cwd.to_string_lossy().starts_with(&inside) && id != self.child.id()).then_some(id)
        });
        processes.collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
        self.kill_jobs();
    }
}

fn spawn(data: &Path, settings: &[(String, String)]) -> (Child, String) {
    let mut child = datamonkey()
        .arg("serve")
        .env("DATAMONKEY_DATA", data)
        .env("SERVICE_DATAMONKEY_PORT", "0")
        .envs(settings.iter().cloned())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut log = BufReader::new(child.stderr.take().unwrap());
    let mut seen = String::new();
    let url = loop {
        let mut line = String::new();
        assert!(
            log.read_line(&mut line).unwrap() > 0,
            "the service did not start:\n{seen}"
        );
        if let Some((_, rest)) = line.split_once("listening on ") {
            break rest.split_whitespace().next().unwrap().to_owned();
        }
        seen += &line;
    };
    // Shown with a failing test.
    std::thread::spawn(move || {
        for line in log.lines().map_while(Result::ok) {
            eprintln!("service: {line}");
        }
    });
    (child, url)
}

/// Eight sequences of 12 codons and their tree. FEL takes a second or two.
pub fn small() -> (String, String) {
    let simulated = super::simulate::alignment(3, 7, &[0.3; 12]);
    (simulated.fasta, simulated.newick)
}

/// A job on small data.
pub fn small_job(server: &Server) -> String {
    let (fasta, newick) = small();
    let body = json!({"alignment": server.upload(fasta), "tree": server.upload(newick)});
    server.start_job("fel", &body)
}

/// A job that takes about a minute.
pub fn long_job(server: &Server, seed: u64) -> String {
    let simulated = super::simulate::alignment(5, seed, &[0.5; 120]);
    let body = json!({"alignment": server.upload(simulated.fasta), "tree": server.upload(simulated.newick)});
    server.start_job("fel", &body)
}

/// An alignment and its tree for which analyses take a minute or more.
pub fn long_data(server: &Server) -> (String, String) {
    let simulated = super::simulate::alignment(5, 1, &[0.5; 120]);
    (
        server.upload(simulated.fasta),
        server.upload(simulated.newick),
    )
}

/// An engine that passes the service's checks and then runs `then`, a line of shell.
pub fn script(then: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::create_dir_all(folder.path().join("share/hyphy/TemplateBatchFiles")).unwrap();
    let program = folder.path().join("hyphy");
    let text = format!(
        "#!/bin/sh\ncase \"$*\" in\n*--version*) echo 'HYPHY 2.5.68(MP) for Linux on x86_64' ;;\n\
         *--help*) echo 'Available analysis command line options'; echo alignment; echo pvalue ;;\n*) echo 'pvalue => given'; {then} ;;\nesac\n"
    );
    fs::write(&program, text).unwrap();
    fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).unwrap();
    folder
}

/// The keys that a FEL result must have, without content.
pub const EMPTY_RESULT: &str = "printf '{\"MLE\":{},\"fits\":{},\"input\":{},\"tested\":{},\"timers\":{},\
    \"data partitions\":{}}' > result.json";

/// Waits until a condition holds. `what` describes it in the failure message.
pub fn until(what: &str, is_so: impl Fn() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < PATIENCE, "still waiting: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
