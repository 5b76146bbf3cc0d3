//! A client. It carries out the steps of its schedule, and records what the service acknowledged.

use std::{
    collections::{BTreeMap, VecDeque},
    io::Read,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use reqwest::{
    Method, StatusCode,
    blocking::{Client as Http, RequestBuilder, multipart},
};
use serde_json::{Value, json};

use crate::{
    engine,
    faults::{Fault, Faults, one_more},
    patience::{Patience, STILL},
    plan::{Action, Start, Step, Steps, TREE, content},
    service::Service,
};

/// What the client knows about an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    /// Its creation was acknowledged.
    There,
    /// Its deletion was acknowledged.
    Gone,
    /// A request was interrupted, so either may be true.
    Either,
}

/// An upload.
pub(crate) struct Upload {
    pub(crate) id: Option<String>,
    pub(crate) known: Known,
}

/// A job.
pub(crate) struct Job {
    pub(crate) start: Start,
    pub(crate) id: Option<String>,
    pub(crate) known: Known,
    /// The client saw it completed, and has not deleted it since.
    pub(crate) completed: bool,
    /// The client has requested a deletion since the start, so it may have been cancelled.
    pub(crate) may_be_cancelled: bool,
    /// Start requests that may have created it, each after a deletion.
    pub(crate) starts: u64,
    pub(crate) retries: u64,
}

/// A response to a request with an Idempotency-Key.
struct Answered {
    key: String,
    request: Asked,
    status: StatusCode,
    body: Vec<u8>,
}

/// A request that can be repeated.
#[derive(Debug, Clone)]
enum Asked {
    Upload { content: u64, slowly: bool },
    Start { start: Start, retry: bool },
}

/// Number of responses that are requested again. The service stores more.
const ANSWERS: usize = 200;

/// One user of the service.
pub(crate) struct Client {
    pub(crate) number: u64,
    service: Arc<Service>,
    faults: Arc<Faults>,
    http: Http,
    pub(crate) token: String,
    tree: String,
    steps: Steps,
    keys: u64,
    answers: VecDeque<Answered>,
    pub(crate) uploads: BTreeMap<u64, Upload>,
    pub(crate) jobs: BTreeMap<u64, Job>,
    /// The most recently started job, for the watcher.
    pub(crate) newest: Arc<Mutex<Option<String>>>,
}

/// A response.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Vec<u8>,
    replayed: bool,
    next: Option<String>,
    /// The request was sent before, and its outcome is unknown.
    asked_before: bool,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body)
            .chars()
            .take(400)
            .collect()
    }
}

impl Client {
    pub(crate) fn new(number: u64, seed: u64, service: Arc<Service>, faults: Arc<Faults>) -> Self {
        let http = Http::builder().timeout(STILL).build().unwrap();
        let mut client = Self {
            number,
            service,
            faults,
            http,
            token: String::new(),
            tree: String::new(),
            steps: Steps::new(seed, number),
            keys: 0,
            answers: VecDeque::new(),
            uploads: BTreeMap::new(),
            jobs: BTreeMap::new(),
            newest: Arc::default(),
        };
        let begun = client
            .ask(Method::POST, "/session", true, |request| request)
            .unwrap();
        client.token = begun.json()["token"].as_str().unwrap().to_owned();
        let upload = || form(TREE.as_bytes().to_vec(), false);
        let made = client
            .ask(Method::POST, "/datasets", true, |request| {
                request.multipart(upload())
            })
            .unwrap();
        client.tree = made.json()["id"].as_str().unwrap().to_owned();
        client
    }

    /// Carries out steps until `stop` is set.
    pub(crate) fn work(&mut self, stop: &AtomicBool) {
        while !stop.load(Ordering::Relaxed) {
            let step = self.steps.next();
            self.take(step);
            std::thread::sleep(step.pause);
        }
    }

    fn take(&mut self, step: Step) {
        match step.action {
            Action::Upload { content } => self.upload(step, content, false),
            Action::UploadSlowly { content } => self.upload(step, content, true),
            Action::Start(start) => self.start(step, start, false),
            Action::Retry(start) => self.start(step, start, true),
            Action::DeleteJob(start) => self.delete_job(step, start),
            Action::DeleteDataset { content } => self.delete_dataset(step, content),
            Action::Replay => self.replay(),
            Action::ReadDataset { content } => self.read_dataset(content),
            Action::ReadResult(start) => self.read_result(start),
            Action::Rest => {}
        }
    }

