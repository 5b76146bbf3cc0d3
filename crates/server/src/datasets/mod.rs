//! Uploads: taking them in, describing them, removing them.

mod fetch;

use std::io::Write;

use api::{Dataset, DatasetMeta, FieldError};
use bytes::Bytes;
use chrono::Utc;
use scheduler::fail_point;
use sequence::{Finding, Level};
use sha2::{Digest, Sha256};
use sqlx::types::Json;
use tempfile::NamedTempFile;

pub(crate) use fetch::fetch;

use crate::{
    Service,
    error::{Error, Result},
    files::{hex, hex_sha256},
    housekeeping::remove_leftover,
    jobs, quotas,
    sessions::OPEN,
    store::{self, Content, DatasetRow, Put},
};

/// An upload on its way in: written to a temporary file while it is hashed. Dropping it leaves
/// nothing behind.
pub(crate) struct Incoming {
    /// None where there is no room, or no more, on the disk: it is hashed alone, for it may be here
    /// already.
    file: Option<NamedTempFile>,
    hash: Sha256,
    size: u64,
    limit: u64,
}

impl Incoming {
    pub(crate) fn new(service: &Service) -> Result<Self> {
        match quotas::check_disk(service) {
            Ok(()) => Self::small(service),
            Err(Error::DiskFull) => Ok(Self::into(None, service)),
            Err(e) => Err(e),
        }
    }

    /// One that is so small that there is always room for it.
    fn small(service: &Service) -> Result<Self> {
        Ok(Self::into(Some(service.files.new_upload()?), service))
    }

    fn into(file: Option<NamedTempFile>, service: &Service) -> Self {
        Self {
            file,
            hash: Sha256::new(),
            size: 0,
            limit: service.config.max_upload_bytes,
        }
    }

    /// Takes the next piece.
    pub(crate) fn write(&mut self, piece: &Bytes) -> Result<()> {
        self.size += piece.len() as u64;
        if self.size > self.limit {
            return Err(Error::TooLarge { limit: self.limit });
        }
        self.hash.update(piece);
        let written = self
            .file
            .as_mut()
            .map_or(Ok(()), |file| file.write_all(piece));
        match written {
            // It is read to its end all the same: only then does its client hear what is wrong.
            Err(e) if store::is_full(&e) => self.file = None,
            written => written?,
        }
        Ok(())
    }

    /// The hash of what has come so far.
    pub(crate) fn digest(&self) -> Vec<u8> {
        self.hash.clone().finalize().to_vec()
    }

    /// Whether nothing has come.
    pub(crate) fn is_empty(&self) -> bool {
        self.size == 0
    }

    /// Keeps the upload: reads it, reports on it, puts it in its place and adds its row.
    pub(crate) async fn keep(
        self,
        service: &Service,
        owner: &str,
        meta: DatasetMeta,
    ) -> Result<Dataset> {
        if self.size == 0 {
            return Err(Error::bad_field(
                "file",
                "The file is empty. Send a file with content.",
            ));
        }
        let sha256 = hex(&self.hash.finalize());
        let id = id_for(owner, &sha256);
        let known = service.store.dataset(owner, &id).await?;
        if known.is_none() {
            quotas::check_bytes(service, owner, self.size).await?;
        }
        let Some(file) = self.file else {
            let known = known.ok_or(Error::DiskFull)?;
            return rename(service, known, meta).await;
        };
        let limits = service.config.limits.clone();
        let work = move || {
            let bytes = std::fs::read(file.path())?;
            Ok((sequence::report(&sequence::read(&bytes, &limits)), file))
        };
        let (report, file) = service.heavy(work).await?;
        let now = Utc::now();
        let row = DatasetRow {
            id,
            owner: owner.to_owned(),
            sha256: sha256.clone(),
            size: i64::try_from(self.size).unwrap_or(i64::MAX),
            name: meta.name,
            kind: meta.kind,
            description: meta.description,
            report: Json(report),
            created: now,
            updated: now,
        };
        // Until its row is written, nobody takes the content for a leftover.
        let kept = service.contents.keep(&sha256).await;
        let (files, hash) = (service.files.clone(), sha256.clone());
        blocking(move || Ok(files.keep_blob(&file, &hash)?)).await?;
        fail_point!("upload-kept");
        let limit = service.config.quotas.stored_bytes;
        let put = service.store.put_dataset(&row, limit).await;
        fail_point!("upload-noted");
        drop(kept);
        match put {
            Ok(Put::Kept(kept)) => Ok(kept.into_shown()),
            Ok(Put::Full { used }) => {
                forget(service, &sha256).await;
                Err(Error::TooMuchStored {
                    used,
                    more: self.size,
                    limit: limit.unwrap_or_default(),
                })
            }
            Err(e) => {
                forget(service, &sha256).await;
                Err(e.into())
            }
        }
    }
}

