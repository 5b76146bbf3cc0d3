//! A model-based test of jobs. It runs the service with random client calls and random scheduler
//! answers: late, lost, duplicated, out of order, with reused ids, with clocks that jump, and with
//! restarts of the service in between.
//!
//! The model only records which jobs clients have started and deleted. The test checks more: no
//! attempt is submitted twice, a job changes state only as the diagram in `jobs/mod.rs` allows,
//! finished jobs do not change, and once the faults stop, every job reaches a final state that one
//! of its attempts accounts for.
#![allow(clippy::unwrap_used, clippy::panic)]

#[allow(dead_code, unreachable_pub)]
#[path = "../../../../../tests/patience.rs"]
mod patience;
mod scripted;

use std::{
    collections::BTreeMap,
    fs,
    io::Read,
    os::unix::fs::PermissionsExt,
    sync::{Arc, atomic::Ordering},
};

use api::{DatasetMeta, Job, JobState};
use bytes::Bytes;
use proptest::{prelude::*, test_runner::Config as Cases};
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};
use serde_json::json;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use self::{
    patience::{Patience, STILL},
    scripted::{End, Scripted, Submission},
};
use config::Config;
use store::{FileKind, JobRecord, clock};

use crate::{Service, app, datasets::Incoming, jobs, sessions::OPEN};

/// Number of jobs in a test case.
const JOBS: usize = 3;

/// One step of a test case. Jobs are numbered. Attempts are chosen among the running ones.
#[derive(Debug, Clone)]
enum Step {
    Start { job: usize, retry: bool },
    Delete { job: usize },
    NextSubmission(Submission),
    Runs { which: usize, running: bool },
    Ends { which: usize, end: End, told: bool },
    TellAgain,
    Away(bool),
    Stale(bool),
    ReuseHandles,
    ClockJumps { hours: i64 },
    Restart,
}

/// The reference state: what clients know.
#[derive(Debug, Clone, Default)]
struct Reference {
    started: [bool; JOBS],
}

struct Machine;

impl ReferenceStateMachine for Machine {
    type State = Reference;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Reference> {
        Just(Reference::default()).boxed()
    }

    fn transitions(_: &Reference) -> BoxedStrategy<Step> {
        let submission = prop_oneof![
            Just(Submission::Refused),
            Just(Submission::Away),
            Just(Submission::AnswerLost),
            Just(Submission::AllLost),
        ];
        let end = prop_oneof![
            4 => Just(End::Well),
            1 => Just(End::Badly),
            1 => Just(End::Numerically),
            1 => Just(End::NotStarted),
            2 => Just(End::Lost),
        ];
        prop_oneof![
            6 => (0..JOBS, any::<bool>()).prop_map(|(job, retry)| Step::Start { job, retry }),
            1 => (0..JOBS).prop_map(|job| Step::Delete { job }),
            3 => submission.prop_map(Step::NextSubmission),
            4 => (0..JOBS, prop::bool::weighted(0.8))
                .prop_map(|(which, running)| Step::Runs { which, running }),
            5 => (0..JOBS, end, prop::bool::weighted(0.8))
                .prop_map(|(which, end, told)| Step::Ends { which, end, told }),
            2 => Just(Step::TellAgain),
            1 => any::<bool>().prop_map(Step::Away),
            1 => any::<bool>().prop_map(Step::Stale),
            1 => Just(Step::ReuseHandles),
            1 => (-50_i64..50).prop_map(|hours| Step::ClockJumps { hours }),
            1 => Just(Step::Restart),
        ]
        .boxed()
    }

    fn apply(mut state: Reference, step: &Step) -> Reference {
        match step {
            Step::Start { job, .. } => state.started[*job] = true,
            Step::Delete { job } => state.started[*job] = false,
            _ => {}
        }
        state
    }
}

/// The system under test: the service and its surroundings.
struct Sut {
    folder: TempDir,
    scheduler: Scripted,
    /// `None` only during a restart.
    living: Option<(Runtime, Arc<Service>)>,
    datasets: (String, String),
    ids: BTreeMap<usize, String>,
    /// The last seen state and result of each job.
    seen: BTreeMap<usize, (JobState, Option<String>)>,
}

