//! Receives, describes and removes datasets.

mod contents;
mod fetch;

use std::{fs::File, io::Write};

use api::{Dataset, DatasetFilter, DatasetMeta, FieldError};
use bytes::Bytes;
use chrono::Utc;
use scheduler::fail_point;
use sequence::{Finding, Level};
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

pub(crate) use contents::prune_in;
pub use contents::{alignment, trees};
pub(crate) use contents::{parsed, some_of};
pub use fetch::fetch;

use store::{
    DatasetRecord, FileKind, Page, PutDataset,
    hash::{hex, hex_sha256},
};

use crate::{
    Service,
    blocking::blocking,
    error::{Error, Result},
    leftovers::remove_leftover,
    quotas,
    sessions::OPEN,
};

/// An upload in progress. It is hashed while it is written to a temporary file. Dropping it removes
/// the file.
pub struct Incoming {
    /// `None` if the disk is full or became full. The upload is still hashed, because its content
    /// may already be stored.
    file: Option<NamedTempFile>,
    hash: Sha256,
    size: u64,
    limit: u64,
}

impl Incoming {
    /// Creates an empty upload.
    pub fn new(service: &Service) -> Result<Self> {
        match quotas::check_disk(service) {
            Ok(()) => Self::small(service),
            Err(Error::DiskFull) => Ok(Self::into(None, service)),
            Err(e) => Err(e),
        }
    }

    /// Creates an upload that is so small that it skips the check for disk space.
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

