-- The user's tags of screens, as jobs and datasets have them.
ALTER TABLE screens ADD COLUMN tags TEXT NOT NULL DEFAULT '[]'; -- JSON array of text
-- The version of HyPhy that last ran a job: the results of GARD do not contain it.
ALTER TABLE jobs ADD COLUMN hyphy_version TEXT;
