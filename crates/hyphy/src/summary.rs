//! A small, typed summary of a result, usable without knowledge of HyPhy's JSON.
//!
//! This module reads the parts that all analyses share. Each analysis's file reads the rest
//! ([`crate::Analysis::digest`]), with the help of `digest`.

use std::io::Read;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    Analysis, EngineKind,
    audit::{BadFit, bad_fits, incomplete_distributions},
    digest::{Digest, DigestInput, RowClass, branches, found},
    json,
    parameters::Parameters,
    publication::{self, Origin, Reference, Run, Size},
    table::{BranchInput, Group},
};

/// A summary of a result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Summary {
    /// The analysis, such as `fel`.
    pub method: String,
    /// Its name, such as `FEL`.
    pub name: String,
    /// The engine that ran it.
    pub engine: EngineKind,
    /// The engine's version; absent for results of early versions of this service that do not contain it.
    pub engine_version: Option<String>,
    /// HyPhy's version, if HyPhy ran it; otherwise as `engine_version`.
    pub hyphy_version: Option<String>,
    /// Number of sequences in the alignment; absent if there is none.
    pub sequences: Option<u64>,
    /// Number of sites in the alignment: codons, nucleotides or amino acids, as the analysis counts
    /// them.
    pub sites: Option<u64>,
    /// Number of the alignment's partitions; absent if the result does not say it.
    pub partitions: Option<u64>,
    /// The engine's run time in seconds, by its own clock.
    pub run_seconds: Option<f64>,
    /// The fitted models, in the engine's order.
    pub models: Vec<Model>,
    /// What was found: `statement` without the sentences that name rows.
    pub finding: String,
    /// What to consider before trusting the findings.
    pub warnings: Vec<String>,
    /// A paragraph for the Methods section of a publication: what was analysed, and how.
    pub methods: String,
    /// The publications to cite.
    pub references: Vec<Reference>,
    /// The classes into which the analysis sorts rows of its table, with their rows.
    pub classes: Vec<RowClass>,
    /// The findings of this analysis.
    #[serde(flatten)]
    pub digest: Digest,
}

/// A fitted model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Model {
    /// Name as HyPhy spells it.
    pub name: String,
    /// Natural logarithm of the likelihood.
    pub log_likelihood: Option<f64>,
    /// Akaike's information criterion, corrected for small samples.
    pub aic_c: Option<f64>,
    /// Number of estimated parameters.
    pub parameters: Option<u64>,
}

/// Summarises a result. `origin` is what its Methods paragraph says beyond that.
///
/// # Errors
/// What is missing in the result, for the log.
pub fn summarise(
    analysis: &'static Analysis,
    parameters: &Parameters,
    origin: Origin<'_>,
    threshold: Option<f64>,
    result: impl Read,
) -> Result<Summary, String> {
    let result: Value = json::read(result)?;
    let engine = EngineKind::of_result(&result);
    let mut digest = (analysis.digest)(&DigestInput {
        result: &result,
        engine,
        parameters,
        threshold,
        columns: analysis.columns,
        classes: analysis.classes,
    })
    .ok_or_else(|| {
        format!(
            "the result of {} does not have the expected form",
            analysis.id
        )
    })?;
    for column in &mut digest.table.columns {
        if let Some(definition) = analysis.column(engine, &column.name) {
            column.define(definition);
        }
    }
    if let Some(column) = analysis.largest_first {
        digest.table.sort_largest_first(column);
    }
    let classes = found::classes(&digest.table, analysis.classes);
    let bad_fits = bad_fits(analysis, &result["fits"]);
    let mut warnings: Vec<String> = bad_fits.iter().map(BadFit::sentence).collect();
    warnings.extend(incomplete_distributions(&result["fits"]));
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let version = match engine {
        EngineKind::Hyphy => {
            text(&result["runtime"]).or_else(|| origin.hyphy_version.map(str::to_owned))
        }
        EngineKind::Native => text(&result["analysis"]["version"]),
    };
    if !bad_fits.is_empty() {
        digest.statement = format!(
            "{} gives no answer: HyPhy did not find the best fit of its models. Run it again with \
             more starting points, if it has that parameter.",
            analysis.name
        );
    }
    // An analysis of branches says that itself.
    let (tested, all) = branches::tested(&result);
    if analysis.input.branches == BranchInput::Tested
        && analysis.group != Group::Branches
        && tested < all
    {
        digest.statement += &format!(" {tested} of {all} branches were tested.");
    }
    let finding = digest.statement.clone();
    if bad_fits.is_empty() {
        digest.statement += &found::sentences(&digest.table, &classes);
    }
    warnings.append(&mut digest.warnings);
    let input = &result["input"];
    let count = |key: &str| input[key].as_u64();
    let partitions = result["data partitions"].as_object();
    let size = Size {
        sequences: count("number of sequences").or_else(|| count("sequences")),
        sites: count("number of sites").or_else(|| count("sites")),
        partitions: partitions.map(|partitions| partitions.len() as u64),
    };
    let run = Run {
        analysis,
        engine: Some(engine),
        engine_version: version.as_deref(),
        threshold: digest.threshold.as_ref(),
        parameters: Some(parameters),
    };
    Ok(Summary {
        method: analysis.id.to_owned(),
        name: analysis.name.to_owned(),
        engine,
        hyphy_version: version.clone().filter(|_| engine == EngineKind::Hyphy),
        methods: publication::paragraph(&run, &size, origin),
        references: publication::references(std::iter::once(analysis)),
        engine_version: version,
        sequences: size.sequences,
        sites: size.sites,
        partitions: size.partitions,
        run_seconds: seconds(&result),
        models: models(&result),
        finding,
        warnings,
        classes,
        digest,
    })
}

fn seconds(result: &Value) -> Option<f64> {
    let timers = result["timers"].as_object();
    let total = timers.into_iter().flatten().find_map(|(name, timer)| {
        let is_total = matches!(name.as_str(), "Total time" | "Overall");
        timer["timer"].as_f64().filter(|_| is_total)
    });
    total.or_else(|| result["timeElapsed"].as_f64())
}

fn models(result: &Value) -> Vec<Model> {
    let mut fits: Vec<(&String, &Value)> =
        result["fits"].as_object().into_iter().flatten().collect();
    fits.sort_by_key(|(_, fit)| fit["display order"].as_i64().unwrap_or(i64::MAX));
    fits.into_iter()
        .map(|(name, fit)| Model {
            name: match name.as_str() {
                "models.codon.MG_REV.ModelDescription" => "MG94xREV".to_owned(),
                name => name.to_owned(),
            },
            log_likelihood: fit["Log Likelihood"].as_f64(),
            aic_c: fit["AIC-c"].as_f64(),
            parameters: fit["estimated parameters"].as_u64(),
        })
        .collect()
}
