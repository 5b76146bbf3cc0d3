//! Compares the native engine with HyPhy, given HyPhy's codon model:
//! `compare fel|meme ALIGNMENT TREE RESULT FITS [None|Double|Double+Triple [Estimate|Global]]`, where RESULT
//! is HyPhy's result, FITS what its `--intermediate-fits` wrote, and the words after them its
//! `--multiple-hits` and `--site-multihit`. Prints one line of tab-separated numbers.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use selection::{
    Analysis, FelOptions, Input, MemeOptions, MultipleHits, SiteMultihit, Stage, Watch, compare,
};
use sequence::{Document, GeneticCode, Limits, read};

struct Patient;

impl Watch for Patient {
    fn progress(&self, _: Stage, _: usize, _: usize) {}

    fn cancelled(&self) -> bool {
        false
    }
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [method, alignment, tree, result, fits, hits @ ..] = &words[..] else {
        panic!("usage: compare fel|meme ALIGNMENT TREE RESULT FITS [HITS [SITE]]");
    };
    let multiple_hits = match hits.first().map(String::as_str) {
        None | Some("None") => MultipleHits::None,
        Some("Double") => MultipleHits::Double,
        Some(_) => MultipleHits::DoubleTriple,
    };
    let site_multihit = match hits.get(1).map(String::as_str) {
        Some("Global") => SiteMultihit::Global,
        _ => SiteMultihit::Estimate,
    };
    let bytes = |path: &String| std::fs::read(path).unwrap_or_else(|e| panic!("{path}: {e}"));
    let document = |path| -> Document { read(&bytes(path), &Limits::default()) };
    let json = |path| serde_json::from_slice(&bytes(path)).expect("JSON");
    let (data, trees) = (document(alignment), document(tree));
    let trees: Vec<_> = trees.trees.iter().map(|named| &named.tree).collect();
    let input = Input {
        file_name: alignment,
        alignment: data.alignment.as_ref().expect("an alignment"),
        partitions: if trees.len() > 1 {
            &data.partitions
        } else {
            &[]
        },
        trees: &trees,
        code: GeneticCode::UNIVERSAL,
    };
    let analysis = match method.as_str() {
        "fel" => Analysis::Fel(FelOptions {
            multiple_hits,
            site_multihit,
            ..FelOptions::default()
        }),
        _ => Analysis::Meme(MemeOptions::default()),
    };
    let found =
        compare(&analysis, &input, &json(result), &json(fits), &Patient).expect("a comparison");
    let least = |gains: &mut dyn Iterator<Item = f64>| gains.fold(f64::INFINITY, f64::min);
    let sites = &found.sites;
    let mut differences: Vec<f64> = sites
        .iter()
        .map(|s| (s.statistic.0 - s.statistic.1).abs())
        .collect();
    differences.sort_by(f64::total_cmp);
    let calls = sites
        .iter()
        .filter(|s| (s.p_value.0 <= 0.1) != (s.p_value.1 <= 0.1));
    // Which optima the native engine has missed.
    for s in sites {
        let below = [s.alternative, s.null].map(|(ours, theirs)| ours - theirs);
        if below.iter().any(|difference| *difference < -1e-3) {
            eprintln!(
                "codon {}: {:.5} {:.5} below HyPhy",
                s.codon, -below[0], -below[1]
            );
        }
    }
    // Each call that differs, with the log-likelihoods of both engines.
    for s in calls.clone() {
        eprintln!(
            "codon {}: p {:.4}, HyPhy {:.4}; alternative {:.5}, HyPhy {:.5}; null {:.5}, HyPhy {:.5}",
            s.codon, s.p_value.0, s.p_value.1, s.alternative.0, s.alternative.1, s.null.0, s.null.1
        );
    }
    println!(
        "{}\t{:.1e}\t{:.5}\t{:.5}\t{:.5}\t{:.5}\t{:.1e}\t{:.4}\t{:.1e}\t{:?}",
        sites.len(),
        (found.identity.0 - found.identity.1).abs() / found.identity.1.abs(),
        found.nucleotides.0 - found.nucleotides.1,
        found.codons.0 - found.codons.1,
        least(&mut sites.iter().map(|s| s.alternative.0 - s.alternative.1)),
        least(&mut sites.iter().map(|s| s.null.0 - s.null.1)),
        differences
            .get(differences.len() / 2)
            .copied()
            .unwrap_or_default(),
        differences.last().copied().unwrap_or_default(),
        least(&mut sites.iter().map(|s| s.statistic.0)),
        calls.map(|s| s.codon).collect::<Vec<_>>(),
    );
}
