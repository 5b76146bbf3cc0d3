//! Quotas of an owner.

use std::{collections::HashMap, num::NonZeroU32};

use hyphy::methods;

use crate::{Group, Setting, env::Env, limits};

/// Quotas of an owner. `None` means that there is no limit.
#[derive(Debug, Clone)]
pub struct QuotaConfig {
    /// Maximum number of an owner's waiting jobs.
    pub queued_jobs: Option<u32>,
    /// Maximum number of an owner's running jobs.
    pub running_jobs: Option<u32>,
    /// Maximum size of an owner's datasets and visualizations in bytes.
    pub stored_bytes: Option<u64>,
    /// Maximum number of an owner's visualizations.
    pub visualizations: Option<u32>,
    /// Free disk space in bytes below which uploads are rejected. With 0, they never are.
    pub min_free_bytes: u64,
    /// Maximum rate of requests from one address.
    pub requests: Option<RequestRate>,
    /// Whether to take a client's address from the last entry of `X-Forwarded-For`.
    pub trust_proxy: bool,
    /// Limits on data by analysis. Analyses without an entry accept whatever the parsers accept.
    pub data: HashMap<&'static str, DataQuota>,
}

/// Maximum rate of requests from one address.
#[derive(Debug, Clone, Copy)]
pub struct RequestRate {
    /// On average (`RATE_LIMIT_PER_SECOND`).
    pub per_second: NonZeroU32,
    /// In a burst (`RATE_LIMIT_BURST`).
    pub burst: NonZeroU32,
}

/// Limits on the data of one analysis.
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
        // If all callers share one owner, there are no other owners to protect.
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
