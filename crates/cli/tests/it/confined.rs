//! What a job can reach if the engine and the data share a folder, and which user it runs as.

use std::{
    fs::{self, Permissions},
    os::unix::fs::{MetadataExt, PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;

use crate::{
    fel::engine_command,
    machine::is_root,
    skipped::skipped,
    support::{Server, datamonkey, long_job, small_job, until},
};

/// An engine that passes the service's checks, and reports the output of a line of shell as its
/// error.
fn saying(folder: &Path, what: &str) -> String {
    fs::create_dir_all(folder.join("share/hyphy/TemplateBatchFiles")).unwrap();
    let program = folder.join("hyphy");
    let text = format!(
        "#!/bin/sh\ncase \"$*\" in\n*--version*) echo 'HYPHY 2.5.68(MP) for Linux on x86_64' ;;\n\
         *--help*) echo 'Available analysis command line options'; echo alignment ;;\n\
         *) echo \"Error: `{what}`\"; exit 1 ;;\nesac\n"
    );
    fs::write(&program, text).unwrap();
    fs::set_permissions(&program, Permissions::from_mode(0o755)).unwrap();
    program.to_str().unwrap().to_owned()
}

fn said(server: &Server) -> String {
    let id = small_job(server);
    let job = server.wait_for(&id, "failed");
    job["error_message"].as_str().unwrap().to_owned()
}

#[test]
fn jobs_cannot_read_a_database_next_to_the_engine() {
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    fs::write(at.join("notes"), "somebody's").unwrap();
    let what = format!(
        "cat {at}/service-datamonkey.sqlite {at}/notes {at}/blobs/*/* 2>&1 | grep -c denied; ls {at} 2>&1 | grep -c denied",
        at = at.display()
    );
    let program = saying(at, &what);
    let data = at.to_str().unwrap();
    let server = Server::with(&[("HYPHY_PATH", &program), ("DATAMONKEY_DATA", data)]);
    if server.get_json("/health")["details"]["sandbox"] == "none" {
        return skipped("landlock", "this kernel has none");
    }
    assert!(at.join("service-datamonkey.sqlite").exists());
    // The shell does not expand the pattern in a folder that it cannot list.
    let message = said(&server);
    assert!(
        message.starts_with("2 1") || message.starts_with("3 1"),
        "{message}"
    );
}

#[test]
fn the_real_engine_works_next_to_the_database() {
    let command = engine_command();
    let library = command.last().unwrap().to_str().unwrap();
    let library = PathBuf::from(library.strip_prefix("LIBPATH=").unwrap());
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    let path = if command.len() > 2 {
        // With its own loader, as in a folder with unpacked packages.
        symlink(library.parent().unwrap().parent().unwrap(), at.join("usr")).unwrap();
        at.to_path_buf()
    } else {
        fs::copy(&command[0], at.join("hyphy")).unwrap();
        fs::create_dir(at.join("share")).unwrap();
        symlink(&library, at.join("share/hyphy")).unwrap();
        at.join("hyphy")
    };
    let settings = [
        ("HYPHY_PATH", path.to_str().unwrap()),
        ("DATAMONKEY_DATA", at.to_str().unwrap()),
    ];
    let server = Server::with(&settings);
    let said = server.get_json("/health")["details"]["engine_detail"].to_string();
    assert!(said.contains(at.to_str().unwrap()), "{said}");
    let id = small_job(&server);
    server.completed(&id);
}

#[test]
fn root_runs_jobs_as_another_user() {
    if !is_root() {
        return skipped("root", "the service is another user's");
    }
    let folder = TempDir::new().unwrap();
    let program = saying(folder.path(), "id -u; id -G");
    let runs_as = |settings: &[(&str, &str)]| {
        let all = [&[("HYPHY_PATH", program.as_str())], settings].concat();
        said(&Server::with(&all))
    };
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    assert_eq!(runs_as(&[("JOB_USER", "daemon")]), "1 1");
    assert_eq!(runs_as(&[("JOB_USER", "4242")]), "4242 4242");
    assert!(runs_as(&[("JOB_USER", "root")]).starts_with("0 "));
    let usual = Command::new("id").args(["-u", "hyphy"]).output().unwrap();
    let usual = match usual.status.success() {
        true => String::from_utf8(usual.stdout).unwrap().trim().to_owned(),
        false => "65534".to_owned(),
    };
    assert!(runs_as(&[]).starts_with(&format!("{usual} ")));

    // An engine that only root can read.
    fs::set_permissions(folder.path(), Permissions::from_mode(0o700)).unwrap();
    assert!(runs_as(&[]).starts_with("0 "));
    for (user, wrong) in [
        ("daemon", "jobs cannot run as that user"),
        ("no-such-user", "there is no user no-such-user"),
    ] {
        let data = TempDir::new().unwrap();
        let output = datamonkey()
            .arg("serve")
            .env("DATAMONKEY_DATA", data.path())
            .env("SERVICE_DATAMONKEY_PORT", "0")
            .env("HYPHY_PATH", &program)
            .env("JOB_USER", user)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && said.contains(wrong), "{said}");
    }
}

#[test]
fn the_real_engine_runs_as_nobody_on_private_data_of_root() {
    if !is_root() {
        return skipped("root", "the service is another user's");
    }
    let server = Server::with(&[("JOB_USER", "nobody")]);
    fs::set_permissions(server.data.path(), Permissions::from_mode(0o700)).unwrap();
    let id = small_job(&server);
    server.completed(&id);
    let long = long_job(&server, 3);
    let job = server.wait_for(&long, "running");
    assert_eq!(job["state"], "running", "{job}");
    let users = || -> Vec<u32> {
        let processes = server.processes().into_iter();
        let of = |process| fs::metadata(format!("/proc/{process}")).ok();
        processes.filter_map(of).map(|kind| kind.uid()).collect()
    };
    until("a process of nobody", || users().contains(&65_534));
    assert!(server.delete(&format!("/jobs/{long}")).is_success());
}
