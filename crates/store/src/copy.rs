//! Writes a copy of a database, which may be in use.

use std::{
    fs::File,
    path::{Path, PathBuf},
};

use anyhow::Context;
use sqlx::SqlitePool;

/// Writes a copy of a database. An older file of that name is replaced once the copy is complete.
pub(crate) async fn write(pool: &SqlitePool, to: &Path) -> anyhow::Result<()> {
    let mut part = to.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    remove(&part)?;
    let name = part.to_str().context("the path is not UTF-8")?;
    sqlx::query("VACUUM INTO ?")
        .bind(name)
        .execute(pool)
        .await?;
    // Nothing else has the copy open, so opening it drops no locks of SQLite.
    File::open(&part)?.sync_all()?;
    std::fs::rename(&part, to)?;
    if let Some(folder) = to.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn remove(path: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}
