//! One synonymous and one nonsynonymous rate of a site, as parameters of a search: their square roots.

use crate::{
    Error,
    hits::{self, SiteHits},
    model::HitRates,
    search::{self, Parameters, Search, SiteGradient, rate},
    site_models::Curvatures,
    sites::{CommonRates, Component, Sites, Wanted},
    watch::Watch,
};

/// The rates that are free. β of background branches is always free, if there are such.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Free {
    /// α and β.
    Both,
    /// β; α is 1.
    Nonsynonymous,
    /// α, which is also β.
    Neutral,
    /// α; β is α times the search's constant.
    Synonymous,
    /// None: α is 1, and β is the search's constant.
    None,
}

/// The parameters of a model of a site.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rates {
    pub(crate) free: Free,
    /// Whether there are branches that are not tested.
    pub(crate) background: bool,
    /// The rates of changes of several nucleotides at once.
    pub(crate) hits: SiteHits,
}

impl Rates {
    /// Number of parameters before that of the background.
    fn own(self) -> usize {
        match self.free {
            Free::Both => 2,
            Free::Nonsynonymous | Free::Neutral | Free::Synonymous => 1,
            Free::None => 0,
        }
    }

    /// The point with these rates, or one near it.
    pub(crate) fn point(self, alpha: f64, beta: f64, background: f64, hits: &HitRates) -> Vec<f64> {
        let mut point = match self.free {
            Free::Both => vec![alpha.sqrt(), beta.sqrt()],
            Free::Nonsynonymous => vec![beta.sqrt()],
            Free::Neutral | Free::Synonymous => vec![alpha.sqrt()],
            Free::None => Vec::new(),
        };
        if self.background {
            point.push(background.sqrt());
        }
        point.extend(self.hits.roots(hits, hits::unit(alpha, beta + background)));
        point
    }

    /// α, β and β of the background at a point.
    pub(crate) fn rates(self, point: &[f64], constant: f64) -> (f64, f64, f64) {
        let (alpha, beta) = match self.free {
            Free::Both => (rate(point[0]).0, rate(point[1]).0),
            Free::Nonsynonymous => (1.0, rate(point[0]).0),
            Free::Neutral => (rate(point[0]).0, rate(point[0]).0),
            Free::Synonymous => (rate(point[0]).0, constant * rate(point[0]).0),
            Free::None => (1.0, constant),
        };
        let background = if self.background {
            rate(point[self.own()]).0
        } else {
            0.0
        };
        (alpha, beta, background)
    }

    /// δ and ψ at a point.
    pub(crate) fn hits(self, point: &[f64], constant: f64) -> HitRates {
        self.hits.rates(point, self.unit(point, constant))
    }

    /// The unit of δ and ψ.
    fn unit(self, point: &[f64], constant: f64) -> f64 {
        let (alpha, beta, background) = self.rates(point, constant);
        hits::unit(alpha, beta + background)
    }

    /// The guesses at the curvature that belong to the parameters.
    pub(crate) fn curvature(self, curvatures: &Curvatures) -> Vec<f64> {
        let Curvatures {
            alpha,
            beta,
            background,
            hits,
        } = curvatures;
        let mut own = match self.free {
            Free::Both => vec![*alpha, *beta],
            Free::Nonsynonymous => vec![*beta],
            Free::Neutral | Free::Synonymous => vec![1.0 / (1.0 / alpha + 1.0 / beta)],
            Free::None => Vec::new(),
        };
        if self.background {
            own.push(*background);
        }
        own.extend(self.hits.curvature(hits));
        own
    }
}

impl Parameters for Rates {
    fn components(&self) -> [usize; 2] {
        [usize::from(self.background), 1]
    }

    fn wanted(&self) -> Wanted {
        self.hits.wanted()
    }

    fn set(&self, point: &[f64], constant: f64, lane: usize, components: &mut [Vec<Component>; 2]) {
        let (alpha, beta, background) = self.rates(point, constant);
        for (set, beta) in components.iter_mut().zip([background, beta]) {
            for component in set {
                component.alpha[lane] = alpha;
                component.beta[lane] = beta;
            }
        }
        let unit = self.unit(point, constant);
        self.hits.set(point, unit, lane, components);
    }

    fn gradient(
        &self,
        point: &[f64],
        constant: f64,
        lane: usize,
        gradient: &SiteGradient,
    ) -> Vec<f64> {
        let [background, tested] = gradient;
        let unit = self.unit(point, constant);
        let (of_hits, by_unit) = self.hits.gradient(point, unit, lane, gradient);
        let mut by_alpha: f64 = gradient.iter().flatten().map(|by| by.alpha[lane]).sum();
        let mut by_beta: f64 = tested.iter().map(|by| by.beta[lane]).sum();
        if self.hits.are_free() {
            by_alpha += by_unit * hits::BY_ALPHA;
            by_beta += by_unit;
        }
        let mut own = match self.free {
            Free::Both => vec![rate(point[0]).1 * by_alpha, rate(point[1]).1 * by_beta],
            Free::Nonsynonymous => vec![rate(point[0]).1 * by_beta],
            Free::Neutral => vec![rate(point[0]).1 * (by_alpha + by_beta)],
            Free::Synonymous => vec![rate(point[0]).1 * (by_alpha + constant * by_beta)],
            Free::None => Vec::new(),
        };
        if let Some(by) = background.first() {
            own.push(rate(point[self.own()]).1 * (by.beta[lane] + by_unit));
        }
        own.extend(of_hits);
        own
    }
}

