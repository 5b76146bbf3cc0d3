//! The kinds of problems.

/// A kind of problem.
pub(crate) struct Kind {
    /// The last part of its page's address.
    pub(crate) slug: &'static str,
    /// The HTTP status code.
    pub(crate) status: u16,
    /// A short title.
    pub(crate) title: &'static str,
    /// An explanation, and what the client can do.
    pub(crate) help: &'static str,
}

macro_rules! kinds {
    ($($name:ident = $status:literal $slug:literal, $title:literal, $help:literal;)*) => {
        $(pub(crate) const $name: Kind = Kind {
            slug: $slug, status: $status, title: $title, help: $help,
        };)*
        /// All kinds.
        pub(crate) const ALL: &[Kind] = &[$($name),*];
    };
}

impl Kind {
    /// The path of its page, which identifies it in a problem.
    pub(crate) fn path(&self) -> String {
        format!("/docs/problems/{}", self.slug)
    }
}

/// The `type` of every kind.
pub(crate) fn types() -> impl Iterator<Item = String> {
    ALL.iter().map(Kind::path)
}

kinds! {
    BAD_REQUEST = 400 "bad-request", "The request cannot be understood",
        "A required value is missing, or a value has the wrong form. errors lists every such field and how to correct it.";
    UNAUTHORIZED = 401 "unauthorized", "A valid token is needed",
        "On this service, each session has its own data. Send the token from the X-Session-Token header of your first upload as Authorization: Bearer. A token is rejected after it has expired or its session has ended. An upload without a token begins a new session.";
    ORIGIN = 403 "origin", "The origin is not allowed",
        "A page of another origin tried to change something. Only this service's own page and pages of CORS_ALLOWED_ORIGINS may do that. Programs other than browsers are not affected.";
    NO_PATH = 404 "no-path", "Path not found",
        "This service has no such path. The reference lists all paths.";
    NO_DATASET = 404 "no-dataset", "Dataset not found",
        "You have no dataset with this id. It may have been deleted, or may belong to another session.";
    NO_JOB = 404 "no-job", "Job not found",
        "You have no job with this id. It may have been deleted, or may belong to another session.";
    NO_SCREEN = 404 "no-screen", "Screen not found",
        "You have no screen with this id. It may have been deleted, or may belong to another session.";
    NO_VISUALIZATION = 404 "no-visualization", "Visualization not found",
        "You have no figure with this id. Figures are deleted together with their jobs.";
    NO_CONVERSATION = 404 "no-conversation", "Conversation not found",
        "You have no conversation with this id. It may have been deleted, or may belong to another session.";
    NO_MODEL = 503 "no-model", "There is no assistant",
        "The chat needs a language model. The administrator configures one with MODEL_PROVIDER, MODEL_NAME and a key. The llm of GET /health says whether there is one.";
    NO_SHARE = 404 "no-share", "The link does not exist",
        "The link was withdrawn, its job was deleted, or the link is misspelled. Ask the person who sent it to you.";
    NO_FIT = 404 "no-fit", "The job has no fit",
        "Only NRM stores its fitted model, and only if it was started with save_fit and has completed.";
    NO_ESTIMATE = 404 "no-estimate", "The job has no estimate",
        "A job that HyPhy runs gets an estimate if the native engine has its analysis and all of its parameters, and is expected to take at most ESTIMATE_MAX_SECS. The job's estimate.status is ready as soon as it can be read, and the event estimate says so.";
    NO_METHOD = 405 "no-method", "Method not allowed",
        "The path exists, but does not support this HTTP method. The reference lists the supported methods.";
    NOT_COMPLETE = 409 "not-complete", "The job has no result yet",
        "The job is waiting or running. Retry after the number of seconds in Retry-After, or watch the job: GET /jobs/{id}/events, or GET /jobs/{id}?wait=60.";
    CONFLICT = 409 "conflict", "The current state does not allow this",
        "The request cannot be carried out now. detail says what prevents it, and what to do first.";
    BUSY = 409 "busy", "Another request is in progress",
        "Another request is working on the same object. Retry after the number of seconds in Retry-After.";
    HOST = 421 "host", "Unknown host name",
        "Without tokens, the service answers only to the names of the machine it runs on (localhost, 127.0.0.1, the address it listens on), to the host of PUBLIC_URL and to the names in ALLOWED_HOSTS. Otherwise, a malicious page could make its own name resolve to this machine, and read and delete all data.";
    TOO_SLOW = 408 "too-slow", "The request was too slow",
        "The body paused for longer than CLIENT_TIMEOUT_SECS, or arrived more slowly than CLIENT_MIN_BYTES_PER_SEC on average. Send the request again, if possible from a faster network.";
    BODY_TOO_LARGE = 413 "body-too-large", "The body is too large",
        "The body of a request other than an upload is limited to max_body_bytes (GET /limits). Upload large data, and split long lists into several requests.";
    RANGE = 416 "range", "The range is not satisfiable",
        "Range starts after the end of the file. Content-Range has the length of the file.";
    TOO_LARGE = 413 "too-large", "The file is too large",
        "The administrator has limited the size of uploads (MAX_UPLOAD_BYTES). Compress the file with gzip: alignments become much smaller, and the service reads gzip.";
    TOO_MUCH_STORED = 413 "too-much-stored", "Storage quota exceeded",
        "The administrator has limited how much one owner can store (MAX_BYTES_PER_USER). Delete datasets that you do not need. GET /limits shows how much you use.";
    TOO_MANY = 429 "too-many", "Too many requests or jobs",
        "You send requests too fast, or too many of your jobs are waiting. Retry after the number of seconds in Retry-After. GET /limits shows the limits.";
    DISK_FULL = 507 "disk-full", "The disk is full",
        "The service's disk is nearly full (MIN_FREE_BYTES). Contact the administrator. Existing data can still be read, analysed and deleted.";
    INVALID = 422 "invalid-value", "A value is invalid",
        "A parameter has an invalid value, or the data do not match the analysis or each other. errors lists every such field and how to correct it.";
    JOB_FAILED = 500 "job-failed", "The job has no result",
        "The job failed or was cancelled. detail says why, and the job's log has more details. Start the job with ?retry=true to run it again.";
    INTERNAL = 500 "internal", "Internal error",
        "The error is in the service, not in your request. None of your data are lost. Give the incident id to the administrator: the log has the cause under that id.";
    UNAVAILABLE = 503 "unavailable", "Temporarily unavailable",
        "The engine, the scheduler or the assistant's language model does not answer. GET /health says what is missing. Nothing of yours is lost.";
}
