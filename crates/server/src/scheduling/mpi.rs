//! The settings of MPI: `HYPHY_MPI_PATH`, `SLURM_MPI_LAUNCHER`, `SLURM_MPI_TYPE`, `SLURM_MPI_TASKS…`.

use std::{path::PathBuf, time::Duration};

use hyphy::{Analysis, Engine, engine::parse_version, methods};
use scheduler::{probe, slurm::Launcher};

use super::SchedulerConfig;
use crate::config::Reader;

/// How analyses that share their work among processes are started.
#[derive(Debug, Clone, Default)]
pub struct Mpi {
    /// HyPhy's MPI build, on this machine and on the nodes.
    pub program: Option<PathBuf>,
    /// What starts its processes.
    pub launcher: Launcher,
}

const TIMEOUT: Duration = Duration::from_secs(20);

pub(super) fn read<F: Fn(&str) -> Option<String>>(reader: &mut Reader<F>) -> Mpi {
    reader.one_of("SLURM_MPI_LAUNCHER", &["mpirun", "srun"]);
    let launcher = match reader.get("SLURM_MPI_LAUNCHER").as_deref() {
        Some("srun") => Launcher::Srun {
            mpi: reader.get("SLURM_MPI_TYPE"),
        },
        _ => Launcher::Mpirun,
    };
    Mpi {
        program: reader.path("HYPHY_MPI_PATH"),
        launcher,
    }
}

/// Processes of an analysis; one for those that have no use for more.
pub(super) fn tasks<F: Fn(&str) -> Option<String>>(
    reader: &mut Reader<F>,
    mpi: &Mpi,
    analysis: &Analysis,
    suffix: &str,
    usual: u32,
) -> u32 {
    let name = format!("SLURM_MPI_TASKS_{suffix}");
    let tasks = reader.at_least_1(&name, if analysis.mpi { usual } else { 1 });
    let mut problem = |text: String| {
        if !reader.problems.contains(&text) {
            reader.problems.push(text);
        }
    };
    if tasks > 1 && !analysis.mpi {
        let able: Vec<_> = methods::ALL
            .iter()
            .filter(|a| a.mpi)
            .map(|a| a.name)
            .collect();
        problem(format!(
            "{name} must be 1: {} does not use MPI. These do: {}.",
            analysis.name,
            able.join(", ")
        ));
    } else if tasks > 1 && mpi.program.is_none() {
        problem(
            "SLURM_MPI_TASKS asks for MPI, so HYPHY_MPI_PATH must name HyPhy's MPI build on the \
             nodes, such as /usr/lib/hyphy/bin/HYPHYMPI."
                .to_owned(),
        );
    }
    tasks
}

/// Proves that the MPI build is the engine's, whose arguments it is given.
///
/// # Errors
/// A sentence that says what to do.
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
    let said = probe::run(&command, TIMEOUT).await;
    let said = said.map_err(|why| anyhow::anyhow!("HYPHY_MPI_PATH cannot be used: {why}"))?;
    match parse_version(&said.text) {
        Some(version) if version == engine.version => Ok(()),
        Some(version) => anyhow::bail!(
            "HYPHY_MPI_PATH is HyPhy {version}, and the engine is {}: results would depend on \
             which of them ran. Name an MPI build of the same version, or set HYPHY_PATH to the \
             program that belongs to it.",
            engine.version
        ),
        None => anyhow::bail!(
            "HYPHY_MPI_PATH is {}, which does not say its version when it is run. Name HyPhy's MPI build, such as /usr/lib/hyphy/bin/HYPHYMPI.",
            program.display()
        ),
    }
}
