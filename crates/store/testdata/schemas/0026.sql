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
, tags TEXT NOT NULL DEFAULT '[]') STRICT;
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
, updated TEXT, expected_seconds REAL, error_code TEXT, more_starting_points INTEGER NOT NULL DEFAULT 0, engine TEXT NOT NULL DEFAULT 'hyphy', estimate_state TEXT NOT NULL DEFAULT 'absent', estimate_attempt TEXT, estimate_handle TEXT, estimate_progress TEXT, estimate_sha256 TEXT, name TEXT, tags TEXT NOT NULL DEFAULT '[]', request_id TEXT, requested TEXT, command TEXT, hyphy_version TEXT) STRICT;
CREATE INDEX jobs_by_owner ON jobs (owner, created, id);
CREATE INDEX jobs_by_state ON jobs (state, created);
CREATE INDEX jobs_by_result ON jobs (result_sha256);
CREATE TABLE renamings (
    job_id TEXT PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
    names  TEXT NOT NULL                    -- JSON object: the user's by the engine's
) STRICT;
CREATE TABLE sessions (
    id      TEXT PRIMARY KEY,       -- UUID; owner of datasets and jobs, `sub` of tokens
    created TEXT NOT NULL,
    used    TEXT NOT NULL,          -- last use, to the minute
    revoked TEXT                    -- since when its tokens are refused
, expires TEXT, emptied TEXT) STRICT;
CREATE INDEX sessions_by_use ON sessions (used);
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
, size INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX visualizations_by_owner ON visualizations (owner, created, id);
CREATE INDEX visualizations_by_job ON visualizations (job_id);
CREATE TABLE shares (
    job_id  TEXT PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
    token   TEXT NOT NULL UNIQUE,
    created TEXT NOT NULL
) STRICT;
CREATE INDEX jobs_by_owner_state ON jobs (state, owner);
CREATE TABLE answers (
    owner   TEXT NOT NULL,
    key     TEXT NOT NULL,
    request TEXT NOT NULL,      -- hash of what was asked
    status  INTEGER NOT NULL,
    kind    TEXT,               -- Content-Type
    body    BLOB NOT NULL,
    created TEXT NOT NULL,
    PRIMARY KEY (owner, key)
) STRICT;
CREATE INDEX answers_by_time ON answers (created);
CREATE TABLE imports (
    store  TEXT PRIMARY KEY,    -- path of its file
    report TEXT NOT NULL,       -- what was said about it
    done   TEXT NOT NULL
) STRICT;
CREATE TABLE "events" (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id  TEXT NOT NULL,
    owner   TEXT NOT NULL,
    kind    TEXT NOT NULL,
    data    TEXT NOT NULL,          -- JSON
    expires TEXT                    -- of a job that was deleted: until when they are kept
) STRICT;
CREATE INDEX events_by_job ON events (job_id, id);
CREATE INDEX events_by_owner ON events (owner, id);
CREATE INDEX events_by_expiry ON events (expires) WHERE expires IS NOT NULL;
CREATE TABLE "deliveries" (
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
CREATE UNIQUE INDEX deliveries_by_job ON deliveries (job_id, kind, target) WHERE deleted IS NULL;
CREATE INDEX deliveries_by_time ON deliveries (next_try) WHERE done IS NULL;
CREATE TABLE share_links (
    hash    TEXT PRIMARY KEY,   -- SHA-256 of the token, in hexadecimal
    job_id  TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    nonce   TEXT,               -- of which the service's key makes the token again; absent where it cannot
    created TEXT NOT NULL
) STRICT;
CREATE INDEX share_links_by_job ON share_links (job_id);
CREATE TABLE health (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    checked TEXT NOT NULL
) STRICT;
CREATE INDEX jobs_by_update ON jobs (owner, coalesce(updated, created), id);
CREATE INDEX jobs_by_owners_state ON jobs (owner, state, created, id);
CREATE INDEX jobs_by_method ON jobs (owner, method, created, id);
CREATE INDEX jobs_by_alignment ON jobs (alignment_id, owner, created, id);
CREATE INDEX jobs_by_tree ON jobs (tree_id, owner, created, id);
CREATE INDEX datasets_by_update ON datasets (owner, updated, id);
CREATE INDEX datasets_by_name ON datasets (owner, name, id);
CREATE INDEX datasets_by_size ON datasets (owner, size, id);
CREATE INDEX visualizations_by_size ON visualizations (owner, size);
CREATE INDEX jobs_by_waiting_estimate ON jobs (created, id) WHERE estimate_state = 'waiting';
CREATE INDEX jobs_by_running_estimate ON jobs (estimate_attempt) WHERE estimate_state = 'running';
CREATE INDEX jobs_by_estimate ON jobs (estimate_sha256) WHERE estimate_sha256 IS NOT NULL;
CREATE TABLE screens (
    id      TEXT PRIMARY KEY,   -- hash of the owner's canonical request
    owner   TEXT NOT NULL,
    name    TEXT NOT NULL,
    request TEXT NOT NULL,      -- canonical JSON
    created TEXT NOT NULL,
    updated TEXT NOT NULL
, request_id TEXT, tags TEXT NOT NULL DEFAULT '[]') STRICT;
CREATE INDEX screens_by_owner ON screens (owner, created, id);
CREATE INDEX screens_by_update ON screens (owner, coalesce(updated, created), id);
CREATE TABLE screen_steps (
    screen_id TEXT NOT NULL REFERENCES screens (id) ON DELETE CASCADE,
    place     INTEGER NOT NULL, -- in the order in which they are started
    method    TEXT NOT NULL,
    state     TEXT NOT NULL,    -- waiting, started, skipped or refused
    job_id    TEXT,             -- of a started step; the job may have been deleted since
    note      TEXT, held_job_id TEXT,             -- for people: why it waits, was skipped or refused, or what differs
    PRIMARY KEY (screen_id, method)
) STRICT;
CREATE INDEX screen_steps_waiting ON screen_steps (screen_id) WHERE state = 'waiting';
CREATE TABLE conversations (
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    title TEXT,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL
);
CREATE INDEX conversations_of_owner ON conversations (owner, updated);
CREATE TABLE conversation_entries (
    conversation TEXT NOT NULL,
    position INTEGER NOT NULL,
    entry TEXT NOT NULL,
    PRIMARY KEY (conversation, position)
);
CREATE INDEX screen_steps_holding ON screen_steps (held_job_id) WHERE held_job_id IS NOT NULL;
CREATE VIEW held_jobs AS
    SELECT held_job_id AS id FROM screen_steps WHERE state = 'waiting' AND held_job_id IS NOT NULL;
INSERT INTO _sqlx_migrations VALUES (1, 'first', '2026-11-28 15:59:30', 1, X'F32FC5BEE49A1DAD77089AF52376D5525634D0FD5FBFF3851C4FF609E8A96746CD5D243D79AF4314414CEAA79CCE600F', 0);
INSERT INTO _sqlx_migrations VALUES (2, 'sessions', '2026-11-28 15:59:30', 1, X'C4F52A64B40B7707B768EAA3530DD813C1088D3A2ACE5C0F335A47A228AC3F7DF15450E1E04BBACC8A717A5E942AC21D', 0);
INSERT INTO _sqlx_migrations VALUES (3, 'updated', '2026-11-28 15:59:30', 1, X'73CB1B39EB981CD351A55143F6E664F6098162BF119B292E96645C9DAA9AF54591E003F11B83C4C75657E84D8EFAA180', 0);
INSERT INTO _sqlx_migrations VALUES (4, 'visualizations', '2026-11-28 15:59:30', 1, X'67AE9529C55A06F073D73CDA35A49725DAF2B32934C281B680CA9E6AD0F36FA144C1E024C6558E8E6762C5C212EE078C', 0);
INSERT INTO _sqlx_migrations VALUES (5, 'shares', '2026-11-28 15:59:30', 1, X'210CDEC0A7A80288BA82E885F901A7C8B3DE03E87F5E19E1BB63E19D721F3DBD113C9D61D84A754D907BB6634AF31B9E', 0);
INSERT INTO _sqlx_migrations VALUES (6, 'owner state', '2026-11-28 15:59:30', 1, X'C6B768AC073F1CEE18E8D2E7350B793FB0E7FEB8965132CF00F6DE9A84AFAA17FEB0A7BCF19DDF232911151F5773AE8B', 0);
INSERT INTO _sqlx_migrations VALUES (7, 'deliveries', '2026-11-28 15:59:30', 1, X'E3FAE187DD3D402A69E4B305CAF085BF6384A154626C3CA51D8BA77D9753B78470DDACF76B9A2BE76B7C239847AE24AF', 0);
INSERT INTO _sqlx_migrations VALUES (8, 'expected', '2026-11-28 15:59:30', 1, X'3D275D977879ABA76C86FB7E99FC5C1561F4A196C7B35E7B78BA39AAC209324FDA65874071726D0FD245BD72CB3518B4', 0);
INSERT INTO _sqlx_migrations VALUES (9, 'idempotency', '2026-11-28 15:59:30', 1, X'9013E764FFF71BD59BC37F879B900E758052AD19C93F8E86A0560D35E4F068D71DC90B60CDCD82F269A901397140CB4A', 0);
INSERT INTO _sqlx_migrations VALUES (10, 'imports', '2026-11-28 15:59:30', 1, X'52771A7C2E09C974C99796338F99AB735702623D4E349B66300F3AE9D863599878D9747B6D8DA11B959BEE196E40C3FD', 0);
INSERT INTO _sqlx_migrations VALUES (11, 'limits', '2026-11-28 15:59:30', 1, X'76F4E2A2D25C6382947816255AC727DAE5718625797202BBB9F96D4603EA0307AB571FAFBDD68E7E34AB515BEC0C3148', 0);
INSERT INTO _sqlx_migrations VALUES (12, 'after deletion', '2026-11-28 15:59:30', 1, X'30274651F73C69A5F284114FB6A0BFE1F296C007B736F23A66C105F2101BA1A582016B081FB02B013ADCB6317DA13F7F', 0);
INSERT INTO _sqlx_migrations VALUES (13, 'answers', '2026-11-28 15:59:30', 1, X'16D34951A52FCF28321BBDF9CEF3A4D56D0D1C416AD36C37383B656C049857949B101B9E209AD059A192ED5CA8197B5F', 0);
INSERT INTO _sqlx_migrations VALUES (14, 'share links', '2026-11-28 15:59:30', 1, X'101F87BCD4F6E32C6054C4584CD05939C7271291DE48C1D8E5CDC66C9FA744ACEA8AF30ECD636FA192FC981444C7C002', 0);
INSERT INTO _sqlx_migrations VALUES (15, 'lists', '2026-11-28 15:59:30', 1, X'08BF1C50BAED83F74EF7EFFC784AC9850AACCF72ECEE38AF258AFD5EBCE5E3CBD474F652CE8DC92F9673D3C80C2C7488', 0);
INSERT INTO _sqlx_migrations VALUES (16, 'error codes', '2026-11-28 15:59:30', 1, X'9FA8A90DDD8925363ECE8BBEFEE76587315F9E72368A87D7A3AFDE8CA5EB2D1D0D72FF820ACE79F1739A661AF6D4F9E4', 0);
INSERT INTO _sqlx_migrations VALUES (17, 'more starting points', '2026-11-28 15:59:30', 1, X'C55699728703839DC931ADF791DE620F8EB625873A3312081122D1E505EC43C17BE6B09DBBDA02A04044ACB290BBC035', 0);
INSERT INTO _sqlx_migrations VALUES (18, 'engines', '2026-11-28 15:59:30', 1, X'EAD836CCF5D5667B43D0D636045AF115DC21D1C0D3B3A347185CFBB955B9854A153332C2A68F70CB011D33B6AFFD8C04', 0);
INSERT INTO _sqlx_migrations VALUES (19, 'estimates', '2026-11-28 15:59:30', 1, X'436AFE68A8B482464B69871837434EA241F07FE055AD62B85EA53D451CC0842B67291DE08C97DF14513829C225CA7565', 0);
INSERT INTO _sqlx_migrations VALUES (20, 'screens', '2026-11-28 15:59:30', 1, X'C6F05A6E1FEDB6C1ACCF32D9EE2326E45DDD1EE24923A021160003CB64C49CCA9423471E62A06132B34BF996D9611387', 0);
INSERT INTO _sqlx_migrations VALUES (21, 'names and tags', '2026-11-28 15:59:30', 1, X'C2D507B11F7BF60568C8AC8759E5E591CC3E613FB20E1AE1B0A58BD6707B507D459EC890B25C8FA16B5314B2E4A2C4E7', 0);
INSERT INTO _sqlx_migrations VALUES (22, 'requests', '2026-11-28 15:59:30', 1, X'E89995F1B2C07739A916CF10A20E968E2EDB6F3ADDBFD173F6B3B50FD26B6AB860257C68586DC213948C4946D548A46B', 0);
INSERT INTO _sqlx_migrations VALUES (23, 'commands', '2026-11-28 15:59:30', 1, X'B7FED83E673860386A98FAA90CA5059B4792FD2F8F2B0C5399078C04A65C6A05902F4392EC1FD0972D5B73DEDF4DE6E7', 0);
INSERT INTO _sqlx_migrations VALUES (24, 'conversations', '2026-11-28 15:59:30', 1, X'19886E44F6343527B66F437D7165FF80A661049D5E5AE3AA47EC2828A1055E400A0B1CA5252004563E218294576D7E51', 0);
INSERT INTO _sqlx_migrations VALUES (25, 'held jobs', '2026-11-28 15:59:30', 1, X'B0712C97418B08BB7964B05DFDC2A1039B358B10F9CE411AF0FDC71989996438CD2BA7F545A1EA405E59A4266B7DC2BB', 0);
INSERT INTO _sqlx_migrations VALUES (26, 'tags and versions', '2026-11-28 15:59:30', 1, X'82E69A3336006A79F48E1E14D4DA3C1FDDF067AF64BE1C72E5B9ACA9A92EE75BB3049816FDD214588DD2300207667CDC', 0);
