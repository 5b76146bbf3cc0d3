//! Imports one store after the other.

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::anyhow;
use api::JobState;
use chrono::{DateTime, Utc};
use config::Config;
use serde::Deserialize;
use serde_json::Value;
use store::{
    DatasetRecord, GoConversation, GoData, GoDataset, GoJob, ImportedJob, StorageLimits, Store,
    StoreError, hash::hex_sha256, read_go_database,
};

use super::{found::Found, report::Report};
use crate::{
    blocking::blocking,
    files::{Files, Hashed},
    sessions::OPEN,
};

const NO_PARAMETERS: &str = "Imported from the Go service, which did not store the parameters.";
const NOT_OVER: &str =
    "The job had not ended when the service was replaced. Start it again with the same data.";
const NO_RESULT: &str =
    "The job had ended, but its result was missing when the job was imported. Start it again.";
const DAMAGED: &str = "The result is incomplete. Start the job again.";

/// A line of `datasets.json`.
#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    id: String,
    #[serde(default)]
    metadata: Metadata,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Metadata {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    description: String,
    created: Option<DateTime<Utc>>,
    updated: Option<DateTime<Utc>>,
}

/// An import in progress.
pub(super) struct Importer<'a> {
    config: &'a Config,
    store: &'a Store,
    files: &'a Files,
    found: Found,
    /// Jobs that were already processed.
    seen: BTreeSet<String>,
    pub(super) report: Report,
}

impl<'a> Importer<'a> {
    pub(super) fn new(
        config: &'a Config,
        store: &'a Store,
        files: &'a Files,
        found: Found,
    ) -> Self {
        Self {
            config,
            store,
            files,
            found,
            seen: BTreeSet::new(),
            report: Report::default(),
        }
    }

    /// Imports everything in the databases of the second version.
    pub(super) async fn databases(&mut self) -> anyhow::Result<()> {
        for path in self.found.databases.clone() {
            if let Err(why) = self.database(&path).await? {
                let sentence = format!("{} cannot be read: {why}.", path.display());
                self.report.left.push(sentence);
            }
        }
        Ok(())
    }

    /// Imports one database. The inner error is that of the old database.
    async fn database(&mut self, path: &Path) -> anyhow::Result<Result<(), StoreError>> {
        let GoData {
            sessions,
            datasets,
            jobs,
            visualizations: drawn,
            conversations,
        } = match read_go_database(path).await {
            Ok(all) => all,
            Err(why) => return Ok(Err(why)),
        };
        for (id, created) in sessions {
            let new = self.store.import_session(&id, created).await?;
            self.report.sessions += usize::from(new);
        }
        for dataset in datasets {
            self.dataset(path, dataset).await?;
        }
        for job in jobs {
            self.job(job).await?;
        }
        for (owner, drawn) in drawn {
            let owner = owner.unwrap_or_else(|| OPEN.to_owned());
            if self.store.job(&owner, &drawn.job_id).await?.is_none() {
                let sentence = format!(
                    "Visualization {}: its job {} does not exist.",
                    drawn.viz_id, drawn.job_id
                );
                self.report.left.push(sentence);
                continue;
            }
            let there = self.store.visualization(&owner, &drawn.viz_id).await?;
            if there.is_none() {
                let all = StorageLimits::default();
                self.store.put_visualization(&owner, &drawn, all).await??;
            }
            self.report.visualizations.add(there.is_none());
        }
        for conversation in conversations {
            self.conversation(conversation).await?;
        }
        Ok(Ok(()))
    }

    async fn conversation(&mut self, old: GoConversation) -> anyhow::Result<()> {
        let owner = old.owner.unwrap_or_else(|| OPEN.to_owned());
        let there = self
            .store
            .conversation(&owner, &old.conversation.id)
            .await?;
        if there.is_none() {
            let GoConversation {
                conversation,
                entries,
                ..
            } = old;
            let (id, updated) = (&conversation.id, conversation.updated);
            let all = u32::MAX;
            self.store
                .add_conversation(&owner, &conversation, all)
                .await?;
            self.store
                .extend_conversation(&owner, id, "", &entries, updated)
                .await?;
        }
        self.report.conversations.add(there.is_none());
        Ok(())
    }

