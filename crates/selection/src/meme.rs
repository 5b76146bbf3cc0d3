//! MEME: a likelihood ratio test at each site whether some branches have more nonsynonymous than
//! synonymous changes.
//!
//! At a site, each tested branch has one of a few nonsynonymous rates, with the same probabilities on
//! all branches: β_k = ω_k α with ω_k ≤ 1 for all classes but the last, whose rate β⁺ is free. The
//! null model has β⁺ = α. Branches that are not tested have a rate of their own. The length of a branch
//! in synonymous changes is α times its length in the codon model of the whole alignment.
//!
//! Source: Murrell B, Wertheim JO, Moola S, et al. (2012), PLoS Genet 8:e1002764.

mod branches;
mod parameters;
mod replicates;
mod report;
mod starts;

use serde_json::Value;

use crate::{
    Error, MemeOptions, MultipleHits, SiteMultihit,
    comparison::{self, SiteComparison},
    fits::{CodonFit, CodonModel, Start},
    input::Input,
    rates::{Free, Rates, STARTS},
    result::Timers,
    search::{self, PROMISING, Search},
    site_models::{Curvatures, SiteModels},
    sites::Sites,
    test::{chi_square_1, chi_square_2},
    watch::Watch,
};
use parameters::{MixedRates, Mixture};

/// The fits of a site.
#[derive(Debug, Clone)]
struct SiteFit {
    pattern: usize,
    /// α, β and the background's β of the model with one nonsynonymous rate, and its log-likelihood.
    single: (f64, f64, f64),
    single_value: f64,
    /// The alternative model.
    mixed: MixedRates,
    value: f64,
    /// The null model, if the alternative has a class with β⁺ > α.
    null: Option<Fit>,
}

/// Rates and their log-likelihood.
type Fit = (MixedRates, f64);

impl SiteFit {
    /// Models are nested, so a negative difference is what the searches left.
    fn likelihood_ratio(&self) -> f64 {
        self.null
            .as_ref()
            .map_or(0.0, |(_, null)| (2.0 * (self.value - null)).max(0.0))
    }
}

/// The p-value of a statistic: a mixture of χ² distributions with 0, 1 and 2 degrees of freedom.
fn p_value(statistic: f64) -> f64 {
    let tail = 0.45 * chi_square_1(statistic) + 0.55 * chi_square_2(statistic);
    2.0 / 3.0 * tail
}

/// Runs MEME.
pub(crate) fn meme(
    options: &MemeOptions,
    input: &Input<'_>,
    watch: &dyn Watch,
) -> Result<Value, Error> {
    let mut timers = Timers::start();
    let start = Start::new(input, &options.branches, watch)?;
    let model = start.model(MultipleHits::None);
    let fit = model.best(&start.nucleotides, watch)?;
    timers.lap("Model fitting");

    let tests = SiteTests::new(options, &model, &fit, watch);
    let partitions = (0..model.partitions().len())
        .map(|place| tests.partition(place))
        .collect::<Result<Vec<_>, Error>>()?;
    timers.lap("MEME analysis");
    Ok(report::report(
        &tests,
        input,
        &start.nucleotides,
        &partitions,
        timers,
    ))
}

/// Compares the tests of sites with those of HyPhy, given its codon model. HyPhy prints the likelihoods
/// of the model with one nonsynonymous rate and of the alternative model in its tenth and eleventh
/// column, under the names of their neighbours.
pub(crate) fn compare(
    options: &MemeOptions,
    model: &CodonModel<'_>,
    fit: &CodonFit,
    result: &Value,
    watch: &dyn Watch,
) -> Result<Vec<SiteComparison>, Error> {
    let tests = SiteTests::new(options, model, fit, watch);
    let last = 2 * options.rates as usize;
    let mut all = Vec::new();
    for (place, partition) in model.partitions().iter().enumerate() {
        let rows = comparison::rows(result, place);
        let sites = tests.models.sites(place, partition.patterns);
        let first = partition.patterns.first_columns();
        let variable = tests.models.variable(place, partition.patterns);
        for fit in tests.fits(&sites, &variable, &|_| {})? {
            let Some(row) = rows
                .get(first[fit.pattern])
                .filter(|row| row.len() > last + 6)
            else {
                continue;
            };
            let (statistic, alternative) = (row[last + 1], row[last + 6]);
            // Without a class of β⁺ > α, HyPhy fits no null model.
            let null = if row[last - 1] > row[0] {
                alternative - 0.5 * statistic
            } else {
                f64::NAN
            };
            all.push(SiteComparison {
                codon: first[fit.pattern] + 1,
                alternative: (fit.value, alternative),
                null: (fit.value - 0.5 * fit.likelihood_ratio(), null),
                statistic: (fit.likelihood_ratio(), statistic),
                p_value: (p_value(fit.likelihood_ratio()), row[last + 2]),
            });
        }
    }
    Ok(all)
}

