//! ZIP archives. One that has a single text file is read; office documents are ZIP archives, too.

use std::io::Read;

use rawzip::{CompressionMethod, ZipArchive, ZipArchiveEntryWayfinder, ZipSliceArchive};

use super::kinds;
use super::limited::read_all;
use super::unsupported::unsupported;
use crate::Limits;
use crate::finding::Finding;
use crate::text::{clean_name, counted, excerpt};

/// Number of files that are looked at. An archive with more is not one of a single text file.
const MAX_ENTRIES: usize = 2_000;
/// Number of names in a message.
const NAMED: usize = 10;

/// A file in the archive.
struct Entry {
    name: String,
    method: CompressionMethod,
    encrypted: bool,
    place: ZipArchiveEntryWayfinder,
}

/// The content of the only text file of the archive.
pub(super) fn only_file(bytes: &[u8], limits: &Limits) -> Result<Vec<u8>, Finding> {
    let archive = ZipArchive::from_slice(bytes).map_err(|_| damaged())?;
    let entries = entries(&archive)?;
    if let Some(kind) = kinds::office(entries.iter().map(|e| e.name.as_str())) {
        return Err(kind.finding());
    }
    if entries.iter().any(|e| e.encrypted) {
        return Err(Finding::error(
            "zip-encrypted",
            "The ZIP archive is protected by a password.",
            "Upload the file itself, without the archive.",
        ));
    }
    let files: Vec<&Entry> = entries.iter().filter(|e| !is_byproduct(&e.name)).collect();
    // A manuscript or a picture beside the data does not hide the data.
    let texts: Vec<&Entry> = match files[..] {
        [_] => files.clone(),
        _ if files.len() > 50 => files.clone(),
        _ => files
            .iter()
            .copied()
            .filter(|e| is_text(&archive, e))
            .collect(),
    };
    let [only] = texts[..] else {
        return Err(not_one(&files));
    };
    let data = archive.get_entry(only.place).map_err(|_| damaged())?;
    if only.method != CompressionMethod::STORE && only.method != CompressionMethod::DEFLATE {
        return Err(Finding::error(
            "zip-method",
            "The ZIP archive is compressed by a method that is not supported.",
            "Upload the file itself, without the archive.",
        ));
    }
    let text = if only.method == CompressionMethod::STORE {
        read_all(data.verifying_reader(data.data()), limits)
    } else {
        let decoder = flate2::read::DeflateDecoder::new(data.data());
        read_all(data.verifying_reader(decoder), limits)
    };
    text.map_err(|_| damaged())
}

/// The files of the archive, without folders.
fn entries(archive: &ZipSliceArchive<&[u8]>) -> Result<Vec<Entry>, Finding> {
    let mut entries = Vec::new();
    let mut directory = archive.entries();
    while let Some(record) = directory.next_entry().map_err(|_| damaged())? {
        if record.is_dir() {
            continue;
        }
        if entries.len() == MAX_ENTRIES {
            return Err(Finding::error(
                "zip-several-files",
                format!("The ZIP archive contains more than {MAX_ENTRIES} files."),
                "Upload the file with the alignment or the tree by itself.",
            ));
        }
        let (name, _) = clean_name(record.file_path().as_ref());
        entries.push(Entry {
            name,
            method: record.compression_method(),
            encrypted: record.flags().is_encrypted(),
            place: record.wayfinder(),
        });
    }
    Ok(entries)
}

/// Whether an operating system put the file into the archive.
fn is_byproduct(name: &str) -> bool {
    let file = name.rsplit(['/', '\\']).next().unwrap_or_default();
    name.starts_with("__MACOSX/")
        || file.starts_with("._")
        || matches!(file, ".DS_Store" | "Thumbs.db" | "desktop.ini")
}

/// Whether a file begins like text of no other kind.
fn is_text(archive: &ZipSliceArchive<&[u8]>, entry: &Entry) -> bool {
    let Ok(data) = archive.get_entry(entry.place) else {
        return false;
    };
    let mut head = Vec::new();
    let read = match entry.method {
        CompressionMethod::STORE => data.data().take(1_024).read_to_end(&mut head),
        _ => flate2::read::DeflateDecoder::new(data.data())
            .take(1_024)
            .read_to_end(&mut head),
    };
    read.is_ok() && kinds::recognise(&head).is_none()
}

fn damaged() -> Finding {
    unsupported(
        "This looks like a ZIP archive, but it cannot be opened.",
        "Create the archive again, or upload the file itself.",
    )
}

fn not_one(files: &[&Entry]) -> Finding {
    if files.is_empty() {
        return Finding::error(
            "zip-empty",
            "The ZIP archive contains no files.",
            "Upload the file itself, without the archive.",
        );
    }
    let names: Vec<String> = files
        .iter()
        .take(NAMED)
        .map(|e| format!("'{}'", excerpt(&e.name)))
        .collect();
    let more = match files.len().saturating_sub(NAMED) {
        0 => String::new(),
        n => format!(" and {}", counted(n, "other", "others")),
    };
    Finding::error(
        "zip-several-files",
        format!(
            "The ZIP archive contains {}: {}{more}. Only an archive with one text file can be read.",
            counted(files.len(), "file", "files"),
            names.join(", ")
        ),
        "Upload the file with the alignment or the tree by itself.",
    )
}
