//! Types of requests and responses, paths and problems, shared by the server, the client and the
//! tests.
//!
//! The published *api-datamonkey* OpenAPI document is the contract. Additions of this service have
//! names of their own. This crate contains no logic.
//!
//! Start reading at [`paths`].

mod batch;
mod chat;
mod content;
mod dataset;
mod delivery;
mod health;
mod job;
mod limits;
mod method;
mod naming;
pub mod paths;
mod problem;
mod screen;
mod session;
mod visualization;

pub use batch::{Batch, BatchItem, BatchRequest, JobStates, JobStatusRequest};
pub use chat::{
    ChatAnswer, ChatCall, ChatConversation, ChatConversations, ChatEntry, ChatEvent, ChatMessage,
    ChatMessages, ChatOperation, ChatRole, NewChatMessage, NewConversation, messages, unconfirmed,
};
pub use content::{
    AlignmentPart, AlignmentQuery, AlignmentRow, CodeTable, DatasetTreesQuery, GeneticCodes,
    Phylogeny, TreeNode, Trees, TreesQuery, VariableUnit,
};
pub use dataset::{Dataset, DatasetFilter, DatasetMeta, Datasets, UploadForm, Uploaded};
pub use delivery::{Deliveries, Delivery};
pub use health::{
    ClusterHealth, DelayedJobs, Health, HealthDetails, PartitionHealth, Readiness, ReadinessCheck,
    Status,
};
pub use job::{
    EstimateStatus, FailureCode, Job, JobEstimate, JobEvent, JobFilter, JobState, JobStatus, Jobs,
    Progress, QueuePlace, ServerSentEvent, Share,
};
pub use limits::{Limits, MethodLimits, Usage};
pub use method::{
    Availability, BranchInput, DataInput, ExampleFile, Method, MethodEngine, MethodExample,
    MethodInput, MethodParameter, MethodStatus, MethodSuitability, Methods, ParameterRole,
    ParameterType, Suitabilities, SuitabilityQuery, TreeInput,
};
pub use naming::Naming;
pub use problem::{FieldError, Problem};
pub use screen::{
    Recombination, Screen, ScreenFilter, ScreenRequest, ScreenState, ScreenStep, ScreenStepState,
    Screens,
};
pub use session::{Session, USER_TOKEN};
pub use visualization::{
    CreateVisualizationRequest, UpdateVisualizationRequest, Visualization, VisualizationFilter,
    Visualizations,
};
