//! Any bytes as one tree, and as several: `cargo +nightly fuzz run newick`
#![no_main]

use libfuzzer_sys::fuzz_target;
use sequence::{Limits, invariants};

fuzz_target!(|bytes: &[u8]| {
    invariants::newick(bytes, &Limits::default());
    // A list of trees, and trees below sequences.
    let limits = Limits::default();
    invariants::document(&[b"(a,b);\n", bytes].concat(), &limits);
    invariants::document(&[b">a\nACGT\n", bytes].concat(), &limits);
});
