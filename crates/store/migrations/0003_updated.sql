-- When a job last changed; absent for jobs that have not changed since this was added.
ALTER TABLE jobs ADD COLUMN updated TEXT;
-- What happens to the jobs of an owner, in order.
CREATE INDEX events_by_owner ON events (owner, id);
