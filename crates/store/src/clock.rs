//! The clock for everything that is recorded about jobs.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

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
    Utc::now() + TimeDelta::seconds(wrong_by)
}

/// Returns a duration that can be added to a time. One that is too long for that becomes a hundred
/// years.
#[must_use]
pub fn delta(duration: Duration) -> TimeDelta {
    TimeDelta::from_std(duration).unwrap_or(TimeDelta::days(36_500))
}
