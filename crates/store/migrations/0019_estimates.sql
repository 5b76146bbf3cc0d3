-- The estimate of a job that HyPhy runs: the native engine's answer. Its state is absent, waiting,
-- running or ready; a running one has an attempt of its own.
ALTER TABLE jobs ADD COLUMN estimate_state TEXT NOT NULL DEFAULT 'absent';
ALTER TABLE jobs ADD COLUMN estimate_attempt TEXT;
ALTER TABLE jobs ADD COLUMN estimate_handle TEXT;
ALTER TABLE jobs ADD COLUMN estimate_progress TEXT;
ALTER TABLE jobs ADD COLUMN estimate_sha256 TEXT;
CREATE INDEX jobs_by_waiting_estimate ON jobs (created, id) WHERE estimate_state = 'waiting';
CREATE INDEX jobs_by_running_estimate ON jobs (estimate_attempt) WHERE estimate_state = 'running';
CREATE INDEX jobs_by_estimate ON jobs (estimate_sha256) WHERE estimate_sha256 IS NOT NULL;
