//! Compares what a client was promised with what the service returns once everything is quiet.

use std::collections::{BTreeMap, HashMap};

use reqwest::Method;
use serde_json::Value;

use crate::{
    client::{Client, Known},
    engine::{self, Manner},
    faults::{Fault, Faults},
    plan::{Start, content},
};

const FINAL: [&str; 3] = ["completed", "failed", "cancelled"];

impl Client {
    /// Compares uploads with the list of datasets.
    pub(crate) fn settle_uploads(&mut self, faults: &Faults) {
        let listed = self.list("/datasets", "datasets");
        let mut listed: HashMap<String, Value> = listed
            .into_iter()
            .map(|dataset| {
                (
                    dataset["id"].as_str().unwrap_or_default().to_owned(),
                    dataset,
                )
            })
            .collect();
        let own = self.number;
        for (number, upload) in &mut self.uploads {
            let there = upload
                .id
                .as_ref()
                .and_then(|id| listed.remove(id))
                .is_some();
            match (upload.known, there) {
                (Known::There, false) => {
                    faults.add(Fault::Lost, format!("client {own}: upload {number}"));
                }
                (Known::Gone, true) => {
                    let what = format!("client {own}: upload {number} was deleted, and is there");
                    faults.add(Fault::Doubled, what);
                }
                (Known::Either, true) => upload.known = Known::There,
                (Known::Either, false) if upload.id.is_some() => upload.known = Known::Gone,
                _ => {}
            }
        }
        // The remaining datasets are trees, and uploads whose responses were lost.
        for (id, dataset) in listed {
            if dataset["type"] == "newick" || dataset["size"] == crate::plan::TREE.len() {
                continue;
            }
            let path = format!("/datasets/{id}?include_content=true");
            let answer = self
                .ask(Method::GET, &path, true, |request| request)
                .unwrap();
            let said = answer.json();
            let bytes = said["content"].as_str().unwrap_or_default().as_bytes();
            let sent = self
                .uploads
                .iter_mut()
                .find(|(number, upload)| upload.id.is_none() && content(**number) == bytes);
            match sent {
                Some((_, upload)) => (upload.id, upload.known) = (Some(id), Known::There),
                None => {
                    let what = format!("client {own}: dataset {id} is no upload: {dataset}");
                    faults.add(Fault::Torn, what);
                }
            }
        }
        for upload in self.uploads.values_mut() {
            if upload.known == Known::Either {
                upload.known = Known::Gone;
            }
        }
    }

    /// Compares jobs with the list of jobs, and restarts those that failed for an expected reason.
    /// Returns whether all have ended. `killed` contains the killed supervisors by job.
    pub(crate) fn settle_jobs(&mut self, faults: &Faults, killed: &BTreeMap<u64, u64>) -> bool {
        let mut listed = BTreeMap::new();
        for job in self.list("/jobs", "jobs") {
            let pvalue = job["parameters"]["pvalue"].as_f64().unwrap_or_default();
            if let Some(twin) = listed.insert(engine::number_of(pvalue), job) {
                faults.add(Fault::Doubled, format!("client {}: {twin}", self.number));
            }
        }
        let own = self.number;
        let mut again: Vec<Start> = Vec::new();
        let mut over = true;
        for (number, job) in &mut self.jobs {
            let Some(found) = listed.remove(number) else {
                if job.known == Known::There {
                    faults.add(Fault::Lost, format!("client {own}: job {number}"));
                }
                job.known = Known::Gone;
                continue;
            };
            if job.known == Known::Gone {
                let what = format!("client {own}: job {number} was deleted, and is {found}");
                faults.add(Fault::Doubled, what);
            }
            job.known = Known::There;
            job.id = found["job_id"].as_str().map(str::to_owned);
            let state = found["state"].as_str().unwrap_or_default();
            over &= FINAL.contains(&state);
            if state == "completed" {
                job.completed = true;
                continue;
            }
            if job.completed {
                let what = format!("client {own}: job {number} was completed, and is {found}");
                faults.add(Fault::Lost, what);
            }
            let message = found["error_message"].as_str().unwrap_or_default();
            let kills = killed.get(number).copied().unwrap_or_default();
            let manner = Manner::of(*number);
            let explained = match state {
                "failed" => {
                    message.contains("exit code 3") && manner.fails_once
                        || message.contains("interrupted twice") && kills >= 2
                }
                "cancelled" => job.may_be_cancelled,
                _ => continue,
            };
            if !explained {
                let what = format!("client {own}: job {number}, {kills} kills: {found}");
                faults.add(Fault::Lost, what);
            }
            again.push(job.start);
        }
        for (number, job) in listed {
            let what = format!("client {own}: job {number} was not asked for: {job}");
            faults.add(Fault::Wrong, what);
        }
        // A job whose data were deleted is deleted, too.
        over &= again.is_empty();
        for start in again {
            self.try_again(start);
        }
        over
    }

    /// All jobs are completed, and all data exist with their exact bytes.
    pub(crate) fn check_all(&mut self, only: impl Fn(u64) -> bool) {
        let uploads: Vec<u64> = self.uploads.keys().copied().collect();
        for number in uploads.into_iter().filter(|number| only(*number)) {
            self.check_content(number);
        }
        let jobs: Vec<u64> = self
            .jobs
            .values()
            .filter(|job| job.known == Known::There)
            .map(|job| job.start.number)
            .collect();
        for number in jobs.into_iter().filter(|number| only(*number)) {
            self.look_at_result(number);
        }
    }
}
