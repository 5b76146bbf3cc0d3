-- The request that started a job or a screen, or started it again: its X-Request-Id.
ALTER TABLE jobs ADD COLUMN request_id TEXT;
ALTER TABLE screens ADD COLUMN request_id TEXT;
-- When a job was last put into the queue by a request. NULL: when it was created.
ALTER TABLE jobs ADD COLUMN requested TEXT;
