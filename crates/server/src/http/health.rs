//! `GET /health`.

use api::{ClusterHealth, Health, HealthDetails, PartitionHealth, Problem, Status, paths};
use axum::{Json, extract::State, http::StatusCode};

use super::Shared;
use crate::quotas;

/// Check health of the service
///
/// Answers 200 when analyses can be run, else 503 with the part that is missing and the remedy.
#[utoipa::path(
    get, path = paths::HEALTH, tag = "Health", operation_id = "getHealth",
    params(("pretty_print" = Option<bool>, Query, description = "Indent the answer")),
    responses(
        (status = 200, description = "Everything works", body = Health),
        (status = 503, description = "Something does not work", body = Health),
        (status = 500, description = "A fault of the service", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn health(State(service): State<Shared>) -> (StatusCode, Json<Health>) {
    let scheduler = service.scheduler.health().await;
    let status = |works: bool| {
        if works {
            Status::Healthy
        } else {
            Status::Unhealthy
        }
    };
    let (engine, engine_detail) = match service.engine.get() {
        Ok(engine) => (Status::Healthy, engine.to_string()),
        Err(why) => (Status::Unhealthy, why),
    };
    let database = service.store.check().await;
    let cleaned = service.cleaned.borrow().clone();
    let details = HealthDetails {
        cleaned: cleaned.at,
        cleaned_sessions: cleaned.sessions,
        waiting_jobs: service.store.waiting_jobs().await.unwrap_or_default(),
        sends_mail: service.config.notify.mail.is_some(),
        takes_uploads: quotas::check_disk(&service).is_ok(),
        datamonkey: Status::Healthy,
        job_scheduler: status(scheduler.usable),
        database: status(database.is_ok()),
        database_detail: database.err(),
        delayed: service.postponed.summary(),
        llm: Status::Unknown,
        engine,
        engine_detail,
        scheduler: service.scheduler.kind().to_owned(),
        scheduler_detail: scheduler.detail,
        cluster: scheduler.cluster.map(cluster),
        sandbox: service.sandbox.to_string(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        access: service.access().to_owned(),
    };
    let parts = [details.job_scheduler, details.database, details.engine];
    let healthy = parts.iter().all(|part| *part == Status::Healthy);
    let code = if healthy {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (
        code,
        Json(Health {
            status: status(healthy),
            details,
        }),
    )
}

fn cluster(seen: scheduler::ClusterHealth) -> ClusterHealth {
    let partition = |partition: scheduler::Partition| PartitionHealth {
        name: partition.name,
        up: partition.up,
        nodes: partition.nodes,
    };
    ClusterHealth {
        version: seen.version,
        reachable: seen.failing_since.is_none() && seen.last_contact.is_some(),
        unreachable_since: seen.failing_since,
        last_contact: seen.last_contact,
        pending: seen.pending,
        running: seen.running,
        all_pending: seen.overview.pending,
        all_running: seen.overview.running,
        partitions: seen
            .overview
            .partitions
            .into_iter()
            .map(partition)
            .collect(),
    }
}
