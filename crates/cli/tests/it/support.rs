//! A separate service for each test.

use std::{
    collections::HashSet,
    fs,
    io::{BufRead, BufReader},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use chrono::{DateTime, Utc};
use reqwest::{
    StatusCode,
    blocking::{Client, RequestBuilder, Response, multipart},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

pub use crate::patience::until;
use crate::{
    patience::{Patience, STILL, work_in},
    skipped::skipped,
};

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_datamonkey");

/// A running service. Dropping it stops the service and its jobs.
pub struct Server {
    child: Child,
    pub url: String,
    pub data: TempDir,
    pub settings: Vec<(String, String)>,
    pub http: Client,
    /// What it has written to its log, over all its lives.
    log: Arc<Mutex<String>>,
    /// The file that shifts its clock.
    clock: tempfile::NamedTempFile,
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

/// The form of an upload.
pub fn form(content: impl AsRef<[u8]>) -> multipart::Form {
    let part = multipart::Part::bytes(content.as_ref().to_vec()).file_name("data");
    multipart::Form::new()
        .text("meta", r#"{"type":"test"}"#)
        .part("file", part)
}

pub fn sha256(content: impl AsRef<[u8]>) -> String {
    let digest = Sha256::digest(content);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Server {
    pub fn start() -> Self {
        Self::with(&[])
    }

    pub fn with(settings: &[(&str, &str)]) -> Self {
        let data = TempDir::new().unwrap();
        work_in(data.path());
        let clock = tempfile::NamedTempFile::new().unwrap();
        let mut settings: Vec<_> = settings
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
            .collect();
        let shifted = clock.path().to_string_lossy().into_owned();
        settings.push(("CLOCK_WRONG_BY".to_owned(), shifted));
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let http = Client::builder().no_gzip().timeout(STILL).build().unwrap();
        let log = Arc::default();
        let (child, url) = spawn(data.path(), &settings, &log);
        Self {
            child,
            url,
            data,
            settings,
            http,
            log,
            clock,
        }
    }

    /// Lets the service believe that it is so much later than it is: see [`has_fail_points`].
    pub fn shift_clock(&self, by: Duration) {
        fs::write(self.clock.path(), by.as_secs().to_string()).unwrap();
    }

    /// Waits for a complete search for expired sessions that starts after this call.
    pub fn has_cleaned(&self) {
        let last = || self.get_json("/health")["details"]["cleaned"].clone();
        // The search that ends next may have started before.
        for _ in 0..2 {
            let before = last();
            until("the next look for sessions that are over", || {
                last() != before
            });
        }
    }

    /// How many lines of its log have all of these words.
    pub fn logged(&self, words: &[&str]) -> usize {
        let log = self.log.lock().unwrap();
        let has_all = |line: &&str| words.iter().all(|word| line.contains(word));
        log.lines().filter(has_all).count()
    }

    /// The last line of its log that has this word.
    pub fn logged_line(&self, word: &str) -> String {
        until("it is in the log", || self.logged(&[word]) > 0);
        let log = self.log.lock().unwrap();
        let mut lines = log.lines().rev();
        let line = lines.find(|line| line.contains(word));
        line.expect("it is in the log").to_owned()
    }

    /// What follows `field` in that line, without quotes.
    pub fn logged_value(&self, word: &str, field: &str) -> String {
        let line = self.logged_line(word);
        let (_, rest) = line.split_once(field).expect("the line has the field");
        let value = rest.split_whitespace().next().unwrap();
        value.trim_matches('"').to_owned()
    }

    /// More settings, from the next start on.
    pub fn set(&mut self, settings: &[(&str, &str)]) {
        let settings = settings.iter();
        self.settings
            .extend(settings.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    }

    /// Ends the service as `kill` does, without a chance to tidy up.
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
        (self.child, self.url) = spawn(self.data.path(), &self.settings, &self.log);
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

    /// The ids of the analyses that the engine has.
    pub fn offered(&self) -> HashSet<String> {
        let all = self.get_json("/methods");
        let methods = all["methods"].as_array().unwrap().iter();
        let available = methods.filter(|method| method["status"] == "available");
        let id = |method: &Value| method["id"].as_str().unwrap().to_owned();
        available.map(id).collect()
    }

    pub fn post(&self, path: &str, body: &Value) -> Response {
        self.http.post(self.api(path)).json(body).send().unwrap()
    }

    /// Deletes, and asks again where it is told to: a job may take long to end.
    pub fn delete(&self, path: &str) -> StatusCode {
        let mut patience = Patience::new(format!("{path} is deleted"));
        loop {
            let answer = self.http.delete(self.api(path)).send().unwrap();
            let is_busy = answer.status() == StatusCode::CONFLICT;
            if !is_busy || !answer.headers().contains_key("retry-after") {
                return answer.status();
            }
            thread::sleep(patience.pause(answer.text().unwrap()));
        }
    }

    pub fn try_upload(&self, content: impl AsRef<[u8]>) -> Response {
        let request = self.http.post(self.api("/datasets"));
        request.multipart(form(content)).send().unwrap()
    }

    /// Uploads and returns the dataset's id.
    pub fn upload(&self, content: impl AsRef<[u8]>) -> String {
        let response = self.try_upload(content);
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
        let mut patience = Patience::new(format!("the job is {state}"));
        loop {
            let mut job = self.job(id);
            let now = job["state"].as_str().unwrap();
            if now == state || ["completed", "failed", "cancelled"].contains(&now) {
                return job;
            }
            for changes_by_itself in ["elapsed_seconds", "remaining_seconds", "queue"] {
                job.as_object_mut().unwrap().remove(changes_by_itself);
            }
            thread::sleep(patience.pause(job));
        }
    }

    /// Waits until a job's engine has said this: a job is called running before its engine has begun.
    pub fn has_said(&self, id: &str, words: &str) {
        let log = || self.get(&format!("/jobs/{id}/log")).text().unwrap();
        until(words, || log().contains(words));
    }

    pub fn completed(&self, id: &str) -> Value {
        let job = self.wait_for(id, "completed");
        assert_eq!(job["state"], "completed", "{job}");
        job
    }

    /// The job was left in the queue until this time, and has begun since.
    pub fn began_after(&self, job: &str, time: DateTime<Utc>) {
        let answer = self.get(&format!("/jobs/{job}/events"));
        let lines = BufReader::new(answer).lines().map(Result::unwrap);
        let data = lines.filter_map(|line| line.strip_prefix("data:").map(str::to_owned));
        let mut events = data.map(|data| serde_json::from_str::<Value>(&data).unwrap());
        let left = events.find(|event| event["state"] != "queued");
        let left = left.expect("it has begun");
        let at: DateTime<Utc> = left["at"].as_str().unwrap().parse().unwrap();
        assert!(at >= time, "it did not wait for its turn: {left}");
    }

    /// The events of a job or of all jobs, up to the end of their stream.
    pub fn events(&self, path: &str) -> String {
        self.stream(path, self.http.get(self.api(path)))
    }

    /// What is answered to a request, bit by bit for as long as jobs take, up to its end. Heartbeats are
    /// no progress.
    pub fn stream(&self, what: &str, request: RequestBuilder) -> String {
        let said = Arc::new(Mutex::new(String::new()));
        let news = Arc::clone(&said);
        // The limit of the client is one for whole answers.
        let request = request.timeout(Duration::MAX);
        let reading = thread::spawn(move || {
            let mut answer = BufReader::new(request.send().unwrap());
            let mut line = String::new();
            while answer.read_line(&mut line).unwrap() > 0 {
                news.lock().unwrap().push_str(&line);
                line.clear();
            }
        });
        let mut patience = Patience::new(format!("the end of {what}"));
        while !reading.is_finished() {
            let said = said.lock().unwrap().clone();
            let mut lines = said.lines().filter(|line| !line.starts_with(':'));
            thread::sleep(patience.pause(lines.next_back().unwrap_or_default()));
        }
        reading.join().unwrap();
        std::mem::take(&mut said.lock().unwrap())
    }

    /// HyPhy's JSON of a job.
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

fn spawn(data: &Path, settings: &[(String, String)], log: &Arc<Mutex<String>>) -> (Child, String) {
    let mut child = datamonkey()
        .arg("serve")
        .env("DATAMONKEY_DATA", data)
        .env("SERVICE_DATAMONKEY_PORT", "0")
        // Estimates have tests of their own, which count their processes, files and events.
        .env("ESTIMATE_MAX_SECS", "0")
        .envs(settings.iter().cloned())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let before = log.lock().unwrap().len();
    let kept = Arc::clone(log);
    // Shown with a test that fails.
    let reading = thread::spawn(move || {
        for line in lines.map_while(Result::ok) {
            eprintln!("service: {line}");
            *kept.lock().unwrap() += &(line + "\n");
        }
    });
    let mut patience = Patience::new("the service listens");
    let url = loop {
        let has_ended = reading.is_finished();
        let said = log.lock().unwrap()[before..].to_owned();
        if let Some((_, rest)) = said.split_once("listening on ") {
            break Ok(rest.split_whitespace().next().unwrap().to_owned());
        }
        if has_ended {
            break Err(format!("the service did not start:\n{said}"));
        }
        match patience.try_pause(said) {
            Ok(pause) => thread::sleep(pause),
            Err(why) => break Err(why),
        }
    };
    match url {
        Ok(url) => (child, url),
        Err(why) => {
            child.kill().ok();
            child.wait().ok();
            panic!("{why}");
        }
    }
}

/// Whether the program was built with fail points, and with a clock that can be shifted.
pub fn has_fail_points() -> bool {
    if cfg!(feature = "fail-points") {
        return true;
    }
    skipped("fail-points", "the program was built without this feature");
    false
}

/// Whether a job has not ended. A job may begin before the answer to its start is written.
pub fn is_under_way(job: &Value) -> bool {
    ["queued", "submitting", "running"].contains(&job["state"].as_str().unwrap())
}

/// Eight sequences of 12 codons and their tree: FEL takes a second or two.
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
