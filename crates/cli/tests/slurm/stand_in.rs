//! A stand-in for slurmrestd that misbehaves on request: replies are lost, late, wrong or
//! incomplete.

use std::{
    collections::{BTreeMap, VecDeque},
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::gate::Passage;

/// What becomes of a request.
#[derive(Debug, Clone)]
pub enum Act {
    /// It is carried out, but the reply is lost.
    LoseReply,
    /// The request is lost.
    LoseRequest,
    /// It is carried out, but only half of the reply arrives.
    Truncate,
    /// It is carried out after this number of milliseconds.
    Delay(u64),
    /// It is carried out when the test lets it pass.
    Hold(Passage),
    /// It is answered by this and not carried out.
    Say(u16, &'static str),
}

/// A request that came.
pub struct Asked {
    pub path: String,
    pub token: String,
    pub came: Instant,
    pub answered: Option<Instant>,
}

#[derive(Default)]
pub struct State {
    /// Submitted jobs by id: name and state.
    pub jobs: BTreeMap<u64, (String, String)>,
    /// The comments of submitted jobs.
    pub comments: Vec<String>,
    pub requests: Vec<Asked>,
    /// What becomes of the next requests whose path holds the word.
    pub acts: VecDeque<(&'static str, Act)>,
}

#[derive(Clone)]
pub struct StandIn {
    pub url: String,
    pub state: Arc<Mutex<State>>,
}

impl StandIn {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state: Arc<Mutex<State>> = Arc::default();
        let shared = Arc::clone(&state);
        // Ends with the test's process.
        thread::spawn(move || {
            for stream in listener.incoming() {
                let shared = Arc::clone(&shared);
                thread::spawn(move || serve(&stream.unwrap(), &shared));
            }
        });
        Self { url, state }
    }

    pub fn act(&self, on: &'static str, acts: impl IntoIterator<Item = Act>) {
        let mut state = self.state.lock().unwrap();
        state.acts.extend(acts.into_iter().map(|act| (on, act)));
    }

    pub fn set_state(&self, word: &str) {
        for (_, now) in self.state.lock().unwrap().jobs.values_mut() {
            *now = word.to_owned();
        }
    }

    /// Returns the number of requests whose path ends this way.
    pub fn count(&self, end: &str) -> usize {
        let state = self.state.lock().unwrap();
        state
            .requests
            .iter()
            .filter(|asked| asked.path.ends_with(end))
            .count()
    }

    /// When the requests whose path ends so came, and when they were answered.
    pub fn times(&self, end: &str) -> Vec<(Instant, Option<Instant>)> {
        let state = self.state.lock().unwrap();
        let asked = state
            .requests
            .iter()
            .filter(|asked| asked.path.ends_with(end));
        asked.map(|asked| (asked.came, asked.answered)).collect()
    }
}

fn serve(mut stream: &TcpStream, shared: &Mutex<State>) {
    let mut bytes = Vec::new();
    let mut piece = [0; 65536];
    let (head, body) = loop {
        match stream.read(&mut piece) {
            Ok(0) | Err(_) => return,
            Ok(n) => bytes.extend_from_slice(&piece[..n]),
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = header(head, "content-length").parse().unwrap_or(0);
        if body.len() >= length {
            break (head.to_owned(), body.to_owned());
        }
    };
    let mut words = head.split_whitespace().map(str::to_owned);
    let (method, path) = (words.next().unwrap(), words.next().unwrap());
    let token = header(&head, "x-slurm-user-token");
    let (number, act) = {
        let mut state = shared.lock().unwrap();
        state.requests.push(Asked {
            path: path.clone(),
            token,
            came: Instant::now(),
            answered: None,
        });
        let place = state.acts.iter().position(|(on, _)| path.contains(on));
        let act = place.and_then(|place| state.acts.remove(place));
        (state.requests.len() - 1, act.map(|(_, act)| act))
    };
    let (status, mut reply) = match &act {
        Some(Act::LoseRequest) => return,
        Some(Act::Say(status, text)) => (*status, (*text).to_owned()),
        Some(Act::Delay(time)) => {
            thread::sleep(Duration::from_millis(*time));
            answer(shared, &method, &path, &body)
        }
        Some(Act::Hold(passage)) => {
            passage.pass();
            answer(shared, &method, &path, &body)
        }
        _ => answer(shared, &method, &path, &body),
    };
    match act {
        Some(Act::LoseReply) => return,
        Some(Act::Truncate) => reply.truncate(reply.len() / 2),
        _ => {}
    }
    shared.lock().unwrap().requests[number].answered = Some(Instant::now());
    let head = format!(
        "HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        reply.len()
    );
    stream.write_all(head.as_bytes()).ok();
    stream.write_all(reply.as_bytes()).ok();
}

fn header(head: &str, name: &str) -> String {
    let lines = head.lines().filter_map(|line| line.split_once(':'));
    let mut values = lines.filter(|(n, _)| n.eq_ignore_ascii_case(name));
    values
        .next()
        .map_or_else(String::new, |(_, value)| value.trim().to_owned())
}

fn answer(shared: &Mutex<State>, method: &str, path: &str, body: &str) -> (u16, String) {
    let mut state = shared.lock().unwrap();
    let show = |id: &u64, job: &(String, String)| json!({"job_id": id, "name": job.0, "job_state": [job.1], "submit_time": 4_000_000_000_u64});
    let said = match (method, path) {
        (_, "/openapi/v3") => json!({"paths": {"/slurm/v0.0.42/jobs": {}}}),
        ("POST", _) => {
            let body: Value = serde_json::from_str(body).unwrap();
            let name = body["job"]["name"].as_str().unwrap().to_owned();
            let comment = body["job"]["comment"].as_str().unwrap().to_owned();
            state.comments.push(comment);
            let id = state.jobs.len() as u64 + 1;
            state.jobs.insert(id, (name, "RUNNING".to_owned()));
            json!({"job_id": id, "errors": []})
        }
        ("GET", "/slurm/v0.0.42/jobs") => {
            let jobs: Vec<_> = state.jobs.iter().map(|(id, job)| show(id, job)).collect();
            json!({"jobs": jobs, "errors": []})
        }
        ("GET", path) if path.ends_with("partitions") => json!({"partitions": []}),
        ("GET", path) if path.contains("/slurmdb/") => json!({"jobs": [], "errors": []}),
        (_, path) => {
            let id = path
                .rsplit('/')
                .next()
                .and_then(|id| id.parse().ok())
                .unwrap_or(0);
            match state.jobs.get_mut(&id) {
                None => return (404, json!({"errors": [{"error_number": 2017}]}).to_string()),
                Some(job) if method == "DELETE" => {
                    job.1 = "CANCELLED".to_owned();
                    json!({"errors": []})
                }
                Some(job) => json!({"jobs": [show(&id, job)], "errors": []}),
            }
        }
    };
    (200, said.to_string())
}
