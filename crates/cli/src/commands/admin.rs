//! `datamonkey admin`: what the operator sees of the service's users, and acts on.

use anyhow::bail;
use clap::{Args, Subcommand};
use comfy_table::{CellAlignment, Table, presets};
use config::Config;
use service::operator::{self, OwnerUsage};

use super::serve::config;
use crate::client::Client;

#[derive(Subcommand)]
pub(crate) enum Arguments {
    /// Show what each owner has: datasets, their size, and jobs. An owner is a session, or `open` if all
    /// callers share all data.
    Usage,
    /// Cancel jobs that wait or run. They are kept, without a result.
    Cancel(CancelArguments),
    /// End a session for good: cancel its jobs, remove its data and refuse its tokens.
    Retire {
        /// The owner, or the first characters of it, as the log and `usage` show them.
        owner: String,
        #[command(flatten)]
        service: ServiceArguments,
    },
}

#[derive(Args)]
pub(crate) struct CancelArguments {
    /// Ids of jobs, or their first characters.
    #[arg(required_unless_present = "owner")]
    jobs: Vec<String>,
    /// Cancel all jobs of this owner.
    #[arg(long, conflicts_with = "jobs")]
    owner: Option<String>,
    #[command(flatten)]
    service: ServiceArguments,
}

#[derive(Args)]
pub(crate) struct ServiceArguments {
    /// Address of the running service. The default is the address in its settings.
    #[arg(long, value_name = "URL")]
    server: Option<String>,
}

#[tokio::main]
pub(crate) async fn admin(arguments: Arguments) -> anyhow::Result<()> {
    service::keep_files_private();
    let config = config()?;
    match arguments {
        Arguments::Usage => usage(&config).await,
        Arguments::Cancel(arguments) => cancel(&config, arguments).await,
        Arguments::Retire { owner, service } => retire(&config, &owner, &service).await,
    }
}

async fn usage(config: &Config) -> anyhow::Result<()> {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header([
        "owner",
        "datasets",
        "bytes",
        "queued",
        "running",
        "ended",
        "last use (UTC)",
        "",
    ]);
    for owner in operator::usage(config).await? {
        let used = owner.used.map_or_else(String::new, |used| {
            used.format("%Y-%m-%d %H:%M").to_string()
        });
        let note = if owner.has_ended { "ended" } else { "" };
        let numbers = [
            owner.datasets,
            owner.bytes,
            owner.queued,
            owner.running,
            owner.ended,
        ];
        let mut row = vec![owner.owner];
        row.extend(numbers.map(|number| number.to_string()));
        row.extend([used, note.to_owned()]);
        table.add_row(row);
    }
    for column in table.column_iter_mut().skip(1).take(5) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    println!("{table}");
    Ok(())
}

async fn cancel(config: &Config, arguments: CancelArguments) -> anyhow::Result<()> {
    let unfinished = operator::unfinished_jobs(config).await?;
    let chosen = match &arguments.owner {
        Some(owner) => {
            let owner = find(config, owner).await?.owner;
            unfinished.iter().filter(|job| job.owner == owner).collect()
        }
        None => (arguments.jobs.iter())
            .map(|start| only(unfinished.iter(), |job| &job.id, start, "unfinished job"))
            .collect::<anyhow::Result<Vec<_>>>()?,
    };
    if chosen.is_empty() {
        println!("No job waits or runs.");
    }
    for job in chosen {
        let client = client(config, &job.owner, &arguments.service)?;
        let job = client.cancel(&job.id).await?;
        println!("{}: {}", job.job_id, job.state.word());
    }
    Ok(())
}

async fn retire(config: &Config, owner: &str, service: &ServiceArguments) -> anyhow::Result<()> {
    let OwnerUsage {
        owner, has_ended, ..
    } = find(config, owner).await?;
    if has_ended {
        bail!(
            "the session {owner} has ended already. Its data are removed when they have been unused for \
             SESSION_MAX_AGE"
        );
    }
    if !config.access.tokens {
        bail!(
            "the service runs in open mode: all callers share one owner, which cannot be retired. \
             Delete its datasets and jobs instead"
        );
    }
    client(config, &owner, service)?.end_session().await?;
    println!("{owner}: the session has ended and its data are removed.");
    Ok(())
}

/// A client of the running service, as an owner.
fn client(config: &Config, owner: &str, service: &ServiceArguments) -> anyhow::Result<Client> {
    let web = &config.web;
    let address = service.server.clone().unwrap_or_else(|| {
        let host = match web.host {
            host if !host.is_unspecified() => host,
            host if host.is_ipv4() => std::net::Ipv4Addr::LOCALHOST.into(),
            _ => std::net::Ipv6Addr::LOCALHOST.into(),
        };
        format!("http://{}", std::net::SocketAddr::new(host, web.port))
    });
    Client::new(&address, operator::token(config, owner)?)
}

async fn find(config: &Config, start: &str) -> anyhow::Result<OwnerUsage> {
    let owners = operator::usage(config).await?;
    only(owners.iter(), |one| &one.owner, start, "owner").cloned()
}

/// The only one whose id begins so.
fn only<'a, T>(
    all: impl Iterator<Item = &'a T>,
    id: impl Fn(&T) -> &str,
    start: &str,
    what: &str,
) -> anyhow::Result<&'a T> {
    let found: Vec<_> = all.filter(|one| id(one).starts_with(start)).collect();
    match found[..] {
        [one] => Ok(one),
        [] => bail!("there is no {what} {start}"),
        _ => bail!("{} {what}s begin with {start}", found.len()),
    }
}
