//! Chooses the user that jobs run as on this machine (`JOB_USER`).

use std::{
    ffi::OsString,
    os::unix::fs::chown,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::bail;
use config::Config;
use hyphy::{Engine, engine::parse_version};
use scheduler::{
    probe::{self, Output},
    sandbox::{JobUser, Mode},
};
use tempfile::TempDir;

use crate::native_engine::{CurrentNativeEngine, NativeEngine};

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

/// Returns the native engine, if jobs can run it as this user.
pub(super) async fn native(
    config: &Config,
    attempts: &Path,
    sandbox: Mode,
    user: Option<JobUser>,
) -> CurrentNativeEngine {
    let native = NativeEngine::find(config)?;
    if let Some(user) = user {
        let command = [native.program.clone().into(), "--version".into()];
        let (readable, command) = (native.readable.as_slice(), command.to_vec());
        let tried = run_as_job(config, attempts, sandbox, user, readable, command).await;
        if let Err(why) = tried.and_then(|output| usable(output.success, &output)) {
            let program = native.program.display();
            let why = format!(
                "The native engine cannot run, because the user of jobs ({user}) cannot start \
                 {program}: {why}. Make it readable for that user."
            );
            tracing::warn!("{why}");
            return Err(why);
        }
    }
    Ok(Arc::new(native))
}

/// Runs the engine in the same way as jobs.
async fn try_engine(
    config: &Config,
    attempts: &Path,
    sandbox: Mode,
    engine: Option<&Engine>,
    user: JobUser,
) -> Result<(), String> {
    let (readable, command) = match engine {
        Some(engine) => (
            engine.candidate.readable.as_slice(),
            engine.candidate.version_command(),
        ),
        None => (&[][..], vec!["/bin/true".into()]),
    };
    let output = run_as_job(config, attempts, sandbox, user, readable, command).await?;
    let works = match engine {
        Some(_) => parse_version(&output.text).is_some(),
        None => output.success,
    };
    usable(works, &output)
}

/// Runs a command in the same way as jobs: as the user, confined, and in a folder next to theirs.
async fn run_as_job(
    config: &Config,
    attempts: &Path,
    sandbox: Mode,
    user: JobUser,
    readable: &[PathBuf],
    of_engine: Vec<OsString>,
) -> Result<Output, String> {
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
    for path in readable {
        command.extend(["--readable".into(), path.clone().into()]);
    }
    command.push("--".into());
    command.extend(of_engine);
    probe::run_in(folder.path(), &command, TIMEOUT).await
}

/// # Errors
/// The engine did not work: its last words.
fn usable(works: bool, output: &Output) -> Result<(), String> {
    if works {
        return Ok(());
    }
    let last_line = output.text.trim().lines().last().unwrap_or_default();
    Err(if last_line.is_empty() {
        "the engine does not start".to_owned()
    } else {
        last_line.trim_end_matches('.').to_owned()
    })
}
