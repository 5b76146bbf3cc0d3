//! The end of a NEXUS block, which also ends an unfinished tree.

/// Whether a text begins with `END;` or `ENDBLOCK;`. The `;` may be missing at the end of the file, and
/// before the next block.
pub(super) fn is_end(text: &[u8]) -> bool {
    let length = text
        .iter()
        .take(10)
        .take_while(|b| b.is_ascii_alphabetic())
        .count();
    let (word, rest) = text.split_at(length);
    let rest = rest.get(..200).unwrap_or(rest);
    let after = rest.trim_ascii_start();
    let begins = after.get(..6).is_some_and(|w| {
        w[..5].eq_ignore_ascii_case(b"BEGIN")
            && w[5].is_ascii_whitespace()
            && after.len() < rest.len()
    });
    (word.eq_ignore_ascii_case(b"END") || word.eq_ignore_ascii_case(b"ENDBLOCK"))
        && (after.first() == Some(&b';') || after.is_empty() || begins)
}
