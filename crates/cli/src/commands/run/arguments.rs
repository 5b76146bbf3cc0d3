//! `datamonkey run METHOD`: a command for each analysis, with flags from the analysis's table.

use std::path::PathBuf;

use clap::{
    Arg, ArgAction, ArgMatches, Command, FromArgMatches, Subcommand, builder::PossibleValuesParser,
    value_parser,
};
use hyphy::{
    Analysis, EngineKind, Parameter, methods,
    table::{Data, Kind, TreeInput},
};
use serde_json::{Map, Value, json};

use crate::exit::HELP;

/// The analysis to run, and where.
pub(crate) struct Arguments {
    pub(super) analysis: &'static Analysis,
    pub(super) alignment: Option<PathBuf>,
    pub(super) tree: Option<PathBuf>,
    /// Many alignments, or trees if the analysis takes no alignment.
    pub(super) files: Vec<PathBuf>,
    /// The trees of the files: a folder, or one file for all.
    pub(super) trees: Option<PathBuf>,
    /// How many jobs of them are under way at a time.
    pub(super) jobs: usize,
    /// The request without the datasets.
    pub(super) body: Map<String, Value>,
    pub(super) server: Option<String>,
    pub(super) token: Option<String>,
    pub(super) output: Option<PathBuf>,
    pub(super) summary: Option<PathBuf>,
    pub(super) table: Option<PathBuf>,
    pub(super) ro_crate: Option<PathBuf>,
    pub(super) threshold: Option<f64>,
}

impl Subcommand for Arguments {
    fn augment_subcommands(command: Command) -> Command {
        // Only when the command is used: the options of all analyses take a moment.
        command.defer(|command| {
            command
                .subcommands(methods::ALL.iter().map(|analysis| of(analysis)))
                .after_help(HELP)
                .subcommand_required(true)
                .arg_required_else_help(true)
        })
    }

    fn augment_subcommands_for_update(command: Command) -> Command {
        Self::augment_subcommands(command)
    }

    fn has_subcommand(name: &str) -> bool {
        methods::find(name).is_some()
    }
}

fn of(analysis: &'static Analysis) -> Command {
    let mut command = Command::new(analysis.id)
        .about(format!("{}: {}", analysis.name, analysis.question))
        .long_about(format!(
            "{}: {}\n\n{}\n\nCite: {} (doi:{})",
            analysis.name,
            analysis.title,
            analysis.description,
            analysis.citation.text,
            analysis.citation.doi
        ))
        .after_help(HELP)
        .args(many(analysis));
    if analysis.input.data != Data::None {
        command = command.arg(file("alignment", "The alignment").required_unless_present(FILES));
    }
    command = match (analysis.input.tree, analysis.input.data) {
        (TreeInput::None, _) => command,
        (_, Data::None) => command.arg(file("tree", "The tree").required_unless_present(FILES)),
        (TreeInput::Rooted, _) => command.arg(file(
            "tree",
            "The rooted tree; not needed if the alignment's file contains one",
        )),
        (TreeInput::Required, _) => command.arg(file(
            "tree",
            "The tree; by default the one in the alignment's file, or one inferred by neighbour \
             joining",
        )),
    };
    if let engines @ [_, _, ..] = analysis.engines().as_slice() {
        command = command.arg(engine(engines));
    }
    // If a parameter has the same name as one of these options, the parameter wins.
    let is_free = |option: &Arg| analysis.parameter(option.get_id().as_str()).is_none();
    command
        .args(analysis.parameters.iter().filter_map(flag))
        .args(options().into_iter().filter(is_free))
}

/// The field of a request that names the engine, and its option.
const ENGINE: &str = "engine";

/// Many files, and the options for them.
const FILES: &str = "files";
const TREES: &str = "trees";
const JOBS: &str = "jobs";

fn many(analysis: &Analysis) -> Vec<Arg> {
    let takes_alignment = analysis.input.data != Data::None;
    let (name, others) = match takes_alignment {
        true => (
            "ALIGNMENT",
            vec!["alignment", "tree", "summary", "table", "ro-crate"],
        ),
        false => ("TREE", vec!["tree", "summary", "table", "ro-crate"]),
    };
    let has = |option: &str| !matches!((option, analysis.input.tree), ("tree", TreeInput::None));
    let files = Arg::new(FILES)
        .value_name(name)
        .num_args(1..)
        .value_parser(value_parser!(PathBuf))
        .conflicts_with_all(others.into_iter().filter(|option| has(option)))
        .requires("output")
        .help(
            "Many files, each analysed by itself; --output is the folder of their results. Files that \
             have theirs from an earlier run are passed over",
        );
    let jobs = Arg::new(JOBS)
        .long(JOBS)
        .value_name("NUMBER")
        .value_parser(value_parser!(u16).range(1..=1000))
        .default_value("16")
        .requires(FILES)
        .help("How many of the files are at the service at a time");
    let trees = Arg::new(TREES)
        .long(TREES)
        .value_name("PATH")
        .value_parser(value_parser!(PathBuf))
        .requires(FILES)
        .help(
            "The trees of many files: one file for all, or a folder with a tree of the same name for \
             each, such as a.nwk or a.fasta.treefile for a.fasta",
        );
    let takes_trees = takes_alignment && analysis.input.tree != TreeInput::None;
    [Some(files), takes_trees.then_some(trees), Some(jobs)]
        .into_iter()
        .flatten()
        .collect()
}

