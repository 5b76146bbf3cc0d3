//! The files that a program needs to start, besides the system's: the program itself, its loader or
//! interpreter, and its shared libraries if the program names their folders (as conda's programs
//! do).

use std::{
    collections::BTreeSet,
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

use elf::{
    ElfBytes,
    abi::{DT_NEEDED, DT_RPATH, DT_RUNPATH, PT_INTERP},
    endian::AnyEndian,
};

/// No program or library of an engine is larger than this.
const MAX_BYTES: u64 = 256 << 20;

/// All of these files, the program first.
pub(crate) fn files(program: &Path) -> Vec<PathBuf> {
    let mut found = vec![program.to_path_buf()];
    let mut seen: BTreeSet<PathBuf> = found.iter().cloned().collect();
    // A library may rely on the folders of the files that need it.
    let mut folders = Vec::new();
    let mut next = 0;
    while next < found.len() {
        let needs = Needs::of(&found[next]).unwrap_or_default();
        next += 1;
        folders.extend(needs.folders);
        let libraries = needs.libraries.iter().filter_map(|name| {
            let mut places = folders.iter().map(|folder: &PathBuf| folder.join(name));
            places.find(|path| path.is_file())
        });
        for path in needs.interpreter.into_iter().chain(libraries) {
            if seen.insert(path.clone()) {
                found.push(path);
            }
        }
    }
    found
}

/// The references in one file.
#[derive(Default)]
struct Needs {
    interpreter: Option<PathBuf>,
    libraries: Vec<String>,
    folders: Vec<PathBuf>,
}

impl Needs {
    fn of(path: &Path) -> Option<Self> {
        let mut bytes = Vec::new();
        let file = File::open(path).ok()?;
        file.take(MAX_BYTES).read_to_end(&mut bytes).ok()?;
        if let Some(rest) = bytes.strip_prefix(b"#!") {
            let line = rest.split(|byte| *byte == b'\n').next()?;
            let line = std::str::from_utf8(line).ok()?;
            return Some(Self {
                interpreter: line.split_whitespace().next().map(PathBuf::from),
                ..Self::default()
            });
        }
        // `$ORIGIN` is the folder of the file itself, not of a link to it.
        let origin = path.canonicalize().ok()?.parent()?.to_str()?.to_owned();
        let file = ElfBytes::<AnyEndian>::minimal_parse(&bytes).ok()?;
        let interpreter = file.segments().and_then(|segments| {
            let segment = segments.iter().find(|s| s.p_type == PT_INTERP)?;
            let text = std::str::from_utf8(file.segment_data(&segment).ok()?).ok()?;
            Some(PathBuf::from(text.trim_end_matches('\0')))
        });
        let mut needs = Self {
            interpreter,
            ..Self::default()
        };
        let names = file.find_common_data().ok()?;
        let (Some(dynamic), Some(strings)) = (names.dynamic, names.dynsyms_strs) else {
            return Some(needs);
        };
        for entry in dynamic.iter() {
            let text = || strings.get(usize::try_from(entry.d_val()).ok()?).ok();
            match entry.d_tag {
                DT_NEEDED => needs.libraries.extend(text().map(str::to_owned)),
                DT_RPATH | DT_RUNPATH => {
                    let all = text().unwrap_or_default();
                    let each = all.split(':').filter(|folder| !folder.is_empty());
                    needs.folders.extend(each.map(|folder| {
                        let folder = folder.replace("${ORIGIN}", &origin);
                        PathBuf::from(folder.replace("$ORIGIN", &origin))
                    }));
                }
                _ => {}
            }
        }
        Some(needs)
    }
}
