//! Runs many jobs on a stand-in that misbehaves at random. DATAMONKEY_HOSTILE_SEED sets the seed.

use std::{sync::Arc, time::Duration};

use scheduler::{Attempt, Observation, SubmitError};

use crate::{
    contract::{task, until},
    hostile::{Fixture, fixture, is_over, record},
    stand_in::Act,
};

const JOBS: usize = 12;

/// SplitMix64.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit
    }

    fn act(&mut self) -> Act {
        match self.below(7) {
            0 => Act::LoseReply,
            1 => Act::LoseRequest,
            2 => Act::Truncate,
            3 => Act::Say(500, "a proxy's words"),
            4 => Act::Say(502, "<html>"),
            5 => Act::Say(200, "[]"),
            _ => Act::Delay(50 + self.below(400)),
        }
    }
}

/// Every job has the end that was scripted, or never reached Slurm. No job exists twice.
async fn survives(seed: u64) {
    eprintln!("DATAMONKEY_HOSTILE_SEED={seed}");
    let mut random = Random(seed);
    let Fixture {
        folder,
        slurm,
        scheduler,
    } = fixture();
    let mut attempts = Vec::new();
    for n in 0..JOBS {
        if random.below(2) == 0 {
            slurm.act("submit", [random.act()]);
        }
        if random.below(2) == 0 {
            slurm.act("jobs", [random.act()]);
        }
        let task = task(folder.path(), &format!("dm-{seed}-{n}"), "true");
        let handle = loop {
            match scheduler.submit(&task).await {
                Ok(handle) => break handle,
                Err(SubmitError::Unclear(_)) => break String::new(),
                Err(SubmitError::Unavailable(_)) => {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                Err(SubmitError::Refused(why)) => panic!("seed {seed}, {}: {why}", task.name),
            }
        };
        attempts.push(Attempt {
            name: task.name,
            handle,
            directory: task.directory,
        });
    }
    for n in 0..8 {
        let act = random.act();
        slurm.act("jobs", [act]);
        let words = ["RUNNING", "TELEPORTED", "SUSPENDED", "PENDING"];
        let word = words[usize::try_from(random.below(4)).unwrap()];
        slurm.set_state(word);
        tokio::time::sleep(Duration::from_millis(200)).await;
        // Only jobs that never started have ended so far.
        for (attempt, seen) in attempts
            .iter()
            .zip(scheduler.poll(&attempts).await.unwrap())
        {
            let arrived = count(&slurm.state, &attempt.name) > 0;
            assert!(
                !(arrived && is_over(&seen)),
                "seed {seed}, step {n}: {seen:?}"
            );
        }
    }
    let mut lost = 0;
    for (attempt, code) in attempts.iter().zip(0..) {
        let times = count(&slurm.state, &attempt.name);
        assert!(
            times <= 1,
            "seed {seed}: {} runs {times} times",
            attempt.name
        );
        if times == 1 {
            record(attempt, code);
        }
        match until(&scheduler, attempt, is_over).await {
            Observation::Ended(exit) => {
                assert_eq!((times, exit.code), (1, Some(code)), "seed {seed}");
            }
            Observation::Lost(why) => {
                assert_eq!(times, 0, "seed {seed}: {} is lost: {why}", attempt.name);
                lost += 1;
            }
            _ => unreachable!(),
        }
    }
    assert!(lost < JOBS, "seed {seed}: nothing arrived");
}

fn count(state: &Arc<std::sync::Mutex<crate::stand_in::State>>, name: &str) -> usize {
    let state = state.lock().unwrap();
    state.jobs.values().filter(|(n, _)| n == name).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_job_is_lost_or_duplicated_with_any_seed() {
    let given = std::env::var("DATAMONKEY_HOSTILE_SEED").ok();
    let Some(given) = given else {
        tokio::join!(survives(1), survives(2), survives(3), survives(4));
        return;
    };
    survives(given.parse().unwrap()).await;
}
