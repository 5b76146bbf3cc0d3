//! Whether a file is a whole result of HyPhy.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use crate::{Analysis, json};

/// Checks that these bytes are a whole result of the analysis. A file may be there after a
/// failure: empty, or cut short.
///
/// # Errors
/// What is wrong with it, for the log.
pub fn check(analysis: &Analysis, bytes: &[u8]) -> Result<(), String> {
    let text = json::valid(bytes);
    let keys: BTreeMap<String, &RawValue> =
        serde_json::from_slice(&text).map_err(|e| format!("the result is not whole JSON: {e}"))?;
    match analysis
        .result_keys
        .iter()
        .find(|key| !keys.contains_key(**key))
    {
        Some(key) => Err(format!("the result has no \"{key}\"")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_result_has_its_keys_and_is_whole() {
        let fel = crate::methods::find("fel").unwrap();
        let whole: String = fel
            .result_keys
            .iter()
            .map(|key| format!("\"{key}\":[inf],"))
            .collect();
        let whole = format!("{{{}}}", whole.trim_end_matches(','));
        assert_eq!(check(fel, whole.as_bytes()), Ok(()));
        assert!(check(fel, &whole.as_bytes()[..whole.len() - 1]).is_err());
        assert_eq!(
            check(fel, b"{}"),
            Err("the result has no \"MLE\"".to_owned())
        );
        assert!(check(fel, b"").is_err());
    }
}
