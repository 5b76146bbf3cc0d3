//! The memory that requests need does not grow with the size of the stored data.

use std::{
    io::Write,
    net::TcpStream,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use reqwest::blocking::Client;
use serde_json::json;

use crate::{
    patience::STILL,
    support::{Server, script, small},
};

/// Maximum resident memory of the service in bytes.
const MOST: u64 = 90_000_000;
/// Maximum response time of `/health`.
const SOON: Duration = Duration::from_secs(1);
const PART: u32 = 4;

/// An engine that writes a result of 100 MB, as HyPhy would for a very large number of sites.
const LARGE_RESULT: &str = "{ printf '{\"fits\":{},\"input\":{},\"tested\":{},\"timers\":{},\
    \"data partitions\":{},\"MLE\":{\"content\":{\"0\":['; \
    yes '[0.123456,0.50001,1.25,0,0.75,2.5],' | head -n 2800000; \
    printf '[0,0,0,0,0,0]]}}}'; } > result.json";
const RESULT: u64 = 100_000_000;

/// Runs `act` on a service. Returns the service's peak memory in bytes, the longest response time of
/// `/health`, and the limit for that time.
fn during(server: &Server, act: impl FnOnce()) -> (u64, Duration, Duration) {
    let done = AtomicBool::new(false);
    let health = server.api("/health");
    server.forget_peak();
    let begin = Instant::now();
    let slowest = thread::scope(|scope| {
        let asking = scope.spawn(|| {
            let http = Client::builder().no_gzip().timeout(STILL).build().unwrap();
            let mut slowest = Duration::ZERO;
            while !done.load(Ordering::Relaxed) {
                let asked = Instant::now();
                assert_eq!(http.get(&health).send().unwrap().status(), 200);
                slowest = slowest.max(asked.elapsed());
                // As often as a monitoring system would ask.
                thread::sleep(Duration::from_millis(50));
            }
            slowest
        });
        act();
        done.store(true, Ordering::Relaxed);
        asking.join().unwrap()
    });
    let most = SOON.max(begin.elapsed() / PART);
    (server.memory_peak(), slowest, most)
}

/// Sends a request, and reads only the head of the response.
fn ask_and_not_read(server: &Server, path: &str) -> TcpStream {
    let address = server.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    let head = format!("GET /api/v1{path} HTTP/1.1\r\nHost: {address}\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    stream.set_read_timeout(Some(STILL)).unwrap();
    stream
}

#[test]
fn large_results_and_contents_need_little_memory() {
    let folder = script(LARGE_RESULT);
    let path = folder.path().join("hyphy");
    let mut server = Server::with(&[("HYPHY_PATH", path.to_str().unwrap())]);
    let (fasta, newick) = small();
    let body = json!({"alignment": server.upload(fasta), "tree": server.upload(newick)});

    let mut job = String::new();
    let collecting = during(&server, || {
        job = server.start_job("fel", &body);
        server.completed(&job);
    });

    let content = "no alignment\n".repeat(75_000_000 / 13);
    let size = content.len();
    let dataset = server.upload(content);
    // The memory for the upload is not counted here.
    server.stop();
    server.restart();

    let ranges = during(&server, || {
        thread::scope(|scope| {
            for raw in [true, false, true, false] {
                let (server, job) = (&server, &job);
                scope.spawn(move || {
                    let path = format!("/jobs/{job}/result?raw={raw}");
                    let request = server.http.get(server.api(&path));
                    let answer = request.header("Range", "bytes=0-9").send().unwrap();
                    assert_eq!(answer.status(), 206);
                    let range = answer.headers()["content-range"].to_str().unwrap();
                    let whole: u64 = range.strip_prefix("bytes 0-9/").unwrap().parse().unwrap();
                    assert!(whole > RESULT, "{whole}");
                    assert_eq!(answer.text().unwrap(), "{\"fits\":{}");
                });
            }
        });
    });

    let path = format!("/datasets/{dataset}?include_content=true");
    let unread = during(&server, || {
        let streams: Vec<_> = (0..8).map(|_| ask_and_not_read(&server, &path)).collect();
        for stream in &streams {
            assert!(stream.peek(&mut [0]).unwrap() > 0, "no answer");
        }
        // Clients that read are served while others do not read.
        let whole = server.get_json(&path);
        assert_eq!(whole["content"].as_str().unwrap().len(), size);
    });

    let measured = [
        ("collecting a result of 100 MB", collecting),
        ("4 ranges of it", ranges),
        ("8 unread contents of 75 MB", unread),
    ];
    for (what, (memory, slowest, _)) in measured {
        let megabytes = memory / 1_000_000;
        eprintln!("{what}: at most {megabytes} MB, /health within {slowest:.2?}");
    }
    assert!(
        measured
            .iter()
            .all(|(_, (memory, slowest, most))| *memory < MOST && slowest < most),
        "more than {MOST} bytes, or too long to say how it is: {measured:#?}"
    );
}
