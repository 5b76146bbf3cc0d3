-- Bytes of a figure: they count as its owner's.
ALTER TABLE visualizations ADD COLUMN size INTEGER NOT NULL DEFAULT 0;
UPDATE visualizations SET size = length(CAST(spec AS BLOB))
    + coalesce(length(CAST(config AS BLOB)), 0) + coalesce(length(CAST(metadata AS BLOB)), 0)
    + coalesce(length(CAST(description AS BLOB)), 0) + length(CAST(title AS BLOB));

-- When the last of a session's tokens that were seen expires; absent for sessions from before.
ALTER TABLE sessions ADD COLUMN expires TEXT;
-- Since when it has no data any more. One that was revoked is kept until its tokens expire.
ALTER TABLE sessions ADD COLUMN emptied TEXT;
