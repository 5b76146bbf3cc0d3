-- Jobs that anybody with the link may read.
CREATE TABLE shares (
    job_id  TEXT PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
    token   TEXT NOT NULL UNIQUE,
    created TEXT NOT NULL
) STRICT;
