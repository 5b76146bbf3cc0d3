//! The fits of models to a whole alignment that precede the tests of sites.

use crate::{
    Branches, Error, InputError,
    ascent::{Ascent, Settings},
    codon::{CodonStates, Observations},
    columns::{CodonColumns, Patterns},
    frequencies::CodonFrequencies,
    input::Input,
    likelihood::{Partition, Process},
    model::{AG, Exchangeabilities, Model},
    phylogeny::Phylogeny,
    spectrum::Spectrum,
    watch::{Stage, Watch},
};

/// Lengths below this are 0.
const ZERO: f64 = 1e-10;
/// The length that a leaf's branch of length 0 has.
const SHORT: f64 = 1e-6;

/// How a fit of a whole alignment proceeds. It ends when a step is expected to gain less than `gain`.
const fn settings(gain: f64) -> Settings {
    Settings {
        gain,
        evaluations: 1000,
        absolute: 0.2,
        relative: 0.7,
    }
}

/// The gain at which a fit ends that is a result.
pub(crate) const PRECISE: f64 = 2e-5;
/// The gain at which a fit ends from which another one starts.
pub(crate) const ROUGH: f64 = 1e-2;

/// The data of an analysis in the form that models use.
#[derive(Debug)]
pub(crate) struct Data {
    pub(crate) states: CodonStates,
    pub(crate) columns: CodonColumns,
    /// The tree of each partition.
    pub(crate) phylogenies: Vec<Phylogeny>,
    pub(crate) nucleotide_frequencies: [f64; 4],
    pub(crate) frequencies: CodonFrequencies,
    /// Names of the rows.
    pub(crate) names: Vec<String>,
}

impl Data {
    pub(crate) fn new(input: &Input<'_>) -> Result<Self, InputError> {
        let states = CodonStates::new(input.code);
        let columns = CodonColumns::new(input, &states)?;
        let names: Vec<String> = input.alignment.names().map(str::to_owned).collect();
        let tree = |partition: usize| match input.trees {
            [] => Err(InputError("there is no tree".to_owned())),
            [tree] => Ok(*tree),
            trees => trees
                .get(partition)
                .copied()
                .ok_or_else(|| InputError("there are more partitions than trees".to_owned())),
        };
        let phylogenies = (0..columns.coverage.len())
            .map(|partition| Phylogeny::new(tree(partition)?, &names))
            .collect::<Result<_, _>>()?;
        let frequencies = CodonFrequencies::cf3x4(&columns.base_frequencies(), &states);
        Ok(Self {
            nucleotide_frequencies: columns.nucleotide_frequencies(),
            frequencies,
            states,
            columns,
            phylogenies,
            names,
        })
    }
}

/// The fit of GTR.
#[derive(Debug, Clone)]
pub(crate) struct NucleotideFit {
    pub(crate) log_likelihood: f64,
    pub(crate) theta: Exchangeabilities,
    /// Length of each branch of each partition's tree, in substitutions per site.
    pub(crate) lengths: Vec<Vec<f64>>,
}

/// A fit of MG94xREV.
#[derive(Debug, Clone)]
pub(crate) struct CodonFit {
    pub(crate) log_likelihood: f64,
    pub(crate) theta: Exchangeabilities,
    /// ω of background branches and of tested ones.
    pub(crate) omegas: [f64; 2],
    /// α of each branch of each partition's tree.
    pub(crate) alphas: Vec<Vec<f64>>,
}

/// A function of the parameters of a fit, in the form that [`Ascent`] maximises.
fn maximise(
    mut ascent: Ascent,
    watch: &dyn Watch,
    mut evaluate: impl FnMut(&[f64]) -> (f64, Vec<f64>),
) -> Result<Ascent, Error> {
    while !ascent.is_done() {
        if watch.cancelled() {
            return Err(Error::Cancelled);
        }
        let (value, gradient) = evaluate(ascent.point());
        ascent.tell(value, &gradient);
    }
    Ok(ascent)
}

