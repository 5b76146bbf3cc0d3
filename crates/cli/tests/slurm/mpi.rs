//! FEL with HyPhy's MPI build, with processes on both nodes of a real cluster.

use std::{fs, path::Path, thread};

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::{
    cluster::{Cluster, open_folder},
    patience::Patience,
    support::{Server, long_job, small},
};

/// Both builds have the same version; see `dev/slurm/install`.
const PLAIN: &str = "/usr/lib/hyphy/bin/hyphy";
const MPI: &str = "/usr/lib/hyphy/bin/HYPHYMPI";

/// Returns the table of sites of a FEL analysis of the small data, which ran at this level of
/// confinement.
fn sites(server: &Server, sandbox: &str) -> Vec<f64> {
    let (fasta, newick) = small();
    let body = json!({"alignment": server.upload(fasta), "tree": server.upload(newick)});
    let id = server.start_job("fel", &body);
    server.completed(&id);
    assert_eq!(server.get_json(&format!("/jobs/{id}"))["sandbox"], sandbox);
    let result: Value = serde_json::from_str(&server.result(&id)).unwrap();
    let rows = result["MLE"]["content"]["0"].as_array().unwrap();
    let numbers = rows.iter().flat_map(|row| row.as_array().unwrap());
    numbers.map(|number| number.as_f64().unwrap()).collect()
}

/// Returns the MPI processes that work in this folder.
fn processes(base: &Path) -> usize {
    let all = fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let ours = all.filter(|process| {
        let at = |name| fs::read_link(process.path().join(name)).unwrap_or_default();
        at("exe") == Path::new(MPI) && at("cwd").starts_with(base)
    });
    ours.count()
}

/// Waits until this number of MPI processes works in this folder. If that never happens, reports
/// the state of the job.
fn until(wanted: impl Fn(usize) -> bool, base: &Path, server: &Server, job: &str) {
    let mut patience = Patience::new("another number of MPI processes");
    loop {
        let now = processes(base);
        if wanted(now) {
            return;
        }
        // The job may be gone.
        let log = server.get(&format!("/jobs/{job}/log")).text().unwrap();
        thread::sleep(patience.pause(format!("{now} MPI processes; {log}")));
    }
}

#[test]
fn fel_with_mpi_has_the_same_numbers_and_can_be_cancelled() {
    let Some(mut cluster) = Cluster::start() else {
        return;
    };
    let local = Server::with(&[("HYPHY_PATH", PLAIN)]);
    let expected = sites(&local, "full");
    assert!(expected.iter().any(|number| *number > 0.0));
    for (name, value) in [
        ("HYPHY_PATH", PLAIN),
        ("HYPHY_MPI_PATH", MPI),
        ("SLURM_MPI_TASKS", "3"),
        ("SLURM_MEMORY_MB", "900"),
    ] {
        cluster.settings.insert(name.to_owned(), value.to_owned());
    }
    for kind in ["SlurmRestScheduler", "SlurmScheduler"] {
        runs_and_is_cancelled(&cluster, kind, &expected);
    }
    // Two nodes on one machine interfere with each other's PMIx, so all processes run on one node.
    for (name, value) in [
        ("SLURM_MPI_LAUNCHER", "srun"),
        ("SLURM_MPI_TYPE", "pmix"),
        ("SLURM_SBATCH_OPTIONS", "--nodes=1 --overcommit"),
    ] {
        cluster.settings.insert(name.to_owned(), value.to_owned());
    }
    runs_and_is_cancelled(&cluster, "SlurmScheduler", &expected);
}

fn runs_and_is_cancelled(cluster: &Cluster, kind: &str, expected: &[f64]) {
    let folder = open_folder();
    let server = crate::end_to_end::serve(cluster, kind, folder.path());
    let found = sites(&server, "partial");
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        let near = (found - expected).abs() <= 1e-5 * expected.abs().max(1.0);
        assert!(near, "{kind}: {found} and {expected}");
    }
    let long = long_job(&server, 4);
    until(|running| running >= 3, folder.path(), &server, &long);
    assert_eq!(
        server.delete(&format!("/jobs/{long}")),
        StatusCode::NO_CONTENT
    );
    until(|running| running == 0, folder.path(), &server, &long);
}
