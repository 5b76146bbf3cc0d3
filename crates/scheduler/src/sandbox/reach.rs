//! Finding out how far commands can be confined on this machine.

use std::{path::Path, time::Duration};

use crate::confinement::{Level, Mode};

/// The level that a command would reach, determined by confining a process.
///
/// # Errors
/// Why a process cannot be confined as requested.
pub async fn probe(program: &Path, mode: Mode) -> Result<Level, String> {
    let command = [
        program.as_os_str().to_owned(),
        "confine".into(),
        "--sandbox".into(),
        mode.word().into(),
        "--report".into(),
        "--".into(),
        "none".into(),
    ];
    let output = crate::probe::run(&command, Duration::from_secs(10)).await?;
    let said = output.text.trim();
    said.parse()
        .ok()
        .filter(|_| output.success)
        .ok_or_else(|| said.to_owned())
}
