//! The fits of MG94xREV to the codons of an alignment.

mod proportions;

use crate::{
    Error, MultipleHits,
    ascent::Ascent,
    likelihood::{Likelihood, Partition, Process},
    model::{AG, Exchangeabilities, HitRates, Model, SINGLE},
    newton,
    watch::{Stage, Watch},
};

use super::{
    data::{Data, partitions},
    nucleotides::NucleotideFit,
    parameters::{PRECISE, ROUGH, informative, maximise, roots_of, settings, settled, theta_of},
    pruning::Pruned,
};
use proportions::Proportions;

/// They are at least this where a second search starts: where one is 0, so is the derivative by its
/// square root.
const LEAST_HITS: f64 = 1e-3;

/// δ and ψ of their square roots, as many as there are.
fn hits_of(roots: &[f64]) -> HitRates {
    let mut hits = SINGLE;
    for (rate, root) in hits.iter_mut().zip(roots) {
        *rate = root * root;
    }
    hits
}

/// A fit of MG94xREV.
#[derive(Debug, Clone)]
pub(crate) struct CodonFit {
    pub(crate) log_likelihood: f64,
    pub(crate) theta: Exchangeabilities,
    /// ω of background branches and of tested ones.
    pub(crate) omegas: [f64; 2],
    /// δ and ψ.
    pub(crate) hits: HitRates,
    /// α of each branch of each partition's tree.
    pub(crate) alphas: Vec<Vec<f64>>,
}

/// What fits of MG94xREV share.
pub(crate) struct CodonModel<'a> {
    pub(crate) data: &'a Data,
    pub(crate) pruned: &'a Pruned,
    /// Whether each branch is tested: it has the second ω, others the first.
    pub(crate) tested: &'a [Vec<bool>],
    pub(crate) model: Model,
    partitions: Vec<Partition<'a>>,
}

impl<'a> CodonModel<'a> {
    pub(crate) fn new(
        data: &'a Data,
        pruned: &'a Pruned,
        tested: &'a [Vec<bool>],
        multiple_hits: MultipleHits,
    ) -> Self {
        Self {
            data,
            pruned,
            tested,
            model: Model::codons(&data.states, &data.frequencies, multiple_hits),
            partitions: partitions(
                &pruned.phylogenies,
                &data.columns.partitions,
                &data.columns.observations,
            ),
        }
    }

    pub(crate) fn partitions(&self) -> &[Partition<'a>] {
        &self.partitions
    }

    /// Whether there is a background: a branch that is not tested.
    pub(crate) fn has_background(&self) -> bool {
        self.tested.iter().flatten().any(|is_tested| !is_tested)
    }

    /// The number of ω: of tested branches, and of background ones if there are any.
    fn sets(&self) -> usize {
        1 + usize::from(self.has_background())
    }

    /// The length of each branch, in substitutions per nucleotide site: (α ES + β EN) / 3.
    pub(crate) fn lengths(&self, fit: &CodonFit) -> Vec<Vec<f64>> {
        let (es, en) = self.model.expected(&fit.theta, &fit.hits);
        let pairs = fit.alphas.iter().zip(self.tested);
        let of_tree = |(alphas, tested): (&Vec<f64>, &Vec<bool>)| {
            let length = |(alpha, tested): (&f64, &bool)| {
                alpha * (es + fit.omegas[usize::from(*tested)] * en) / 3.0
            };
            alphas.iter().zip(tested).map(length).collect()
        };
        pairs.map(of_tree).collect()
    }

    /// The process of each branch of a partition: the last one for those that are tested.
    fn processes(&self, partition: usize, times: &[f64]) -> Vec<Process> {
        let last = usize::from(self.has_background());
        let process = |(tested, time): (&bool, &f64)| Process {
            spectrum: if *tested { last } else { 0 },
            time: *time,
        };
        let branches = self.tested[partition].iter().zip(times);
        branches.map(process).collect()
    }