/// θ of five square roots.
fn theta_of(roots: &[f64]) -> Exchangeabilities {
    let mut theta = [1.0; 6];
    let free = (0..6).filter(|place| *place != AG);
    for (place, root) in free.zip(roots) {
        theta[place] = root * root;
    }
    theta
}

/// The square roots of the five free θ.
fn roots_of(theta: &Exchangeabilities) -> impl Iterator<Item = f64> {
    let free = (0..6).filter(|place| *place != AG);
    free.map(|place| theta[place].sqrt())
}

/// Fits GTR: the lengths of all branches and five exchangeabilities.
pub(crate) fn nucleotides(data: &Data, watch: &dyn Watch) -> Result<NucleotideFit, Error> {
    watch.progress(Stage::Nucleotides, 0, 1);
    let (observations, patterns) = data.columns.nucleotides();
    let model = Model::nucleotides(&data.nucleotide_frequencies);
    let partitions = partitions(&data.phylogenies, &patterns, &observations);
    // Square roots of all lengths, then of θ: no bound is needed, and a length can become 0.
    let starts = partitions
        .iter()
        .flat_map(|partition| starting_lengths(partition));
    let mut start: Vec<f64> = starts.map(f64::sqrt).collect();
    let branches = start.len();
    start.extend(roots_of(&[0.25, 1.0, 0.25, 0.25, 1.0, 0.25]));
    let sites: f64 = 3.0 * data.columns.coverage.iter().map(Vec::len).sum::<usize>() as f64;
    let mut curvature = vec![0.25 / sites; branches];
    curvature.extend([1.0 / sites; 5]);
    let ascent = Ascent::new(start, curvature, settings(PRECISE));
    let ascent = maximise(ascent, watch, |roots| {
        let theta = theta_of(&roots[branches..]);
        // In units of expected substitutions, so that lengths and θ are nearly independent.
        let rates = model.rates(&theta, 1.0);
        let scale = model.expected(&theta).0;
        let spectra = [Spectrum::new(&rates, &model.frequencies)];
        let mut sum = 0.0;
        let mut gradient = Vec::with_capacity(roots.len());
        let mut by_theta = [0.0; 6];
        let mut by_scale = 0.0;
        let mut rest = roots;
        for partition in &partitions {
            let (own, others) = rest.split_at(partition.phylogeny.branches());
            rest = others;
            let process = |root: &f64| Process {
                spectrum: 0,
                time: root * root / scale,
            };
            let processes: Vec<Process> = own.iter().map(process).collect();
            let (value, own_gradient) =
                partition.gradient(&model.frequencies, &spectra, &processes);
            sum += value;
            for (place, by_time) in own_gradient.times.iter().enumerate() {
                gradient.push(2.0 * own[place] * by_time / scale);
                by_scale -= by_time * processes[place].time / scale;
            }
            let (own_theta, _) = model.derivative(&own_gradient.rates[0], &theta, 1.0);
            for (sum, own) in by_theta.iter_mut().zip(own_theta) {
                *sum += own;
            }
        }
        // The scale is linear in θ.
        let free = (0..6).filter(|place| *place != AG);
        for (place, root) in free.zip(&roots[branches..]) {
            let mut unit = [0.0; 6];
            unit[place] = 1.0;
            let by = by_theta[place] + by_scale * model.expected(&unit).0;
            gradient.push(2.0 * root * by);
        }
        (sum, gradient)
    })?;
    watch.progress(Stage::Nucleotides, 1, 1);
    let best = ascent.best();
    let mut rest = best;
    let mut lengths = Vec::new();
    for phylogeny in &data.phylogenies {
        let (own, others) = rest.split_at(phylogeny.branches());
        rest = others;
        lengths.push(own.iter().map(|root| settled(root * root)).collect());
    }
    Ok(NucleotideFit {
        log_likelihood: ascent.value(),
        theta: theta_of(&best[branches..]),
        lengths,
    })
}

/// A length, or 0 if it is one that the square root approaches without end.
fn settled(length: f64) -> f64 {
    if length < 1e-8 { 0.0 } else { length }
}