fn open(folder: &TempDir, scheduler: &Scripted) -> (Runtime, Arc<Service>) {
    let data = folder.path().join("data").to_string_lossy().into_owned();
    let engine = folder.path().join("hyphy").to_string_lossy().into_owned();
    let config = Config::read(|name| match name {
        "DATAMONKEY_DATA" => Some(data.clone()),
        "HYPHY_PATH" => Some(engine.clone()),
        "MIN_FREE_BYTES" | "ESTIMATE_MAX_SECS" => Some("0".to_owned()),
        _ => None,
    });
    let runtime = Runtime::new().unwrap();
    let service = runtime.block_on(app::open_with(config.unwrap(), Arc::new(scheduler.clone())));
    (runtime, service.unwrap())
}

/// Writes a fake engine that passes the service's checks and never runs a job.
fn write_engine(folder: &TempDir) {
    fs::create_dir_all(folder.path().join("share/hyphy/TemplateBatchFiles")).unwrap();
    let program = folder.path().join("hyphy");
    let text = "#!/bin/sh\ncase \"$*\" in\n*--version*) echo 'HYPHY 2.5.68(MP) for Linux on x86_64' ;;\n\
        *) echo 'Available analysis command line options'; echo alignment; echo pvalue ;;\nesac\n";
    fs::write(&program, text).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
}

async fn upload(service: &Service, content: &'static str) -> String {
    let mut incoming = Incoming::new(service).unwrap();
    incoming
        .write(&Bytes::from_static(content.as_bytes()))
        .unwrap();
    let meta = DatasetMeta {
        name: "data".to_owned(),
        kind: "test".to_owned(),
        description: String::new(),
    };
    incoming.keep(service, OPEN, meta).await.unwrap().id
}

impl Sut {
    fn service(&self) -> &Arc<Service> {
        &self.living.as_ref().unwrap().1
    }

    fn run<T>(&self, work: impl Future<Output = T>) -> T {
        self.living.as_ref().unwrap().0.block_on(work)
    }

    fn start(&mut self, job: usize, retry: bool) {
        let fel = hyphy::methods::find("fel").unwrap();
        let body = json!({
            "alignment": self.datasets.0,
            "tree": self.datasets.1,
            "pvalue": 0.01 * (job + 1) as f64,
        });
        let service = self.service();
        let body = body.as_object().unwrap();
        let started: Job = self
            .run(jobs::start(service, OPEN, fel, body, retry, None))
            .unwrap();
        if retry {
            // A job that failed or was cancelled may start over.
            self.seen.remove(&job);
        }
        self.ids.insert(job, started.job_id);
    }

    fn row(&self, job: usize) -> Option<JobRecord> {
        let id = self.ids.get(&job)?;
        self.run(self.service().store.job(OPEN, id)).unwrap()
    }

    fn kill(&mut self) {
        let (runtime, service) = self.living.take().unwrap();
        drop(service);
        // The tasks stop here: the runtime drops them wherever they are.
        runtime.shutdown_timeout(STILL);
    }

    /// Returns the stored result of a job.
    fn result(&self, row: &JobRecord) -> Option<String> {
        let sha256 = row.result_sha256.as_ref()?;
        let mut text = String::new();
        let mut result = self.service().files.open_result(sha256).unwrap();
        result.read_to_string(&mut text).unwrap();
        Some(text)
    }

    /// Checks the invariants that hold at any time.
    fn check(&mut self) {
        assert_eq!(self.scheduler.state().wrong, Vec::<String>::new());
        // Every running attempt is the one that its job waits for, so no job has two running
        // attempts.
        let running = self.scheduler.running();
        let orphans = self
            .service()
            .store
            .without_row(FileKind::Attempt, &running);
        assert_eq!(self.run(orphans).unwrap(), Vec::<String>::new());
        for job in 0..JOBS {
            let Some(row) = self.row(job) else { continue };
            let now = row.state;
            let result = self.result(&row);
            assert_eq!(now == JobState::Completed, result.is_some());
            if let Some((before, result_before)) = self.seen.get(&job)
                && before.is_final()
            {
                assert_eq!(
                    (now, &result),
                    (*before, result_before),
                    "what is over stays"
                );
            }
            self.seen.insert(job, (now, result));
        }
    }

