//! The report as Markdown.

use std::fmt::Write;

use serde_json::Value;

use super::{ScreenAnalysis, ScreenReport, SiteCalls};
use crate::digest::format_p_value;

/// Writes a report as Markdown. Of the codons, it has those that any analysis counts as found.
#[must_use]
pub fn markdown(report: &ScreenReport) -> String {
    let mut text = format!("# {}\n\n", plain(&report.name));
    line(&mut text, format_args!("{}\n", report.answer.join(" ")));
    text.push_str("## Analyses\n\n| Analysis | State | Finding |\n|---|---|---|\n");
    for analysis in &report.analyses {
        row(
            &mut text,
            &[
                analysis.name.clone(),
                analysis.state.clone(),
                finding(analysis),
            ],
        );
    }
    sites(&mut text, report);
    if !report.branches.is_empty() {
        text.push_str("\n## Selected branches\n\n| Branch | Analysis | Value |\n|---|---|---|\n");
        for branch in &report.branches {
            let value = format!("{} {}", branch.of, format_p_value(branch.value));
            row(
                &mut text,
                &[branch.branch.clone(), branch.method.clone(), value],
            );
        }
    }
    if !report.methods.is_empty() {
        line(
            &mut text,
            format_args!("\n## Methods\n\n{}", report.methods),
        );
    }
    if !report.references.is_empty() {
        text.push_str("\n## References\n\n");
        for reference in &report.references {
            let (cited, doi) = (&reference.text, &reference.doi);
            line(&mut text, format_args!("- {cited}. doi:{doi}"));
        }
    }
    text
}

fn finding(analysis: &ScreenAnalysis) -> String {
    let preliminary = analysis.preliminary.then_some("Preliminary:");
    let said = [
        preliminary,
        analysis.statement.as_deref(),
        analysis.note.as_deref(),
    ];
    let said: Vec<&str> = said.into_iter().flatten().collect();
    said.join(" ")
}

fn sites(text: &mut String, report: &ScreenReport) {
    let is_found = |site: &&SiteCalls| site.calls.iter().flatten().any(|call| call.class.is_some());
    let mut found = report.sites.iter().filter(is_found).peekable();
    if found.peek().is_none() {
        return;
    }
    text.push_str("\n## Codons under selection\n\n");
    let mut head = vec!["Codon".to_owned()];
    let names = report.site_analyses.iter();
    head.extend(names.map(|one| format!("{} ({})", one.name, one.threshold.of)));
    head.push("Agree".to_owned());
    row(text, &head);
    row(text, &vec!["---".to_owned(); head.len()]);
    for site in found {
        let mut cells = vec![site.site.to_string()];
        cells.extend(site.calls.iter().map(|call| match call {
            None => String::new(),
            Some(call) => {
                let value = format_p_value(call.value);
                let class = call.class.as_ref();
                class.map_or(value.clone(), |class| format!("{value} {class}"))
            }
        }));
        let direction = serde_json::to_value(site.direction).unwrap_or_default();
        let direction = match &direction {
            Value::String(word) => word.as_str(),
            _ => "contradictory",
        };
        cells.push(format!("{} {direction}", site.agree));
        row(text, &cells);
    }
}

fn row(text: &mut String, cells: &[String]) {
    let cells: Vec<String> = cells.iter().map(|cell| plain(cell)).collect();
    line(text, format_args!("| {} |", cells.join(" | ")));
}

/// A text that cannot end a cell or a line.
fn plain(text: &str) -> String {
    text.replace('|', "\\|").replace(['\r', '\n'], " ")
}

fn line(text: &mut String, content: std::fmt::Arguments<'_>) {
    // Writing to a string does not fail.
    writeln!(text, "{content}").ok();
}
