//! Warnings in HyPhy's log, in plain words.

use crate::{EngineKind, failure::without_escapes, names::Renamed};

/// Maximum number of warnings from a log.
const MOST: usize = 20;

/// What a warning of HyPhy means: a part of its text, and a sentence. `#` stands for the first
/// number in the text, and `@` for the word between underscores.
const MEANINGS: &[(&str, &str)] = &[
    (
        "Identical sequences do not contribute",
        "Duplicate sequences in the alignment: #. They add no information and cost time; \
         consider removing them.",
    ),
    (
        "appear to be 'infinitely' long",
        "# branches are extremely long. Usually the cause is the alignment (not aligned by codons, \
         badly trimmed, or sequences that are not homologous). Inspect it before you trust the \
         result.",
    ),
    (
        "derived from a single codon site",
        "Most of the evidence comes from a single codon (site #). Check the alignment there, or mask \
         the site and run the analysis again.",
    ),
    (
        "cumulative branch length in the",
        "The branches of the set @ have no length together, so HyPhy cannot estimate their rates \
         and made no formal test: all p-values are 1.",
    ),
];

/// What HyPhy says about its searches without a mark of a warning: a part of the line, and a sentence.
const TROUBLES: &[(&str, &str)] = &[
    (
        "convergence issues due to flat likelihood surfaces",
        "The likelihood is almost the same for different values of K, so HyPhy looked for the best K \
         on both sides of 1. Interpret the estimate of K with caution.",
    ),
    (
        "convergence issues (negative LRT)",
        "The first fits of the two models did not converge, so HyPhy fitted both again from another \
         starting point. Run the analysis again with more starting points to see whether the result \
         is stable.",
    ),
];

/// Warnings about HyPhy's own variables, which say nothing about the data or the result. They stay in
/// the log.
const INTERNAL: &[&str] = &[
    // HyPhy starts a search from its usual values, for instance after it removed branches.
    "Incorrect type for the initial values object",
];

/// The warnings in a log, each once.
pub(super) fn warnings(engine: EngineKind, log: &str, renamed: &Renamed) -> Vec<String> {
    let log = without_escapes(log);
    let mut warnings: Vec<String> = Vec::new();
    let mut lines = log.lines().peekable();
    while let Some(line) = lines.next() {
        let Some(text) = warning_text(line.trim()) else {
            continue;
        };
        let mut text = text.to_owned();
        // HyPhy breaks long warnings into lines and ends them with a rule or an empty line.
        while let Some(next) = lines.next_if(|next| is_continued(next)) {
            text.push(' ');
            text.push_str(next.trim());
        }
        let internal = INTERNAL.iter().any(|part| text.contains(part));
        let warning = in_plain_words(&text);
        if !internal && !warnings.contains(&warning) {
            warnings.push(warning);
        }
    }
    let troubles = TROUBLES.iter().filter(|(part, _)| log.contains(part));
    warnings.extend(troubles.map(|(_, meaning)| (*meaning).to_owned()));
    warnings.extend(held_branches(engine, &log, renamed));
    warnings.truncate(MOST);
    warnings
}

fn warning_text(line: &str) -> Option<&str> {
    let line = line.trim_start_matches(['>', ' ']);
    ["[WARNING]", "[**WARNING**]", "**WARNING**:", "WARNING:"]
        .iter()
        .find_map(|mark| line.strip_prefix(mark))
        .map(str::trim)
}

fn is_continued(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && !line.starts_with(['-', '#', '*', '|', '>']) && warning_text(line).is_none()
}

fn in_plain_words(text: &str) -> String {
    let plain: String = text.chars().filter(|c| !matches!(c, '*' | '`')).collect();
    let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let Some((_, meaning)) = MEANINGS.iter().find(|(part, _)| plain.contains(part)) else {
        return format!("HyPhy warns: {plain}");
    };
    // The name of the alignment's file contains no digits.
    let number: String = plain
        .chars()
        .skip_while(|c| !c.is_ascii_digit())
        .take_while(char::is_ascii_digit)
        .collect();
    let word = plain.split('_').nth(1).unwrap_or_default();
    meaning.replace('#', &number).replace('@', word)
}

