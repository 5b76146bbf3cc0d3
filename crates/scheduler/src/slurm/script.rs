//! The job script, a pure function of the task.
//!
//! Architecture invariant: only [`quote`] quotes for a shell.

use std::{
    ffi::{OsStr, OsString},
    fmt::Write,
    path::Path,
};

use super::launcher::Launcher;
use crate::{
    AttemptDir, PATH, Task,
    local::supervisor_arguments,
    sandbox::{ALREADY_TAKEN, CLAIM_EVERY, Mode},
};

/// How the script runs its command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrapper {
    /// The `datamonkey` program on the nodes.
    pub program: std::path::PathBuf,
    /// Confinement of the command.
    pub sandbox: Mode,
}

const TAKEN: &str = AttemptDir::TAKEN;
/// Exit code of a script whose attempt was abandoned: its directory is gone.
const GIVEN_UP: i32 = 76;
/// Size limit of a file from a command that runs without the wrapper, in blocks of 512 bytes: 256
/// MiB.
const MAX_FILE_BLOCKS: u32 = 524_288;

/// The script that Slurm runs for a task. It ends with an exit record in the attempt's directory,
/// which is sufficient to settle the job.
///
/// # Errors
/// A path or an argument is not UTF-8 or contains a NUL, which Slurm does not support.
pub(crate) fn script(
    task: &Task,
    wrapper: Option<&Wrapper>,
    launcher: &Launcher,
) -> Result<String, String> {
    let directory = quote(task.directory.as_os_str())?;
    let mut text = format!(
        "#!/bin/sh\n\
         # Attempt {name} of service-datamonkey.\n\
         umask 077\n\
         # The service removes the directory of an attempt that it gave up: nothing runs twice.\n\
         cd {directory} || exit {GIVEN_UP}\n\
         # Slurm runs the job again from its beginning when its node failed or it was preempted.\n\
         # What the run before left counts only if that was a success.\n\
         if [ \"${{SLURM_RESTART_COUNT:-0}}\" -gt 0 ] && ! grep -q '\"code\":0,' exit.json 2>/dev/null; then\n\
         \x20   rm -rf exit.json owner.json lock log progress level {TAKEN}\n\
         fi\n",
        name = task.name,
    );
    // The MPI launcher communicates with Slurm, so only the processes are confined.
    match wrapper.filter(|_| task.resources.processes == 1) {
        Some(wrapper) => {
            let mut words = vec![quote(wrapper.program.as_os_str())?];
            // Slurm limits the memory in use. A limit on the address space would be reached much
            // earlier.
            let mut task = task.clone();
            task.resources.memory_bytes = None;
            for argument in supervisor_arguments(&task, wrapper.sandbox) {
                words.push(quote(&argument)?);
            }
            let environment = format!("env -i PATH={PATH}");
            writeln!(text, "exec {environment} {}", words.join(" ")).ok();
        }
        None => plain(&mut text, task, wrapper, launcher)?,
    }
    Ok(text)
}

/// Without the supervisor, the shell creates the same files. There is no terminal, so progress
/// comes from the log alone. There is no confinement except Slurm's, and that of each MPI process
/// if there is a wrapper.
fn plain(
    text: &mut String,
    task: &Task,
    wrapper: Option<&Wrapper>,
    launcher: &Launcher,
) -> Result<(), String> {
    let run = quote(task.directory.join("run").as_os_str())?;
    let mpi = task.resources.processes > 1;
    let mut start = Vec::new();
    if mpi {
        start = launcher.words(&task.resources);
        if let Some(wrapper) = wrapper {
            start.push(wrapper.program.clone().into_os_string());
            start.extend(mpi_arguments(task, wrapper.sandbox));
        }
    }
    let mut words = Vec::new();
    for argument in start.iter().chain(&task.command) {
        words.push(quote(argument)?);
    }
    let environment = if mpi {
        // The launcher gets the nodes from Slurm's variables. The submission excluded all others.
        // Open MPI creates sockets in TMPDIR, so the path must be short. Its processes may not read
        // one another's memory.
        format!(
            "env LANG=C.UTF-8 HOME={run} TMPDIR=/tmp OMPI_MCA_btl_vader_single_copy_mechanism=none"
        )
    } else {
        format!("env -i PATH={PATH} LANG=C.UTF-8 HOME={run} TMPDIR={run}")
    };
    let limit = task.resources.time_limit.map_or(String::new(), |limit| {
        format!("timeout -k 5 {} ", limit.as_secs().max(1))
    });
    let command = words.join(" ");
    write!(
        text,
        "mkdir {TAKEN} 2>/dev/null && [ ! -e exit.json ] || exit {ALREADY_TAKEN}\n\
         # Another run of this script may take the attempt over, while this one is cut off from Slurm.\n\
         mine={TAKEN}/$(uname -n)-$$\n\
         : >$mine || exit {GIVEN_UP}\n\
         now() {{ date -u +%Y-%m-%dT%H:%M:%SZ; }}\n\
         started=$(now) cancelled=false timed_out=false\n\
         cd run || exit {GIVEN_UP}\n\
         ulimit -c 0\n\
         ulimit -f {MAX_FILE_BLOCKS}\n\
         setsid {environment} {limit}{command} </dev/null >../log 2>&1 &\n\
         child=$!\n\
         (trap 'kill $nap; exit' TERM\n\
         \x20   while [ -e ../$mine ]; do sleep {CLAIM_EVERY} & nap=$!; wait $nap; done\n\
         \x20   kill -KILL -$child) 2>/dev/null &\n\
         watch=$!\n\
         trap 'cancelled=true; kill -TERM -$child 2>/dev/null' TERM\n\
         wait $child; code=$?\n\
         while kill -0 $child 2>/dev/null; do wait $child; code=$?; done\n\
         # Whatever it started goes with it.\n\
         kill -KILL -$child 2>/dev/null; kill $watch 2>/dev/null\n\
         [ -e ../$mine ] || exit {ALREADY_TAKEN}\n\
         signal=null\n\
         if [ $code = 124 ] && {limited}; then timed_out=true; fi\n\
         if [ $code -gt 128 ]; then signal=$((code - 128)) code=null; fi\n\
         printf '{{\"code\":%s,\"signal\":%s,\"timed_out\":%s,\"cancelled\":%s,\"started\":\"%s\",\"ended\":\"%s\"}}' \\\n\
         \x20   $code $signal $timed_out $cancelled $started \"$(now)\" >../exit.new && mv ../exit.new ../exit.json\n",
        CLAIM_EVERY = CLAIM_EVERY.as_secs(),
        limited = task.resources.time_limit.is_some(),
    )
    .ok();
    Ok(())
}

