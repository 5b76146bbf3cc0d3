//! Private files, and jobs that run as another user.

use std::{
    fs::{self, Permissions},
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::Path,
    process::Command,
};

use tempfile::TempDir;

use crate::{
    attempt::{Attempt, until},
    machine::is_root,
    skipped::skipped,
};

const NOBODY: u32 = 65_534;

fn all_below(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut all = vec![folder.to_path_buf()];
    let mut seen = 0;
    while seen < all.len() {
        if all[seen].is_dir() {
            let entries = fs::read_dir(&all[seen]).unwrap();
            let entries: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
            all.extend(entries);
        }
        seen += 1;
    }
    all
}

#[test]
fn the_files_of_an_attempt_are_private() {
    let folder = TempDir::new().unwrap();
    let directory = folder.path().join("a");
    fs::create_dir_all(directory.join("run")).unwrap();
    fs::write(directory.join("run/input"), "").unwrap();
    for path in all_below(&directory) {
        fs::set_permissions(path, Permissions::from_mode(0o777)).unwrap();
    }
    let script =
        "echo printed; printf 'drawn\\r' >&2; echo '{}' >result.json; mkdir inner; : >inner/file";
    let mut attempt = Attempt::start(&directory, &[], script);
    assert_eq!(attempt.exit().code, Some(0));
    let all = all_below(&directory);
    // The folder, run, inner, and 3 files in them; log, progress, level, lock, owner, exit.
    assert_eq!(all.len(), 12, "{all:?}");
    for path in all {
        let wanted = if path.is_dir() { 0o700 } else { 0o600 };
        let mode = fs::metadata(&path).unwrap().mode() & 0o7777;
        assert_eq!(mode, wanted, "{}: {mode:o}", path.display());
    }
}

/// In a folder that only root can enter, as the service's may be.
#[test]
fn a_job_runs_as_another_user_in_a_folder_of_root() {
    if !is_root() {
        return skipped("root", "only root has other users' rights");
    }
    let folder = TempDir::new().unwrap();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o700)).unwrap();
    let directory = folder.path().join("a");
    fs::create_dir_all(directory.join("run")).unwrap();
    fs::write(directory.join("run/input"), "what was given").unwrap();
    fs::write(folder.path().join("secret"), "").unwrap();
    let script = "id -u; id -G; cat /proc/self/cwd/input >result.json; cat ../../secret ../log; \
                  echo $?; echo x >../exit.json; grep Cap /proc/self/status; echo $HOME; pwd -P \
                  >/dev/null";
    // Without the sandbox.
    let off = ["--user", "65534:65534", "--sandbox", "off"];
    let mut attempt = Attempt::start(&directory, &off, script);
    let exit = attempt.exit();
    assert_eq!(exit.code, Some(0), "{}", attempt.log());
    let log = attempt.log();
    let lines: Vec<&str> = log.lines().collect();
    assert_eq!(lines[..3], ["65534", "65534", "1"], "{log}");
    for which in ["CapInh", "CapPrm", "CapEff", "CapAmb"] {
        assert!(
            log.contains(&format!("{which}:\t0000000000000000")),
            "{log}"
        );
    }
    let result = attempt.dir.run().join("result.json");
    assert_eq!(fs::read_to_string(&result).unwrap(), "what was given");
    assert_eq!(fs::metadata(&result).unwrap().uid(), NOBODY);
    for path in ["log", "exit.json", "level", "owner.json"] {
        assert_eq!(fs::metadata(directory.join(path)).unwrap().uid(), 0);
    }
}

#[test]
fn a_job_of_another_user_ends_with_its_supervisor() {
    if !is_root() {
        return skipped("root", "only root has other users' rights");
    }
    let folder = TempDir::new().unwrap();
    let user = ["--user", "65534:65534"];
    let script = "echo $$ >pid; exec sleep 3600";
    let mut killed = Attempt::start(&folder.path().join("a"), &user, script);
    let pid = killed.dir.run().join("pid");
    until("a process id", || {
        fs::read_to_string(&pid).is_ok_and(|n| n.ends_with('\n'))
    });
    let process = Path::new("/proc").join(fs::read_to_string(&pid).unwrap().trim());
    assert_eq!(fs::metadata(&process).unwrap().uid(), NOBODY);
    killed.supervisor.kill().unwrap();
    killed.ended();
    until("the process has ended", || !process.exists());
    assert!(killed.dir.read_exit().is_none());

    let mut cancelled = Attempt::start(&folder.path().join("b"), &user, script);
    cancelled.has_made("pid");
    cancelled.cancel();
    assert!(cancelled.exit().cancelled);
}

#[test]
fn only_root_can_run_jobs_as_another_user() {
    if !is_root() {
        return skipped("root", "only root can become another user");
    }
    let out = Command::new("setpriv")
        .args(["--reuid", "65534", "--regid", "65534", "--clear-groups"])
        .args([
            crate::attempt::PROGRAM,
            "confine",
            "--user",
            "1:1",
            "--sandbox",
            "off",
        ])
        .args(["--", "/bin/true"])
        .output();
    let Ok(out) = out else {
        return skipped("setpriv", "it is not installed");
    };
    let said = String::from_utf8_lossy(&out.stdout);
    assert!(said.contains("not permitted"), "{said}");
    assert_eq!(out.status.code(), Some(126));
}
