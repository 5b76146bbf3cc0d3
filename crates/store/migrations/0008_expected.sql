-- Seconds that a job is expected to take; absent for jobs from before this was added.
ALTER TABLE jobs ADD COLUMN expected_seconds REAL;
