//! System calls and files that are denied to a job. The test uses Perl, which makes any system call
//! without compilation and is part of every Debian system.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::net::UnixListener,
    path::Path,
    process::{Command, Stdio},
};

use libc::c_long;
use tempfile::TempDir;

use crate::{attempt::PROGRAM, machine::is_root, skipped::skipped};

const PERL: &str = "/usr/bin/perl";

/// Calls with arguments that are harmless if the call is allowed. `$other` is the test's process,
/// `$buffer` is some memory, `own` is a file of the job. The part of a name before `:` is the call.
fn hostile() -> Vec<(&'static str, c_long, &'static str)> {
    let mut calls = vec![
        // Other processes.
        ("kill", libc::SYS_kill, "$other, 0"),
        ("kill: the first process", libc::SYS_kill, "1, 0"),
        ("tkill", libc::SYS_tkill, "$other, 0"),
        ("tgkill", libc::SYS_tgkill, "$other, $other, 0"),
        (
            "rt_sigqueueinfo",
            libc::SYS_rt_sigqueueinfo,
            "$other, 0, $queued",
        ),
        (
            "rt_tgsigqueueinfo",
            libc::SYS_rt_tgsigqueueinfo,
            "$other, $other, 0, $queued",
        ),
        ("ptrace", libc::SYS_ptrace, "16, 0, 0, 0"),
        (
            "process_vm_readv",
            libc::SYS_process_vm_readv,
            "0, 0, 0, 0, 0, 0",
        ),
        (
            "process_vm_writev",
            libc::SYS_process_vm_writev,
            "0, 0, 0, 0, 0, 0",
        ),
        (
            "process_madvise",
            libc::SYS_process_madvise,
            "-1, 0, 0, 0, 0",
        ),
        ("process_mrelease", libc::SYS_process_mrelease, "-1, 0"),
        ("pidfd_getfd", libc::SYS_pidfd_getfd, "-1, 0, 0"),
        ("kcmp", libc::SYS_kcmp, "-1, -1, 0, 0, 0"),
        (
            "prlimit64: read",
            libc::SYS_prlimit64,
            "$other, 7, 0, $buffer",
        ),
        (
            "prlimit64: the first process",
            libc::SYS_prlimit64,
            "1, 7, 0, $buffer",
        ),
        ("setpriority", libc::SYS_setpriority, "0, $other, 0"),
        ("setpriority: a user's", libc::SYS_setpriority, "2, 0, 0"),
        ("ioprio_set", libc::SYS_ioprio_set, "1, $other, 0"),
        ("ioprio_set: a user's", libc::SYS_ioprio_set, "3, 0, 0"),
        (
            "sched_setaffinity",
            libc::SYS_sched_setaffinity,
            "$other, 0, $buffer",
        ),
        (
            "sched_setscheduler",
            libc::SYS_sched_setscheduler,
            "$other, -1, $buffer",
        ),
        ("sched_setparam", libc::SYS_sched_setparam, "$other, 0"),
        ("sched_setattr", libc::SYS_sched_setattr, "$other, 0, 0"),
        (
            "get_robust_list",
            libc::SYS_get_robust_list,
            "$other, $buffer, $buffer",
        ),
        ("migrate_pages", libc::SYS_migrate_pages, "$other, 0, 0, 0"),
        ("move_pages", libc::SYS_move_pages, "$other, 0, 0, 0, 0, 0"),
        ("fanotify_init", libc::SYS_fanotify_init, "-1, 0"),
        ("inotify_init1", libc::SYS_inotify_init1, "0"),
        ("shmget", libc::SYS_shmget, "0, 0, 0"),
        ("semget", libc::SYS_semget, "0, 0, 0"),
        ("msgget", libc::SYS_msgget, "4242, 0"),
        ("mq_open", libc::SYS_mq_open, "$none, 0, 0, 0"),
        ("socket", libc::SYS_socket, "2, 1, 0"),
        ("socketpair", libc::SYS_socketpair, "1, 1, 0, $buffer"),
        ("sendto", libc::SYS_sendto, "-1, $buffer, 1, 0, 0, 0"),
        ("io_uring_setup", libc::SYS_io_uring_setup, "0, 0"),
        // Owners, modes and times.
        ("fchmod", libc::SYS_fchmod, "fileno(OWN), 0600"),
        ("fchmodat", libc::SYS_fchmodat, "-100, $own, 0600"),
        ("fchmodat2", 452, "-100, $own, 0600, 0"),
        ("fchown", libc::SYS_fchown, "fileno(OWN), $uid, -1"),
        ("fchownat", libc::SYS_fchownat, "-100, $own, $uid, -1, 0"),
        ("setxattr", libc::SYS_setxattr, "$own, $name, $buffer, 1, 0"),
        (
            "lsetxattr",
            libc::SYS_lsetxattr,
            "$own, $name, $buffer, 1, 0",
        ),
        (
            "fsetxattr",
            libc::SYS_fsetxattr,
            "fileno(OWN), $name, $buffer, 1, 0",
        ),
        ("setxattrat", 463, "-100, $own, 0, $name, 0, 0"),
        ("removexattr", libc::SYS_removexattr, "$own, $name"),
        ("utimensat", libc::SYS_utimensat, "-100, $own, 0, 0"),
        (
            "ioctl: flags of a file",
            libc::SYS_ioctl,
            "fileno(OWN), 0x40086602, 0",
        ),
        (
            "ioctl: into a terminal",
            libc::SYS_ioctl,
            "fileno(OWN), 0x5412, $buffer",
        ),
        // Another user.
        ("setuid", libc::SYS_setuid, "$uid"),
        ("setgid", libc::SYS_setgid, "$gid"),
        ("setreuid", libc::SYS_setreuid, "-1, $uid"),
        ("setregid", libc::SYS_setregid, "-1, $gid"),
        ("setresuid", libc::SYS_setresuid, "-1, $uid, -1"),
        ("setresgid", libc::SYS_setresgid, "-1, $gid, -1"),
        ("setfsuid", libc::SYS_setfsuid, "$uid"),
        ("setfsgid", libc::SYS_setfsgid, "$gid"),
        ("setgroups", libc::SYS_setgroups, "0, 0"),
        ("capset", libc::SYS_capset, "0, 0"),
        (
            "clone: a namespace of users",
            libc::SYS_clone,
            "0x10000200, 0, 0, 0, 0",
        ),
        ("unshare", libc::SYS_unshare, "0"),
        ("setns", libc::SYS_setns, "-1, 0"),
        ("personality", libc::SYS_personality, "0xffffffff"),
        ("keyctl", libc::SYS_keyctl, "-1, 0, 0, 0, 0"),
        ("add_key", libc::SYS_add_key, "0, 0, 0, 0, 0"),
        // The machine.
        ("settimeofday", libc::SYS_settimeofday, "0, 0"),
        ("clock_settime", libc::SYS_clock_settime, "-1, 0"),
        ("clock_adjtime", libc::SYS_clock_adjtime, "0, 0"),
        ("adjtimex", libc::SYS_adjtimex, "0"),
        ("sethostname", libc::SYS_sethostname, "$buffer, -1"),
        ("setdomainname", libc::SYS_setdomainname, "$buffer, -1"),
        ("swapon", libc::SYS_swapon, "$none, 0"),
        ("swapoff", libc::SYS_swapoff, "$none"),
        ("quotactl", libc::SYS_quotactl, "-1, 0, 0, 0"),
        ("acct", libc::SYS_acct, "$none"),
        ("syslog", libc::SYS_syslog, "10, 0, 0"),
        ("reboot", libc::SYS_reboot, "0, 0, 0, 0"),
        ("bpf", libc::SYS_bpf, "-1, 0, 0"),
        (
            "perf_event_open",
            libc::SYS_perf_event_open,
            "0, 0, -1, -1, 0",
        ),
        ("userfaultfd", libc::SYS_userfaultfd, "-1"),
        ("kexec_load", libc::SYS_kexec_load, "0, 0, 0, -1"),
        ("init_module", libc::SYS_init_module, "0, 0, 0"),
        ("delete_module", libc::SYS_delete_module, "$none, 0"),
        ("mount", libc::SYS_mount, "$none, $none, $none, 0, 0"),
        ("umount2", libc::SYS_umount2, "$none, 0"),
        ("pivot_root", libc::SYS_pivot_root, "$none, $none"),
        ("chroot", libc::SYS_chroot, "$none"),
        ("open_tree", libc::SYS_open_tree, "-1, $none, 0"),
        (
            "move_mount",
            libc::SYS_move_mount,
            "-1, $none, -1, $none, 0",
        ),
        ("fsopen", libc::SYS_fsopen, "0, 0"),
        ("fsconfig", libc::SYS_fsconfig, "-1, -1, 0, 0, 0"),
        ("fsmount", libc::SYS_fsmount, "-1, 0, 0"),
        ("fspick", libc::SYS_fspick, "-1, $none, 0"),
        (
            "mount_setattr",
            libc::SYS_mount_setattr,
            "-1, $none, 0, 0, 0",
        ),
        (
            "name_to_handle_at",
            libc::SYS_name_to_handle_at,
            "-1, $none, 0, 0, 0",
        ),
        ("open_by_handle_at", libc::SYS_open_by_handle_at, "-1, 0, 0"),
    ];
    #[cfg(target_arch = "x86_64")]
    calls.extend([
        ("chmod", libc::SYS_chmod, "$own, 0600"),
        ("chown", libc::SYS_chown, "$own, $uid, -1"),
        ("lchown", libc::SYS_lchown, "$own, $uid, -1"),
        ("utime", libc::SYS_utime, "$own, 0"),
        ("utimes", libc::SYS_utimes, "$own, 0"),
        ("futimesat", libc::SYS_futimesat, "-100, $own, 0"),
        ("iopl", libc::SYS_iopl, "4"),
        ("ioperm", libc::SYS_ioperm, "-1, 0, 0"),
    ]);
    calls
}

