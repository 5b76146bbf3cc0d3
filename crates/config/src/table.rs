//! Tables of all settings, for the terminal and for the documentation.

use std::fmt::Write;

use crate::{
    chat, groups,
    setting::{Default, Setting},
};

/// Where the value of a setting comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The environment of the process.
    Environment,
    /// The file `.env`.
    File,
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Environment => "environment",
            Self::File => ".env",
        })
    }
}

/// Formats all settings for the terminal, with the values in force. `variable` returns the value of an
/// environment variable, and where it comes from. Passwords are left out.
///
/// # Errors
/// Never fails, because it writes to memory.
pub fn as_text(
    variable: impl Fn(&str) -> Option<(String, Source)>,
) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    for group in groups() {
        writeln!(text, "{}", group.title)?;
        for setting in group.settings {
            let meaning = setting.meaning.replace('`', "");
            writeln!(text, "  {:<30} {meaning}", shown_name(setting))?;
            let mut is_set = false;
            for name in setting.names() {
                let found = variable(&name).filter(|(value, _)| !value.trim().is_empty());
                let Some((value, source)) = found else {
                    continue;
                };
                let value = if is_secret(setting) {
                    "(hidden)"
                } else {
                    &value
                };
                let of = if name == setting.name {
                    is_set = true;
                    String::new()
                } else {
                    format!("{name}: ")
                };
                writeln!(text, "  {:<30}   in force: {of}{value} ({source})", "")?;
            }
            let default = default(setting).replace('`', "");
            let label = if is_set {
                "default:"
            } else {
                "in force: the default,"
            };
            writeln!(text, "  {:<30}   {label} {default}", "")?;
        }
        writeln!(text)?;
    }
    Ok(text)
}

/// Formats all settings as Markdown tables.
///
/// # Errors
/// Never fails, because it writes to memory.
pub fn as_markdown() -> Result<String, std::fmt::Error> {
    let mut text = String::from(
        "# Settings\n\n\
         `datamonkey config --markdown` prints this file. Every setting is an environment \
         variable, also read\n\
         from `.env` in the working directory. [OPERATIONS.md](OPERATIONS.md) explains them.\n\n\
         A name that ends in `[_ANALYSIS]` can be set for one analysis, too: add the id of the \
         analysis in\n\
         capitals, with `_` for `-`, such as `SLURM_MEMORY_MB_CONTRAST_FEL`.\n",
    );
    for group in groups() {
        writeln!(
            text,
            "\n## {}\n\n| setting | default | meaning |\n|---|---|---|",
            group.title
        )?;
        for setting in group.settings {
            let default = match setting.default {
                Default::Value(value) => format!("`{value}`"),
                _ => default(setting),
            };
            let name = shown_name(setting);
            writeln!(text, "| `{name}` | {default} | {} |", setting.meaning)?;
        }
    }
    Ok(text)
}

fn shown_name(setting: &Setting) -> String {
    let suffix = if setting.per_analysis {
        "[_ANALYSIS]"
    } else {
        ""
    };
    format!("{}{suffix}", setting.name)
}

fn default(setting: &Setting) -> String {
    match setting.default {
        Default::None => "none".to_owned(),
        Default::Value(text) | Default::Described(text) => text.to_owned(),
    }
}

/// The URL may contain a password.
fn is_secret(setting: &Setting) -> bool {
    let secret = chat::KEYS.into_iter().map(|key| &key.name);
    setting.name == "SMTP_URL" || secret.into_iter().any(|name| *name == setting.name)
}
