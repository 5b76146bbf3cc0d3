//! Restricting the files that a command may use and the processes that it may reach (Landlock).

use std::path::{Path, PathBuf};

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, PathBeneath, PathFd,
    RestrictionStatus, Ruleset, RulesetAttr, RulesetCreated, RulesetCreatedAttr, RulesetError,
    RulesetStatus, Scope,
};

/// The requested Landlock ABI. Older kernels confine less.
const WANTED: ABI = ABI::V4;

/// Paths that any program needs to start and to find out the number of processors.
const SYSTEM: [&str; 11] = [
    "/usr",
    "/bin",
    "/lib",
    "/lib64",
    "/etc/ld.so.cache",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/stat",
    "/sys/devices/system",
    "/dev/urandom",
    "/dev/zero",
];

/// Paths that MPI reads about the machine and the network.
const MPI_READS: [&str; 3] = ["/etc", "/sys", "/proc"];

/// Paths through which MPI processes communicate: shared memory, sockets, fast networks.
const MPI_WRITES: [&str; 3] = ["/tmp", "/dev/shm", "/dev/infiniband"];

/// Variables in which the launcher names more such folders (`PMIx`).
const MPI_FOLDERS: [&str; 3] = [
    "PMIX_SERVER_TMPDIR",
    "PMIX_SYSTEM_TMPDIR",
    "PMIX_DSTORE_21_BASE_PATH",
];

/// Whether this kernel can restrict signals to a confined process and its descendants (ABI 6: Linux
/// 6.12). Such kernels also restrict sockets with abstract names.
pub(super) fn has_signal_scope() -> bool {
    Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .scope(Scope::Signal)
        .is_ok()
}

/// Restricts this process to reading `readable` and the system's libraries and programs, and to
/// reading and writing `writable`. TCP is denied unless the process is one of several MPI
/// processes. Returns whether the kernel enforces all, some or none of this.
pub(super) fn confine(
    readable: &[PathBuf],
    writable: &Path,
    mpi: bool,
) -> Result<RulesetStatus, RulesetError> {
    let read = AccessFs::from_read(WANTED);
    // Everything except executing files and creating devices and sockets.
    let write = AccessFs::ReadFile
        | AccessFs::ReadDir
        | AccessFs::WriteFile
        | AccessFs::Truncate
        | AccessFs::MakeReg
        | AccessFs::MakeDir
        | AccessFs::RemoveFile
        | AccessFs::RemoveDir;
    let mut rules = Ruleset::default().handle_access(AccessFs::from_all(WANTED))?;
    if !mpi {
        rules = rules.handle_access(AccessNet::from_all(WANTED))?;
    }
    // On kernels without it, seccomp denies the calls.
    if has_signal_scope() {
        rules = rules.scope(Scope::Signal)?;
        if !mpi {
            rules = rules.scope(Scope::AbstractUnixSocket)?;
        }
    }
    let mut rules = rules.create()?;
    for path in SYSTEM
        .iter()
        .map(Path::new)
        .chain(readable.iter().map(PathBuf::as_path))
    {
        rules = allow(rules, path, read)?;
    }
    rules = allow(
        rules,
        Path::new("/dev/null"),
        AccessFs::ReadFile | AccessFs::WriteFile,
    )?;
    rules = allow(rules, writable, write)?;
    if mpi {
        for path in MPI_READS {
            rules = allow(rules, Path::new(path), read)?;
        }
        let named = MPI_FOLDERS.iter().filter_map(std::env::var_os);
        for path in MPI_WRITES
            .iter()
            .map(PathBuf::from)
            .chain(named.map(PathBuf::from))
        {
            let meet = write | AccessFs::MakeSock | AccessFs::MakeFifo;
            rules = allow(rules, &path, meet)?;
        }
    }
    let RestrictionStatus { ruleset, .. } = rules.restrict_self()?;
    Ok(ruleset)
}

/// Paths that do not exist need no rule.
fn allow(
    rules: RulesetCreated,
    path: &Path,
    access: BitFlags<AccessFs>,
) -> Result<RulesetCreated, RulesetError> {
    match PathFd::new(path) {
        Ok(fd) => {
            let access = if path.is_dir() {
                access
            } else {
                access & AccessFs::from_file(WANTED)
            };
            rules.add_rule(PathBeneath::new(fd, access))
        }
        Err(_) => Ok(rules),
    }
}
