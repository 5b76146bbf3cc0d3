//! FUBAR: a Bayesian estimate of each site's rates, over a grid of rates that all sites share.
//!
//! Lengths and exchangeabilities are those of GTR. The likelihood of each site is computed at all
//! points of a grid of synonymous and nonsynonymous rates; the weights of the points, the prior of
//! all sites, are estimated from all sites; each site's posterior follows.
//!
//! Source: Murrell B, Moola S, Mabona A, Weighill T, Sheward D, Kosakovsky Pond SL, Scheffler K
//! (2013). FUBAR: a fast, unconstrained Bayesian approximation for inferring selection. Mol Biol
//! Evol 30:1196.

mod grid;
mod posterior;
mod surface;
mod weights;

use serde_json::{Value, json};

use crate::{
    Branches, Error, FubarOptions, InputError, MultipleHits,
    fits::{self, Data, NucleotideFit, Pruned},
    input::Input,
    model::{Exchangeabilities, Model, SINGLE},
    result::{self, About, BranchAttributes, NUCLEOTIDES, Timers, number},
    watch::{Stage, Watch},
};
use grid::Point;
use posterior::Posterior;
use surface::{Reach, Surface};
use weights::Conditionals;

const ABOUT: About = About {
    id: "fubar",
    authors: "Sergei L Kosakovsky Pond",
    citation: "FUBAR: a fast, unconstrained bayesian approximation for inferring selection (2013), Mol Biol Evol. 30(5):1196-205",
    info: "Perform a Fast Unbiased AppRoximate Bayesian (FUBAR) analysis of a coding sequence alignment to determine whether some sites have been subject to pervasive purifying or diversifying selection. The weights of the grid are estimated by variational Bayes.",
};

const HEADERS: [(&str, &str); 6] = [
    (
        "alpha",
        "Mean posterior synonymous substitution rate at a site",
    ),
    (
        "beta",
        "Mean posterior non-synonymous substitution rate at a site",
    ),
    ("beta-alpha", "Mean posterior beta-alpha"),
    (
        "Prob[alpha>beta]",
        "Posterior probability of negative selection at a site",
    ),
    (
        "Prob[alpha<beta]",
        "Posterior probability of positive selection at a site",
    ),
    (
        "BayesFactor[alpha<beta]",
        "Empirical Bayes Factor for positive selection at a site",
    ),
];

/// Runs FUBAR.
pub(crate) fn fubar(
    options: &FubarOptions,
    input: &Input<'_>,
    watch: &dyn Watch,
) -> Result<Value, Error> {
    check(options)?;
    let mut timers = Timers::start();
    let data = Data::new(input)?;
    let nucleotides = fits::nucleotides(&data, watch)?;
    let pruned = fits::prune(&data, &nucleotides);
    timers.lap("Nucleotide Fit");
    let points = grid::points(options.grid_points as usize, options.non_zero);
    let conditionals = conditionals(&data, &pruned, &nucleotides.theta, options, &points, watch)?;
    timers.lap("Grid Calculations");
    let estimate = estimate(&points, &conditionals, options, watch)?;
    timers.lap("Posterior estimation");
    Ok(report(
        options,
        input,
        &data,
        &nucleotides,
        &pruned,
        &estimate,
        timers,
    ))
}

fn check(options: &FubarOptions) -> Result<(), InputError> {
    if options.grid_points < 5 {
        return Err(InputError(
            "the grid has fewer than five values of each rate".to_owned(),
        ));
    }
    if !(options.concentration > 0.0 && options.concentration.is_finite()) {
        return Err(InputError(
            "the concentration of the prior is not above zero".to_owned(),
        ));
    }
    Ok(())
}

/// The likelihoods of all patterns of all partitions on the grid.
///
/// The rates of the grid are relative to a process with ω = 1 and the lengths of GTR, and in the
/// end to the point of the grid at which the whole alignment is likeliest.
fn conditionals(
    data: &Data,
    pruned: &Pruned,
    theta: &Exchangeabilities,
    options: &FubarOptions,
    points: &[Point],
    watch: &dyn Watch,
) -> Result<Conditionals, Error> {
    let values = options.grid_points as usize;
    let model = Model::codons(&data.states, &data.frequencies, MultipleHits::None);
    let (es, en) = model.expected(theta, &SINGLE);
    let times = pruned.lengths.iter().map(|lengths| {
        let time = |length: &f64| 3.0 * length / (es + en);
        lengths.iter().map(time).collect()
    });
    let reaches: Vec<Reach> = pruned
        .phylogenies
        .iter()
        .zip(&data.columns.partitions)
        .zip(times)
        .map(|((tree, patterns), times)| {
            Reach::new(tree, patterns, &data.columns.observations, times)
        })
        .collect();
    let partitions = data.columns.partitions.iter();
    let weights: Vec<f64> = partitions
        .flat_map(|own| own.weights.iter().copied())
        .collect();
    let surface = Surface::new(
        &model,
        theta,
        points,
        &data.columns.observations,
        &reaches,
        watch,
    )?;
    let best = surface.best(values, &weights, watch)?;
    let Point { alpha, beta } = points[best];
    let factor = (alpha * es + beta * en) / (es + en);
    let likelihoods = surface.log_likelihoods(factor, watch)?;
    Ok(Conditionals::new(&likelihoods, weights))
}

