//! Parsing the output of `squeue`, `sacct`, `sinfo` and `sbatch`, in formats that are the same in
//! all versions.

use crate::{
    Partition,
    slurm::{job::SlurmJob, state::State},
};

/// Fields of `squeue -o`. The reason is last, because it may contain any character.
pub(super) const QUEUE: &str = "%i|%j|%T|%V|%S|%e|%N|%r";
/// Fields of `sacct -o`.
pub(super) const ACCOUNTING: &str = "JobID,JobName,State,Submit,Start,End,NodeList,ExitCode";

/// A line of `squeue`.
pub(super) fn queue(output: &str) -> Vec<SlurmJob> {
    lines(output, |fields| {
        let mut job = common(fields)?;
        job.reason = fields.last().copied().unwrap_or_default().to_owned();
        Some(job)
    })
}

/// A line of `sacct -X -P`.
pub(super) fn accounting(output: &str) -> Vec<SlurmJob> {
    lines(output, |fields| {
        let mut job = common(fields)?;
        let (code, signal) = fields.last()?.split_once(':')?;
        job.exit_code = code.parse().ok();
        job.signal = signal.parse().ok().filter(|signal| *signal > 0);
        Some(job)
    })
}

/// A line of `sinfo -o '%P|%a|%D'`: the default partition has a star.
pub(super) fn partitions(output: &str) -> Vec<Partition> {
    let mut partitions: Vec<Partition> = output
        .lines()
        .filter_map(|line| {
            let (name, rest) = line.split_once('|')?;
            let (available, nodes) = rest.split_once('|')?;
            Some((name, available, nodes))
        })
        .map(|(name, available, nodes)| Partition {
            name: name.trim_end_matches('*').to_owned(),
            up: available == "up",
            nodes: nodes.trim().parse().ok(),
        })
        .collect();
    partitions.dedup();
    partitions
}

/// `sbatch --parsable` prints the job id, followed by `;` and the cluster if there is one.
pub(super) fn submitted(output: &str) -> Option<u64> {
    let number = output.lines().last()?.split(';').next()?;
    number.trim().parse().ok().filter(|id| *id > 0)
}

const FIELDS: usize = 8;

fn lines(output: &str, read: impl Fn(&[&str]) -> Option<SlurmJob>) -> Vec<SlurmJob> {
    let jobs = output.lines().filter_map(|line| {
        let fields: Vec<&str> = line.splitn(FIELDS, '|').collect();
        if fields.len() < FIELDS {
            None
        } else {
            read(&fields)
        }
    });
    jobs.collect()
}

fn common(fields: &[&str]) -> Option<SlurmJob> {
    let &[id, name, state, submitted, started, ended, nodes, _] = fields else {
        return None;
    };
    let time = |field: &str| field.parse().ok().filter(|seconds: &i64| *seconds > 0);
    Some(SlurmJob {
        // Elements of job arrays (`1_2`) are never the service's jobs.
        id: id.parse().ok()?,
        name: name.to_owned(),
        state: State::read([state]),
        state_words: state.to_owned(),
        by_somebody: state.contains(" by "),
        reason: String::new(),
        exit_code: None,
        signal: None,
        submitted: time(submitted),
        started: time(started),
        ended: time(ended),
        nodes: nodes.to_owned(),
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn output_of_a_real_cluster_is_parsed() {
        let queued = queue(
            "2|dm-x2|CANCELLED|1795487357|1795487357|1795487359|node1|None\n\
             9|dm-y|PENDING|1795487357|N/A|N/A||Nodes required for job are DOWN|or DRAINED\n\
             3_1|array|RUNNING|1|1|1|n|None\nnot a job\n",
        );
        assert_eq!(queued.len(), 2);
        assert_eq!((queued[0].id, queued[0].state), (2, State::Cancelled));
        assert_eq!(queued[0].ended, Some(1_795_487_359));
        assert_eq!((queued[1].state, queued[1].started), (State::Pending, None));
        assert_eq!(
            queued[1].reason,
            "Nodes required for job are DOWN|or DRAINED"
        );
        let accounted = accounting(
            "1|dm-x1|FAILED|1795487357|1795487357|1795487360|node1|3:0\n\
             2|dm-x2|CANCELLED by 999|1795487357|1795487357|1795487359|node1|0:15\n",
        );
        assert_eq!(
            (accounted[0].exit_code, accounted[0].signal),
            (Some(3), None)
        );
        assert_eq!(accounted[1].state, State::Cancelled);
        assert_eq!(accounted[1].signal, Some(15));
        assert!(accounted[1].by_somebody && !accounted[0].by_somebody);
    }

    #[test]
    fn partitions_and_job_ids_are_parsed() {
        let up: Vec<_> = partitions("normal*|up|2\ndown|down|1\n")
            .iter()
            .map(|p| (p.up, p.nodes))
            .collect();
        assert_eq!(up, [(true, Some(2)), (false, Some(1))]);
        assert_eq!(submitted("4\n"), Some(4));
        assert_eq!(submitted("4;cluster\n"), Some(4));
        assert_eq!(submitted("sbatch: what?\n"), None);
    }
}
