//! Slurm's commands over a real ssh, with the test's own server and keys.

use std::{
    fs,
    net::{TcpListener, TcpStream},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
};

use crate::{
    cluster::{Cluster, open_folder},
    machine::is_root,
    patience::Patience,
    skipped::skipped,
    support::{Server, small_job, until},
};

const SSHD: &str = "/usr/sbin/sshd";

struct Sshd {
    folder: PathBuf,
    port: u16,
    child: Child,
}

impl Drop for Sshd {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn key(folder: &Path, name: &str) -> String {
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-f"])
        .arg(folder.join(name))
        .status()
        .unwrap();
    assert!(made.success());
    fs::read_to_string(folder.join(format!("{name}.pub"))).unwrap()
}

/// Allows the jobs' user to log in with the key `user`. Returns `None` if there is no sshd or the
/// test does not run as root.
fn sshd(folder: &Path, slurm_conf: &str) -> Option<Sshd> {
    if !Path::new(SSHD).exists() || !is_root() {
        skipped("ssh", "a connection by ssh needs openssh-server and root");
        return None;
    }
    fs::create_dir_all("/run/sshd").unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let host = key(folder, "host");
    key(folder, "stranger");
    fs::write(folder.join("authorized"), key(folder, "user")).unwrap();
    fs::write(
        folder.join("known_hosts"),
        format!("[127.0.0.1]:{port} {host}"),
    )
    .unwrap();
    let at = folder.display();
    let config = format!(
        "ListenAddress 127.0.0.1:{port}\nHostKey {at}/host\nAuthorizedKeysFile {at}/authorized\n\
         PidFile none\nStrictModes no\nUsePAM yes\nPasswordAuthentication no\n\
         KbdInteractiveAuthentication no\nSetEnv SLURM_CONF={slurm_conf}\n"
    );
    fs::write(folder.join("sshd_config"), config).unwrap();
    let child = Command::new(SSHD)
        .args(["-D", "-e", "-f"])
        .arg(folder.join("sshd_config"))
        .stderr(Stdio::from(fs::File::create(folder.join("log")).unwrap()))
        .spawn()
        .unwrap();
    until("sshd is up", || {
        TcpStream::connect(("127.0.0.1", port)).is_ok()
    });
    Some(Sshd {
        folder: folder.to_path_buf(),
        port,
        child,
    })
}

/// A service whose ssh has these settings; they stand in for `~/.ssh/config`.
fn serve(sshd: &Sshd, key: &str, known_hosts: &str, base: &Path) -> Server {
    let bin = sshd.folder.join(format!("bin-{key}-{known_hosts}"));
    fs::create_dir(&bin).unwrap();
    let at = sshd.folder.display();
    let script = format!(
        "#!/bin/sh\nexec /usr/bin/ssh -F /dev/null -i {at}/{key} -o IdentitiesOnly=yes \
         -o UserKnownHostsFile={at}/{known_hosts} \"$@\"\n"
    );
    fs::write(bin.join("ssh"), script).unwrap();
    fs::set_permissions(bin.join("ssh"), fs::Permissions::from_mode(0o755)).unwrap();
    Server::with(&[
        ("PATH", &format!("{}:/usr/bin:/bin", bin.display())),
        ("SLURM_CLI_HOST", "127.0.0.1"),
        ("SLURM_CLI_USER", "datamonkey"),
        ("SLURM_CLI_PORT", &sshd.port.to_string()),
        ("SLURM_POLL_SECS", "1"),
        ("HYPHY_BASE_PATH", base.to_str().unwrap()),
    ])
}

fn says(server: &Server, words: &str) {
    let mut patience = Patience::new(words);
    loop {
        let health: serde_json::Value = server.get("/health").json().unwrap();
        let said = health["details"]["scheduler_detail"].to_string();
        if said.contains(words) {
            return;
        }
        thread::sleep(patience.pause(said));
    }
}

#[test]
fn fel_runs_over_ssh_and_wrong_keys_are_reported() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let folder = open_folder();
    let Some(sshd) = sshd(folder.path(), &cluster.settings["SLURM_CONF"]) else {
        return;
    };
    let base = open_folder();
    let server = serve(&sshd, "user", "known_hosts", base.path());
    let id = small_job(&server);
    server.completed(&id);
    says(&server, "by its command line on 127.0.0.1");
    drop(server);

    // Each service has its own folders, because a new database is not allowed next to existing
    // data.
    let (second, third) = (open_folder(), open_folder());
    let refused = serve(&sshd, "stranger", "known_hosts", second.path());
    says(&refused, "Permission denied (publickey)");
    let stranger = fs::read_to_string(folder.path().join("stranger.pub")).unwrap();
    let wrong = format!("[127.0.0.1]:{} {stranger}", sshd.port);
    fs::write(folder.path().join("wrong_hosts"), wrong).unwrap();
    let wrong = serve(&sshd, "user", "wrong_hosts", third.path());
    says(&wrong, "Host key verification failed");
}
