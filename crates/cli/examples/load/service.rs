//! A service on a folder with real data and a real result, before it is filled.

use std::{
    fs,
    io::{BufRead, BufReader},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use reqwest::{Client, Method, RequestBuilder, multipart};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A running service. Dropping it kills it.
pub(crate) struct Service {
    child: Child,
    url: String,
    pub(crate) http: Client,
}

impl Service {
    pub(crate) async fn start(program: &Path, data: &Data, engine: &Path) -> Self {
        let mut child = Command::new(program)
            .arg("serve")
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("DATAMONKEY_DATA", data.folder.path().join("data"))
            .env("SERVICE_DATAMONKEY_PORT", "0")
            .env("LOCAL_MAX_JOBS", "2")
            .envs((!engine.as_os_str().is_empty()).then_some(("HYPHY_PATH", engine)))
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut seen = String::new();
        let url = loop {
            let Some(Ok(line)) = lines.next() else {
                panic!("the service does not start:\n{seen}");
            };
            if let Some((_, rest)) = line.split_once("listening on ") {
                break rest.split_whitespace().next().unwrap().to_owned();
            }
            seen += &line;
        };
        let log = data.folder.path().join("log");
        std::thread::spawn(move || {
            let mut log = fs::File::create(log).unwrap();
            for line in lines.map_while(Result::ok) {
                std::io::Write::write_all(&mut log, format!("{line}\n").as_bytes()).ok();
            }
        });
        let http = Client::builder()
            .no_gzip()
            .pool_max_idle_per_host(64)
            .build()
            .unwrap();
        Self { child, url, http }
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http
            .request(method, format!("{}/api/v1{path}", self.url))
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let response = self.request(Method::GET, path).send().await.unwrap();
        assert!(
            response.status().is_success(),
            "{path}: {}",
            response.status()
        );
        response.json().await.unwrap()
    }

    pub(crate) async fn start_job(&self, body: &Value) -> String {
        let request = self.request(Method::POST, "/methods/fel-start").json(body);
        let job: Value = request.send().await.unwrap().json().await.unwrap();
        let id = job["job_id"].as_str();
        id.unwrap_or_else(|| panic!("not started: {job}"))
            .to_owned()
    }

    pub(crate) async fn completed(&self, id: &str) {
        let begin = Instant::now();
        loop {
            let job = self.get(&format!("/jobs/{id}?wait=10")).await;
            match job["state"].as_str() {
                Some("completed") => return,
                Some("failed" | "cancelled") => panic!("{job}"),
                _ => assert!(begin.elapsed() < Duration::from_secs(120), "{job}"),
            }
        }
    }

    /// Returns a line of `/proc/PID/status`, in bytes.
    pub(crate) fn memory(&self, name: &str) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        let kib: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
        kib * 1024
    }

    /// Resets the peak of the memory.
    pub(crate) fn forget_peak(&self) {
        fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5").unwrap();
    }

    async fn stop(mut self) {
        let id = self.child.id().to_string();
        Command::new("kill").arg(id).status().unwrap();
        tokio::task::spawn_blocking(move || self.child.wait().unwrap())
            .await
            .unwrap();
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// A service's folder with one job in it.
pub(crate) struct Data {
    folder: TempDir,
    /// An engine that returns the real engine's result.
    pub(crate) stand_in: PathBuf,
    pub(crate) alignment: String,
    pub(crate) tree: String,
    /// The job to copy.
    pub(crate) template: String,
}

impl Data {
    /// Runs one FEL with the real engine. The stand-in returns its result.
    pub(crate) async fn make(program: &Path) -> Self {
        let folder = tempfile::Builder::new().prefix("load-").tempdir().unwrap();
        let mut data = Self {
            folder,
            stand_in: PathBuf::new(),
            alignment: String::new(),
            tree: String::new(),
            template: String::new(),
        };
        let real = std::env::var_os("HYPHY_PATH")
            .map(PathBuf::from)
            .unwrap_or_default();
        let service = Service::start(program, &data, &real).await;
        let (fasta, newick) = small();
        data.alignment = upload(&service, fasta).await;
        data.tree = upload(&service, newick).await;
        data.template = service.start_job(&data.request(0.1)).await;
        service.completed(&data.template).await;
        let path = format!("/jobs/{}/result?raw=true", data.template);
        let result = service.request(Method::GET, &path).send().await.unwrap();
        let result = result.bytes().await.unwrap();
        service.stop().await;
        data.stand_in = data.install(&result);
        data
    }

    /// A start request. Jobs with a `pvalue` of 0.5 or more take a second, others take no time.
    pub(crate) fn request(&self, pvalue: f64) -> Value {
        json!({"alignment": self.alignment, "tree": self.tree, "pvalue": pvalue})
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.folder.path().join("data/service-datamonkey.sqlite")
    }

    fn install(&self, result: &[u8]) -> PathBuf {
        let engine = self.folder.path().join("engine");
        fs::create_dir_all(engine.join("share/hyphy/TemplateBatchFiles")).unwrap();
        let given = engine.join("share/hyphy/result.json");
        fs::write(&given, result).unwrap();
        let program = engine.join("hyphy");
        let script = format!(
            "#!/bin/sh\ncase \"$*\" in\n*--version*) echo 'HYPHY 2.5.68(MP) for Linux' ;;\n\
             *--help*) printf 'Available analysis command line options\\nalignment\\ntree\\npvalue\\n' ;;\n\
             *'--pvalue 0.'[5-9]*) sleep 1; cat '{0}' > result.json ;;\n\
             *) cat '{0}' > result.json ;;\nesac\n",
            given.display()
        );
        fs::write(&program, script).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        program
    }
}

async fn upload(service: &Service, content: String) -> String {
    let form = multipart::Form::new()
        .text("meta", r#"{"name": "load", "type": "load"}"#)
        .part("file", multipart::Part::text(content).file_name("data"));
    let request = service.request(Method::POST, "/datasets").multipart(form);
    let uploaded: Value = request.send().await.unwrap().json().await.unwrap();
    uploaded["id"].as_str().unwrap().to_owned()
}

/// Eight similar sequences of 60 codons, and their tree.
fn small() -> (String, String) {
    let codons = ["GCT", "CCA", "GGC", "ACG", "AAA", "GAT", "TGC", "CTG"];
    let mut random = crate::random::Random::new(5, 0);
    let ancestor: Vec<u64> = (0..60).map(|_| random.below(8)).collect();
    let mut fasta = String::new();
    for name in 1..=8 {
        fasta += &format!(">s{name}\n");
        for codon in &ancestor {
            let changed = random.below(5) == 0;
            let codon = if changed { random.below(8) } else { *codon };
            fasta += codons[codon as usize];
        }
        fasta += "\n";
    }
    let pair = |a: u8| format!("(s{a}:0.1,s{}:0.1):0.1", a + 1);
    let newick = format!("(({},{}):0.1,{},{});\n", pair(1), pair(3), pair(5), pair(7));
    (fasta, newick)
}
