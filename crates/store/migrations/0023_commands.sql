-- The command that last ran a job: a JSON array of words, without paths of this machine.
ALTER TABLE jobs ADD COLUMN command TEXT;
