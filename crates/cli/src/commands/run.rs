//! `datamonkey run`: from files to a result.

use std::{
    io::{IsTerminal, Write},
    path::PathBuf,
    time::Duration,
};

use anyhow::{Context, bail};
use api::{JobState, JobStatus};
use clap::Args;
use futures::StreamExt;
use hyphy::{methods, result::SiteTable};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Map, Value};
use server::{Config, Service};
use tempfile::TempDir;
use tokio::net::TcpListener;

use super::table;
use crate::client::Client;

#[derive(Args)]
pub(crate) struct Arguments {
    /// The analysis, such as fel.
    method: String,
    /// The alignment.
    #[arg(long, value_name = "FILE")]
    alignment: PathBuf,
    /// The tree; not needed when the alignment's file holds one.
    #[arg(long, value_name = "FILE")]
    tree: Option<PathBuf>,
    /// A parameter of the analysis, such as --set genetic_code=Vertebrate-mtDNA; GET /methods
    /// lists them.
    #[arg(long = "set", value_name = "NAME=VALUE")]
    parameters: Vec<String>,
    /// Address of a service, such as http://127.0.0.1:9300. Without one, the analysis runs on this
    /// machine.
    #[arg(long, env = "DATAMONKEY_SERVER", value_name = "URL")]
    server: Option<String>,
    /// Where to write HyPhy's JSON.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Sites with a p-value of at most this are shown.
    #[arg(long, default_value_t = 0.1)]
    pvalue: f64,
}

#[tokio::main]
pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let Some(analysis) = methods::find(&arguments.method) else {
        let known: Vec<_> = methods::ALL.iter().map(|analysis| analysis.id).collect();
        bail!(
            "there is no analysis {}; there are: {}",
            arguments.method,
            known.join(", ")
        );
    };
    let mut body = parameters(&arguments.parameters)?;
    let own = match arguments.server {
        Some(_) => None,
        None => Some(OwnService::start().await?),
    };
    let address = own
        .as_ref()
        .map(|own| own.address.as_str())
        .or(arguments.server.as_deref());
    let client = Client::new(address.unwrap_or_default())?;
    let work = async {
        let alignment = client.upload(&arguments.alignment, "alignment").await?;
        body.insert("alignment".to_owned(), Value::from(alignment));
        if let Some(tree) = &arguments.tree {
            body.insert(
                "tree".to_owned(),
                Value::from(client.upload(tree, "tree").await?),
            );
        }
        let job = client.start(analysis.id, &body).await?;
        for warning in &job.warnings {
            eprintln!("warning: {warning}");
        }
        watch(&client, &job.job_id).await?;
        client.result(&job.job_id).await
    };
    let result = tokio::select! {
        result = work => result,
        _ = tokio::signal::ctrl_c() => {
            match &own {
                Some(own) => own.stop_jobs(&client).await,
                None => eprintln!("the job goes on at the server; the same command finds it again"),
            }
            bail!("interrupted")
        }
    };
    let result = result?;
    if let Some(output) = &arguments.output {
        std::fs::write(output, &result)
            .with_context(|| format!("cannot write {}", output.display()))?;
    }
    let sites = SiteTable::read(&result).ok();
    let text = sites.and_then(|sites| table::selected_sites(&sites, arguments.pvalue));
    let mut out = std::io::stdout();
    out.write_all(text.unwrap_or_default().as_bytes())?;
    if let Some(output) = &arguments.output {
        writeln!(out, "HyPhy's result: {}", output.display())?;
    }
    Ok(())
}

fn parameters(given: &[String]) -> anyhow::Result<Map<String, Value>> {
    given
        .iter()
        .map(|pair| {
            let (name, value) = pair
                .split_once('=')
                .with_context(|| format!("--set {pair} has no ="))?;
            Ok((name.to_owned(), Value::from(value)))
        })
        .collect()
}

/// Shows progress until the job is over. A broken connection is taken up again.
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
            // Restarting, perhaps. A real problem shows itself here:
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

/// A service of our own on a free port, with a folder of its own that is removed at the end.
struct OwnService {
    address: String,
    _folder: TempDir,
}

impl OwnService {
    async fn start() -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("datamonkey-").tempdir()?;
        let here = folder.path().to_string_lossy().into_owned();
        // What is set for a service on this machine is not for this one, but for the engine.
        let config = Config::read(|name| match name {
            "DATAMONKEY_DATA" => Some(here.clone()),
            "HYPHY_PATH" | "DATAMONKEY_ENGINE" | "LOCAL_MAX_THREADS" => std::env::var(name).ok(),
            _ => None,
        })?;
        let listener = TcpListener::bind((config.host, 0)).await?;
        let address = format!("http://{}", listener.local_addr()?);
        let service = Service::open(config).await?;
        tokio::spawn(server::serve(service, listener, std::future::pending()));
        Ok(Self {
            address,
            _folder: folder,
        })
    }

    async fn stop_jobs(&self, client: &Client) {
        if let Err(e) = client
            .delete_jobs(&[JobState::Queued, JobState::Submitting, JobState::Running])
            .await
        {
            eprintln!("could not stop the job: {e:#}");
        }
    }
}
