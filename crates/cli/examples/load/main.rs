//! Measures the service under load, on a small store and on a large one: `make bench-load`.
//!
//! Requests are sent at fixed times, whether or not earlier ones have been answered, and latency
//! counts from the time at which a request was due. A service that stalls therefore does not slow
//! the client down, and the stall is visible.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss
)]

mod fill;
#[expect(dead_code, reason = "the crash test draws in one more way")]
#[path = "../../../../tests/crash/random.rs"]
mod random;
mod rates;
mod service;
mod watch;

use std::{path::PathBuf, time::Duration};

use clap::Parser;

use rates::Measured;
use service::{Data, Service};

#[derive(Parser)]
struct Options {
    /// The program to measure.
    #[arg(long, default_value = "target/release/datamonkey")]
    program: PathBuf,
    /// Jobs in the stores.
    #[arg(long, value_delimiter = ',', default_values_t = [1000, 100_000])]
    jobs: Vec<u64>,
    /// Datasets in each store.
    #[arg(long, default_value_t = 10_000)]
    datasets: u64,
    /// Requests per second.
    #[arg(long, default_value_t = 300)]
    rate: u64,
    /// Duration of the requests in seconds.
    #[arg(long, default_value_t = 30)]
    seconds: u64,
    /// Watchers of events, half of them for all jobs and half for one job each; 0 means none.
    #[arg(long, default_value_t = 1000)]
    watchers: usize,
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
    let options = Options::parse();
    println!(
        "other work on this machine: load average {}",
        load_average()
    );
    let mut measured: Vec<(u64, Measured)> = Vec::new();
    let last = options.jobs.last().copied();
    for jobs in &options.jobs {
        let data = Data::make(&options.program).await;
        fill::fill(&data.database(), &data.template, *jobs, options.datasets).await;
        let service = Service::start(&options.program, &data, &data.stand_in).await;
        let time = Duration::from_secs(options.seconds);
        let found = rates::measure(&service, &data, options.rate, time, options.seed).await;
        println!(
            "{jobs} jobs: {} requests in {:.1} s, {:.0} a second reached of {}; {} failed; \
             resident memory {} before, {} after, {} at most",
            found.requests,
            found.seconds,
            found.requests as f64 / found.seconds,
            options.rate,
            found.failed,
            mib(found.memory_before),
            mib(found.memory_after),
            mib(found.memory_most),
        );
        measured.push((*jobs, found));
        if options.watchers > 0 && last == Some(*jobs) {
            watch::measure(&service, &data, options.watchers).await;
        }
    }
    rates::print(&measured);
    println!("load average at the end: {}", load_average());
}

fn load_average() -> String {
    std::fs::read_to_string("/proc/loadavg")
        .unwrap_or_default()
        .trim()
        .to_owned()
}

fn mib(bytes: u64) -> String {
    format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20))
}

/// Returns the quantile of the values at this fraction.
fn percentile(sorted: &[Duration], part: f64) -> Duration {
    let place = (sorted.len() as f64 * part).ceil() as usize;
    sorted
        .get(place.saturating_sub(1))
        .copied()
        .unwrap_or_default()
}

fn ms(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64() * 1000.0)
}
