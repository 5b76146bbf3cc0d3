//! The inputs of a tool: files, and a field for each parameter.

use hyphy::{
    Analysis, Parameter,
    table::{Data, Kind},
};

use super::{
    fields::{ADVANCED, DESCRIPTION, REGEXP, SET, option, parameters, takes_tree},
    xml::Element,
};

const ALIGNMENTS: &str = "fasta,fasta.gz,nex,phylip,clustal";
const TREES: &str = "newick,nhx,nex";

pub(super) fn of(analysis: &'static Analysis) -> Vec<Element> {
    let mut all = Vec::new();
    let has_alignment = analysis.input.data != Data::None;
    if has_alignment {
        all.push(file("alignment", ALIGNMENTS, "Alignment"));
    }
    if takes_tree(analysis) {
        let tree = file("tree", TREES, "Tree");
        all.push(match has_alignment {
            true => tree.with("optional", "true").with(
                "help",
                "By default the one in the alignment's file, or one inferred by neighbour joining",
            ),
            false => tree,
        });
    }
    if let engines @ [_, _, ..] = analysis.engines().as_slice() {
        let options = engines.iter().enumerate().map(|(at, engine)| {
            let word = Element::new("option").with("value", engine.word());
            chosen(word, at == 0).text(engine.name())
        });
        let select = Element::new("param")
            .with("argument", "--engine")
            .with("type", "select")
            .with("label", "Program that runs the analysis");
        all.push(select.children(options));
    }
    all.extend(parameters(analysis, false).map(field));
    let seldom: Vec<Element> = parameters(analysis, true).map(field).collect();
    if !seldom.is_empty() {
        let section = Element::new("section")
            .with("name", ADVANCED)
            .with("title", "Seldom needed");
        all.push(section.children(seldom));
    }
    all
}

fn file(name: &'static str, formats: &'static str, label: &'static str) -> Element {
    Element::new("param")
        .with("argument", format!("--{name}"))
        .with("type", "data")
        .with("format", formats)
        .with("label", label)
}

fn field(parameter: &'static Parameter) -> Element {
    match parameter.kind {
        Kind::BranchSets => repeat(parameter).child(text(
            SET,
            "Set of branches",
            "A label in the tree, or NAME=BRANCH,BRANCH,…",
        )),
        Kind::Compartments => repeat(parameter).children([
            text(DESCRIPTION, "Name of the compartment", ""),
            text(REGEXP, "Regular expression for the names of its leaves", ""),
        ]),
        Kind::YesNo => param(parameter, "boolean")
            .with("truevalue", "Yes")
            .with("falsevalue", "No")
            .with("checked", (parameter.default == "Yes").to_string()),
        Kind::GeneticCode | Kind::Choice(_) => select(parameter),
        Kind::Integer { min, max } => {
            number(parameter, "integer", [min.to_string(), max.to_string()])
        }
        Kind::Number { min, max } => number(parameter, "float", [min.to_string(), max.to_string()]),
        Kind::Branches { .. } | Kind::Dataset => {
            let field =
                param(parameter, "text").with("optional", (!parameter.required).to_string());
            field.children(printable(parameter.required))
        }
    }
}

fn param(parameter: &Parameter, kind: &str) -> Element {
    Element::new("param")
        .with("argument", option(parameter))
        .with("type", kind)
        .with("label", parameter.label)
        .with("help", parameter.help)
}

fn repeat(parameter: &Parameter) -> Element {
    let field = Element::new("repeat")
        .with("name", parameter.name)
        .with("title", parameter.label)
        .with("help", parameter.help);
    match parameter.required {
        true => field.with("min", "1"),
        false => field,
    }
}

fn select(parameter: &'static Parameter) -> Element {
    let is_optional = parameter.default.is_empty() && !parameter.required;
    let options = parameter.words().into_iter().map(|word| {
        let field = Element::new("option").with("value", word);
        chosen(field, word == parameter.default).text(meaning(parameter, word))
    });
    param(parameter, "select")
        .with("optional", is_optional.to_string())
        .children(options)
}

/// A word with what it means.
fn meaning(parameter: &Parameter, word: &str) -> String {
    let help = match parameter.kind {
        Kind::Choice(choices) => choices.iter().find(|choice| choice.value == word),
        _ => None,
    };
    match help
        .map(|choice| choice.help)
        .filter(|help| !help.is_empty())
    {
        Some(help) => format!("{word}: {help}"),
        None => word.to_owned(),
    }
}

fn chosen(option: Element, is_chosen: bool) -> Element {
    match is_chosen {
        true => option.with("selected", "true"),
        false => option,
    }
}

fn number(parameter: &Parameter, kind: &str, [min, max]: [String; 2]) -> Element {
    let field = param(parameter, kind).with("min", min).with("max", max);
    match parameter.default {
        "" => field.with("optional", (!parameter.required).to_string()),
        default => field.with("value", default),
    }
}

fn text(name: &'static str, label: &'static str, help: &'static str) -> Element {
    let field = Element::new("param")
        .with("name", name)
        .with("type", "text")
        .with("label", label);
    let field = match help {
        "" => field,
        help => field.with("help", help),
    };
    field.children(printable(true))
}

/// All characters are allowed that cannot end a word in quotes.
fn printable(is_required: bool) -> Vec<Element> {
    let quote = Element::new("remove").with("value", "'");
    let valid = Element::new("valid")
        .with("initial", "string.printable")
        .child(quote);
    let required = Element::new("validator").with("type", "empty_field");
    let mut all = vec![Element::new("sanitizer").child(valid)];
    all.extend(is_required.then_some(required));
    all
}
