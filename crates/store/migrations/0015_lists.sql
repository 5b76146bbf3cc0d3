-- Lists take the same time however many jobs and datasets there are: each order and each filter that
-- few may match has an index that ends as the order does.
CREATE INDEX jobs_by_update ON jobs (owner, coalesce(updated, created), id);
CREATE INDEX jobs_by_owners_state ON jobs (owner, state, created, id);
CREATE INDEX jobs_by_method ON jobs (owner, method, created, id);
DROP INDEX jobs_by_alignment;
CREATE INDEX jobs_by_alignment ON jobs (alignment_id, owner, created, id);
DROP INDEX jobs_by_tree;
CREATE INDEX jobs_by_tree ON jobs (tree_id, owner, created, id);
CREATE INDEX datasets_by_update ON datasets (owner, updated, id);
CREATE INDEX datasets_by_name ON datasets (owner, name, id);
-- Bytes of an owner are added up from these alone.
CREATE INDEX datasets_by_size ON datasets (owner, size, id);
CREATE INDEX visualizations_by_size ON visualizations (owner, size);
