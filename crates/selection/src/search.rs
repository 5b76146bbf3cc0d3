//! Searches for the best rates of single sites, many at a time.

use rayon::prelude::*;

use crate::{
    Error,
    action::LANES,
    ascent::{Ascent, Settings},
    sites::{ByComponent, Component, Evaluation, Sites, Wanted},
    watch::Watch,
};

/// The most searches that one thread does together. Their results depend on their neighbours in the
/// last digits, so this number does not depend on that of the threads.
const GROUP: usize = 64;
/// A group is at most this fraction of the work that is left, so that all threads end at about the
/// same time.
const SHARE: f64 = 1.0 / 8.0;

/// How the search for a site proceeds.
pub(crate) const SETTINGS: Settings = Settings {
    gain: 1e-6,
    evaluations: 300,
    absolute: 0.5,
    relative: 1.5,
};

/// Settings of a search that stops close to a maximum, to compare it with others.
const ROUGH: Settings = Settings {
    gain: 1e-3,
    ..SETTINGS
};

/// Settings of a search that takes a few steps, to see whether its start is promising.
const BRIEF: Settings = Settings {
    evaluations: 6,
    ..ROUGH
};

/// The gradient of a site's likelihood: see [`Evaluation::gradient`].
pub(crate) type SiteGradient = [Vec<ByComponent>; 2];

/// How the parameters of a search determine the processes of branches.
pub(crate) trait Parameters: Sync {
    /// Numbers of components of background branches and of tested ones.
    fn components(&self) -> [usize; 2];
    /// The derivatives that [`Self::gradient`] needs.
    fn wanted(&self) -> Wanted;
    /// Sets a lane of the components. `constant` is that of the search.
    fn set(&self, point: &[f64], constant: f64, lane: usize, components: &mut [Vec<Component>; 2]);
    /// The gradient with respect to the parameters, from that of the components.
    fn gradient(
        &self,
        point: &[f64],
        constant: f64,
        lane: usize,
        gradient: &SiteGradient,
    ) -> Vec<f64>;
}

/// A search at one site.
#[derive(Debug, Clone)]
pub(crate) struct Search {
    pub(crate) pattern: usize,
    /// A number that the parameters need besides the point.
    pub(crate) constant: f64,
    pub(crate) ascent: Ascent,
}

impl Search {
    /// Starts at a point. `curvature` guesses the inverse of the negative second derivatives where rates are
    /// near 1.
    pub(crate) fn new(pattern: usize, start: Vec<f64>, mut curvature: Vec<f64>) -> Self {
        // The likelihood changes with the logarithm of a large rate. Without this, a search would take the
        // plateau where all changes are saturated for a maximum.
        for (curvature, root) in curvature.iter_mut().zip(&start) {
            *curvature *= (root * root).max(1.0);
        }
        Self {
            pattern,
            constant: 0.0,
            ascent: Ascent::new(start, curvature, SETTINGS),
        }
    }

    /// Stops close to a maximum.
    pub(crate) fn rough(mut self) -> Self {
        self.ascent.resume(ROUGH);
        self
    }

    /// Stops after a few steps.
    pub(crate) fn brief(mut self) -> Self {
        self.ascent.resume(BRIEF);
        self
    }

    /// Continues to the maximum.
    pub(crate) fn resumed(mut self) -> Self {
        self.ascent.resume(SETTINGS);
        self
    }

    /// The best point that was found.
    pub(crate) fn best(&self) -> &[f64] {
        self.ascent.best()
    }

    /// The log-likelihood there.
    pub(crate) fn value(&self) -> f64 {
        self.ascent.value()
    }
}

/// A rate of its square root, at most 10,000 as in HyPhy, and the derivative.
pub(crate) fn rate(root: f64) -> (f64, f64) {
    bounded(root, 1e4)
}

/// The square of a root, up to a bound, and the derivative.
pub(crate) fn bounded(root: f64, most: f64) -> (f64, f64) {
    let square = root * root;
    if square < most {
        (square, 2.0 * root)
    } else {
        (most, 0.0)
    }
}

