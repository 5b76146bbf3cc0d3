//! What time it is, for what is written about jobs.

use chrono::{DateTime, Utc};

/// Seconds by which a test has the clock wrong.
#[cfg(test)]
pub(crate) static WRONG_BY: std::sync::atomic::AtomicI64 = std::sync::atomic::AtomicI64::new(0);

/// The time.
pub(crate) fn now() -> DateTime<Utc> {
    #[cfg(test)]
    let wrong_by = WRONG_BY.load(std::sync::atomic::Ordering::Relaxed);
    #[cfg(not(test))]
    let wrong_by = 0;
    Utc::now() + chrono::TimeDelta::seconds(wrong_by)
}