    /// Sends a request. A persistent step repeats it until there is a response. `None` means that
    /// the outcome is unknown.
    pub(crate) fn ask(
        &self,
        method: Method,
        path: &str,
        persists: bool,
        with: impl Fn(RequestBuilder) -> RequestBuilder,
    ) -> Option<Answer> {
        let mut patience = Patience::new(format!("an answer to {path}"));
        let mut asked_before = false;
        loop {
            let url = format!("{}/api/v1{path}", self.service.url());
            let mut request = self.http.request(method.clone(), url);
            if !self.token.is_empty() {
                request = request.bearer_auth(&self.token);
            }
            let whole = with(request).send().and_then(|response| {
                let (status, headers) = (response.status(), response.headers().clone());
                Ok((status, headers, response.bytes()?))
            });
            let Ok((status, headers, body)) = whole else {
                one_more(&self.faults.broken);
                if !persists {
                    return None;
                }
                asked_before = true;
                std::thread::sleep(Duration::from_millis(5));
                continue;
            };
            let next = headers.get("link").and_then(|link| {
                let (address, _) = link.to_str().ok()?.split_once(';')?;
                Some(address.trim_matches(['<', '>']).to_owned())
            });
            let answer = Answer {
                status,
                body: body.to_vec(),
                replayed: headers.contains_key("idempotency-replayed"),
                next,
                asked_before,
            };
            // The service asks the client to retry.
            let busy = headers.contains_key("retry-after");
            if busy && patience.try_pause("").is_ok() {
                std::thread::sleep(Duration::from_millis(50));
                continue;
            }
            let failed = answer.json()["type"] == "/docs/problems/job-failed";
            if busy || status.is_server_error() && !failed {
                self.fault(
                    Fault::Wrong,
                    &format!("{method} {path}: {status}: {}", answer.text()),
                );
            }
            return Some(answer);
        }
    }

    fn fault(&self, fault: Fault, what: &str) {
        self.faults
            .add(fault, format!("client {}: {what}", self.number));
    }

    fn refused(&self, what: &str, answer: &Answer) {
        let fault = match answer.status {
            StatusCode::NOT_FOUND | StatusCode::UNPROCESSABLE_ENTITY => Fault::Lost,
            _ => Fault::Wrong,
        };
        self.fault(
            fault,
            &format!("{what}: {}: {}", answer.status, answer.text()),
        );
    }

    fn key(&mut self, step: Step) -> Option<String> {
        self.keys += 1;
        step.keyed
            .then(|| format!("key-{}-{}", self.number, self.keys))
    }

    /// Sends a request that can be repeated.
    fn send(&self, asked: &Asked, key: Option<&str>, persists: bool) -> Option<Answer> {
        let keyed = |request: RequestBuilder| match key {
            Some(key) => request.header("Idempotency-Key", key),
            None => request,
        };
        match *asked {
            Asked::Upload {
                content: number,
                slowly,
            } => {
                let bytes = content(number);
                self.ask(Method::POST, "/datasets", persists, |request| {
                    keyed(request).multipart(form(bytes.clone(), slowly))
                })
            }
            Asked::Start { start, retry } => {
                let id = self.uploads.get(&start.content)?.id.clone()?;
                let mut body = json!({"alignment": id, "pvalue": pvalue(start.number)});
                if !start.inferred {
                    body["tree"] = json!(self.tree);
                }
                let path = format!("/methods/fel-start?retry={retry}");
                self.ask(Method::POST, &path, persists, |request| {
                    keyed(request).json(&body)
                })
            }
        }
    }

    /// Sends the request, and stores the response to check a repetition later.
    fn send_and_keep(&mut self, asked: Asked, step: Step) -> Option<Answer> {
        let key = self.key(step);
        let answer = self.send(&asked, key.as_deref(), step.persists)?;
        if let Some(key) = key.filter(|_| answer.status.is_success()) {
            self.answers.push_back(Answered {
                key,
                request: asked,
                status: answer.status,
                body: answer.body.clone(),
            });
            if self.answers.len() > ANSWERS {
                self.answers.pop_front();
            }
        }
        Some(answer)
    }

    fn upload(&mut self, step: Step, content: u64, slowly: bool) {
        let answer = self.send_and_keep(Asked::Upload { content, slowly }, step);
        let upload = self.uploads.entry(content).or_insert(Upload {
            id: None,
            known: Known::Gone,
        });
        match answer {
            // Existing objects still exist.
            None if upload.known == Known::There => {}
            None => upload.known = Known::Either,
            Some(answer) if answer.status == StatusCode::CREATED => {
                upload.id = answer.json()["id"].as_str().map(str::to_owned);
                upload.known = Known::There;
                one_more(&self.faults.uploads);
            }
            Some(answer) => self.refused("upload", &answer),
        }
    }

