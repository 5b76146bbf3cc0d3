-- The kind of cause why a job has no result, in the API's words; NULL for jobs that failed before.
ALTER TABLE jobs ADD COLUMN error_code TEXT;
