//! How far a command is confined.

use std::{fmt, path::Path, str::FromStr, time::Duration};

/// How much confinement is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The command does not run unless its files (Landlock) and its system calls (seccomp) are
    /// confined.
    Required,
    /// As much as the kernel has.
    BestEffort,
    /// Resource limits only.
    Off,
}

impl Mode {
    /// The word for it in the configuration.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::BestEffort => "best-effort",
            Self::Off => "off",
        }
    }
}

impl FromStr for Mode {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let all = [Self::Required, Self::BestEffort, Self::Off];
        let found = all.into_iter().find(|mode| mode.word() == word);
        found.ok_or_else(|| "required, best-effort or off".to_owned())
    }
}

/// How much confinement was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Files and TCP by Landlock (ABI 4: Linux 6.7 or newer), system calls and signals by seccomp and,
    /// from ABI 6 (Linux 6.12), signals and abstract sockets by Landlock.
    Full,
    /// Something of that is missing in the kernel, or left open for MPI.
    Partial,
    /// Resource limits only.
    None,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full => "full",
            Self::Partial => "partial",
            Self::None => "none",
        })
    }
}

impl FromStr for Level {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let all = [Self::Full, Self::Partial, Self::None];
        let found = all.into_iter().find(|level| level.to_string() == word);
        found.ok_or_else(|| "full, partial or none".to_owned())
    }
}

/// The level that a command would reach, found out by confining a process.
///
/// # Errors
/// Why a process cannot be confined as asked.
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
