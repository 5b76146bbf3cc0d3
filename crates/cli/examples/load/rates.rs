//! Requests of many kinds at a fixed rate.

use std::{collections::BTreeMap, time::Duration};

use reqwest::{Method, RequestBuilder, StatusCode};
use tokio::sync::mpsc;

use crate::{
    ms, percentile,
    random::Random,
    service::{Data, Service},
};

/// The kinds of requests: a name, how many of a thousand requests are of the kind, and the goal for its
/// 99th percentile in milliseconds.
const KINDS: [(&str, u64, Option<u64>); 15] = [
    ("one job", 400, Some(10)),
    ("jobs: newest", 40, Some(25)),
    ("jobs: somewhere in the middle", 40, Some(25)),
    ("jobs: completed", 25, Some(25)),
    ("jobs: failed", 15, Some(25)),
    ("jobs: of one analysis", 25, Some(25)),
    ("jobs: of one dataset", 25, Some(25)),
    ("jobs: last changed", 30, Some(25)),
    ("start: of a known job", 120, Some(50)),
    ("start: of a new job", 20, Some(50)),
    ("one dataset", 100, None),
    ("datasets: newest", 20, None),
    ("datasets: by name", 20, None),
    ("datasets: largest", 20, None),
    ("summary", 100, None),
];
const KNOWN: u64 = 20;
/// Warm-up: connections are opened and caches are filled, which does not count.
const WARM_UP: Duration = Duration::from_secs(2);

/// The outcome of the requests.
pub(crate) struct Measured {
    pub(crate) requests: usize,
    pub(crate) failed: usize,
    pub(crate) seconds: f64,
    pub(crate) memory_before: u64,
    pub(crate) memory_after: u64,
    pub(crate) memory_most: u64,
    /// Latencies by kind, sorted.
    times: BTreeMap<&'static str, Vec<Duration>>,
}

/// Ids to request.
struct Ids {
    jobs: Vec<String>,
    completed_fel: Vec<String>,
    datasets: Vec<String>,
}

pub(crate) async fn measure(
    service: &Service,
    data: &Data,
    rate: u64,
    time: Duration,
    seed: u64,
) -> Measured {
    for number in 0..KNOWN {
        let id = service.start_job(&data.request(known(number))).await;
        service.completed(&id).await;
    }
    let ids = ids(service).await;
    service.forget_peak();
    let memory_before = service.memory("VmRSS");
    let (send, mut receive) = mpsc::unbounded_channel();
    let mut random = Random::new(seed, 0);
    let begin = tokio::time::Instant::now();
    let warm = begin + WARM_UP;
    let all = (time + WARM_UP).as_secs() * rate;
    let mut new = 0;
    for number in 0..all {
        let due = begin + Duration::from_secs_f64(number as f64 / rate as f64);
        tokio::time::sleep_until(due).await;
        let kind = kind(&mut random);
        let request = request(kind, service, data, &ids, &mut random, &mut new);
        let send = send.clone();
        tokio::spawn(async move {
            let ok = carry_out(request).await;
            let took = due.elapsed();
            if due >= warm {
                send.send((kind, took, ok)).ok();
            }
        });
    }
    drop(send);
    let mut times: BTreeMap<_, Vec<Duration>> = BTreeMap::new();
    let mut failed = 0;
    while let Some((kind, took, ok)) = receive.recv().await {
        times.entry(kind).or_default().push(took);
        failed += usize::from(!ok);
    }
    let seconds = warm.elapsed().as_secs_f64();
    for times in times.values_mut() {
        times.sort_unstable();
    }
    Measured {
        requests: times.values().map(Vec::len).sum(),
        failed,
        seconds,
        memory_before,
        memory_after: service.memory("VmRSS"),
        memory_most: service.memory("VmHWM"),
        times,
    }
}

/// Uses the API, because no other program reads the database while the service runs.
async fn ids(service: &Service) -> Ids {
    let some = async |path: &str, list: &str, id: &str| -> Vec<String> {
        let mut found = Vec::new();
        for sort in ["created", "-created", "-updated"] {
            let page = service.get(&format!("{path}&sort={sort}&limit=1000")).await;
            let items = page[list].as_array().unwrap().clone();
            found.extend(
                items
                    .iter()
                    .map(|item| item[id].as_str().unwrap().to_owned()),
            );
        }
        found
    };
    Ids {
        jobs: some("/jobs?", "jobs", "job_id").await,
        completed_fel: some("/jobs?method=fel&state=completed", "jobs", "job_id").await,
        datasets: some("/datasets?", "datasets", "id").await,
    }
}

fn known(number: u64) -> f64 {
    0.001 + number as f64 / 1e6
}

