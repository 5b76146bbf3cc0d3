//! Puts a backup in the place of data that was lost.

use std::{
    fs::{self, File},
    io,
    path::Path,
};

use anyhow::{Context, bail};
use config::Config;
use store::{DatabaseFile, Snapshot};

use super::{Backup, DATABASE, KEY, contents};
use crate::{
    blocking::blocking,
    files::{Files, FolderLocks, none_if_missing},
};

/// Checks a backup, and restores it to the folders of the settings. The database comes last, so a
/// restore that was interrupted can be repeated.
///
/// # Errors
/// Fails, and changes nothing, if a service uses the folders, if they have a database, or if the backup
/// is incomplete, damaged, or of a newer version. Fails also if the folders cannot be written.
pub async fn restore(config: &Config, folder: &Path) -> anyhow::Result<Backup> {
    let backup = Backup::read(folder)?;
    let copy = folder.join(DATABASE);
    let snapshot = Snapshot::open(&copy)
        .await
        .with_context(|| format!("cannot read {}", copy.display()))?;
    snapshot.refuse_newer().await?;
    let mut damage = snapshot.damage().await?;
    let missing = contents::missing(folder, &snapshot.contents().await?);
    snapshot.close().await;
    let lost = missing.into_iter().map(|(_, hash)| hash);
    let lost = lost.filter(|hash| !backup.missing.contains(hash));
    damage.extend(lost.map(|hash| format!("the content {hash} is missing")));
    if !damage.is_empty() {
        bail!(
            "the backup {} is damaged: {}",
            folder.display(),
            damage.join("; ")
        );
    }
    let checked = folder.to_owned();
    blocking(move || Ok(contents::check(&checked)?)).await?;

    let database = &config.data.database;
    let file = DatabaseFile::new(database);
    if !file.is_empty()? {
        bail!(
            "{} contains data, and a restore does not replace it. Move it away, or restore to other \
             folders (DATAMONKEY_DATA)",
            database.display()
        );
    }
    let files = Files::make(config)?;
    let beside = database.parent().unwrap_or(Path::new("."));
    let [datasets, base] = files.roots();
    let _locks = FolderLocks::acquire(&[beside, datasets, base])?;
    files.prepare()?;
    for (name, to) in files.kept_folders() {
        let from = folder.join(name);
        if from.exists() {
            let copied = move || Ok(contents::transfer(&from, &to, contents::Transfer::Copy)?);
            blocking(copied).await?;
        }
    }
    restore_key(&folder.join(KEY), &database.with_extension("key"))?;
    let complete = database.with_extension("restored");
    contents::copy(&mut File::open(&copy)?, &complete)?;
    file.place(&complete)?;
    File::open(beside)?.sync_all()?;
    Ok(backup)
}

/// The tokens of the restored sessions are valid with the key of the backup. Another key that is there
/// is kept under another name.
fn restore_key(from: &Path, to: &Path) -> io::Result<()> {
    let Some(mut file) = none_if_missing(File::open(from))? else {
        return Ok(());
    };
    if let Some(there) = none_if_missing(fs::read(to))?
        && there != fs::read(from)?
    {
        fs::rename(to, to.with_extension("key.replaced"))?;
    }
    contents::copy(&mut file, to)
}
