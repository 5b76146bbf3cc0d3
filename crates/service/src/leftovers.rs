//! Removes stored files that have no row in the database.

use store::FileKind;

use crate::{Service, blocking::blocking, error::Result};

/// Removes a file unless it has a row. The lock ensures that no task is between storing the file
/// and writing its row.
pub(crate) async fn remove_leftover(service: &Service, kind: FileKind, name: &str) -> Result<bool> {
    let _alone = service.contents.remove(name).await;
    let names = [name.to_owned()];
    if service.store.without_row(kind, &names).await?.is_empty() {
        return Ok(false);
    }
    let (files, name) = (service.files.clone(), name.to_owned());
    blocking(move || Ok(files.remove(kind, &name)?)).await?;
    Ok(true)
}
