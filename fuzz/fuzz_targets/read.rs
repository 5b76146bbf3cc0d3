//! Any bytes as an upload: `cargo +nightly fuzz run read`
#![no_main]

use libfuzzer_sys::fuzz_target;
use sequence::{Limits, invariants};

fuzz_target!(|bytes: &[u8]| {
    // Unpacking is bounded by the limit; a small one keeps the fuzzer quick.
    let limits = Limits { max_bytes: 1 << 20, ..Limits::default() };
    invariants::document(bytes, &limits);
});
