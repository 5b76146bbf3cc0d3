//! Logs: to standard error, as text for people, or as JSON lines with `LOG_FORMAT=json`.

use std::io::IsTerminal;

use config::{LogConfig, LogFormat};
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

/// Starts logging. A filter that cannot be used counts as `info`.
pub(crate) fn init(config: &LogConfig) {
    // The library tells of each request, as the log of requests does.
    let quiet = |filter: &str| format!("rmcp=warn,{filter}");
    let filter = EnvFilter::try_new(quiet(&config.filter));
    let filter = filter.unwrap_or_else(|_| EnvFilter::new(quiet("info")));
    let registry = tracing_subscriber::registry().with(filter);
    // Fails only if logging has been started already, which is as good.
    let started = if config.format == LogFormat::Json {
        registry
            .with(
                fmt::layer()
                    .json()
                    // Fields are keys of the object, and the innermost span is `span`.
                    .flatten_event(true)
                    .with_span_list(false)
                    .with_writer(std::io::stderr),
            )
            .try_init()
    } else {
        registry
            .with(
                fmt::layer()
                    .with_target(false)
                    .with_ansi(std::io::stderr().is_terminal())
                    .with_writer(std::io::stderr),
            )
            .try_init()
    };
    drop(started);
}
