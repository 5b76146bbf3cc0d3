//! Responses that fit into a model's context.

use serde_json::{Value, json};

/// The longest text within a response that had to be shortened.
const LONGEST_TEXT: usize = 2_000;

/// The part of a response that a JSON pointer names, or all of it, shortened to about so many characters if it is
/// longer. The text says what was left out.
///
/// # Errors
/// A sentence: the response has no such part.
pub(crate) fn part(text: &str, pointer: Option<&str>, most: usize) -> Result<String, String> {
    let parsed = serde_json::from_str::<Value>(text).ok();
    let (Some(value), pointer) = (parsed, pointer.filter(|pointer| !pointer.is_empty())) else {
        return match pointer {
            Some(_) => Err("The response is not JSON, so it has no parts.".to_owned()),
            None => Ok(beginning(text, most)),
        };
    };
    let value = match pointer {
        None => &value,
        Some(pointer) => value.pointer(pointer).ok_or_else(|| {
            let keys: Vec<&str> = value
                .as_object()
                .into_iter()
                .flatten()
                .map(|(key, _)| key.as_str())
                .collect();
            format!(
                "The response has no part {pointer}. Its keys are: {}.",
                keys.join(", ")
            )
        })?,
    };
    let whole = value.to_string();
    if whole.chars().count() <= most {
        return Ok(whole);
    }
    let mut items = 200;
    loop {
        let short = shortened(value, items).to_string();
        if short.chars().count() <= most || items == 1 {
            return Ok(beginning(&short, most));
        }
        items /= 2;
    }
}

/// The value with at most so many items in each list, and without long texts.
fn shortened(value: &Value, items: usize) -> Value {
    match value {
        Value::Array(all) => {
            let mut kept: Vec<Value> = all
                .iter()
                .take(items)
                .map(|item| shortened(item, items))
                .collect();
            if all.len() > items {
                let left_out = all.len() - items;
                kept.push(json!(format!(
                    "… {left_out} more; use pointer to read a part"
                )));
            }
            Value::Array(kept)
        }
        Value::Object(map) => {
            let entries = map
                .iter()
                .map(|(key, value)| (key.clone(), shortened(value, items)));
            Value::Object(entries.collect())
        }
        Value::String(text) => Value::from(beginning(text, LONGEST_TEXT)),
        plain => plain.clone(),
    }
}

/// The beginning of a text that is too long.
pub(crate) fn beginning(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some((end, _)) => {
            let left_out = text[end..].chars().count();
            format!("{}… ({left_out} more characters)", &text[..end])
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const MOST: usize = 40_000;

    #[test]
    fn a_short_response_is_unchanged() {
        assert_eq!(
            part(r#"{"a":[1,2]}"#, None, MOST).unwrap(),
            r#"{"a":[1,2]}"#
        );
        assert_eq!(part("a log", None, MOST).unwrap(), "a log");
    }

    #[test]
    fn a_long_response_says_what_is_left_out() {
        let rows: Vec<Value> = (0..5_000)
            .map(|k| json!([k, 0.123_456, "purifying"]))
            .collect();
        let text = part(
            &json!({"statement": "s", "rows": rows}).to_string(),
            None,
            MOST,
        )
        .unwrap();
        assert!(text.chars().count() <= MOST, "{}", text.len());
        let short: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(short["statement"], "s");
        assert_eq!(short["rows"][0], json!([0, 0.123_456, "purifying"]));
        let last = short["rows"].as_array().unwrap().last().unwrap();
        assert_eq!(last, "… 4800 more; use pointer to read a part");
        let log = part(&"é".repeat(50_000), None, MOST).unwrap();
        assert!(log.ends_with("é… (10000 more characters)"));
    }

    #[test]
    fn a_pointer_names_a_part() {
        let text = r#"{"table":{"rows":[[1],[2]]}}"#;
        assert_eq!(part(text, Some("/table/rows/1"), MOST).unwrap(), "[2]");
        let wrong = part(text, Some("/tables"), MOST).unwrap_err();
        assert_eq!(
            wrong,
            "The response has no part /tables. Its keys are: table."
        );
    }
}
