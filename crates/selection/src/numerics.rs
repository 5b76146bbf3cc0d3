//! Tests of what the numbers are made of: gradients, probabilities, and the ways to compute them.

#![allow(clippy::unwrap_used)]

use nalgebra::{DMatrix, DVector};
use pulp::Arch;
use sequence::{GeneticCode, Limits, Partition, SiteRange, read};

use crate::{
    MultipleHits,
    action::{Block, LANES, Lane, STATES, SparseRates, Work},
    fits::{self, CodonModel, Data},
    input::Input,
    likelihood::{Likelihood, Process},
    model::{Exchangeabilities, HitRates, SINGLE},
    pool::Pool,
    search::components,
    sites::{ByComponent, CommonRates, Component, Evaluation, Sites, Wanted},
    spectrum::Spectrum,
    watch::{Stage, Watch},
};

const ALIGNMENT: &[u8] = b">a\nATGAAACGTTTACCCGGATGCAAA\n>b\nATGAAGCGTTTACCAGGATGCAAR\n>c\n\
    ATGAGGCGCCTA---GGTTGCAAG\n>d\nATGAAACATCTGCCTGAATGTNNN\n>e\nCTGACACGTTTGCCTGGATGTAAA\n";
const TREE: &[u8] = b"((a:0.1,b:0.2)x:0.05,c:0.3,(d:0.2,e:0.1)y:0.15);";
pub(crate) const THETA: Exchangeabilities = [0.4, 1.0, 0.15, 0.3, 1.1, 0.2];

struct Quiet;

impl Watch for Quiet {
    fn progress(&self, _: Stage, _: usize, _: usize) {}

    fn cancelled(&self) -> bool {
        false
    }
}

/// δ and ψ.
const HITS: HitRates = [0.6, 0.25];
pub(crate) const ALL_HITS: [MultipleHits; 3] = [
    MultipleHits::None,
    MultipleHits::Double,
    MultipleHits::DoubleTriple,
];

