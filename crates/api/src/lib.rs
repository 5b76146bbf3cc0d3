//! The wire: requests, responses, paths and problems, shared by the server, the client and the
//! tests.
//!
//! The published *api-datamonkey* OpenAPI is the contract; what this service adds stands beside
//! it under names of its own. Never here: any work.
//!
//! Start reading at [`paths`].

mod dataset;
mod health;
mod job;
mod method;
pub mod paths;
mod problem;
mod session;
mod visualization;

pub use dataset::{Dataset, DatasetMeta, Datasets, UploadForm, Uploaded};
pub use health::{ClusterHealth, Health, HealthDetails, PartitionHealth, Status};
pub use job::{Job, JobEvent, JobFilter, JobState, JobStatus, Jobs, Progress, Share};
pub use method::{Method, MethodParameter, Methods};
pub use problem::{FieldError, Problem};
pub use session::Session;
pub use visualization::{
    CreateVisualizationRequest, UpdateVisualizationRequest, Visualization, VisualizationFilter,
    Visualizations,
};
