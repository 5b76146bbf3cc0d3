-- Whether the job runs again with more starting points, because its first run ended at a bad fit.
ALTER TABLE jobs ADD COLUMN more_starting_points INTEGER NOT NULL DEFAULT 0;