/// The tests of all sites. Branches have their lengths, in substitutions per nucleotide site.
struct SiteTests<'a> {
    options: &'a MemeOptions,
    models: SiteModels<'a>,
}

/// The results of a partition.
struct PartitionTests {
    fits: Vec<SiteFit>,
    /// For each fit.
    branches: Vec<branches::Branches>,
    /// For each fit, the statistics of replicates; none without a null model.
    replicates: Vec<Vec<f64>>,
}

/// Log-likelihoods of rough searches that differ by less may be of one maximum.
const CLOSE: f64 = 0.05;
/// A weight of the last class below which it does not count.
const NEGLIGIBLE: f64 = 1e-6;

impl<'a> SiteTests<'a> {
    fn new(
        options: &'a MemeOptions,
        model: &'a CodonModel<'a>,
        fit: &'a CodonFit,
        watch: &'a dyn Watch,
    ) -> Self {
        Self {
            options,
            models: SiteModels::new(model, fit, model.lengths(fit), watch),
        }
    }

    fn partition(&self, place: usize) -> Result<PartitionTests, Error> {
        let patterns = self.models.model.partitions()[place].patterns;
        let variable = self.models.variable(place, patterns);
        let sites = self.models.sites(place, patterns);
        let fits = self.fits(&sites, &variable, &|number| self.models.count(number))?;
        let branches = branches::branches(self, place, &sites, &fits)?;
        let replicates = if self.options.replicates > 0 {
            replicates::statistics(self, place, &fits)?
        } else {
            Vec::new()
        };
        Ok(PartitionTests {
            fits,
            branches,
            replicates,
        })
    }

    fn mixture(&self, positive: bool) -> Mixture {
        Mixture {
            classes: self.options.rates as usize,
            positive,
            background: self.models.model.has_background(),
        }
    }

    /// Fits all models to patterns.
    fn fits(
        &self,
        sites: &Sites<'_>,
        patterns: &[usize],
        count: &(dyn Fn(usize) + Sync),
    ) -> Result<Vec<SiteFit>, Error> {
        let curvatures = self.models.curvatures(sites);
        let singles = self.singles(sites, patterns, &curvatures)?;
        let mut alternatives = self.alternatives(sites, &singles, &curvatures)?;
        let nested: Vec<_> = singles.iter().map(|fit| Some(self.one_rate(fit))).collect();
        self.improve(sites, &mut alternatives, &nested, &curvatures)?;
        let mut nulls = self.nulls(sites, &singles, &alternatives, &curvatures)?;
        self.improve(sites, &mut alternatives, &nulls, &curvatures)?;
        count(patterns.len());
        let rates = self.single_rates();
        let fits = singles.iter().zip(&alternatives).zip(nulls.drain(..));
        let fit = |((single, alternative), null): ((&Search, &Search), _)| SiteFit {
            pattern: single.pattern,
            single: rates.rates(single.best(), 0.0),
            single_value: single.value(),
            mixed: self.mixture(true).rates(alternative.best()),
            value: alternative.value(),
            null,
        };
        Ok(fits.map(fit).collect())
    }

    fn single_rates(&self) -> Rates {
        Rates {
            free: Free::Both,
            background: self.models.model.has_background(),
            hits: self.models.hits(SiteMultihit::Global),
        }
    }

    /// The model with one nonsynonymous rate.
    fn singles(
        &self,
        sites: &Sites<'_>,
        patterns: &[usize],
        curvatures: &Curvatures,
    ) -> Result<Vec<Search>, Error> {
        // FEL's starting points are in units of α of branches; here the units are their lengths.
        let (es, en) = self
            .models
            .model
            .model
            .expected(&self.models.fit.theta, &self.models.fit.hits);
        let unit = 3.0 / (es + self.models.fit.omegas[1] * en);
        let pairs = STARTS.map(|[alpha, beta]| [alpha * unit, beta * unit]);
        self.single_rates()
            .fit(sites, patterns, &pairs, curvatures, self.models.watch)
    }

