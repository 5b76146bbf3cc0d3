//! The uploads that were parsed last. A viewer asks for many parts of the same file.

use std::sync::{Arc, Mutex, PoisonError};

use sequence::Document;

/// Number of files to remember.
const REMEMBERED: usize = 4;
/// Maximum number of residues and tree nodes of a file to remember.
const MAX_REMEMBERED_SIZE: usize = 8_000_000;

/// The files that were parsed last, the latest first.
#[derive(Debug, Default)]
pub(crate) struct RecentDocuments(Mutex<Vec<(String, Arc<Document>)>>);

impl RecentDocuments {
    pub(crate) fn get(&self, sha256: &str) -> Option<Arc<Document>> {
        let mut recent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = recent.iter().position(|(hash, _)| hash == sha256)?;
        recent[..=at].rotate_right(1);
        Some(Arc::clone(&recent[0].1))
    }

    pub(crate) fn add(&self, sha256: &str, document: &Arc<Document>) {
        if size(document) > MAX_REMEMBERED_SIZE {
            return;
        }
        let mut recent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        recent.insert(0, (sha256.to_owned(), Arc::clone(document)));
        recent.truncate(REMEMBERED);
    }
}

fn size(document: &Document) -> usize {
    let rows = document.alignment.iter().flat_map(|a| &a.sequences);
    let residues: usize = rows.map(|row| row.residues.len()).sum();
    let nodes: usize = document.trees.iter().map(|named| named.tree.len()).sum();
    residues + nodes
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_documents_are_remembered() {
        let recent = RecentDocuments::default();
        let document = Arc::new(sequence::read(b"(a,b,c);", &sequence::Limits::default()));
        for hash in ["1", "2", "3", "4"] {
            recent.add(hash, &document);
        }
        assert!(recent.get("1").is_some());
        recent.add("5", &document);
        assert!(recent.get("1").is_some() && recent.get("2").is_none());
    }
}
