//! The ownership of an attempt's directory.

use std::{
    fs, io,
    os::unix::fs::{MetadataExt, lchown},
    path::Path,
};

/// Gives a directory and its content to the user, which only root can do. Any other caller must
/// already be that user.
///
/// # Errors
/// A sentence with the remedy.
pub(crate) fn give(directory: &Path, user: &str) -> Result<(), String> {
    let Some(wanted) = uzers::get_user_by_name(user) else {
        return Err(format!(
            "jobs run as user {user} on the cluster, and this machine has no such user. Create it \
             with the same user id, or name another (SLURM_JWT_USERNAME, or SLURM_CLI_USER for \
             the command line)"
        ));
    };
    let ours = uzers::get_effective_uid();
    if ours == wanted.uid() {
        return Ok(());
    }
    if ours != 0 {
        return Err(format!(
            "jobs run as user {user} on the cluster, which could not write into folders of this \
             service. Run the service as {user}, or name its own user (SLURM_JWT_USERNAME, or \
             SLURM_CLI_USER for the command line)"
        ));
    }
    hand_over(directory, wanted.uid(), wanted.primary_group_id())
        .map_err(|e| format!("cannot give {} to user {user}: {e}", directory.display()))
}

fn hand_over(path: &Path, user: u32, group: u32) -> io::Result<()> {
    let kind = fs::symlink_metadata(path)?;
    if kind.uid() != user || kind.gid() != group {
        lchown(path, Some(user), Some(group))?;
    }
    if kind.is_dir() {
        for entry in fs::read_dir(path)? {
            hand_over(&entry?.path(), user, group)?;
        }
    }
    Ok(())
}
