//! Opens the folders and the database of a service.

use std::path::Path;

use anyhow::{Context, bail};
use config::Config;
use store::{DatabaseFile, Store};

use crate::files::{Files, FolderLocks};

/// The opened and locked storage of a service.
pub(crate) struct OpenData {
    pub(crate) files: Files,
    pub(crate) store: Store,
    pub(crate) locks: FolderLocks,
}

/// Locks the folders of a service, and then opens their contents. It changes nothing before it
/// holds all locks, because another service may be using the folders.
pub(crate) async fn open_data(config: &Config) -> anyhow::Result<OpenData> {
    let files = Files::make(config).with_context(|| {
        format!(
            "cannot use {} and {}",
            config.data.datasets.display(),
            config.data.base.display()
        )
    })?;
    let of_database = config.data.database.parent().unwrap_or(Path::new("."));
    let [datasets, base] = files.roots();
    let locks = FolderLocks::acquire(&[of_database, datasets, base])?;
    if DatabaseFile::new(&config.data.database).is_empty()? && files.hold_data()? {
        bail!(
            "the database {} is empty or missing, but {} and {} contain uploads or results, which \
             are inaccessible without it. Restore the database from a backup \
             (docs/OPERATIONS.md), or correct JOB_TRACKER_LOCATION or DATAMONKEY_DB_PATH. To \
             start without data, move the folders blobs and results away",
            config.data.database.display(),
            datasets.display(),
            base.display(),
        );
    }
    files
        .prepare()
        .context("cannot use the service's folders")?;
    let store = Store::open(&config.data.database)
        .await
        .with_context(|| format!("cannot use the database {}", config.data.database.display()))?;
    Ok(OpenData {
        files,
        store,
        locks,
    })
}