    /// Imports the datasets of the first version, which had no owners.
    pub(super) async fn dataset_lists(&mut self) -> anyhow::Result<()> {
        for path in self.found.dataset_lists.clone() {
            let text = fs::read(&path)?;
            for (index, line) in String::from_utf8_lossy(&text).lines().enumerate() {
                if line.trim().is_empty() {
                    continue;
                }
                let line: Line = match serde_json::from_str(line) {
                    Ok(line) => line,
                    Err(e) => {
                        let sentence = format!("{}, line {}: {e}.", path.display(), index + 1);
                        self.report.left.push(sentence);
                        continue;
                    }
                };
                // The first line may be `{}`.
                if line.id.is_empty() {
                    continue;
                }
                let dataset = GoDataset {
                    id: line.id,
                    owner: None,
                    name: line.metadata.name,
                    kind: line.metadata.kind,
                    description: line.metadata.description,
                    created: line.metadata.created,
                    updated: line.metadata.updated,
                };
                self.dataset(&path, dataset).await?;
            }
        }
        Ok(())
    }

    /// Imports the jobs of the first version: those in its list, and those that have a result file.
    pub(super) async fn job_lists(&mut self) -> anyhow::Result<()> {
        let mut ids = BTreeSet::new();
        for path in self.found.job_lists.clone() {
            let text = fs::read(&path)?;
            let text = String::from_utf8_lossy(&text);
            ids.extend(jobs_in(&text));
        }
        // The first version's list had to be wiped occasionally. If there is a database, a job that
        // is not in it was deleted.
        if self.found.databases.is_empty() {
            ids.extend(self.found.results.keys().cloned());
        }
        for id in ids {
            if self.seen.contains(&id) {
                continue;
            }
            let job = GoJob {
                id,
                owner: None,
                method: None,
                alignment: None,
                tree: None,
                status: None,
                created: None,
                updated: None,
            };
            self.job(job).await?;
        }
        Ok(())
    }

    async fn dataset(&mut self, list: &Path, old: GoDataset) -> anyhow::Result<()> {
        if self.store.has_dataset(&old.id).await? {
            self.report.datasets.add(false);
            return Ok(());
        }
        let Some(path) = self.found.content(list, &old.id) else {
            let sentence = format!("Dataset {} ({}): its file is missing.", old.id, old.name);
            self.report.left.push(sentence);
            return Ok(());
        };
        let (files, limits) = (self.files.clone(), self.config.limits.clone());
        let work = move || {
            let bytes = fs::read(&path)?;
            let sha256 = hex_sha256(&bytes);
            let report = sequence::report(&sequence::read(&bytes, &limits));
            let mut copy = files.new_upload()?;
            std::io::Write::write_all(&mut copy, &bytes)?;
            files.keep_blob(&copy, &sha256)?;
            Ok((sha256, bytes.len(), report))
        };
        let (sha256, size, report) = blocking(work).await.map_err(|e| anyhow!("{e:?}"))?;
        let now = Utc::now();
        let created = old.created.unwrap_or(now);
        let row = DatasetRecord {
            id: old.id,
            owner: old.owner.unwrap_or_else(|| OPEN.to_owned()),
            sha256,
            size: i64::try_from(size).unwrap_or(i64::MAX),
            name: old.name,
            kind: old.kind,
            description: old.description,
            report,
            tags: Vec::new(),
            created,
            updated: old.updated.unwrap_or(created),
        };
        self.store.put_dataset(&row, None).await?;
        self.report.datasets.add(true);
        Ok(())
    }

