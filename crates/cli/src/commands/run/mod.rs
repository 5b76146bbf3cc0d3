//! `datamonkey run`: from input files to a result.

mod arguments;

use std::{
    io::{IsTerminal, Write},
    time::Duration,
};

use anyhow::{Context, bail};
use api::JobStatus;
use futures::StreamExt;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;

pub(crate) use arguments::Arguments;

use super::{own_service::OwnService, table};
use crate::client::Client;

#[tokio::main]
pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let analysis = arguments.analysis;
    let mut body = arguments.body.clone();
    let own = match arguments.server {
        Some(_) => None,
        None => Some(OwnService::start().await?),
    };
    let address = own
        .as_ref()
        .map(|own| own.address.as_str())
        .or(arguments.server.as_deref());
    let client = Client::new(address.unwrap_or_default(), arguments.token.clone())?;
    let work = async {
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
        let token = client.token();
        if token.is_some() && token != arguments.token {
            eprintln!(
                "session: DATAMONKEY_TOKEN={} finds this job again",
                token.unwrap_or_default()
            );
        }
        let job = client.start(analysis.id, &body).await?;
        for warning in &job.warnings {
            eprintln!("warning: {warning}");
        }
        watch(&client, &job.job_id).await?;
        let summary = client.summary(&job.job_id, arguments.threshold).await?;
        anyhow::Ok((client.result(&job.job_id).await?, summary))
    };
    let result = tokio::select! {
        result = work => result,
        _ = tokio::signal::ctrl_c() => {
            match &own {
                Some(own) => own.stop_jobs(&client).await,
                None => eprintln!("the job continues on the server; run the same command to find \
                    it again"),
            }
            bail!("interrupted")
        }
    };
    let (result, summary) = result?;
    if let Some(output) = &arguments.output {
        std::fs::write(output, &result)
            .with_context(|| format!("cannot write {}", output.display()))?;
    }
    let mut out = std::io::stdout();
    out.write_all(table::found(&summary).as_bytes())?;
    if let Some(output) = &arguments.output {
        let engine = summary.engine.name();
        writeln!(out, "{engine}'s result: {}", output.display())?;
    }
    Ok(())
}

/// Shows progress until the job has ended. Reconnects if the connection breaks.
async fn watch(client: &Client, job: &str) -> anyhow::Result<()> {
    let bar = ProgressBar::new(1000);
    let style = ProgressStyle::with_template(
        "{elapsed_precise} {wide_bar:.cyan/blue} {percent:>3}% {msg}",
    )?;
    bar.set_style(style);
    bar.enable_steady_tick(Duration::from_secs(1));
    let shown = std::io::stderr().is_terminal();
    let mut stage = String::new();
    loop {
        let Ok(events) = client.events(job).await else {
            // The service may be restarting. A real problem shows up here:
            client.job(job).await?;
            tokio::time::sleep(Duration::from_secs(1)).await;
            continue;
        };
        let mut events = std::pin::pin!(events);
        while let Some(Ok(event)) = events.next().await {
            if let Some(progress) = &event.progress {
                #[allow(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "0 to 1000"
                )]
                bar.set_position((progress.fraction * 1000.0) as u64);
                let counted = progress.counted.as_deref().unwrap_or_default();
                bar.set_message(format!("{} {counted}", progress.stage));
                if !shown && progress.stage != stage {
                    stage.clone_from(&progress.stage);
                    eprintln!("{:>3.0}% {stage}", progress.fraction * 100.0);
                }
            } else {
                bar.set_message(event.state.word());
            }
        }
        let now = client.job(job).await?;
        match now.status {
            JobStatus::Completed => {
                bar.finish_and_clear();
                return Ok(());
            }
            JobStatus::Error => {
                bar.finish_and_clear();
                bail!("{}", now.error_message.unwrap_or_default());
            }
            _ => tokio::time::sleep(Duration::from_millis(200)).await,
        }
    }
}