    /// Appends the next chunk.
    pub fn write(&mut self, piece: &Bytes) -> Result<()> {
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
            // Read the rest of the upload anyway: the client sees the error only after it has sent
            // everything.
            Err(e) if store::is_disk_full(&e) => self.file = None,
            written => written?,
        }
        Ok(())
    }

    /// Returns the hash of everything received so far.
    pub fn digest(&self) -> Vec<u8> {
        self.hash.clone().finalize().to_vec()
    }

    /// Returns whether nothing was received.
    pub fn is_empty(&self) -> bool {
        self.size == 0
    }

    /// Stores the upload: parses it, builds its report, moves the file into place and adds its row.
    pub async fn keep(self, service: &Service, owner: &str, meta: DatasetMeta) -> Result<Dataset> {
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
        let (report, file) = service.with_cpu_permit(work).await?;
        let now = Utc::now();
        let row = DatasetRecord {
            id,
            owner: owner.to_owned(),
            sha256: sha256.clone(),
            size: i64::try_from(self.size).unwrap_or(i64::MAX),
            name: meta.name,
            kind: meta.kind,
            description: meta.description,
            report,
            tags: Vec::new(),
            created: now,
            updated: now,
        };
        // The lock keeps the content from being removed as a leftover before its row is written.
        let kept = service.contents.keep(&sha256).await;
        let (files, hash) = (service.files.clone(), sha256.clone());
        blocking(move || Ok(files.keep_blob(&file, &hash)?)).await?;
        fail_point!("upload-kept");
        let limit = service.config.quotas.stored_bytes;
        let put = service.store.put_dataset(&row, limit).await;
        fail_point!("upload-noted");
        drop(kept);
        match put {
            Ok(PutDataset::Kept(kept)) => Ok(kept.into_shown()),
            Ok(PutDataset::OverQuota { used }) => {
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

/// Removes a content that belongs to no dataset. If that fails, the sweep removes it later.
pub(crate) async fn forget(service: &Service, sha256: &str) {
    if let Err(e) = remove_leftover(service, FileKind::Upload, sha256).await {
        tracing::warn!(%sha256, error = %e, "failed to remove an upload that no dataset refers to; the daily sweep removes it");
    }
}

/// Updates the name, type and description of an existing dataset.
async fn rename(service: &Service, known: DatasetRecord, meta: DatasetMeta) -> Result<Dataset> {
    let row = DatasetRecord {
        name: meta.name,
        kind: meta.kind,
        description: meta.description,
        updated: Utc::now(),
        ..known
    };
    match service.store.put_dataset(&row, None).await? {
        PutDataset::Kept(kept) => Ok(kept.into_shown()),
        PutDataset::OverQuota { .. } => Err(Error::DiskFull),
    }
}

/// Computes a dataset's id. In open mode the id is the hash of the content alone. With tokens it
/// also depends on the owner, so two owners of the same content have two datasets.
fn id_for(owner: &str, sha256: &str) -> String {
    if owner == OPEN {
        sha256.to_owned()
    } else {
        hex_sha256(format!("{sha256}{owner}"))
    }
}

/// Stores a tree that was inferred from an alignment as a separate dataset.
pub(crate) async fn keep_tree_of(
    service: &Service,
    owner: &str,
    alignment: &DatasetRecord,
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
    keep_text(service, owner, meta, newick).await
}

/// Stores a text that the service wrote as a dataset.
pub(crate) async fn keep_text(
    service: &Service,
    owner: &str,
    meta: DatasetMeta,
    text: String,
) -> Result<Dataset> {
    let mut incoming = Incoming::small(service)?;
    incoming.write(&Bytes::from(text))?;
    incoming.keep(service, owner, meta).await
}

/// Infers a tree from the alignment of a dataset, and stores it as a dataset.
pub async fn infer_tree(service: &Service, owner: &str, id: &str) -> Result<Dataset> {
    let row = find(service, owner, id).await?;
    let (files, limits, hash) = (
        service.files.clone(),
        service.config.limits.clone(),
        row.sha256.clone(),
    );
    let work = move || {
        let document = sequence::read(&files.read_blob(&hash)?, &limits);
        let unusable = |finding: &Finding| Error::invalid(vec![unusable_field(finding.sentence())]);
        let wrong = document.findings.iter().find(|f| f.level == Level::Error);
        let Some(alignment) = document.alignment.as_ref().filter(|_| wrong.is_none()) else {
            return Err(wrong.map_or_else(
                || {
                    let message = "The dataset has no alignment from which a tree can be inferred.";
                    Error::invalid(vec![unusable_field(message.to_owned())])
                },
                unusable,
            ));
        };
        let tree = sequence::infer::neighbour_joining(alignment).map_err(|f| unusable(&f))?;
        Ok(sequence::write::newick(&tree) + "\n")
    };
    let newick = service.with_cpu_permit(work).await?;
    keep_tree_of(service, owner, &row, newick).await
}

fn unusable_field(message: String) -> FieldError {
    FieldError {
        field: "dataset_id".to_owned(),
        message,
    }
}

/// Returns a dataset of this owner.
pub async fn find(service: &Service, owner: &str, id: &str) -> Result<DatasetRecord> {
    find_named(service, owner, None, id).await
}

/// Returns the dataset of this owner that a field of a request names; `None` if the field is absent.
pub(crate) async fn find_in_field(
    service: &Service,
    owner: &str,
    field: &'static str,
    id: Option<&str>,
) -> Result<Option<DatasetRecord>> {
    match id {
        Some(id) => find_named(service, owner, Some(field), id).await.map(Some),
        None => Ok(None),
    }
}

async fn find_named(
    service: &Service,
    owner: &str,
    field: Option<&'static str>,
    id: &str,
) -> Result<DatasetRecord> {
    let row = service.store.dataset(owner, id).await?;
    row.ok_or_else(|| Error::NoDataset {
        field,
        id: id.to_owned(),
    })
}

/// Returns a page of this owner's datasets that match the filter.
pub async fn list(
    service: &Service,
    owner: &str,
    filter: &DatasetFilter,
    page: &Page,
) -> Result<Vec<DatasetRecord>> {
    Ok(service.store.datasets(owner, filter, page).await?)
}

/// Opens the content of a dataset.
pub async fn open_content(service: &Service, dataset: &DatasetRecord) -> Result<File> {
    let (files, sha256) = (service.files.clone(), dataset.sha256.clone());
    blocking(move || Ok(files.open_blob(&sha256)?)).await
}
