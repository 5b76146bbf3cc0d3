//! Jobs that a request may read: the caller's own, or one with a share link.

use axum::{
    extract::{FromRequestParts, MatchedPath},
    http::request::Parts,
};
use service::{Service, jobs, sharing};
use store::JobRecord;

use crate::{
    extract::InPath,
    identity::Owner,
    problem::{ProblemResponse, Result},
    state::AppState,
};

/// The job in the path of a request, named by its id or by a share token.
pub(crate) enum ReadableJob {
    Own { owner: String, id: String },
    Shared { token: String },
}

impl FromRequestParts<AppState> for ReadableJob {
    type Rejection = ProblemResponse;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self> {
        let matched = parts.extensions.get::<MatchedPath>();
        let is_shared = matched.is_some_and(|path| path.as_str().contains("{share_token}"));
        if is_shared {
            let InPath(token) = InPath::from_request_parts(parts, state).await?;
            return Ok(Self::Shared { token });
        }
        let Owner(owner) = Owner::from_request_parts(parts, state).await?;
        let InPath(id) = InPath::from_request_parts(parts, state).await?;
        Ok(Self::Own { owner, id })
    }
}

impl ReadableJob {
    /// Returns the current version of the job.
    pub(crate) async fn find(&self, service: &Service) -> service::Result<JobRecord> {
        match self {
            Self::Own { owner, id } => jobs::find(service, owner, id).await,
            Self::Shared { token } => {
                let mut job = sharing::find(service, token).await?;
                // How its owner sorts jobs is nobody else's business.
                job.tags.clear();
                Ok(job)
            }
        }
    }
}
