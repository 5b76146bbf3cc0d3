//! Checks whether the service can take and run jobs.

use api::{Readiness, ReadinessCheck};

use crate::{Service, blocking::blocking, quotas};

/// Checks everything that jobs need. Without `verbose`, only the checks that failed are returned.
pub async fn check(service: &Service, verbose: bool) -> Readiness {
    let scheduler = service.scheduler.health().await;
    let mut checks = vec![
        done(
            "database",
            service.store.check().await,
            "It can be written.",
        ),
        done("folders", folders(service).await, "They can be written."),
        done("space", space(service), "There is room for uploads."),
        ReadinessCheck {
            name: "scheduler".to_owned(),
            ok: scheduler.usable,
            detail: scheduler.detail,
        },
        match service.engine.get() {
            Ok(engine) => done("engine", Ok(()), &engine.to_string()),
            Err(why) => done("engine", Err(why), ""),
        },
    ];
    let ready = checks.iter().all(|check| check.ok);
    checks.retain(|check| verbose || !check.ok);
    Readiness { ready, checks }
}

fn done(name: &str, found: Result<(), String>, good: &str) -> ReadinessCheck {
    ReadinessCheck {
        name: name.to_owned(),
        ok: found.is_ok(),
        detail: found.err().unwrap_or_else(|| good.to_owned()),
    }
}

async fn folders(service: &Service) -> Result<(), String> {
    let files = service.files.clone();
    let written = blocking(move || Ok(files.check_writable())).await;
    match written {
        Ok(Ok(())) => Ok(()),
        Ok(Err((folder, e))) => {
            // The sentence is shown to anyone, so the folder's place stays in the log.
            tracing::error!(folder = %folder.display(), error = %e, "a folder cannot be written");
            let name = folder.file_name().unwrap_or_default().to_string_lossy();
            Err(format!(
                "The folder {name} cannot be written: {}.",
                e.kind()
            ))
        }
        Err(e) => Err(e.to_string()),
    }
}

fn space(service: &Service) -> Result<(), String> {
    quotas::check_disk(service).map_err(|e| e.to_string())
}