    /// Stops the faults, and waits until every job has ended.
    fn come_to_rest(&mut self, reference: &Reference) {
        self.scheduler.state().away = false;
        self.scheduler.state().next.clear();
        self.scheduler.set_stale(false);
        let mut patience = Patience::new("every job is over");
        loop {
            for attempt in self.scheduler.running() {
                self.scheduler.end(&attempt, End::Well);
            }
            self.scheduler.tell("");
            let rows: Vec<JobRecord> = (0..JOBS).filter_map(|job| self.row(job)).collect();
            if rows.iter().all(|row| row.state.is_final()) {
                break;
            }
            std::thread::sleep(patience.pause(format!("{rows:?}")));
        }
        self.check();
        for job in 0..JOBS {
            let row = self.row(job);
            assert_eq!(row.is_some(), reference.started[job]);
            let Some(row) = row else { continue };
            let state = self.scheduler.state();
            let attempt = row.attempt_name.as_ref();
            let end = attempt
                .and_then(|name| state.attempts.get(name))
                .map(|known| known.end);
            match (row.state, end) {
                (JobState::Completed, Some(Some(End::Well))) => {
                    let result = self.result(&row).unwrap();
                    assert!(
                        result.contains(attempt.unwrap()),
                        "the result is that attempt's"
                    );
                }
                // It failed, met a numerical error even when tolerant, was lost twice, or was
                // refused.
                (
                    JobState::Failed,
                    Some(Some(End::Badly | End::Numerically | End::Lost)) | None,
                ) => {}
                (other, end) => panic!("{other:?} after {end:?}: {row:?}"),
            }
        }
        assert!(self.service().postponed.summary().is_none());
    }
}

impl StateMachineTest for Machine {
    type SystemUnderTest = Sut;
    type Reference = Self;

    fn init_test(_: &Reference) -> Sut {
        let folder = TempDir::new().unwrap();
        write_engine(&folder);
        let scheduler = Scripted::new();
        let (runtime, service) = open(&folder, &scheduler);
        let fasta = ">a\nATGAAATTT\n>b\nATGAAGTTC\n>c\nATGCAATTT\n>d\nATGAAATAT\n";
        let datasets = runtime.block_on(async {
            let alignment = upload(&service, fasta).await;
            (alignment, upload(&service, "((a,b),c,d);\n").await)
        });
        Sut {
            folder,
            scheduler,
            living: Some((runtime, service)),
            datasets,
            ids: BTreeMap::new(),
            seen: BTreeMap::new(),
        }
    }

    fn apply(mut sut: Sut, _: &Reference, step: Step) -> Sut {
        match step {
            Step::Start { job, retry } => sut.start(job, retry),
            Step::Delete { job } => {
                if let Some(id) = sut.ids.get(&job).cloned() {
                    // If the job cannot be stopped, the service reports that and does not delete
                    // it. Ask again.
                    sut.scheduler.state().away = false;
                    sut.scheduler.set_stale(false);
                    let mut patience = Patience::new("the job is deleted");
                    while let Err(e) = sut.run(jobs::remove(sut.service(), OPEN, &id)) {
                        let gone = matches!(e, crate::error::Error::NoJob { .. });
                        if gone {
                            break;
                        }
                        std::thread::sleep(patience.pause(e));
                    }
                    sut.ids.remove(&job);
                    sut.seen.remove(&job);
                }
            }
            Step::NextSubmission(next) => sut.scheduler.state().next.push_back(next),
            Step::Runs { which, running } => {
                if let Some(name) = sut.scheduler.running().get(which) {
                    sut.scheduler.set_running(name, running);
                    sut.scheduler.tell(name);
                }
            }
            Step::Ends { which, end, told } => {
                if let Some(name) = sut.scheduler.running().get(which) {
                    sut.scheduler.end(name, end);
                    if told {
                        sut.scheduler.tell(name);
                    }
                }
            }
            Step::TellAgain => {
                sut.scheduler.tell("");
                sut.scheduler.tell("dm-unknown");
            }
            Step::Away(away) => sut.scheduler.state().away = away,
            Step::Stale(stale) => sut.scheduler.set_stale(stale),
            Step::ReuseHandles => sut.scheduler.reuse_handles(),
            Step::ClockJumps { hours } => {
                clock::WRONG_BY.fetch_add(hours * 3600, Ordering::Relaxed);
            }
            Step::Restart => {
                sut.kill();
                sut.living = Some(open(&sut.folder, &sut.scheduler));
            }
        }
        sut.check();
        sut
    }

    fn teardown(mut sut: Sut, reference: Reference) {
        sut.check();
        sut.come_to_rest(&reference);
        sut.kill();
    }
}

prop_state_machine! {
    #![proptest_config(Cases { cases: 48, max_shrink_iters: 200, failure_persistence: None, ..Cases::default() })]

    #[test]
    fn every_job_ends_as_one_of_its_attempts_did(sequential 1..30 => Machine);
}
