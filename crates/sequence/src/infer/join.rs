//! Neighbour joining (Saitou and Nei 1987, in the formulation of Studier and Keppler 1988).
//!
//! The canonical algorithm with n³/6 steps, on half a matrix that shrinks as nodes are joined. The
//! compiler vectorises the inner loop: 5,000 sequences take seconds. There is no pruning, and
//! therefore no input for which it is slower.

use super::Distances;
use crate::{Finding, NodeId, Tree};

/// Maximum number of sequences for [`join`]. The time grows with the cube of their number.
pub const MAX_SEQUENCES: usize = 5_000;

/// Columns compared at a time.
const LANES: usize = 8;

pub(super) fn check_count(count: usize) -> Result<(), Finding> {
    if count < 3 {
        return Err(Finding::error(
            "too-few-sequences",
            format!("A tree needs at least 3 sequences; there are {count}."),
            "Add sequences to the alignment.",
        ));
    }
    if count > MAX_SEQUENCES {
        return Err(Finding::error(
            "too-many-sequences",
            format!("A tree is only inferred for up to {MAX_SEQUENCES} sequences."),
            "Upload a tree from a program for large data, such as FastTree or IQ-TREE.",
        ));
    }
    Ok(())
}

/// A joined pair, or the last three clusters.
struct Joined {
    left: usize,
    right: usize,
    lengths: [f64; 2],
}

/// Joins neighbours until three clusters are left, which become the root's children.
///
/// # Errors
/// As [`neighbour_joining`](super::neighbour_joining). Also `too-few-sequences` if the number of
/// names differs from the number of distance rows.
pub fn join(names: &[&str], mut distances: Distances) -> Result<Tree, Finding> {
    let count = names.len().min(distances.len());
    check_count(count)?;
    // The cluster that each row stands for. Clusters from `count` on are joined pairs.
    let mut cluster: Vec<usize> = (0..count).collect();
    let mut sums: Vec<f64> = (0..count)
        .map(|i| (0..count).map(|j| distances.get(i, j)).sum())
        .collect();
    let mut pairs: Vec<Joined> = Vec::with_capacity(count - 3);
    let mut left = count;
    while left > 3 {
        let (i, j) = closest(&distances, &sums, left);
        let between = distances.get(i, j);
        let skew = (sums[i] - sums[j]) / (left - 2) as f64;
        let lengths = [(between + skew) / 2.0, (between - skew) / 2.0].map(|l| l.max(0.0));
        pairs.push(Joined {
            left: cluster[i],
            right: cluster[j],
            lengths,
        });
        merge(&mut distances, &mut sums, left, i, j);
        cluster[j] = count + pairs.len() - 1;
        cluster[i] = cluster[left - 1];
        left -= 1;
    }
    let d = |i: usize, j: usize| distances.get(i, j);
    let last = [
        (d(0, 1) + d(0, 2) - d(1, 2)) / 2.0,
        (d(0, 1) + d(1, 2) - d(0, 2)) / 2.0,
        (d(0, 2) + d(1, 2) - d(0, 1)) / 2.0,
    ]
    .map(|l| l.max(0.0));
    Ok(build(
        names,
        count,
        &pairs,
        [cluster[0], cluster[1], cluster[2]],
        last,
    ))
}

/// The pair (i > j) among the first `left` rows with the smallest (left − 2)·d(i, j) − r(i) − r(j);
/// the first one if several are equal.
fn closest(distances: &Distances, sums: &[f64], left: usize) -> (usize, usize) {
    let scale = (left - 2) as f32;
    // Only differences between sums affect the choice. Relative to their mean, they are small
    // enough for single precision even with thousands of rows.
    let mean = sums[..left].iter().sum::<f64>() / left as f64;
    let sums: Vec<f32> = sums[..left].iter().map(|s| (s - mean) as f32).collect();
    let mut best = (f32::INFINITY, 1, 0);
    for i in 1..left {
        let row = distances.row(i);
        let least = least(row, &sums[..i], scale);
        if least - sums[i] < best.0 {
            let place = row
                .iter()
                .zip(&sums)
                .position(|(d, s)| d * scale - s <= least);
            best = (least - sums[i], i, place.unwrap_or(0));
        }
    }
    (best.1, best.2)
}

/// The smallest d·scale − s in a row.
fn least(row: &[f32], sums: &[f32], scale: f32) -> f32 {
    let mut lanes = [f32::INFINITY; LANES];
    let (rows, sums_of) = (row.chunks_exact(LANES), sums.chunks_exact(LANES));
    let mut least = f32::INFINITY;
    for (d, s) in rows.remainder().iter().zip(sums_of.remainder()) {
        least = least.min(d * scale - s);
    }
    for (d, s) in rows.zip(sums_of) {
        for lane in 0..LANES {
            let value = d[lane] * scale - s[lane];
            // A plain comparison compiles to one vector instruction; `f32::min` does not.
            lanes[lane] = if value < lanes[lane] {
                value
            } else {
                lanes[lane]
            };
        }
    }
    lanes.into_iter().fold(least, f32::min)
}

/// Stores the joined pair in row j, and moves the last row to row i.
fn merge(distances: &mut Distances, sums: &mut [f64], left: usize, i: usize, j: usize) {
    let between = distances.get(i, j);
    let mut sum = 0.0;
    for k in (0..left).filter(|k| *k != i && *k != j) {
        let (to_i, to_j) = (distances.get(i, k), distances.get(j, k));
        let joined = ((to_i + to_j - between) / 2.0).max(0.0);
        sums[k] += joined - to_i - to_j;
        sum += joined;
        distances.set(j, k, joined);
    }
    sums[j] = sum;
    let last = left - 1;
    if i != last {
        for k in (0..last).filter(|k| *k != i) {
            let moved = distances.get(last, k);
            distances.set(i, k, moved);
        }
        sums[i] = sums[last];
    }
}

/// Builds the tree from the root down.
fn build(
    names: &[&str],
    count: usize,
    pairs: &[Joined],
    top: [usize; 3],
    lengths: [f64; 3],
) -> Tree {
    let mut tree = Tree::new();
    let root = tree.root();
    let mut open: Vec<(NodeId, usize, f64)> = Vec::new();
    let mut below: Vec<(usize, f64)> = top.into_iter().zip(lengths).collect();
    let mut parent = root;
    loop {
        for (cluster, length) in below {
            let id = tree.add_child(parent);
            open.push((id, cluster, length));
        }
        let Some((id, cluster, length)) = open.pop() else {
            return tree;
        };
        tree.node_mut(id).length = Some(length);
        parent = id;
        below = match cluster.checked_sub(count).and_then(|p| pairs.get(p)) {
            Some(pair) => vec![(pair.left, pair.lengths[0]), (pair.right, pair.lengths[1])],
            None => {
                tree.node_mut(id).name = names.get(cluster).map(|n| (*n).to_string());
                Vec::new()
            }
        };
    }
}
