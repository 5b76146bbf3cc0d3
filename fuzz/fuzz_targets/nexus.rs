//! Any bytes after `#NEXUS`: `cargo +nightly fuzz run nexus`
#![no_main]

use libfuzzer_sys::fuzz_target;
use sequence::{Limits, invariants};

fuzz_target!(|bytes: &[u8]| {
    // A seed that is a whole file keeps its own first line.
    if bytes.get(..6).is_some_and(|b| b.eq_ignore_ascii_case(b"#NEXUS")) {
        invariants::document(bytes, &Limits::default());
    } else {
        invariants::document(&[b"#NEXUS\n", bytes].concat(), &Limits::default());
    }
});