/// Removes a content that no dataset has. What cannot be removed now will be swept.
async fn forget(service: &Service, sha256: &str) {
    if let Err(e) = remove_leftover(service, Content::Upload, sha256).await {
        tracing::warn!(%sha256, error = %e, "cannot remove an upload that is no dataset");
    }
}

/// Gives a dataset that is here already another name, type and description.
async fn rename(service: &Service, known: DatasetRow, meta: DatasetMeta) -> Result<Dataset> {
    let row = DatasetRow {
        name: meta.name,
        kind: meta.kind,
        description: meta.description,
        updated: Utc::now(),
        ..known
    };
    match service.store.put_dataset(&row, None).await? {
        Put::Kept(kept) => Ok(kept.into_shown()),
        Put::Full { .. } => Err(Error::DiskFull),
    }
}

/// The content alone makes the id where everybody shares one owner; else two owners of the same
/// content have two datasets.
fn id_for(owner: &str, sha256: &str) -> String {
    if owner == OPEN {
        sha256.to_owned()
    } else {
        hex_sha256(format!("{sha256}{owner}"))
    }
}

/// Keeps a tree that was inferred from an alignment, as a dataset of its own.
pub(crate) async fn keep_tree_of(
    service: &Service,
    owner: &str,
    alignment: &DatasetRow,
    newick: String,
) -> Result<Dataset> {
    let meta = DatasetMeta {
        name: format!("Tree of {}", alignment.name),
        kind: "newick".to_owned(),
        description: format!(
            "Inferred by neighbour joining from the alignment {}.",
            alignment.id
        ),
    };
    let mut incoming = Incoming::small(service)?;
    incoming.write(&Bytes::from(newick))?;
    incoming.keep(service, owner, meta).await
}

/// Infers a tree from the alignment of a dataset, and keeps it as a dataset.
pub(crate) async fn infer_tree(service: &Service, owner: &str, id: &str) -> Result<Dataset> {
    let row = find(service, owner, id).await?;
    let (files, limits, hash) = (
        service.files.clone(),
        service.config.limits.clone(),
        row.sha256.clone(),
    );
    let work = move || {
        let document = sequence::read(&files.read_blob(&hash)?, &limits);
        let unusable = |finding: &Finding| Error::invalid(vec![unusable_field(sentence(finding))]);
        let wrong = document.findings.iter().find(|f| f.level == Level::Error);
        let Some(alignment) = document.alignment.as_ref().filter(|_| wrong.is_none()) else {
            return Err(wrong.map_or_else(
                || {
                    let message = "The dataset holds no alignment to infer a tree from.";
                    Error::invalid(vec![unusable_field(message.to_owned())])
                },
                unusable,
            ));
        };
        let tree = sequence::infer::neighbour_joining(alignment).map_err(|f| unusable(&f))?;
        Ok(sequence::write::newick(&tree) + "\n")
    };
    let newick = service.heavy(work).await?;
    keep_tree_of(service, owner, &row, newick).await
}

/// What is the matter, and what to do about it.
pub(crate) fn sentence(finding: &Finding) -> String {
    format!("{} {}", finding.message, finding.remedy)
}

fn unusable_field(message: String) -> FieldError {
    FieldError {
        field: "dataset_id".to_owned(),
        message,
    }
}

/// A dataset of this owner.
pub(crate) async fn find(service: &Service, owner: &str, id: &str) -> Result<DatasetRow> {
    let row = service.store.dataset(owner, id).await?;
    row.ok_or_else(|| Error::NoDataset {
        field: None,
        id: id.to_owned(),
    })
}

/// Removes a dataset that no job uses; with `force`, its jobs before.
pub(crate) async fn remove(service: &Service, owner: &str, id: &str, force: bool) -> Result<()> {
    find(service, owner, id).await?;
    let mut jobs = service.store.jobs_using(owner, id).await?;
    while force && !jobs.is_empty() {
        for job in &jobs {
            jobs::remove(service, owner, job).await?;
        }
        jobs = service.store.jobs_using(owner, id).await?;
    }
    if !jobs.is_empty() {
        return Err(Error::Conflict(format!(
            "The dataset is used by {} of your jobs: {}. Delete them first, or all together with ?force=true.",
            jobs.len(),
            jobs.join(", ")
        )));
    }
    if let Some(sha256) = service.store.remove_dataset(owner, id).await? {
        forget(service, &sha256).await;
    }
    Ok(())
}

/// Runs work that keeps a thread busy or waits for a disk, off the threads that answer requests.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(e) => Err(Error::Internal(
            anyhow::Error::new(e).context("work on a file broke off"),
        )),
    }
}
