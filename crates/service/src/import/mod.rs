//! Taking over what the Go service of the same name has kept: once at the start for stores in the
//! configured folders, or by `datamonkey import FOLDER`.
//!
//! Ids and owners stay as they were. Files are copied and the old ones left alone. What cannot be
//! taken over is said in the [`Report`] and does not stop the rest.

mod found;
mod report;
mod take;

use std::path::{Path, PathBuf};

use anyhow::bail;
use config::Config;
use store::{DatabaseFile, Store};

pub use self::report::Report;
use self::{found::Found, take::Importer};
use crate::{
    data::{Opened, open_data},
    files::Files,
};

/// Folders below the one that `datamonkey import` is given that are looked through.
const DEPTH: usize = 6;

/// Takes over the stores in the configured folders that have not been taken over before.
///
/// # Errors
/// The service's own database cannot be used.
pub(crate) async fn at_start(config: &Config, store: &Store, files: &Files) -> anyhow::Result<()> {
    let mut folders: Vec<&Path> = vec![&config.data.datasets, &config.data.base];
    folders.extend(config.data.database.parent());
    let own = DatabaseFile::new(&config.data.database);
    let mut found = Found::look(&folders, 0, own.clone());
    found.databases.extend(go_database(config, &own));
    found.forget_twins();
    let mut new = Vec::new();
    for path in found.stores() {
        if !store.is_imported(&path).await? {
            new.push(path);
        }
    }
    if new.is_empty() {
        return Ok(());
    }
    tracing::info!(?new, "taking over what the service before has kept");
    let report = take(config, store, files, found).await?;
    for path in &new {
        store.note_import(path, &report.to_string()).await?;
    }
    report.log();
    Ok(())
}

/// The database of the Go service, where one is named and there.
fn go_database(config: &Config, own: &DatabaseFile) -> Option<PathBuf> {
    let path = config.data.go_database.as_deref()?;
    (!own.has(path) && found::is_sqlite(path)).then(|| path.to_path_buf())
}

/// Takes over the stores in a folder and the folders below it. What is here already is left as it
/// is.
///
/// # Errors
/// The folder holds no store, or the service's own folders cannot be used, for instance because
/// the service is running.
pub async fn folder(config: &Config, from: &Path) -> anyhow::Result<Report> {
    if !from.is_dir() {
        bail!("{} is not a folder", from.display());
    }
    let own = DatabaseFile::new(&config.data.database);
    let mut found = Found::look(&[from], DEPTH, own);
    found.forget_twins();
    if found.is_empty() {
        bail!(
            "{} holds no store of the Go service: neither datasets.json, jobs.json or job_tracker.tab, nor its SQLite database, nor METHOD_JOBID_results.json",
            from.display()
        );
    }
    let Opened {
        files,
        store,
        locks: _locks,
    } = open_data(config).await?;
    let report = take(config, &store, &files, found).await;
    store.close().await;
    report
}

async fn take(
    config: &Config,
    store: &Store,
    files: &Files,
    found: Found,
) -> anyhow::Result<Report> {
    let mut importer = Importer::new(config, store, files, found);
    importer.databases().await?;
    importer.dataset_lists().await?;
    importer.job_lists().await?;
    Ok(importer.report)
}
