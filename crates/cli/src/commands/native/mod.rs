//! `datamonkey native METHOD`: an analysis by the native engine, in this process.

mod arguments;
mod progress;

use std::{
    fs,
    io::{self, BufWriter, Write},
    mem,
    path::Path,
    process::ExitCode,
};

use anyhow::Context;
use hyphy::native::Data;
use rayon::prelude::*;
use selection::{Branches, Error};
use sequence::{Document, Limits};
use serde_json::Value;
use tempfile::NamedTempFile;

pub(crate) use arguments::Arguments;
use progress::Progress;

/// Why there is no result.
enum Failed {
    /// The data do not fit the analysis. The service shows the sentence to users.
    Data(String),
    /// Something else.
    Other(anyhow::Error),
}

impl From<anyhow::Error> for Failed {
    fn from(error: anyhow::Error) -> Self {
        Self::Other(error)
    }
}

/// Runs an analysis and writes its result.
pub(crate) fn native(arguments: &Arguments) -> ExitCode {
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => {
            // The service finds the reason in the job's log, as it finds HyPhy's.
            match failed {
                Failed::Data(sentence) => eprintln!("Error: {sentence}"),
                Failed::Other(e) => eprintln!("datamonkey native: {e:#}"),
            }
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Failed> {
    let alignment = read(&arguments.alignment)?;
    let tree = arguments.tree.as_deref().map(read).transpose()?;
    let (native, parameters) = (arguments.native, &arguments.parameters);
    let data = Data::of(native.analysis, parameters, &alignment, tree.as_ref());
    let data = data.map_err(Failed::Data)?;
    if let Branches::Label(label) = &arguments.branches
        && !data.has_label(label)
    {
        let message = format!("No branch of the tree has the label {label} (--branches).");
        return Err(Failed::Data(message));
    }
    let analysis = native.job(parameters, arguments.branches.clone());
    // This thread is one of them.
    rayon::ThreadPoolBuilder::new()
        .num_threads(arguments.threads)
        .use_current_thread()
        .build_global()
        .with_context(|| format!("cannot start {} threads", arguments.threads))?;
    let file_name = arguments.alignment.to_string_lossy();
    let progress = Progress::new(native.stages());
    let result = data.run(&analysis, &file_name, &progress);
    progress.end();
    let result = result.map_err(|e| match e {
        Error::Input(wrong) => Failed::Data(wrong.to_string()),
        e @ Error::Cancelled => Failed::Other(e.into()),
    })?;
    let output = &arguments.output;
    let written = write(output, &result);
    // The process ends, and so does its memory; to free all parts of a result takes a while.
    mem::forget(result);
    Ok(written.with_context(|| format!("cannot write {}", output.display()))?)
}

fn read(path: &Path) -> Result<Document, anyhow::Error> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(sequence::read(&bytes, &Limits::default()))
}

/// The file appears either complete or not at all.
fn write(path: &Path, result: &Value) -> io::Result<()> {
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    let file = NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
    let mut to = BufWriter::with_capacity(BUFFER, file);
    for text in texts(result, LEVELS)? {
        to.write_all(&text)?;
    }
    to.write_all(b"\n")?;
    let file = to.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.persist(path)?;
    Ok(())
}

/// Bytes that are written together.
const BUFFER: usize = 1 << 16;
/// The objects of so many levels are divided among threads: down to the branches of a tree.
const LEVELS: usize = 3;

/// The JSON of a value, in parts.
fn texts(value: &Value, levels: usize) -> serde_json::Result<Vec<Vec<u8>>> {
    let (Value::Object(members), Some(levels)) = (value, levels.checked_sub(1)) else {
        return Ok(vec![serde_json::to_vec(value)?]);
    };
    let members: Vec<(&String, &Value)> = members.iter().collect();
    let members: Vec<Vec<Vec<u8>>> = members
        .into_par_iter()
        .enumerate()
        .map(|(place, (name, value))| {
            let mut name = serde_json::to_vec(name)?;
            name.insert(0, if place == 0 { b'{' } else { b',' });
            name.push(b':');
            let mut all = vec![name];
            all.append(&mut texts(value, levels)?);
            Ok(all)
        })
        .collect::<serde_json::Result<_>>()?;
    let end: &[u8] = if members.is_empty() { b"{}" } else { b"}" };
    let mut all: Vec<Vec<u8>> = members.into_iter().flatten().collect();
    all.push(end.to_vec());
    Ok(all)
}
