//! The clock for everything that is recorded about jobs and sessions.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

/// Seconds by which a test shifts the clock of its own process.
#[cfg(feature = "fail-points")]
pub static WRONG_BY: std::sync::atomic::AtomicI64 = std::sync::atomic::AtomicI64::new(0);

/// Returns the current time.
#[must_use]
pub fn now() -> DateTime<Utc> {
    #[cfg(feature = "fail-points")]
    let wrong_by = WRONG_BY.load(std::sync::atomic::Ordering::Relaxed) + wrong_by_file();
    #[cfg(not(feature = "fail-points"))]
    let wrong_by = 0;
    Utc::now() + TimeDelta::seconds(wrong_by)
}

/// Seconds by which a test shifts the clock of a service that it started: the content of the file
/// that `CLOCK_WRONG_BY` names. The test may change it at any time.
#[cfg(feature = "fail-points")]
fn wrong_by_file() -> i64 {
    let file = std::env::var_os("CLOCK_WRONG_BY");
    let text = file.and_then(|file| std::fs::read_to_string(file).ok());
    text.and_then(|text| text.trim().parse().ok()).unwrap_or(0)
}

/// Returns a duration that can be added to a time. One that is too long for that becomes a hundred
/// years.
#[must_use]
pub fn delta(duration: Duration) -> TimeDelta {
    TimeDelta::from_std(duration).unwrap_or(TimeDelta::days(36_500))
}
