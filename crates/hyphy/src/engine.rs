//! Locating the HyPhy program. The caller, which may start programs, verifies a [`Candidate`] by
//! running its [`Candidate::version_command`] and reading its capabilities
//! ([`crate::capabilities`]).

pub(crate) mod needs;

use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::OsString,
    fmt,
    path::{Path, PathBuf},
};

use crate::version::Version;

/// A HyPhy that has been verified by running it.
#[derive(Debug, Clone)]
pub struct Engine {
    /// The program and its files.
    pub candidate: Candidate,
    /// The version that it reports.
    pub version: Version,
    /// What it supports.
    pub capabilities: Capabilities,
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Candidate {
            program, library, ..
        } = &self.candidate;
        write!(
            f,
            "HyPhy {} at {} (library {})",
            self.version,
            program.display(),
            library.display()
        )
    }
}

/// Keywords by analysis.
#[derive(Debug, Clone, Default)]
pub struct Capabilities(pub(crate) BTreeMap<&'static str, BTreeSet<String>>);

/// A HyPhy that was located but not yet verified.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The program.
    pub program: PathBuf,
    /// Loader and its arguments, which precede the program; empty for an installed program.
    pub loader: Vec<OsString>,
    /// HyPhy's library folder (`LIBPATH`).
    pub library: PathBuf,
    /// Files and folders that the program reads besides the system's, and nothing else: other files
    /// next to it do not belong to the engine.
    pub readable: Vec<PathBuf>,
}

/// Library folder of Debian's package.
const LIBRARY: &str = "usr/share/hyphy";
const BINARIES: &str = "usr/lib/hyphy/bin";

impl Candidate {
    /// The command up to and including `LIBPATH`. The analysis and its arguments follow.
    #[must_use]
    pub fn command(&self) -> Vec<OsString> {
        let mut command = self.loader.clone();
        command.push(self.program.clone().into());
        let mut library = OsString::from("LIBPATH=");
        library.push(&self.library);
        command.push(library);
        command
    }

    /// The same engine's MPI build, which runs without a loader.
    #[must_use]
    pub fn with_mpi(&self, program: &Path) -> Self {
        let mut readable = needs::files(program);
        readable.extend(self.readable.iter().cloned());
        Self {
            program: program.to_path_buf(),
            loader: vec![],
            readable,
            ..self.clone()
        }
    }

    /// The command that prints the version.
    #[must_use]
    pub fn version_command(&self) -> Vec<OsString> {
        let mut command = self.command();
        command.push("--version".into());
        command
    }
}

/// Parses the output of [`Candidate::version_command`], such as `HYPHY 2.5.68(MP) for Linux on
/// x86_64 …`.
#[must_use]
pub fn parse_version(output: &str) -> Option<Version> {
    let rest = output.split("HYPHY ").nth(1)?;
    let mut parts = rest
        .split(|c: char| !c.is_ascii_digit() && c != '.')
        .next()?
        .split('.')
        .map(str::parse::<u16>);
    Some(Version(
        parts.next()?.ok()?,
        parts.next()?.ok()?,
        parts.next()?.ok()?,
    ))
}

/// Possible locations of HyPhy, best first. `path` is the configured one (a program, or a folder
/// with unpacked packages). If it is given, only this location is returned. Otherwise `folders` of
/// that kind come before installed programs.
#[must_use]
pub fn candidates(path: Option<&Path>, folders: &[PathBuf]) -> Vec<Candidate> {
    match path {
        Some(path) if path.is_dir() => in_root(path),
        Some(path) if path.components().count() > 1 => at_program(path),
        Some(name) => on_path(name).iter().flat_map(|p| at_program(p)).collect(),
        None => {
            let mut all: Vec<_> = folders.iter().flat_map(|folder| in_root(folder)).collect();
            all.extend(in_root(Path::new("/")));
            all.extend(
                on_path(Path::new("hyphy"))
                    .iter()
                    .flat_map(|p| at_program(p)),
            );
            all
        }
    }
}

