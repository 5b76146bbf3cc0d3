//! The parametric bootstrap: statistics of columns that are simulated under the null model.

use rand::SeedableRng;
use rand_pcg::Pcg64;

use super::{SiteFit, SiteTests, branches::transitions};
use crate::{Error, columns::Patterns, simulate};

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
    let partition = &tests.model.partitions()[place];
    let transitions = transitions(tests, place, null);
    let mut rng = Pcg64::seed_from_u64((place as u64) << 32 | fit.pattern as u64);
    let columns = simulate::columns(
        partition,
        &tests.model.model.frequencies,
        &transitions,
        tests.options.replicates,
        &mut rng,
    );
    let patterns = Patterns::of(columns.into_iter(), partition.patterns.rows.len());
    let invariable = patterns.are_invariable(partition.observations);
    let variable: Vec<usize> = (0..patterns.len()).filter(|p| !invariable[*p]).collect();
    let mut of_pattern = vec![0.0; patterns.len()];
    for fit in tests.fits(&tests.sites(place, &patterns), &variable, &|_| {})? {
        of_pattern[fit.pattern] = fit.likelihood_ratio();
    }
    Ok(patterns
        .of_column
        .iter()
        .map(|pattern| of_pattern[*pattern])
        .collect())
}
