//! Which files a command may use, and which processes it reaches (Landlock).

use std::path::{Path, PathBuf};

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, PathBeneath, PathFd,
    RestrictionStatus, Ruleset, RulesetAttr, RulesetCreated, RulesetCreatedAttr, RulesetError,
    RulesetStatus, Scope,
};

/// What confinement is made of; kernels that have less confine less.
const WANTED: ABI = ABI::V4;

/// What any program needs to start and to find out how many processors there are.
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

/// What MPI reads about the machine and the network.
const MPI_READS: [&str; 3] = ["/etc", "/sys", "/proc"];

/// Where MPI processes meet: shared memory, sockets, fast networks.
const MPI_WRITES: [&str; 3] = ["/tmp", "/dev/shm", "/dev/infiniband"];

/// Variables by which the launcher names more such folders (`PMIx`).
const MPI_FOLDERS: [&str; 3] = [
    "PMIX_SERVER_TMPDIR",
    "PMIX_SYSTEM_TMPDIR",
    "PMIX_DSTORE_21_BASE_PATH",
];

/// Whether this kernel keeps signals within a confined process and what it starts (ABI 6: Linux 6.12).
/// It does the same for sockets with abstract names then.
pub(super) fn has_signal_scope() -> bool {
    Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .scope(Scope::Signal)
        .is_ok()
}

/// Confines this process to reading `readable` and the system's libraries and programs, and to
/// reading and writing `writable`. No TCP, unless it is one of several MPI processes. Returns whether
/// all of that, some, or nothing is enforced by this kernel.
pub(super) fn confine(
    readable: &[PathBuf],
    writable: &Path,
    mpi: bool,
) -> Result<RulesetStatus, RulesetError> {
    let read = AccessFs::from_read(WANTED);
    // All but executing and making devices and sockets.
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
    // Where the kernel does not have it, seccomp refuses the calls.
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

/// What is not there needs no rule.
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
