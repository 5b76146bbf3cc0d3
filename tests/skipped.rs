//! Parts of the tests that some machines cannot run.

/// Reports that a part is skipped, and why. With `REQUIRE_ALL=1`, fails unless `MAY_SKIP` names the
/// part. dev/lib.sh does the same.
pub(crate) fn skipped(part: &str, why: &str) {
    let required = std::env::var("REQUIRE_ALL").is_ok_and(|all| all == "1");
    let exceptions = std::env::var("MAY_SKIP").unwrap_or_default();
    assert!(
        !required || exceptions.split_whitespace().any(|name| name == part),
        "required, but cannot run: {part}: {why}"
    );
    eprintln!("SKIPPED: {part}: {why}");
}
