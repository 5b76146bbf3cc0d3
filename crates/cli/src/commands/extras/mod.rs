//! `datamonkey extras`: what packages install beside the program.

mod galaxy;

use std::path::Path;

use anyhow::Context;
use clap_complete::Shell;

/// Writes `completions/` and `man/`, generated from the arguments that the program accepts, and
/// `galaxy/`, generated from the tables of the analyses.
pub(crate) fn extras(mut program: clap::Command, folder: &Path) -> anyhow::Result<()> {
    let name = program.get_name().to_owned();
    for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
        let folder = created(folder, "completions")?;
        clap_complete::generate_to(shell, &mut program, &name, folder)
            .context("cannot write the shell completions")?;
    }
    clap_mangen::generate_to(program, created(folder, "man")?)
        .context("cannot write the man pages")?;
    galaxy::write(&created(folder, "galaxy")?).context("cannot write the tools for Galaxy")
}

fn created(folder: &Path, name: &str) -> anyhow::Result<std::path::PathBuf> {
    let folder = folder.join(name);
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("cannot create {}", folder.display()))?;
    Ok(folder)
}
