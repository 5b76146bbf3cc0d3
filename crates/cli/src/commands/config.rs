//! `datamonkey config`.

use std::io::Write;

use super::serve::{read_dotenv, variable};

/// Prints all settings.
pub(crate) fn config(markdown: bool) -> anyhow::Result<()> {
    let text = if markdown {
        config::as_markdown()?
    } else {
        read_dotenv()?;
        config::as_text(variable)?
    };
    std::io::stdout().write_all(text.as_bytes())?;
    Ok(())
}
