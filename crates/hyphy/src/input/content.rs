//! Whether an alignment contains something to analyse.

use sequence::{Alignment, Alphabet};

use crate::{
    Analysis,
    digest::pluralize,
    request::FieldProblem,
    resources::Size,
    table::{self, Group},
};

/// Fraction of differing sites between two sequences, on average, from which substitutions are
/// likely to have overlaid each other.
const SATURATED: f64 = 0.45;
/// Fraction of gaps from which an alignment deserves a look.
const GAPPY: f64 = 0.5;
/// Maximum number of pairs whose difference is measured; they are spread evenly.
const PAIRS: usize = 500;
/// Number of sequences below which tests of single sites find little.
const FEW_SEQUENCES: usize = 10;

/// Measures of an alignment.
#[derive(Debug)]
pub(super) struct Content {
    sequences: usize,
    sites: usize,
    variable_sites: usize,
    /// Different columns that vary, and different codons that vary.
    variable_patterns: [usize; 2],
    /// Mean fraction of differing sites between two sequences of nucleotides.
    difference: Option<f64>,
    /// Fraction of gaps.
    gaps: f64,
}

impl Content {
    pub(super) fn of(alignment: &Alignment) -> Self {
        let is_nucleotide = alignment.alphabet == Alphabet::Nucleotide;
        Self {
            sequences: alignment.sequences.len(),
            sites: alignment.sites(),
            variable_sites: sequence::variable_sites(alignment),
            variable_patterns: [1, 3].map(|columns| variable_patterns(alignment, columns)),
            difference: is_nucleotide.then(|| mean_difference(alignment)).flatten(),
            gaps: fraction_of_gaps(alignment),
        }
    }

    /// Why HyPhy cannot analyse this content, and what to consider before it does.
    pub(super) fn check(
        &self,
        analysis: &Analysis,
        data: table::Data,
    ) -> (Vec<FieldProblem>, Vec<String>) {
        let (mut problems, mut warnings) = (Vec::new(), Vec::new());
        let problem = |message: String| FieldProblem::wrong("alignment", message);
        let needed = analysis.input.min_variable_sites.of(self.sequences);
        if self.variable_sites < needed {
            problems.push(problem(format!(
                "{} needs at least {}, and the alignment has {}. Use a longer alignment or more diverse \
                 sequences.",
                analysis.name,
                pluralize(needed, "variable site", "variable sites"),
                self.variable_sites
            )));
        } else if self.variable_sites == 0 {
            warnings.push(
                "No site of the alignment varies, so whatever the analysis finds is due to chance."
                    .to_owned(),
            );
        }
        let shortest = analysis.input.min_sites.of(self.sequences);
        if data == table::Data::Nucleotide && self.sites < shortest {
            problems.push(problem(format!(
                "{} needs at least {shortest} sites for {} sequences, and the alignment has {}. Use \
                 a longer alignment or fewer sequences.",
                analysis.name, self.sequences, self.sites
            )));
        }
        if let Some(difference) = self.difference.filter(|part| *part > SATURATED) {
            warnings.push(format!(
                "Two sequences differ at {:.0}% of their sites on average. Substitutions may be \
                 saturated, so that rates cannot be estimated well; check that the sequences are \
                 homologous and aligned.",
                difference * 100.0
            ));
        }
        if self.gaps > GAPPY {
            warnings.push(format!(
                "{:.0}% of the alignment are gaps. Sites and sequences that are mostly gaps add \
                 little information.",
                self.gaps * 100.0
            ));
        }
        (problems, warnings)
    }

    /// The size of the data for an analysis of codons or of single columns.
    pub(super) fn size(&self, codons: bool) -> Size {
        Size {
            sequences: self.sequences,
            columns: self.sites,
            variable_patterns: self.variable_patterns[usize::from(codons)],
        }
    }

    /// What to consider about the number of sequences before choosing the analysis.
    pub(super) fn power(&self, analysis: &Analysis) -> Option<String> {
        let by_site = analysis.group == Group::Sites && analysis.input.data == table::Data::Codon;
        (by_site && self.sequences < FEW_SEQUENCES).then(|| {
            format!(
                "With {} sequences there is little power to detect selection at single sites. Ten \
                 or more are better.",
                self.sequences
            )
        })
    }
}

/// The number of different sites of so many columns that vary. HyPhy analyses equal sites once, and
/// constant sites hardly at all.
fn variable_patterns(alignment: &Alignment, columns: usize) -> usize {
    let Some((first, others)) = alignment.sequences.split_first() else {
        return 0;
    };
    // FNV-1a, for all sites at once: rows are read in their order in memory.
    let mut sites = vec![(0xcbf2_9ce4_8422_2325_u64, false); alignment.sites() / columns];
    for row in others {
        let pairs = row.residues.chunks_exact(columns);
        let pairs = pairs.zip(first.residues.chunks_exact(columns));
        for ((hash, varies), (site, of_first)) in sites.iter_mut().zip(pairs) {
            *varies |= site != of_first;
            for residue in site {
                *hash = (*hash ^ u64::from(*residue)).wrapping_mul(0x0100_0000_01b3);
            }
        }
    }
    sites.retain(|(_, varies)| *varies);
    sites.sort_unstable();
    sites.dedup();
    sites.len()
}

