//! Chooses the user that jobs run as on this machine (`JOB_USER`).

use std::{ffi::OsString, os::unix::fs::chown, path::Path, time::Duration};

use anyhow::bail;
use config::Config;
use hyphy::{Engine, engine::parse_version};
use scheduler::{
    probe,
    sandbox::{JobUser, Mode},
};
use tempfile::TempDir;

/// The default users for jobs. The first one that exists is used.
const DEFAULT_USERS: [&str; 2] = ["hyphy", "nobody"];
const TIMEOUT: Duration = Duration::from_secs(20);

/// Returns the user that jobs run as; `None` means the service's own user.
///
/// # Errors
/// Fails if jobs cannot run as the user that `JOB_USER` names. The message says what to do.
pub(super) async fn choose(
    config: &Config,
    attempts: &Path,
    sandbox: Mode,
    engine: Option<&Engine>,
) -> anyhow::Result<Option<JobUser>> {
    let named = config.jobs.user.as_deref();
    let find = |name: &str| {
        JobUser::find(name).map_err(|why| anyhow::anyhow!("JOB_USER is invalid: {why}."))
    };
    let current = JobUser::current();
    if current.uid() != 0 {
        if let Some(name) = named
            && find(name)?.uid() != current.uid()
        {
            bail!(
                "JOB_USER is {name}, but only a service that runs as root can run jobs as another \
                 user. Run the service as root, or unset JOB_USER."
            );
        }
        return Ok(None);
    }
    let (name, user) = match named {
        Some(name) => (name, find(name)?),
        None => match DEFAULT_USERS
            .iter()
            .find_map(|name| Some((*name, find(name).ok()?)))
        {
            Some(found) => found,
            None => return Ok(None),
        },
    };
    if user.uid() == 0 {
        return Ok(None);
    }
    match try_engine(config, attempts, sandbox, engine, user).await {
        Ok(()) => {
            tracing::info!("jobs run as user {name} ({user})");
            Ok(Some(user))
        }
        Err(why) if named.is_some() => bail!(
            "JOB_USER is {name}, but jobs cannot run as that user: {why}. {name} must be able to \
             read the engine and all folders above it."
        ),
        Err(why) => {
            tracing::warn!(
                "jobs run as root, because user {name} cannot run them: {why}. Make the engine \
                 readable for {name}, or set JOB_USER to another user (JOB_USER=root silences \
                 this warning)"
            );
            Ok(None)
        }
    }
}

/// Runs the engine in the same way as jobs: as the user, confined, and in a folder next to theirs.
async fn try_engine(
    config: &Config,
    attempts: &Path,
    sandbox: Mode,
    engine: Option<&Engine>,
    user: JobUser,
) -> Result<(), String> {
    let folder = TempDir::new_in(attempts).map_err(|e| e.to_string())?;
    let (uid, gid) = (Some(user.uid()), Some(user.gid()));
    chown(folder.path(), uid, gid).map_err(|e| {
        format!(
            "cannot change the owner of {}: {e}",
            folder.path().display()
        )
    })?;
    let mut command: Vec<OsString> = vec![config.jobs.supervisor.clone().into()];
    command.extend(["confine", "--sandbox", sandbox.word(), "--user"].map(OsString::from));
    command.push(user.to_string().into());
    let readable = engine.map(|engine| engine.candidate.readable.as_slice());
    for path in readable.unwrap_or_default() {
        command.extend(["--readable".into(), path.clone().into()]);
    }
    command.push("--".into());
    match engine {
        Some(engine) => command.extend(engine.candidate.version_command()),
        None => command.push("/bin/true".into()),
    }
    let output = probe::run_in(folder.path(), &command, TIMEOUT).await?;
    let is_usable = match engine {
        Some(_) => parse_version(&output.text).is_some(),
        None => output.success,
    };
    if is_usable {
        return Ok(());
    }
    let last_line = output.text.trim().lines().last().unwrap_or_default();
    Err(if last_line.is_empty() {
        "the engine does not start".to_owned()
    } else {
        last_line.trim_end_matches('.').to_owned()
    })
}