/// Calls that a process needs for itself.
const HARMLESS: [(&str, c_long, &str); 10] = [
    ("kill", libc::SYS_kill, "$me, 0"),
    ("tgkill", libc::SYS_tgkill, "$me, $me, 0"),
    ("prlimit64", libc::SYS_prlimit64, "0, 7, 0, $buffer"),
    ("setpriority", libc::SYS_setpriority, "0, 0, 19"),
    ("ioprio_set", libc::SYS_ioprio_set, "1, 0, 0"),
    ("getpid", libc::SYS_getpid, ""),
    ("ftruncate", libc::SYS_ftruncate, "fileno(OWN), 3"),
    ("fstat", libc::SYS_fstat, "fileno(OWN), $buffer"),
    ("getuid", libc::SYS_getuid, ""),
    ("fcntl", libc::SYS_fcntl, "fileno(OWN), 3, 0"),
];

/// A program that makes the calls and prints the error number of each, or 0.
fn program(calls: &[(&str, c_long, &str)]) -> String {
    let mut text = format!(
        "$me = $$; $other = {}; $buffer = ' ' x 4096; $queued = pack('l3 x200', 0, 0, -1);\n\
         $none = \"/nowhere/at/all\"; $own = \"own\"; $name = \"user.x\"; $gid = $) + 0; $uid = $> + 0;\n\
         open(OWN, '+>', $own) or die;\n",
        std::process::id()
    );
    for (name, number, arguments) in calls {
        let comma = if arguments.is_empty() { "" } else { ", " };
        text += &format!(
            "$! = 0; $r = syscall({number}{comma}{arguments}); \
             print \"{name}=\", ($r == -1 ? $! + 0 : 0), \"\\n\";\n"
        );
    }
    text
}