    /// What computes the likelihood of all partitions.
    pub(crate) fn evaluator(&'a self) -> Evaluator<'a> {
        Evaluator {
            model: self,
            likelihood: Likelihood::new(&self.partitions),
        }
    }

    /// The fit in which θ is GTR's, and the lengths of each tree are GTR's but for one factor.
    pub(crate) fn proportional(
        &self,
        nucleotides: &NucleotideFit,
        watch: &dyn Watch,
    ) -> Result<CodonFit, Error> {
        self.scaled(nucleotides, PRECISE, watch)
    }

    fn scaled(
        &self,
        nucleotides: &NucleotideFit,
        gain: f64,
        watch: &dyn Watch,
    ) -> Result<CodonFit, Error> {
        watch.progress(Stage::GlobalOmega, 0, 1);
        let function = Proportions::new(self, nucleotides.theta);
        let settings = proportions::settings(gain);
        let (point, value) = newton::maximise(&function, function.start(), settings, watch)?;
        watch.progress(Stage::GlobalOmega, 1, 1);
        Ok(function.fit(&point, value))
    }

    /// The fit of all α, θ, ω, δ and ψ, from that of GTR.
    pub(crate) fn best(
        &self,
        nucleotides: &NucleotideFit,
        watch: &dyn Watch,
    ) -> Result<CodonFit, Error> {
        let rough = self.scaled(nucleotides, ROUGH, watch)?;
        self.full(&rough, watch)
    }

    fn full(&self, start: &CodonFit, watch: &dyn Watch) -> Result<CodonFit, Error> {
        watch.progress(Stage::CodonModel, 0, 1);
        let (es, en) = self.model.expected(&start.theta, &start.hits);
        let mut roots: Vec<f64> = start
            .alphas
            .iter()
            .flatten()
            .map(|alpha| alpha.sqrt())
            .collect();
        let branches = roots.len();
        roots.extend(roots_of(&start.theta));
        roots.extend(start.omegas.map(f64::sqrt));
        let hits = start.hits.iter().take(self.model.multiple_hits.rates());
        let hits = hits.map(|rate| rate.max(LEAST_HITS));
        roots.extend(hits.clone().map(f64::sqrt));
        // The curvature of a Poisson likelihood: 4 sites × rate for a root of a length; as many
        // changes as are expected for a factor of all.
        let mut curvature = Vec::with_capacity(roots.len());
        let mut changes = 0.0;
        let trees = start.alphas.iter().zip(self.tested);
        for ((alphas, tested), codons) in trees.zip(&self.data.columns.coverage) {
            for (alpha, tested) in alphas.iter().zip(tested) {
                let rate = es + start.omegas[usize::from(*tested)] * en;
                let known = codons.len() as f64 * rate * informative(alpha * rate / 3.0);
                curvature.push(0.25 / known);
                changes += alpha * known;
            }
        }
        curvature.extend(
            roots_of(&start.theta).map(|r| 6.0 * 0.25 * r.max(0.1).powi(2) / (1.0 + changes)),
        );
        curvature.extend(
            start
                .omegas
                .map(|o| 2.0 * 0.25 * o.max(0.01) / (1.0 + changes)),
        );
        curvature.extend(hits.map(|_| 0.25 / (1.0 + changes)));
        let split = |roots: &[f64]| -> Vec<Vec<f64>> {
            let mut rest = &roots[..branches];
            let mut alphas = Vec::new();
            for own in &start.alphas {
                let (first, others) = rest.split_at(own.len());
                rest = others;
                alphas.push(first.iter().map(|root| root * root).collect());
            }
            alphas
        };
        let omegas_of = |roots: &[f64]| [roots[branches + 5].powi(2), roots[branches + 6].powi(2)];
        let hits_of = |roots: &[f64]| hits_of(&roots[branches + 7..]);
        let mut evaluator = self.evaluator();
        let ascent = Ascent::new(roots, curvature, settings(PRECISE));
        let ascent = maximise(ascent, watch, |roots| {
            let theta = theta_of(&roots[branches..branches + 5]);
            let (omegas, hits) = (omegas_of(roots), hits_of(roots));
            let derived = evaluator.evaluate(&split(roots), &theta, omegas, &hits);
            let alphas = derived.alphas.iter().flatten().copied();
            let theta = (0..6)
                .filter(|place| *place != AG)
                .map(|place| derived.theta[place]);
            let by = alphas.chain(theta).chain(derived.omegas);
            // Only as many as there are parameters.
            let by = by.chain(derived.hits);
            let gradient = by.zip(roots).map(|(by, root)| 2.0 * root * by).collect();
            (derived.value, gradient)
        })?;
        watch.progress(Stage::CodonModel, 1, 1);
        let best = ascent.best();
        let mut alphas = split(best);
        for alpha in alphas.iter_mut().flatten() {
            *alpha = settled(*alpha);
        }
        Ok(CodonFit {
            log_likelihood: ascent.value(),
            theta: theta_of(&best[branches..branches + 5]),
            omegas: omegas_of(best),
            hits: hits_of(best).map(settled),
            alphas,
        })
    }
}

/// Computes the likelihood of all partitions, at one point after another.
pub(crate) struct Evaluator<'a> {
    model: &'a CodonModel<'a>,
    likelihood: Likelihood<'a>,
}

impl Evaluator<'_> {
    /// The log-likelihood, and its derivatives by α of all branches, by θ, by ω, and by δ and ψ.
    pub(crate) fn evaluate(
        &mut self,
        alphas: &[Vec<f64>],
        theta: &Exchangeabilities,
        omegas: [f64; 2],
        hits: &HitRates,
    ) -> Derived {
        let model = self.model;
        let first = usize::from(!model.has_background());
        let rates = omegas[first..].iter();
        let rates: Vec<_> = rates
            .map(|omega| model.model.rates(theta, *omega, hits))
            .collect();
        let processes = alphas.iter().enumerate();
        let processes: Vec<_> = processes
            .map(|(place, alphas)| model.processes(place, alphas))
            .collect();
        let gradient = self
            .likelihood
            .gradient(&model.model.frequencies, &rates, &processes);
        let mut derived = Derived {
            value: gradient.value,
            alphas: gradient.times,
            ..Derived::default()
        };
        for (set, rates) in (first..).zip(&gradient.rates) {
            let (by_theta, by_omega, by_hits) =
                model.model.derivative(rates, theta, omegas[set], hits);
            derived.omegas[set] += by_omega;
            for (sum, own) in derived.hits.iter_mut().zip(by_hits) {
                *sum += own;
            }
            for (sum, own) in derived.theta.iter_mut().zip(by_theta) {
                *sum += own;
            }
        }
        derived
    }
}

/// A log-likelihood and its derivatives.
#[derive(Debug, Default)]
pub(crate) struct Derived {
    pub(crate) value: f64,
    pub(crate) alphas: Vec<Vec<f64>>,
    pub(crate) theta: Exchangeabilities,
    pub(crate) omegas: [f64; 2],
    pub(crate) hits: HitRates,
}
