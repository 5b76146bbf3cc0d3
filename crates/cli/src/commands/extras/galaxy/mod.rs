//! Tools for Galaxy: one file for each analysis, from its table.

mod command;
mod example;
mod fields;
mod inputs;
mod xml;

use std::{fs, path::Path};

use hyphy::{Analysis, methods};

use self::{fields::OUTPUTS, xml::Element};

/// Writes `datamonkey_METHOD.xml` for every analysis, and the data of the tools' tests.
pub(super) fn write(folder: &Path) -> anyhow::Result<()> {
    let data = folder.join("test-data");
    fs::create_dir_all(&data)?;
    for analysis in methods::ALL {
        let id = analysis.id.replace('-', "_");
        let text = tool(analysis, &id).document()?;
        fs::write(folder.join(format!("datamonkey_{id}.xml")), text)?;
        let example = &analysis.example;
        for file in [example.alignment, example.tree].into_iter().flatten() {
            fs::write(data.join(file.name), file.content)?;
        }
    }
    Ok(())
}

fn tool(analysis: &'static Analysis, id: &str) -> Element {
    let version = env!("CARGO_PKG_VERSION");
    let package = Element::new("requirement")
        .with("type", "package")
        .with("version", version)
        .text("datamonkey");
    let cited = Element::new("citation")
        .with("type", "doi")
        .text(analysis.citation.doi);
    let outputs = OUTPUTS.map(|(name, format, _)| {
        Element::new("data")
            .with("name", name)
            .with("format", format)
            .with("label", format!("${{tool.name}} on ${{on_string}}: {name}"))
    });
    Element::new("tool")
        .with("id", format!("datamonkey_{id}"))
        .with("name", analysis.name)
        .with("version", format!("{version}+galaxy0"))
        .with("profile", "24.0")
        .child(Element::new("description").text(analysis.question))
        .child(Element::new("requirements").child(package))
        .child(Element::new("version_command").text("datamonkey --version"))
        .child(
            Element::new("command")
                .with("detect_errors", "exit_code")
                .verbatim(command::template(analysis)),
        )
        .child(Element::new("inputs").children(inputs::of(analysis)))
        .child(Element::new("outputs").children(outputs))
        .child(Element::new("tests").child(example::test(analysis)))
        .child(Element::new("help").verbatim(format!(
            "\n{}: {}\n\n{}\n\n{}\n",
            analysis.name, analysis.title, analysis.description, analysis.interpretation
        )))
        .child(Element::new("citations").child(cited))
}
