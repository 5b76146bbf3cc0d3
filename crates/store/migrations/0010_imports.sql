-- Stores of the service before that were taken over, so that each is taken over once.
CREATE TABLE imports (
    store  TEXT PRIMARY KEY,    -- path of its file
    report TEXT NOT NULL,       -- what was said about it
    done   TEXT NOT NULL
) STRICT;
