//! Named points at which tests make things go wrong (the feature `fail-points`; without it they are
//! nothing). `FAILPOINTS='job-claimed=return(kill@/tmp/once)'` and the like say what happens where:
//! `return` is an error in a file, `return(full)` a full disk, `return(kill)` the end of the process, and
//! `sleep(MS)` a delay. `@FILE` makes it happen once: to whichever process removes the file.

/// A point at which a test may make the function fail. The function returns a `Result` whose error can
/// be made of a [`std::io::Error`].
#[cfg(feature = "fail-points")]
#[macro_export]
macro_rules! fail_point {
    ($name:literal) => {
        if let Some(fault) = $crate::faults::at($name) {
            return Err(fault.into());
        }
    };
}

/// A point at which a test may make the function fail, which is nothing without `fail-points`.
#[cfg(not(feature = "fail-points"))]
#[macro_export]
macro_rules! fail_point {
    ($name:literal) => {};
}

/// Makes happen what `FAILPOINTS` says, for as long as the process lives.
pub fn arm() {
    #[cfg(feature = "fail-points")]
    std::mem::forget(fail::FailScenario::setup());
}

/// The error that a test asks for at a point, unless it asks for the end of the process.
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
            // Nothing that the process could still do may happen.
            rustix::process::kill_process(own, rustix::process::Signal::KILL).ok();
            std::process::abort();
        }
        "full" => rustix::io::Errno::NOSPC.into(),
        _ => std::io::Error::other(format!("injected at {name}")),
    })
}
