//! Who may read the service's metrics.

use std::{net::SocketAddr, path::PathBuf};

use crate::{Group, Setting, env::Env};

/// Who may read the service's metrics. Without either, nothing is measured.
#[derive(Debug, Clone, Default)]
pub struct MetricsConfig {
    /// The address at which anyone may read them.
    pub address: Option<SocketAddr>,
    /// File with the token with which they can be read at the service's own address.
    pub token_file: Option<PathBuf>,
}

static ADDRESS: Setting = Setting::new(
    "METRICS_ADDRESS",
    "address and port at which anyone can read `/metrics`, `/livez` and `/readyz`, such as \
     `127.0.0.1:9301`",
);
static TOKEN_FILE: Setting = Setting::new(
    "METRICS_TOKEN_FILE",
    "file with the token for `/metrics` at the service's own address, at least 16 characters",
);

pub(crate) const GROUP: Group = Group {
    title: "Metrics",
    settings: &[&ADDRESS, &TOKEN_FILE],
};

impl MetricsConfig {
    pub(crate) fn read(env: &mut Env<'_>) -> Self {
        Self {
            address: env.optional(&ADDRESS, "an IP address and a port, such as 127.0.0.1:9301"),
            token_file: env.path(&TOKEN_FILE),
        }
    }

    /// Whether anybody may read them.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.address.is_some() || self.token_file.is_some()
    }
}
