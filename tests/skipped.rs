//! Parts of the tests that a machine may be unable to run.

/// Says that a part is left out, and why. Fails where `REQUIRE_ALL=1` asks for all parts, but for
/// those that `MAY_SKIP` names. dev/lib.sh does the same.
pub(crate) fn skipped(part: &str, why: &str) {
    let required = std::env::var("REQUIRE_ALL").is_ok_and(|all| all == "1");
    let exceptions = std::env::var("MAY_SKIP").unwrap_or_default();
    assert!(
        !required || exceptions.split_whitespace().any(|name| name == part),
        "required, but cannot run: {part}: {why}"
    );
    eprintln!("SKIPPED: {part}: {why}");
}
