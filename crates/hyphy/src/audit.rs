//! Compares a result with what was requested, before it counts as a result.
//!
//! HyPhy can finish without an error and yet have tested other branches than requested, have
//! changed the data, or have stopped its search at a bad fit. What it says about that is in its log
//! and deep in its result.

mod fits;
mod log;
mod tested;

use std::{collections::BTreeMap, io::Read};

use serde::Deserialize;
use serde_json::Value;

pub use fits::{BadFit, FIT_TOLERANCE, bad_fits, incomplete_distributions};

use crate::{Analysis, EngineKind, input::Prepared, json, names::Renamed};

/// What an audit found.
#[derive(Debug, Default, PartialEq)]
pub struct Audit {
    /// Sentences to show with the result.
    pub warnings: Vec<String>,
    /// Why the result is not an answer to the request.
    pub unusable: Option<String>,
    /// Models that fit worse than a model that they contain.
    pub bad_fits: Vec<BadFit>,
}

/// The parts of a result that are compared.
#[derive(Deserialize)]
struct Parts {
    #[serde(default)]
    tested: Value,
    #[serde(default)]
    fits: Value,
}

/// Compares a result and the log of its run with what the run was given.
///
/// # Errors
/// The result is not complete JSON, or it cannot be read.
pub fn audit(
    analysis: &Analysis,
    engine: EngineKind,
    prepared: &Prepared,
    renamed: &Renamed,
    log: &str,
    result: impl Read,
) -> Result<Audit, String> {
    let parts: Parts = json::read(result)?;
    let mut audit = Audit {
        warnings: log::warnings(engine, log, renamed),
        unusable: None,
        bad_fits: bad_fits(analysis, &parts.fits),
    };
    if prepared.requested.iter().all(BTreeMap::is_empty) {
        // Nothing else says which branches are missing.
        audit
            .warnings
            .extend(log::removed_branches(engine, log, renamed));
        return Ok(audit);
    }
    match tested::compare(engine, &prepared.requested, &parts.tested, renamed) {
        Ok(differences) => audit.warnings.extend(differences),
        Err(nothing) => audit.unusable = Some(nothing),
    }
    Ok(audit)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::methods;

    #[test]
    fn numbers_beyond_a_double_hinder_no_audit() {
        let fel = methods::find("fel").unwrap();
        let result = r#"{"fits": {"GTR": {"AIC-c": 1e400, "Log Likelihood": -inf}}, "tested": {}}"#;
        let (prepared, renamed) = (Prepared::default(), Renamed::default());
        let found = audit(
            fel,
            EngineKind::Hyphy,
            &prepared,
            &renamed,
            "",
            result.as_bytes(),
        );
        assert_eq!(found, Ok(Audit::default()));
    }
}
