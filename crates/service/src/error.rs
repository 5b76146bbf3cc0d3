//! The errors that a request can cause.

use api::FieldError;
use hyphy::request::FieldProblem;
use store::{OverQuota, Passing, StoreError, is_disk_full};

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The request cannot be parsed, or a required field is missing.
    #[error("{detail}")]
    BadRequest {
        /// All problems in one text.
        detail: String,
        /// The affected fields, each with its problem.
        errors: Vec<FieldError>,
    },
    /// A value is present but wrong.
    #[error("{detail}")]
    Invalid {
        /// All problems in one text.
        detail: String,
        /// The affected fields, each with its problem.
        errors: Vec<FieldError>,
    },
    /// Credentials are missing or invalid.
    #[error("{0}")]
    Unauthorized(String),
    /// The caller has no such dataset.
    #[error("There is no dataset {id}. Upload it first; GET /api/v1/datasets lists yours.")]
    NoDataset {
        /// The request field that contains the id, if any.
        field: Option<&'static str>,
        /// The requested id.
        id: String,
    },
    /// The caller has no such job.
    #[error("There is no job {id}. Start it first; GET /api/v1/jobs lists yours.")]
    NoJob {
        /// The requested id.
        id: String,
    },
    /// The caller has no such screen.
    #[error("There is no screen {id}. GET /api/v1/screens lists yours.")]
    NoScreen {
        /// The requested id.
        id: String,
    },
    /// The caller has no such figure.
    #[error("There is no visualization {id}. GET /api/v1/visualizations lists yours.")]
    NoVisualization {
        /// The requested id.
        id: String,
    },
    /// The caller has no such conversation.
    #[error("There is no conversation {id}. GET /api/v1/chat lists yours.")]
    NoConversation {
        /// The requested id.
        id: String,
    },
    /// No language model is configured.
    #[error(
        "This service has no assistant: its administrator has configured no language model (MODEL_PROVIDER)."
    )]
    NoModel,
    /// The share link does not exist.
    #[error("This link does not exist. Its owner may have withdrawn it, or deleted the job.")]
    NoShare,
    /// The job did not store a fit.
    #[error(
        "Job {id} has no fit. Only NRM stores one, and only if it was started with save_fit \
             and has completed."
    )]
    NoFit {
        /// Id of the job.
        id: String,
    },
    /// The job has no estimate, or none yet.
    #[error(
        "Job {id} has no estimate now. A job that HyPhy runs gets one if the native engine has its \
             analysis and is expected to be fast enough. The job's estimate.status says when it is \
             ready."
    )]
    NoEstimate {
        /// Id of the job.
        id: String,
    },
    /// The job has no result yet.
    #[error("Job is not complete")]
    NotComplete {
        /// Id of the job.
        id: String,
    },
    /// The job has no result and will not get one.
    #[error("{message}")]
    JobFailed {
        /// Id of the job.
        id: String,
        /// A human-readable reason for the failure.
        message: String,
    },
    /// Another object depends on this one.
    #[error("{0}")]
    Conflict(String),
    /// Another operation is working on it and will finish soon.
    #[error("{message}")]
    Busy {
        /// A human-readable message that describes the other operation.
        message: String,
        /// Seconds until a retry makes sense.
        retry_after: u64,
    },
    /// The body of a request that is not an upload is too large.
    #[error(
        "The body is longer than {limit} bytes, the maximum for a request other than an upload \
         (max_body_bytes of GET /limits)."
    )]
    BodyTooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The upload is too large.
    #[error(
        "The file is larger than {limit} bytes, the maximum on this service (MAX_UPLOAD_BYTES)."
    )]
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// The owner's datasets and figures would exceed the storage quota.
    #[error(
        "Your datasets and figures use {used} bytes. With {more} more, they would exceed your \
         quota of {limit} bytes (MAX_BYTES_PER_USER). Delete some first."
    )]
    TooMuchStored {
        /// Bytes that the owner already uses.
        used: u64,
        /// Bytes that would be added.
        more: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// The owner would have too many figures.
    #[error(
        "You have {limit} figures, the maximum per owner (MAX_VISUALIZATIONS_PER_USER). Delete \
         some first."
    )]
    TooManyFigures {
        /// The maximum number of figures.
        limit: u32,
    },
    /// The disk is full or nearly full.
    #[error(
        "The service's disk is full or nearly full, so nothing can be stored now. Existing data \
         are safe and can be read. Retry after the administrator has freed space."
    )]
    DiskFull,
    /// Too many requests or jobs.
    #[error("{message}")]
    TooMany {
        /// A human-readable message that says which limit was reached.
        message: String,
        /// Seconds until a retry makes sense.
        retry_after: u64,
    },
    /// Analyses cannot run at the moment.
    #[error("{0}")]
    Unavailable(String),
    /// An internal error.
    #[error(transparent)]
    Internal(anyhow::Error),
}

/// A value, or the reason why the request failed.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Seconds after which the disk may have room again, or the engine may be back.
const RETRY_LATER: u64 = 60;
/// Seconds after which a client should ask for a result again.
const RETRY_SOON: u64 = 5;

