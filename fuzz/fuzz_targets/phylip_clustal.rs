//! Any bytes after a header of PHYLIP and of Clustal: `cargo +nightly fuzz run phylip_clustal`
#![no_main]

use libfuzzer_sys::fuzz_target;
use sequence::{Limits, invariants};

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits::default();
    invariants::document(bytes, &limits);
    invariants::document(&[b"2 6\n", bytes].concat(), &limits);
    invariants::document(&[b"3 12 I\n\nant\nbee\ncat\n1\n", bytes].concat(), &limits);
    invariants::document(&[b"2 6 G\n", bytes].concat(), &limits);
    invariants::document(&[b"CLUSTAL W\n\n", bytes].concat(), &limits);
});
