-- distribute_table and undistribute_table: a protected table over the servers of Citus, account by account, and back.

-- Which policies are ours, of all that a distributed table may have.
CREATE FUNCTION primecloud_internal.is_own_policy(policy name) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT policy IN ('primecloud_floor', 'primecloud_confine', 'primecloud_select', 'primecloud_insert', 'primecloud_update',
        'primecloud_delete', 'primecloud_rank_insert', 'primecloud_rank_update', 'primecloud_rank_delete', 'primecloud_shared',
        'primecloud_shared_insert', 'primecloud_shared_update', 'primecloud_shared_delete');
$$;
COMMENT ON FUNCTION primecloud_internal.is_own_policy(name)
    IS 'whether a policy is one that the helpers make of an account''s table or a shared one';

CREATE FUNCTION primecloud_internal.forced_steps(tables regclass[], forced boolean) RETURNS SETOF primecloud_internal.plan_step
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN forced THEN 'row security' ELSE 'lift' END, x.relid::text,
        format('ALTER TABLE %s %s ROW LEVEL SECURITY', x.relid, CASE WHEN forced THEN 'FORCE' ELSE 'NO FORCE' END)
    FROM unnest(tables) WITH ORDINALITY AS u(t, n), primecloud_internal.table_tree(u.t) AS x WHERE x.kind IN ('r', 'p')
    ORDER BY u.n, x.level, x.relid;
$$;
COMMENT ON FUNCTION primecloud_internal.forced_steps(regclass[], boolean)
    IS 'the steps by which row-level security holds the owner of some tables, or does not while he moves their rows';

-- Where rows of the same accounts lie together: beside the first table whose tenants are of that type, and whose name its owner may use.
CREATE FUNCTION primecloud_internal.spread_beside(rel regclass, first regclass) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    beside text;
BEGIN
    EXECUTE 'SELECT c.oid::regclass::text FROM pg_catalog.pg_dist_partition d JOIN pg_catalog.pg_class c ON c.oid = d.logicalrelid::oid
        JOIN pg_catalog.pg_policy p ON p.polrelid = c.oid AND p.polname = ''primecloud_floor''
        WHERE d.partmethod = ''h'' AND NOT c.relispartition
            AND pg_catalog.has_schema_privilege((SELECT r.relowner FROM pg_catalog.pg_class r WHERE r.oid = $1), c.relnamespace, ''USAGE'')
            AND (SELECT a.atttypid FROM pg_catalog.pg_attribute a
            WHERE a.attrelid = c.oid AND a.attname = primecloud.tenant_column(c.oid)) = (SELECT a.atttypid FROM pg_catalog.pg_attribute a
            WHERE a.attrelid = $1 AND a.attname = primecloud.tenant_column($1)) ORDER BY c.oid LIMIT 1' INTO beside USING rel;
    RETURN coalesce(beside, CASE WHEN first <> rel THEN first::text END, 'default');
END $$;
COMMENT ON FUNCTION primecloud_internal.spread_beside(regclass, regclass)
    IS 'the table beside which another''s rows are to lie: of the same accounts; default where there is none';

-- What others' servers see of one role they do not see of another until COMMIT: all of it is the owner's.
CREATE FUNCTION primecloud_internal.as_owner(step primecloud_internal.plan_step) RETURNS primecloud_internal.plan_step
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$ SELECT primecloud_internal.step(CASE WHEN step.kind IN ('setting', 'seal') THEN step.kind ELSE 'spread' END, step.object,
    step.statement) $$;
COMMENT ON FUNCTION primecloud_internal.as_owner(primecloud_internal.plan_step)
    IS 'a step on a distributed table, run as its owner whatever it is: each role has its own connections to other servers';

CREATE FUNCTION primecloud_internal.distribute_plan(rel regclass) RETURNS SETOF primecloud_internal.plan_step
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    tables regclass[];
    moved regclass[];
    held regclass[];
    keys pg_constraint[];
    key pg_constraint;
