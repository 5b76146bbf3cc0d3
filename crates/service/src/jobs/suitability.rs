//! Whether datasets suit the analyses, without starting a job.

use std::sync::Arc;

use api::{FieldError, MethodSuitability, Suitabilities, SuitabilityQuery};
use hyphy::{
    Analysis,
    input::{self, Files},
    methods,
};
use sequence::{Document, GeneticCode};

use crate::{
    Service, datasets,
    error::{Error, Result},
    quotas,
};

/// Checks datasets against every analysis, or against one.
///
/// # Errors
/// An unknown dataset, analysis or genetic code.
pub async fn suitability(
    service: &Service,
    owner: &str,
    query: &SuitabilityQuery,
) -> Result<Suitabilities> {
    let analyses = match &query.method {
        None => methods::ALL.to_vec(),
        Some(id) => vec![methods::find(id).ok_or_else(|| {
            Error::invalid_field(
                "method",
                format!("There is no analysis {id}. See /methods."),
            )
        })?],
    };
    let code = match &query.genetic_code {
        None => None,
        Some(name) => Some(GeneticCode::from_name(name).ok_or_else(|| {
            let message = format!("There is no genetic code {name}. See /genetic-codes.");
            Error::invalid_field("genetic_code", message)
        })?),
    };
    let prune = datasets::prune_in(query.prune.as_deref())?;
    let given = match query.parameters.as_deref().map(serde_json::from_str) {
        None => serde_json::Map::new(),
        Some(Ok(serde_json::Value::Object(given))) => given,
        Some(_) => {
            return Err(Error::invalid_field(
                "parameters",
                r#"parameters must be a JSON object, such as {"ci": true}."#,
            ));
        }
    };
    let alignment = document(service, owner, "alignment", query.alignment.as_deref()).await?;
    let tree = document(service, owner, "tree", query.tree.as_deref()).await?;
    let check = move || {
        let mut files = Files::new(alignment.as_deref(), tree.as_deref());
        if let Some(what) = prune {
            files = files.pruned(what);
        }
        let suits = |analysis: &&'static Analysis| {
            (
                *analysis,
                input::suitability(analysis, code, &given, &files),
            )
        };
        Ok(analyses.iter().map(suits).collect::<Vec<_>>())
    };
    let checked = service.with_cpu_permit(check).await?;
    let methods = checked.into_iter().map(|(analysis, suits)| {
        let problems = suits.problems.into_iter().map(|problem| FieldError {
            field: problem.field,
            message: problem.message,
        });
        MethodSuitability {
            method: analysis.id.to_owned(),
            problems: problems
                .chain(quotas::too_large(service, analysis, suits.size))
                .collect(),
            warnings: suits.warnings,
            data_type: suits.data_type.map(str::to_owned),
            expected_seconds: suits.expected_seconds,
            native_seconds: suits.native_seconds,
        }
    });
    Ok(Suitabilities {
        methods: methods.collect(),
    })
}

async fn document(
    service: &Service,
    owner: &str,
    field: &'static str,
    id: Option<&str>,
) -> Result<Option<Arc<Document>>> {
    let Some(dataset) = datasets::find_in_field(service, owner, field, id).await? else {
        return Ok(None);
    };
    Ok(Some(datasets::parsed(service, &dataset).await?))
}
