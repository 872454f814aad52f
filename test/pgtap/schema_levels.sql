-- Commands run in READ COMMITTED alone: an older snapshot shows what has been taken
-- away meanwhile.  Whatever writes has its turn, whoever may call it.
\set test schema_levels
\ir ../fixtures/control_plane.sql
SELECT no_plan();
CREATE TABLE commands AS
SELECT DISTINCT ON (p.oid) p.proname, CASE g.access WHEN 'app' THEN 'a_owner' WHEN 'platform' THEN 'a_platform' ELSE g.access END AS who,
    format('SELECT count(*) FROM cloud.%I(%s)', p.proname, (SELECT string_agg('NULL::' || format_type(t, NULL), ', ' ORDER BY n)
        FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY AS a(t, n))) AS call
FROM pg_proc p JOIN primecloud_internal.schema_grants() g ON g.object = p.proname AND g.privilege = 'EXECUTE'
    AND g.access <> 'gate'
WHERE p.pronamespace = 'cloud'::regnamespace AND p.prokind = 'f' AND p.provolatile = 'v' AND p.prosecdef
ORDER BY p.oid, array_position(ARRAY['app', 'platform', 'gateway', 'worker', 'maintenance'], g.access);
SELECT cmp_ok((SELECT count(*) FROM commands), '>', 65::bigint, 'there are commands');
SELECT set_eq($$SELECT DISTINCT who FROM commands$$, ARRAY['a_owner', 'a_platform', 'gateway', 'worker', 'maintenance'],
    'of the application, the platform, the gateway, workers and maintenance');
CREATE FUNCTION at_level(level text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM dblink_exec(connection('level'), format('SET default_transaction_isolation = %L', level));
    RETURN QUERY SELECT c.proname || ' ' || a FROM commands c, LATERAL (SELECT act(c.who, c.call, 'level') AS a) t
        WHERE a IS DISTINCT FROM '55000' ORDER BY 1;
END $$;
SELECT is_empty($$SELECT at_level('repeatable read')$$, 'none runs in REPEATABLE READ');
SELECT is_empty($$SELECT at_level('serializable')$$, 'nor in SERIALIZABLE');
SELECT set_eq($$SELECT proname FROM commands c WHERE NOT EXISTS (SELECT FROM at_level('read committed') AS a(line)
    WHERE split_part(line, ' ', 1) = c.proname)$$, ARRAY['delete_closed_account', 'order_secret'],
    'each gets further in READ COMMITTED, but where 55000 says something else too: an account that is active, a claim that is none');
SELECT set_eq($$SELECT p.proname FROM pg_proc p JOIN primecloud_internal.schema_grants() g ON g.object = p.proname
    AND g.privilege = 'EXECUTE' AND g.access <> 'gate'
    WHERE p.pronamespace = 'cloud'::regnamespace AND p.prokind = 'f' AND p.provolatile = 'v' AND NOT p.prosecdef$$,
    ARRAY['orders_count'], 'whatever else may be called and is not stable counts, and writes nothing');
-- the procedures, which commit and so begin a transaction outside any
SELECT set_eq($$SELECT proname FROM pg_proc WHERE pronamespace = 'cloud'::regnamespace AND prokind = 'p'$$, ARRAY['run_maintenance'],
    'one procedure');
SELECT throws_ok(format($$SELECT dblink_exec('level', %L)$$, s), '55000', NULL, s || ' in SERIALIZABLE')
FROM unnest(ARRAY['CALL cloud.run_maintenance()']) AS s, dblink_exec('level', 'SET default_transaction_isolation = ''serializable''') AS x,
    dblink_exec('level', format('SET ROLE %I', :'maintenance')) AS y;
SELECT finish();
