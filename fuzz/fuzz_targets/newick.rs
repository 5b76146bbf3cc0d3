//! Any bytes as one tree: `cargo +nightly fuzz run newick`
#![no_main]

use libfuzzer_sys::fuzz_target;
use sequence::{Limits, invariants};

fuzz_target!(|bytes: &[u8]| {
    invariants::newick(bytes, &Limits::default());
});
