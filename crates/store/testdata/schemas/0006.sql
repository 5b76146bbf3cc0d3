CREATE TABLE _sqlx_migrations (
    version BIGINT PRIMARY KEY,
    description TEXT NOT NULL,
    installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    success BOOLEAN NOT NULL,
    checksum BLOB NOT NULL,
    execution_time BIGINT NOT NULL
);
CREATE TABLE datasets (
    id          TEXT PRIMARY KEY,
    owner       TEXT NOT NULL,
    sha256      TEXT NOT NULL,      -- of the bytes as uploaded; names the blob
    size        INTEGER NOT NULL,   -- bytes
    name        TEXT NOT NULL,
    kind        TEXT NOT NULL,
    description TEXT NOT NULL,
    report      TEXT NOT NULL,      -- JSON
    created     TEXT NOT NULL,
    updated     TEXT NOT NULL
) STRICT;
CREATE INDEX datasets_by_owner ON datasets (owner, created, id);
CREATE INDEX datasets_by_blob ON datasets (sha256);
CREATE TABLE jobs (
    id            TEXT PRIMARY KEY,
    owner         TEXT NOT NULL,
    method        TEXT NOT NULL,
    parameters    TEXT NOT NULL,            -- canonical JSON
    alignment_id  TEXT REFERENCES datasets (id),
    tree_id       TEXT REFERENCES datasets (id),
    state         TEXT NOT NULL,
    error_message TEXT,
    warnings      TEXT NOT NULL,            -- JSON array of text
    progress      TEXT,                     -- JSON
    attempts      INTEGER NOT NULL DEFAULT 0,
    attempt_name  TEXT UNIQUE,              -- of the present or last attempt
    handle        TEXT,                     -- under which the scheduler knows it
    result_sha256 TEXT,                     -- of the engine's result file
    tolerant      INTEGER NOT NULL DEFAULT 0, -- 1: with numerical errors tolerated
    sandbox       TEXT,                     -- how far the last attempt was confined
    created       TEXT NOT NULL,
    started       TEXT,
    ended         TEXT
, updated TEXT) STRICT;
CREATE INDEX jobs_by_owner ON jobs (owner, created, id);
CREATE INDEX jobs_by_state ON jobs (state, created);
CREATE INDEX jobs_by_alignment ON jobs (alignment_id);
CREATE INDEX jobs_by_tree ON jobs (tree_id);
CREATE INDEX jobs_by_result ON jobs (result_sha256);
CREATE TABLE renamings (
    job_id TEXT PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
    names  TEXT NOT NULL                    -- JSON object: the user's by the engine's
) STRICT;
CREATE TABLE events (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    owner  TEXT NOT NULL,
    kind   TEXT NOT NULL,
    data   TEXT NOT NULL                    -- JSON
) STRICT;
CREATE INDEX events_by_job ON events (job_id, id);
CREATE TABLE sessions (
    id      TEXT PRIMARY KEY,       -- UUID; owner of datasets and jobs, `sub` of tokens
    created TEXT NOT NULL,
    used    TEXT NOT NULL,          -- last use, to the minute
    revoked TEXT                    -- since when its tokens are refused
) STRICT;
CREATE INDEX sessions_by_use ON sessions (used);
CREATE INDEX events_by_owner ON events (owner, id);
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
CREATE TABLE shares (
    job_id  TEXT PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
    token   TEXT NOT NULL UNIQUE,
    created TEXT NOT NULL
) STRICT;
CREATE INDEX jobs_by_owner_state ON jobs (state, owner);
INSERT INTO _sqlx_migrations VALUES (1, 'first', '2026-11-27 12:09:55', 1, X'F32FC5BEE49A1DAD77089AF52376D5525634D0FD5FBFF3851C4FF609E8A96746CD5D243D79AF4314414CEAA79CCE600F', 0);
INSERT INTO _sqlx_migrations VALUES (2, 'sessions', '2026-11-27 12:09:55', 1, X'C4F52A64B40B7707B768EAA3530DD813C1088D3A2ACE5C0F335A47A228AC3F7DF15450E1E04BBACC8A717A5E942AC21D', 0);
INSERT INTO _sqlx_migrations VALUES (3, 'updated', '2026-11-27 12:09:55', 1, X'73CB1B39EB981CD351A55143F6E664F6098162BF119B292E96645C9DAA9AF54591E003F11B83C4C75657E84D8EFAA180', 0);
INSERT INTO _sqlx_migrations VALUES (4, 'visualizations', '2026-11-27 12:09:55', 1, X'67AE9529C55A06F073D73CDA35A49725DAF2B32934C281B680CA9E6AD0F36FA144C1E024C6558E8E6762C5C212EE078C', 0);
INSERT INTO _sqlx_migrations VALUES (5, 'shares', '2026-11-27 12:09:55', 1, X'210CDEC0A7A80288BA82E885F901A7C8B3DE03E87F5E19E1BB63E19D721F3DBD113C9D61D84A754D907BB6634AF31B9E', 0);
INSERT INTO _sqlx_migrations VALUES (6, 'owner state', '2026-11-27 12:09:55', 1, X'C6B768AC073F1CEE18E8D2E7350B793FB0E7FEB8965132CF00F6DE9A84AFAA17FEB0A7BCF19DDF232911151F5773AE8B', 0);
