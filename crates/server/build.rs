//! Embeds the page again after each of its builds.

fn main() {
    println!("cargo::rerun-if-changed=../../web/dist");
}