    fn alternatives(
        &self,
        sites: &Sites<'_>,
        singles: &[Search],
        curvatures: &Curvatures,
    ) -> Result<Vec<Search>, Error> {
        let mixture = self.mixture(true);
        let search = |single: &Search, start: &MixedRates| {
            let curvature = mixture.curvature(curvatures);
            Search::new(single.pattern, mixture.point(start), curvature)
        };
        let (mut near, mut far) = (Vec::new(), Vec::new());
        for single in singles {
            let (alpha, beta, background) = self.single_rates().rates(single.best(), 0.0);
            let starts = starts::starts(alpha, beta, background, mixture.classes);
            near.extend(
                starts
                    .near
                    .iter()
                    .map(|start| search(single, start).rough()),
            );
            far.push(search(single, &starts.far).brief());
        }
        let watch = self.models.watch;
        let near = search::maximise(sites, &mixture, near, watch, &|_| {})?;
        let far = search::maximise(sites, &mixture, far, watch, &|_| {})?;
        // Those that may lead to the best maximum go on.
        let mut searches = Vec::new();
        let of_patterns = near.chunk_by(|a, b| a.pattern == b.pattern);
        for (near, far) in of_patterns.zip(far) {
            let best = near.iter().map(Search::value).fold(f64::MIN, f64::max);
            let rivals = near.iter().filter(|search| search.value() >= best - CLOSE);
            searches.extend(rivals.map(|search| search.clone().resumed()));
            if far.value() >= best - PROMISING {
                searches.push(far.resumed());
            }
        }
        let searches = search::maximise(sites, &mixture, searches, watch, &|_| {})?;
        Ok(search::best_of_each(searches))
    }

    /// The fit with one nonsynonymous rate as a mixture, and its log-likelihood.
    fn one_rate(&self, single: &Search) -> Fit {
        let (alpha, beta, background) = self.single_rates().rates(single.best(), 0.0);
        (
            starts::one_rate(alpha, beta, background, self.options.rates as usize),
            single.value(),
        )
    }

    /// The null model of each pattern whose alternative model has a class with β⁺ > α.
    fn nulls(
        &self,
        sites: &Sites<'_>,
        singles: &[Search],
        alternatives: &[Search],
        curvatures: &Curvatures,
    ) -> Result<Vec<Option<Fit>>, Error> {
        let mixture = self.mixture(false);
        let mut searches = Vec::new();
        for (single, alternative) in singles.iter().zip(alternatives) {
            let rates = self.mixture(true).rates(alternative.best());
            let weight = rates.weights().last().copied().unwrap_or_default();
            if rates.positive <= rates.alpha || weight <= NEGLIGIBLE {
                continue;
            }
            let (alpha, beta, background) = self.single_rates().rates(single.best(), 0.0);
            let neutral = 0.25 * (alpha.min(100.0) + 3.0 * beta.min(100.0));
            let earlier = mixture.classes - 1;
            let starts = [
                MixedRates {
                    alpha: rates.alpha.max(1e-4),
                    ..rates.clone()
                },
                MixedRates {
                    alpha: neutral,
                    omegas: vec![0.25; earlier],
                    positive: neutral,
                    shares: vec![0.25; earlier],
                    background,
                },
            ];
            for start in starts {
                let point = mixture.point(&start);
                searches.push(Search::new(
                    single.pattern,
                    point,
                    mixture.curvature(curvatures),
                ));
            }
        }
        let searches = search::maximise(sites, &mixture, searches, self.models.watch, &|_| {})?;
        let mut best = search::best_of_each(searches).into_iter().peekable();
        let of_pattern = |single: &Search| {
            let null = best.next_if(|null| null.pattern == single.pattern)?;
            Some((mixture.rates(null.best()), null.value()))
        };
        Ok(singles.iter().map(of_pattern).collect())
    }

    /// Searches again, from models nested in the alternative one, where they fit better.
    fn improve(
        &self,
        sites: &Sites<'_>,
        alternatives: &mut [Search],
        nested: &[Option<Fit>],
        curvatures: &Curvatures,
    ) -> Result<(), Error> {
        let mixture = self.mixture(true);
        let again = |(place, (found, nested)): (usize, (&Search, &Option<Fit>))| {
            let (rates, value) = nested.as_ref()?;
            let curvature = mixture.curvature(curvatures);
            let search = Search::new(found.pattern, mixture.point(rates), curvature);
            (*value > found.value()).then_some((place, search))
        };
        let pairs = alternatives.iter().zip(nested).enumerate();
        let again = pairs.filter_map(again).collect();
        search::search_again(sites, &mixture, alternatives, again, self.models.watch).map(drop)
    }
}