BEGIN
    PERFORM primecloud_internal.check_spread_kind(rel, rel);
    tables := primecloud_internal.spread_set(rel);
    PERFORM primecloud_internal.check_spread_kind(t, rel) FROM unnest(tables) AS t;
    RETURN NEXT primecloud_internal.one_by_one();
    -- (What Citus was told of by hand has rows there already, and gets the policies that hold there.)
    RETURN QUERY SELECT s.* FROM unnest(tables) AS t, primecloud_internal.shape_steps(t, true, narrowed => true) AS s
        WHERE primecloud_internal.is_distributed(t) AND primecloud.tenant_column(t) IS NOT NULL;
    moved := ARRAY(SELECT t FROM unnest(tables) WITH ORDINALITY AS u(t, n) WHERE NOT primecloud_internal.is_distributed(t) ORDER BY n);
    IF moved = '{}' THEN
        RETURN;
    END IF;
    PERFORM primecloud_internal.check_spreadable(t) FROM unnest(moved) AS t;
    keys := ARRAY(SELECT k FROM primecloud_internal.spread_keys(moved) AS k ORDER BY k.conrelid::regclass::text, k.conname);
    PERFORM primecloud_internal.check_spread_key(k) FROM unnest(keys) AS k;
    held := ARRAY(SELECT t FROM unnest(tables) WITH ORDINALITY AS u(t, n)
        WHERE t = ANY (moved) OR EXISTS (SELECT FROM unnest(keys) AS k WHERE t IN (k.conrelid, k.confrelid)) ORDER BY n);
    RETURN QUERY SELECT * FROM primecloud_internal.copy_target_steps(moved, false);
    RETURN QUERY SELECT * FROM primecloud_internal.untie_steps(keys);
    RETURN QUERY SELECT s.* FROM unnest(moved) AS t, primecloud_internal.shape_steps(t, true) AS s
        WHERE primecloud.tenant_column(t) IS NOT NULL;
    -- The owner reads and writes all rows while they move: policies hold him again before anybody else sees the table.
    RETURN QUERY SELECT * FROM primecloud_internal.forced_steps(held, false);
    RETURN QUERY SELECT 'spread', t::text, CASE WHEN primecloud.tenant_column(t) IS NULL
            THEN format('SELECT pg_catalog.create_reference_table(%L)', t)
            ELSE format('SELECT pg_catalog.create_distributed_table(%L, %L, colocate_with => %L)', t, primecloud.tenant_column(t),
                primecloud_internal.spread_beside(t, (SELECT f FROM unnest(moved) WITH ORDINALITY AS v(f, m)
                    WHERE primecloud_internal.tenant_type(f) = primecloud_internal.tenant_type(t) ORDER BY m LIMIT 1))) END
        FROM unnest(moved) WITH ORDINALITY AS u(t, n) ORDER BY n;
    RETURN QUERY SELECT 'spread', t::text, format('SELECT pg_catalog.truncate_local_data_after_distributing_table(%L)', t)
        FROM unnest(moved) WITH ORDINALITY AS u(t, n) ORDER BY n;
    RETURN QUERY SELECT * FROM primecloud_internal.tie_steps(keys);
    RETURN QUERY SELECT * FROM primecloud_internal.forced_steps(held, true);
    RETURN QUERY SELECT * FROM primecloud_internal.copy_target_steps(moved, true);
END $$;
COMMENT ON FUNCTION primecloud_internal.distribute_plan(regclass)
    IS 'the steps by which a table, and what foreign keys tie to it, goes to the servers of Citus';

CREATE FUNCTION distribute_table(rel regclass, dry_run boolean DEFAULT false) RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off SET client_min_messages = warning
AS $$
DECLARE
    steps primecloud_internal.plan_step[];
BEGIN
    PERFORM primecloud_internal.check_owner(rel), primecloud_internal.check_citus(), primecloud_internal.check_moves();
    steps := ARRAY(SELECT primecloud_internal.as_owner(s) FROM primecloud_internal.distribute_plan(rel) AS s);
    -- (A setting alone does nothing.)
    RETURN QUERY SELECT * FROM primecloud_internal.run_plan(CASE WHEN cardinality(steps) > 1 THEN steps ELSE '{}' END, dry_run);
END $$;
COMMENT ON FUNCTION distribute_table(regclass, boolean) IS
    'spreads a protected table over the servers of Citus by its tenant column, with what foreign keys tie to it: its policies take the '
        'shape that holds on shards; shared tables go to every server; returns the statements it ran';
