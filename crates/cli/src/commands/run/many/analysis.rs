//! One input from its files to its results.

use api::{Job, JobEvent, JobStatus};
use reqwest::StatusCode;
use serde_json::Value;
use tokio::sync::OnceCell;

use super::{
    super::{super::connection::Connection, Arguments, follow::follow},
    folder::Results,
    inputs::Input,
    row::{Row, Status},
};
use crate::exit::{Exit, Refusal};

/// What became of an input.
pub(super) type Outcome = (Row, Option<Results>);

/// What all inputs have in common.
pub(super) struct Analyses<'a> {
    pub(super) connection: &'a Connection,
    pub(super) arguments: &'a Arguments,
    /// The dataset of the tree, if all have the same.
    pub(super) same_tree: OnceCell<String>,
}

impl Analyses<'_> {
    /// Fails if no input can be analysed any more.
    pub(super) async fn analyse(
        &self,
        input: &Input,
        row: Row,
        tell: impl FnMut(&JobEvent),
    ) -> anyhow::Result<Outcome> {
        let job = match self.start(input).await {
            Ok(job) => job,
            Err(e) => return without(row, e),
        };
        let row = row.of_job(&job);
        let finished = self.finish(&job, row.clone(), tell).await;
        finished.or_else(|e| without(row, e))
    }

    async fn start(&self, input: &Input) -> anyhow::Result<Job> {
        let client = &self.connection.client;
        let mut body = self.arguments.body.clone();
        if let Some(file) = &input.alignment {
            let id = client.upload(file, "alignment").await?;
            body.insert("alignment".to_owned(), Value::from(id));
        }
        if let Some(file) = &input.tree {
            let upload = || client.upload(file, "tree");
            let id = if self.arguments.trees.as_ref() == Some(file) {
                self.same_tree.get_or_try_init(upload).await?.clone()
            } else {
                upload().await?
            };
            body.insert("tree".to_owned(), Value::from(id));
        }
        self.connection.tell_session("these jobs");
        client.start(self.arguments.analysis.id, &body).await
    }

    async fn finish(
        &self,
        job: &Job,
        row: Row,
        tell: impl FnMut(&JobEvent),
    ) -> anyhow::Result<Outcome> {
        let client = &self.connection.client;
        let ended = follow(client, &job.job_id, tell).await?;
        let row = row.of_job(&ended);
        if ended.status != JobStatus::Completed {
            let why = ended.error_message.unwrap_or_default();
            return Ok((row.without(Status::Failed, why), None));
        }
        let (id, threshold) = (&job.job_id, self.arguments.threshold);
        let summary = client.summary(id, threshold).await?;
        let results = Results {
            result: client.result(id).await?,
            table: client.table(id, threshold).await?,
            summary: serde_json::to_vec_pretty(&summary)?,
        };
        Ok((row.of_summary(&summary), Some(results)))
    }
}

fn without(row: Row, error: anyhow::Error) -> anyhow::Result<Outcome> {
    let answered = error.downcast_ref::<Refusal>().map(|it| it.status);
    let status = match (Exit::of(&error), answered) {
        (Exit::NoService, None | Some(StatusCode::SERVICE_UNAVAILABLE)) => return Err(error),
        (Exit::Refused, Some(StatusCode::UNAUTHORIZED)) => return Err(error),
        (Exit::NoService, _) => Status::NoAnswer,
        (Exit::Refused, _) => Status::Refused,
        _ => Status::Failed,
    };
    Ok((row.without(status, format!("{error:#}")), None))
}