impl Error {
    /// Returns the seconds after which a retry makes sense, if it does.
    pub fn retry_after(&self) -> Option<u64> {
        match self {
            Self::NotComplete { .. } => Some(RETRY_SOON),
            Self::TooMany { retry_after, .. } | Self::Busy { retry_after, .. } => {
                Some(*retry_after)
            }
            Self::DiskFull | Self::Unavailable(_) => Some(RETRY_LATER),
            _ => None,
        }
    }

    /// Merges both errors if both are about fields, so that the client sees all problems at once.
    /// Otherwise returns the first.
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Invalid { errors: a, .. }, Self::Invalid { errors: b, .. }) => {
                Self::invalid([a, b].concat())
            }
            (
                Self::BadRequest { errors: a, .. } | Self::Invalid { errors: a, .. },
                Self::BadRequest { errors: b, .. } | Self::Invalid { errors: b, .. },
            ) => Self::missing([a, b].concat()),
            (first, _) => first,
        }
    }

    /// Reports one field that is missing or cannot be parsed.
    pub fn bad_field(field: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        let errors = vec![FieldError {
            field: field.to_owned(),
            message: message.clone(),
        }];
        Self::BadRequest {
            detail: message,
            errors,
        }
    }

    /// Reports fields with wrong values.
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        Self::Invalid {
            detail: join_messages(&errors),
            errors,
        }
    }

    /// Reports one field with a wrong value.
    pub fn invalid_field(field: &str, message: impl Into<String>) -> Self {
        Self::invalid(vec![FieldError {
            field: field.to_owned(),
            message: message.into(),
        }])
    }

    /// Reports fields of which at least one is missing.
    pub fn missing(errors: Vec<FieldError>) -> Self {
        Self::BadRequest {
            detail: join_messages(&errors),
            errors,
        }
    }
}

/// Missing fields make a request malformed; otherwise its values are invalid.
impl From<Vec<FieldProblem>> for Error {
    fn from(problems: Vec<FieldProblem>) -> Self {
        let missing = problems.iter().any(|problem| problem.missing);
        let errors = problems
            .into_iter()
            .map(|problem| FieldError {
                field: problem.field,
                message: problem.message,
            })
            .collect();
        if missing {
            Self::missing(errors)
        } else {
            Self::invalid(errors)
        }
    }
}

/// Combines two values from one request. If both are errors, the result reports both.
pub fn both<A, B>(a: Result<A>, b: Result<B>) -> Result<(A, B)> {
    match (a, b) {
        (Ok(a), Ok(b)) => Ok((a, b)),
        (Err(a), Err(b)) => Err(a.and(b)),
        (Err(e), _) | (_, Err(e)) => Err(e),
    }
}

/// Joins the first few problems into one text. `errors` lists them all.
fn join_messages(errors: &[FieldError]) -> String {
    const MAX_SHOWN: usize = 3;
    let mut text = errors
        .iter()
        .take(MAX_SHOWN)
        .map(|e| e.message.as_str())
        .collect::<Vec<_>>()
        .join(" ");
    if errors.len() > MAX_SHOWN {
        text += &format!(
            " There are {} more problems; errors lists them all.",
            errors.len() - MAX_SHOWN
        );
    }
    text
}

/// Returns the error to report if the cause is temporary or if an administrator can fix it.
fn as_temporary(error: &anyhow::Error) -> Option<Error> {
    let unavailable = |sentence: &str| Error::Unavailable(sentence.to_owned());
    error.chain().find_map(|cause| {
        let of_store = cause
            .downcast_ref::<StoreError>()
            .and_then(StoreError::passing);
        let of_files = cause.downcast_ref::<std::io::Error>();
        if of_store == Some(Passing::DiskFull) || of_files.is_some_and(is_disk_full) {
            Some(Error::DiskFull)
        } else if of_store == Some(Passing::Busy) {
            Some(unavailable(DATABASE_BUSY))
        } else if of_files.is_some_and(|e| e.kind() == std::io::ErrorKind::NotFound) {
            Some(unavailable(FILES_GONE))
        } else {
            None
        }
    })
}

const DATABASE_BUSY: &str = "The service's database is busy: another program is using it.";
const FILES_GONE: &str = "A file or folder of the service is missing.";

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        anyhow::Error::from(error).into()
    }
}

impl From<anyhow::Error> for Error {
    fn from(error: anyhow::Error) -> Self {
        match as_temporary(&error) {
            Some(known) => {
                tracing::warn!(error = format!("{error:#}"), "{known}");
                known
            }
            None => Self::Internal(error),
        }
    }
}

impl From<OverQuota> for Error {
    fn from(full: OverQuota) -> Self {
        match full {
            OverQuota::Visualizations { limit } => Self::TooManyFigures { limit },
            OverQuota::Bytes { used, more, limit } => Self::TooMuchStored { used, more, limit },
        }
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        anyhow::Error::from(error).into()
    }
}
