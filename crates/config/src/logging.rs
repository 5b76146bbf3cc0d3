//! The service's log, which goes to standard error.

use crate::{Group, Setting, env::Env};

/// What to log, and in which format.
#[derive(Debug, Clone)]
pub struct LogConfig {
    /// What to log, in the syntax of `tracing_subscriber::EnvFilter`.
    pub filter: String,
    /// The format.
    pub format: LogFormat,
}

/// The format of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Human-readable lines.
    Text,
    /// One JSON object per line.
    Json,
}

static FILTER: Setting = Setting::new(
    "RUST_LOG",
    "what is logged: `error`, `warn`, `info`, `debug`, or levels by module",
)
.or("info");
static FORMAT: Setting = Setting::new(
    "LOG_FORMAT",
    "`text`, or `json` for one JSON object per line",
)
.or("text");

pub(crate) const GROUP: Group = Group {
    title: "Logging",
    settings: &[&FILTER, &FORMAT],
};

impl LogConfig {
    /// Reads the log's settings. Logging starts before [`Config`](crate::Config) is read.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Self {
        let env = Env::new(&variable);
        let format = env.text(&FORMAT).unwrap_or_default();
        Self {
            filter: env.text(&FILTER).unwrap_or_default(),
            format: match format.as_str() {
                "json" => LogFormat::Json,
                _ => LogFormat::Text,
            },
        }
    }
}
