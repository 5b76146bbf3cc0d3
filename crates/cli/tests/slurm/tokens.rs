//! Tokens that a real slurmrestd accepts and rejects.

use std::{fs, path::Path, time::Duration};

use scheduler::{
    AttemptDir, SubmitError,
    slurm::{RestConfig, Slurm},
};

use crate::{
    cluster::{Cluster, open_folder},
    contract::{ended, healthy, running, submit, task},
    faults::DAEMONS,
};

#[tokio::test(flavor = "multi_thread")]
async fn jobs_outlive_tokens_and_keys() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let folder = open_folder();
    let at = folder.path();
    let rest = RestConfig {
        token_lifetime: Duration::from_secs(5),
        ..cluster.rest_config("normal")
    };
    let key = rest.key_path.clone();
    let scheduler: std::sync::Arc<dyn scheduler::Scheduler> =
        std::sync::Arc::new(Slurm::rest(rest, cluster.config(at)).unwrap());

    eprintln!("a job is longer than the life of a token");
    let long = submit(&scheduler, &task(at, "long", "sleep 11; exit 3")).await;
    running(&scheduler, &long).await;
    let record = AttemptDir::new(&long.directory);
    while record.read_exit().is_none() {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let health = scheduler.health().await;
        assert!(health.usable, "{}", health.detail);
    }
    assert_eq!(ended(&scheduler, &long).await.code, Some(3));

    eprintln!("the key cannot be read, and the token expires");
    let through = submit(&scheduler, &task(at, "through", "sleep 20; exit 4")).await;
    running(&scheduler, &through).await;
    let aside = key.with_extension("aside");
    fs::rename(&key, &aside).unwrap();
    let said = healthy(&scheduler, false).await;
    assert!(said.contains("rejects the service's tokens"), "{said}");
    let refused = task(at, "refused", "exit 6");
    match scheduler.submit(&refused).await {
        Err(SubmitError::Unavailable(why)) => assert!(why.contains("tokens"), "{why}"),
        other => panic!("{other:?}"),
    }
    fs::rename(&aside, &key).unwrap();
    // The service may not have noticed the new key yet. In that case the request is sent twice, and
    // carried out once.
    let again = submit(&scheduler, &refused).await;
    healthy(&scheduler, true).await;
    assert_eq!(ended(&scheduler, &again).await.code, Some(6));

    eprintln!("the cluster's key is replaced");
    cluster.stop(&DAEMONS);
    replace(&key);
    cluster.bring_back();
    healthy(&scheduler, true).await;
    assert_eq!(ended(&scheduler, &through).await.code, Some(4));
    let new = submit(&scheduler, &task(at, "new", "exit 5")).await;
    assert_eq!(ended(&scheduler, &new).await.code, Some(5));
}

/// Replaces the content of a file, and keeps its owner and mode.
fn replace(key: &Path) {
    let mut bytes = fs::read(key).unwrap();
    for byte in &mut bytes {
        *byte ^= 0x5a;
    }
    fs::write(key, bytes).unwrap();
}
