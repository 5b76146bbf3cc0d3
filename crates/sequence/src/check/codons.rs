//! Whether an alignment can be read as codons.

use super::fitting_codes;
use crate::codon::{codons as codons_of, last_codon, reading_set};
use crate::finding::{Finding, Findings};
use crate::text::{counted, excerpt};
use crate::{Alignment, GeneticCode, Sequence};

/// Number of genetic codes that a remedy lists.
const LISTED: usize = 6;

/// Checks the frame and the stop codons.
pub(super) fn codons(a: &Alignment, code: GeneticCode, findings: &mut Findings) {
    let sites = a.sites();
    if !sites.is_multiple_of(3) {
        findings.push(Finding::error(
            "not-in-frame",
            format!(
                "The alignment is {sites} nucleotides long, which is {} too many for whole codons.",
                sites % 3
            ),
            "Trim the alignment so that it begins and ends with whole codons.",
        ));
        return;
    }
    let mut terminal = 0usize;
    let stops = code.stop_set();
    let mut others = None;
    for s in &a.sequences {
        let last = last_codon(&s.residues);
        let mut stop = None;
        let mut count = 0usize;
        for (index, codon) in codons_of(&s.residues).enumerate() {
            let set = reading_set(codon);
            if set != 0 && set & !stops == 0 {
                if Some(index) == last {
                    terminal += 1;
                } else {
                    count += 1;
                    stop = stop.or(Some((index, codon)));
                }
            }
        }
        if let Some((index, codon)) = stop {
            let others = others.get_or_insert_with(|| fitting_codes(a));
            findings.push(internal_stop(s, index, codon, count, code, others));
        }
    }
    if terminal > 0 {
        findings.push(Finding::note(
            "terminal-stop-codon",
            format!(
                "{} with a stop codon.",
                counted(terminal, "sequence ends", "sequences end")
            ),
            "No action is needed: the analysis receives the sequences without it.",
        ));
    }
    if let Some(finding) = split_codons(a) {
        findings.push(finding);
    }
}

/// The warning about codons that are partly gaps, if there are any.
pub(crate) fn split_codons(a: &Alignment) -> Option<Finding> {
    let mut count = 0usize;
    let mut first = None;
    for s in &a.sequences {
        for (index, codon) in codons_of(&s.residues).enumerate() {
            if is_split(codon) {
                count += 1;
                first = first.or(Some((s, index)));
            }
        }
    }
    let (s, index) = first?;
    Some(
        Finding::warning(
            "split-codons",
            format!(
                "{} partly gaps (the first is codon {} of '{}'), so gaps may be out of frame.",
                counted(count, "codon is", "codons are"),
                index + 1,
                excerpt(&s.name)
            ),
            "If there are more than a few, align by codon (with MACSE or PRANK).",
        )
        .in_sequence(&s.name)
        .at_site(index * 3 + 1),
    )
}

/// Genetic codes in a sentence, at most [`LISTED`] of them.
fn names(codes: &[GeneticCode]) -> Option<String> {
    let quoted: Vec<&str> = codes.iter().take(LISTED).map(|c| c.name()).collect();
    let more = codes.len().saturating_sub(LISTED);
    Some(match quoted[..] {
        [] => return None,
        [only] => format!("the code {only}"),
        _ if more > 0 => format!("the codes {} and {more} more", quoted.join(", ")),
        [ref first @ .., last] => format!("the codes {} and {last}", first.join(", ")),
    })
}

/// Whether a codon has both gaps and letters.
fn is_split(codon: [u8; 3]) -> bool {
    codon.contains(&b'-') && codon.iter().any(|b| b.is_ascii_alphabetic())
}

fn internal_stop(
    s: &Sequence,
    index: usize,
    codon: [u8; 3],
    count: usize,
    code: GeneticCode,
    others: &[GeneticCode],
) -> Finding {
    let more = match count {
        1 => String::new(),
        n => format!(" ({n} stop codons in all)"),
    };
    Finding::error(
        "internal-stop-codon",
        format!(
            "Sequence '{}' has the stop codon {} at codon {}{more}, under the {code} code.",
            excerpt(&s.name),
            String::from_utf8_lossy(&codon),
            index + 1
        ),
        match names(others) {
            None => {
                "Check the reading frame and the genetic code. Mask the codon with '---' if it \
                     is a sequencing error, or remove the sequence if it is a pseudogene."
                    .to_string()
            }
            Some(codes) => format!(
                "Under {codes}, no sequence has an internal stop codon. Choose that code if it is \
                 the right one for these genes; otherwise, check the reading frame."
            ),
        },
    )
    .in_sequence(&s.name)
    .at_site(index * 3 + 1)
}
