-- Who may see what, when everybody has data of their own.
CREATE TABLE sessions (
    id      TEXT PRIMARY KEY,       -- UUID; owner of datasets and jobs, `sub` of tokens
    created TEXT NOT NULL,
    used    TEXT NOT NULL,          -- last use, to the minute
    revoked TEXT                    -- since when its tokens are refused
) STRICT;
CREATE INDEX sessions_by_use ON sessions (used);
