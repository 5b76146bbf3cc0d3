//! `datamonkey screen`: from an alignment to one report of the usual set of analyses.

use std::{collections::HashMap, io::Write, path::PathBuf};

use anyhow::{Context, bail};
use api::{Recombination, Screen, ScreenRequest, ScreenState, ScreenStepState};
use hyphy::screen::ScreenReport;
use serde_json::{Map, Value};

use super::{connection::Connection, table};
use crate::exit::{HELP, refused};

/// What to screen, how, and where.
#[derive(clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// The alignment of codons.
    #[arg(value_name = "ALIGNMENT")]
    alignment: PathBuf,
    /// The tree; by default the one in the alignment's file, or one inferred by neighbour joining.
    #[arg(long, value_name = "FILE")]
    tree: Option<PathBuf>,
    /// Name of the screen [default: the name of the alignment's file].
    #[arg(long, default_value = "", hide_default_value = true)]
    name: String,
    /// Genetic code [default: Universal].
    #[arg(long, value_name = "WORD")]
    genetic_code: Option<String>,
    /// Branches to test, for the analyses that test chosen branches [default: all].
    #[arg(long, value_name = "BRANCH,…", value_delimiter = ',')]
    branches: Vec<String>,
    /// Do not look for recombination.
    #[arg(long)]
    skip_recombination: bool,
    /// The analyses [default: gard,fel,meme,fubar,busted,absrel].
    #[arg(long, value_name = "METHOD,…", value_delimiter = ',')]
    methods: Vec<String>,
    /// The program that runs the analyses that it has; native needs no HyPhy [default: hyphy].
    #[arg(long, value_name = "WORD")]
    engine: Option<String>,
    /// A parameter of an analysis, such as fel.pvalue=0.05. Once for each parameter.
    #[arg(long = "set", value_name = "METHOD.NAME=VALUE")]
    parameters: Vec<String>,
    /// Address of a service, such as http://127.0.0.1:9300. Without one, the analyses run on this
    /// machine.
    #[arg(long, env = "DATAMONKEY_SERVER", value_name = "URL")]
    server: Option<String>,
    /// Token of your session at that service. Without one, a new session begins.
    #[arg(long, env = "DATAMONKEY_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// Where to write the report as JSON.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[tokio::main]
pub(crate) async fn screen(arguments: &Arguments) -> anyhow::Result<()> {
    let parameters = parameters(&arguments.parameters)?;
    let (server, token) = (arguments.server.as_deref(), arguments.token.as_deref());
    let report = Connection::with(server, token, "the screen continues", async |connection| {
        run(connection, arguments, parameters).await
    });
    let report = report.await?;
    let mut out = std::io::stdout();
    out.write_all(table::report(&report).as_bytes())?;
    if let Some(output) = &arguments.output {
        std::fs::write(output, serde_json::to_vec_pretty(&report)?)
            .with_context(|| format!("cannot write {}", output.display()))?;
        writeln!(out, "The report: {}", output.display())?;
    }
    let has_finding = |analysis: &hyphy::screen::ScreenAnalysis| analysis.statement.is_some();
    if !report.analyses.iter().any(has_finding) {
        bail!("no analysis gave a result");
    }
    let has_failed = |state: &str| {
        [ScreenStepState::Failed, ScreenStepState::Cancelled]
            .iter()
            .any(|it| it.word() == state)
    };
    let failed = report.analyses.iter().filter(|it| has_failed(&it.state));
    let failed: Vec<&str> = failed.map(|it| it.name.as_str()).collect();
    if !failed.is_empty() {
        bail!("no result of {}", failed.join(", "));
    }
    Ok(())
}

async fn run(
    connection: &Connection,
    arguments: &Arguments,
    parameters: Map<String, Value>,
) -> anyhow::Result<ScreenReport> {
    let client = &connection.client;
    let alignment = client.upload(&arguments.alignment, "alignment").await?;
    let tree = match &arguments.tree {
        Some(file) => Some(client.upload(file, "tree").await?),
        None => None,
    };
    connection.tell_session("this screen");
    let request = ScreenRequest {
        alignment: Some(alignment),
        tree,
        name: arguments.name.clone(),
        genetic_code: arguments.genetic_code.clone(),
        branches: arguments.branches.clone(),
        recombination: if arguments.skip_recombination {
            Recombination::Skip
        } else {
            Recombination::Auto
        },
        methods: arguments.methods.clone(),
        engine: arguments.engine.clone(),
        parameters,
        partitions_of: None,
    };
    let id = client.start_screen(&request).await?.screen_id;
    let (mut version, mut told) = (None, HashMap::new());
    loop {
        let Some((screen, now)) = client.screen(&id, version.as_deref()).await? else {
            continue;
        };
        tell(&screen, &mut told);
        if screen.state == ScreenState::Completed {
            return client.screen_report(&id).await;
        }
        version = Some(now);
    }
}

/// Says what has changed since the last time.
fn tell(screen: &Screen, known: &mut HashMap<String, ScreenStepState>) {
    for step in &screen.steps {
        if known.insert(step.method.clone(), step.state) == Some(step.state) {
            continue;
        }
        let why = step.error_message.as_ref().or(step.note.as_ref());
        let said = step.statement.as_ref().or(why);
        let said = said.map_or_else(String::new, |said| format!(": {said}"));
        eprintln!("{} {}{said}", step.name, step.state.word());
    }
}

/// `fel.pvalue=0.05` as `{"fel": {"pvalue": "0.05"}}`.
fn parameters(given: &[String]) -> anyhow::Result<Map<String, Value>> {
    let mut parameters = Map::new();
    for text in given {
        let parts = text.split_once('=').and_then(|(name, value)| {
            let (method, name) = name.split_once('.')?;
            Some((method, name, value))
        });
        let Some((method, name, value)) = parts else {
            return Err(refused(format!(
                "--set {text} is not of the form METHOD.NAME=VALUE, such as fel.pvalue=0.05"
            )));
        };
        let own = parameters
            .entry(method)
            .or_insert_with(|| Value::Object(Map::new()));
        own[name] = Value::from(value);
    }
    Ok(parameters)
}
