//! All metrics with their meanings and buckets. docs/METRICS.md has the same table.

use metrics::{describe_counter, describe_gauge, describe_histogram};
use scheduler::CALL_SECONDS;
use service::metrics as jobs;
use store::{WRITE_SECONDS, WRITE_WAIT_SECONDS};

use crate::{access, metrics_streams::EVENT_STREAMS};

/// A metric.
pub(crate) struct Metric {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    help: &'static str,
}

/// What a metric is to Prometheus.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Counter,
    Gauge,
    /// With the upper bounds of its buckets.
    Histogram(&'static [f64]),
}

/// Those that OpenTelemetry advises for requests.
const REQUESTS: &[f64] = &[
    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
];
const WRITES: &[f64] = &[
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0,
];
const CALLS: &[f64] = &[
    0.001, 0.005, 0.025, 0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0,
];
/// From a second to a week.
const JOBS: &[f64] = &[
    1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0, 14_400.0, 43_200.0, 86_400.0, 259_200.0, 604_800.0,
];

/// All metrics.
pub(crate) const TABLE: &[Metric] = &[
    Metric {
        name: access::DURATION,
        kind: Kind::Histogram(REQUESTS),
        help: "Seconds until the head of the response.",
    },
    Metric {
        name: access::ACTIVE,
        kind: Kind::Gauge,
        help: "Requests whose response has not been sent to its end.",
    },
    Metric {
        name: EVENT_STREAMS,
        kind: Kind::Gauge,
        help: "Open streams of server-sent events.",
    },
    Metric {
        name: jobs::JOBS,
        kind: Kind::Gauge,
        help: "Unfinished jobs.",
    },
    Metric {
        name: jobs::JOBS_DELAYED,
        kind: Kind::Gauge,
        help: "Jobs that are held up by a temporary obstacle.",
    },
    Metric {
        name: jobs::JOBS_FINISHED,
        kind: Kind::Counter,
        help: "Jobs that have ended.",
    },
    Metric {
        name: jobs::QUEUE_SECONDS,
        kind: Kind::Histogram(JOBS),
        help: "Seconds that jobs waited until they ran.",
    },
    Metric {
        name: jobs::RUN_SECONDS,
        kind: Kind::Histogram(JOBS),
        help: "Seconds that jobs ran, observed at their end.",
    },
    Metric {
        name: CALL_SECONDS,
        kind: Kind::Histogram(CALLS),
        help: "Seconds of a call to the scheduler.",
    },
    Metric {
        name: jobs::SCHEDULER_UP,
        kind: Kind::Gauge,
        help: "Whether the scheduler can be used: 1 or 0.",
    },
    Metric {
        name: jobs::SCHEDULER_CONTACT,
        kind: Kind::Gauge,
        help: "When the cluster last answered, in seconds since 1970.",
    },
    Metric {
        name: jobs::ENGINE_UP,
        kind: Kind::Gauge,
        help: "Whether HyPhy was found: 1 or 0.",
    },
    Metric {
        name: jobs::DISK_FREE,
        kind: Kind::Gauge,
        help: "Free bytes of the disk that holds a folder.",
    },
    Metric {
        name: WRITE_SECONDS,
        kind: Kind::Histogram(WRITES),
        help: "Seconds that a transaction kept the database busy.",
    },
    Metric {
        name: WRITE_WAIT_SECONDS,
        kind: Kind::Histogram(WRITES),
        help: "Seconds that a transaction waited for the others.",
    },
    Metric {
        name: jobs::NOTIFICATIONS,
        kind: Kind::Counter,
        help: "Tries to deliver a notification.",
    },
    Metric {
        name: BUILD_INFO,
        kind: Kind::Gauge,
        help: "The version of the service; always 1.",
    },
];

/// The metric with the version of the service.
pub(crate) const BUILD_INFO: &str = "datamonkey_build_info";

impl Metric {
    /// Tells the recorder what the metric means.
    pub(crate) fn describe(&self) {
        match self.kind {
            Kind::Counter => describe_counter!(self.name, self.help),
            Kind::Gauge => describe_gauge!(self.name, self.help),
            Kind::Histogram(_) => describe_histogram!(self.name, self.help),
        }
    }
}
