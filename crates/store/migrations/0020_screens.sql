-- Screens: the usual set of analyses of an alignment, which the service starts one after the other.
CREATE TABLE screens (
    id      TEXT PRIMARY KEY,   -- hash of the owner's canonical request
    owner   TEXT NOT NULL,
    name    TEXT NOT NULL,
    request TEXT NOT NULL,      -- canonical JSON
    created TEXT NOT NULL,
    updated TEXT NOT NULL
) STRICT;
CREATE INDEX screens_by_owner ON screens (owner, created, id);
CREATE INDEX screens_by_update ON screens (owner, coalesce(updated, created), id);
CREATE TABLE screen_steps (
    screen_id TEXT NOT NULL REFERENCES screens (id) ON DELETE CASCADE,
    place     INTEGER NOT NULL, -- in the order in which they are started
    method    TEXT NOT NULL,
    state     TEXT NOT NULL,    -- waiting, started, skipped or refused
    job_id    TEXT,             -- of a started step; the job may have been deleted since
    note      TEXT,             -- for people: why it waits, was skipped or refused, or what differs
    PRIMARY KEY (screen_id, method)
) STRICT;
CREATE INDEX screen_steps_waiting ON screen_steps (screen_id) WHERE state = 'waiting';
