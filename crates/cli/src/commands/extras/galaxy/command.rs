//! The command of a tool, in Galaxy's template language (Cheetah).

use hyphy::{
    Analysis, Parameter,
    table::{Data, Kind},
};

use super::fields::{ADVANCED, DESCRIPTION, OUTPUTS, REGEXP, SET, option, parameters, takes_tree};

pub(super) fn template(analysis: &'static Analysis) -> String {
    let mut lines = vec![
        "LOCAL_MAX_THREADS=\"\\${GALAXY_SLOTS:-1}\"".to_owned(),
        format!("datamonkey run {}", analysis.id),
    ];
    if analysis.input.data != Data::None {
        lines.push("--alignment '$alignment'".to_owned());
    }
    if takes_tree(analysis) {
        lines.extend(if_given("tree", "--tree"));
    }
    if analysis.engines().len() > 1 {
        lines.push("--engine '$engine'".to_owned());
    }
    let own = parameters(analysis, false).map(|it| (it, it.name.to_owned()));
    let seldom = parameters(analysis, true).map(|it| (it, format!("{ADVANCED}.{}", it.name)));
    lines.extend(own.chain(seldom).flat_map(|(it, path)| words(it, &path)));
    for (name, _, option) in OUTPUTS {
        lines.push(format!("{option} '${name}'"));
    }
    format!("\n{}\n", lines.join("\n"))
}

/// The words for a parameter whose field has this path.
fn words(parameter: &Parameter, path: &str) -> Vec<String> {
    let option = option(parameter);
    let each = |value: String| {
        vec![
            format!("#for $it in ${path}"),
            format!("{option} '{value}'"),
            "#end for".to_owned(),
        ]
    };
    match parameter.kind {
        Kind::BranchSets => each(format!("${{it.{SET}}}")),
        Kind::Compartments => each(format!("${{it.{DESCRIPTION}}}=${{it.{REGEXP}}}")),
        Kind::Branches { .. } => if_given(path, &option),
        Kind::YesNo => vec![format!("{option} '${path}'")],
        _ if parameter.default.is_empty() => if_given(path, &option),
        _ => vec![format!("{option} '${path}'")],
    }
}

fn if_given(path: &str, option: &str) -> Vec<String> {
    let condition = format!("#if str(${path}) not in ('', 'None')");
    vec![
        condition,
        format!("{option} '${path}'"),
        "#end if".to_owned(),
    ]
}
