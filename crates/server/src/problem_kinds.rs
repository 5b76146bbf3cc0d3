//! The kinds of problems.

/// A kind of problem.
pub(crate) struct Kind {
    /// Last part of its page's address.
    pub(crate) slug: &'static str,
    /// HTTP status code.
    pub(crate) status: u16,
    /// The kind in a few words.
    pub(crate) title: &'static str,
    /// What it means, and what to do.
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

kinds! {
    BAD_REQUEST = 400 "bad-request", "The request cannot be understood",
        "Something that is required is missing, or cannot be read. errors names every such field and what would be right.";
    UNAUTHORIZED = 401 "unauthorized", "A valid token is needed",
        "Each session has data of its own here. Send the token that X-Session-Token gave you with your first upload as Authorization: Bearer. One that has expired or was ended is not taken any more; an upload without a token begins a new session.";
    ORIGIN = 403 "origin", "Not from this page",
        "A page of another origin asked the service to change something, which only this service's own page and those of CORS_ALLOWED_ORIGINS may. Programs are not affected.";
    NO_PATH = 404 "no-path", "Nothing is here",
        "The address is none of this service's. The reference lists them all.";
    NO_DATASET = 404 "no-dataset", "Dataset not found",
        "There is no dataset of this id among yours. It may have been deleted, or belong to another session.";
    NO_JOB = 404 "no-job", "Job not found",
        "There is no job of this id among yours. It may have been deleted, or belong to another session.";
    NO_VISUALIZATION = 404 "no-visualization", "Visualization not found",
        "There is no figure of this id among yours. Figures are deleted with their jobs.";
    NO_SHARE = 404 "no-share", "Nothing is shared by this link",
        "The link was withdrawn, its job was deleted, or a character of it is wrong. Ask whoever gave it to you.";
    NO_FIT = 404 "no-fit", "No fit kept",
        "Only NRM keeps what it has fitted, when it is started with save_fit and completed.";
    NO_METHOD = 405 "no-method", "The method is not allowed here",
        "The address is right, and takes other HTTP methods. The reference says which.";
    NOT_COMPLETE = 409 "not-complete", "The job has no result yet",
        "It waits or runs. Ask again after the seconds of Retry-After, or watch it: GET /jobs/{id}/events, or GET /jobs/{id}?wait=60.";
    CONFLICT = 409 "conflict", "Something else is in the way",
        "What was asked cannot be done now: detail says what is in the way, and what to do first.";
    BUSY = 409 "busy", "Something is at work on it",
        "What was asked for, or what it is about, is being worked on by another request. Ask again after the seconds of Retry-After.";
    HOST = 421 "host", "Not a name of this service",
        "Without tokens, the service answers only to the names of the machine it runs on (localhost, 127.0.0.1, the address it listens on), to PUBLIC_URL and to those of ALLOWED_HOSTS. Else a page of a stranger could have its name resolve to this machine, and read and delete all data.";
    TOO_SLOW = 408 "too-slow", "The request came too slowly",
        "Its body stopped for longer than CLIENT_TIMEOUT_SECS, or came more slowly than CLIENT_MIN_BYTES_PER_SEC on average. Send it again, if you can from a better network.";
    BODY_TOO_LARGE = 413 "body-too-large", "The body is too large",
        "Bodies of requests that are no uploads have a limit, max_body_bytes of GET /limits. Send data as uploads, and many items in several requests.";
    RANGE = 416 "range", "There is no such part",
        "Range begins behind the end of the file. Content-Range says how long it is.";
    TOO_LARGE = 413 "too-large", "The file is too large",
        "The service takes files up to a size that its administrator has set (MAX_UPLOAD_BYTES). gzip makes alignments much smaller, and is read.";
    TOO_MUCH_STORED = 413 "too-much-stored", "You store too much",
        "The administrator has set how many bytes one owner may store (MAX_BYTES_PER_USER). Delete datasets that you do not need; GET /limits says how much you have.";
    TOO_MANY = 429 "too-many", "Too many",
        "Requests come too fast, or too many of your jobs wait. Come back after the seconds of Retry-After; GET /limits says what the limits are.";
    DISK_FULL = 507 "disk-full", "No room for uploads",
        "The disk of the service is nearly full (MIN_FREE_BYTES). Tell its administrator. What is stored can be read, analysed and deleted.";
    INVALID = 422 "invalid-value", "A value cannot be used",
        "Something is there and wrong: a parameter, or data that do not suit the analysis or each other. errors names every field and what would be right.";
    JOB_FAILED = 500 "job-failed", "The job has no result",
        "It failed or was cancelled. detail says why, its log says more; starting it with ?retry=true tries it again.";
    INTERNAL = 500 "internal", "The service has a fault",
        "It is ours, not yours. Nothing of yours is lost. Give the administrator the incident: the log has its cause under that id.";
    UNAVAILABLE = 503 "unavailable", "Analyses cannot be run now",
        "The engine or the scheduler cannot be used. GET /health says what is missing. What was uploaded stays.";
}
