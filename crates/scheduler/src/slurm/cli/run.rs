//! Running Slurm's commands: argument vectors, locally or through ssh, with time limits and bounded
//! output.

use std::{ffi::OsStr, os::unix::process::CommandExt, process::Stdio, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    process::Command,
};

use super::CliConfig;
use crate::slurm::script::quote;

/// Maximum size of output that is read: about 500,000 jobs.
const MAX_OUTPUT: u64 = 64 << 20;
const MAX_ERRORS: u64 = 64 << 10;

/// Output of a command.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) code: Option<i32>,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

/// Why a command gave no answer.
#[derive(Debug)]
pub(super) enum RunError {
    /// It was not started.
    NotStarted(String),
    /// It was started and gave no answer in time.
    NoAnswer(String),
}

impl RunError {
    pub(super) fn said(self) -> String {
        match self {
            Self::NotStarted(why) | Self::NoAnswer(why) => why,
        }
    }
}

/// With this setting, Slurm prints times as seconds since 1970.
const TIME_FORMAT: (&str, &str) = ("SLURM_TIME_FORMAT", "%s");

/// Runs `program` with `arguments` and `input` as its standard input.
pub(super) async fn run(
    config: &CliConfig,
    program: &str,
    arguments: &[String],
    input: &str,
    timeout: Duration,
) -> Result<Said, RunError> {
    let mut command = build(config, program, arguments).map_err(RunError::NotStarted)?;
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|e| RunError::NotStarted(format!("{program} cannot be started: {e}")))?;
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let input = input.as_bytes().to_vec();
    let work = async {
        let write = async move {
            if let Some(mut stdin) = stdin {
                // A program that does not read its input reports the reason itself.
                stdin.write_all(&input).await.ok();
            }
        };
        let ((), stdout, stderr) =
            tokio::join!(write, read(stdout, MAX_OUTPUT), read(stderr, MAX_ERRORS));
        (child.wait().await, stdout, stderr)
    };
    match tokio::time::timeout(timeout, work).await {
        Ok((Ok(status), stdout, stderr)) => Ok(Said {
            code: status.code(),
            stdout,
            stderr,
        }),
        Ok((Err(e), ..)) => Err(RunError::NoAnswer(format!("{program}: {e}"))),
        Err(_) => Err(RunError::NoAnswer(format!(
            "{program} gave no answer within {} s",
            timeout.as_secs()
        ))),
    }
}

fn build(config: &CliConfig, program: &str, arguments: &[String]) -> Result<Command, String> {
    let mut command = match &config.host {
        None => {
            let mut command = std::process::Command::new(program);
            command.args(arguments).env_clear();
            if let Some(conf) = &config.slurm_conf {
                command.env("SLURM_CONF", conf);
            }
            if let Some((user, group)) = config.run_as()? {
                command.uid(user).gid(group);
            }
            command
                .env("PATH", &config.path)
                .env(TIME_FORMAT.0, TIME_FORMAT.1);
            command
        }
        Some(host) => {
            let mut command = std::process::Command::new("ssh");
            command.args(ssh_arguments(config, host, program, arguments)?);
            command
        }
    };
    command.current_dir("/");
    Ok(command.into())
}

/// The system's own client, with its keys and settings, in non-interactive mode.
fn ssh_arguments(
    config: &CliConfig,
    host: &str,
    program: &str,
    arguments: &[String],
) -> Result<Vec<String>, String> {
    let mut words: Vec<String> = ["-o", "BatchMode=yes", "-o", "ConnectTimeout=10"]
        .map(str::to_owned)
        .to_vec();
    if let Some(port) = config.port {
        words.extend(["-p".to_owned(), port.to_string()]);
    }
    if let Some(user) = &config.user {
        words.extend(["-l".to_owned(), user.clone()]);
    }
    words.extend(["--".to_owned(), host.to_owned()]);
    // ssh passes one line to the remote shell.
    let mut line = format!(
        "exec env {}={}",
        TIME_FORMAT.0,
        quote(OsStr::new(TIME_FORMAT.1))?
    );
    for word in std::iter::once(program).chain(arguments.iter().map(String::as_str)) {
        line.push(' ');
        line += &quote(OsStr::new(word))?;
    }
    words.push(line);
    Ok(words)
}

async fn read(pipe: Option<impl AsyncRead + Unpin>, limit: u64) -> String {
    let mut bytes = Vec::new();
    if let Some(pipe) = pipe
        && let Err(e) = pipe.take(limit).read_to_end(&mut bytes).await
    {
        tracing::debug!(error = %e, "failed to read the output of one of Slurm's commands");
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn ssh_receives_one_quoted_line() {
        let config = CliConfig {
            host: Some("login".to_owned()),
            user: Some("alice".to_owned()),
            port: Some(2222),
            ..CliConfig::default()
        };
        let arguments = ["-o".to_owned(), "%i|%j".to_owned()];
        let words = ssh_arguments(&config, "login", "squeue", &arguments).unwrap();
        assert_eq!(
            words.join(" "),
            "-o BatchMode=yes -o ConnectTimeout=10 -p 2222 -l alice -- login \
             exec env SLURM_TIME_FORMAT=%s squeue -o '%i|%j'"
        );
    }

    #[tokio::test]
    async fn a_hanging_command_is_killed() {
        let config = CliConfig {
            path: "/usr/bin:/bin".to_owned(),
            ..CliConfig::default()
        };
        let minute = ["60".to_owned()];
        let hang = run(&config, "sleep", &minute, "", Duration::from_millis(100));
        assert!(matches!(hang.await, Err(RunError::NoAnswer(_))));
    }
}