fn kind(random: &mut Random) -> &'static str {
    let mut left = random.below(KINDS.iter().map(|(_, share, _)| share).sum());
    for (name, share, _) in KINDS {
        if left < share {
            return name;
        }
        left -= share;
    }
    KINDS[0].0
}

fn request(
    kind: &str,
    service: &Service,
    data: &Data,
    ids: &Ids,
    random: &mut Random,
    new: &mut u64,
) -> RequestBuilder {
    let get = |path: &str| service.request(Method::GET, path);
    let post = |pvalue: f64| {
        let request = service.request(Method::POST, "/methods/fel-start");
        request.json(&data.request(pvalue))
    };
    match kind {
        "jobs: newest" => get("/jobs?limit=50"),
        "jobs: somewhere in the middle" => {
            let days = random.below(700);
            let before = chrono::Utc::now() - chrono::TimeDelta::days(days as i64);
            let before = before.format("%Y-%m-%dT%H:%M:%SZ");
            get(&format!("/jobs?limit=50&created_before={before}"))
        }
        "jobs: completed" => get("/jobs?limit=50&state=completed"),
        "jobs: failed" => get("/jobs?limit=50&state=failed"),
        "jobs: of one analysis" => get("/jobs?limit=50&method=meme"),
        "jobs: of one dataset" => {
            let id = random.one(&ids.datasets).unwrap();
            get(&format!("/jobs?limit=50&dataset_id={id}"))
        }
        "jobs: last changed" => get("/jobs?limit=50&sort=-updated"),
        "start: of a known job" => post(known(random.below(KNOWN))),
        "start: of a new job" => {
            *new += 1;
            post(0.01 + *new as f64 / 1e6)
        }
        "one dataset" => get(&format!("/datasets/{}", random.one(&ids.datasets).unwrap())),
        "datasets: newest" => get("/datasets?limit=50"),
        "datasets: by name" => get("/datasets?limit=50&sort=name"),
        "datasets: largest" => get("/datasets?limit=50&sort=-size"),
        "summary" => {
            let id = random.one(&ids.completed_fel).unwrap();
            get(&format!("/jobs/{id}/summary"))
        }
        _ => get(&format!("/jobs/{}", random.one(&ids.jobs).unwrap())),
    }
}

async fn carry_out(request: RequestBuilder) -> bool {
    match request.send().await {
        Ok(response) => {
            let ok = response.status() == StatusCode::OK;
            response.bytes().await.is_ok() && ok
        }
        Err(_) => false,
    }
}

/// Shows all stores side by side.
pub(crate) fn print(measured: &[(u64, Measured)]) {
    let mut head = format!("{:32}", "milliseconds");
    for (jobs, _) in measured {
        head += &format!(
            " |{:>7} jobs: n {:>6} {:>6} {:>6} {:>6}",
            jobs, "p50", "p90", "p99", "max"
        );
    }
    println!("\n{head} | p99, last to first");
    let groups = [
        "one job",
        "jobs",
        "start",
        "one dataset",
        "datasets",
        "summary",
    ];
    for group in groups {
        let members: Vec<_> = KINDS
            .iter()
            .filter(|(name, ..)| name.starts_with(group))
            .collect();
        let names: Vec<&str> = members.iter().map(|(name, ..)| *name).collect();
        let goal = members.iter().find_map(|(.., goal)| *goal);
        line(measured, group, &names, goal);
        if names.len() > 1 {
            for name in names {
                line(measured, &format!("  {name}"), &[name], None);
            }
        }
    }
}

fn line(measured: &[(u64, Measured)], title: &str, kinds: &[&str], goal: Option<u64>) {
    let mut line = format!("{title:32}");
    let mut p99 = Vec::new();
    for (_, found) in measured {
        let mut times: Vec<Duration> = kinds
            .iter()
            .flat_map(|kind| found.times.get(kind).into_iter().flatten().copied())
            .collect();
        times.sort_unstable();
        let at = |part| percentile(&times, part);
        p99.push(at(0.99));
        line += &format!(
            " |{:>15} {:>6} {:>6} {:>6} {:>6}",
            times.len(),
            ms(at(0.5)),
            ms(at(0.9)),
            ms(at(0.99)),
            ms(at(1.0))
        );
    }
    if let (Some(first), Some(last)) = (p99.first(), p99.last()) {
        line += &format!(" | {:.2}", last.as_secs_f64() / first.as_secs_f64());
        if let Some(goal) = goal.map(Duration::from_millis) {
            let word = if p99.iter().all(|p99| *p99 < goal) {
                "met"
            } else {
                "MISSED"
            };
            line += &format!("  goal of p99 < {} ms {word}", goal.as_millis());
        }
    }
    println!("{line}");
}
