//! The clock for everything that is recorded about jobs.

use chrono::{DateTime, Utc};

/// Seconds by which a test shifts the clock.
#[cfg(feature = "fail-points")]
pub static WRONG_BY: std::sync::atomic::AtomicI64 = std::sync::atomic::AtomicI64::new(0);

/// Returns the current time.
#[must_use]
pub fn now() -> DateTime<Utc> {
    #[cfg(feature = "fail-points")]
    let wrong_by = WRONG_BY.load(std::sync::atomic::Ordering::Relaxed);
    #[cfg(not(feature = "fail-points"))]
    let wrong_by = 0;
    Utc::now() + chrono::TimeDelta::seconds(wrong_by)
}
