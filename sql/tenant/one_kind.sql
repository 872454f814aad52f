-- A table is protected as one thing: an account's, shared or people.  Policies of two kinds let in what either does, so what
-- it is protected as it stays until unprotect_table(), whichever helper is called again.

CREATE FUNCTION primecloud_internal.check_one_kind(rel regclass, policy name) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET jit = off
AS $$
DECLARE
    other record;
BEGIN
    SELECT t.relid, CASE p.polname WHEN 'primecloud_floor' THEN 'protected as an account''s' WHEN 'primecloud_shared' THEN 'shared'
        ELSE 'protected as people' END AS kind INTO other
    -- (Of each table by itself: joined, the policies of all tables were gone through for each.)
    FROM primecloud_internal.table_tree(rel) AS t, LATERAL (SELECT * FROM pg_policy WHERE polrelid = t.relid OFFSET 0) AS p
    WHERE p.polname IN ('primecloud_floor', 'primecloud_shared', 'primecloud_people')
        AND p.polname IS DISTINCT FROM check_one_kind.policy ORDER BY t.level, t.relid, p.polname LIMIT 1;
    IF FOUND THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('table %s is %s', other.relid, other.kind),
            HINT = format('Call primecloud.unprotect_table(%L) first, if it is to be something else.', other.relid);
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.check_one_kind(regclass, name)
    IS 'refuses what is protected by another policy than this, which is NULL for none';
