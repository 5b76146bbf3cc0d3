//! FEL: a likelihood ratio test at each site whether nonsynonymous changes are as fast as synonymous
//! ones.
//!
//! At a site, branch b changes at the rates α a_b (synonymous) and β a_b (nonsynonymous), where a_b is
//! what the codon model of the whole alignment found for α of the branch. The alternative model has
//! both α and β free, the null model has α = β. Branches that are not tested have a β of their own in
//! both models.
//!
//! Source: Kosakovsky Pond SL, Frost SDW (2005), Mol Biol Evol 22:1208.

mod columns;
mod interval;
mod replicates;

use serde_json::{Value, json};

use crate::{
    Error, FelOptions, MultipleHits,
    comparison::{self, SiteComparison},
    fits::{CodonFit, CodonModel, Start},
    input::Input,
    model::{HitRates, SINGLE},
    rates::{Free, Rates, STARTS},
    result::{self, About, BranchAttributes, Fits, Timers},
    search::{self, Search},
    site_models::{Curvatures, SiteModels, bootstrap_p_value},
    sites::Sites,
    test::chi_square_1,
    watch::Watch,
};

const ABOUT: About = About {
    id: "fel",
    authors: "Sergei L Kosakovsky Pond and Simon DW Frost",
    citation: "Not So Different After All: A Comparison of Methods for Detecting Amino Acid Sites \
        Under Selection (2005). _Mol Biol Evol_ 22 (5): 1208-1222",
    info: "FEL (Fixed Effects Likelihood) estimates site-wise synonymous (&alpha;) and \
        non-synonymous (&beta;) rates, and uses a likelihood ratio test to determine if beta &neq; \
        alpha at a site.",
};

/// The fits of a site.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct SiteFit {
    pub(crate) pattern: usize,
    /// α and β of the alternative model.
    pub(crate) alpha: f64,
    pub(crate) beta: f64,
    /// β of branches that are not tested, of the alternative model.
    background: f64,
    /// δ and ψ of the alternative model.
    pub(crate) hits: HitRates,
    /// The log-likelihood of the alternative model.
    pub(crate) alternative: f64,
    /// α = β of the null model.
    pub(crate) neutral: f64,
    /// β of branches that are not tested, of the null model.
    neutral_background: f64,
    /// δ and ψ of the null model.
    neutral_hits: HitRates,
    /// The log-likelihood of the null model.
    pub(crate) null: f64,
}

impl SiteFit {
    fn likelihood_ratio(&self) -> f64 {
        2.0 * (self.alternative - self.null)
    }
}

/// Runs FEL.
pub(crate) fn fel(
    options: &FelOptions,
    input: &Input<'_>,
    watch: &dyn Watch,
) -> Result<Value, Error> {
    let mut timers = Timers::start();
    let start = Start::new(input, &options.branches, watch)?;
    let model = start.model(options.multiple_hits);
    let fit = model.best(&start.nucleotides, watch)?;
    timers.lap("Model fitting");

    let all = SiteTests::new(options, &model, &fit, watch);
    let mut content = Vec::new();
    let mut replicates = Vec::new();
    let data = &start.data;
    for place in 0..data.phylogenies.len() {
        let (rows, simulated) = all.partition(place)?;
        let patterns = &data.columns.partitions[place].of_column;
        let rows: Vec<Value> = patterns
            .iter()
            .map(|pattern| result::row(&rows[*pattern]))
            .collect();
        content.push(Value::from(rows));
        replicates.push(simulated);
    }
    timers.lap("FEL analysis");

    let mut attributes = BranchAttributes::new(data, &start.pruned);
    attributes.add_codon_lengths(&model, &fit);
    let mut settings = json!({
        "ci": u8::from(options.intervals),
        "multihit": options.multiple_hits.name(),
        "pvalue": result::number(options.p_value),
        "resample": options.replicates,
        "srv": u8::from(options.synonymous_rate_variation),
    });
    if options.multiple_hits != MultipleHits::None {
        settings["site-multihit"] = json!(options.site_multihit.name());
    }
    let headers = result::headers(&columns::columns(options));
    let mut mle = result::object([("content", result::by_index(content)), ("headers", headers)]);
    if options.replicates > 0 {
        mle["LRT"] = result::by_index(replicates);
    }
    let fits = Fits {
        model: &model,
        nucleotides: &start.nucleotides,
        codons: &fit,
    };
    let mut value = result::common(&ABOUT, Some(settings), input, &fits, attributes);
    value["MLE"] = mle;
    value["timers"] = timers.into_value("Total time");
    if options.intervals {
        value["confidence interval"] = json!(1);
    }
    if options.replicates > 0 {
        value["simulated"] = json!(options.replicates);
    }
    Ok(result::sorted(value))
}

