//! Fail points: named steps at which tests inject faults (feature `fail-points`; without it they
//! are compiled out). `FAILPOINTS='job-claimed=return(kill@/tmp/once)'` selects a fault for a fail
//! point: `return` is an I/O error, `return(full)` a full disk, `return(kill)` the end of the
//! process, and `sleep(MS)` a delay. `@FILE` makes the fault happen once, in the process that
//! removes the file.

/// Marks a step at which a test may make the function fail. The function returns a `Result` whose
/// error can be made from a [`std::io::Error`].
#[cfg(feature = "fail-points")]
#[macro_export]
macro_rules! fail_point {
    ($name:literal) => {
        if let Some(fault) = $crate::faults::at($name) {
            return Err(fault.into());
        }
    };
}

/// Marks a step at which a test may make the function fail. Without `fail-points` it does nothing.
#[cfg(not(feature = "fail-points"))]
#[macro_export]
macro_rules! fail_point {
    ($name:literal) => {};
}

/// Activates the faults in `FAILPOINTS` for the lifetime of the process.
pub fn arm() {
    #[cfg(feature = "fail-points")]
    std::mem::forget(fail::FailScenario::setup());
}

/// The error that a test requests at a fail point. If the test requests it, ends the process
/// instead.
#[cfg(feature = "fail-points")]
#[must_use]
pub fn at(name: &str) -> Option<std::io::Error> {
    fail::fail_point!(name, |what| injected(name, &what.unwrap_or_default()));
    None
}

#[cfg(feature = "fail-points")]
fn injected(name: &str, what: &str) -> Option<std::io::Error> {
    let (what, once) = what.split_once('@').unwrap_or((what, ""));
    if !once.is_empty() && std::fs::remove_file(once).is_err() {
        return None;
    }
    Some(match what {
        "kill" => {
            let own = rustix::process::getpid();
            // The process must do nothing more.
            rustix::process::kill_process(own, rustix::process::Signal::KILL).ok();
            std::process::abort();
        }
        "full" => rustix::io::Errno::NOSPC.into(),
        _ => std::io::Error::other(format!("injected at {name}")),
    })
}
