//! `datamonkey config`.

use std::io::Write;

use super::serve::Environment;

/// Prints all settings.
pub(crate) fn config(markdown: bool) -> anyhow::Result<()> {
    let text = if markdown {
        config::as_markdown()?
    } else {
        let environment = Environment::read()?;
        let text = config::as_text(|name| environment.find(name))?;
        let misspelt = environment.misspelt();
        let misspelt = misspelt.iter().map(|one| format!("{one}.\n"));
        text + &misspelt.collect::<String>()
    };
    std::io::stdout().write_all(text.as_bytes())?;
    Ok(())
}
