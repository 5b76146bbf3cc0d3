//! The command line of the native engine: HyPhy's keywords and words, from the tables of analyses.

use std::{num::NonZeroUsize, path::PathBuf};

use clap::{
    Arg, ArgMatches, Command, FromArgMatches, Subcommand,
    builder::PossibleValuesParser,
    error::{Error, ErrorKind},
    value_parser,
};
use hyphy::{
    Parameter, methods,
    native::{self, NativeAnalysis},
    parameters::Parameters,
    table::Kind,
};
use selection::Branches;

/// An analysis with its files and options.
pub(crate) struct Arguments {
    pub(super) native: NativeAnalysis,
    pub(super) alignment: PathBuf,
    pub(super) tree: Option<PathBuf>,
    pub(super) output: PathBuf,
    pub(super) parameters: Parameters,
    pub(super) branches: Branches,
    pub(super) threads: usize,
}

impl Subcommand for Arguments {
    fn augment_subcommands(command: Command) -> Command {
        // Only when the command is used: the options of all analyses take a moment.
        command.defer(|command| {
            command
                .subcommands(NativeAnalysis::all().map(of))
                .subcommand_required(true)
                .arg_required_else_help(true)
        })
    }

    fn augment_subcommands_for_update(command: Command) -> Command {
        Self::augment_subcommands(command)
    }

    fn has_subcommand(name: &str) -> bool {
        find(name).is_some()
    }
}

fn find(id: &str) -> Option<NativeAnalysis> {
    methods::find(id).and_then(NativeAnalysis::of)
}

/// The option of a keyword such as `--branches`.
fn option(keyword: &'static str, value_name: &'static str, help: impl Into<String>) -> Arg {
    let name = keyword.trim_start_matches('-');
    Arg::new(name)
        .long(name)
        .value_name(value_name)
        .help(help.into())
}

fn file(keyword: &'static str, help: &'static str) -> Arg {
    option(keyword, "FILE", help).value_parser(value_parser!(PathBuf))
}

fn of(native: NativeAnalysis) -> Command {
    let analysis = native.analysis;
    let mut command = Command::new(analysis.id)
        .about(format!("{}: {}", analysis.name, analysis.title))
        .arg(
            file(
                "--alignment",
                "The alignment: FASTA, or NEXUS with partitions",
            )
            .required(true),
        )
        .arg(file(
            "--tree",
            "The tree; not needed if the alignment's file contains it",
        ))
        .arg(file("--output", "Where to write the result").required(true))
        .args(native.options().filter_map(flag));
    if native.takes_branches() {
        let help = "Branches to test: All, Internal, Leaves, \"Unlabeled branches\", or a label of \
            the tree";
        command = command.arg(option(native::BRANCHES, "WORD", help).default_value("All"));
    }
    let threads = option(
        native::THREADS,
        "NUMBER",
        "Number of threads [default: all cores]",
    );
    command.arg(threads.value_parser(value_parser!(NonZeroUsize)))
}

fn flag(parameter: &'static Parameter) -> Option<Arg> {
    let value_name = match parameter.kind {
        Kind::Integer { .. } | Kind::Number { .. } => "NUMBER",
        _ => "WORD",
    };
    let arg = option(parameter.keyword?, value_name, parameter.help).allow_hyphen_values(true);
    let arg = match native::words(parameter) {
        words if words.is_empty() => arg,
        words => arg
            .value_parser(PossibleValuesParser::new(words))
            .ignore_case(true),
    };
    Some(match parameter.default {
        "" => arg,
        default => arg.default_value(default),
    })
}

impl FromArgMatches for Arguments {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let missing = || Error::new(ErrorKind::MissingSubcommand);
        let (method, given) = matches.subcommand().ok_or_else(missing)?;
        let native = find(method).ok_or_else(missing)?;
        let path = |name: &str| given.get_one::<PathBuf>(name).cloned();
        let word = |parameter: &'static Parameter| {
            let name = parameter.keyword?.trim_start_matches('-');
            Some((parameter, given.get_one::<String>(name)?.as_str()))
        };
        let parameters = native.parameters(native.options().filter_map(word));
        let parameters = parameters.map_err(|problems| {
            let messages = problems.into_iter().map(|problem| problem.message);
            let text = messages.collect::<Vec<_>>().join("\n");
            Error::raw(ErrorKind::ValueValidation, text + "\n")
        })?;
        let required = || Error::new(ErrorKind::MissingRequiredArgument);
        let branches = given.try_get_one::<String>("branches").ok().flatten();
        let threads = given.get_one::<NonZeroUsize>("threads");
        Ok(Self {
            native,
            alignment: path("alignment").ok_or_else(required)?,
            tree: path("tree"),
            output: path("output").ok_or_else(required)?,
            parameters,
            branches: branches.map_or(Branches::All, |word| native::branches(word)),
            threads: threads.map_or_else(config::cores, |threads| threads.get()),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
