-- A control plane over the servers of Citus, account by account, and back.

CREATE FUNCTION primecloud_internal.schema_distribute_plan(schema name, source name) RETURNS SETOF primecloud_internal.plan_step
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $schema_distribute_plan$
DECLARE
    tables regclass[] := ARRAY(SELECT t.rel FROM primecloud_internal.schema_spread(schema, source) t);
    keys pg_constraint[] := primecloud_internal.schema_keys(schema);
BEGIN
    RETURN NEXT primecloud_internal.one_by_one();
    RETURN QUERY SELECT * FROM primecloud_internal.untie_steps(keys);
    RETURN QUERY SELECT * FROM primecloud_internal.schema_register_steps(schema, false);
    -- A dump of one that was distributed has them.
    RETURN QUERY SELECT * FROM primecloud_internal.schema_empty_steps(schema, source);
    RETURN QUERY SELECT * FROM primecloud_internal.schema_claim_all_steps(schema, source);
    RETURN QUERY SELECT * FROM primecloud_internal.schema_key_steps(schema, source, true);
    RETURN QUERY SELECT * FROM primecloud_internal.schema_policy_steps(schema, source, true);
    -- The owner reads and writes all rows while they move: policies hold him again before anybody else sees the tables.
    RETURN QUERY SELECT s.* FROM primecloud_internal.forced_steps(tables, false) AS s
        WHERE (SELECT c.relforcerowsecurity FROM pg_class c WHERE c.oid = s.object::regclass);
    RETURN QUERY SELECT 'spread', t.rel::text, CASE WHEN t.tenant_column IS NULL
            THEN format('SELECT pg_catalog.create_reference_table(%L)', t.rel)
            ELSE format('SELECT pg_catalog.create_distributed_table(%L, %L, colocate_with => %L)', t.rel, t.tenant_column,
                CASE WHEN t.rel = to_regclass(format('%I.accounts', schema)) THEN 'none' ELSE format('%I.accounts', schema) END) END
        FROM primecloud_internal.schema_spread(schema, source) t;
    RETURN QUERY SELECT 'spread', t.rel::text, format('SELECT pg_catalog.truncate_local_data_after_distributing_table(%L)', t.rel)
        FROM primecloud_internal.schema_spread(schema, source) t WHERE t.tenant_column IS NOT NULL;
    RETURN QUERY SELECT * FROM primecloud_internal.tie_steps(keys);
    RETURN QUERY SELECT s.* FROM primecloud_internal.forced_steps(tables, true) AS s
        WHERE (SELECT c.relforcerowsecurity FROM pg_class c WHERE c.oid = s.object::regclass);
    RETURN QUERY SELECT * FROM primecloud_internal.schema_bodies(schema, source, true);
END
$schema_distribute_plan$;
COMMENT ON FUNCTION primecloud_internal.schema_distribute_plan(name, name)
    IS 'the steps by which a control plane goes to the servers of Citus';

CREATE FUNCTION primecloud_internal.schema_undistribute_plan(schema name, source name) RETURNS SETOF primecloud_internal.plan_step
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $schema_undistribute_plan$
DECLARE
    tables regclass[] := ARRAY(SELECT t.rel FROM primecloud_internal.schema_spread(schema, source) t);
    keys pg_constraint[] := primecloud_internal.schema_keys(schema);