    fn start(&mut self, step: Step, start: Start, retry: bool) {
        // The job cannot start without its data.
        let data = self.uploads.get(&start.content);
        if !data.is_some_and(|data| data.known == Known::There) {
            return;
        }
        let job = self.jobs.entry(start.number).or_insert(Job {
            start,
            id: None,
            known: Known::Gone,
            completed: false,
            may_be_cancelled: false,
            starts: 0,
            retries: 0,
        });
        if job.known != Known::There {
            job.starts += 1;
        }
        if retry {
            job.retries += 1;
        }
        let answer = self.send_and_keep(Asked::Start { start, retry }, step);
        let Some(job) = self.jobs.get_mut(&start.number) else {
            return;
        };
        match answer {
            None if job.known == Known::There => {}
            None => job.known = Known::Either,
            Some(answer) if answer.status == StatusCode::OK => {
                let said = answer.json();
                let id = said["job_id"].as_str().map(str::to_owned);
                if job.id.is_some() && job.id != id {
                    let what = format!("job {} is {:?} and {id:?}", start.number, job.id);
                    self.faults.add(Fault::Doubled, what);
                }
                if job.completed && said["state"] != "completed" {
                    let what = format!("job {}, which was completed, is {said}", start.number);
                    self.faults.add(Fault::Lost, what);
                }
                job.id.clone_from(&id);
                job.known = Known::There;
                *self.newest.lock().unwrap() = id;
                one_more(&self.faults.starts);
            }
            Some(answer) => self.refused(&format!("start of job {}", start.number), &answer),
        }
    }

    fn delete_job(&mut self, step: Step, start: Start) {
        let Some(job) = self.jobs.get_mut(&start.number) else {
            return;
        };
        let (Some(id), before) = (job.id.clone(), job.known) else {
            return;
        };
        job.may_be_cancelled = true;
        let mut known = Known::Either;
        let path = format!("/jobs/{id}");
        let answer = self.ask(Method::DELETE, &path, step.persists, |request| request);
        match answer {
            None if before == Known::Gone => known = Known::Gone,
            None => {}
            Some(answer) if answer.status == StatusCode::NO_CONTENT => {
                known = Known::Gone;
                one_more(&self.faults.deletions);
            }
            Some(answer) if answer.status == StatusCode::NOT_FOUND => {
                known = Known::Gone;
                // A lost response may have been 204.
                if before == Known::There && !answer.asked_before {
                    self.refused(&format!("deletion of job {}", start.number), &answer);
                }
            }
            Some(answer) => self.refused(&format!("deletion of job {}", start.number), &answer),
        }
        self.forget(start.number, known);
    }

    fn forget(&mut self, number: u64, known: Known) {
        if let Some(job) = self.jobs.get_mut(&number) {
            job.known = known;
            job.completed = false;
            job.may_be_cancelled = known != Known::Gone;
        }
    }

    fn delete_dataset(&mut self, step: Step, content: u64) {
        let Some(upload) = self.uploads.get(&content) else {
            return;
        };
        let (Some(id), before) = (upload.id.clone(), upload.known) else {
            return;
        };
        if before != Known::There {
            return;
        }
        let path = format!("/datasets/{id}?force=true");
        let answer = self.ask(Method::DELETE, &path, step.persists, |request| request);
        let known = match &answer {
            None => Known::Either,
            Some(answer) if answer.status == StatusCode::NO_CONTENT => {
                one_more(&self.faults.deletions);
                Known::Gone
            }
            Some(answer) if answer.status == StatusCode::NOT_FOUND && answer.asked_before => {
                Known::Gone
            }
            Some(answer) => {
                self.refused("deletion of a dataset", answer);
                Known::Either
            }
        };
        if let Some(upload) = self.uploads.get_mut(&content) {
            upload.known = known;
        }
        let using: Vec<u64> = self
            .jobs
            .values()
            .filter(|job| job.start.content == content && job.known != Known::Gone)
            .map(|job| job.start.number)
            .collect();
        for number in using {
            self.forget(number, known);
        }
    }