/// The components that a set of lanes fills in.
pub(crate) fn components(numbers: [usize; 2]) -> [Vec<Component>; 2] {
    let empty = Component {
        alpha: [0.0; LANES],
        beta: [0.0; LANES],
        hits: [[0.0; LANES]; 2],
        weight: [1.0; LANES],
    };
    numbers.map(|number| vec![empty; number])
}

/// Runs all searches until they converge, and calls `done` with the number of those that have.
pub(crate) fn maximise(
    sites: &Sites<'_>,
    parameters: &dyn Parameters,
    searches: Vec<Search>,
    watch: &dyn Watch,
    done: &(dyn Fn(usize) + Sync),
) -> Result<Vec<Search>, Error> {
    // Fast processes take longer, and the fastest lane decides: those with similar rates go together.
    let mut searches: Vec<(usize, Search)> = searches.into_iter().enumerate().collect();
    let speed = |search: &Search| -> f64 { search.ascent.point().iter().map(|x| x * x).sum() };
    searches.sort_by(|(_, a), (_, b)| speed(b).total_cmp(&speed(a)));
    let work = |(_, search): &(usize, Search)| 1.0 + speed(search);
    let groups = groups(&mut searches, &work).into_par_iter().with_max_len(1);
    groups.try_for_each(|group| {
        sites.with_evaluation(|evaluation| climb(sites, parameters, group, watch, evaluation))?;
        done(group.len());
        Ok::<(), Error>(())
    })?;
    searches.sort_by_key(|(place, _)| *place);
    Ok(searches.into_iter().map(|(_, search)| search).collect())
}

/// Cuts searches into groups. `work` guesses how long one takes, in any unit.
fn groups<'a, T>(mut rest: &'a mut [T], work: &dyn Fn(&T) -> f64) -> Vec<&'a mut [T]> {
    let mut groups = Vec::new();
    let mut left: f64 = rest.iter().map(work).sum();
    while !rest.is_empty() {
        let (mut size, mut own) = (0, 0.0);
        while size < GROUP.min(rest.len()) {
            let end = rest.len().min(size + LANES);
            let more: f64 = rest[size..end].iter().map(work).sum();
            if size > 0 && own + more > SHARE * left {
                break;
            }
            (size, own) = (end, own + more);
        }
        left -= own;
        let (group, others) = rest.split_at_mut(size);
        groups.push(group);
        rest = others;
    }
    groups
}

/// A search from another point is worth its time if its log-likelihood there is at most this much less
/// than what was found.
pub(crate) const PROMISING: f64 = 2.0;

/// Searches again from other points, one for each search, where that is promising.
pub(crate) fn improve(
    sites: &Sites<'_>,
    parameters: &dyn Parameters,
    found: &mut [Search],
    others: Vec<Search>,
    watch: &dyn Watch,
) -> Result<(), Error> {
    let points = others.iter();
    let points = points.map(|search| (search.pattern, search.ascent.point().to_vec()));
    let values = evaluate(sites, parameters, &points.collect::<Vec<_>>(), watch)?;
    let others = others.into_iter().zip(values).enumerate();
    let promising =
        others.filter(|(place, (_, value))| *value >= found[*place].value() - PROMISING);
    let again = promising
        .map(|(place, (other, _))| (place, other))
        .collect();
    search_again(sites, parameters, found, again, watch).map(drop)
}

/// Runs another search for some places of what was found, and keeps the better one of each. Returns the places
/// where that is the new one.
pub(crate) fn search_again(
    sites: &Sites<'_>,
    parameters: &dyn Parameters,
    found: &mut [Search],
    again: Vec<(usize, Search)>,
    watch: &dyn Watch,
) -> Result<Vec<usize>, Error> {
    let others = maximise_at(sites, parameters, again, watch)?;
    Ok(keep_better(found, others))
}

