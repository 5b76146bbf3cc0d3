//! The parametric bootstrap: statistics of columns that are simulated under the null model.

use super::{SiteFit, SiteTests, branches::transitions};
use crate::Error;

/// For each fit, the statistics of the test for columns simulated under its null model; none if it
/// has no null model.
pub(super) fn statistics(
    tests: &SiteTests<'_>,
    place: usize,
    fits: &[SiteFit],
) -> Result<Vec<Vec<f64>>, Error> {
    fits.iter().map(|fit| of_site(tests, place, fit)).collect()
}

fn of_site(tests: &SiteTests<'_>, place: usize, fit: &SiteFit) -> Result<Vec<f64>, Error> {
    let Some((null, _)) = &fit.null else {
        return Ok(Vec::new());
    };
    let transitions = transitions(tests, place, null);
    let number = tests.options.replicates;
    let models = &tests.models;
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
