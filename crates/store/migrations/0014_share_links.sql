-- Links by which anybody may read a job. Of a link's token only a hash is kept. The table `shares`
-- held the tokens themselves; what it has is moved here at the start, where SHA-256 is at hand.
CREATE TABLE share_links (
    hash    TEXT PRIMARY KEY,   -- SHA-256 of the token, in hexadecimal
    job_id  TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    nonce   TEXT,               -- of which the service's key makes the token again; absent where it cannot
    created TEXT NOT NULL
) STRICT;
CREATE INDEX share_links_by_job ON share_links (job_id);
-- Written by each check of the service's health: a database that cannot write is not healthy.
CREATE TABLE health (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    checked TEXT NOT NULL
) STRICT;
