//! The recorder of what the service measures, and the token for it. `doors.rs` answers `/metrics`.

use std::time::Duration;

use anyhow::{Context, ensure};
use axum::http::{HeaderMap, header};
use metrics::gauge;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use sha2::{Digest, Sha256};

use config::MetricsConfig;

use crate::metrics_table::{BUILD_INFO, Kind, TABLE};

/// How often samples are sorted into their buckets if nobody reads the metrics.
const UPKEEP_INTERVAL: Duration = Duration::from_secs(5);
/// Shortest token that cannot be guessed.
const SHORTEST_TOKEN: usize = 16;

/// The measurements, and the token for them.
#[derive(Clone)]
pub struct Metrics {
    recorder: PrometheusHandle,
    /// SHA-256 of the token, so that comparing takes the same time for every guess.
    token: Option<[u8; 32]>,
}

impl Metrics {
    /// Starts measuring, if anybody may read the measurements.
    ///
    /// # Errors
    /// Fails if the token cannot be read or can be guessed.
    pub fn start(config: &MetricsConfig) -> anyhow::Result<Option<Self>> {
        if !config.is_on() {
            return Ok(None);
        }
        let token = config.token_file.as_ref().map(|path| {
            let read = std::fs::read_to_string(path);
            let text = read.with_context(|| {
                let path = path.display();
                format!("cannot read the token for metrics, {path} (METRICS_TOKEN_FILE)")
            })?;
            let token = text.trim();
            ensure!(
                token.len() >= SHORTEST_TOKEN,
                "the token for metrics (METRICS_TOKEN_FILE) must have at least {SHORTEST_TOKEN} \
                 characters; `openssl rand -hex 32` makes one"
            );
            Ok(digest(token))
        });
        let metrics = Self {
            token: token.transpose()?,
            recorder: record()?,
        };
        let recorder = metrics.recorder.clone();
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(UPKEEP_INTERVAL).await;
                recorder.run_upkeep();
            }
        });
        Ok(Some(metrics))
    }

    /// Whether they can be read with a token.
    pub(crate) fn has_token(&self) -> bool {
        self.token.is_some()
    }

    /// Whether a request has the token.
    pub(crate) fn allows(&self, headers: &HeaderMap) -> bool {
        let sent = headers.get(header::AUTHORIZATION);
        let sent = sent.and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
        let sent = sent.map(|token| digest(token.trim()));
        sent.is_some() && sent == self.token
    }

    /// Returns the measurements in Prometheus' text format.
    pub(crate) fn render(&self) -> String {
        self.recorder.render()
    }
}

fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}

/// Starts recording what all crates measure.
fn record() -> anyhow::Result<PrometheusHandle> {
    let mut builder = PrometheusBuilder::new();
    for metric in TABLE {
        if let Kind::Histogram(buckets) = metric.kind {
            let name = Matcher::Full(metric.name.to_owned());
            builder = builder.set_buckets_for_metric(name, buckets)?;
        }
    }
    let recorder = builder.install_recorder()?;
    for metric in TABLE {
        metric.describe();
    }
    gauge!(BUILD_INFO, "version" => env!("CARGO_PKG_VERSION")).set(1);
    Ok(recorder)
}
