//! What MEME says about the branches and leaves of a site.

use rayon::prelude::*;

use super::{SiteFit, SiteTests};
use crate::{
    Error,
    action::LANES,
    ancestors,
    likelihood::Process,
    model::SINGLE,
    search::{self, Parameters},
    sites::{Sites, Wanted},
    spectrum::Spectrum,
};

/// An empirical Bayes factor from which a branch counts as under selection.
const STRONG: f64 = 100.0;

/// The branches and leaves of a site.
#[derive(Debug, Clone, Default)]
pub(super) struct Branches {
    /// For each branch, the posterior probability of each class; empty without a null model and for
    /// branches that are not tested.
    pub(super) posteriors: Vec<Vec<f64>>,
    /// Number of branches with an empirical Bayes factor of 100 or more for the last class.
    pub(super) selected: usize,
    /// For each node, the most likely codon; none where there are no data.
    pub(super) ancestors: Vec<Option<u8>>,
    /// For each leaf, by the index of its node, the probability of each codon. Empty if it was not
    /// asked for.
    pub(super) imputed: Vec<Vec<f64>>,
}

/// For each fit.
pub(super) fn branches(
    tests: &SiteTests<'_>,
    place: usize,
    sites: &Sites<'_>,
    fits: &[SiteFit],
) -> Result<Vec<Branches>, Error> {
    let groups: Vec<Vec<Branches>> = fits
        .par_chunks(LANES)
        .map(|fits| {
            if tests.models.watch.cancelled() {
                return Err(Error::Cancelled);
            }
            let mut all = of_lanes(tests, sites, fits);
            for (own, fit) in all.iter_mut().zip(fits) {
                own.ancestors = ancestral(tests, place, fit);
            }
            Ok(all)
        })
        .collect::<Result<_, Error>>()?;
    Ok(groups.concat())
}

/// Evaluates up to as many fits as there are lanes.
fn of_lanes(tests: &SiteTests<'_>, sites: &Sites<'_>, fits: &[SiteFit]) -> Vec<Branches> {
    let mixture = tests.mixture(true);
    let mut components = search::components(mixture.components());
    let mut patterns = [0; LANES];
    for (lane, pattern) in patterns.iter_mut().enumerate() {
        let fit = &fits[lane.min(fits.len() - 1)];
        *pattern = fit.pattern;
        let classes = fit.mixed.betas().into_iter().zip(fit.mixed.weights());
        for (component, (beta, weight)) in components[1].iter_mut().zip(classes) {
            component.alpha[lane] = fit.mixed.alpha;
            component.beta[lane] = beta;
            component.weight[lane] = weight;
        }
        for component in &mut components[0] {
            component.alpha[lane] = fit.mixed.alpha;
            component.beta[lane] = fit.mixed.background;
        }
    }
    sites.with_evaluation(|evaluation| {
        sites.evaluate(&patterns, &components, Wanted::Details, evaluation);
        let of_fit = |(lane, fit): (usize, &SiteFit)| {
            let mut own = Branches::default();
            if fit.null.is_some() {
                let weights = fit.mixed.weights();
                for (forced, tested) in evaluation.forced.iter().zip(sites.tested) {
                    let classes = forced.iter().zip(&weights);
                    let posterior = classes.map(|(forced, weight)| forced[lane] * weight);
                    let posterior: Vec<f64> = if *tested {
                        posterior.collect()
                    } else {
                        Vec::new()
                    };
                    let total: f64 = posterior.iter().sum();
                    let posterior: Vec<f64> = posterior.iter().map(|own| own / total).collect();
                    if let (Some(after), Some(before)) = (posterior.last(), weights.last()) {
                        let odds = |p: f64| p / (1.0 - p);
                        own.selected += usize::from(odds(*after) / odds(*before) >= STRONG);
                    }
                    own.posteriors.push(posterior);
                }
            }
            if tests.options.impute_states {
                let leaf = |by_state: &Vec<[f64; LANES]>| {
                    let total: f64 = by_state.iter().map(|own| own[lane]).sum();
                    by_state.iter().map(|own| own[lane] / total).collect()
                };
                own.imputed = evaluation.imputed.iter().map(leaf).collect();
            }
            own
        };
        fits.iter().enumerate().map(of_fit).collect()
    })
}

/// The joint reconstruction of ancestors under the alternative model.
fn ancestral(tests: &SiteTests<'_>, place: usize, fit: &SiteFit) -> Vec<Option<u8>> {
    let partition = &tests.models.model.partitions()[place];
    let transitions = transitions(tests, place, &fit.mixed);
    let frequencies = &tests.models.model.model.frequencies;
    ancestors::likeliest(partition, frequencies, &transitions, fit.pattern)
}

/// The probabilities of change along each branch of a tree.
pub(super) fn transitions(
    tests: &SiteTests<'_>,
    place: usize,
    rates: &super::MixedRates,
) -> Vec<nalgebra::DMatrix<f64>> {
    let model = &tests.models.model.model;
    let alpha = rates.alpha.max(1e-8);
    let spectrum = |beta: f64| {
        Spectrum::new(
            &model.rates(&tests.models.fit.theta, beta / alpha, &SINGLE),
            &model.frequencies,
        )
    };
    let classes: Vec<(Spectrum, f64)> = rates
        .betas()
        .into_iter()
        .zip(rates.weights())
        .filter(|(_, weight)| *weight > 0.0)
        .map(|(beta, weight)| (spectrum(beta), weight))
        .collect();
    let background = [(spectrum(rates.background), 1.0)];
    let branches = tests.models.times[place]
        .iter()
        .zip(&tests.models.model.tested[place]);
    let transition = |(length, tested): (&f64, &bool)| {
        let process = Process {
            spectrum: 0,
            time: alpha * length,
        };
        let mixed = if *tested { &classes[..] } else { &background };
        let n = model.frequencies.len();
        mixed
            .iter()
            .fold(nalgebra::DMatrix::zeros(n, n), |sum, (spectrum, weight)| {
                sum + spectrum.transition(process.time) * *weight
            })
    };
    branches.map(transition).collect()
}
