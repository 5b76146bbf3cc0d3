//! The fields of a tool, which its form, its command and its test name.

use hyphy::{
    Analysis, Parameter,
    table::{Kind, TreeInput},
};

/// Results of every tool: the output's name, its format, and the option that writes it.
pub(super) const OUTPUTS: [(&str, &str, &str); 3] = [
    ("result", "json", "--output"),
    ("summary", "json", "--summary"),
    ("table", "csv", "--table"),
];

/// The section of parameters that are seldom needed.
pub(super) const ADVANCED: &str = "advanced";
/// The field in a repeat that holds one set of branches, or the parts of a compartment.
pub(super) const SET: &str = "set";
pub(super) const DESCRIPTION: &str = "description";
pub(super) const REGEXP: &str = "regexp";

/// The parameters of an analysis, without its files: those of the form, or those of the section.
pub(super) fn parameters(
    analysis: &'static Analysis,
    advanced: bool,
) -> impl Iterator<Item = &'static Parameter> {
    let own = analysis.parameters.iter();
    own.filter(move |it| !matches!(it.kind, Kind::Dataset) && it.advanced == advanced)
}

pub(super) fn takes_tree(analysis: &Analysis) -> bool {
    analysis.input.tree != TreeInput::None
}

/// The option of the command line for a parameter.
pub(super) fn option(parameter: &Parameter) -> String {
    format!("--{}", parameter.name.replace('_', "-"))
}
