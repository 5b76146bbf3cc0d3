//! Sessions.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The name under which a token is accepted if there is no `Authorization`: a header, a query
/// parameter, or a field of a form or JSON body.
pub const USER_TOKEN: &str = "user_token";

/// The caller's session. In open mode, where all callers share one owner, only `access` is present.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Session {
    /// `open`: all callers share one owner. `tokens`: each session has its own data.
    pub access: String,
    /// Id of the session: a UUID.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// When it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<DateTime<Utc>>,
    /// When it was last used, to the minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used: Option<DateTime<Utc>>,
    /// When it and its data will be removed if it is not used again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<DateTime<Utc>>,
    /// A new token (JWT, HS256), if one was requested. Valid until `expires`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}
