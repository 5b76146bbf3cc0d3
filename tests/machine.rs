//! What a test can do on this machine, or not.

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

use crate::skipped::skipped;

pub fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout == b"0\n"
}

/// A small file system in memory, which only root can mount.
pub struct Disk(TempDir);

impl Disk {
    /// `None` where nothing can be mounted.
    pub fn mount(megabytes: u32) -> Option<Self> {
        let folder = TempDir::new().unwrap();
        let options = format!("size={megabytes}m,mode=755");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &options, "tmpfs"])
            .arg(folder.path())
            .output();
        if !mounted.is_ok_and(|output| output.status.success()) {
            skipped("mount", "no file system can be mounted here");
            return None;
        }
        Some(Self(folder))
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    fn filler(&self) -> PathBuf {
        self.path().join("filler")
    }

    /// Leaves no room at all. Returns whether there was none before.
    pub fn fill(&self) -> bool {
        let mut file = (File::options().create(true).append(true))
            .open(self.filler())
            .unwrap();
        let before = file.metadata().unwrap().len();
        let mut piece = vec![0; 1 << 16];
        while !piece.is_empty() {
            if file.write_all(&piece).is_err() {
                piece.truncate(piece.len() / 2);
            }
        }
        file.write_all(&[0]).unwrap_err();
        file.metadata().unwrap().len() == before
    }

    pub fn make_room(&self) {
        fs::remove_file(self.filler()).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg("-l").arg(self.path()).status();
        let unmounted = unmounted.is_ok_and(|status| status.success());
        assert!(unmounted || std::thread::panicking());
    }
}
