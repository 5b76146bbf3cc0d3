//! `datamonkey backup FOLDER` and `datamonkey restore FOLDER`.

use std::path::Path;

use anyhow::bail;
use service::backup::{self, Backup};

use super::serve::config;

/// Makes a backup.
#[tokio::main]
pub(crate) async fn backup(folder: &Path) -> anyhow::Result<()> {
    service::keep_files_private();
    let config = config()?;
    let made = backup::create(&config, folder).await?;
    println!(
        "The backup {} is complete and was checked.",
        folder.display()
    );
    describe(&made);
    if made.linked > 0 {
        println!(
            "{} files share their space on the disk with the service's. Copy the backup to another disk.",
            made.linked
        );
    }
    if let Some(key) = &config.access.key {
        println!(
            "It does not contain the key of tokens, {} (USER_JWT_KEY_PATH). Keep a copy of it.",
            key.display()
        );
    }
    if !made.missing.is_empty() {
        bail!(
            "the service has lost files to which its database refers, so the backup lacks them, too: {}",
            made.missing.join(", ")
        );
    }
    Ok(())
}

/// Restores a backup.
#[tokio::main]
pub(crate) async fn restore(folder: &Path) -> anyhow::Result<()> {
    service::keep_files_private();
    let restored = backup::restore(&config()?, folder).await?;
    println!("The backup {} was checked and restored.", folder.display());
    describe(&restored);
    Ok(())
}

fn describe(backup: &Backup) {
    println!(
        "Database: {} UTC, schema {}, version {}.\nFiles: {}, {} bytes.",
        backup.created.format("%Y-%m-%d %H:%M:%S"),
        backup.schema,
        backup.version,
        backup.files,
        backup.bytes,
    );
}
