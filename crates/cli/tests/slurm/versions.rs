//! The contract over the REST API of other releases of Slurm: make test-slurm-versions.

use std::path::Path;

use crate::{
    cluster::Cluster,
    contract::{cluster_contract, contract, healthy},
};

/// Every dialect that a release offers keeps the contract, and the scheduler chooses the newest.
async fn keeps_the_contract(suite: &'static str, release: &str, dialects: &[u32]) {
    let Some(cluster) = Cluster::release(suite) else {
        return;
    };
    let at = cluster.shared();
    let newest = cluster.rest(at, "normal");
    let said = healthy(&newest, true).await;
    let expected = format!("Slurm {release}");
    assert!(said.starts_with(&expected), "{said}");
    let last = dialects.last().unwrap();
    assert!(said.contains(&format!("by REST v0.0.{last} at")), "{said}");
    drop(newest);
    for dialect in dialects {
        let kind = format!("{suite}-v{dialect}");
        let version = format!("v0.0.{dialect}");
        let make =
            |attempts: &Path, partition: &str| cluster.dialect(&version, attempts, partition);
        contract(&kind, at, &make).await;
        cluster_contract(&kind, at, &make).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "unpacks another Debian release; make test-slurm-versions"]
async fn slurm_24_11_keeps_the_contract() {
    keeps_the_contract("trixie", "24.11", &[40, 41, 42]).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "unpacks another Debian release; make test-slurm-versions"]
async fn slurm_of_sid_keeps_the_contract() {
    keeps_the_contract("sid", "2", &[42, 43, 44, 45]).await;
}
