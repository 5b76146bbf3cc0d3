//! How often Slurm is asked: cargo test -p cli --test slurm -- --ignored --nocapture measure

use std::time::{Duration, Instant};

use crate::{
    cluster::{Cluster, open_folder},
    contract::{healthy, submit, task},
};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes; prints figures for docs/OPERATIONS.md"]
async fn measure_the_queries_per_minute() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let folder = open_folder();
    // Jobs wait there forever.
    let scheduler = cluster.rest(folder.path(), "down");
    healthy(&scheduler, true).await;
    let mut jobs = 0;
    for wanted in [1, 100, 5000] {
        let begin = Instant::now();
        let before = jobs;
        while jobs < wanted {
            submit(
                &scheduler,
                &task(folder.path(), &format!("dm-{jobs}"), "true"),
            )
            .await;
            jobs += 1;
        }
        let submitted = begin.elapsed();
        tokio::time::sleep(Duration::from_secs(5)).await;
        let (asked, all) = cluster.questions();
        tokio::time::sleep(Duration::from_secs(60)).await;
        let (asked_then, all_then) = cluster.questions();
        println!(
            "{wanted} jobs in flight: {} lists of jobs and {} calls in all per minute \
             ({} submissions took {:.1} s)",
            asked_then - asked,
            all_then - all,
            wanted - before,
            submitted.as_secs_f64()
        );
        println!("{}", scheduler.health().await.detail);
    }
}