/// The words that confine a process of an MPI job. The command follows.
fn mpi_arguments(task: &Task, sandbox: Mode) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = ["confine", "--mpi", "--sandbox", sandbox.word()]
        .map(Into::into)
        .to_vec();
    for path in &task.resources.readable {
        arguments.extend(["--readable".into(), path.clone().into()]);
    }
    let level = AttemptDir::new(&task.directory).level();
    arguments.extend(["--level-file".into(), level.into(), "--".into()]);
    arguments
}

/// Quotes a word for a POSIX shell. Between single quotes, only the quote itself is special.
///
/// # Errors
/// The word is not UTF-8 or contains a NUL.
pub(crate) fn quote(word: &OsStr) -> Result<String, String> {
    let text = word.to_str().filter(|text| !text.contains('\0'));
    let text = text.ok_or_else(|| {
        format!(
            "\"{}\" cannot be written into a job script: it must be UTF-8 without NUL",
            Path::new(word).display()
        )
    })?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./=:,@%+".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return Ok(text.to_owned());
    }
    Ok(format!("'{}'", text.replace('\'', r"'\''")))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::{os::unix::ffi::OsStrExt, process::Command, time::Duration};

    use super::*;
    use crate::Resources;

    fn task() -> Task {
        Task {
            name: "dm-1".to_owned(),
            comment: String::new(),
            directory: "/shared/at tempts/dm-1".into(),
            command: [
                "/usr/bin/hyphy",
                "LIBPATH=/usr/share/hyphy",
                "fel",
                "it's $HOME; `x`",
            ]
            .map(Into::into)
            .to_vec(),
            resources: Resources {
                threads: 2,
                processes: 1,
                partition: None,
                memory_bytes: Some(1 << 30),
                time_limit: Some(Duration::from_secs(3600)),
                readable: vec!["/engine".into()],
            },
        }
    }

    #[test]
    fn the_script_with_the_wrapper() {
        let wrapper = Wrapper {
            program: "/opt/data monkey".into(),
            sandbox: Mode::Required,
        };
        insta::assert_snapshot!(script(&task(), Some(&wrapper), &Launcher::Mpirun).unwrap());
    }

    #[test]
    fn the_script_without_the_wrapper() {
        insta::assert_snapshot!(script(&task(), None, &Launcher::Mpirun).unwrap());
    }

    #[test]
    fn the_scripts_of_mpi_jobs() {
        let wrapper = Wrapper {
            program: "/opt/datamonkey".into(),
            sandbox: Mode::BestEffort,
        };
        let mut task = task();
        task.resources.processes = 8;
        let srun = Launcher::Srun {
            mpi: Some("pmix".to_owned()),
        };
        for (name, launcher) in [("mpirun", Launcher::Mpirun), ("srun", srun)] {
            let text = script(&task, Some(&wrapper), &launcher).unwrap();
            insta::assert_snapshot!(format!("the_script_of_{name}"), text);
        }
    }

    #[test]
    fn a_shell_reads_a_quoted_word_unchanged() {
        for word in [
            "", "a b", "it's", "$(id)", "`id`", "\"", "\\", "a\nb", "é*?[", "-n", "~", "!x",
        ] {
            let quoted = quote(OsStr::new(word)).unwrap();
            let done = Command::new("/bin/sh")
                .args(["-c", &format!("printf %s {quoted}")])
                .output()
                .unwrap();
            assert_eq!(String::from_utf8(done.stdout).unwrap(), word);
        }
    }

    #[test]
    fn words_that_slurm_does_not_support_are_rejected() {
        assert!(quote(OsStr::from_bytes(b"a\xff")).is_err());
        assert!(quote(OsStr::new("a\0b")).is_err());
    }
}
