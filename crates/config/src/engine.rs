//! Where to find HyPhy.

use std::path::{Path, PathBuf};

use crate::{Group, Setting, env::Env};

/// Where to find HyPhy.
#[derive(Debug, Clone)]
pub struct EngineConfig {
    /// The HyPhy program, or a folder with unpacked Debian packages.
    pub hyphy: Option<PathBuf>,
    /// Folders to search if `hyphy` is `None`.
    pub folders: Vec<PathBuf>,
}

static HYPHY: Setting = Setting::new(
    "HYPHY_PATH",
    "the HyPhy program, or a folder with unpacked Debian packages; no other place is searched",
);
static FOLDER: Setting = Setting::new("DATAMONKEY_ENGINE", "another such folder to search");

pub(crate) const GROUP: Group = Group {
    title: "HyPhy",
    settings: &[&HYPHY, &FOLDER],
};

impl EngineConfig {
    pub(crate) fn read(env: &Env<'_>) -> Self {
        let named = env.path(&FOLDER).into_iter();
        Self {
            hyphy: env.path(&HYPHY),
            folders: named.chain(usual_folders()).collect(),
        }
    }
}

/// `make start` installs an engine next to the program's build folder.
fn usual_folders() -> Vec<PathBuf> {
    let mut folders = vec![PathBuf::from("engine")];
    if let Ok(program) = std::env::current_exe() {
        let above = program.ancestors().skip(1).take(3);
        folders.extend(above.map(|folder| folder.join("engine")));
    }
    folders.retain(|folder| Path::new(folder).is_dir());
    folders
        .iter()
        .filter_map(|folder| folder.canonicalize().ok())
        .collect()
}
