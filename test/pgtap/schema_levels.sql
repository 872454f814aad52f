-- Commands run in READ COMMITTED alone: an older snapshot shows what has been taken
-- away meanwhile.  Each command that a client or the platform may call has its turn.
\set test schema_levels
\ir ../fixtures/control_plane.sql
SELECT no_plan();
CREATE TABLE commands AS
SELECT DISTINCT ON (p.oid) p.proname, CASE g.access WHEN 'app' THEN 'a_owner' ELSE 'a_platform' END AS who,
    format('SELECT count(*) FROM cloud.%I(%s)', p.proname, (SELECT string_agg('NULL::' || format_type(t, NULL), ', ' ORDER BY n)
        FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY AS a(t, n))) AS call
FROM pg_proc p JOIN primecloud_internal.schema_grants() g ON g.object = p.proname AND g.privilege = 'EXECUTE'
    AND g.access IN ('app', 'platform')
WHERE p.pronamespace = 'cloud'::regnamespace AND p.prosecdef AND p.provolatile = 'v'
  -- run by the platform over all accounts, on rows that no account takes away
  AND p.proname NOT IN ('set_price', 'set_product', 'generate_invoices')
ORDER BY p.oid, g.access;
SELECT cmp_ok((SELECT count(*) FROM commands), '>', 50::bigint, 'there are commands');
CREATE FUNCTION at_level(level text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM dblink_exec(connection('level'), format('SET default_transaction_isolation = %L', level));
    RETURN QUERY SELECT c.proname || ' ' || a FROM commands c, LATERAL (SELECT act(c.who, c.call, 'level') AS a) t
        WHERE a IS DISTINCT FROM '55000' ORDER BY 1;
END $$;
SELECT is_empty($$SELECT at_level('repeatable read')$$, 'none runs in REPEATABLE READ');
SELECT is_empty($$SELECT at_level('serializable')$$, 'nor in SERIALIZABLE');
SELECT cmp_ok((SELECT count(*) FROM at_level('read committed')), '=', (SELECT count(*) FROM commands),
    'each gets further in READ COMMITTED');
SELECT finish();
