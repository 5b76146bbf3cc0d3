//! How the service separates the data of its users.

use std::{net::IpAddr, path::PathBuf, time::Duration};

use crate::{Group, Setting, env::Env};

/// How the service identifies callers.
#[derive(Debug, Clone)]
pub struct AccessConfig {
    /// Whether each session has its own data. Otherwise, all callers share one owner.
    pub tokens: bool,
    /// File with the key that signs tokens. With `None`, the service uses its own key next to the
    /// database, which it creates at the first start.
    pub key: Option<PathBuf>,
    /// Slurm's key, which must not sign users' tokens.
    pub slurm_key: Option<PathBuf>,
    /// Lifetime of an unused session and of a token.
    pub max_age: Duration,
    /// Interval between removals of unused sessions. `None` means that they are never removed.
    pub cleanup_interval: Option<Duration>,
}

static TOKENS: Setting = Setting::new(
    "USER_TOKEN_ENABLED",
    "whether each session has its own data",
)
.or_else("`true`, but `false` on a loopback address");
/// The scheduler's settings read this, too, because Slurm's key must be a different file.
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