/// Runs a test with the data above, a quarter of whose branches are not tested.
pub(crate) fn with_model(multiple_hits: MultipleHits, test: impl FnOnce(&CodonModel<'_>)) {
    let alignment = read(ALIGNMENT, &Limits::default()).alignment.unwrap();
    let tree = &read(TREE, &Limits::default()).trees[0].tree;
    let input = Input {
        file_name: "test",
        alignment: &alignment,
        partitions: &[],
        trees: &[tree],
        code: GeneticCode::UNIVERSAL,
    };
    let data = Data::new(&input).unwrap();
    let nucleotides = fits::nucleotides(&data, &Quiet).unwrap();
    let pruned = fits::prune(&data, &nucleotides);
    let branches = pruned.phylogenies[0].branches();
    let tested = [(0..branches).map(|branch| branch % 4 != 1).collect()];
    test(&CodonModel::new(&data, &pruned, &tested, multiple_hits));
}

pub(crate) fn close(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance * (1.0 + a.abs().max(b.abs()))
}

#[test]
fn gradients_of_an_alignment_are_those_of_finite_differences() {
    for hits in ALL_HITS {
        with_model(hits, gradients_of_an_alignment);
    }
}

fn gradients_of_an_alignment(model: &CodonModel<'_>) {
    let branches = model.pruned.phylogenies[0].branches();
    let alphas: Vec<f64> = (0..branches).map(|b| 0.05 + 0.07 * b as f64).collect();
    let omegas = [0.7, 0.3];
    let value = |alphas: &[f64], theta: &Exchangeabilities, omegas: [f64; 2]| {
        model
            .evaluator()
            .evaluate(&[alphas.to_vec()], theta, omegas, &HITS)
    };
    let at = value(&alphas, &THETA, omegas);
    let step = 1e-6;
    let difference = |up: f64, down: f64| (up - down) / (2.0 * step);
    for branch in 0..branches {
        let moved = |by: f64| {
            let mut alphas = alphas.clone();
            alphas[branch] += by;
            value(&alphas, &THETA, omegas).value
        };
        let expected = difference(moved(step), moved(-step));
        assert!(
            close(at.alphas[0][branch], expected, 1e-6),
            "branch {branch}"
        );
    }
    for place in 0..6 {
        let moved = |by: f64| {
            let mut theta = THETA;
            theta[place] += by;
            value(&alphas, &theta, omegas).value
        };
        let expected = difference(moved(step), moved(-step));
        assert!(close(at.theta[place], expected, 1e-6), "θ {place}");
    }
    for set in 0..2 {
        let moved = |by: f64| {
            let mut omegas = omegas;
            omegas[set] += by;
            value(&alphas, &THETA, omegas).value
        };
        let expected = difference(moved(step), moved(-step));
        assert!(close(at.omegas[set], expected, 1e-6), "ω {set}");
    }
    for number in 0..model.model.multiple_hits.rates() {
        let moved = |by: f64| {
            let mut hits = HITS;
            hits[number] += by;
            model
                .evaluator()
                .evaluate(std::slice::from_ref(&alphas), &THETA, omegas, &hits)
                .value
        };
        let expected = difference(moved(step), moved(-step));
        assert!(close(at.hits[number], expected, 1e-6), "hits {number}");
    }
}

/// Partitions whose trees have different shapes add up.
#[test]
fn the_likelihood_of_partitions_is_that_of_each() {
    let alignment = read(ALIGNMENT, &Limits::default()).alignment.unwrap();
    let trees = [TREE, b"(a:0.1,(b:0.2,c:0.3,(d:0.1,e:0.3):0.2):0.1);"];
    let trees = trees.map(|tree| read(tree, &Limits::default()).trees[0].tree.clone());
    let partition = |name: &str, first: usize, last: usize| Partition {
        name: name.to_owned(),
        ranges: vec![SiteRange {
            first,
            last,
            step: 1,
        }],
    };
    let partitions = [partition("left", 1, 12), partition("right", 13, 24)];
    let input = Input {
        file_name: "test",
        alignment: &alignment,
        partitions: &partitions,
        trees: &[&trees[0], &trees[1]],
        code: GeneticCode::UNIVERSAL,
    };
    let data = Data::new(&input).unwrap();
    let nucleotides = fits::nucleotides(&data, &Quiet).unwrap();
    let pruned = fits::prune(&data, &nucleotides);
    let tested: Vec<Vec<bool>> = pruned
        .phylogenies
        .iter()
        .map(|tree| vec![true; tree.branches()])
        .collect();
    let model = CodonModel::new(&data, &pruned, &tested, MultipleHits::None);
    let frequencies = &model.model.frequencies;
    let rates = [model.model.rates(&THETA, 0.4, &SINGLE)];
    let process = |branch: usize| Process {
        spectrum: 0,
        time: 0.05 + 0.03 * branch as f64,
    };
    let processes: Vec<Vec<Process>> = tested
        .iter()
        .map(|branches| (0..branches.len()).map(process).collect())
        .collect();
    let mut likelihood = Likelihood::new(model.partitions());
    // Again, in memory that was used before.
    likelihood.gradient(frequencies, &rates, &processes);
    let whole = likelihood.gradient(frequencies, &rates, &processes);
    let mut value = 0.0;
    let mut by_rates = DMatrix::zeros(frequencies.len(), frequencies.len());
    for (place, own) in processes.iter().enumerate() {
        let partition = &model.partitions()[place..=place];
        let own = std::slice::from_ref(own);
        let part = Likelihood::new(partition).gradient(frequencies, &rates, own);
        value += part.value;
        by_rates += &part.rates[0];
        assert_eq!(whole.times[place], part.times[0]);
    }
    assert_ne!(whole.times[0].len(), whole.times[1].len());
    assert!(close(whole.value, value, 1e-12));
    for (whole, parts) in whole.rates[0].iter().zip(&by_rates) {
        assert!(close(*whole, *parts, 1e-9), "{whole} {parts}");
    }
}

/// A mixture for tested branches, one process for others; each lane has its own rates.
fn mixture() -> [Vec<Component>; 2] {
    let mut sets = components([1, 2]);
    for lane in 0..LANES {
        // From slow to saturated, and either rate the larger one.
        let scale = 10f64.powi(lane as i32 / 2 - 1);
        let rates = [(0.9, 0.2), (0.3, 2.0)];
        let (alpha, beta) = rates[lane % 2];
        sets[0][0].alpha[lane] = scale * alpha;
        sets[0][0].beta[lane] = scale * 0.4;
        for component in sets.iter_mut().flatten() {
            component.hits = HITS.map(|rate| [rate; LANES]);
        }
        for (component, share) in sets[1].iter_mut().zip([0.35, 0.65]) {
            component.alpha[lane] = scale * alpha;
            component.beta[lane] = scale * beta * (0.2 + share);
            component.weight[lane] = share;
        }
    }
    sets
}

fn with_sites(hits: MultipleHits, instructions: Arch, test: impl FnOnce(&Sites<'_>)) {
    with_model(hits, |model| {
        let partition = model.partitions()[0];
        let times: Vec<f64> = (0..model.pruned.phylogenies[0].branches())
            .map(|branch| 0.02 + 0.03 * branch as f64)
            .collect();
        test(&Sites {
            phylogeny: partition.phylogeny,
            patterns: partition.patterns,
            observations: partition.observations,
            model: &model.model,
            theta: &THETA,
            frequencies: &model.model.frequencies,
            rates: &SparseRates::new(&model.model, &THETA),
            times: &times,
            tested: &model.tested[0],
            instructions,
            spare: &Pool::default(),
        });
    });
}

const PATTERNS: [usize; LANES] = [0, 1, 2, 3, 4, 5, 6, 7];

/// What can be changed of a component.
fn numbers(component: &mut Component) -> [&mut Lane; 5] {
    let [two, three] = &mut component.hits;
    let Component {
        alpha,
        beta,
        weight,
        ..
    } = component;
    [alpha, beta, two, three, weight]
}

/// The derivatives in the same order.
fn by_numbers(by: &ByComponent) -> [Lane; 5] {
    [by.alpha, by.beta, by.hits[0], by.hits[1], by.weight]
}

#[test]
fn gradients_of_sites_are_those_of_finite_differences() {
    for hits in ALL_HITS {
        with_sites(hits, Arch::new(), gradients_of_sites);
    }
}

fn gradients_of_sites(sites: &Sites<'_>) {
    let mut evaluation = Evaluation::default();
    let at = mixture();
    sites.evaluate(&PATTERNS, &at, Wanted::GradientWithHits, &mut evaluation);
    let gradient = evaluation.gradient.clone();
    for set in 0..2 {
        for place in 0..at[set].len() {
            // The one process of a branch has no weight.
            let changed = if at[set].len() == 1 { 4 } else { 5 };
            for number in 0..changed {
                let step = 1e-5;
                let mut moved = |sign: f64| -> Lane {
                    let mut sets = at.clone();
                    for value in numbers(&mut sets[set][place])[number].iter_mut() {
                        *value *= 1.0 + sign * step;
                    }
                    sites.evaluate(&PATTERNS, &sets, Wanted::Value, &mut evaluation);
                    evaluation.values
                };
                let (up, down) = (moved(1.0), moved(-1.0));
                let values = *numbers(&mut at[set][place].clone())[number];
                let by = gradient[set][place];
                let own = by_numbers(&by)[number];
                for lane in 0..LANES {
                    let expected = (up[lane] - down[lane]) / (2.0 * step * values[lane]);
                    let own = own[lane];
                    assert!(
                        (own - expected).abs() * values[lane] < 1e-5,
                        "{set} {place} {number} {lane}: {own} {expected}"
                    );
                }
            }
        }
    }
}

#[test]
fn sites_have_the_likelihoods_of_the_alignment() {
    for hits in ALL_HITS {
        with_model(hits, likelihoods_of_sites);
    }
}

fn likelihoods_of_sites(model: &CodonModel<'_>) {
    let alphas: Vec<f64> = vec![0.2; model.pruned.phylogenies[0].branches()];
    let omegas = [0.5, 0.8];
    let whole = model
        .evaluator()
        .evaluate(std::slice::from_ref(&alphas), &THETA, omegas, &HITS)
        .value;
    let partition = model.partitions()[0];
    let sites = Sites {
        phylogeny: partition.phylogeny,
        patterns: partition.patterns,
        observations: partition.observations,
        model: &model.model,
        theta: &THETA,
        frequencies: &model.model.frequencies,
        rates: &SparseRates::new(&model.model, &THETA),
        times: &alphas,
        tested: &model.tested[0],
        instructions: Arch::new(),
        spare: &Pool::default(),
    };
    let mut sets = components([1, 1]);
    for (set, omega) in sets.iter_mut().zip(omegas) {
        set[0].alpha = [1.0; LANES];
        set[0].beta = [omega; LANES];
        set[0].hits = HITS.map(|rate| [rate; LANES]);
    }
    let mut evaluation = Evaluation::default();
    let sum: f64 = (0..partition.patterns.len())
        .map(|pattern| {
            sites.evaluate(&[pattern; LANES], &sets, Wanted::Value, &mut evaluation);
            evaluation.values[3] * partition.patterns.weights[pattern]
        })
        .sum();
    assert!(close(sum, whole, 1e-12), "{sum} {whole}");
}

#[test]
fn likelihoods_at_common_rates_are_those_of_sites() {
    for hits in ALL_HITS {
        with_sites(hits, Arch::new(), |sites| {
            let (alpha, beta) = (3.0, 0.2);
            let rates = CommonRates {
                alpha,
                beta,
                hits: HITS,
            };
            let all = sites.log_likelihoods(&[rates], &Quiet).unwrap();
            let mut sets = components([1, 1]);
            for set in &mut sets {
                set[0].alpha = [alpha; LANES];
                set[0].beta = [beta; LANES];
                set[0].hits = HITS.map(|rate| [rate; LANES]);
            }
            let mut evaluation = Evaluation::default();
            sites.evaluate(&PATTERNS, &sets, Wanted::Value, &mut evaluation);
            for (pattern, expected) in PATTERNS.iter().zip(evaluation.values) {
                let own = all[0][*pattern];
                assert!(close(own, expected, 1e-12), "{own} {expected}");
            }
        });
    }
}

/// Where δ and ψ are 0, changes of several nucleotides at once do not matter.
#[test]
fn rates_of_zero_give_the_likelihood_of_single_changes() {
    let values = ALL_HITS.map(|hits| {
        let mut value = 0.0;
        with_model(hits, |model| {
            let alphas = vec![0.2; model.pruned.phylogenies[0].branches()];
            value = model
                .evaluator()
                .evaluate(&[alphas], &THETA, [0.5, 0.8], &SINGLE)
                .value;
        });
        value
    });
    assert!(close(values[0], values[1], 1e-12) && close(values[0], values[2], 1e-12));
    let sites = ALL_HITS.map(|hits| {
        let mut evaluation = Evaluation::default();
        with_sites(hits, Arch::new(), |sites| {
            let mut sets = mixture();
            for component in sets.iter_mut().flatten() {
                component.hits = [[0.0; LANES]; 2];
            }
            sites.evaluate(&PATTERNS, &sets, Wanted::Value, &mut evaluation);
        });
        evaluation.values
    });
    let [single, others @ ..] = sites;
    for other in others {
        assert!(single.iter().zip(other).all(|(a, b)| close(*a, b, 1e-12)));
    }
}

#[test]
fn all_instruction_sets_give_the_same_numbers() {
    for (hits, wanted) in [
        (MultipleHits::None, Wanted::Details),
        (MultipleHits::DoubleTriple, Wanted::Details),
        (MultipleHits::DoubleTriple, Wanted::GradientWithHits),
    ] {
        let evaluate = |instructions| {
            let mut evaluation = Evaluation::default();
            with_sites(hits, instructions, |sites| {
                sites.evaluate(&PATTERNS, &mixture(), wanted, &mut evaluation);
            });
            evaluation
        };
        let (vector, portable) = (evaluate(Arch::new()), evaluate(Arch::Scalar));
        for lane in 0..LANES {
            assert!(close(vector.values[lane], portable.values[lane], 1e-9));
            let pairs = vector
                .gradient
                .iter()
                .flatten()
                .zip(portable.gradient.iter().flatten());
            for (a, b) in pairs {
                for (a, b) in by_numbers(a).iter().zip(by_numbers(b)) {
                    assert!(close(a[lane], b[lane], 1e-9), "{} {}", a[lane], b[lane]);
                }
            }
        }
    }
}

/// exp(Q t) v by the eigendecomposition.
fn by_decomposition(model: &CodonModel<'_>, rates: [f64; 2], time: f64, v: &[f64]) -> Vec<f64> {
    let [alpha, beta] = rates;
    let mut q = model.model.rates(&THETA, beta / alpha, &HITS);
    q *= alpha;
    let transition: DMatrix<f64> = Spectrum::new(&q, &model.model.frequencies).transition(time);
    (transition * DVector::from_column_slice(v))
        .as_slice()
        .to_vec()
}

#[test]
fn the_action_agrees_with_the_decomposition_over_nine_decades() {
    for hits in ALL_HITS {
        with_model(hits, action_agrees);
    }
}

fn action_agrees(model: &CodonModel<'_>) {
    let sparse = SparseRates::new(&model.model, &THETA);
    let v: Vec<f64> = (0..sparse.states).map(|i| 0.1 + (i % 7) as f64).collect();
    let mut block = Block::ZERO;
    for (i, value) in v.iter().enumerate() {
        block.0[i % STATES] = [*value; LANES];
    }
    let mut work = Work::new();
    for ratio in [1e-4, 0.3, 1.0, 50.0] {
        for decade in -5..=4 {
            // One decade in half of the lanes, slower rates in the others.
            let alpha = 10f64.powi(decade);
            let lanes: Lane = std::array::from_fn(|l| if l % 2 == 0 { alpha } else { 0.3 * alpha });
            let hits = HITS.map(|rate| [rate; LANES]);
            let rates = sparse.with(&lanes, &lanes.map(|alpha| alpha * ratio), &hits);
            match sparse.hit_rates() {
                0 => sparse.apply::<false, 1, false>(&rates, 0.17, &block, &mut work),
                _ => sparse.apply::<false, 1, true>(&rates, 0.17, &block, &mut work),
            }
            for (lane, alpha) in lanes.iter().enumerate().take(2) {
                let pair = [*alpha, alpha * ratio];
                let expected = by_decomposition(model, pair, 0.17, &v);
                for (i, expected) in expected.iter().enumerate() {
                    let own = work.sum[0].0[i][lane];
                    assert!(
                        close(own, *expected, 1e-10),
                        "{alpha} {ratio}: {own} {expected}"
                    );
                }
            }
        }
    }
}

#[test]
fn decomposed_rates_pass_what_series_do() {
    with_model(MultipleHits::None, |model| {
        let sparse = SparseRates::new(&model.model, &THETA);
        let mut block = Block::ZERO;
        for (i, values) in block.0[..sparse.states].iter_mut().enumerate() {
            *values = std::array::from_fn(|lane| 0.1 + ((i + lane) % 7) as f64);
        }
        let (mut series, mut decomposed) = (Work::new(), Work::new());
        let alpha: Lane = [3e3, 3e3, 40.0, 1e4, 0.2, 1e4, 1e-3, 5.0];
        let beta: Lane = [0.5, 900.0, 40.0, 1e4, 5e3, 0.0, 2e3, 0.1];
        let rates = sparse.with(&alpha, &beta, &[[0.0; LANES]; 2]);
        let times = [1e-4, 0.17, 2.5];
        let own = sparse
            .decomposed(&rates, [2.5; 1000].into_iter(), 2)
            .unwrap();
        for time in times {
            sparse.apply::<false, 2, false>(&rates, time, &block, &mut series);
            own.apply::<2>(time, &block, &mut decomposed);
            for state in 0..sparse.states {
                for lane in 0..LANES {
                    for (part, tolerance) in [(0, 1e-10), (1, 1e-8)] {
                        let at = |work: &Work| work.sum[part].0[state][lane];
                        let (own, expected) = (at(&decomposed), at(&series));
                        assert!(close(own, expected, tolerance), "{lane}: {own} {expected}");
                    }
                }
            }
        }
        // Slow rates need few terms.
        assert!(
            sparse
                .decomposed(&rates, [1e-4; 20].into_iter(), 2)
                .is_none()
        );
    });
}

#[test]
fn all_columns_of_three_taxa_have_probability_one() {
    with_model(MultipleHits::DoubleTriple, |model| {
        let n = model.model.len();
        let spectrum = Spectrum::new(
            &model.model.rates(&THETA, 0.4, &HITS),
            &model.model.frequencies,
        );
        let [a, b, c] = [0.1, 0.4, 1.3].map(|time| spectrum.transition(time));
        let mut total = 0.0;
        for x in 0..n {
            for y in 0..n {
                for z in 0..n {
                    let at = |root: usize| {
                        model.model.frequencies[root] * a[(root, x)] * b[(root, y)] * c[(root, z)]
                    };
                    total += (0..n).map(at).sum::<f64>();
                }
            }
        }
        assert!((total - 1.0).abs() < 1e-10, "{total}");
    });
}
