//! The user that commands run as if the supervisor is root.

use std::{
    fmt,
    fs::{self, Permissions},
    io,
    os::unix::fs::{MetadataExt, PermissionsExt, lchown},
    path::Path,
    str::FromStr,
};

use rustix::{
    process::{Gid, Uid},
    thread::{set_thread_groups, set_thread_res_gid, set_thread_res_uid},
};

/// A user and its group, by id. Written as `1000:1000`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobUser {
    uid: u32,
    gid: u32,
}

impl JobUser {
    /// Finds the user with this name or id, and its own group.
    ///
    /// # Errors
    /// A sentence, if there is no such user.
    pub fn find(name: &str) -> Result<Self, String> {
        let user = match name.parse() {
            Ok(uid) => uzers::get_user_by_uid(uid),
            Err(_) => uzers::get_user_by_name(name),
        };
        match (user, name.parse()) {
            (Some(user), _) => Ok(Self {
                uid: user.uid(),
                gid: user.primary_group_id(),
            }),
            // A container may have no names for its users.
            (None, Ok(uid)) => Ok(Self { uid, gid: uid }),
            (None, Err(_)) => Err(format!("there is no user {name} on this machine")),
        }
    }

    /// The user that this process runs as.
    #[must_use]
    pub fn current() -> Self {
        Self {
            uid: rustix::process::geteuid().as_raw(),
            gid: rustix::process::getegid().as_raw(),
        }
    }

    /// The group id.
    #[must_use]
    pub fn gid(self) -> u32 {
        self.gid
    }

    /// The user id.
    #[must_use]
    pub fn uid(self) -> u32 {
        self.uid
    }

    /// Makes this process run as this user, irreversibly. The process must have a single thread.
    pub(super) fn become_it(self) -> io::Result<()> {
        let (uid, gid) = (Uid::from_raw(self.uid), Gid::from_raw(self.gid));
        set_thread_groups(&[])?;
        set_thread_res_gid(gid, gid, gid)?;
        set_thread_res_uid(uid, uid, uid)?;
        Ok(())
    }
}

/// Removes all access to a folder and its content, except for its owner. The owner may change to
/// another user.
pub(super) fn make_private(path: &Path, owner: Option<JobUser>) -> io::Result<()> {
    let kind = fs::symlink_metadata(path)?;
    if kind.is_symlink() {
        return Ok(());
    }
    let mode = if kind.is_dir() { 0o700 } else { 0o600 };
    if kind.permissions().mode() & 0o7777 != mode {
        // Some shared file systems have no file modes. Their folders are protected as far as
        // possible.
        fs::set_permissions(path, Permissions::from_mode(mode)).ok();
    }
    if let Some(JobUser { uid, gid }) = owner
        && (kind.uid(), kind.gid()) != (uid, gid)
    {
        lchown(path, Some(uid), Some(gid))?;
    }
    if kind.is_dir() {
        for entry in fs::read_dir(path)? {
            make_private(&entry?.path(), owner)?;
        }
    }
    Ok(())
}

impl fmt::Display for JobUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.uid, self.gid)
    }
}

impl FromStr for JobUser {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers = text.split_once(':').and_then(|(uid, gid)| {
            Some(Self {
                uid: uid.parse().ok()?,
                gid: gid.parse().ok()?,
            })
        });
        numbers.ok_or_else(|| "a user id and a group id, such as 1000:1000".to_owned())
    }
}