BEGIN
    RETURN NEXT primecloud_internal.one_by_one();
    RETURN QUERY SELECT * FROM primecloud_internal.untie_steps(keys);
    RETURN QUERY SELECT s.* FROM primecloud_internal.forced_steps(tables, false) AS s
        WHERE (SELECT c.relforcerowsecurity FROM pg_class c WHERE c.oid = s.object::regclass);
    RETURN QUERY SELECT b.* FROM primecloud_internal.schema_spread(schema, source) t,
        LATERAL primecloud_internal.schema_back_steps(schema, source, t.rel) AS b WHERE primecloud_internal.is_distributed(t.rel);
    -- With a table Citus drops what has its rows in it, and columns of types that have: migrate_schema makes functions again.
    RETURN QUERY SELECT 'drop type', s.name, format('DROP TYPE %I.%I CASCADE', schema, s.name)
        FROM primecloud_internal.schema_source(source, false) s WHERE s.kind = 'type' ORDER BY s."position" DESC;
    RETURN NEXT primecloud_internal.step('setting', NULL, 'SET LOCAL citus.enable_ddl_propagation = off');
    RETURN QUERY SELECT 'type', s.name, replace(s.statement, '@schema@', quote_ident(schema))
        FROM primecloud_internal.schema_source(source, false) s
        WHERE s.kind = 'type' OR s.kind = 'comment' AND EXISTS (SELECT FROM primecloud_internal.schema_source(source, false) t
            WHERE t.kind = 'type' AND (s.name = 'type ' || t.name OR starts_with(s.name, format('column %s.', t.name))))
        ORDER BY s."position";
    RETURN QUERY SELECT * FROM primecloud_internal.schema_key_steps(schema, source, false);
    RETURN QUERY SELECT * FROM primecloud_internal.schema_empty_steps(schema, source);
    RETURN QUERY SELECT * FROM primecloud_internal.schema_policy_steps(schema, source, false);
    RETURN QUERY SELECT s.* FROM unnest(tables) AS t, primecloud_internal.remember_steps(t) AS s;
    RETURN QUERY SELECT * FROM primecloud_internal.tie_steps(keys);
    RETURN QUERY SELECT s.* FROM primecloud_internal.forced_steps(tables, true) AS s
        WHERE (SELECT c.relforcerowsecurity FROM pg_class c WHERE c.oid = s.object::regclass);
    RETURN QUERY SELECT * FROM primecloud_internal.schema_register_steps(schema, true);
    RETURN NEXT primecloud_internal.step('replace', schema, format('SELECT primecloud.migrate_schema(%L)', schema));
    RETURN NEXT primecloud_internal.step('setting', NULL, 'SET LOCAL citus.enable_ddl_propagation = on');
END
$schema_undistribute_plan$;
COMMENT ON FUNCTION primecloud_internal.schema_undistribute_plan(name, name)
    IS 'the steps by which a control plane comes back from the servers of Citus';

CREATE FUNCTION distribute_schema(schema name, dry_run boolean DEFAULT false) RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off SET client_min_messages = warning
AS $distribute_schema$
BEGIN
    PERFORM primecloud_internal.schema_require(schema, 'primecloud_internal'), primecloud_internal.check_citus(),
        primecloud_internal.check_moves();
    IF primecloud_internal.schema_is_distributed(schema) THEN
        RETURN;
    END IF;
    PERFORM primecloud_internal.schema_check_spread(schema, 'primecloud_internal');
    RETURN QUERY SELECT * FROM primecloud_internal.run_plan(
        ARRAY(SELECT s FROM primecloud_internal.schema_distribute_plan(schema, 'primecloud_internal') AS s), dry_run);
END
$distribute_schema$;
COMMENT ON FUNCTION distribute_schema(name, boolean) IS
    'spreads a control plane over the servers of Citus, account by account: keys, policies and functions take the shape that holds there; '
    'returns the statements it ran';

CREATE FUNCTION undistribute_schema(schema name, dry_run boolean DEFAULT false) RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off SET client_min_messages = warning
AS $undistribute_schema$
BEGIN
    PERFORM primecloud_internal.schema_require(schema, 'primecloud_internal'), primecloud_internal.check_citus(),
        primecloud_internal.check_moves();
    IF NOT primecloud_internal.schema_is_distributed(schema) THEN
        RETURN;
    END IF;
    PERFORM primecloud_internal.schema_check_back(schema);
    RETURN QUERY SELECT * FROM primecloud_internal.run_plan(
        ARRAY(SELECT s FROM primecloud_internal.schema_undistribute_plan(schema, 'primecloud_internal') AS s), dry_run);
END
$undistribute_schema$;
COMMENT ON FUNCTION undistribute_schema(name, boolean) IS
    'undoes distribute_schema(): a control plane is on this server again, as migrate_schema() makes it; returns the statements it ran';
