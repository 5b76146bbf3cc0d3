//! Named points at which tests make things go wrong (the feature `fail-points`; without it they are
//! nothing). `FAILPOINTS='job-claimed=1*return(kill)'` and the like say what happens where: `return`
//! is an error in a file, `return(full)` a full disk, `return(kill)` the end of the process, and
//! `sleep(MS)` a delay.

/// A point at which a test may make the function fail. The function returns a `Result` whose error can
/// be made of a [`std::io::Error`].
macro_rules! fail_point {
    ($name:literal) => {
        #[cfg(feature = "fail-points")]
        fail::fail_point!($name, |what: Option<String>| {
            Err($crate::faults::injected($name, what.as_deref()).into())
        });
    };
}

pub(crate) use fail_point;

/// Makes happen what `FAILPOINTS` says, for as long as the process lives.
pub fn arm_fail_points() {
    #[cfg(feature = "fail-points")]
    std::mem::forget(fail::FailScenario::setup());
}

/// The error that a test asks for, unless it asks for the end of the process.
#[cfg(feature = "fail-points")]
pub(crate) fn injected(name: &str, what: Option<&str>) -> std::io::Error {
    match what {
        Some("kill") => {
            let own = rustix::process::getpid();
            // Nothing that the process could still do may happen.
            rustix::process::kill_process(own, rustix::process::Signal::KILL).ok();
            std::process::abort();
        }
        Some("full") => rustix::io::Errno::NOSPC.into(),
        _ => std::io::Error::other(format!("injected at {name}")),
    }
}