/// `* Deleted 2 zero-length internal branches: \`Node3, Node5\``: what was done, and the names.
fn zero_length_branches(line: &str) -> Option<(&str, Vec<&str>)> {
    let line = line.trim().trim_start_matches(['*', ' ']);
    let (kind, names) = line.split_once(" zero-length internal branches")?;
    let names = names
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|name| !name.is_empty() && *name != "to" && *name != "be" && *name != "constrained")
        .collect();
    Some((kind, names))
}

/// One warning for the branches of all trees that HyPhy removed.
pub(super) fn removed_branches(engine: EngineKind, log: &str, renamed: &Renamed) -> Option<String> {
    let names = listed(&without_escapes(log), "Deleted", renamed)?;
    let engine = engine.name();
    Some(format!(
        "{engine} removed internal branches of length zero before the analysis: {names}."
    ))
}

/// One warning for the branches of all trees that HyPhy held at length zero.
fn held_branches(engine: EngineKind, log: &str, renamed: &Renamed) -> Option<String> {
    let names = listed(log, "Marked", renamed)?;
    let engine = engine.name();
    Some(format!(
        "{engine} held internal branches at length zero: {names}."
    ))
}

/// The names in the lines about one kind of branches, in a list for each line: the log has a line for
/// every tree that has such branches, without saying which tree it is.
fn listed(log: &str, done: &str, renamed: &Renamed) -> Option<String> {
    let lines = log.lines().filter_map(zero_length_branches);
    let trees: Vec<String> = lines
        .filter(|(kind, _)| kind.starts_with(done))
        .map(|(_, names)| {
            let names = names.into_iter();
            let names: Vec<&str> = names.map(|it| renamed.user(it).unwrap_or(it)).collect();
            names.join(", ")
        })
        .collect();
    (!trees.is_empty()).then(|| trees.join("; in another tree "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(log: &str) -> Vec<String> {
        let renamed = [("Node_3".to_owned(), "Node 3".to_owned())];
        warnings(EngineKind::Hyphy, log, &Renamed::from_iter(renamed))
    }

    #[test]
    fn a_known_warning_over_several_lines_is_one_sentence() {
        let log = "### Data\n\n-------\n>[WARNING] '/proc/self/cwd/alignment.fasta' contains 3 \
            duplicate sequences.\nIdentical sequences do not contribute any information to the\n\
            analysis and only slow down computation.\n-------\n* Selected 3 branches\n";
        let warnings = found(log);
        assert_eq!(warnings.len(), 1);
        assert!(
            warnings[0].starts_with("Duplicate sequences in the alignment: 3."),
            "{warnings:?}"
        );
    }

    #[test]
    fn removed_branches_have_the_users_names() {
        let log = "* Deleted 2 zero-length internal branches: `Node_3, Node5`\n\
            * Deleted 1 zero-length internal branches: `Node9`\n";
        assert!(found(log).is_empty());
        let renamed = Renamed::from_iter([("Node_3".to_owned(), "Node 3".to_owned())]);
        let warning = removed_branches(EngineKind::Hyphy, log, &renamed);
        let expected = "HyPhy removed internal branches of length zero before the analysis: Node 3, \
            Node5; in another tree Node9.";
        assert_eq!(warning.as_deref(), Some(expected));
    }

    #[test]
    fn an_unknown_warning_keeps_its_words() {
        assert_eq!(
            found("[**WARNING**] Something **new**\n\nmore"),
            ["HyPhy warns: Something new"]
        );
        assert_eq!(
            found("[WARNING] Incorrect type for the initial values object for partition 0. 0\n"),
            [""; 0]
        );
        assert_eq!(
            found("WARNING: high levels of saturation\n"),
            ["HyPhy warns: high levels of saturation"]
        );
        assert!(found("### Nothing\n* here\n").is_empty());
    }

    #[test]
    fn fits_that_did_not_converge_are_told() {
        let log = "### * Potential convergence issues due to flat likelihood surfaces; checking\n\
            * Detected convergence issues (negative LRT). Refitting the alterative/null model pair\n\
            * Potential convergence issues due to flat likelihood surfaces; checking\n";
        let warnings = found(log);
        assert_eq!(warnings.len(), 2);
        assert!(warnings[0].contains("estimate of K"), "{warnings:?}");
        assert!(warnings[1].contains("did not converge"), "{warnings:?}");
    }

    #[test]
    fn a_set_without_length_is_named() {
        let log =
            ">[WARNING] The cumulative branch length in the _Test_ class is 0. \nRates along\n";
        assert!(found(log)[0].starts_with("The branches of the set Test have no length"));
    }
}
