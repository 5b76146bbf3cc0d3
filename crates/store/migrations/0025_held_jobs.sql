-- The job of the whole alignment that a waiting step of a screen holds: its estimate is computed in the meantime, and
-- it does not run before the step's data are known.
ALTER TABLE screen_steps ADD COLUMN held_job_id TEXT;
CREATE INDEX screen_steps_holding ON screen_steps (held_job_id) WHERE held_job_id IS NOT NULL;
CREATE VIEW held_jobs AS
    SELECT held_job_id AS id FROM screen_steps WHERE state = 'waiting' AND held_job_id IS NOT NULL;
