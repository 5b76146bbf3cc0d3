//! Imports the data of the Go service of the same name. This happens once at startup for stores in
//! the configured folders, or with `datamonkey import FOLDER`.
//!
//! Ids and owners do not change. Files are copied, and the old ones are not touched. The [`Report`]
//! lists what cannot be imported. That does not stop the rest of the import.

mod found;
mod importer;
mod report;

use std::path::{Path, PathBuf};

use anyhow::bail;
use config::Config;
use store::{DatabaseFile, Store};

pub use self::report::Report;
use self::{found::Found, importer::Importer};
use crate::{
    data::{OpenData, open_data},
    files::Files,
};

/// How many levels below its folder `datamonkey import` searches.
const DEPTH: usize = 6;

/// Imports the stores in the configured folders that have not been imported yet.
///
/// # Errors
/// Fails if the service's own database cannot be used.
pub(crate) async fn at_start(config: &Config, store: &Store, files: &Files) -> anyhow::Result<()> {
    let mut folders: Vec<&Path> = vec![&config.data.datasets, &config.data.base];
    folders.extend(config.data.database.parent());
    let own = DatabaseFile::new(&config.data.database);
    let mut found = Found::search(&folders, 0, own.clone());
    found.databases.extend(go_database(config, &own));
    found.remove_duplicates();
    let mut new = Vec::new();
    for path in found.stores() {
        if !store.is_imported(&path).await? {
            new.push(path);
        }
    }
    if new.is_empty() {
        return Ok(());
    }
    tracing::info!(?new, "importing the data of the Go service");
    let report = import_found(config, store, files, found).await?;
    for path in &new {
        store.note_import(path, &report.to_string()).await?;
    }
    report.log();
    Ok(())
}

/// Returns the database of the Go service, if one is configured and exists.
fn go_database(config: &Config, own: &DatabaseFile) -> Option<PathBuf> {
    let path = config.data.go_database.as_deref()?;
    (!own.has(path) && found::is_sqlite(path)).then(|| path.to_path_buf())
}

/// Imports the stores in a folder and the folders below it. Existing objects do not change.
///
/// # Errors
/// Fails if the folder holds no store, or if the service's own folders cannot be used, for instance
/// because the service is running.
pub async fn folder(config: &Config, from: &Path) -> anyhow::Result<Report> {
    if !from.is_dir() {
        bail!("{} is not a folder", from.display());
    }
    let own = DatabaseFile::new(&config.data.database);
    let mut found = Found::search(&[from], DEPTH, own);
    found.remove_duplicates();
    if found.is_empty() {
        bail!(
            "{} contains no data of the Go service: no datasets.json, jobs.json or \
             job_tracker.tab, no SQLite database and no METHOD_JOBID_results.json",
            from.display()
        );
    }
    let OpenData {
        files,
        store,
        locks: _locks,
    } = open_data(config).await?;
    let report = import_found(config, &store, &files, found).await;
    store.close().await;
    report
}

async fn import_found(
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
