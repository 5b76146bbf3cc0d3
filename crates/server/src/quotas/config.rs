//! How much anybody may have, from environment variables.

use std::{collections::HashMap, num::NonZeroU32};

use hyphy::methods;

use crate::config::Reader;

/// How much anybody may have. `None`: as much as they like.
#[derive(Debug, Clone)]
pub struct QuotaConfig {
    /// Jobs of an owner that wait (`MAX_QUEUED_JOBS_PER_USER`); 1000 where callers are told apart.
    pub queued_jobs: Option<u32>,
    /// Jobs of an owner that run at the same time (`MAX_RUNNING_JOBS_PER_USER`); any number.
    pub running_jobs: Option<u32>,
    /// Bytes of an owner's datasets and figures (`MAX_BYTES_PER_USER`); 10 GiB where callers are told apart.
    pub stored_bytes: Option<u64>,
    /// Figures of an owner (`MAX_VISUALIZATIONS_PER_USER`); 10000 where callers are told apart.
    pub visualizations: Option<u32>,
    /// Free bytes of the disk below which uploads are refused (`MIN_FREE_BYTES`); 1 GiB. 0: never.
    pub min_free_bytes: u64,
    /// Requests from one address; 20 a second, 400 at once where callers are told apart.
    pub requests: Option<RequestRate>,
    /// Whether the address of a request is the last of `X-Forwarded-For` (`TRUST_PROXY`); no.
    pub trust_proxy: bool,
    /// Largest data by analysis (`MAX_SEQUENCES_FEL`, `MAX_SITES_FEL` and so on); any that is read.
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

const QUEUED: u32 = 1000;
const DRAWN: u32 = 10_000;
const STORED: u64 = 10 << 30;
const MIN_FREE: u64 = 1 << 30;
const PER_SECOND: u32 = 20;
const BURST: u32 = 400;
const NUMBER: &str = "a whole number; 0 means no limit";

impl QuotaConfig {
    pub(crate) fn read<F: Fn(&str) -> Option<String>>(
        reader: &mut Reader<F>,
        tokens: bool,
    ) -> Self {
        let some = |number: u32| (number > 0).then_some(number);
        // Where all share one owner, there is nobody to share with.
        let usual = |number: u32| if tokens { number } else { 0 };
        let queued_jobs = some(reader.parse("MAX_QUEUED_JOBS_PER_USER", NUMBER, usual(QUEUED)));
        let running_jobs = some(reader.parse("MAX_RUNNING_JOBS_PER_USER", NUMBER, 0));
        let stored = if tokens { STORED } else { 0 };
        let stored: u64 = reader.parse("MAX_BYTES_PER_USER", NUMBER, stored);
        let drawn = reader.parse("MAX_VISUALIZATIONS_PER_USER", NUMBER, usual(DRAWN));
        let per_second = reader.parse("RATE_LIMIT_PER_SECOND", NUMBER, usual(PER_SECOND));
        let burst = reader.at_least_1("RATE_LIMIT_BURST", BURST);
        let requests = NonZeroU32::new(per_second).zip(NonZeroU32::new(burst));
        let mut data = HashMap::new();
        for analysis in methods::ALL {
            let suffix = analysis.id.to_uppercase().replace('-', "_");
            let mut number = |name: &str| {
                let number = reader.optional(&format!("{name}_{suffix}"), "a whole number");
                number.filter(|number| *number > 0)
            };
            let quota = DataQuota {
                sequences: number("MAX_SEQUENCES"),
                sites: number("MAX_SITES"),
            };
            if quota.sequences.is_some() || quota.sites.is_some() {
                data.insert(analysis.id, quota);
            }
        }
        Self {
            queued_jobs,
            running_jobs,
            visualizations: some(drawn),
            stored_bytes: (stored > 0).then_some(stored),
            min_free_bytes: reader.parse("MIN_FREE_BYTES", "a number of bytes", MIN_FREE),
            requests: requests.map(|(per_second, burst)| RequestRate { per_second, burst }),
            trust_proxy: reader.parse("TRUST_PROXY", "true or false", false),
            data,
        }
    }
}
