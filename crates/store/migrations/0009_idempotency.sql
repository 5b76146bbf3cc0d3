-- Answers to requests with an Idempotency-Key, for a day.
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
