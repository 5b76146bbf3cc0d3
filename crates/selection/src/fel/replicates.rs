//! The parametric bootstrap: statistics of columns that are simulated under the null model.

use rand::SeedableRng;
use rand_pcg::Pcg64;

use super::{SiteFit, SiteTests};
use crate::{Error, columns::Patterns, likelihood::Process, simulate, spectrum::Spectrum};

/// For each fit, the statistics of the test for columns simulated under its null model.
pub(super) fn statistics(
    tests: &SiteTests<'_>,
    place: usize,
    fits: &[SiteFit],
) -> Result<Vec<Vec<f64>>, Error> {
    fits.iter().map(|fit| of_site(tests, place, fit)).collect()
}

fn of_site(tests: &SiteTests<'_>, place: usize, fit: &SiteFit) -> Result<Vec<f64>, Error> {
    let partition = &tests.model.partitions()[place];
    let model = &tests.model.model;
    let rates = |beta: f64| {
        let omega = beta / fit.neutral.max(1e-8);
        Spectrum::new(&model.rates(&tests.fit.theta, omega), &model.frequencies)
    };
    let mut spectra = vec![rates(fit.neutral.max(1e-8))];
    if tests.model.has_background() {
        spectra.push(rates(fit.neutral_background));
    }
    let branches = tests.fit.alphas[place]
        .iter()
        .zip(&tests.model.tested[place]);
    let process = |(alpha, tested): (&f64, &bool)| Process {
        spectrum: usize::from(!tested),
        time: alpha * fit.neutral.max(1e-8),
    };
    let processes: Vec<Process> = branches.map(process).collect();
    let transitions = partition.transitions(&spectra, &processes);
    // A stream for each site, so that the order of sites and the number of threads do not matter.
    let mut rng = Pcg64::seed_from_u64((place as u64) << 32 | fit.pattern as u64);
    let columns = simulate::columns(
        partition,
        &model.frequencies,
        &transitions,
        tests.options.replicates,
        &mut rng,
    );
    let patterns = Patterns::of(columns.into_iter(), partition.patterns.rows.len());
    let invariable = patterns.are_invariable(partition.observations);
    let variable: Vec<usize> = (0..patterns.len()).filter(|p| !invariable[*p]).collect();
    let sites = crate::sites::Sites {
        patterns: &patterns,
        ..tests.sites(place, partition.patterns)
    };
    let mut of_pattern = vec![0.0; patterns.len()];
    for fit in tests.fits(&sites, &variable, &|_| {})? {
        of_pattern[fit.pattern] = fit.likelihood_ratio();
    }
    Ok(patterns
        .of_column
        .iter()
        .map(|pattern| of_pattern[*pattern])
        .collect())
}
