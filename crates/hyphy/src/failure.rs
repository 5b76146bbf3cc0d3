//! Why an analysis failed, in HyPhy's own words without its call stack.

/// HyPhy's message from the end of its log, if it printed one: what stands between `Error:` and
/// the call stack.
#[must_use]
pub fn message(log: &str) -> Option<String> {
    let plain = without_escapes(log);
    let (_, after) = plain.rsplit_once("Error:")?;
    let ends = ["Function call stack", "\n-------", "\nCheck errors.log"];
    let end = ends
        .iter()
        .filter_map(|end| after.find(end))
        .min()
        .unwrap_or(after.len());
    let text = after[..end]
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    (!text.is_empty()).then_some(text)
}

/// The text without terminal control sequences (ECMA-48 CSI).
#[must_use]
pub fn without_escapes(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\u{1b}' {
            plain.push(c);
        } else if chars.next() == Some('[') {
            for c in chars.by_ref() {
                if ('@'..='~').contains(&c) {
                    break;
                }
            }
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_is_kept_and_the_call_stack_is_not() {
        let log = "### Obtaining branch lengths\n\u{1b}[31mError:\u{1b}[0m\nThe leaf of the tree \
            labeled 'human' had no match in\nthe data filter.\n\nFunction call stack\n1 :  Lik…";
        assert_eq!(
            message(log).as_deref(),
            Some("The leaf of the tree labeled 'human' had no match in the data filter.")
        );
        assert_eq!(message("### Obtaining branch lengths\n"), None);
    }
}
