//! Screens: the usual set of analyses, and the report of what they say together. The report knows no
//! analysis by name: everything comes from their tables and from the summaries of their results.

mod answer;
mod calls;
mod markdown;
mod methods_text;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::{
    Analysis, EngineKind,
    digest::{Column, ColumnRole, Selection, Table, Threshold},
    parameters::Parameters,
    publication::{Reference, changed},
    summary::Summary,
    table::Group,
};

pub use markdown::markdown;

/// The analyses of a screen, unless others are asked for.
pub const USUAL: [&str; 6] = ["gard", "fel", "meme", "fubar", "busted", "absrel"];

/// One analysis of a screen, with what is known of it so far.
#[derive(Debug)]
pub struct Part {
    /// The analysis.
    pub analysis: &'static Analysis,
    /// Its state, in the API's words.
    pub state: String,
    /// Whether nothing more will happen to it.
    pub is_over: bool,
    /// Its job, if it has one.
    pub job_id: Option<String>,
    /// The parameters of its job.
    pub parameters: Option<Parameters>,
    /// Whether it analyses the partitions that another analysis of the screen found.
    pub partitioned: bool,
    /// Whether the service inferred its tree.
    pub inferred_tree: bool,
    /// Why it has no job or no result, or what to know about its data.
    pub note: Option<String>,
    /// Its findings, or those of its estimate.
    pub summary: Option<Summary>,
    /// Whether the findings are those of the estimate.
    pub preliminary: bool,
}

/// The report of a screen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ScreenReport {
    /// Name of the screen.
    pub name: String,
    /// Whether every analysis has ended, was skipped or was refused.
    pub complete: bool,
    /// How strong the evidence of positive selection is; absent until an analysis that can find it
    /// has a result.
    pub evidence: Option<Strength>,
    /// The answer for the gene, in sentences.
    pub answer: Vec<String>,
    /// What was run, in order.
    pub analyses: Vec<ScreenAnalysis>,
    /// The analyses of sites, in the order of the calls of `sites`.
    pub site_analyses: Vec<SiteAnalysis>,
    /// All codons that any of them has analysed.
    pub sites: Vec<SiteCalls>,
    /// The branches under selection.
    pub branches: Vec<SelectedBranch>,
    /// A paragraph for the Methods section of a publication.
    pub methods: String,
    /// The publications to cite.
    pub references: Vec<Reference>,
}

/// How strong the evidence of positive selection in a gene is. Three kinds count: the test of the
/// whole gene, codons that at least two analyses detect, and branches. Analyses of one kind read the
/// same substitutions, so several of them count once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Strength {
    /// No analysis found positive selection.
    #[serde(rename = "none")]
    Absent,
    /// Only codons that a single analysis detects.
    Weak,
    /// One kind.
    Moderate,
    /// At least two kinds.
    Strong,
}

/// One analysis of a screen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ScreenAnalysis {
    /// The analysis, such as `fel`.
    pub method: String,
    /// Its name, such as `FEL`.
    pub name: String,
    /// The question that it answers.
    pub question: String,
    /// Its state, as in the screen.
    pub state: String,
    /// Its job; absent if it has none.
    pub job_id: Option<String>,
    /// The finding in sentences, which name the first sites or branches; absent until there is one.
    pub statement: Option<String>,
    /// The finding without the sentences that name sites or branches; absent until there is one.
    pub finding: Option<String>,
    /// Whether the finding is that of the estimate: HyPhy's result will replace it.
    pub preliminary: bool,
    /// Whether it found positive selection; absent if it cannot, or has no result.
    pub positive_selection: Option<bool>,
    /// Why it has no result, or what to know about its data.
    pub note: Option<String>,
    /// What to consider before trusting the finding.
    pub warnings: Vec<String>,
    /// The engine that computed the finding.
    pub engine: Option<EngineKind>,
    /// The engine's version.
    pub engine_version: Option<String>,
    /// Whether it analysed the partitions that another analysis of the screen found, each with its
    /// own tree.
    pub partitioned: bool,
    /// The threshold for what counts as found.
    pub threshold: Option<Threshold>,
    /// The parameters that differ from their defaults.
    #[schema(value_type = Object)]
    pub changed_parameters: Map<String, Value>,
    /// All parameters.
    #[schema(value_type = Object)]
    pub parameters: Value,
}

/// An analysis of sites.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SiteAnalysis {
    /// The analysis, such as `fel`.
    pub method: String,
    /// Its name, such as `FEL`.
    pub name: String,
    /// What the values of its calls are, such as `p-value`, and its threshold.
    pub threshold: Threshold,
    /// Whether its calls are those of the estimate.
    pub preliminary: bool,
}

/// What all analyses of sites say about a codon.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SiteCalls {
    /// Number of the codon in the alignment, from 1.
    pub site: u64,
    /// What each analysis says, in the order of `site_analyses`; `null` if it has not analysed the
    /// codon.
    pub calls: Vec<Option<SiteCall>>,
    /// How many analyses find positive selection.
    pub positive: usize,
    /// How many analyses find negative selection.
    pub negative: usize,
    /// The direction of selection; absent if no analysis finds any, or if they contradict each
    /// other.
    pub direction: Option<Selection>,
    /// Consensus: how many analyses agree on a direction.
    pub agree: usize,
}

