//! `/metrics`: what the service measures, in Prometheus' text format.

use std::time::Duration;

use anyhow::{Context, ensure};
use api::paths;
use axum::{
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use metrics::gauge;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use sha2::{Digest, Sha256};

use config::MetricsConfig;
use service::{Error, metrics::measure};

use crate::{
    metrics_table::{BUILD_INFO, Kind, TABLE},
    problem::{self, ProblemResponse, respond},
    problem_kinds as kinds,
    state::AppState,
};

/// The content type of version 0.0.4 of the format.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";
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

    fn allows(&self, headers: &HeaderMap) -> bool {
        let sent = headers.get(header::AUTHORIZATION);
        let sent = sent.and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
        let sent = sent.map(|token| digest(token.trim()));
        sent.is_some() && sent == self.token
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

/// Get the metrics of the service
///
/// For Prometheus, in its text format. They can be read with the token in `METRICS_TOKEN_FILE` as
/// `Authorization: Bearer`, and without one at `METRICS_ADDRESS`.
#[utoipa::path(
    get, path = paths::METRICS, tag = "Health", operation_id = "getMetrics",
    responses(
        (status = 200, description = "The metrics", body = String, content_type = "text/plain"),
        (status = 401, description = "The token of the metrics is required"),
        (status = 404, description = "The service has no metrics, or not at this address"),
    )
)]
pub(crate) async fn with_token(State(state): State<AppState>, headers: HeaderMap) -> Response {
    let metrics = state.metrics.as_ref();
    let Some(metrics) = metrics.filter(|metrics| metrics.token.is_some()) else {
        let detail = "There are no metrics at this address. The administrator can turn them on \
                      (METRICS_TOKEN_FILE).";
        return respond(&problem::new(&kinds::NO_PATH, detail.to_owned()));
    };
    if !metrics.allows(&headers) {
        let message = "Metrics need the token in METRICS_TOKEN_FILE: send it as Authorization: \
                       Bearer …";
        return ProblemResponse::from(Error::Unauthorized(message.to_owned())).into_response();
    }
    text(&state, metrics).await
}

/// The metrics at an address of their own, for anyone who can reach it.
pub(crate) async fn open(State(state): State<AppState>) -> Response {
    match &state.metrics {
        Some(metrics) => text(&state, metrics).await,
        None => respond(&problem::new(
            &kinds::NO_PATH,
            "There are no metrics.".to_owned(),
        )),
    }
}

async fn text(state: &AppState, metrics: &Metrics) -> Response {
    measure(state).await;
    ([(header::CONTENT_TYPE, TEXT)], metrics.recorder.render()).into_response()
}
