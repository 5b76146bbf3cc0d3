-- Events and deliveries outlive their jobs for a while: who was away learns of the end.

CREATE TABLE events_new (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id  TEXT NOT NULL,
    owner   TEXT NOT NULL,
    kind    TEXT NOT NULL,
    data    TEXT NOT NULL,          -- JSON
    expires TEXT                    -- of a job that was deleted: until when they are kept
) STRICT;
INSERT INTO events_new (id, job_id, owner, kind, data) SELECT id, job_id, owner, kind, data FROM events;
-- Ids go on where they were, also where the last events are gone.
DELETE FROM sqlite_sequence WHERE name = 'events_new';
INSERT INTO sqlite_sequence (name, seq) SELECT 'events_new', seq FROM sqlite_sequence WHERE name = 'events';
DROP TABLE events;
ALTER TABLE events_new RENAME TO events;
CREATE INDEX events_by_job ON events (job_id, id);
CREATE INDEX events_by_owner ON events (owner, id);
CREATE INDEX events_by_expiry ON events (expires) WHERE expires IS NOT NULL;

CREATE TABLE deliveries_new (
    id       TEXT PRIMARY KEY,
    job_id   TEXT NOT NULL,
    owner    TEXT NOT NULL,
    kind     TEXT NOT NULL,         -- webhook or mail
    target   TEXT NOT NULL,         -- URL or e-mail address
    host     TEXT NOT NULL,         -- whom to ask: few at once
    tries    INTEGER NOT NULL DEFAULT 0,
    error    TEXT,                  -- of the last try
    done     TEXT,                  -- since when it was told or given up
    created  TEXT NOT NULL,
    next_try TEXT NOT NULL,
    deleted  TEXT,                  -- since when its job is deleted
    payload  TEXT                   -- the job as it was then, JSON
) STRICT;
INSERT INTO deliveries_new (id, job_id, owner, kind, target, host, tries, error, done, created, next_try)
    SELECT deliveries.id, job_id, owner, kind, target, target, tries, error, done, deliveries.created, next_try
    FROM deliveries JOIN jobs ON jobs.id = job_id;
DROP TABLE deliveries;
ALTER TABLE deliveries_new RENAME TO deliveries;
CREATE UNIQUE INDEX deliveries_by_job ON deliveries (job_id, kind, target) WHERE deleted IS NULL;
CREATE INDEX deliveries_by_time ON deliveries (next_try) WHERE done IS NULL;
