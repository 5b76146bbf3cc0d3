//! Whose data is whose.

use std::{net::IpAddr, path::PathBuf, time::Duration};

use crate::{Group, Setting, env::Env};

/// How callers are told apart.
#[derive(Debug, Clone)]
pub struct AccessConfig {
    /// Each session has data of its own; otherwise all callers share one owner.
    pub tokens: bool,
    /// File of the key that signs tokens; `None`: one of our own beside the database, made at the
    /// first start.
    pub key: Option<PathBuf>,
    /// Slurm's key, which must not sign users' tokens.
    pub slurm_key: Option<PathBuf>,
    /// How long an unused session is kept, and how long a token is valid.
    pub max_age: Duration,
    /// Time between two removals of unused sessions; `None`: they are never removed.
    pub cleanup_interval: Option<Duration>,
}

static TOKENS: Setting = Setting::new(
    "USER_TOKEN_ENABLED",
    "whether each session has its own data",
)
.or_else("`true`, but `false` on a loopback address");
/// Slurm's key must not be the same file, so the scheduler's settings read it, too.
pub(crate) static KEY: Setting = Setting::new(
    "USER_JWT_KEY_PATH",
    "file with the key that signs tokens, at least 32 bytes",
)
.or_else("`service-datamonkey.key` next to the database, created at the first start");
static MAX_AGE: Setting = Setting::new(
    "SESSION_MAX_AGE",
    "lifetime of a token and of an unused session",
)
.or("720h");
static CLEANUP: Setting = Setting::new(
    "SESSION_CLEANUP_INTERVAL",
    "interval between removals of unused sessions; `0`: never",
)
.or("1h");

pub(crate) const GROUP: Group = Group {
    title: "Sessions",
    settings: &[&TOKENS, &KEY, &MAX_AGE, &CLEANUP],
};

impl AccessConfig {
    pub(crate) fn read(env: &mut Env<'_>, host: IpAddr, slurm_key: Option<PathBuf>) -> Self {
        let tokens = env.optional(&TOKENS, "true or false");
        let cleanup = env.duration(&CLEANUP);
        let problems = env.problems.len();
        let max_age = env.duration(&MAX_AGE);
        if max_age.is_zero() && env.problems.len() == problems {
            env.problems
                .push("SESSION_MAX_AGE must be longer than 0, such as 720h.".to_owned());
        }
        Self {
            tokens: tokens.unwrap_or(!host.is_loopback()),
            key: env.path(&KEY),
            slurm_key,
            max_age,
            cleanup_interval: Some(cleanup).filter(|interval| !interval.is_zero()),
        }
    }
}
