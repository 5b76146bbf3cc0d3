//! Which system calls a command may not make (seccomp).

use std::io;

use seccompiler::{BpfProgram, SeccompAction, SeccompFilter};

/// Ways to a network and to other processes by sockets. Only MPI needs them.
const NETWORK: [libc::c_long; 10] = [
    libc::SYS_socket,
    libc::SYS_socketpair,
    libc::SYS_connect,
    libc::SYS_bind,
    libc::SYS_listen,
    libc::SYS_accept,
    libc::SYS_accept4,
    libc::SYS_sendto,
    libc::SYS_sendmsg,
    libc::SYS_sendmmsg,
];

/// Ways to other processes and to the kernel's inner parts, and around [`NETWORK`]. An analysis needs
/// none of them.
const REFUSED: [libc::c_long; 24] = [
    // Would make sockets without the calls above.
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_pidfd_getfd,
    libc::SYS_kcmp,
    libc::SYS_keyctl,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_setns,
    libc::SYS_unshare,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_kexec_load,
    libc::SYS_reboot,
];

/// Refuses these calls to this process and all that it becomes or starts: they fail with "operation
/// not permitted".
pub(super) fn confine(mpi: bool) -> io::Result<()> {
    let network: &[libc::c_long] = if mpi { &[] } else { &NETWORK };
    let architecture = std::env::consts::ARCH
        .try_into()
        .map_err(io::Error::other)?;
    let errno = u32::try_from(libc::EPERM).map_err(io::Error::other)?;
    let filter = SeccompFilter::new(
        REFUSED
            .iter()
            .chain(network)
            .map(|number| (*number, vec![]))
            .collect(),
        SeccompAction::Allow,
        SeccompAction::Errno(errno),
        architecture,
    )
    .map_err(io::Error::other)?;
    let program: BpfProgram = filter.try_into().map_err(io::Error::other)?;
    seccompiler::apply_filter(&program).map_err(io::Error::other)
}
