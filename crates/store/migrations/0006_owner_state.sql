CREATE INDEX jobs_by_owner_state ON jobs (state, owner);