/// What FUBAR finds.
struct Estimate<'a> {
    points: &'a [Point],
    /// The weight of each point.
    weights: Vec<f64>,
    /// The posterior of each pattern, for all partitions one after the other.
    posteriors: Vec<Posterior>,
}

fn estimate<'a>(
    points: &'a [Point],
    conditionals: &Conditionals,
    options: &FubarOptions,
    watch: &dyn Watch,
) -> Result<Estimate<'a>, Error> {
    let weights = conditionals.weights(options.concentration, watch)?;
    watch.progress(Stage::Posteriors, 0, 1);
    let posteriors = conditionals
        .rows()
        .map(|row| Posterior::new(row, &weights, points))
        .collect();
    watch.progress(Stage::Posteriors, 1, 1);
    Ok(Estimate {
        points,
        weights,
        posteriors,
    })
}

fn report(
    options: &FubarOptions,
    input: &Input<'_>,
    data: &Data,
    nucleotides: &NucleotideFit,
    pruned: &Pruned,
    estimate: &Estimate<'_>,
    timers: Timers,
) -> Value {
    let mut contents = Vec::new();
    let mut posteriors = Vec::new();
    let mut first = 0;
    for patterns in &data.columns.partitions {
        let own = &estimate.posteriors[first..first + patterns.len()];
        first += patterns.len();
        let sites = || patterns.of_column.iter().map(|pattern| &own[*pattern]);
        contents.push(sites().map(|site| result::row(&site.row())).collect());
        posteriors.push(result::by_index(
            sites().map(|site| Value::from(vec![result::row(&site.probabilities)])),
        ));
    }
    let weights = estimate.points.iter().zip(&estimate.weights);
    let grid: Value = weights
        .map(|(point, weight)| result::row(&[point.alpha, point.beta, *weight]))
        .collect();
    let tested: Vec<Vec<bool>> = pruned
        .phylogenies
        .iter()
        .map(|tree| tree.tested(&Branches::All))
        .collect();
    let mle = result::object([
        ("content", result::by_index(contents)),
        ("headers", result::headers(&HEADERS)),
    ]);
    let nucleotides = result::nucleotide_fit(data, nucleotides);
    let attributes = BranchAttributes::new(data, pruned).into_value();
    result::sorted(result::object([
        ("MLE", mle),
        ("analysis", result::analysis(&ABOUT, None)),
        ("branch attributes", attributes),
        ("data partitions", result::partitions(&ABOUT, input, data)),
        ("fits", result::object([(NUCLEOTIDES, nucleotides)])),
        ("grid", grid),
        ("input", result::input(input, data, pruned)),
        ("posterior", result::by_index(posteriors)),
        ("runtime", result::runtime()),
        ("settings", settings(options)),
        ("tested", result::tested(&pruned.phylogenies, &tested)),
        ("timers", timers.into_value("Overall")),
    ]))
}

