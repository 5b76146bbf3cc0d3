//! Why an analysis failed, in HyPhy's own words without its call stack.

/// HyPhy's message from the end of its log, if it printed one: the text between `Error:` and the
/// call stack.
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

/// Whether HyPhy stopped at a numerical error. Searches start at random points, so a second run may
/// succeed, with [`crate::arguments::TOLERANT`] for the errors that HyPhy can tolerate.
#[must_use]
pub fn is_numerical(log: &str) -> bool {
    let mut numerical = MEANINGS
        .iter()
        .filter(|(_, cause, _)| *cause == Cause::Numbers);
    numerical.any(|(part, ..)| log.contains(part))
}

const NUMBERS: &str = "HyPhy could not compute the likelihood of the data, even in a second run \
    that tolerates numerical errors. Remove sequences that are nearly all gaps or identical to \
    others, or use a longer alignment, and try again.";

/// HyPhy's common error messages: a part of each message, its cause, and its meaning with the remedy.
const MEANINGS: &[(&str, Cause, &str)] = &[
    ("TOLERATE_NUMERICAL_ERRORS=1", Cause::Numbers, NUMBERS),
    ("positive log-likelihood", Cause::Numbers, NUMBERS),
    ("evaluation encountered a NaN", Cause::Numbers, NUMBERS),
    ("_SimplexMethod", Cause::Numbers, NUMBERS),
    ("there is a NaN in the matrix", Cause::Numbers, NUMBERS),
    (
        "too short to permit c-AIC",
        Cause::Data,
        "The alignment has too few sites for its number of sequences to look for breakpoints. Use \
         a longer alignment or fewer sequences.",
    ),
    (
        "had no match in the data filter",
        Cause::Data,
        "A leaf of the tree has no sequence in the alignment. Give both the same names.",
    ),
    (
        "tree sequence names must be one to one",
        Cause::Data,
        "Two sequences or leaves have the same name. Give each a unique name.",
    ),
    (
        "divisible by 3 and must not contain stop codons",
        Cause::Data,
        "The alignment is not in frame, or has stop codons under this genetic code. Check the code \
         and the frame.",
    ),
    (
        "is not a valid choice passed to",
        Cause::Version,
        "This version of HyPhy does not accept one of the request's values.",
    ),
    (
        "total zero branch length",
        Cause::Data,
        "The chosen branches have no length together: their sequences do not differ. Choose other \
         branches, or use more diverse sequences.",
    ),
    (
        "Input tree MUST be rooted",
        Cause::Data,
        "The analysis needs a rooted tree: its root must have two branches.",
    ),
    (
        "only works on a single partition",
        Cause::Data,
        "The analysis takes an alignment without partitions.",
    ),
    (
        "belongs to multiple sets",
        Cause::Data,
        "A branch is in several sets. Put each branch into one set only.",
    ),
    (
        "at least one designated set of branches",
        Cause::Data,
        "The analysis needs at least one set of branches. Choose branches, or label them in the \
         tree.",
    ),
    (
        "combination is currently not supported",
        Cause::Data,
        "HyPhy does not support this combination of parameters. Use the default values of the \
         synonymous rate variation or of the multiple substitutions.",
    ),
    (
        "bad_alloc",
        Cause::Memory,
        "HyPhy ran out of memory. Use fewer sequences, or ask for more memory.",
    ),
    (
        "Empty branch set",
        Cause::Data,
        "A set of branches is empty in the tree as HyPhy reads it. Name other branches.",
    ),
];

/// What made an analysis fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The data, or the choice of branches.
    Data,
    /// Numbers that cannot be computed.
    Numbers,
    /// Too little memory.
    Memory,
    /// The version of HyPhy.
    Version,
    /// A message that this service does not know.
    Unknown,
}

/// A message of HyPhy for people.
#[derive(Debug, PartialEq, Eq)]
pub struct Explained {
    /// What made the analysis fail.
    pub cause: Cause,
    /// The meaning and the remedy. The original message is in the job's log.
    pub sentence: String,
}

const UNKNOWN: &str = "HyPhy stopped with an error that this service does not know. Its message is \
    at the end of the job's log.";

/// Whether a message is about the data or the request: it reports no error inside HyPhy, and
/// contains no calls and no names such as `fel.alpha`.
fn is_for_people(message: &str) -> bool {
    if message.to_lowercase().contains("internal error") {
        return false;
    }
    let is_code = |word: &str| {
        let name = word.trim_matches(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        word.contains(['(', '`', '&', '=']) && word.contains(|c: char| c.is_ascii_alphabetic())
            || name.split('.').filter(|part| !part.is_empty()).count() > 1
                && name
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "._".contains(c))
                && name.contains(|c: char| c.is_ascii_alphabetic())
    };
    !message.split_whitespace().any(is_code)
}

/// Explains a message of HyPhy.
#[must_use]
pub fn explained(message: &str) -> Explained {
    match MEANINGS.iter().find(|(part, ..)| message.contains(part)) {
        Some((_, cause, meaning)) => Explained {
            cause: *cause,
            sentence: (*meaning).to_owned(),
        },
        None => Explained {
            cause: Cause::Unknown,
            sentence: if is_for_people(message) {
                message.to_owned()
            } else {
                UNKNOWN.to_owned()
            },
        },
    }
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
    fn the_message_is_kept_without_the_call_stack() {
        let log = "### Obtaining branch lengths\n\u{1b}[31mError:\u{1b}[0m\nThe leaf of the tree \
            labeled 'human' had no match in\nthe data filter.\n\nFunction call stack\n1 :  Lik…";
        assert_eq!(
            message(log).as_deref(),
            Some("The leaf of the tree labeled 'human' had no match in the data filter.")
        );
        assert_eq!(message("### Obtaining branch lengths\n"), None);
    }

    #[test]
    fn error_messages_are_explained_without_code() {
        let said = "The leaf of the tree labeled 'X' had no match in the data filter";
        let Explained { cause, sentence } = explained(said);
        assert_eq!(cause, Cause::Data);
        assert!(sentence.starts_with("A leaf of the tree has no sequence"));
        assert!(!sentence.contains("data filter"));
        assert_eq!(explained("Something new").sentence, "Something new");
        let code = "Assertion failed: 'None!=fel.alpha' in call to assert(`x`);";
        assert_eq!(explained(code).sentence, UNKNOWN);
        let inside = "Internal error in shell sort";
        assert_eq!(explained(inside).sentence, UNKNOWN);
    }

    #[test]
    fn numerical_errors_are_known_by_what_hyphy_says() {
        for said in [
            "Internal error Internal error: Encountered a positive log-likelihood (0.138199) at \
             evaluation 5121, mode 0, template 0. This is usually a consequence of \
             'infinite-like' parameter values",
            "Internal error Likelihood function evaluation encountered a NaN at calculation #7 \
             (probably due to a parameterization error or a bug).",
            "Internal error Internal error in _SimplexMethod; final point log-likelihood does not \
             match the best recorded log-L: -10 vs -9",
            "Internal error in ComputeBranchCache. To treat numerical errors as warnings, please \
             specify \"ENV=TOLERATE_NUMERICAL_ERRORS=1;\" as the command line argument.",
        ] {
            assert!(is_numerical(said), "{said}");
            let Explained { cause, sentence } = explained(said);
            assert_eq!(cause, Cause::Numbers);
            assert_eq!(sentence, NUMBERS);
        }
    }
}