    async fn job(&mut self, old: GoJob) -> anyhow::Result<()> {
        self.seen.insert(old.id.clone());
        if self.store.job_by_id(&old.id).await?.is_some() {
            self.report.jobs.add(false);
            return Ok(());
        }
        let result = self.found.results.get(&old.id).cloned();
        let named = old.method.clone();
        let named = named.or_else(|| Some(result.as_ref()?.0.clone()));
        let Some(analysis) = named.as_deref().and_then(hyphy::methods::find) else {
            let why = named.map_or_else(
                || "it has no result, and its analysis is unknown".to_owned(),
                |name| format!("there is no analysis {name}"),
            );
            self.report.left.push(format!("Job {}: {why}.", old.id));
            return Ok(());
        };
        let kept = match result {
            Some((_, path)) => Some(self.result(&path).await?),
            None => None,
        };
        let cancelled = old.status.as_deref() == Some("cancelled");
        let ended = matches!(
            old.status.as_deref(),
            None | Some("complete" | "completed" | "failed" | "error")
        );
        let (state, error) = match &kept {
            Some(Kept {
                sha256: Some(_), ..
            }) => (JobState::Completed, None),
            Some(_) => (JobState::Failed, Some(DAMAGED)),
            None if cancelled => (JobState::Cancelled, None),
            None if ended => (JobState::Failed, Some(NO_RESULT)),
            None => (JobState::Failed, Some(NOT_OVER)),
        };
        let kept = kept.unwrap_or_default();
        let created = old.created.or(kept.written).unwrap_or_else(Utc::now);
        let alignment = self.there(old.alignment.or(kept.alignment)).await?;
        let job = ImportedJob {
            id: old.id,
            owner: old.owner.unwrap_or_else(|| OPEN.to_owned()),
            method: analysis.id,
            alignment_id: alignment,
            tree_id: self.there(old.tree).await?,
            state,
            error_message: error.map(str::to_owned),
            warnings: vec![NO_PARAMETERS.to_owned()],
            result_sha256: kept.sha256,
            created,
            ended: kept.written.or(old.updated).unwrap_or(created),
        };
        self.report.results += usize::from(job.result_sha256.is_some());
        self.store.import_job(&job).await?;
        self.report.jobs.add(true);
        Ok(())
    }

    /// Returns a dataset's id if the dataset exists here.
    async fn there(&self, id: Option<String>) -> anyhow::Result<Option<String>> {
        match id {
            Some(id) if self.store.has_dataset(&id).await? => Ok(Some(id)),
            _ => Ok(None),
        }
    }

    async fn result(&self, path: &Path) -> anyhow::Result<Kept> {
        let (files, path) = (self.files.clone(), path.to_path_buf());
        let work = move || {
            let written = fs::metadata(&path)?.modified().ok().map(DateTime::from);
            let open = || fs::File::open(&path).map(std::io::BufReader::new);
            let mut hashed = Hashed::new(open()?);
            let Ok(result) = hyphy::json::read::<serde_json::Value>(&mut hashed) else {
                return Ok(Kept {
                    written,
                    ..Kept::default()
                });
            };
            // `/data/uploads/ID`: the first version stored datasets under their ids.
            let file = result["input"]["file name"].as_str().map(Path::new);
            let alignment = file
                .and_then(Path::file_name)
                .and_then(|name| name.to_str());
            let sha256 = hashed.hex();
            files.keep_result(open()?, &sha256)?;
            Ok(Kept {
                alignment: alignment.map(str::to_owned),
                sha256: Some(sha256),
                written,
            })
        };
        blocking(work).await.map_err(|e| anyhow!("{e:?}"))
    }
}

/// Parses the ids in a list of jobs: lines of `id TAB number`, lines of JSON objects, or one JSON
/// object or list.
fn jobs_in(text: &str) -> Vec<String> {
    if let Ok(whole) = serde_json::from_str::<Value>(text) {
        return match whole {
            Value::Array(items) => items.iter().filter_map(job_in).collect(),
            Value::Object(ref fields) => match job_in(&whole) {
                Some(id) => vec![id],
                None => fields.keys().cloned().collect(),
            },
            _ => vec![],
        };
    }
    let id = |line: &str| match line.split_once('\t') {
        Some((id, _)) => Some(id.trim().to_owned()),
        None => job_in(&serde_json::from_str(line).ok()?),
    };
    text.lines().filter_map(id).collect()
}

fn job_in(item: &Value) -> Option<String> {
    let named = ["job_id", "jobId", "id"]
        .iter()
        .find_map(|name| item[*name].as_str());
    named.or_else(|| item.as_str()).map(str::to_owned)
}

/// A result file that was read.
#[derive(Default)]
struct Kept {
    /// `None` if the file is damaged.
    sha256: Option<String>,
    /// The dataset that the result was computed from, if the file says so.
    alignment: Option<String>,
    written: Option<DateTime<Utc>>,
}