/// Starting points: pairs of α and β, as HyPhy's.
pub(crate) const STARTS: [[f64; 2]; 13] = [
    [0.01, 0.1],
    [1.0, 0.1],
    [1.0, 0.5],
    [1.0, 1.0],
    [1.0, 5.0],
    [10.0, 0.1],
    [0.01, 0.5],
    [0.01, 5.0],
    [10.0, 0.5],
    [10.0, 1.0],
    [10.0, 50.0],
    [100.0, 0.1],
    [100.0, 1.0],
];
/// A fit that is not complete.
pub(crate) struct FirstFit {
    /// What has been found for each pattern.
    pub(crate) found: Vec<Search>,
    /// Searches at saturated rates that may find more, with their places.
    pub(crate) saturated: Vec<(usize, Search)>,
}

/// Values of α among the starting points: below this, there are hardly any synonymous changes.
const SLOW: f64 = 0.1;
/// From here, the site may be saturated.
const FAST: f64 = 5.0;
/// From here, it is.
const SATURATED: f64 = 50.0;
/// A search starts from a second point if its log-likelihood is at most this much less.
const RIVAL: f64 = 2.0;
/// The same for a search at saturated rates, by what the others have found. There the likelihood hardly
/// changes with the rates, so a search gains little.
const SATURATED_RIVAL: f64 = 0.5;

impl Rates {
    /// Fits this model to patterns.
    pub(crate) fn fit(
        &self,
        sites: &Sites<'_>,
        patterns: &[usize],
        pairs: &[[f64; 2]],
        curvatures: &Curvatures,
        watch: &dyn Watch,
    ) -> Result<Vec<Search>, Error> {
        let mut first = self.first_fit(sites, patterns, pairs, curvatures, watch)?;
        search::search_again(sites, self, &mut first.found, first.saturated, watch)?;
        Ok(first.found)
    }

    /// Fits this model to patterns, but for the searches at saturated rates. Each search starts from the best pair of α and β, and from the best
    /// ones with a very different α if they are nearly as good: the likelihood often has a maximum without
    /// synonymous changes, one with some, and one where synonymous changes are saturated. Searches at
    /// saturated rates take long, so they are last, and only where they are nearly as good as what the
    /// others found.
    pub(crate) fn first_fit(
        &self,
        sites: &Sites<'_>,
        patterns: &[usize],
        pairs: &[[f64; 2]],
        curvatures: &Curvatures,
        watch: &dyn Watch,
    ) -> Result<FirstFit, Error> {
        let hits = self.hits.starts();
        let starts = hits.iter().flat_map(|hits| {
            let own = pairs.iter();
            own.map(move |[alpha, beta]| (*alpha, self.point(*alpha, *beta, *beta, hits)))
        });
        let starts: Vec<(f64, Vec<f64>)> = starts.collect();
        let common = starts.iter().map(|(_, point)| {
            let (alpha, beta, _) = self.rates(point, 0.0);
            let hits = self.hits(point, 0.0);
            CommonRates { alpha, beta, hits }
        });
        let values = sites.log_likelihoods(&common.collect::<Vec<_>>(), watch)?;
        let class = |alpha: f64| usize::from(alpha >= SLOW) + usize::from(alpha >= SATURATED);
        let mut searches = Vec::with_capacity(patterns.len());
        let mut saturated = Vec::new();
        for (place, pattern) in patterns.iter().enumerate() {
            let value = |start: usize| values[start][*pattern];
            let best_of = |wanted: usize| {
                let own = (0..starts.len()).filter(|start| class(starts[*start].0) == wanted);
                own.max_by(|a, b| value(*a).total_cmp(&value(*b)))
            };
            let search = |start: usize| {
                let point = starts[start].1.clone();
                Search::new(*pattern, point, self.curvature(curvatures))
            };
            let likely: Vec<usize> = (0..2).filter_map(best_of).collect();
            let best = likely
                .iter()
                .map(|start| value(*start))
                .fold(f64::MIN, f64::max);
            let rivals = likely.iter().filter(|start| value(**start) >= best - RIVAL);
            searches.extend(rivals.map(|start| search(*start)));
            // Saturation is likely only where rates seem to be high.
            if let ([_, some], Some(fastest)) = (&likely[..], best_of(2))
                && starts[*some].0 >= FAST
            {
                saturated.push((place, value(fastest), search(fastest)));
            }
        }
        let searches = search::maximise(sites, self, searches, watch, &|_| {})?;
        let found = search::best_of_each(searches);
        saturated.retain(|(place, value, _)| *value >= found[*place].value() - SATURATED_RIVAL);
        let saturated = saturated.into_iter();
        let saturated = saturated
            .map(|(place, _, search)| (place, search))
            .collect();
        Ok(FirstFit { found, saturated })
    }
}
