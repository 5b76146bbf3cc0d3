//! `datamonkey import FOLDER`.

use std::path::Path;

use super::serve::config;

#[tokio::main]
pub(crate) async fn import(folder: &Path) -> anyhow::Result<()> {
    service::keep_files_private();
    let report = service::import::folder(&config()?, folder).await?;
    print!("{report}");
    Ok(())
}
