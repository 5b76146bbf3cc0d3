//! The schedule of steps and kills. It depends only on the seed.

use std::time::Duration;

use crate::random::Random;

/// A start request. Its number becomes the parameter `pvalue`, so each is a different job that the
/// engine can identify.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Start {
    pub(crate) number: u64,
    /// The alignment.
    pub(crate) content: u64,
    /// The tree is inferred, which adds a dataset.
    pub(crate) inferred: bool,
}

/// A client's action.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Action {
    Upload { content: u64 },
    UploadSlowly { content: u64 },
    Start(Start),
    Retry(Start),
    DeleteJob(Start),
    DeleteDataset { content: u64 },
    Replay,
    ReadDataset { content: u64 },
    ReadResult(Start),
    Rest,
}

/// One step of a client.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    pub(crate) action: Action,
    /// If the connection breaks, the client repeats the request until there is a response.
    /// Otherwise it never learns the outcome.
    pub(crate) persists: bool,
    /// It sends an Idempotency-Key.
    pub(crate) keyed: bool,
    pub(crate) pause: Duration,
}

/// Number of contents that clients upload as alignments. It is small, so several clients upload the
/// same content and share its file on the disk.
const ALIGNMENTS: u64 = 120;
/// Contents from this number on are large and not alignments.
pub(crate) const LARGE: u64 = 1 << 32;
/// Number of a client's jobs.
pub(crate) const JOBS_EACH: u64 = 200_000;

/// The endless steps of one client.
#[derive(Debug, Clone)]
pub(crate) struct Steps {
    random: Random,
    client: u64,
    made: u64,
    alignments: Vec<u64>,
    large: Vec<u64>,
    jobs: Vec<Start>,
    deleted: Vec<Start>,
}

impl Steps {
    pub(crate) fn new(seed: u64, client: u64) -> Self {
        Self {
            random: Random::new(seed, 100 + client),
            client,
            made: 0,
            alignments: Vec::new(),
            large: Vec::new(),
            jobs: Vec::new(),
            deleted: Vec::new(),
        }
    }

    pub(crate) fn next(&mut self) -> Step {
        let action = self.action();
        Step {
            action,
            persists: self.random.percent(60),
            keyed: self.random.percent(50),
            pause: Duration::from_millis(self.random.below(60)),
        }
    }

    fn action(&mut self) -> Action {
        let random = &mut self.random;
        match random.below(100) {
            0..15 => {
                let content = random.below(ALIGNMENTS);
                if !self.alignments.contains(&content) {
                    self.alignments.push(content);
                }
                Action::Upload { content }
            }
            15..20 => {
                self.made += 1;
                let content = LARGE * (self.client + 1) + self.made;
                self.large.push(content);
                Action::UploadSlowly { content }
            }
            20..46 => self.start(),
            46..50 => self.known(Action::Start),
            50..54 => self.known(Action::Retry),
            54..63 => {
                let Some(job) = random.one(&self.jobs).copied() else {
                    return Action::Rest;
                };
                self.jobs.retain(|other| *other != job);
                self.deleted.push(job);
                Action::DeleteJob(job)
            }
            63..66 => self.delete_dataset(),
            66..74 => Action::Replay,
            74..82 => {
                let all = if random.percent(50) {
                    &self.large
                } else {
                    &self.alignments
                };
                random
                    .one(all)
                    .map_or(Action::Rest, |content| Action::ReadDataset {
                        content: *content,
                    })
            }
            82..92 => self.known(Action::ReadResult),
            _ => Action::Rest,
        }
    }

    /// A new job, or sometimes one that was deleted before.
    fn start(&mut self) -> Action {
        if self.random.percent(8)
            && let Some(job) = self.random.one(&self.deleted).copied()
        {
            self.deleted.retain(|other| *other != job);
            self.jobs.push(job);
            return Action::Start(job);
        }
        let Some(content) = self.random.one(&self.alignments).copied() else {
            return Action::Rest;
        };
        self.made += 1;
        let job = Start {
            number: self.client * JOBS_EACH + self.made,
            content,
            inferred: self.random.percent(25),
        };
        self.jobs.push(job);
        Action::Start(job)
    }

    /// An action on one of the last jobs, which may still be running.
    fn known(&mut self, what: impl FnOnce(Start) -> Action) -> Action {
        let recent = self.jobs.len().saturating_sub(12);
        let job = self.random.one(&self.jobs[recent..]).copied();
        job.map_or(Action::Rest, what)
    }

    /// Together with all jobs that use it.
    fn delete_dataset(&mut self) -> Action {
        let large = self.random.percent(60);
        let all = if large {
            &mut self.large
        } else {
            &mut self.alignments
        };
        let Some(content) = self.random.one(all).copied() else {
            return Action::Rest;
        };
        all.retain(|other| *other != content);
        self.jobs.retain(|job| job.content != content);
        self.deleted.retain(|job| job.content != content);
        Action::DeleteDataset { content }
    }
}

/// What to kill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kill {
    Service,
    /// The service, again during its start, after this time.
    ServiceTwice(Duration),
    Supervisor,
    /// The service and all supervisors at the same moment, as when a machine goes down.
    All,
}

/// Returns the next kill, and its delay after the previous one.
pub(crate) fn kill(random: &mut Random) -> (Duration, Kill) {
    let wait = Duration::from_millis(80 + random.below(820));
    let kill = match random.below(100) {
        0..45 => Kill::Service,
        45..57 => Kill::ServiceTwice(Duration::from_millis(random.below(250))),
        57..88 => Kill::Supervisor,
        _ => Kill::All,
    };
    (wait, kill)
}

/// Returns a number that identifies the schedule of a seed: the first steps of all clients, and the
/// kills.
pub(crate) fn print(seed: u64, clients: u64, kills: usize) -> u64 {
    let mut text = String::new();
    for client in 0..clients {
        let mut steps = Steps::new(seed, client);
        for _ in 0..1000 {
            text += &format!("{:?}", steps.next());
        }
    }
    let mut random = Random::new(seed, 1);
    for _ in 0..kills {
        text += &format!("{:?}", kill(&mut random));
    }
    let hash = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    text.bytes().fold(0xcbf2_9ce4_8422_2325, hash)
}

/// Returns an alignment of four sequences that is different for each number, or a large text.
pub(crate) fn content(number: u64) -> Vec<u8> {
    let mut random = Random::new(number, 7);
    if number >= LARGE {
        let lines = 2000 + random.below(8000);
        let mut text = format!("no alignment, {number}\n");
        for _ in 0..lines {
            text += &format!("{:016x}{:016x}\n", random.next(), random.next());
        }
        return text.into_bytes();
    }
    let mut text = String::new();
    for name in ["s1", "s2", "s3", "s4"] {
        text += &format!(">{name}\n");
        for codon in 0..10 {
            // The first codons encode the number, so each number has a different alignment.
            let letter = if codon < 8 {
                (number >> (2 * codon)) & 3
            } else {
                random.below(4)
            };
            let codons = ["GCT", "CCA", "GGC", "ACG"];
            text += codons[usize::try_from(letter).unwrap()];
        }
        text += ["GCA\n", "CCA\n", "GGA\n", "ACA\n"][usize::try_from(random.below(4)).unwrap()];
    }
    text.into_bytes()
}

/// Returns a tree of the alignments' sequences.
pub(crate) const TREE: &str = "((s1:0.1,s2:0.1):0.1,s3:0.1,s4:0.1);\n";