/// The options as HyPhy writes them. Those of Markov chains are its defaults, and without effect.
fn settings(options: &FubarOptions) -> Value {
    json!({
        "burn-in": 1_000_000,
        "chain-length": 2_000_000,
        "chains": 1,
        "concentration": number(options.concentration),
        "grid size": options.grid_points,
        "method": "Variational-Bayes",
        "non-zero": i32::from(options.non_zero),
        "posterior": 0.9,
        "samples": 100,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::{
        likelihood::{Likelihood, Partition, Process},
        lysozyme::{Patient, lysozyme},
    };

    /// HyPhy 2.5.69, with the frequencies and the fit of GTR that it has.
    #[test]
    fn posteriors_are_hyphys() {
        let (data, nucleotides) = lysozyme(|_| {});
        let pruned = fits::prune(&data, &nucleotides);
        let options = FubarOptions::default();
        let points = grid::points(20, false);
        let conditionals = conditionals(
            &data,
            &pruned,
            &nucleotides.theta,
            &options,
            &points,
            &Patient,
        )
        .unwrap();
        let found = estimate(&points, &conditionals, &options, &Patient).unwrap();
        let expected = [
            (
                1,
                [
                    0.787_317_238_0,
                    0.512_556_311_6,
                    -0.274_760_926_4,
                    0.524_195_102_6,
                    0.412_544_835_0,
                    0.828_614_069_6,
                ],
            ),
            (
                3,
                [
                    18.871_824_74,
                    0.653_215_597_0,
                    -18.218_609_15,
                    0.977_985_559_5,
                    0.013_612_243_2,
                    0.016_283_130_5,
                ],
            ),
            (
                50,
                [
                    2.492_882_739,
                    6.620_084_150,
                    4.127_201_410,
                    0.135_258_527_1,
                    0.808_955_471_2,
                    4.996_269_859,
                ],
            ),
            (
                114,
                [
                    1.204_518_879,
                    6.082_988_034,
                    4.878_469_155,
                    0.054_743_691_4,
                    0.904_273_359_7,
                    11.146_096_41,
                ],
            ),
            (
                130,
                [
                    32.706_516_48,
                    0.600_498_924_6,
                    -32.106_017_55,
                    0.999_651_608_2,
                    3.1214e-5,
                    3.6832e-5,
                ],
            ),
        ];
        for (site, expected) in expected {
            let pattern = data.columns.partitions[0].of_column[site - 1];
            for (own, expected) in found.posteriors[pattern].row().iter().zip(expected) {
                let close = (own - expected).abs() < 1e-5 * expected.abs().max(1.0);
                assert!(close, "site {site}: {own} {expected}");
            }
        }
        let weight = |alpha: f64, beta: f64| {
            let is = |point: &Point| {
                (point.alpha - alpha).abs() < 1e-6 && (point.beta - beta).abs() < 1e-6
            };
            found.weights[points.iter().position(is).unwrap()]
        };
        assert!((weight(7.125, 7.125) - 0.003_106_187_2).abs() < 1e-9);
        assert!((weight(0.0, 0.0) - 0.002_950_853_4).abs() < 1e-9);
    }

    /// The search for the best point finds the one that a full evaluation finds.
    #[test]
    fn the_best_point_is_the_best_of_all() {
        let (data, nucleotides) = lysozyme(|_| {});
        let pruned = fits::prune(&data, &nucleotides);
        let model = Model::codons(&data.states, &data.frequencies, MultipleHits::None);
        let patterns = &data.columns.partitions[0];
        let observations = &data.columns.observations;
        let points = grid::points(10, false);
        for stretch in [0.02, 1.0, 30.0] {
            let times = pruned.lengths[0].iter().map(|length| stretch * length);
            let tree = &pruned.phylogenies[0];
            let reaches = [Reach::new(tree, patterns, observations, times.collect())];
            let theta = &nucleotides.theta;
            let surface =
                Surface::new(&model, theta, &points, observations, &reaches, &Patient).unwrap();
            let all = surface.log_likelihoods(1.0, &Patient).unwrap();
            let total = |own: &Vec<f64>| -> f64 {
                own.iter().zip(&patterns.weights).map(|(l, w)| l * w).sum()
            };
            let totals: Vec<f64> = all.iter().map(total).collect();
            let best = surface.best(10, &patterns.weights, &Patient).unwrap();
            let largest = totals.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            assert_eq!(totals[best], largest, "{stretch}");
        }
    }
    /// The likelihoods of subtrees' patterns are those of whole columns.
    #[test]
    fn likelihoods_are_those_of_whole_columns() {
        let (data, nucleotides) = lysozyme(|alignment| {
            for (row, codon) in [
                (0, b"---"),
                (1, b"AAR"),
                (2, b"NNN"),
                (14, b"-AG"),
                (15, b"NNN"),
            ] {
                alignment.sequences[row].residues[..3].copy_from_slice(codon);
            }
            for sequence in &mut alignment.sequences {
                sequence.residues[3..6].copy_from_slice(b"NNN");
            }
        });
        let pruned = fits::prune(&data, &nucleotides);
        let model = Model::codons(&data.states, &data.frequencies, MultipleHits::None);
        let (patterns, observations) = (&data.columns.partitions[0], &data.columns.observations);
        let partition = Partition {
            phylogeny: &pruned.phylogenies[0],
            patterns,
            observations,
        };
        let point = Point {
            alpha: 0.5,
            beta: 2.0,
        };
        for stretch in [0.1, 3.0, 500.0] {
            let times: Vec<f64> = pruned.lengths[0].iter().map(|t| stretch * t).collect();
            let process = |time: &f64| Process {
                spectrum: 0,
                time: 0.5 * time,
            };
            let processes: Vec<Process> = times.iter().map(process).collect();
            let rates = model.rates(&nucleotides.theta, 4.0, &SINGLE);
            let whole =
                Likelihood::new(&[partition]).of_patterns(&model.frequencies, &rates, processes);
            let reaches = [Reach::new(
                &pruned.phylogenies[0],
                patterns,
                observations,
                times,
            )];
            let theta = &nucleotides.theta;
            let surface =
                Surface::new(&model, theta, &[point], observations, &reaches, &Patient).unwrap();
            let own = surface.log_likelihoods(1.0, &Patient).unwrap().remove(0);
            for (own, whole) in own.iter().zip(&whole) {
                assert!((own - whole).abs() < 1e-8, "{own} {whole}");
            }
            assert_eq!(own[patterns.of_column[1]], 0.0);
        }
    }
}
