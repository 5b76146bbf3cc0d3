//! The parametric bootstrap: statistics of columns that are simulated under the null model.

use super::{SiteFit, SiteTests};
use crate::{Error, likelihood::Process, spectrum::Spectrum};

/// Rates below this are raised to it, so that ratios of rates are finite.
const LEAST: f64 = 1e-8;

/// For each fit, the statistics of the test for columns simulated under its null model.
pub(super) fn statistics(
    tests: &SiteTests<'_>,
    place: usize,
    fits: &[SiteFit],
) -> Result<Vec<Vec<f64>>, Error> {
    fits.iter().map(|fit| of_site(tests, place, fit)).collect()
}

fn of_site(tests: &SiteTests<'_>, place: usize, fit: &SiteFit) -> Result<Vec<f64>, Error> {
    let models = &tests.models;
    let (model, theta) = (&models.model.model, &models.fit.theta);
    let alpha = fit.neutral.max(LEAST);
    let spectrum = |beta: f64| {
        let rates = model.rates(theta, beta / alpha, &fit.neutral_hits);
        Spectrum::new(&rates, &model.frequencies)
    };
    let mut spectra = vec![spectrum(alpha)];
    if models.model.has_background() {
        spectra.push(spectrum(fit.neutral_background));
    }
    let branches = models.times[place].iter().zip(&models.model.tested[place]);
    let process = |(time, tested): (&f64, &bool)| Process {
        spectrum: usize::from(!tested),
        time: alpha * time,
    };
    let processes: Vec<Process> = branches.map(process).collect();
    let transitions = models.model.partitions()[place].transitions(&spectra, &processes);
    let number = tests.options.replicates;
    models.replicates(
        place,
        fit.pattern,
        &transitions,
        number,
        |sites, variable| {
            let fits = tests.fits(sites, variable, &|_| {})?;
            Ok(fits
                .iter()
                .map(|fit| (fit.pattern, fit.likelihood_ratio()))
                .collect())
        },
    )
}
