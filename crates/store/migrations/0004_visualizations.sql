-- Figures that clients have drawn of results: Vega-Lite and the like, kept as they came.
CREATE TABLE visualizations (
    id          TEXT PRIMARY KEY,
    owner       TEXT NOT NULL,
    job_id      TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    dataset_id  TEXT,
    title       TEXT NOT NULL,
    description TEXT,
    spec        TEXT NOT NULL,  -- JSON object
    config      TEXT,           -- JSON object
    metadata    TEXT,           -- JSON object
    created     TEXT NOT NULL,
    updated     TEXT NOT NULL
) STRICT;
CREATE INDEX visualizations_by_owner ON visualizations (owner, created, id);
CREATE INDEX visualizations_by_job ON visualizations (job_id);
