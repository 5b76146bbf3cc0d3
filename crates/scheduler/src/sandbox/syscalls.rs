//! System calls that a command may not make (seccomp).
//!
//! An analysis reads and writes files, allocates memory and starts threads. Calls that it does not
//! need are denied: access to networks, to other processes and users, to owners and modes of files,
//! and to kernel internals.

mod refused;

use std::{collections::BTreeMap, io};

use rustix::process::getpid;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, sock_filter,
};

use self::refused::{IPC, NAMESPACES, NETWORK, ONLY_ITSELF, OWNER_OF_FILE, REFUSED, REQUESTS};

type Rules = BTreeMap<i64, Vec<SeccompRule>>;

/// Denies these calls to this process and everything it becomes or starts: they fail with
/// "operation not permitted". If `scoped`, the kernel already confines signals, and a command may
/// send them to its descendants. Otherwise it may send them only to itself.
pub(super) fn confine(mpi: bool, scoped: bool) -> io::Result<()> {
    let mut rules: Rules = REFUSED.iter().map(|number| (*number, vec![])).collect();
    if !mpi {
        rules.extend(NETWORK.iter().chain(&IPC).map(|number| (*number, vec![])));
    }
    for number in ONLY_ITSELF {
        rules.insert(number, vec![rule(&[not(0, 0)?])?]);
    }
    // A process may change its own priority. `who` 0 is rejected for groups and users, where it
    // means all of their processes.
    for (number, process) in [
        (libc::SYS_setpriority, u64::from(libc::PRIO_PROCESS)),
        (libc::SYS_ioprio_set, 1),
    ] {
        let own = vec![rule(&[not(0, process)?])?, rule(&[not(1, 0)?])?];
        rules.insert(number, own);
    }
    // A user namespace turns any user into root.
    let spaces: io::Result<Vec<_>> = NAMESPACES
        .iter()
        .map(|flag| rule(&[condition(0, SeccompCmpOp::MaskedEq(*flag), *flag)?]))
        .collect();
    rules.insert(libc::SYS_clone, spaces?);
    equal(&mut rules, libc::SYS_ioctl, 1, &REQUESTS)?;
    if !mpi && !scoped {
        signals(&mut rules)?;
    }
    refuse(rules, libc::EPERM)?;
    // Its flags are in memory, where seccomp cannot read them. The C library falls back to `clone`.
    refuse([(libc::SYS_clone3, vec![])].into(), libc::ENOSYS)?;
    foreign_numbers()
}

/// Allows signals to this process only, which `abort` needs. The process id stays the same when the
/// process becomes the command.
fn signals(rules: &mut Rules) -> io::Result<()> {
    let me = u64::from(getpid().as_raw_nonzero().get().unsigned_abs());
    for number in [
        libc::SYS_kill,
        libc::SYS_tkill,
        libc::SYS_tgkill,
        libc::SYS_rt_sigqueueinfo,
        libc::SYS_rt_tgsigqueueinfo,
    ] {
        rules.insert(number, vec![rule(&[not(0, me)?])?]);
    }
    for number in [libc::SYS_pidfd_open, libc::SYS_pidfd_send_signal] {
        rules.insert(number, vec![]);
    }
    equal(rules, libc::SYS_fcntl, 1, &OWNER_OF_FILE)
}

/// Denies a call if an argument has one of the values.
fn equal(rules: &mut Rules, number: i64, argument: u8, values: &[u64]) -> io::Result<()> {
    let each: io::Result<Vec<_>> = values
        .iter()
        .map(|value| rule(&[condition(argument, SeccompCmpOp::Eq, *value)?]))
        .collect();
    rules.insert(number, each?);
    Ok(())
}

fn rule(conditions: &[SeccompCondition]) -> io::Result<SeccompRule> {
    SeccompRule::new(conditions.to_vec()).map_err(io::Error::other)
}

fn not(argument: u8, value: u64) -> io::Result<SeccompCondition> {
    condition(argument, SeccompCmpOp::Ne, value)
}

/// The kernel uses only the lower half of these arguments.
fn condition(argument: u8, is: SeccompCmpOp, value: u64) -> io::Result<SeccompCondition> {
    SeccompCondition::new(argument, SeccompCmpArgLen::Dword, is, value).map_err(io::Error::other)
}

fn refuse(rules: Rules, with: libc::c_int) -> io::Result<()> {
    let architecture = std::env::consts::ARCH
        .try_into()
        .map_err(io::Error::other)?;
    let with = u32::try_from(with).map_err(io::Error::other)?;
    let filter = SeccompFilter::new(
        rules,
        SeccompAction::Allow,
        SeccompAction::Errno(with),
        architecture,
    )
    .map_err(io::Error::other)?;
    let program: BpfProgram = filter.try_into().map_err(io::Error::other)?;
    seccompiler::apply_filter(&program).map_err(io::Error::other)
}

/// x86-64 kernels may accept a second number (x32) for every call, which the rules above do not
/// cover. HyPhy does not use them.
fn foreign_numbers() -> io::Result<()> {
    if cfg!(not(target_arch = "x86_64")) {
        return Ok(());
    }
    const LOAD_WORD: u16 = 0x20;
    const JUMP_IF_AT_LEAST: u16 = 0x35;
    const RETURN: u16 = 0x06;
    const X32: u32 = 0x4000_0000;
    const ALLOW: u32 = 0x7fff_0000;
    const ERRNO: u32 = 0x0005_0000;
    let step = |code, jt, jf, k| sock_filter { code, jt, jf, k };
    let refused = ERRNO | u32::try_from(libc::EPERM).map_err(io::Error::other)?;
    let program = [
        step(LOAD_WORD, 0, 0, 0), // the number
        step(JUMP_IF_AT_LEAST, 0, 1, X32),
        step(RETURN, 0, 0, refused),
        step(RETURN, 0, 0, ALLOW),
    ];
    seccompiler::apply_filter(&program).map_err(io::Error::other)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::thread;

    use rustix::{
        io::Errno,
        process::{Pid, getppid, test_kill_process},
        thread::set_no_new_privs,
    };

    use super::*;

    /// A filter applies to the thread that installs it.
    fn confined<T: Send>(scoped: bool, ask: impl Fn() -> T + Sync) -> T {
        thread::scope(|scope| {
            let asked = scope.spawn(|| {
                set_no_new_privs(true).unwrap();
                confine(false, scoped).unwrap();
                ask()
            });
            asked.join().unwrap()
        })
    }

    fn signals() -> [Result<(), Errno>; 3] {
        let first = Pid::from_raw(1).unwrap();
        [getpid(), getppid().unwrap(), first].map(test_kill_process)
    }

    #[test]
    fn without_kernel_support_a_process_can_signal_only_itself() {
        let refused = Err(Errno::PERM);
        assert_eq!(confined(false, signals), [Ok(()), refused, refused]);
        assert_eq!(confined(true, signals)[..2], [Ok(()), Ok(())]);
        let opened = || rustix::process::pidfd_open(getpid(), rustix::process::PidfdFlags::empty());
        assert_eq!(confined(false, || opened().map(drop)), refused);
        assert_eq!(confined(true, || opened().map(drop)), Ok(()));
    }
}
