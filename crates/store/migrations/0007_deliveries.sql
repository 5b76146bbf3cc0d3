-- Who is to be told when a job ends.
CREATE TABLE deliveries (
    id       TEXT PRIMARY KEY,
    job_id   TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    kind     TEXT NOT NULL,     -- webhook or mail
    target   TEXT NOT NULL,     -- URL or e-mail address
    tries    INTEGER NOT NULL DEFAULT 0,
    error    TEXT,              -- of the last try
    done     TEXT,              -- since when it was told or given up
    created  TEXT NOT NULL,
    next_try TEXT NOT NULL,
    UNIQUE (job_id, kind, target)
) STRICT;
CREATE INDEX deliveries_by_time ON deliveries (next_try) WHERE done IS NULL;
