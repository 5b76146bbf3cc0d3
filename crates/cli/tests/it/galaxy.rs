//! The tools for Galaxy that `datamonkey extras` writes. dev/pipeline-tests checks and runs them.

use std::{collections::BTreeSet, fs, path::Path};

use hyphy::{
    methods,
    table::{Data, Kind, TreeInput},
};
use tempfile::TempDir;

use crate::support::datamonkey;

fn names(folder: &Path) -> BTreeSet<String> {
    let files = fs::read_dir(folder).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    names.collect()
}

#[test]
fn every_analysis_has_a_tool_with_all_its_parameters() {
    let folder = TempDir::new().unwrap();
    let done = datamonkey().arg("extras").arg(folder.path()).status();
    assert!(done.unwrap().success());
    let tools = folder.path().join("galaxy");
    let file = |id: &str| format!("datamonkey_{}.xml", id.replace('-', "_"));
    let mut expected: BTreeSet<String> = methods::ALL.iter().map(|it| file(it.id)).collect();
    expected.insert("test-data".to_owned());
    assert_eq!(names(&tools), expected);
    let data = names(&tools.join("test-data"));
    for analysis in methods::ALL {
        let tool = fs::read_to_string(tools.join(file(analysis.id))).unwrap();
        let has =
            |text: &str| assert!(tool.contains(text), "{} lacks {text}:\n{tool}", analysis.id);
        has(&format!("datamonkey run {}\n", analysis.id));
        has(analysis.citation.doi);
        has(r#"<data name="result" format="json""#);
        has(r#"<data name="table" format="csv""#);
        if analysis.input.data != Data::None {
            has(r#"<param argument="--alignment" type="data""#);
        }
        if analysis.input.tree != TreeInput::None {
            has(r#"<param argument="--tree" type="data""#);
        }
        for parameter in analysis.parameters {
            let option = parameter.name.replace('_', "-");
            let named = match parameter.kind {
                Kind::Dataset => continue,
                Kind::BranchSets | Kind::Compartments => {
                    format!("<repeat name=\"{}\"", parameter.name)
                }
                _ => format!("<param argument=\"--{option}\""),
            };
            has(&named);
            let line = tool.lines().find(|line| line.contains(&named)).unwrap();
            assert!(line.contains(parameter.label.split(['&', '<', '\'']).next().unwrap()));
            let bounds = match parameter.kind {
                Kind::Integer { min, max } => format!("min=\"{min}\" max=\"{max}\""),
                Kind::Number { min, max } => format!("min=\"{min}\" max=\"{max}\""),
                _ => continue,
            };
            assert!(line.contains(&bounds), "{line}");
            let default = match parameter.default {
                "" => "optional=\"true\"".to_owned(),
                default => format!("value=\"{default}\""),
            };
            assert!(line.contains(&default), "{line}");
        }
        let example = &analysis.example;
        for file in [example.alignment, example.tree].into_iter().flatten() {
            assert!(data.contains(file.name));
            has(&format!("value=\"{}\"", file.name));
        }
    }
}
