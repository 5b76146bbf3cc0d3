//! Data and watches of the tests.

use std::sync::atomic::{AtomicBool, Ordering};

use rayon::ThreadPoolBuilder;
use selection::{Analysis, Error, Input, Stage, Watch, run};
use sequence::{Alignment, GeneticCode, Limits, Partition, SiteRange, Tree, read};
use serde_json::Value;

/// An alignment with a tree.
#[derive(Clone)]
pub(crate) struct Example {
    pub(crate) alignment: Alignment,
    pub(crate) tree: Tree,
    pub(crate) partitions: Vec<Partition>,
    pub(crate) code: GeneticCode,
}

impl Example {
    pub(crate) fn new(alignment: &[u8], tree: &[u8]) -> Self {
        let limits = Limits::default();
        Self {
            alignment: read(alignment, &limits).alignment.unwrap(),
            tree: read(tree, &limits).trees.remove(0).tree,
            partitions: Vec::new(),
            code: GeneticCode::UNIVERSAL,
        }
    }

    /// Lysozymes of primates: 19 sequences of 130 codons.
    pub(crate) fn lysozyme() -> Self {
        Self::new(
            include_bytes!("../data/lysozyme.fna"),
            include_bytes!("../data/lysozyme.nwk"),
        )
    }

    /// The same in two partitions.
    pub(crate) fn partitioned() -> Self {
        let partition = |name: &str, first, last| Partition {
            name: name.to_owned(),
            ranges: vec![SiteRange {
                first,
                last,
                step: 1,
            }],
        };
        Self {
            partitions: vec![partition("left", 1, 150), partition("right", 151, 390)],
            ..Self::lysozyme()
        }
    }

    pub(crate) fn run(&self, analysis: &Analysis, threads: usize) -> Value {
        self.watched(analysis, threads, &Patient).unwrap()
    }

    pub(crate) fn watched(
        &self,
        analysis: &Analysis,
        threads: usize,
        watch: &dyn Watch,
    ) -> Result<Value, Error> {
        let input = Input {
            file_name: "example.fna",
            alignment: &self.alignment,
            partitions: &self.partitions,
            trees: &[&self.tree],
            code: self.code,
        };
        let pool = ThreadPoolBuilder::new().num_threads(threads).build();
        pool.unwrap().install(|| run(analysis, &input, watch))
    }

    /// The result on one thread, and that the result on two threads is the same to the bit.
    pub(crate) fn run_on_threads(&self, analysis: &Analysis) -> Value {
        let [one, two] = [1, 2].map(|threads| {
            let mut result = self.run(analysis, threads);
            result["timers"] = Value::Null;
            result
        });
        assert!(one == two, "one thread gives another result than two");
        one
    }

    /// Asserts that an analysis ends without a result when it is cancelled at a stage.
    pub(crate) fn assert_cancelled(&self, analysis: &Analysis, stages: &[Stage]) {
        for stage in stages {
            let impatient = Impatient(*stage, AtomicBool::new(false));
            let ended = self.watched(analysis, 2, &impatient);
            assert!(matches!(ended, Err(Error::Cancelled)), "{stage:?}");
        }
    }

    /// Sequences of sense codons of a code, with ambiguities and gaps.
    pub(crate) fn of_code(code: GeneticCode) -> Self {
        let mut state = 12_345_u64;
        let mut random = move |below: usize| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) as usize % below
        };
        let codons: Vec<[u8; 3]> = (0..64)
            .map(|n| [n >> 4, n >> 2 & 3, n & 3].map(|base| b"ACGT"[base]))
            .filter(|codon| !code.is_stop(*codon))
            .collect();
        let ancestor: Vec<usize> = (0..24).map(|_| random(codons.len())).collect();
        let mut text = String::new();
        for name in ["a", "b", "c", "d", "e"] {
            text.push_str(&format!(">{name}\n"));
            for codon in &ancestor {
                match random(20) {
                    0 => text.push_str("---"),
                    1 => text.push_str("NNN"),
                    2 | 3 => {
                        text.push_str(std::str::from_utf8(&codons[random(codons.len())]).unwrap())
                    }
                    _ => text.push_str(std::str::from_utf8(&codons[*codon]).unwrap()),
                }
            }
            text.push('\n');
        }
        let tree = b"((a:0.1,b:0.1):0.1,c:0.1,(d:0.1,e:0.1):0.1);";
        Self {
            code,
            ..Self::new(text.as_bytes(), tree)
        }
    }
}

/// Who neither looks nor cancels.
pub(crate) struct Patient;

impl Watch for Patient {
    fn progress(&self, _: Stage, _: usize, _: usize) {}
    fn cancelled(&self) -> bool {
        false
    }
}

/// Who cancels as soon as a stage begins.
struct Impatient(Stage, AtomicBool);

impl Watch for Impatient {
    fn progress(&self, stage: Stage, _: usize, _: usize) {
        if stage == self.0 {
            self.1.store(true, Ordering::Relaxed);
        }
    }
    fn cancelled(&self) -> bool {
        self.1.load(Ordering::Relaxed)
    }
}

/// Asserts that tables have the same numbers, up to a part of each.
pub(crate) fn assert_close<'a>(
    own: impl Iterator<Item = &'a Value>,
    other: impl Iterator<Item = &'a Value>,
    part: f64,
) {
    for (own, other) in own.zip(other) {
        for (own, other) in own
            .as_array()
            .unwrap()
            .iter()
            .zip(other.as_array().unwrap())
        {
            match (own.as_f64(), other.as_f64()) {
                (Some(own), Some(other)) => {
                    let close = (own - other).abs() <= part * other.abs().max(1e-3);
                    assert!(close, "{own} {other}");
                }
                _ => assert_eq!(own, other),
            }
        }
    }
}

/// The rows of a table of a partition, all of whose cells are numbers.
pub(crate) fn rows(result: &Value, partition: &str) -> Vec<Vec<f64>> {
    let rows = result["MLE"]["content"][partition].as_array().unwrap();
    let row = |row: &Value| {
        let cells = row.as_array().unwrap().iter();
        cells.map(|cell| cell.as_f64().unwrap()).collect()
    };
    rows.iter().map(row).collect()
}
