//! How clients reach the service, and the limits on their connections.

use std::{
    net::{IpAddr, Ipv4Addr},
    time::Duration,
};

use url::Url;

use crate::{Group, Setting, env::Env, notifications::PUBLIC_URL};

/// How clients reach the service, and the limits on their connections.
#[derive(Debug, Clone)]
pub struct WebConfig {
    /// The address to listen on.
    pub host: IpAddr,
    /// The port to listen on. 0 means any free port.
    pub port: u16,
    /// Other origins whose pages may use the API, such as `https://example.org`. `*` means all.
    pub cors_origins: Vec<String>,
    /// Host names that the service answers to in open mode, besides this machine's own, in lower
    /// case and without ports.
    pub own_hosts: Vec<String>,
    /// Maximum idle time of a client in the middle of a request.
    pub client_timeout: Duration,
    /// Minimum average rate of a request body after that time, in bytes per second.
    pub client_rate: u32,
    /// Maximum number of simultaneous connections from one address.
    pub connections: ConnectionLimit,
    /// Maximum duration of an event stream. Clients reconnect, and must then have a valid token.
    pub longest_stream: Duration,
    /// Retention of a deleted job's events, for clients that reconnect.
    pub replay_age: Duration,
}

/// The limit on simultaneous connections from one address.
#[derive(Debug, Clone, Default)]
pub struct ConnectionLimit {
    /// The maximum. `None` means that there is no limit.
    pub max: Option<u32>,
    /// Whether the limit includes connections from this machine.
    pub includes_loopback: bool,
}

static HOST: Setting =
    Setting::new("SERVICE_DATAMONKEY_HOST", "address to listen on").or("127.0.0.1");
static PORT: Setting = Setting::new(
    "SERVICE_DATAMONKEY_PORT",
    "port to listen on; `0`: any free port",
)
.or("9300");
static ALLOWED_HOSTS: Setting = Setting::new(
    "ALLOWED_HOSTS",
    "host names that the service answers to in open mode, besides this machine's own, separated \
     by commas",
);
static CORS_ORIGINS: Setting = Setting::new(
    "CORS_ALLOWED_ORIGINS",
    "other origins whose pages may use the API, such as `https://example.org`, separated by \
     commas; `*`: all",
);

pub(crate) const LISTENING: Group = Group {
    title: "Listening",
    settings: &[&HOST, &PORT, &ALLOWED_HOSTS, &CORS_ORIGINS],
};

static TIMEOUT: Setting = Setting::new(
    "CLIENT_TIMEOUT_SECS",
    "seconds after which an idle client is disconnected",
)
.or("60");
static RATE: Setting = Setting::new(
    "CLIENT_MIN_BYTES_PER_SEC",
    "minimum average rate of a request body after `CLIENT_TIMEOUT_SECS`",
)
.or("1024");
static CONNECTIONS: Setting = Setting::new(
    "MAX_CONNECTIONS_PER_ADDRESS",
    "maximum number of simultaneous connections from one address; `0`: no limit",
)
.or_else("256; no limit for this machine or with `TRUST_PROXY`");
static STREAM: Setting = Setting::new(
    "EVENT_STREAM_SECS",
    "maximum duration of an event stream in seconds; clients reconnect",
)
.or("3600");
static REPLAY: Setting = Setting::new(
    "EVENT_REPLAY_AGE",
    "retention of a deleted job's events, for clients that reconnect",
)
.or("24h");

pub(crate) const CLIENTS: Group = Group {
    title: "Clients",
    settings: &[&TIMEOUT, &RATE, &CONNECTIONS, &STREAM, &REPLAY],
};

/// The default limit on connections from one address, unless they may come from a proxy.
const MAX_CONNECTIONS: u32 = 256;

/// Reads the address to listen on.
pub(crate) fn host(env: &mut Env<'_>) -> IpAddr {
    env.parse_or(&HOST, "an IP address", Ipv4Addr::LOCALHOST.into())
}

impl WebConfig {
    pub(crate) fn read(env: &mut Env<'_>, host: IpAddr, trust_proxy: bool) -> Self {
        Self {
            host,
            port: env.parse_or(&PORT, "a port number", 0),
            cors_origins: origins(env),
            own_hosts: hosts(env),
            client_timeout: env.seconds(&TIMEOUT),
            client_rate: env.at_least_1(&RATE),
            longest_stream: env.seconds(&STREAM),
            replay_age: env.duration(&REPLAY),
            connections: ConnectionLimit::read(env, trust_proxy),
        }
    }
}

impl ConnectionLimit {
    /// A proxy's connections carry the requests of many clients. A proxy is either trusted or on
    /// this machine, so there is no limit in these cases unless one is set.
    fn read(env: &mut Env<'_>, trust_proxy: bool) -> Self {
        let set: Option<u32> = env.optional(&CONNECTIONS, "a whole number; 0 means no limit");
        let usual = if trust_proxy { 0 } else { MAX_CONNECTIONS };
        Self {
            max: Some(set.unwrap_or(usual)).filter(|max| *max > 0),
            includes_loopback: set.is_some(),
        }
    }
}

fn origins(env: &mut Env<'_>) -> Vec<String> {
    let text = env.get(&CORS_ORIGINS).unwrap_or_default();
    let origins = text.split(',').map(str::trim).filter(|o| !o.is_empty());
    let origins: Vec<String> = origins.map(str::to_owned).collect();
    for origin in &origins {
        let host = origin.split_once("://").map(|(_, host)| host);
        if origin != "*" && host.is_none_or(|host| host.is_empty() || host.contains('/')) {
            env.problems.push(format!(
                "CORS_ALLOWED_ORIGINS contains \"{origin}\"; it must be * or a comma-separated \
                 list of origins such as https://example.org."
            ));
        }
    }
    origins
}

fn hosts(env: &mut Env<'_>) -> Vec<String> {
    let text = env.get(&ALLOWED_HOSTS).unwrap_or_default();
    let mut hosts = Vec::new();
    for host in text.split(',').map(str::trim).filter(|h| !h.is_empty()) {
        match host.parse::<http::uri::Authority>() {
            Ok(authority) if !host.contains(['@', '*']) => {
                hosts.push(plain_host(authority.host()));
            }
            _ => env.problems.push(format!(
                "ALLOWED_HOSTS contains \"{host}\"; it must be a comma-separated list of names \
                 such as node1.example.org."
            )),
        }
    }
    let public = env.get(&PUBLIC_URL);
    let public = public.and_then(|url| Url::parse(url.trim()).ok());
    hosts.extend(public.and_then(|url| url.host_str().map(plain_host)));
    hosts
}

/// Normalises a host name: lower case, without brackets and trailing dots.
#[must_use]
pub fn plain_host(host: &str) -> String {
    let host = host.trim().trim_end_matches('.');
    let inner = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    inner.unwrap_or(host).to_ascii_lowercase()
}
