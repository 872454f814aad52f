-- The guard where Citus has spread a table: what each server lets pass, and what none does.

-- A command on a table that stands on several servers is run on each.  Another node of Citus sends what the guard there has judged, and
-- only there it is known whether a helper runs it.  (Whoever takes a node's name for his own connection drops the policies of tables
-- that are his: unprotect_table() does as much.)
CREATE FUNCTION primecloud_internal.sent_by_node() RETURNS boolean
    LANGUAGE c STABLE PARALLEL RESTRICTED
    AS 'MODULE_PATHNAME', 'primecloud_sent_by_node';
COMMENT ON FUNCTION primecloud_internal.sent_by_node()
    IS 'whether another node of Citus sends this command, whose guard has judged it; false on the node that the others follow';

-- By their names: those that keep out wherever they are restrictive.
CREATE FUNCTION primecloud_internal.is_wall(policy name) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT policy IN ('primecloud_floor', 'primecloud_confine', 'primecloud_rank_insert', 'primecloud_rank_update',
        'primecloud_rank_delete', 'primecloud_people', 'primecloud_person_insert', 'primecloud_person_update', 'primecloud_person_delete');
$$;
COMMENT ON FUNCTION primecloud_internal.is_wall(name) IS 'whether a policy is one that lets nobody in, restrictive or not';

-- As Citus copies a restrictive policy (create_distributed_table() called by hand, on whichever node it is made) it lets in what it
-- should keep out: such a copy is refused, so that the whole command fails.
CREATE FUNCTION primecloud_internal.guard_spread_policy(made oid) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    policy record;
BEGIN
    IF to_regclass('pg_catalog.pg_dist_partition') IS NULL OR primecloud_internal.guard_level() = 'off' THEN
        RETURN;
    END IF;
    SELECT p.polrelid::regclass AS rel, p.polname, p.polpermissive, pg_get_expr(p.polqual, p.polrelid) AS qual,
        pg_get_expr(p.polwithcheck, p.polrelid) AS with_check INTO policy FROM pg_policy p WHERE p.oid = made;
    IF primecloud_internal.is_wall(policy.polname) AND policy.polpermissive
        AND NOT (coalesce(policy.qual, '(false AND ') LIKE '(false AND %'
            AND coalesce(policy.with_check, '(false AND ') LIKE '(false AND %') THEN
        PERFORM primecloud_internal.guard_against(format('policy "%s" of %s would let in what it should keep out', policy.polname,
            policy.rel),
            'Citus copies no restrictive policy as one: call primecloud.distribute_table() in place of create_distributed_table().');
    ELSIF NOT primecloud_internal.sent_by_node() AND primecloud_internal.is_distributed(policy.rel) AND EXISTS (SELECT FROM pg_policy p
            WHERE p.polrelid = policy.rel AND p.polname IN ('primecloud_floor', 'primecloud_shared')) THEN
        PERFORM primecloud_internal.guard_against(format('policy "%s" of distributed table %s would let in beside its protection',
            policy.polname, policy.rel), 'On shards every policy lets in, a restrictive one too: take the table back with '
                'primecloud.undistribute_table() first.');
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.guard_spread_policy(oid)
    IS 'what the guard does about a policy that would let in on the shards of a protected table';