/// The options that are the same for all analyses.
fn options() -> [Arg; 7] {
    let server = Arg::new("server")
        .long("server")
        .env("DATAMONKEY_SERVER")
        .value_name("URL")
        .help(
            "Address of a service, such as http://127.0.0.1:9300. Without one, the analysis runs on \
             this machine",
        );
    let token = Arg::new("token")
        .long("token")
        .env("DATAMONKEY_TOKEN")
        .hide_env_values(true)
        .value_name("TOKEN")
        .help("Token of your session at that service. Without one, a new session begins");
    let output = Arg::new("output")
        .long("output")
        .short('o')
        .value_name("PATH")
        .value_parser(value_parser!(PathBuf))
        .help("Where to write the engine's JSON; with many files, the folder for all results");
    let summary = file(
        "summary",
        "Where to write the summary of the findings, as JSON",
    );
    let table = file("table", "Where to write the table of the findings, as CSV");
    let threshold = Arg::new("threshold")
        .long("threshold")
        .value_name("NUMBER")
        .value_parser(value_parser!(f64))
        .help("Threshold for the findings that are shown [default: the analysis's]");
    let ro_crate = file(
        "ro-crate",
        "Where to write the job as a research object: a ZIP file with data, parameters, command, log, result and \
         versions (RO-Crate)",
    );
    [server, token, output, summary, table, ro_crate, threshold]
}

/// The choice of the engine, for an analysis that several have.
fn engine(engines: &[EngineKind]) -> Arg {
    let words: Vec<&str> = engines.iter().map(|kind| kind.word()).collect();
    Arg::new(ENGINE)
        .long(ENGINE)
        .value_name("WORD")
        .value_parser(PossibleValuesParser::new(words))
        .ignore_case(true)
        .help("The program that runs the analysis; native needs no HyPhy [default: hyphy]")
}

fn file(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name)
        .long(name)
        .value_name("FILE")
        .value_parser(value_parser!(PathBuf))
        .help(help)
}

/// The flag for a parameter; none for datasets, which are files here.
fn flag(parameter: &'static Parameter) -> Option<Arg> {
    let (value_name, note) = match parameter.kind {
        Kind::Dataset => return None,
        Kind::Branches { .. } => ("BRANCH,…", ""),
        Kind::BranchSets => ("SET", " Once for each set: LABEL, or NAME=BRANCH,BRANCH,…"),
        Kind::Compartments => ("DESCRIPTION=REGEXP", " Once for each compartment."),
        Kind::Integer { .. } | Kind::Number { .. } => ("NUMBER", ""),
        _ => ("WORD", ""),
    };
    let default = match parameter.default {
        "" => String::new(),
        default => format!(" [default: {default}]"),
    };
    let range = match parameter.kind {
        Kind::Integer { min, max } => format!(" [{min} to {max}]"),
        Kind::Number { min, max } => format!(" [{min} to {max}]"),
        _ => String::new(),
    };
    let mut arg = Arg::new(parameter.name)
        .long(parameter.name.replace('_', "-"))
        .alias(parameter.name)
        .value_name(value_name)
        .required(parameter.required)
        .allow_hyphen_values(true)
        .help(format!("{}{note}{range}{default}", parameter.help));
    if matches!(parameter.kind, Kind::BranchSets | Kind::Compartments) {
        arg = arg.action(ArgAction::Append);
    }
    if !parameter.words().is_empty() {
        arg = arg
            .value_parser(PossibleValuesParser::new(parameter.words()))
            .ignore_case(true);
    }
    if parameter.advanced {
        arg = arg.help_heading("Seldom needed");
    }
    Some(arg)
}

impl FromArgMatches for Arguments {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let missing = || clap::Error::new(clap::error::ErrorKind::MissingSubcommand);
        let (method, given) = matches.subcommand().ok_or_else(missing)?;
        let analysis = methods::find(method).ok_or_else(missing)?;
        let path = |name: &str| given.try_get_one::<PathBuf>(name).ok().flatten().cloned();
        let text = |name: &str| given.try_get_one::<String>(name).ok().flatten().cloned();
        let mut body = Map::new();
        for parameter in analysis
            .parameters
            .iter()
            .filter(|p| !matches!(p.kind, Kind::Dataset))
        {
            let values: Vec<&String> = given
                .get_many::<String>(parameter.name)
                .into_iter()
                .flatten()
                .collect();
            let value = match (&parameter.kind, values.as_slice()) {
                (_, []) => continue,
                (Kind::BranchSets, sets) => sets.iter().map(|set| branch_set(set)).collect(),
                (Kind::Compartments, groups) => groups
                    .iter()
                    .map(|group| {
                        let (description, regexp) = group.split_once('=').unwrap_or((group, ""));
                        json!({"description": description, "regexp": regexp})
                    })
                    .collect(),
                (_, [value, ..]) => Value::from(value.as_str()),
            };
            body.insert(parameter.name.to_owned(), value);
        }
        if let Some(word) = text(ENGINE) {
            body.insert(ENGINE.to_owned(), Value::from(word));
        }
        Ok(Self {
            analysis,
            alignment: path("alignment"),
            tree: path("tree"),
            files: given
                .get_many::<PathBuf>(FILES)
                .into_iter()
                .flatten()
                .cloned()
                .collect(),
            trees: path(TREES),
            jobs: given.get_one::<u16>(JOBS).copied().unwrap_or(1).into(),
            body,
            server: text("server"),
            token: text("token"),
            output: path("output"),
            summary: path("summary"),
            table: path("table"),
            ro_crate: path("ro-crate"),
            // A parameter of this name is text.
            threshold: given.try_get_one("threshold").ok().flatten().copied(),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

fn branch_set(set: &str) -> Value {
    match set.split_once('=') {
        Some((name, branches)) => json!({"name": name, "branches": branches}),
        None => Value::from(set),
    }
}
