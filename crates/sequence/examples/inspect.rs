//! Prints the report of files as JSON: `cargo run --example inspect -- FILE…`
#![allow(clippy::unwrap_used)]

fn main() {
    for path in std::env::args().skip(1) {
        let bytes = std::fs::read(&path).unwrap();
        let document = sequence::read(&bytes, &sequence::Limits::default());
        let report = sequence::report(&document);
        println!("{}", serde_json::to_string_pretty(&report).unwrap());
    }
}
