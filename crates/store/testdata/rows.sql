-- Rows that every schema accepts: an upload, and a job that used it and completed.
INSERT INTO datasets (id, owner, sha256, size, name, kind, description, report, created, updated) VALUES
    ('d1', 'open', 'aa00', 12, 'genes.fasta', 'fasta', '',
     '{"what": "alignment", "kind": "codon", "format": "fasta", "gzip": false, "sequences": 2, "sites": 6, "codons": 2, "aligned": true, "partitions": [], "gaps": 0.0, "ambiguity": 0.0, "variable_sites": 1, "identical_sequences": 0, "identical_groups": [], "genetic_codes": ["Universal"], "names_changed": 0, "name_changes": [], "tree": null, "trees": 0, "findings": [], "finding_counts": {"error": 0, "warning": 0, "note": 0}}',
     '2025-01-02T03:04:05+00:00', '2025-01-02T03:04:05+00:00');
INSERT INTO jobs (id, owner, method, parameters, alignment_id, state, warnings, attempts, attempt_name,
    result_sha256, created, started, ended) VALUES
    ('j1', 'open', 'fel', '{}', 'd1', 'completed', '[]', 1, 'dm-1', 'bb00',
     '2025-01-02T03:05:00+00:00', '2025-01-02T03:05:01+00:00', '2025-01-02T03:06:00+00:00');
