//! Makes a backup of a service, which may be running.

use std::{
    fs::{self, File},
    io::Write,
    path::Path,
};

use anyhow::{Context, bail};
use config::Config;
use store::{DatabaseFile, Snapshot, clock};

use super::{Backup, DATABASE, DESCRIPTION, KEY, contents};
use crate::{
    blocking::blocking,
    files::{Files, PARTIAL},
};

use contents::{Transfer, Transferred};

/// How often the database is copied again because contents were removed after its copy was made.
const TRIES: u32 = 3;

/// Makes a backup in a folder that is empty or does not exist, and checks it. The service may run.
///
/// # Errors
/// Fails if there is no database, if the folder is not empty or cannot be written, or if a file or the
/// database is damaged.
pub async fn create(config: &Config, folder: &Path) -> anyhow::Result<Backup> {
    let database = &config.data.database;
    if DatabaseFile::new(database).is_empty()? {
        bail!(
            "there is nothing to back up: {} is empty or missing. The settings of the service \
             (DATAMONKEY_DATA, JOB_TRACKER_LOCATION) say where its data is",
            database.display()
        );
    }
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    if fs::read_dir(folder)?.next().is_some() {
        bail!(
            "{} is not empty; name a folder that is empty or does not exist",
            folder.display()
        );
    }
    let files = Files::make(config)?;
    let live = Snapshot::open(database)
        .await
        .with_context(|| format!("cannot read {}", database.display()))?;
    live.refuse_newer().await?;

    // Files are stored before the rows that refer to them, and removed after these. What the copy
    // of the database refers to is therefore there before it or after it.
    let mut done = copy_files(&files, folder).await?;
    let mut tries = 0;
    let copy = folder.join(DATABASE);
    let (created, schema, missing) = loop {
        let created = clock::now();
        live.copy_to(&copy).await?;
        done += copy_files(&files, folder).await?;
        let snapshot = Snapshot::open(&copy).await?;
        let damage = snapshot.damage().await?;
        if !damage.is_empty() {
            bail!(
                "the database {} is damaged: {}",
                database.display(),
                damage.join("; ")
            );
        }
        let missing = contents::missing(folder, &snapshot.contents().await?);
        let schema = snapshot.schema().await?.unwrap_or(0);
        snapshot.close().await;
        tries += 1;
        if missing.is_empty() || tries == TRIES {
            break (created, schema, missing);
        }
    };
    live.close().await;
    let own_key = database.with_extension("key");
    let has_key = config.access.key.is_none() && own_key.exists();
    if has_key {
        contents::copy(&mut File::open(own_key)?, &folder.join(KEY))?;
    }
    let checked = folder.to_owned();
    blocking(move || Ok(contents::check(&checked)?)).await?;
    let backup = Backup {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        schema,
        created,
        files: done.files,
        bytes: done.bytes,
        linked: done.linked,
        has_key,
        missing: missing.into_iter().map(|(_, hash)| hash).collect(),
    };
    let mut description = File::create_new(folder.join(DESCRIPTION))?;
    description.write_all(&serde_json::to_vec_pretty(&backup)?)?;
    description.sync_all()?;
    File::open(folder)?.sync_all()?;
    Ok(backup)
}

async fn copy_files(files: &Files, folder: &Path) -> anyhow::Result<Transferred> {
    let (files, folder) = (files.clone(), folder.to_owned());
    let copied = move || {
        let mut done = Transferred::default();
        for (name, from) in files.kept_folders() {
            let how = if name == PARTIAL {
                Transfer::Copy
            } else {
                Transfer::Link
            };
            if from.exists() {
                done += contents::transfer(&from, &folder.join(name), how)?;
            }
        }
        Ok(done)
    };
    Ok(blocking(copied).await?)
}