/// Compares the tests of sites with those of HyPhy, given its codon model.
pub(crate) fn compare(
    options: &FelOptions,
    model: &CodonModel<'_>,
    fit: &CodonFit,
    result: &Value,
    watch: &dyn Watch,
) -> Result<Vec<SiteComparison>, Error> {
    let tests = SiteTests::new(options, model, fit, watch);
    let mut all = Vec::new();
    for (place, partition) in model.partitions().iter().enumerate() {
        let rows = comparison::rows(result, place);
        let sites = tests.models.sites(place, partition.patterns);
        let first = partition.patterns.first_columns();
        let variable = tests.models.variable(place, partition.patterns);
        let both = tests.parameters(Free::Both);
        let width = columns::columns(options).len();
        let of_row = |pattern: usize| rows.get(first[pattern]).filter(|row| row.len() == width);
        let fits = tests.fits(&sites, &variable, &|_| {})?;
        let known = fits
            .iter()
            .filter_map(|fit| Some((fit, of_row(fit.pattern)?)));
        let known: Vec<(&SiteFit, &Vec<f64>)> = known.collect();
        let point = |(fit, row): &(&SiteFit, &Vec<f64>)| {
            let mut hits = SINGLE;
            let printed = &row[width - options.multiple_hits.rates()..];
            hits[..printed.len()].copy_from_slice(printed);
            (fit.pattern, both.point(row[0], row[1], row[1], &hits))
        };
        let points: Vec<(usize, Vec<f64>)> = known.iter().map(point).collect();
        let alternatives = search::evaluate(&sites, &both, &points, watch)?;
        for ((fit, row), alternative) in known.iter().zip(alternatives) {
            // HyPhy does not print all rates of the null model.
            let null = alternative - 0.5 * row[3];
            all.push(SiteComparison {
                codon: first[fit.pattern] + 1,
                alternative: (fit.alternative, alternative),
                null: (fit.null, null),
                statistic: (fit.likelihood_ratio(), row[3]),
                p_value: (chi_square_1(fit.likelihood_ratio()), row[4]),
            });
        }
    }
    Ok(all)
}

/// The tests of all sites.
struct SiteTests<'a> {
    options: &'a FelOptions,
    models: SiteModels<'a>,
}

/// Values of β from which a search starts if α is 1.
const NONSYNONYMOUS_STARTS: [f64; 6] = [0.01, 0.1, 0.25, 0.5, 1.0, 5.0];

/// Values of α = β from which a search for the null model starts if δ and ψ are free.
const NEUTRAL_STARTS: [f64; 5] = [0.01, 0.1, 1.0, 10.0, 100.0];

impl<'a> SiteTests<'a> {
    fn new(
        options: &'a FelOptions,
        model: &'a CodonModel<'a>,
        fit: &'a CodonFit,
        watch: &'a dyn Watch,
    ) -> Self {
        Self {
            options,
            models: SiteModels::new(model, fit, fit.alphas.clone(), watch),
        }
    }

    /// For each pattern, its row; for each site with replicates, their statistics.
    fn partition(&self, place: usize) -> Result<(Vec<Vec<f64>>, Value), Error> {
        let patterns = self.models.model.partitions()[place].patterns;
        let variable = self.models.variable(place, patterns);
        let sites = self.models.sites(place, patterns);
        let fits = self.fits(&sites, &variable, &|number| self.models.count(number))?;
        let intervals = if self.options.intervals {
            interval::intervals(self, &sites, &fits)?
        } else {
            Vec::new()
        };
        let bootstrap = if self.options.replicates > 0 {
            replicates::statistics(self, place, &fits)?
        } else {
            Vec::new()
        };
        let mut invariable_row = vec![0.0, 0.0, 0.0, 0.0, 1.0, 0.0];
        invariable_row.resize(columns::columns(self.options).len(), 0.0);
        let mut rows = vec![invariable_row; patterns.len()];
        let first = patterns.first_columns();
        let mut simulated = serde_json::Map::new();
        for (index, fit) in fits.iter().enumerate() {
            let statistic = fit.likelihood_ratio();
            let asymptotic = chi_square_1(statistic);
            let mut p_value = asymptotic;
            if let Some(replicates) = bootstrap.get(index) {
                p_value = bootstrap_p_value(statistic, replicates);
                let column = replicates
                    .iter()
                    .map(|other| json!([result::number(*other)]));
                simulated.insert(first[fit.pattern].to_string(), column.collect());
            }
            let row = &mut rows[fit.pattern];
            row.clear();
            row.extend([fit.alpha, fit.beta, fit.neutral, statistic, p_value]);
            let length = self
                .models
                .tested_length(place, 1.0, 1.0, &fit.neutral_hits);
            row.push(fit.neutral * length);
            if let Some(interval) = intervals.get(index) {
                row.extend(interval);
            }
            if self.options.replicates > 0 {
                row.push(asymptotic);
            }
            row.extend(&fit.hits[..self.options.multiple_hits.rates()]);
        }
        Ok((rows, Value::Object(simulated)))
    }

    /// The parameters of a model.
    fn parameters(&self, free: Free) -> Rates {
        Rates {
            free,
            background: self.models.model.has_background(),
            hits: self.models.hits(self.options.site_multihit),
        }
    }