/// Runs a Perl program, confined, in its own folder.
fn run(arguments: &[&str], program: &str, folder: &Path) -> String {
    let output = Command::new(PROGRAM)
        .arg("confine")
        .args(arguments)
        .args(["--", PERL, "-e", program])
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{}: {said}{complaints}",
        output.status
    );
    said
}

/// Returns the errors of the calls by name.
fn answers(arguments: &[&str], calls: &[(&str, c_long, &str)]) -> BTreeMap<String, i32> {
    let folder = TempDir::new().unwrap();
    if arguments.contains(&"--user") {
        std::os::unix::fs::chown(folder.path(), Some(65_534), Some(65_534)).unwrap();
    }
    let said = run(arguments, &program(calls), folder.path());
    let answers: BTreeMap<_, _> = said
        .lines()
        .map(|line| line.rsplit_once('=').unwrap())
        .map(|(name, error)| (name.to_owned(), error.parse().unwrap()))
        .collect();
    assert_eq!(answers.len(), calls.len());
    answers
}

fn has_perl() -> bool {
    let has = Path::new(PERL).exists();
    if !has {
        skipped("perl", &format!("there is no {PERL}"));
    }
    has
}

const CONFINED: [&str; 2] = ["--sandbox", "best-effort"];

#[test]
fn forbidden_system_calls_are_denied() {
    if !has_perl() {
        return;
    }
    let calls = hostile();
    for (name, error) in answers(&CONFINED, &calls) {
        assert_eq!(error, libc::EPERM, "{name}");
    }
    if !is_root() {
        return eprintln!("only root can show that it is the sandbox that denies the calls");
    }
    let as_nobody = [&CONFINED[..], &["--user", "65534:65534"]].concat();
    for (name, error) in answers(&as_nobody, &calls) {
        assert_eq!(error, libc::EPERM, "{name}, as nobody");
    }
    // Without the sandbox, each call succeeds or fails because of its arguments.
    let heeded = answers(&["--sandbox", "off"], &calls);
    let by_others: Vec<_> = heeded
        .iter()
        .filter(|(_, error)| **error == libc::EPERM)
        .map(|(name, _)| name.as_str())
        .collect();
    // Some machines deny these to all processes.
    let may_be = [
        "io_uring_setup",
        "bpf",
        "init_module",
        "delete_module",
        "kexec_load",
    ];
    let by_others: Vec<_> = by_others
        .into_iter()
        .filter(|name| !may_be.contains(name))
        .collect();
    assert_eq!(by_others, [""; 0], "refused by something else");
}

