//! How the C library manages the engine's memory.
//!
//! The engine allocates and frees matrices all the time. By default, glibc gives freed pages back to
//! the system at once and asks for them again, one page fault each: half a million for FEL on 212
//! sequences with two threads. It reads the settings of its allocator from the environment when a
//! process starts, so the program starts itself again with them. Other libraries ignore them.

use std::{env, os::unix::process::CommandExt, process::Command};

/// glibc's settings (mallopt(3)): freed memory below these sizes stays with the process.
const SETTINGS: [(&str, &str); 3] = [
    ("MALLOC_TRIM_THRESHOLD_", "1073741824"),
    ("MALLOC_MMAP_THRESHOLD_", "1073741824"),
    ("MALLOC_TOP_PAD_", "16777216"),
];

/// Starts this program again with the settings, unless it has been started with them or with others
/// of the caller's. If that fails, the run continues without them; it only takes longer.
pub(super) fn keep() {
    if SETTINGS.iter().any(|(name, _)| env::var_os(name).is_some()) {
        return;
    }
    if let Ok(program) = env::current_exe() {
        let mut words = env::args_os();
        let name = words.next().unwrap_or_else(|| program.clone().into());
        let _ = Command::new(program)
            .arg0(name)
            .args(words)
            .envs(SETTINGS)
            .exec();
    }
}
