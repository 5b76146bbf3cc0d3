//! Whose data is whose: configuration.

use std::{net::IpAddr, path::PathBuf, time::Duration};

use crate::config::Reader;

/// How callers are told apart.
#[derive(Debug, Clone)]
pub struct AccessConfig {
    /// Each session has its own data (`USER_TOKEN_ENABLED`); otherwise everybody shares one owner.
    /// Not given, it is so on any address but loopback.
    pub tokens: bool,
    /// File of the key that signs tokens (`USER_JWT_KEY_PATH`); one of our own beside the
    /// database, made at the first start.
    pub key: Option<PathBuf>,
    /// Key of Slurm, which must not sign users' tokens.
    pub slurm_key: Option<PathBuf>,
    /// How long a session that is not used is kept, and how long a token is valid
    /// (`SESSION_MAX_AGE`); 720h.
    pub max_age: Duration,
    /// How often sessions are looked through for such that are over
    /// (`SESSION_CLEANUP_INTERVAL`); 1h, and never if it is 0.
    pub cleanup_interval: Option<Duration>,
}

impl AccessConfig {
    pub(crate) fn read<F: Fn(&str) -> Option<String>>(
        reader: &mut Reader<F>,
        host: IpAddr,
    ) -> Self {
        const HOUR: Duration = Duration::from_secs(3600);
        let tokens = reader.optional("USER_TOKEN_ENABLED", "true or false");
        let cleanup = reader.duration("SESSION_CLEANUP_INTERVAL", HOUR);
        let max_age = reader.duration("SESSION_MAX_AGE", 720 * HOUR);
        if max_age.is_zero() {
            reader
                .problems
                .push("SESSION_MAX_AGE must be longer than 0, such as 720h.".to_owned());
        }
        Self {
            tokens: tokens.unwrap_or(!host.is_loopback()),
            key: reader.path("USER_JWT_KEY_PATH"),
            slurm_key: reader
                .path("SLURM_JWT_KEY_PATH")
                .or_else(|| reader.path("JWT_KEY_PATH")),
            max_age,
            cleanup_interval: Some(cleanup).filter(|interval| !interval.is_zero()),
        }
    }
}