    /// The model in which β is free.
    fn alternative(&self) -> Rates {
        self.parameters(if self.options.synonymous_rate_variation {
            Free::Both
        } else {
            Free::Nonsynonymous
        })
    }

    /// Fits both models to patterns.
    fn fits(
        &self,
        sites: &Sites<'_>,
        patterns: &[usize],
        count: &(dyn Fn(usize) + Sync),
    ) -> Result<Vec<SiteFit>, Error> {
        let curvatures = self.models.curvatures(sites);
        let alternative = self.alternative();
        let pairs: Vec<[f64; 2]> = if self.options.synonymous_rate_variation {
            STARTS.to_vec()
        } else {
            NONSYNONYMOUS_STARTS.map(|beta| [1.0, beta]).to_vec()
        };
        let watch = self.models.watch;
        let first = alternative.first_fit(sites, patterns, &pairs, &curvatures, watch)?;
        let (mut found, saturated) = (first.found, first.saturated);
        let null_search = |found: &Search| self.null_search(found, &curvatures);
        let starts: Vec<Search> = found.iter().map(null_search).collect();
        let null = self.parameters(Free::Neutral);
        // A few searches take much longer than the rest, so both steps run side by side to keep every
        // thread busy.
        let (again, nulls) = rayon::join(
            || {
                let moved =
                    search::search_again(sites, &alternative, &mut found, saturated, watch)?;
                let again = moved.into_iter();
                let again = again.map(|place| (place, null_search(&found[place])));
                search::maximise_at(sites, &null, again.collect(), watch)
            },
            || self.nulls(sites, starts, &curvatures, count),
        );
        let (again, mut nulls) = (again?, nulls?);
        search::keep_better(&mut nulls, again);
        if self.options.synonymous_rate_variation {
            self.improve(sites, &mut found, &nulls, &curvatures)?;
        }
        let fits = found.iter().zip(&nulls).map(|(found, null_fit)| {
            let (alpha, beta, background) = alternative.rates(found.best(), 0.0);
            let (neutral, _, neutral_background) = null.rates(null_fit.best(), 0.0);
            let mut value = found.value();
            if self.options.synonymous_rate_variation {
                // The null model is a case of the other one; searches end within a tolerance.
                value = value.max(null_fit.value());
            }
            SiteFit {
                pattern: found.pattern,
                alpha,
                beta,
                background,
                hits: alternative.hits(found.best(), 0.0),
                alternative: value,
                neutral,
                neutral_background,
                neutral_hits: null.hits(null_fit.best(), 0.0),
                null: null_fit.value(),
            }
        });
        Ok(fits.collect())
    }

    /// A search for the null model, from near a fit of the alternative model.
    fn null_search(&self, found: &Search, curvatures: &Curvatures) -> Search {
        let alternative = self.alternative();
        let null = self.parameters(Free::Neutral);
        let (alpha, beta, background) = alternative.rates(found.best(), 0.0);
        let neutral = 0.25 * (alpha.min(100.0) + 3.0 * beta.min(100.0));
        let hits = alternative.hits(found.best(), 0.0);
        let start = null.point(neutral, neutral, background, &hits);
        Search::new(found.pattern, start, null.curvature(curvatures))
    }

    /// Fits the null model to the patterns of searches, which start near fits of the alternative model.
    fn nulls(
        &self,
        sites: &Sites<'_>,
        starts: Vec<Search>,
        curvatures: &Curvatures,
        count: &(dyn Fn(usize) + Sync),
    ) -> Result<Vec<Search>, Error> {
        let null = self.parameters(Free::Neutral);
        let watch = self.models.watch;
        if !null.hits.are_free() {
            return search::maximise(sites, &null, starts, watch, count);
        }
        // Without nonsynonymous changes, δ and ψ of the alternative model may be anything.
        let patterns: Vec<usize> = starts.iter().map(|search| search.pattern).collect();
        let pairs = NEUTRAL_STARTS.map(|rate| [rate, rate]);
        let mut nulls = null.fit(sites, &patterns, &pairs, curvatures, watch)?;
        search::improve(sites, &null, &mut nulls, starts, watch)?;
        count(patterns.len());
        Ok(nulls)
    }

    /// Searches again, from the null model, where that fits better than what was found.
    fn improve(
        &self,
        sites: &Sites<'_>,
        found: &mut [Search],
        nulls: &[Search],
        curvatures: &Curvatures,
    ) -> Result<(), Error> {
        let alternative = self.alternative();
        let null = self.parameters(Free::Neutral);
        let again = |(place, (found, nested)): (usize, (&Search, &Search))| {
            let (alpha, beta, background) = null.rates(nested.best(), 0.0);
            let hits = null.hits(nested.best(), 0.0);
            let start = alternative.point(alpha, beta, background, &hits);
            let search = Search::new(found.pattern, start, alternative.curvature(curvatures));
            (nested.value() > found.value()).then_some((place, search))
        };
        let pairs = found.iter().zip(nulls).enumerate();
        let again = pairs.filter_map(again).collect();
        search::search_again(sites, &alternative, found, again, self.models.watch).map(drop)
    }
}
