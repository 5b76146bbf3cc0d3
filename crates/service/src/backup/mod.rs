//! Backups: a copy of the database and of all files that it refers to, in one folder.
//!
//! ```text
//! FOLDER/service-datamonkey.sqlite   the database at one moment
//! FOLDER/service-datamonkey.key      the key of tokens, unless USER_JWT_KEY_PATH names another
//! FOLDER/blobs, results, logs, …     the files, as in the service's folders
//! FOLDER/backup.json                 what it is; written last, so a backup without it is not complete
//! ```

mod contents;
mod create;
mod restore;

use std::path::Path;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use self::{create::create, restore::restore};

/// The file that describes a backup.
const DESCRIPTION: &str = "backup.json";
/// The name of the database in a backup.
const DATABASE: &str = "service-datamonkey.sqlite";
/// The name of the key in a backup.
const KEY: &str = "service-datamonkey.key";

/// What a backup is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Backup {
    /// The version of the program that made it.
    pub version: String,
    /// The schema of its database.
    pub schema: i64,
    /// When the database was copied.
    pub created: DateTime<Utc>,
    /// Number of its files, apart from the database and the key.
    pub files: u64,
    /// Their size in bytes.
    pub bytes: u64,
    /// How many of them share their space on the disk with the service's, as hard links.
    pub linked: u64,
    /// Whether it contains the key that signs tokens.
    pub has_key: bool,
    /// Uploads and results to which the database refers and which the service has lost.
    pub missing: Vec<String>,
}

impl Backup {
    fn read(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join(DESCRIPTION);
        let text = match std::fs::read(&path) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => anyhow::bail!(
                "{} is not a complete backup: it has no {DESCRIPTION}, which is written last",
                folder.display()
            ),
            read => read?,
        };
        Ok(serde_json::from_slice(&text)?)
    }
}
