//! Requests to URLs that users specify.

use std::{path::PathBuf, time::Duration};

use ipnet::IpNet;

use crate::{Group, Setting, env::Env};

/// Which user-supplied URLs the service may contact.
#[derive(Debug, Clone)]
pub struct OutgoingConfig {
    /// Whether clients can upload datasets by URL.
    pub url_upload: bool,
    /// Maximum time to fetch one.
    pub fetch_timeout: Duration,
    /// Non-public networks that are allowed.
    pub allowed: Vec<IpNet>,
    /// PEM file of certificates to trust in addition to the system's.
    pub ca_file: Option<PathBuf>,
}

static URL_UPLOAD: Setting = Setting::new(
    "ALLOW_URL_UPLOAD",
    "whether clients can upload datasets by `url`",
)
.or("true");
static FETCH_TIMEOUT: Setting = Setting::new(
    "URL_UPLOAD_TIMEOUT_SECS",
    "maximum time to fetch one, in seconds",
)
.or("300");
static ALLOWED: Setting = Setting::new(
    "OUTGOING_ALLOW",
    "non-public networks that uploads by `url` and webhooks may reach, such as `10.1.0.0/16`, \
     separated by commas",
);
static CA_FILE: Setting = Setting::new(
    "OUTGOING_CA_FILE",
    "PEM file of certificates to trust for these requests, in addition to the system's",
);

pub(crate) const GROUP: Group = Group {
    title: "Outgoing requests",
    settings: &[&URL_UPLOAD, &FETCH_TIMEOUT, &ALLOWED, &CA_FILE],
};

impl OutgoingConfig {
    pub(crate) fn read(env: &mut Env<'_>) -> Self {
        let networks = env.get(&ALLOWED).unwrap_or_default();
        let mut allowed = Vec::new();
        for network in networks.split(',').map(str::trim).filter(|n| !n.is_empty()) {
            match network.parse() {
                Ok(network) => allowed.push(network),
                Err(_) => env.problems.push(format!(
                    "OUTGOING_ALLOW contains \"{network}\"; it must be a comma-separated list of \
                     networks such as 10.1.0.0/16."
                )),
            }
        }
        Self {
            url_upload: env.parse_or(&URL_UPLOAD, "true or false", true),
            fetch_timeout: env.seconds(&FETCH_TIMEOUT),
            allowed,
            ca_file: env.path(&CA_FILE),
        }
    }
}
