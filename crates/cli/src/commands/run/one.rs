//! One analysis of one alignment.

use std::{
    io::{IsTerminal, Write},
    path::Path,
    time::Duration,
};

use anyhow::Context;
use api::JobStatus;
use serde_json::Value;

use super::{
    super::{connection::Connection, table},
    Arguments,
    follow::{bar, follow, show},
};
use crate::{
    client::Client,
    exit::{Exit, failure},
};

pub(super) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let (server, token) = (arguments.server.as_deref(), arguments.token.as_deref());
    let work = async |connection: &Connection| {
        let client = &connection.client;
        let mut body = arguments.body.clone();
        let files = [
            ("alignment", &arguments.alignment),
            ("tree", &arguments.tree),
        ];
        for (field, file) in files {
            if let Some(file) = file {
                let id = client.upload(file, field).await?;
                body.insert(field.to_owned(), Value::from(id));
            }
        }
        connection.tell_session("this job");
        let job = client.start(arguments.analysis.id, &body).await?;
        for warning in &job.warnings {
            eprintln!("warning: {warning}");
        }
        watch(client, &job.job_id).await?;
        let summary = client.summary(&job.job_id, arguments.threshold).await?;
        if let Some(file) = &arguments.summary {
            write(file, &serde_json::to_vec_pretty(&summary)?)?;
        }
        if let Some(file) = &arguments.table {
            write(file, &client.table(&job.job_id, arguments.threshold).await?)?;
        }
        if let Some(file) = &arguments.ro_crate {
            write(file, &client.ro_crate(&job.job_id).await?)?;
        }
        anyhow::Ok((client.result(&job.job_id).await?, summary))
    };
    let work = Connection::with(server, token, "the job continues", work);
    let (result, summary) = work.await?;
    if let Some(output) = &arguments.output {
        write(output, &result)?;
    }
    let mut out = std::io::stdout();
    out.write_all(table::found(&summary).as_bytes())?;
    if let Some(output) = &arguments.output {
        let engine = summary.engine.name();
        writeln!(out, "{engine}'s result: {}", output.display())?;
    }
    Ok(())
}

fn write(file: &Path, content: &[u8]) -> anyhow::Result<()> {
    std::fs::write(file, content).with_context(|| format!("cannot write {}", file.display()))
}

/// Shows progress until the job has its result.
async fn watch(client: &Client, job: &str) -> anyhow::Result<()> {
    let bar = bar()?;
    bar.enable_steady_tick(Duration::from_secs(1));
    let is_shown = std::io::stderr().is_terminal();
    let mut stage = String::new();
    let ended = follow(client, job, |event| {
        show(&bar, event);
        if let Some(progress) = event.progress.as_ref().filter(|it| it.stage != stage) {
            stage.clone_from(&progress.stage);
            if !is_shown {
                eprintln!("{:>3.0}% {stage}", progress.fraction * 100.0);
            }
        }
    });
    let ended = ended.await;
    bar.finish_and_clear();
    let ended = ended?;
    if ended.status == JobStatus::Completed {
        return Ok(());
    }
    let why = ended.error_message.unwrap_or_default();
    Err(failure(Exit::Failed, why))
}
