//! HyPhy's JSON, which is not always JSON: scalars may be bare `inf`, `-inf`, `nan`, `-nan`, and
//! numbers may be larger than a double can hold (`1e9999`).

use std::borrow::Cow;

use serde_json::Value;

/// The same text with every bare `inf` or `nan` replaced by `null`, and nothing else changed.
#[must_use]
pub fn valid(text: &[u8]) -> Cow<'_, [u8]> {
    with_nulls(text, non_finite)
}

/// Reads HyPhy's JSON. Numbers that are not finite, or larger than a double can hold, are `null`.
///
/// # Errors
/// It is not whole.
pub fn read(text: &[u8]) -> Result<Value, String> {
    let small = with_nulls(text, |rest| non_finite(rest).or_else(|| too_large(rest)));
    serde_json::from_slice(&small).map_err(|e| format!("the result is not whole JSON: {e}"))
}

/// Length of the number with which the text begins, if a double cannot hold it.
fn too_large(text: &[u8]) -> Option<usize> {
    let is_number = |b: &u8| b.is_ascii_digit() || b"+-.eE".contains(b);
    // Most are short; only an exponent makes one that large in what HyPhy prints.
    let length = text.iter().take_while(|b| is_number(b)).count();
    let number = std::str::from_utf8(text.get(..length)?).ok()?;
    let large = number.contains(['e', 'E']) && number.parse::<f64>().is_ok_and(f64::is_infinite);
    large.then_some(length)
}

/// The same text with every token outside of strings whose length `unusable` gives as `null`.
fn with_nulls(text: &[u8], unusable: impl Fn(&[u8]) -> Option<usize>) -> Cow<'_, [u8]> {
    let mut changed: Option<Vec<u8>> = None;
    let mut copied = 0;
    let mut in_string = false;
    let mut at = 0;
    while at < text.len() {
        match text[at] {
            b'\\' if in_string => at += 1,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            _ => {
                if let Some(length) = unusable(&text[at..]) {
                    let out = changed.get_or_insert_default();
                    out.extend_from_slice(&text[copied..at]);
                    out.extend_from_slice(b"null");
                    at += length;
                    copied = at;
                    continue;
                }
            }
        }
        at += 1;
    }
    match changed {
        None => Cow::Borrowed(text),
        Some(mut out) => {
            out.extend_from_slice(&text[copied..]);
            Cow::Owned(out)
        }
    }
}

/// Length of the bare non-finite number with which the text begins.
fn non_finite(text: &[u8]) -> Option<usize> {
    ["inf", "nan"].iter().find_map(|word| {
        let signed = text.first().is_some_and(|&b| b == b'-' || b == b'+');
        let rest = &text[usize::from(signed)..];
        let found = rest
            .get(..3)
            .is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()));
        let ends = rest.get(3).is_none_or(|b| !b.is_ascii_alphanumeric());
        (found && ends).then_some(3 + usize::from(signed))
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_bare_non_finite_numbers_change() {
        let text = br#"{"inf":inf, "a \"nan":[-nan,1e9999,NaN ,-inf],"n":null,"info":"-inf"}"#;
        let expected =
            br#"{"inf":null, "a \"nan":[null,1e9999,null ,null],"n":null,"info":"-inf"}"#;
        assert_eq!(valid(text).as_ref(), expected);
        assert!(matches!(valid(expected), Cow::Borrowed(_)));
    }

    #[test]
    fn what_a_double_cannot_hold_is_read_as_null() {
        let value = read(br#"{"a":[1e9999,-2.5e-3,1e400 ,12],"b":inf,"c":"1e9999"}"#).unwrap();
        assert_eq!(
            value,
            serde_json::json!({"a": [null, -0.0025, null, 12], "b": null, "c": "1e9999"})
        );
        assert!(read(b"{\"a\":").is_err());
    }
}