#[test]
fn system_calls_that_a_process_needs_are_allowed() {
    if !has_perl() {
        return;
    }
    for (name, error) in answers(&CONFINED, &HARMLESS) {
        assert_eq!(error, 0, "{name}");
    }
}

#[test]
fn system_calls_of_other_abis_are_denied() {
    if !has_perl() {
        return;
    }
    // The C library has a fallback if the call does not exist.
    let clone3 = [("clone3", libc::SYS_clone3, "0, 0")];
    assert_eq!(answers(&CONFINED, &clone3)["clone3"], libc::ENOSYS);
    if cfg!(target_arch = "x86_64") {
        let x32 = [("x32", 0x4000_0000 | libc::SYS_getpid, "")];
        assert_eq!(answers(&CONFINED, &x32)["x32"], libc::EPERM);
    }
}

#[test]
fn a_job_can_start_and_end_child_processes() {
    let folder = TempDir::new().unwrap();
    let script = "sleep 600 & kill $! 2>/dev/null; kill -9 $$";
    let status = Command::new(PROGRAM)
        .args([
            "confine",
            "--sandbox",
            "best-effort",
            "--",
            "/bin/sh",
            "-c",
            script,
        ])
        .current_dir(folder.path())
        .status()
        .unwrap();
    let signal = std::os::unix::process::ExitStatusExt::signal(&status);
    assert_eq!(signal, Some(9), "it could not even end itself");
}

/// Opens files next to the job's own in every way, and connects to a socket that is open to anyone.
#[test]
fn files_and_sockets_of_others_are_inaccessible() {
    if !has_perl() {
        return;
    }
    let others = TempDir::new().unwrap();
    let secret = others.path().join("service-datamonkey.sqlite");
    fs::write(&secret, "secret").unwrap();
    let listener = UnixListener::bind(others.path().join("socket")).unwrap();
    listener.set_nonblocking(true).unwrap();
    let program = format!(
        "use Fcntl; $f = '{path}'; $d = '{folder}';\n\
         sub said {{ print $_[0], '=', ($_[1] ? 0 : $! + 0), \"\\n\" }}\n\
         said('read', open(F, '<', $f)); said('append', open(F, '>>', $f));\n\
         said('truncate', truncate($f, 0)); said('unlink', unlink($f));\n\
         said('rename', rename($f, 'mine')); said('link', link($f, 'mine'));\n\
         said('symlink', symlink($f, 'mine')); said('list', opendir(D, $d));\n\
         said('create', open(F, '>', \"$d/new\")); said('mkdir', mkdir(\"$d/new\"));\n\
         said('processes', open(F, '<', '/proc/1/environ')); said('users', open(F, '<', \
         '/etc/passwd'));\n\
         $n = 'device'; said($n, syscall({mknodat}, -100, $n, 020600, 0x103) == 0);\n",
        path = secret.display(),
        folder = others.path().display(),
        mknodat = libc::SYS_mknodat,
    );
    let ask = |arguments: &[&str]| {
        let folder = TempDir::new().unwrap();
        run(arguments, &program, folder.path())
    };
    let level = Command::new(PROGRAM)
        .args(["confine", "--sandbox", "required", "--report", "--", "none"])
        .output()
        .unwrap();
    if !level.status.success() {
        return skipped("landlock", "this kernel has none");
    }
    let said = ask(&["--sandbox", "required"]);
    assert_eq!(said.lines().count(), 13);
    for line in said.lines() {
        let (what, error) = line.rsplit_once('=').unwrap();
        let error: i32 = error.parse().unwrap();
        // Landlock treats a link to another folder as a link across devices.
        let refusals = [libc::EACCES, libc::EPERM, libc::EXDEV];
        assert!(refusals.contains(&error), "{what}: {error}");
    }
    assert_eq!(fs::read_to_string(&secret).unwrap(), "secret");
    assert!(listener.accept().is_err());
    let without = ask(&["--sandbox", "off"]);
    assert!(
        without.starts_with("read=0\nappend=0\ntruncate=0\n"),
        "{without}"
    );
}