/// What an analysis says about a codon.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SiteCall {
    /// The codon's class; absent if it is not counted as found.
    pub class: Option<String>,
    /// The direction of selection; absent if it is not counted as found.
    pub selection: Option<Selection>,
    /// The value that decides, such as a p-value.
    pub value: Option<f64>,
}

/// A branch under selection.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SelectedBranch {
    /// Name of the branch, which is that of the node below it.
    pub branch: String,
    /// The analysis that found it, such as `absrel`.
    pub method: String,
    /// The direction of selection.
    pub selection: Option<Selection>,
    /// What `value` is, such as `corrected p-value`.
    pub of: String,
    /// The value that decided.
    pub value: Option<f64>,
}

/// Puts the report together. `program` is the name and version of this program.
#[must_use]
pub fn report(name: &str, program: &str, parts: &[Part]) -> ScreenReport {
    let analyses: Vec<ScreenAnalysis> = parts.iter().map(analysed).collect();
    let (site_analyses, sites) = calls::sites(parts);
    let branches = calls::branches(parts);
    let evidence = answer::Evidence::of(parts, &analyses, &sites, &branches);
    ScreenReport {
        name: name.to_owned(),
        complete: parts.iter().all(|part| part.is_over),
        evidence: evidence.as_ref().map(answer::Evidence::strength),
        answer: answer::sentences(
            evidence.as_ref(),
            parts,
            &analyses,
            &site_analyses,
            &sites,
            &branches,
        ),
        methods: methods_text::paragraph(program, parts, &analyses),
        references: methods_text::references(parts),
        analyses,
        site_analyses,
        sites,
        branches,
    }
}

fn analysed(part: &Part) -> ScreenAnalysis {
    let Part {
        analysis, summary, ..
    } = part;
    let summary = summary.as_ref();
    ScreenAnalysis {
        method: analysis.id.to_owned(),
        name: analysis.name.to_owned(),
        question: analysis.question.to_owned(),
        state: part.state.clone(),
        job_id: part.job_id.clone(),
        statement: summary.map(|summary| summary.digest.statement.clone()),
        finding: summary.map(|summary| summary.finding.clone()),
        preliminary: part.preliminary,
        positive_selection: summary.and_then(|summary| finds_selection(analysis, summary)),
        note: part.note.clone(),
        warnings: summary.map_or_else(Vec::new, |summary| summary.warnings.clone()),
        engine: summary.map(|summary| summary.engine),
        engine_version: summary.and_then(|summary| summary.engine_version.clone()),
        partitioned: part.partitioned,
        threshold: summary.and_then(|summary| summary.digest.threshold.clone()),
        changed_parameters: part.parameters.as_ref().map_or_else(Map::new, |given| {
            changed(analysis, given)
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.clone()))
                .collect()
        }),
        parameters: serde_json::to_value(&part.parameters).unwrap_or_default(),
    }
}

/// Whether an analysis found positive selection: in a class of its table, or by its test of the gene.
fn finds_selection(analysis: &Analysis, summary: &Summary) -> Option<bool> {
    if analysis.group == Group::Gene {
        let threshold = summary.digest.threshold.as_ref()?;
        let p_value = summary.digest.tests.first()?.p_value?;
        return Some(p_value <= threshold.value);
    }
    let is_positive = |selection| selection == Some(Selection::Positive);
    if !summary
        .classes
        .iter()
        .any(|class| is_positive(class.selection))
    {
        return None;
    }
    let of = |role| calls::calls(summary, role);
    let calls = of(ColumnRole::Site).or_else(|| of(ColumnRole::Branch))?;
    let mut classes = calls.iter().filter_map(|call| call.class);
    Some(classes.any(|class| is_positive(class.selection)))
}

impl ScreenReport {
    /// The codons as a table: the value and the class of each analysis, and the consensus.
    #[must_use]
    pub fn site_table(&self) -> Table {
        let column = |name: &str, description: &str| Column::new(name, description);
        let mut columns = vec![column(
            "site",
            "Number of the codon in the alignment, from 1",
        )];
        for analysis in &self.site_analyses {
            let SiteAnalysis {
                name, threshold, ..
            } = analysis;
            columns.push(column(
                &format!("{name} {}", threshold.of),
                "The value that decides whether the codon is detected",
            ));
            columns.push(column(
                &format!("{name} class"),
                "What the analysis detects",
            ));
        }
        columns.extend([
            column(
                "direction",
                "Direction of selection; empty if analyses contradict each other",
            ),
            column(
                "positive",
                "Number of analyses that detect positive selection",
            ),
            column(
                "negative",
                "Number of analyses that detect negative selection",
            ),
            column("agree", "Number of analyses that agree on a direction"),
        ]);
        let row = |site: &SiteCalls| {
            let mut row = vec![Value::from(site.site)];
            for call in &site.calls {
                row.push(Value::from(call.as_ref().and_then(|call| call.value)));
                row.push(Value::from(
                    call.as_ref().and_then(|call| call.class.clone()),
                ));
            }
            row.push(serde_json::to_value(site.direction).unwrap_or_default());
            row.extend([site.positive, site.negative, site.agree].map(Value::from));
            row
        };
        Table {
            columns,
            rows: self.sites.iter().map(row).collect(),
        }
    }
}
