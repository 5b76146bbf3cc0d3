//! Many watchers of events: the delay of events, and the cost of watchers.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use futures::StreamExt;
use reqwest::Method;
use serde_json::Value;
use tokio::sync::mpsc;

use crate::{
    mib, ms, percentile,
    service::{Data, Service},
};

/// Number of jobs that run one after another, two at a time, for a second each.
const JOBS: u64 = 40;
/// Goals.
const LATE: Duration = Duration::from_secs(1);
const GROWTH: u64 = 50 << 20;

/// Maximum time to open all streams.
const PATIENCE: Duration = Duration::from_secs(30);

/// When an event happened, and its delay.
type Came = (DateTime<Utc>, Duration);

pub(crate) async fn measure(service: &Service, data: &Data, watchers: usize) {
    let before = service.memory("VmRSS");
    service.forget_peak();
    let mut jobs = Vec::new();
    for number in 0..JOBS {
        jobs.push(
            service
                .start_job(&data.request(0.5 + number as f64 / 1e6))
                .await,
        );
    }
    let (send, mut receive) = mpsc::unbounded_channel();
    let open = Arc::new(AtomicU64::new(0));
    let mut tasks = Vec::new();
    for number in 0..watchers {
        let path = if number % 2 == 0 {
            "/jobs/events".to_owned()
        } else {
            // The last jobs are still waiting.
            let job = &jobs[jobs.len() / 2 + number / 2 % (jobs.len() / 2)];
            format!("/jobs/{job}/events")
        };
        let request = service.request(Method::GET, &path);
        tasks.push(tokio::spawn(follow(
            request,
            Arc::clone(&open),
            send.clone(),
        )));
    }
    drop(send);
    let opening = Instant::now();
    while open.load(Ordering::Relaxed) < watchers as u64 {
        if opening.elapsed() > PATIENCE {
            println!(
                "after {} s, {open:?} of {watchers} watchers watch",
                PATIENCE.as_secs()
            );
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let from = Utc::now();
    let opened = service.memory("VmRSS");
    for job in &jobs {
        service.completed(job).await;
    }
    // Events that were already sent still arrive.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let (end, most) = (service.memory("VmRSS"), service.memory("VmHWM"));
    for task in tasks {
        task.abort();
    }
    let mut late = Vec::new();
    while let Some((at, how_late)) = receive.recv().await {
        if at >= from {
            late.push(how_late);
        }
    }
    late.sort_unstable();
    let p99 = percentile(&late, 0.99);
    let word = |met| if met { "met" } else { "MISSED" };
    println!(
        "{watchers} watchers, half of all jobs and half of one job: {} events came, after p50 {} \
         p90 {} p99 {} max {} ms (goal of p99 < 1 s {})",
        late.len(),
        ms(percentile(&late, 0.5)),
        ms(percentile(&late, 0.9)),
        ms(p99),
        ms(percentile(&late, 1.0)),
        word(p99 < LATE),
    );
    let growth = most.saturating_sub(before);
    println!(
        "resident memory {} before, {} with all of them, {} at the end, {} at most: {} more (goal \
         of < 50 MiB {})",
        mib(before),
        mib(opened),
        mib(end),
        mib(most),
        mib(growth),
        word(growth < GROWTH),
    );
}

async fn follow(
    request: reqwest::RequestBuilder,
    open: Arc<AtomicU64>,
    send: mpsc::UnboundedSender<Came>,
) {
    let Ok(response) = request.send().await else {
        return;
    };
    if response.status() != 200 {
        return;
    }
    open.fetch_add(1, Ordering::Relaxed);
    let mut pieces = response.bytes_stream();
    let mut text = Vec::new();
    while let Some(Ok(piece)) = pieces.next().await {
        let now = Utc::now();
        text.extend_from_slice(&piece);
        let Some(end) = text.iter().rposition(|byte| *byte == b'\n') else {
            continue;
        };
        let whole: Vec<u8> = text.drain(..=end).collect();
        for line in String::from_utf8_lossy(&whole).lines() {
            let Some(data) = line.strip_prefix("data: ") else {
                continue;
            };
            let event: Value = serde_json::from_str(data).unwrap();
            let at: DateTime<Utc> = event["at"].as_str().unwrap().parse().unwrap();
            let late = (now - at).to_std().unwrap_or_default();
            send.send((at, late)).ok();
        }
    }
}