fn partitions<'a>(
    phylogenies: &'a [Phylogeny],
    patterns: &'a [Patterns],
    observations: &'a Observations,
) -> Vec<Partition<'a>> {
    let pairs = phylogenies.iter().zip(patterns);
    let partition = |(phylogeny, patterns)| Partition {
        phylogeny,
        patterns,
        observations,
    };
    pairs.map(partition).collect()
}

/// The lengths of the tree, or else lengths that its parsimonious changes suggest.
fn starting_lengths(partition: &Partition<'_>) -> Vec<f64> {
    const LEAST: f64 = 1e-3;
    let phylogeny = partition.phylogeny;
    let nodes = &phylogeny.nodes[..phylogeny.branches()];
    if phylogeny.has_lengths {
        let length = |own: Option<f64>| own.unwrap_or_default().clamp(LEAST, 10.0);
        return nodes.iter().map(|node| length(node.length)).collect();
    }
    let changes = parsimonious_changes(partition);
    let sites: f64 = partition.patterns.weights.iter().sum();
    let length = |changes: &f64| ((changes + 0.3) / sites).clamp(LEAST, 1.0);
    changes.iter().map(length).collect()
}

/// The number of changes along each branch in a most parsimonious history of all sites (Fitch WM
/// 1971, Syst Zool 20:406).
fn parsimonious_changes(partition: &Partition<'_>) -> Vec<f64> {
    let nodes = &partition.phylogeny.nodes;
    let mut changes = vec![0.0; nodes.len()];
    let set = |row: usize, pattern: usize| {
        let observation = partition
            .observations
            .get(partition.patterns.rows[row][pattern]);
        observation
            .states
            .iter()
            .fold(0u64, |set, state| set | 1 << state)
    };
    for (pattern, weight) in partition.patterns.weights.iter().enumerate() {
        let mut sets = vec![0u64; nodes.len()];
        for (index, node) in nodes.iter().enumerate() {
            sets[index] = match node.row {
                Some(row) => set(row, pattern),
                None => {
                    let children = || node.children.iter().map(|child| sets[*child]);
                    let common = children().fold(u64::MAX, |all, set| all & set);
                    if common == 0 {
                        children().fold(0, |all, set| all | set)
                    } else {
                        common
                    }
                }
            };
        }
        for index in (0..nodes.len()).rev() {
            let parent = nodes[index].parent;
            let inherited = if parent == index {
                u64::MAX
            } else {
                sets[parent]
            };
            if sets[index] & inherited == 0 {
                changes[index] += weight;
                sets[index] &= sets[index].wrapping_neg();
            } else {
                let common = sets[index] & inherited;
                sets[index] = common & common.wrapping_neg();
            }
        }
    }
    changes.pop();
    changes
}

/// The trees without the branches that have no length, and the fits on them.
#[derive(Debug, Clone)]
pub(crate) struct Pruned {
    pub(crate) phylogenies: Vec<Phylogeny>,
    /// The GTR length of each branch; those of leaves are not 0.
    pub(crate) lengths: Vec<Vec<f64>>,
    /// Names of the removed branches, for each partition.
    pub(crate) removed: Vec<Vec<String>>,
}

impl Pruned {
    /// Whether any branch was removed.
    pub(crate) fn is_smaller(&self) -> bool {
        self.removed.iter().any(|names| !names.is_empty())
    }
}

/// Removes inner branches without length from all trees.
pub(crate) fn prune(data: &Data, fit: &NucleotideFit) -> Pruned {
    let mut pruned = Pruned {
        phylogenies: Vec::new(),
        lengths: Vec::new(),
        removed: Vec::new(),
    };
    for (phylogeny, lengths) in data.phylogenies.iter().zip(&fit.lengths) {
        let is_zero =
            |(length, node): (&f64, &crate::phylogeny::Node)| *length < ZERO && !node.is_leaf();
        let removed: Vec<bool> = lengths.iter().zip(&phylogeny.nodes).map(is_zero).collect();
        let (kept, order) = phylogeny.without(&removed);
        let names = phylogeny.nodes.iter().zip(&removed);
        let names = names.filter(|(_, removed)| **removed);
        pruned
            .removed
            .push(names.map(|(node, _)| node.name.clone()).collect());
        let length = |old: &usize| {
            if lengths[*old] < ZERO {
                SHORT
            } else {
                lengths[*old]
            }
        };
        let kept_branches = &order[..kept.branches()];
        pruned
            .lengths
            .push(kept_branches.iter().map(length).collect());
        pruned.phylogenies.push(kept);
    }
    pruned
}