/// Runs searches until they converge, each for a place of what was found.
pub(crate) fn maximise_at(
    sites: &Sites<'_>,
    parameters: &dyn Parameters,
    searches: Vec<(usize, Search)>,
    watch: &dyn Watch,
) -> Result<Vec<(usize, Search)>, Error> {
    let (places, searches): (Vec<usize>, Vec<Search>) = searches.into_iter().unzip();
    let searches = maximise(sites, parameters, searches, watch, &|_| {})?;
    Ok(places.into_iter().zip(searches).collect())
}

/// Replaces what was found at some places where others are better. Returns these places.
pub(crate) fn keep_better(found: &mut [Search], others: Vec<(usize, Search)>) -> Vec<usize> {
    let mut better = Vec::new();
    for (place, other) in others {
        if other.value() > found[place].value() {
            found[place] = other;
            better.push(place);
        }
    }
    better
}

/// Of searches that follow each other for one pattern, the best.
pub(crate) fn best_of_each(searches: Vec<Search>) -> Vec<Search> {
    let mut best: Vec<Search> = Vec::new();
    for search in searches {
        match best.last_mut() {
            Some(last) if last.pattern == search.pattern => {
                if search.value() > last.value() {
                    *last = search;
                }
            }
            _ => best.push(search),
        }
    }
    best
}

fn climb(
    sites: &Sites<'_>,
    parameters: &dyn Parameters,
    searches: &mut [(usize, Search)],
    watch: &dyn Watch,
    evaluation: &mut Evaluation,
) -> Result<(), Error> {
    let mut components = components(parameters.components());
    let mut lanes: [Option<usize>; LANES] = [None; LANES];
    let mut next = 0;
    loop {
        if watch.cancelled() {
            return Err(Error::Cancelled);
        }
        for lane in &mut lanes {
            if lane.is_none_or(|search| searches[search].1.ascent.is_done()) {
                *lane = (next < searches.len()).then_some(next);
                next += usize::from(lane.is_some());
            }
        }
        let Some(any) = lanes.iter().flatten().next().copied() else {
            return Ok(());
        };
        let mut patterns = [0; LANES];
        for (lane, search) in lanes.iter().enumerate() {
            let (_, search) = &searches[search.unwrap_or(any)];
            patterns[lane] = search.pattern;
            parameters.set(
                search.ascent.point(),
                search.constant,
                lane,
                &mut components,
            );
        }
        sites.evaluate(&patterns, &components, parameters.wanted(), evaluation);
        for (lane, search) in lanes.iter().enumerate() {
            if let Some(search) = search {
                let (_, search) = &mut searches[*search];
                let point = search.ascent.point();
                let gradient =
                    parameters.gradient(point, search.constant, lane, &evaluation.gradient);
                search.ascent.tell(evaluation.values[lane], &gradient);
            }
        }
    }
}

/// The log-likelihoods of patterns at points.
pub(crate) fn evaluate(
    sites: &Sites<'_>,
    parameters: &dyn Parameters,
    points: &[(usize, Vec<f64>)],
    watch: &dyn Watch,
) -> Result<Vec<f64>, Error> {
    let groups: Vec<Vec<f64>> = points
        .par_chunks(GROUP)
        .with_max_len(1)
        .map(|group| {
            sites.with_evaluation(|evaluation| {
                let mut components = components(parameters.components());
                let mut values = Vec::with_capacity(group.len());
                for points in group.chunks(LANES) {
                    if watch.cancelled() {
                        return Err(Error::Cancelled);
                    }
                    let mut patterns = [0; LANES];
                    for (lane, pattern) in patterns.iter_mut().enumerate() {
                        let (own, point) = &points[lane.min(points.len() - 1)];
                        *pattern = *own;
                        parameters.set(point, 0.0, lane, &mut components);
                    }
                    sites.evaluate(&patterns, &components, Wanted::Value, evaluation);
                    values.extend_from_slice(&evaluation.values[..points.len()]);
                }
                Ok(values)
            })
        })
        .collect::<Result<_, Error>>()?;
    Ok(groups.concat())
}
