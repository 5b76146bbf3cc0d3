//! The requests in each dialect whose form differs.
#![allow(clippy::unwrap_used)]

use std::time::Duration;

use super::*;
use crate::{Resources, slurm::JobOptions};

fn config() -> RestConfig {
    RestConfig {
        url: "http://c2:9200".to_owned(),
        api_path: None,
        submit_path: None,
        partition: "normal".to_owned(),
        key_path: "/jwt.key".into(),
        user: "slurm".to_owned(),
        token_lifetime: Duration::from_secs(600),
        options: JobOptions {
            account: Some("lab".to_owned()),
            ..JobOptions::default()
        },
        job_options: json!({"reservation": "course"})
            .as_object()
            .unwrap()
            .clone(),
    }
}

fn job() -> Submission {
    Submission {
        name: "dm-1".to_owned(),
        script: "#!/bin/sh\n".to_owned(),
        directory: "/shared/dm-1".to_owned(),
        output: "/shared/dm-1/slurm.out".to_owned(),
        comment: "job=5a1f request=r-1".to_owned(),
        resources: Resources {
            threads: 2,
            processes: 1,
            partition: Some("long".to_owned()),
            memory_bytes: Some(4 << 30),
            time_limit: Some(Duration::from_secs(3600)),
            readable: vec![],
        },
    }
}

#[test]
fn submissions_of_every_dialect() {
    for version in [37, 38, 39, 40, 45] {
        let body = Dialect(version).submission(&job(), &config());
        insta::assert_snapshot!(
            format!("submission_v0.0.{version}"),
            serde_json::to_string_pretty(&body).unwrap()
        );
    }
}

#[test]
fn the_newest_tested_dialect_is_chosen() {
    // 22.05 escapes the slashes.
    let offered = |versions: &[u32]| {
        let paths = versions
            .iter()
            .map(|v| format!(r#""\/slurm\/v0.0.{v}\/jobs":{{}}"#));
        let paths = paths.collect::<Vec<_>>().join(",");
        Dialect::best(&format!(r#"{{"openapi":"3.0.2","paths":{{{paths}}}}}"#))
    };
    assert_eq!(offered(&[36, 38, 37]), Some(Dialect(38)));
    assert_eq!(offered(&[42, 45, 46]), Some(Dialect(45)));
    assert_eq!(offered(&[47, 48]), Some(Dialect(48)));
    assert_eq!(Dialect::best("not a document"), None);
}
