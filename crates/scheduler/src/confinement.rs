//! How far a command is to be confined, and how far it is.

use std::{fmt, str::FromStr};

/// The requested confinement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The command runs only if its files (Landlock) and its system calls (seccomp) are confined.
    Required,
    /// As far as the kernel supports it.
    BestEffort,
    /// Resource limits only.
    Off,
}

impl Mode {
    /// Its value in the configuration.
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

/// The confinement that was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Landlock restricts files and TCP (ABI 4: Linux 6.7 or newer), and seccomp restricts system
    /// calls and signals. From ABI 6 (Linux 6.12), Landlock restricts signals and abstract sockets.
    Full,
    /// The kernel lacks some of that, or it is permitted for MPI.
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
