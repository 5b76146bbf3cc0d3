//! Everything that can go wrong with a request.

use api::FieldError;

use store::{OverQuota, Passing, StoreError, is_disk_full};

/// Why a request was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The request cannot be read, or a required field is missing.
    #[error("{detail}")]
    BadRequest {
        /// The problems in one text.
        detail: String,
        /// The fields, each with its problem.
        errors: Vec<FieldError>,
    },
    /// A value is there and wrong.
    #[error("{detail}")]
    Invalid {
        /// The problems in one text.
        detail: String,
        /// The fields, each with its problem.
        errors: Vec<FieldError>,
    },
    /// Credentials are missing or invalid.
    #[error("{0}")]
    Unauthorized(String),
    /// There is no such dataset, for this caller.
    #[error("There is no dataset {id}. Upload it first; GET /api/v1/datasets lists yours.")]
    NoDataset {
        /// The field that names it, if a field does.
        field: Option<&'static str>,
        /// Its id.
        id: String,
    },
    /// There is no such job, for this caller.
    #[error("There is no job {id}. Start it first; GET /api/v1/jobs lists yours.")]
    NoJob {
        /// Its id.
        id: String,
    },
    /// There is no such figure, for this caller.
    #[error("There is no visualization {id}. GET /api/v1/visualizations lists yours.")]
    NoVisualization {
        /// Its id.
        id: String,
    },
    /// Nothing is shared by this link.
    #[error("Nothing is shared by this link. Its owner may have withdrawn it, or deleted the job.")]
    NoShare,
    /// The job kept no fit.
    #[error("Job {id} has no fit: only NRM keeps one, when it is started with save_fit and done.")]
    NoFit {
        /// Id of the job.
        id: String,
    },
    /// The job has no result yet.
    #[error("Job is not complete")]
    NotComplete {
        /// Id of the job.
        id: String,
    },
    /// The job has no result and never will.
    #[error("{message}")]
    JobFailed {
        /// Id of the job.
        id: String,
        /// Why it failed, for people.
        message: String,
    },
    /// Something else depends on it.
    #[error("{0}")]
    Conflict(String),
    /// Something else is at work on it, and will be done soon.
    #[error("{message}")]
    Busy {
        /// What is going on, for people.
        message: String,
        /// Seconds after which to try again.
        retry_after: u64,
    },
    /// The body is larger than any but an upload's may be.
    #[error(
        "The body is longer than {limit} bytes, the most that this service takes of a request \
         that is no upload (max_body_bytes of GET /limits)."
    )]
    BodyTooLarge {
        /// The most bytes.
        limit: usize,
    },
    /// The body is larger than the service takes.
    #[error(
        "The file is larger than {limit} bytes, the most that this service takes (MAX_UPLOAD_BYTES)."
    )]
    TooLarge {
        /// The most bytes.
        limit: u64,
    },
    /// The owner's datasets would be too much.
    #[error(
        "Your datasets and figures hold {used} bytes, and with {more} more there would be over {limit}, the \
         most that you may store here (MAX_BYTES_PER_USER). Delete some first."
    )]
    TooMuchStored {
        /// Bytes that the owner has.
        used: u64,
        /// Bytes that would be added.
        more: u64,
        /// The most bytes.
        limit: u64,
    },
    /// The owner would have too many figures.
    #[error(
        "You keep {limit} figures, as many as you may here (MAX_VISUALIZATIONS_PER_USER). Delete \
         some first."
    )]
    TooManyFigures {
        /// The most visualizations.
        limit: u32,
    },
    /// The disk is full, or nearly.
    #[error(
        "The service's disk is full, or nearly: this cannot be stored now. What is stored stays, and can \
         be read. Ask again later; the administrator has to make room."
    )]
    DiskFull,
    /// Too many requests or jobs.
    #[error("{message}")]
    TooMany {
        /// What there is too much of, for people.
        message: String,
        /// Seconds after which to try again.
        retry_after: u64,
    },
    /// Analyses cannot be run now.
    #[error("{0}")]
    Unavailable(String),
    /// An internal error.
    #[error(transparent)]
    Internal(anyhow::Error),
}

/// The value, or why the request was not carried out.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Seconds after which there may be room on the disk, or an engine, again.
const LATER: u64 = 60;
/// Seconds after which asking again for a result makes sense.
const SOON: u64 = 5;

impl Error {
    /// In how many seconds it makes sense to come back, where coming back does.
    pub fn retry_after(&self) -> Option<u64> {
        match self {
            Self::NotComplete { .. } => Some(SOON),
            Self::TooMany { retry_after, .. } | Self::Busy { retry_after, .. } => {
                Some(*retry_after)
            }
            Self::DiskFull | Self::Unavailable(_) => Some(LATER),
            _ => None,
        }
    }

    /// Both, if both are about fields: everything that is wrong is said at once. Else the first.
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

    /// One field is missing or cannot be read.
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

    /// Fields whose values are wrong.
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        Self::Invalid {
            detail: in_one(&errors),
            errors,
        }
    }

    /// One field's value is wrong.
    pub fn invalid_field(field: &str, message: impl Into<String>) -> Self {
        Self::invalid(vec![FieldError {
            field: field.to_owned(),
            message: message.into(),
        }])
    }

    /// Fields of which at least one is missing.
    pub fn missing(errors: Vec<FieldError>) -> Self {
        Self::BadRequest {
            detail: in_one(&errors),
            errors,
        }
    }
}

/// Two values that were read from one request; if both are wrong, what is wrong with both.
pub fn both<A, B>(a: Result<A>, b: Result<B>) -> Result<(A, B)> {
    match (a, b) {
        (Ok(a), Ok(b)) => Ok((a, b)),
        (Err(a), Err(b)) => Err(a.and(b)),
        (Err(e), _) | (_, Err(e)) => Err(e),
    }
}

/// The first problems in one text; `errors` has them all.
fn in_one(errors: &[FieldError]) -> String {
    const MOST: usize = 3;
    let mut text = errors
        .iter()
        .take(MOST)
        .map(|e| e.message.as_str())
        .collect::<Vec<_>>()
        .join(" ");
    if errors.len() > MOST {
        text += &format!(
            " There are {} more problems; see errors.",
            errors.len() - MOST
        );
    }
    text
}

/// What an error is about, if it is something that passes or that an administrator can mend.
fn passing(error: &anyhow::Error) -> Option<Error> {
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

const DATABASE_BUSY: &str = "Another program keeps the service's database busy.";
const FILES_GONE: &str = "A file or folder of the service is not there.";

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        anyhow::Error::from(error).into()
    }
}

impl From<anyhow::Error> for Error {
    fn from(error: anyhow::Error) -> Self {
        match passing(&error) {
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