/// Whether each branch of each tree is tested.
pub(crate) fn tested(
    phylogenies: &[Phylogeny],
    branches: &Branches,
) -> Result<Vec<Vec<bool>>, InputError> {
    let tested: Vec<Vec<bool>> = phylogenies
        .iter()
        .map(|tree| tree.tested(branches))
        .collect();
    if tested.iter().flatten().any(|is_tested| *is_tested) {
        Ok(tested)
    } else {
        Err(InputError(
            "no branch of the tree is to be tested".to_owned(),
        ))
    }
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
    pub(crate) fn new(data: &'a Data, pruned: &'a Pruned, tested: &'a [Vec<bool>]) -> Self {
        Self {
            data,
            pruned,
            tested,
            model: Model::codons(&data.states, &data.frequencies),
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

    /// The length of each branch, in substitutions per nucleotide site: (α ES + β EN) / 3.
    pub(crate) fn lengths(&self, fit: &CodonFit) -> Vec<Vec<f64>> {
        let (es, en) = self.model.expected(&fit.theta);
        let pairs = fit.alphas.iter().zip(self.tested);
        let of_tree = |(alphas, tested): (&Vec<f64>, &Vec<bool>)| {
            let length = |(alpha, tested): (&f64, &bool)| {
                alpha * (es + fit.omegas[usize::from(*tested)] * en) / 3.0
            };
            alphas.iter().zip(tested).map(length).collect()
        };
        pairs.map(of_tree).collect()
    }

    fn spectra(&self, theta: &Exchangeabilities, omegas: [f64; 2]) -> Vec<Spectrum> {
        let own = if self.has_background() {
            &omegas[..]
        } else {
            &omegas[1..]
        };
        let spectrum =
            |omega: &f64| Spectrum::new(&self.model.rates(theta, *omega), &self.model.frequencies);
        own.iter().map(spectrum).collect()
    }

    fn processes(&self, partition: usize, times: impl Iterator<Item = f64>) -> Vec<Process> {
        let last = usize::from(self.has_background());
        let process = |(tested, time): (&bool, f64)| Process {
            spectrum: if *tested { last } else { 0 },
            time,
        };
        self.tested[partition]
            .iter()
            .zip(times)
            .map(process)
            .collect()
    }

    /// The log-likelihood, and its derivatives by α of all branches, by θ and by ω.
    pub(crate) fn evaluate(
        &self,
        alphas: &[Vec<f64>],
        theta: &Exchangeabilities,
        omegas: [f64; 2],
    ) -> Derived {
        let spectra = self.spectra(theta, omegas);
        let mut derived = Derived::default();
        for (place, partition) in self.partitions.iter().enumerate() {
            let processes = self.processes(place, alphas[place].iter().copied());
            let (value, gradient) =
                partition.gradient(&self.model.frequencies, &spectra, &processes);
            derived.value += value;
            derived.alphas.push(gradient.times);
            let first = 2 - spectra.len();
            for (set, rates) in gradient.rates.iter().enumerate() {
                let omega = omegas[first + set];
                let (by_theta, by_omega) = self.model.derivative(rates, theta, omega);
                derived.omegas[first + set] += by_omega;
                for (sum, own) in derived.theta.iter_mut().zip(by_theta) {
                    *sum += own;
                }
            }
        }
        derived
    }

    /// The fit in which θ is GTR's, and the lengths of each tree are GTR's but for one factor.
    pub(crate) fn proportional(
        &self,
        nucleotides: &NucleotideFit,
        gain: f64,
        watch: &dyn Watch,
    ) -> Result<CodonFit, Error> {
        watch.progress(Stage::GlobalOmega, 0, 1);
        let theta = nucleotides.theta;
        let trees = self.partitions.len();
        let mut start = vec![3f64.sqrt(); trees];
        start.extend([0.5f64.sqrt(); 2]);
        let changes: f64 =
            self.pruned.lengths.iter().flatten().sum::<f64>() * self.data.columns.codons as f64;
        let curvature = vec![0.25 / (1.0 + changes); trees + 2];
        let alphas_of = |roots: &[f64]| -> Vec<Vec<f64>> {
            let lengths = self.pruned.lengths.iter().zip(roots);
            let scaled = |(own, root): (&Vec<f64>, &f64)| {
                own.iter().map(|length| length * root * root).collect()
            };
            lengths.map(scaled).collect()
        };
        let omegas_of = |roots: &[f64]| [roots[trees].powi(2), roots[trees + 1].powi(2)];
        let ascent = Ascent::new(start, curvature, settings(gain));
        let ascent = maximise(ascent, watch, |roots| {
            let derived = self.evaluate(&alphas_of(roots), &theta, omegas_of(roots));
            let mut gradient = Vec::with_capacity(roots.len());
            for (place, own) in derived.alphas.iter().enumerate() {
                let lengths = &self.pruned.lengths[place];
                let by: f64 = own
                    .iter()
                    .zip(lengths)
                    .map(|(by, length)| by * length)
                    .sum();
                gradient.push(2.0 * roots[place] * by);
            }
            for (by, root) in derived.omegas.iter().zip(&roots[trees..]) {
                gradient.push(2.0 * root * by);
            }
            (derived.value, gradient)
        })?;
        watch.progress(Stage::GlobalOmega, 1, 1);
        Ok(CodonFit {
            log_likelihood: ascent.value(),
            theta,
            omegas: omegas_of(ascent.best()),
            alphas: alphas_of(ascent.best()),
        })
    }

    /// The fit of all α, θ and ω.
    pub(crate) fn full(&self, start: &CodonFit, watch: &dyn Watch) -> Result<CodonFit, Error> {
        watch.progress(Stage::CodonModel, 0, 1);
        let (es, en) = self.model.expected(&start.theta);
        let mut roots: Vec<f64> = start
            .alphas
            .iter()
            .flatten()
            .map(|alpha| alpha.sqrt())
            .collect();
        let branches = roots.len();
        roots.extend(roots_of(&start.theta));
        roots.extend(start.omegas.map(f64::sqrt));
        // The curvature of a Poisson likelihood: 4 sites × rate for a root of a length; as many
        // changes as are expected for a factor of all.
        let sites = self.data.columns.codons as f64;
        let mut rate = Vec::with_capacity(branches);
        for tested in self.tested.iter().flatten() {
            rate.push(es + start.omegas[usize::from(*tested)] * en);
        }
        let mut curvature: Vec<f64> = rate.iter().map(|rate| 0.25 / (sites * rate)).collect();
        let alphas = start.alphas.iter().flatten();
        let changes: f64 = alphas
            .zip(&rate)
            .map(|(alpha, rate)| alpha * rate * sites)
            .sum();
        curvature.extend(
            roots_of(&start.theta).map(|r| 6.0 * 0.25 * r.max(0.1).powi(2) / (1.0 + changes)),
        );
        curvature.extend(
            start
                .omegas
                .map(|o| 2.0 * 0.25 * o.max(0.01) / (1.0 + changes)),
        );
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
        let ascent = Ascent::new(roots, curvature, settings(PRECISE));
        let ascent = maximise(ascent, watch, |roots| {
            let theta = theta_of(&roots[branches..branches + 5]);
            let derived = self.evaluate(&split(roots), &theta, omegas_of(roots));
            let alphas = derived.alphas.iter().flatten().copied();
            let theta = (0..6)
                .filter(|place| *place != AG)
                .map(|place| derived.theta[place]);
            let by = alphas.chain(theta).chain(derived.omegas);
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
            alphas,
        })
    }
}

/// A log-likelihood and its derivatives.
#[derive(Debug, Default)]
pub(crate) struct Derived {
    pub(crate) value: f64,
    pub(crate) alphas: Vec<Vec<f64>>,
    pub(crate) theta: Exchangeabilities,
    pub(crate) omegas: [f64; 2],
}
