//! Real alignments, in the folder that `REAL_DATA` names: HyPhy's examples, which this project cannot
//! redistribute.

use std::path::Path;

use sequence::{Kind, Limits, Report, infer, report};

use crate::skipped::skipped;

fn load(folder: &Path, name: &str) -> (sequence::Document, Report) {
    let bytes = std::fs::read(folder.join(name)).unwrap();
    let document = sequence::invariants::document(&bytes, &Limits::default());
    let summary = report(&document);
    (document, summary)
}

#[test]
fn real_alignments_are_read_in_full() {
    let Some(folder) = std::env::var_os("REAL_DATA") else {
        return skipped("real-data", "REAL_DATA names no folder of real files");
    };
    for (name, sequences, sites, trees) in [
        ("lysozyme.nex", 19, 390, 1),
        ("yokoyama.rh1.cds.mod.1-990.fas", 38, 990, 1),
        ("Flu-recombination.nex", 21, 1698, 3),
        ("HIVvif.nex", 29, 576, 1),
        ("N10_subtree.fna", 29, 1308, 1),
        ("adh.nex", 23, 762, 1),
        ("bglobin.nex", 17, 432, 1),
        ("camelid.nex", 212, 288, 1),
    ] {
        let (document, r) = load(Path::new(&folder), name);
        assert_eq!(
            (r.sequences, r.sites, r.trees),
            (sequences, sites, trees),
            "{name}"
        );
        assert_eq!((r.kind, r.aligned), (Some(Kind::Codon), true), "{name}");
        // A few of their codons are partly gaps.
        let split = r.findings.iter().filter(|f| f.code == "split-codons");
        assert_eq!(
            r.finding_counts.error + r.finding_counts.warning,
            split.count(),
            "{name}: {:?}",
            r.findings
        );
        assert!(r.genetic_codes.contains(&"Universal".to_string()));
        let alignment = document.alignment.as_ref().unwrap();
        for tree in &document.trees {
            assert_eq!(sequence::check::pair(alignment, &tree.tree), [], "{name}");
        }
        assert_eq!(
            infer::neighbour_joining(alignment)
                .unwrap()
                .leaves()
                .count(),
            sequences
        );
    }
}