/// Candidates below a folder with the layout of Debian's packages. Unless the folder is `/`, its
/// programs run with its own loader and libraries, regardless of the system's.
fn in_root(root: &Path) -> Vec<Candidate> {
    // Some programs need processor features that may be missing. Running them shows which ones
    // work.
    let programs = ["hyphy-avx", "hyphy-sse3", "hyphy"].map(|name| root.join(BINARIES).join(name));
    let library = root.join(LIBRARY);
    let loaders = if root == Path::new("/") {
        vec![]
    } else {
        loader(root)
    };
    let own = root != Path::new("/");
    programs
        .into_iter()
        .filter(|program| program.is_file())
        .map(|program| Candidate {
            program,
            loader: loaders.clone(),
            library: library.clone(),
            readable: if own {
                vec![libraries(root), root.join(BINARIES), library.clone()]
            } else {
                vec![]
            },
        })
        .collect()
}

fn libraries(root: &Path) -> PathBuf {
    let triplet = format!("{}-linux-gnu", std::env::consts::ARCH);
    root.join("usr/lib").join(triplet)
}

fn loader(root: &Path) -> Vec<OsString> {
    let libraries = libraries(root);
    ["ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"]
        .iter()
        .map(|name| libraries.join(name))
        .find(|loader| loader.exists())
        .map(|loader| vec![loader.into(), "--library-path".into(), libraries.into()])
        .unwrap_or_default()
}

/// A candidate for the path of a program. Debian's `/usr/bin/hyphy` is a script that joins all
/// arguments into one, so the programs that it would call are used instead.
fn at_program(path: &Path) -> Vec<Candidate> {
    if is_debians_script(path) {
        return in_root(Path::new("/"));
    }
    let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    // PREFIX/bin/hyphy, ROOT/usr/lib/hyphy/bin/hyphy-avx, or a build folder.
    let beside = path.ancestors().skip(1).flat_map(|folder| {
        ["share/hyphy", "lib/hyphy", LIBRARY, "res"].map(|library| folder.join(library))
    });
    let library = beside
        .chain([
            PathBuf::from("/").join(LIBRARY),
            PathBuf::from("/usr/local/share/hyphy"),
        ])
        .find(|library| library.join("TemplateBatchFiles").is_dir());
    let Some(library) = library else {
        return vec![];
    };
    let mut readable = needs::files(&path);
    readable.push(library.clone());
    vec![Candidate {
        readable,
        program: path,
        loader: vec![],
        library,
    }]
}

fn is_debians_script(path: &Path) -> bool {
    use std::io::Read;
    let mut start = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(2000).read_to_end(&mut start));
    let text = String::from_utf8_lossy(&start);
    read.is_ok() && text.starts_with("#!") && text.contains("/usr/lib/hyphy/bin")
}

fn on_path(name: &Path) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|program| program.is_file())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn only_the_program_is_readable_in_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        // On macOS and some other systems, the folder may be behind a link.
        let at = folder.path().canonicalize().unwrap();
        fs::create_dir_all(at.join("share/hyphy/TemplateBatchFiles")).unwrap();
        fs::write(at.join("service-datamonkey.sqlite"), "").unwrap();
        for text in ["#!/bin/sh\n", "no program"] {
            fs::write(at.join("hyphy"), text).unwrap();
            let found = candidates(Some(&at.join("hyphy")), &[]);
            let mut expected = vec![at.join("hyphy"), at.join("share/hyphy")];
            if text.starts_with("#!") {
                expected.insert(1, "/bin/sh".into());
                expected.splice(2..2, needs::files(Path::new("/bin/sh"))[1..].to_vec());
            }
            assert_eq!(found[0].readable, expected);
        }
    }

    #[test]
    fn a_program_needs_its_loader() {
        let files = needs::files(Path::new("/bin/sh"));
        assert!(
            files
                .iter()
                .any(|file| file.to_string_lossy().contains("/ld-")),
            "{files:?}"
        );
    }

    #[test]
    fn versions_are_parsed_and_ordered() {
        let debian_13 = "HYPHY 2.5.68(MP) for Linux on x86_64 x86 AVX SIMD with FMA3 zlib (v1.3.1)";
        assert_eq!(parse_version(debian_13), Some(Version(2, 5, 68)));
        assert_eq!(parse_version("Segmentation fault"), None);
        assert!(Version(2, 5, 100) > Version(2, 5, 69));
    }
}
