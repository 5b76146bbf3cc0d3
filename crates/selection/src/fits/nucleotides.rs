//! The fit of GTR to the nucleotides of an alignment.

use crate::{
    Error,
    ascent::Ascent,
    likelihood::{Likelihood, Partition, Process},
    model::{AG, Exchangeabilities, Model, SINGLE},
    watch::{Stage, Watch},
};

use super::{
    data::{Data, partitions},
    parameters::{OF_NUCLEOTIDES, informative, maximise, roots_of, settings, settled, theta_of},
};

/// The fit of GTR.
#[derive(Debug, Clone)]
pub(crate) struct NucleotideFit {
    pub(crate) log_likelihood: f64,
    pub(crate) theta: Exchangeabilities,
    /// Length of each branch of each partition's tree, in substitutions per site.
    pub(crate) lengths: Vec<Vec<f64>>,
}

/// Fits GTR: the lengths of all branches and five exchangeabilities.
pub(crate) fn nucleotides(data: &Data, watch: &dyn Watch) -> Result<NucleotideFit, Error> {
    watch.progress(Stage::Nucleotides, 0, 1);
    let (observations, patterns) = data.columns.nucleotides();
    let model = Model::nucleotides(&data.nucleotide_frequencies);
    let partitions = partitions(&data.phylogenies, &patterns, &observations);
    // Square roots of all lengths, then of θ: no bound is needed, and a length can become 0.
    let (mut start, mut curvature) = (Vec::new(), Vec::new());
    let mut sites = 0.0;
    for partition in &partitions {
        let own: f64 = partition.patterns.weights.iter().sum();
        for length in starting_lengths(partition) {
            start.push(length.sqrt());
            curvature.push(0.25 / (own * informative(length)));
        }
        sites += own;
    }
    let branches = start.len();
    start.extend(roots_of(&[0.25, 1.0, 0.25, 0.25, 1.0, 0.25]));
    curvature.extend([1.0 / sites; 5]);
    let ascent = Ascent::new(start, curvature, settings(OF_NUCLEOTIDES));
    let mut likelihood = Likelihood::new(&partitions);
    let ascent = maximise(ascent, watch, |roots| {
        let theta = theta_of(&roots[branches..]);
        // In units of expected substitutions, so that lengths and θ are nearly independent.
        let rates = model.rates(&theta, 1.0, &SINGLE);
        let scale = model.expected(&theta, &SINGLE).0;
        let mut rest = roots;
        let mut processes = Vec::with_capacity(partitions.len());
        for partition in &partitions {
            let (own, others) = rest.split_at(partition.phylogeny.branches());
            rest = others;
            let process = |root: &f64| Process {
                spectrum: 0,
                time: root * root / scale,
            };
            processes.push(own.iter().map(process).collect());
        }
        let derived = likelihood.gradient(&model.frequencies, &[rates], &processes);
        let (by_theta, _, _) = model.derivative(&derived.rates[0], &theta, 1.0, &SINGLE);
        let mut gradient = Vec::with_capacity(roots.len());
        let mut by_scale = 0.0;
        for (root, by_time) in roots.iter().zip(derived.times.iter().flatten()) {
            gradient.push(2.0 * root * by_time / scale);
            by_scale -= by_time * root * root / (scale * scale);
        }
        // The scale is linear in θ.
        let free = (0..6).filter(|place| *place != AG);
        for (place, root) in free.zip(&roots[branches..]) {
            let mut unit = [0.0; 6];
            unit[place] = 1.0;
            let by = by_theta[place] + by_scale * model.expected(&unit, &SINGLE).0;
            gradient.push(2.0 * root * by);
        }
        (derived.value, gradient)
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
