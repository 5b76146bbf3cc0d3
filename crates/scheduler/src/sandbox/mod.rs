//! The wrapper around every command, on every scheduler: `datamonkey sandbox … -- PROGRAM …`.
//!
//! It consists of two processes. The **supervisor** ([`supervise`]) leads its own session, so that
//! it outlives the service. It claims the attempt, keeps the log and the progress line, and writes
//! the exit record. It ends the command, and everything that the command started, when it is asked
//! to, when the time limit is reached, or when another process takes over the attempt.
//!
//! The **confined** process ([`confine`]) gives up all rights that the command does not need, and
//! then becomes the command. It can read the system's libraries, the engine and its working
//! directory. It can write only to its working directory, and it reaches no network and no other
//! process. If the supervisor is root, the command runs as another user ([`JobUser`]).

mod claim;
mod confine;
mod descendants;
mod files;
mod output;
mod reach;
mod record;
mod supervise;
mod syscalls;
mod user;

pub use confine::{Confinement, confine, report};
pub use reach::probe;
pub(crate) use supervise::CLAIM_EVERY;
pub use supervise::{ALREADY_TAKEN, CANNOT_BEGIN, Options, supervise};
pub use user::JobUser;

pub use crate::confinement::{Level, Mode};
