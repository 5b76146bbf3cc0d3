//! Which alignment belongs to which tree.

use std::{
    collections::{BTreeMap, HashMap},
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

use hyphy::table::Data;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::super::Arguments;
use crate::exit::refused;

/// Endings of compressed files.
const PACKED: [&str; 6] = ["gz", "bz2", "xz", "zst", "zip", "bgz"];
/// Endings of files with trees.
const TREES: [&str; 8] = [
    "nwk", "newick", "tree", "treefile", "tre", "nex", "nexus", "nhx",
];

/// The files of one analysis.
pub(super) struct Input {
    /// The name of its results: that of its file without the ending.
    pub(super) name: String,
    pub(super) alignment: Option<PathBuf>,
    pub(super) tree: Option<PathBuf>,
}

impl Input {
    /// Identifies the contents of the files and what is asked about them.
    pub(super) fn request(&self, arguments: &Arguments) -> io::Result<String> {
        let content = |file: &Option<PathBuf>| file.as_deref().map(sha256_of).transpose();
        let request = json!({
            "method": arguments.analysis.id,
            "parameters": arguments.body,
            "threshold": arguments.threshold,
            "alignment": content(&self.alignment)?,
            "tree": content(&self.tree)?,
        });
        Ok(hexadecimal(Sha256::digest(request.to_string())))
    }
}

fn sha256_of(file: &Path) -> io::Result<String> {
    let said = |e: io::Error| io::Error::other(format!("cannot read {}: {e}", file.display()));
    let (mut opened, mut hash) = (File::open(file).map_err(said)?, Sha256::new());
    let mut piece = vec![0; 1 << 16];
    loop {
        match opened.read(&mut piece).map_err(said)? {
            0 => return Ok(hexadecimal(hash.finalize())),
            length => hash.update(&piece[..length]),
        }
    }
}

fn hexadecimal(bytes: impl IntoIterator<Item = u8>) -> String {
    let bytes = bytes.into_iter();
    bytes.map(|byte| format!("{byte:02x}")).collect()
}

/// The inputs that the command line names. Says which alignments have no tree.
pub(super) fn inputs(arguments: &Arguments) -> anyhow::Result<Vec<Input>> {
    let trees = Trees::of(arguments.trees.as_deref())?;
    let mut by_name: BTreeMap<String, &PathBuf> = BTreeMap::new();
    let mut inputs = Vec::new();
    for file in &arguments.files {
        let name = stem(file);
        if let Some(other) = by_name.insert(name.clone(), file) {
            return Err(refused(format!(
                "{} and {} would both have results called {name}; rename one of them, or give each run \
                 a folder of its own",
                other.display(),
                file.display()
            )));
        }
        inputs.push(if arguments.analysis.input.data == Data::None {
            Input {
                name,
                alignment: None,
                tree: Some(file.clone()),
            }
        } else {
            Input {
                tree: trees.of_alignment(file)?,
                name,
                alignment: Some(file.clone()),
            }
        });
    }
    if let (Trees::Folder(_), Some(folder)) = (&trees, &arguments.trees) {
        let without = inputs.iter().filter(|input| input.tree.is_none());
        let without: Vec<&str> = without.map(|input| input.name.as_str()).collect();
        if !without.is_empty() {
            eprintln!(
                "{} has no tree of {}: the one in the alignment's file counts, or one is inferred",
                folder.display(),
                without.join(", ")
            );
        }
    }
    Ok(inputs)
}

enum Trees {
    None,
    Same(PathBuf),
    /// Files by the names that they may belong to.
    Folder(HashMap<String, Vec<PathBuf>>),
}

impl Trees {
    fn of(path: Option<&Path>) -> anyhow::Result<Self> {
        let Some(path) = path else {
            return Ok(Self::None);
        };
        let refused = |e: io::Error| refused(format!("cannot read {}: {e}", path.display()));
        if !fs::metadata(path).map_err(refused)?.is_dir() {
            return Ok(Self::Same(path.to_owned()));
        }
        let mut files: HashMap<String, Vec<PathBuf>> = HashMap::new();
        for entry in fs::read_dir(path).map_err(refused)? {
            let file = entry.map_err(refused)?.path();
            let ending = unpacked(&file)
                .extension()
                .map(|it| it.to_ascii_lowercase());
            if ending.is_some_and(|it| TREES.iter().any(|tree| it == *tree)) {
                files.entry(stem(&file)).or_default().push(file);
            }
        }
        Ok(Self::Folder(files))
    }

    /// The tree of an alignment: `a.nwk` or `a.fasta.nwk` of `a.fasta`.
    fn of_alignment(&self, alignment: &Path) -> anyhow::Result<Option<PathBuf>> {
        let files = match self {
            Self::None => return Ok(None),
            Self::Same(file) => return Ok(Some(file.clone())),
            Self::Folder(files) => files,
        };
        let names = [stem(alignment), text(&unpacked(alignment))];
        let own = names.iter().filter_map(|name| files.get(name)).flatten();
        // The folder may be that of the alignments.
        let mut own: Vec<&PathBuf> = own.filter(|tree| !is_same(tree, alignment)).collect();
        own.sort();
        own.dedup();
        match own.as_slice() {
            [] => Ok(None),
            [tree] => Ok(Some((*tree).clone())),
            [first, second, ..] => Err(refused(format!(
                "both {} and {} may be the tree of {}; leave only one of them there",
                first.display(),
                second.display(),
                alignment.display()
            ))),
        }
    }
}

fn is_same(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

/// The name of a file without its ending, and without that of its compression.
fn stem(file: &Path) -> String {
    text(&unpacked(file).with_extension(""))
}

/// The name of a file without the ending of its compression.
fn unpacked(file: &Path) -> PathBuf {
    let name = PathBuf::from(file.file_name().unwrap_or_default());
    let is_packed =
        |ending: &std::ffi::OsStr| PACKED.iter().any(|it| ending.eq_ignore_ascii_case(it));
    if name.extension().is_some_and(is_packed) {
        name.with_extension("")
    } else {
        name
    }
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
