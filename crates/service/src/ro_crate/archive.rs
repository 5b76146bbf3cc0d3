//! A ZIP file whose entries are described while they are written.

use std::{
    fs::File,
    io::{self, BufWriter, Read},
};

use flate2::{Compression, write::DeflateEncoder};
use rawzip::{CompressionMethod, ZipArchiveWriter};

use crate::files::Hashed;

/// What a file is to the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// As the user brought it.
    Upload,
    /// As the engine read it.
    EngineInput,
    Parameters,
    Command,
    Log,
    Result,
    Summary,
    Readme,
}

/// A file of the archive.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) role: Role,
    pub(super) path: String,
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) size: u64,
    pub(super) sha256: String,
}

/// An archive that is being written.
pub(super) struct Archive {
    zip: ZipArchiveWriter<BufWriter<File>>,
    entries: Vec<Entry>,
}

impl Archive {
    pub(super) fn new(into: File) -> Self {
        Self {
            zip: ZipArchiveWriter::new(BufWriter::new(into)),
            entries: Vec::new(),
        }
    }

    /// Adds a file.
    pub(super) fn add(
        &mut self,
        role: Role,
        path: &str,
        name: &str,
        kind: &str,
        content: impl Read,
    ) -> io::Result<()> {
        let (size, sha256) = self.write(path, content)?;
        self.entries.push(Entry {
            role,
            path: path.to_owned(),
            name: name.to_owned(),
            kind: kind.to_owned(),
            size,
            sha256,
        });
        Ok(())
    }

    /// Adds the file that describes the others.
    pub(super) fn add_undescribed(&mut self, path: &str, content: impl Read) -> io::Result<()> {
        self.write(path, content).map(drop)
    }

    fn write(&mut self, path: &str, content: impl Read) -> io::Result<(u64, String)> {
        let method = CompressionMethod::DEFLATE;
        let file = self.zip.new_file(path).compression_method(method);
        let (mut entry, settings) = file.start().map_err(io::Error::other)?;
        let encoder = DeflateEncoder::new(&mut entry, Compression::default());
        let mut writer = settings.wrap(encoder);
        let mut content = Hashed::new(content);
        let size = io::copy(&mut content, &mut writer)?;
        let (encoder, sums) = writer.finish().map_err(io::Error::other)?;
        encoder.finish()?;
        entry.finish(sums).map_err(io::Error::other)?;
        Ok((size, content.hex()))
    }

    /// The files so far.
    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Writes the end of the archive.
    pub(super) fn finish(self) -> io::Result<File> {
        let buffer = self.zip.finish().map_err(io::Error::other)?;
        Ok(buffer.into_inner()?)
    }
}