/// Mean fraction of differing sites over pairs of sequences, among sites that both have.
fn mean_difference(alignment: &Alignment) -> Option<f64> {
    let rows = &alignment.sequences;
    let all = rows.len() * rows.len().saturating_sub(1) / 2;
    let step = all.div_ceil(PAIRS).max(1);
    let pairs = (0..rows.len()).flat_map(|a| (a + 1..rows.len()).map(move |b| (a, b)));
    let differences: Vec<f64> = pairs
        .step_by(step)
        .filter_map(|(a, b)| difference(&rows[a].residues, &rows[b].residues))
        .collect();
    (!differences.is_empty()).then(|| mean(&differences))
}

#[allow(clippy::cast_precision_loss, reason = "far below 2^53")]
fn difference(a: &[u8], b: &[u8]) -> Option<f64> {
    let is_base = |residue: &u8| b"ACGT".contains(residue);
    let (mut both, mut different) = (0_usize, 0_usize);
    for (x, y) in a.iter().zip(b) {
        if is_base(x) && is_base(y) {
            both += 1;
            different += usize::from(x != y);
        }
    }
    (both > 0).then(|| different as f64 / both as f64)
}

#[allow(clippy::cast_precision_loss, reason = "far below 2^53")]
fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

#[allow(clippy::cast_precision_loss, reason = "far below 2^53")]
fn fraction_of_gaps(alignment: &Alignment) -> f64 {
    let residues = alignment.sequences.iter().flat_map(|row| &row.residues);
    let (mut all, mut gaps) = (0_usize, 0_usize);
    for residue in residues {
        all += 1;
        gaps += usize::from(*residue == b'-');
    }
    gaps as f64 / all.max(1) as f64
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::methods;

    fn checked(method: &str, fasta: &str) -> (Vec<FieldProblem>, Vec<String>) {
        let document = sequence::read(fasta.as_bytes(), &sequence::Limits::default());
        let analysis = methods::find(method).unwrap();
        let data = match analysis.input.data {
            table::Data::ByType => table::Data::Nucleotide,
            data => data,
        };
        Content::of(&document.alignment.unwrap()).check(analysis, data)
    }

    fn rows(sequences: &[&str]) -> String {
        let rows = sequences.iter().enumerate();
        rows.map(|(k, row)| format!(">s{k}\n{row}\n")).collect()
    }

    #[test]
    fn an_alignment_without_variation_is_refused_or_warned_of() {
        let constant = rows(&["ATGAAACCC"; 5]);
        let (problems, _) = checked("slac", &constant);
        assert!(
            problems[0]
                .message
                .contains("at least 1 variable site, and"),
            "{problems:?}"
        );
        let (problems, warnings) = checked("fel", &constant);
        assert!(problems.is_empty());
        assert!(warnings[0].contains("due to chance"), "{warnings:?}");
    }

    #[test]
    fn gard_needs_as_many_sites_as_hyphy_requires() {
        let (problems, _) = checked(
            "gard",
            &rows(&["ATGAAACCC", "ATGAAACCT", "ATGATACGC", "CTGAAACAC"]),
        );
        let messages: Vec<&str> = problems.iter().map(|p| p.message.as_str()).collect();
        assert!(
            messages.iter().any(|m| m.contains("at least 16 sites")),
            "{messages:?}"
        );
    }

    #[test]
    fn equal_and_constant_sites_count_once_or_not_at_all() {
        let document = sequence::read(
            rows(&[
                "ATGAAACCCATG",
                "ATGAAGCCCATG",
                "ATGAAACCTATG",
                "ATGAAGCCCATG",
            ])
            .as_bytes(),
            &sequence::Limits::default(),
        );
        let content = Content::of(&document.alignment.unwrap());
        assert_eq!(content.size(true).variable_patterns, 2);
        assert_eq!(content.size(false).variable_patterns, 2);
        let twice = rows(&["AAAAAA", "AAGAAG", "AAAAAA"]);
        let document = sequence::read(twice.as_bytes(), &sequence::Limits::default());
        let content = Content::of(&document.alignment.unwrap());
        assert_eq!(content.size(true).variable_patterns, 1);
    }

    #[test]
    fn saturation_and_gaps_are_warned_of() {
        let far = rows(&["ATGAAACCCGGG", "CGTCCTGGATAA", "GCATTGAAGCTC"]);
        let (_, warnings) = checked("fel", &far);
        assert!(warnings[0].contains("saturated"), "{warnings:?}");
        let gappy = rows(&["ATG---------", "ATGAAA------", "ATGAAG------"]);
        let (_, warnings) = checked("fel", &gappy);
        assert!(
            warnings[0].contains("% of the alignment are gaps"),
            "{warnings:?}"
        );
    }
}
