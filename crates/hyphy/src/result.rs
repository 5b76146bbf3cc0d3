//! Checking that a file is a complete HyPhy result.

use std::{
    collections::BTreeMap,
    io::{self, BufReader, Read},
};

use serde::de::IgnoredAny;

use crate::{Analysis, json};

/// Checks that this is a complete result of the analysis. After a failure, the file may be empty or
/// truncated. It is read to its end but not held in memory.
///
/// # Errors
/// The file cannot be read. The inner error describes what is wrong with its content, for the log.
pub fn check(analysis: &Analysis, from: impl Read) -> io::Result<Result<(), String>> {
    let text = BufReader::new(json::valid(from));
    let keys: BTreeMap<String, IgnoredAny> = match serde_json::from_reader(text) {
        Ok(keys) => keys,
        Err(e) if e.is_io() => return Err(e.into()),
        Err(e) => return Ok(Err(format!("the result is not complete JSON: {e}"))),
    };
    let mut needed = analysis.result_keys.iter();
    Ok(match needed.find(|key| !keys.contains_key(**key)) {
        Some(key) => Err(format!("the result has no \"{key}\"")),
        None => Ok(()),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_result_must_be_complete_and_have_its_keys() {
        let fel = crate::methods::find("fel").unwrap();
        let whole: String = fel
            .result_keys
            .iter()
            .map(|key| format!("\"{key}\":[inf],"))
            .collect();
        let whole = format!("{{{}}}", whole.trim_end_matches(','));
        let check = |bytes: &[u8]| check(fel, bytes).unwrap();
        assert_eq!(check(whole.as_bytes()), Ok(()));
        assert!(check(&whole.as_bytes()[..whole.len() - 1]).is_err());
        assert_eq!(check(b"{}"), Err("the result has no \"MLE\"".to_owned()));
        assert!(check(b"").is_err());
    }
}
