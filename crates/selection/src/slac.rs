//! SLAC: counts of synonymous and nonsynonymous substitutions along the branches of a tree, between
//! ancestors that the likeliest history has.
//!
//! Source: Kosakovsky Pond SL, Frost SDW (2005). Not so different after all: a comparison of methods
//! for detecting amino acid sites under selection. Mol Biol Evol 22:1208.

mod binomial;
mod counting;
mod counts;
mod history;
mod quantiles;
mod report;
mod samples;
mod table;
mod transitions;

use serde_json::Value;

use crate::{
    Error, MultipleHits, SlacOptions, fits::Start, input::Input, result::Timers, watch::Watch,
};
use counting::Counting;
use report::Found;

/// Runs SLAC.
pub(crate) fn slac(
    options: &SlacOptions,
    input: &Input<'_>,
    watch: &dyn Watch,
) -> Result<Value, Error> {
    let mut timers = Timers::start();
    let start = Start::new(input, &options.branches, watch)?;
    let model = start.model(MultipleHits::None);
    let fit = model.proportional(&start.nucleotides, watch)?;
    timers.lap("Model fitting");
    let analysis = Counting::new(&model, &fit);
    let partitions = analysis.partitions(watch)?;
    timers.lap("Primary SLAC analysis");
    let intervals = analysis.intervals(&partitions, options.samples, watch)?;
    if intervals.is_some() {
        timers.lap("Ancestor sampling analysis");
    }
    let found = Found {
        nucleotides: &start.nucleotides,
        fit: &fit,
        partitions: &partitions,
        intervals: intervals.as_deref(),
    };
    Ok(report::report(
        input,
        &model,
        &found,
        &analysis.counts,
        timers,
    ))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{history::Ambiguities, table::Row, *};
    use crate::{
        Branches,
        fits::{CodonFit, CodonModel},
        lysozyme::{Patient, estimates, lysozyme},
        model::SINGLE,
    };

    /// The rows of sites and those of branches, given HyPhy's fit.
    fn rows(
        ambiguities: Ambiguities,
        change: impl Fn(&mut sequence::Alignment),
    ) -> (Vec<Row>, Vec<Row>) {
        let (data, nucleotides) = lysozyme(change);
        let pruned = crate::fits::prune(&data, &nucleotides);
        let tested = crate::fits::tested(&pruned.phylogenies, &Branches::All).unwrap();
        let model = CodonModel::new(&data, &pruned, &tested, MultipleHits::None);
        let scale = estimates()["scale"].as_f64().unwrap();
        let alphas = pruned.lengths[0].iter().map(|length| scale * length);
        let fit = CodonFit {
            log_likelihood: 0.0,
            theta: nucleotides.theta,
            omegas: [estimates()["omega"].as_f64().unwrap(); 2],
            hits: SINGLE,
            alphas: vec![alphas.collect()],
        };
        let analysis = Counting::new(&model, &fit);
        let found = analysis.partitions(&Patient).unwrap().remove(0);
        let states = || found.histories.iter().map(|own| own.states(ambiguities));
        let patterns: Vec<Row> = states()
            .map(|own| found.branches.site(own, &analysis.counts))
            .collect();
        let columns = &data.columns.partitions[0];
        let sites = columns.of_column.iter().map(|pattern| patterns[*pattern]);
        let weights = columns.weights.iter().copied();
        let branches = found
            .branches
            .by_branch(states().zip(weights), &analysis.counts);
        (sites.collect(), branches)
    }

    fn assert_row(own: &Row, expected: &Row) {
        for (column, (own, expected)) in own.iter().zip(expected).enumerate() {
            let close = (own - expected).abs() < 1e-9 * expected.abs().max(1.0);
            assert!(close, "column {column}: {own} {expected}");
        }
    }

    /// HyPhy 2.5.69, given its fit.
    #[test]
    fn counts_of_sites_are_hyphys() {
        const LENGTH: f64 = 0.229_808_437_865_203_4;
        let expected = [
            (
                2,
                [
                    0.924_317_057_6,
                    2.075_682_942_4,
                    0.0,
                    1.0,
                    0.308_105_685_9,
                    0.0,
                    0.481_769_146_7,
                    2.096_394_506_6,
                    0.691_894_314_1,
                    1.0,
                    LENGTH,
                ],
            ),
            (
                3,
                [
                    0.712_747_573_5,
                    2.287_252_426_5,
                    2.0,
                    0.0,
                    0.237_582_524_5,
                    2.806_042_523_9,
                    0.0,
                    -12.210_354_632_6,
                    1.0,
                    0.056_445_455_9,
                    LENGTH,
                ],
            ),
            (
                14,
                [
                    0.905_784_870_0,
                    2.039_300_338_9,
                    2.0,
                    1.0,
                    0.307_558_120_0,
                    2.208_029_816_2,
                    0.490_364_259_2,
                    -7.474_336_333_8,
                    0.970_907_463_2,
                    0.225_590_917_9,
                    LENGTH,
                ],
            ),
            (
                50,
                [
                    0.772_412_017_0,
                    1.850_077_202_4,
                    0.5,
                    2.5,
                    0.294_533_915_1,
                    0.647_322_917_1,
                    1.351_294_960_4,
                    3.063_299_371_8,
                    0.570_974_569_5,
                    0.648_901_947_8,
                    LENGTH,
                ],
            ),
            (
                130,
                [
                    1.0,
                    2.0,
                    4.0,
                    0.0,
                    1.0 / 3.0,
                    4.0,
                    0.0,
                    -17.405_801_271_5,
                    1.0,
                    1.0 / 81.0,
                    LENGTH,
                ],
            ),
        ];
        let (sites, _) = rows(Ambiguities::Resolved, |_| {});
        assert_eq!(sites.len(), 130);
        for (site, expected) in expected {
            assert_row(&sites[site - 1], &expected);
        }
    }

    /// HyPhy 2.5.69, but for dN - dS, which is scaled by the length of the branch.
    #[test]
    fn counts_of_branches_are_hyphys() {
        let (_, branches) = rows(Ambiguities::Averaged, |_| {});
        let (length, ds) = (0.002_614_971_311_855_538, 0.009_125_975_201_116_451);
        let expected = [
            109.577_330_418_086_4,
            263.475_565_385_790_4,
            1.0,
            0.0,
            0.293_731_349_228_539_2,
            ds,
            0.0,
            -ds / length,
            1.0,
            0.293_731_349_228_539_2,
            length,
        ];
        assert_eq!(branches.len(), 30);
        assert_row(&branches[0], &expected);
    }

    fn set(alignment: &mut sequence::Alignment, row: &str, site: usize, codon: &[u8; 3]) {
        let row = alignment.sequences.iter_mut().find(|s| s.name == row);
        row.unwrap().residues[3 * site - 3..3 * site].copy_from_slice(codon);
    }

    /// A codon with a gap, or of which nothing is known, does not count, nor does its branch.
    #[test]
    fn branches_to_missing_codons_do_not_count() {
        let (whole, _) = rows(Ambiguities::Averaged, |_| {});
        let (sites, _) = rows(Ambiguities::Averaged, |alignment| {
            for (site, codon) in [(5, b"NNN"), (6, b"---"), (7, b"???"), (8, b"TT-")] {
                set(alignment, "HUMAN", site, codon);
            }
            for row in ["PATAS_EPA", "VERVET_CAE"] {
                set(alignment, row, 3, b"---");
            }
        });
        let human = 0.005_238_491_923_9;
        for site in 5..9 {
            let (own, before) = (sites[site - 1], whole[site - 1]);
            assert!((before[10] - own[10] - human).abs() < 1e-5, "{site}");
            assert_eq!(own[2..4], [0.0, 0.0]);
        }
        // A clade without data: its stem and both of its branches. The sites that remain are those
        // of codons TTT and TTC, of which no change leads to a stop codon.
        assert!(
            sites[2][10] < whole[2][10] - 3.0 * 0.0026,
            "{}",
            sites[2][10]
        );
        assert!((sites[2][0] + sites[2][1] - 3.0).abs() < 1e-12);
    }

    /// The mean over all that an ambiguous codon can be, or over what most other leaves have. Counts
    /// are HyPhy's.
    #[test]
    fn ambiguous_codons_count_as_means() {
        let change = |alignment: &mut sequence::Alignment| {
            for (site, codon) in [(9, b"GCN"), (10, b"AGR"), (11, b"NCT"), (21, b"NAR")] {
                set(alignment, "HUMAN", site, codon);
            }
            set(alignment, "HUMAN", 37, b"GRT");
        };
        let (averaged, _) = rows(Ambiguities::Averaged, change);
        let (resolved, _) = rows(Ambiguities::Resolved, change);
        let expected = [
            (9, [0.75, 0.0], [0.0, 0.0]),
            (10, [0.5, 0.0], [0.0, 0.0]),
            (11, [0.0, 0.75], [0.0, 0.0]),
            (21, [2.0 / 3.0, 2.5], [0.0, 2.0]),
            (37, [1.0, 4.5], [1.0, 4.0]),
        ];
        for (site, mean, most) in expected {
            for (row, expected) in [(&averaged, mean), (&resolved, most)] {
                for (own, expected) in row[site - 1][2..4].iter().zip(expected) {
                    assert!((own - expected).abs() < 1e-12, "{site}: {own} {expected}");
                }
            }
        }
    }

    /// AAR where eleven other leaves have AAA, and seven AAG: what most leaves have counts, whatever
    /// inner nodes have.
    #[test]
    fn ambiguities_resolve_to_the_codon_of_most_leaves() {
        let change = |alignment: &mut sequence::Alignment| {
            let african = [
                "BABOON_PCY",
                "MANGABEY_CAT",
                "RHESUS_MMU",
                "ALLEN_ANI",
                "TALAPOIN_MTA",
                "PATAS_EPA",
                "VERVET_CAE",
            ];
            let names: Vec<String> = alignment.names().map(str::to_owned).collect();
            for name in names {
                let is_african = african.contains(&name.as_str());
                let codon = if is_african { b"AAG" } else { b"AAA" };
                set(alignment, &name, 13, codon);
            }
            set(alignment, "HUMAN", 13, b"AAR");
        };
        let (averaged, _) = rows(Ambiguities::Averaged, change);
        let (resolved, _) = rows(Ambiguities::Resolved, change);
        assert_eq!(averaged[12][2], 1.5);
        assert_eq!(resolved[12][2], 1.0);
    }
}
