-- What people call their jobs and datasets.
ALTER TABLE jobs ADD COLUMN name TEXT;
ALTER TABLE jobs ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';     -- JSON array of text
ALTER TABLE datasets ADD COLUMN tags TEXT NOT NULL DEFAULT '[]'; -- JSON array of text
