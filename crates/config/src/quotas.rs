//! How much an owner may have.

use std::{collections::HashMap, num::NonZeroU32};

use hyphy::methods;

use crate::{Group, Setting, env::Env, limits};

/// How much an owner may have. `None`: no limit.
#[derive(Debug, Clone)]
pub struct QuotaConfig {
    /// Jobs of an owner that wait.
    pub queued_jobs: Option<u32>,
    /// Jobs of an owner that run at the same time.
    pub running_jobs: Option<u32>,
    /// Bytes of an owner's datasets and visualizations.
    pub stored_bytes: Option<u64>,
    /// Visualizations of an owner.
    pub visualizations: Option<u32>,
    /// Free bytes of the disk below which uploads are refused; 0: never.
    pub min_free_bytes: u64,
    /// Requests from one address.
    pub requests: Option<RequestRate>,
    /// Whether the address of a request is the last of `X-Forwarded-For`.
    pub trust_proxy: bool,
    /// Largest data by analysis; any that is read for those that are not in it.
    pub data: HashMap<&'static str, DataQuota>,
}

/// How fast requests may come from one address.
#[derive(Debug, Clone, Copy)]
pub struct RequestRate {
    /// In the long run (`RATE_LIMIT_PER_SECOND`).
    pub per_second: NonZeroU32,
    /// At once (`RATE_LIMIT_BURST`).
    pub burst: NonZeroU32,
}

/// Largest data of an analysis.
#[derive(Debug, Clone, Copy, Default)]
pub struct DataQuota {
    /// Sequences, or leaves of the tree.
    pub sequences: Option<usize>,
    /// Columns of the alignment.
    pub sites: Option<usize>,
}

static QUEUED: Setting = Setting::new(
    "MAX_QUEUED_JOBS_PER_USER",
    "maximum number of an owner's waiting jobs; `0`: no limit",
)
.or_else("1000 with tokens, else none");
static RUNNING: Setting = Setting::new(
    "MAX_RUNNING_JOBS_PER_USER",
    "maximum number of an owner's running jobs; `0`: no limit",
)
.or("0");
static STORED: Setting = Setting::new(
    "MAX_BYTES_PER_USER",
    "maximum size of an owner's datasets and visualizations in bytes; `0`: no limit",
)
.or_else("10737418240 with tokens, else none");
static VISUALIZATIONS: Setting = Setting::new(
    "MAX_VISUALIZATIONS_PER_USER",
    "maximum number of an owner's visualizations; `0`: no limit",
)
.or_else("10000 with tokens, else none");
static MIN_FREE: Setting = Setting::new(
    "MIN_FREE_BYTES",
    "free disk space in bytes below which uploads are rejected",
)
.or("1073741824");
static PER_SECOND: Setting = Setting::new(
    "RATE_LIMIT_PER_SECOND",
    "average number of requests per second from one address; `0`: no limit",
)
.or_else("20 with tokens, else none");
static BURST: Setting = Setting::new(
    "RATE_LIMIT_BURST",
    "number of requests from one address that may arrive at once",
)
.or("400");
static TRUST_PROXY: Setting = Setting::new(
    "TRUST_PROXY",
    "whether to take a client's address from the last entry of `X-Forwarded-For`",
)
.or("false");

pub(crate) const GROUP: Group = Group {
    title: "Quotas",
    settings: &[
        &QUEUED,
        &RUNNING,
        &STORED,
        &VISUALIZATIONS,
        &MIN_FREE,
        &PER_SECOND,
        &BURST,
        &TRUST_PROXY,
    ],
};

const NUMBER: &str = "a whole number; 0 means no limit";

impl QuotaConfig {
    pub(crate) fn read(env: &mut Env<'_>, tokens: bool) -> Self {
        let some = |number: u32| (number > 0).then_some(number);
        // Where all callers share one owner, there is nobody to be fair to.
        let with_tokens = |number: u32| if tokens { number } else { 0 };
        let queued_jobs = some(env.parse_or(&QUEUED, NUMBER, with_tokens(1000)));
        let running_jobs = some(env.parse_or(&RUNNING, NUMBER, 0));
        let stored: u64 = env.parse_or(&STORED, NUMBER, if tokens { 10 << 30 } else { 0 });
        let visualizations = env.parse_or(&VISUALIZATIONS, NUMBER, with_tokens(10_000));
        let per_second = env.parse_or(&PER_SECOND, NUMBER, with_tokens(20));
        let burst = env.at_least_1(&BURST);
        let requests = NonZeroU32::new(per_second).zip(NonZeroU32::new(burst));
        let mut data = HashMap::new();
        for analysis in methods::ALL {
            let mut number = |setting: &Setting| {
                let number = env.optional(&setting.of(analysis), "a whole number");
                number.filter(|number| *number > 0)
            };
            let quota = DataQuota {
                sequences: number(&limits::SEQUENCES),
                sites: number(&limits::SITES),
            };
            if quota.sequences.is_some() || quota.sites.is_some() {
                data.insert(analysis.id, quota);
            }
        }
        Self {
            queued_jobs,
            running_jobs,
            visualizations: some(visualizations),
            stored_bytes: (stored > 0).then_some(stored),
            min_free_bytes: env.parse_or(&MIN_FREE, "a number of bytes", 0),
            requests: requests.map(|(per_second, burst)| RequestRate { per_second, burst }),
            trust_proxy: env.parse_or(&TRUST_PROXY, "true or false", false),
            data,
        }
    }
}
