//! What the operator sees of owners, and acts on, with the service's files at hand.
//!
//! Usage is read from the database, whether or not the service runs. Acting takes the running service: the
//! operator's tool calls its API with a token for the owner in question.

use anyhow::{Context, bail};
use chrono::TimeDelta;
use config::Config;
use store::{DatabaseFile, Snapshot, newest_schema};

pub use store::{OwnedJob, OwnerUsage};

use crate::{key::Key, sessions};

/// Lifetime of a token for the operator.
const TOKEN_LIFETIME: TimeDelta = TimeDelta::hours(1);

/// Returns what each owner has, largest first.
///
/// # Errors
/// Fails if there is no database of this version of the program, or if it cannot be read.
pub async fn usage(config: &Config) -> anyhow::Result<Vec<OwnerUsage>> {
    let snapshot = open(config).await?;
    let usage = snapshot.usage().await?;
    snapshot.close().await;
    Ok(usage)
}

/// Returns all unfinished jobs, the oldest first.
///
/// # Errors
/// As [`usage`].
pub async fn unfinished_jobs(config: &Config) -> anyhow::Result<Vec<OwnedJob>> {
    let snapshot = open(config).await?;
    let jobs = snapshot.unfinished_jobs().await?;
    snapshot.close().await;
    Ok(jobs)
}

/// Returns a token for an owner; `None` in open mode, which has no tokens.
///
/// # Errors
/// Fails if the key cannot be read.
pub fn token(config: &Config, owner: &str) -> anyhow::Result<Option<String>> {
    if !config.access.tokens {
        if owner != sessions::OPEN {
            bail!(
                "{} belongs to a session, and the service runs in open mode (USER_TOKEN_ENABLED)",
                sessions::short(owner)
            );
        }
        return Ok(None);
    }
    let (token, _) = Key::open(config)?.sign(owner, TOKEN_LIFETIME)?;
    Ok(Some(token))
}

async fn open(config: &Config) -> anyhow::Result<Snapshot> {
    let path = &config.data.database;
    let shown = path.display();
    if DatabaseFile::new(path).is_empty()? {
        bail!("{shown} does not exist. Use the settings of the service");
    }
    let snapshot = Snapshot::open(path)
        .await
        .with_context(|| format!("cannot read {shown}"))?;
    snapshot.refuse_newer().await?;
    if snapshot.schema().await? != Some(newest_schema()) {
        bail!("an older version of datamonkey wrote {shown}. Start this version's service first");
    }
    Ok(snapshot)
}
