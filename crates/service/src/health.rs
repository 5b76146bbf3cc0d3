//! Checks whether the service is usable.

use std::sync::atomic::Ordering;

use api::{ClusterHealth, HealthDetails, PartitionHealth, Status};

use crate::{Service, native_engine, quotas};

/// Checks each part of the service and returns its health.
pub async fn check(service: &Service) -> HealthDetails {
    let scheduler = service.scheduler.health().await;
    let (engine, engine_detail, engine_version) = match service.engine.get() {
        Ok(engine) => {
            let version = engine.version.to_string();
            (Status::Healthy, engine.to_string(), Some(version))
        }
        Err(why) => (Status::Unhealthy, why, None),
    };
    let (native_engine, native_engine_detail) = match service.native() {
        Ok(_) => (Status::Healthy, native_engine::offer()),
        Err(why) => (Status::Unhealthy, why),
    };
    let database = service.store.check().await;
    let cleaned = service.cleaned.borrow().clone();
    HealthDetails {
        cleaned: cleaned.at,
        cleaned_sessions: cleaned.sessions,
        waiting_jobs: service.store.waiting_jobs().await.unwrap_or_default(),
        sends_mail: service.config.notifications.mail.is_some(),
        takes_uploads: quotas::check_disk(service).is_ok(),
        datamonkey: Status::Healthy,
        job_scheduler: status(scheduler.usable),
        database: status(database.is_ok()),
        database_detail: database.err(),
        delayed: service.postponed.summary(),
        llm: match service.config.chat {
            None => Status::Unknown,
            Some(_) => status(!service.model_fails.load(Ordering::Relaxed)),
        },
        engine,
        engine_detail,
        engine_version,
        native_engine,
        native_engine_detail,
        scheduler: service.scheduler.kind().to_owned(),
        scheduler_detail: scheduler.detail,
        cluster: scheduler.cluster.map(cluster),
        sandbox: service.sandbox.to_string(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        access: service.access().to_owned(),
    }
}

fn status(works: bool) -> Status {
    if works {
        Status::Healthy
    } else {
        Status::Unhealthy
    }
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
