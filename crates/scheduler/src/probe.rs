//! Running a program to its end and reading its output, for example to get its version.

use std::{ffi::OsString, path::Path, process::Stdio, time::Duration};

use tokio::{io::AsyncReadExt, process::Command};

/// Output of a probed program: stdout and stderr, at most 1 MiB each.
#[derive(Debug, Clone)]
pub struct Output {
    /// It exited with code 0.
    pub success: bool,
    /// Its output, stdout first.
    pub text: String,
}

const MAX_OUTPUT: u64 = 1 << 20;

/// Runs `command` with a clean environment and no input.
///
/// # Errors
/// A sentence: the command cannot be started, or it did not end within `timeout` and was killed.
pub async fn run(command: &[OsString], timeout: Duration) -> Result<Output, String> {
    run_in(Path::new("."), command, timeout).await
}

/// Runs `command` in a folder.
///
/// # Errors
/// As [`run`].
pub async fn run_in(
    folder: &Path,
    command: &[OsString],
    timeout: Duration,
) -> Result<Output, String> {
    let Some((program, arguments)) = command.split_first() else {
        return Err("there is no program to run".to_owned());
    };
    let shown = program.to_string_lossy();
    let mut child = Command::new(program)
        .args(arguments)
        .env_clear()
        .env("PATH", crate::PATH)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|e| format!("{shown} cannot be started: {e}"))?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let done = tokio::time::timeout(timeout, async {
        let (out, err) = tokio::join!(read(stdout), read(stderr));
        (child.wait().await, out + &err)
    });
    match done.await {
        Ok((Ok(status), text)) => Ok(Output {
            success: status.success(),
            text,
        }),
        Ok((Err(e), _)) => Err(format!("cannot wait for {shown}: {e}")),
        Err(_) => Err(format!(
            "{shown} gave no answer within {} s",
            timeout.as_secs()
        )),
    }
}

async fn read(pipe: Option<impl tokio::io::AsyncRead + Unpin>) -> String {
    let mut bytes = Vec::new();
    if let Some(pipe) = pipe {
        // The output before a read error is still worth showing.
        if let Err(e) = pipe.take(MAX_OUTPUT).read_to_end(&mut bytes).await {
            tracing::debug!(error = %e, "failed to read the output of a program that was tried");
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
