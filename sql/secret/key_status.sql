-- What is to be seen of the data keys.

CREATE VIEW key_status WITH (security_barrier) AS
SELECT k.tenant, k.purpose, k.key_id, k.state, k.root_version, k.made_at, k.changed_at,
       -- The numbers of the last reseals, which cost nothing: exact ones are key_usage()'s.
       CASE WHEN k.purpose = 'seal' THEN (SELECT count(*) FROM primecloud_internal.reseal_problem p WHERE p.key_id = k.key_id)
           END AS rows_not_resealed
FROM primecloud.data_key k
WHERE has_function_privilege('primecloud.act_for_any_tenant()', 'EXECUTE');
COMMENT ON VIEW key_status
    IS 'every data key: whose it is, what it may do, since when, and by which root key it is wrapped; for roles that may act for every '
        'tenant';
COMMENT ON COLUMN key_status.rows_not_resealed IS 'rows sealed with it that the last reseal of their column could not seal anew';
GRANT SELECT ON key_status TO PUBLIC;
