-- The engine that runs a job, in the API's words.
ALTER TABLE jobs ADD COLUMN engine TEXT NOT NULL DEFAULT 'hyphy';