    /// Repeats a request with its key. The response must equal the first one, whatever has happened
    /// to the object since.
    fn replay(&mut self) {
        let Some(answered) = self.answers.pop_front() else {
            return;
        };
        let Some(again) = self.send(&answered.request, Some(&answered.key), true) else {
            return;
        };
        one_more(&self.faults.replays);
        if (again.status, &again.body, again.replayed) != (answered.status, &answered.body, true) {
            let what = format!(
                "{:?} with its key was {} {}, and is {} {}",
                answered.request,
                answered.status,
                String::from_utf8_lossy(&answered.body),
                again.status,
                again.text()
            );
            self.fault(Fault::Lost, &what);
        }
        self.answers.push_back(answered);
    }

    fn read_dataset(&self, number: u64) {
        let Some(upload) = self
            .uploads
            .get(&number)
            .filter(|it| it.known == Known::There)
        else {
            return;
        };
        let id = upload.id.as_deref().unwrap_or_default();
        let path = format!("/datasets/{id}?include_content=true");
        if let Some(answer) = self.ask(Method::GET, &path, true, |request| request) {
            self.same_content(number, &answer);
        }
    }

    fn same_content(&self, number: u64, answer: &Answer) {
        if answer.status != StatusCode::OK {
            return self.refused(&format!("upload {number}"), answer);
        }
        let said = answer.json();
        let bytes = said["content"].as_str().unwrap_or_default().as_bytes();
        if bytes != content(number) {
            self.fault(
                Fault::Torn,
                &format!("upload {number} has {} other bytes", bytes.len()),
            );
        }
    }

    fn read_result(&mut self, start: Start) {
        let Some(job) = self.jobs.get(&start.number) else {
            return;
        };
        if job.known == Known::There {
            self.look_at_result(start.number);
        }
    }

    /// Checks the result of an existing job, if it has one: the engine must have written it.
    pub(crate) fn look_at_result(&mut self, number: u64) {
        let Some(job) = self.jobs.get_mut(&number) else {
            return;
        };
        let id = job.id.clone().unwrap_or_default();
        let (was_completed, started) = (job.completed, job.may_be_cancelled || job.starts > 0);
        let path = format!("/jobs/{id}/result?raw=true");
        let Some(answer) = self.ask(Method::GET, &path, true, |request| request) else {
            return;
        };
        match answer.status {
            StatusCode::OK => {
                let said = answer.json();
                let attempt = said["input"]["attempt"].as_str().unwrap_or_default();
                if answer.body != engine::result(number, attempt) {
                    self.fault(
                        Fault::Torn,
                        &format!("the result of job {number} is {said}"),
                    );
                }
                if let Some(job) = self.jobs.get_mut(&number) {
                    job.completed = true;
                }
            }
            // The job waits, runs, or has failed.
            StatusCode::CONFLICT | StatusCode::INTERNAL_SERVER_ERROR
                if started && !was_completed => {}
            _ => self.refused(&format!("result of job {number}"), &answer),
        }
    }

    /// Returns all items of a list.
    pub(crate) fn list(&self, path: &str, name: &str) -> Vec<Value> {
        let (mut items, mut query) = (Vec::new(), Some(String::new()));
        while let Some(now) = query {
            let path = format!("{path}{now}");
            let answer = self
                .ask(Method::GET, &path, true, |request| request)
                .unwrap();
            if answer.status != StatusCode::OK {
                self.refused(&path, &answer);
            }
            items.extend(answer.json()[name].as_array().cloned().unwrap_or_default());
            query = answer.next;
        }
        items
    }

    /// Restarts a job that failed for an expected reason.
    pub(crate) fn try_again(&mut self, start: Start) {
        let step = Step {
            action: Action::Retry(start),
            persists: true,
            keyed: false,
            pause: Duration::ZERO,
        };
        self.take(step);
    }

    pub(crate) fn check_content(&self, number: u64) {
        self.read_dataset(number);
    }
}

/// The parameter that identifies the job.
fn pvalue(number: u64) -> f64 {
    #[allow(clippy::cast_precision_loss, reason = "below a million")]
    let number = number as f64;
    number / 1e6
}

/// The form of an upload. A slow upload is sent in pieces.
fn form(bytes: Vec<u8>, slowly: bool) -> multipart::Form {
    let part = if slowly {
        multipart::Part::reader(Slow(bytes.into()))
    } else {
        multipart::Part::bytes(bytes)
    };
    let meta = r#"{"name": "data", "type": "crash"}"#;
    multipart::Form::new()
        .text("meta", meta)
        .part("file", part.file_name("data"))
}

/// Returns the bytes in about twenty pieces, with pauses.
struct Slow(VecDeque<u8>);

impl Read for Slow {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        std::thread::sleep(Duration::from_millis(8));
        let most = buffer.len().min(16 << 10);
        self.0.read(&mut buffer[..most])
    }
}
