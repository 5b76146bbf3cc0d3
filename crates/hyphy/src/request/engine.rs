//! The choice of the engine.

use serde_json::{Map, Value};

use super::{FieldProblem, default, shown};
use crate::{Analysis, EngineKind, parameters::Parameters};

/// The field of a request that names the engine.
pub(super) const FIELD: &str = "engine";

/// The engine that a request names, or the default.
pub(super) fn chosen(
    analysis: &Analysis,
    body: &Map<String, Value>,
) -> Result<EngineKind, FieldProblem> {
    let Some(value) = body.get(FIELD).filter(|value| !is_open(value)) else {
        return Ok(EngineKind::default());
    };
    let engines = analysis.engines();
    let named = value.as_str().and_then(EngineKind::from_word);
    named.filter(|kind| engines.contains(kind)).ok_or_else(|| {
        let words: Vec<&str> = engines.iter().map(|kind| kind.word()).collect();
        let expected = match words.as_slice() {
            [only] => format!("{only}, the only engine of {}", analysis.name),
            _ => format!("one of {}", words.join(", ")),
        };
        let message = format!("{FIELD} is {}; it must be {expected}", shown(value));
        FieldProblem::wrong(FIELD, message)
    })
}

/// Clients send these for fields that they leave open.
fn is_open(value: &Value) -> bool {
    value.is_null() || value.as_str() == Some("")
}

/// The problems of parameters of which the native engine supports only the default value.
pub(super) fn native_lacks(analysis: &Analysis, parameters: &Parameters) -> Vec<FieldProblem> {
    let lacks = analysis
        .native
        .as_ref()
        .map_or(&[][..], |native| native.lacks);
    let problem = |name: &&str| {
        let parameter = analysis.parameter(name)?;
        let value = parameters.get(name)?;
        (Some(value) != default(parameter).as_ref()).then(|| {
            let (name, usual) = (parameter.name, parameter.default);
            FieldProblem::wrong(
                name,
                format!(
                    "{name} is {}; the native engine of {} has only {usual}. Leave it at {usual}, \
                     or let HyPhy run the analysis.",
                    shown(value),
                    analysis.name
                ),
            )
        })
    };
    lacks.iter().filter_map(problem).collect()
}
