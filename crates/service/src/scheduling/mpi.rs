//! Verifies HyPhy's MPI build.

use std::time::Duration;

use config::SchedulerConfig;
use hyphy::{Engine, engine::parse_version};
use scheduler::probe;

const TIMEOUT: Duration = Duration::from_secs(20);

/// Verifies that the MPI build has the engine's version. It receives the same arguments as the
/// engine.
///
/// # Errors
/// Fails with a message that says what to do.
pub(crate) async fn check(scheduler: &SchedulerConfig, engine: &Engine) -> anyhow::Result<()> {
    let SchedulerConfig::Slurm(settings) = scheduler else {
        return Ok(());
    };
    let Some(program) = settings
        .mpi
        .program
        .as_ref()
        .filter(|_| settings.uses_mpi())
    else {
        return Ok(());
    };
    let command = engine.candidate.with_mpi(program).version_command();
    let output = probe::run(&command, TIMEOUT).await;
    let output = output.map_err(|why| anyhow::anyhow!("HYPHY_MPI_PATH is unusable: {why}"))?;
    match parse_version(&output.text) {
        Some(version) if version == engine.version => Ok(()),
        Some(version) => anyhow::bail!(
            "HYPHY_MPI_PATH is HyPhy {version}, but the engine is {}. Results would depend on \
             which of the two ran. Use an MPI build of the engine's version, or set HYPHY_PATH to \
             the program that belongs to the MPI build.",
            engine.version
        ),
        None => anyhow::bail!(
            "HYPHY_MPI_PATH is {}, which does not print its version when it is run. Set it to \
             HyPhy's MPI build, such as /usr/lib/hyphy/bin/HYPHYMPI.",
            program.display()
        ),
    }
}
