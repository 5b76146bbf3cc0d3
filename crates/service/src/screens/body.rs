//! The request that starts an analysis of a screen.

use api::ScreenRequest;
use hyphy::{Analysis, EngineKind, table::Data};
use serde_json::{Map, Value};

/// The request that starts an analysis on the whole alignment.
pub(super) fn body_for(request: &ScreenRequest, analysis: &'static Analysis) -> Map<String, Value> {
    let mut body = Map::new();
    let mut set = |name: &str, value: Option<Value>| {
        let value = value.filter(|_| analysis.parameter(name).is_some());
        body.extend(value.map(|value| (name.to_owned(), value)));
    };
    let text = |value: &Option<String>| value.clone().map(Value::from);
    set("alignment", text(&request.alignment));
    set("tree", text(&request.tree));
    if analysis.input.data == Data::Codon {
        set("genetic_code", text(&request.genetic_code));
    }
    let branches = Some(&request.branches).filter(|branches| !branches.is_empty());
    set("branches", branches.map(|names| Value::from(names.clone())));
    let engine = request.engine.as_deref();
    if engine == Some(EngineKind::Native.word()) && analysis.native.is_some() {
        body.extend(engine.map(|word| ("engine".to_owned(), Value::from(word))));
    }
    let own = request.parameters.get(analysis.id);
    let own = own.and_then(Value::as_object).cloned();
    body.extend(own.into_iter().flatten());
    body
}
