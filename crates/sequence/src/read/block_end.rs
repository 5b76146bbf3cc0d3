//! The end of a NEXUS block, which also ends an unfinished tree.

/// Whether a text begins with `END;` or `ENDBLOCK;`. The `;` may be missing at the end of the file, and
/// before the next block.
pub(super) fn is_end(text: &[u8]) -> bool {
    let (word, rest) = leading_word(text);
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

/// The letters at the beginning of a text, at most ten, and what follows.
pub(super) fn leading_word(text: &[u8]) -> (&[u8], &[u8]) {
    let letters = text.iter().take(10);
    let length = letters.take_while(|b| b.is_ascii_alphabetic()).count();
    text.split_at(length)
}
