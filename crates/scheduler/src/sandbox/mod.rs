//! The wrapper around every command, on every scheduler: `datamonkey sandbox … -- PROGRAM …`.
//!
//! Two processes. The **supervisor** ([`supervise`]) leads a session of its own, so that it
//! outlives the service; it claims the attempt, keeps the log and the progress line, ends the
//! command when told to, when its time is up or when the attempt is taken from it, and all that the
//! command has started with it, and writes the exit record. The **confined** process ([`confine`])
//! gives up what the command does not need and then becomes the command: it can read the system's
//! libraries, the engine and its working directory, write the latter, and reach no network and no
//! other process. Where the supervisor is root, the command is another user's ([`JobUser`]).

mod claim;
mod confine;
mod descendants;
mod files;
mod level;
mod output;
mod record;
mod supervise;
mod syscalls;
mod user;

pub use confine::{Confinement, confine, report};
pub use level::{Level, Mode, probe};
pub(crate) use supervise::CLAIM_EVERY;
pub use supervise::{ALREADY_TAKEN, CANNOT_BEGIN, Options, supervise};
pub use user::JobUser;

/// `PATH` of every command: nothing in it is the user's.
pub const PATH: &str = "/usr/bin:/bin";
