-- A statement that another server still runs for a session that has ended here: what it writes has been sealed by a transaction
-- that nobody waits for any more.

CREATE FUNCTION primecloud_internal.sessions_served() RETURNS bigint[]
    LANGUAGE sql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(array_agg(DISTINCT substr(a.application_name, 21)::bigint), '{}') FROM pg_stat_activity a
    WHERE a.application_name ~ '^citus_internal gpid=[0-9]{1,18}$' AND a.datname = current_database()
        AND a.state <> 'idle' AND a.pid <> pg_backend_pid();
$$;
COMMENT ON FUNCTION primecloud_internal.sessions_served()
    IS 'for which sessions of its cluster this server runs something, as Citus numbers them; asked by the coordinator';
REVOKE ALL ON FUNCTION primecloud_internal.sessions_served() FROM PUBLIC;

-- Of this server's sessions; those of others seal nothing.  A number is the server's and the process's.
CREATE FUNCTION primecloud_internal.orphaned_sessions() RETURNS TABLE (node text, session bigint)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    one record;
    own bigint;
BEGIN
    EXECUTE 'SELECT pg_catalog.citus_backend_gpid() / 10000000000' INTO own;
    FOR one IN EXECUTE 'SELECT n.nodename || '':'' || n.nodeport AS node, r.success, r.result
            FROM (SELECT array_agg(nodename ORDER BY nodeid) AS hosts, array_agg(nodeport ORDER BY nodeid) AS ports,
                    array_agg($1 ORDER BY nodeid) AS questions
                FROM pg_catalog.pg_dist_node WHERE noderole = ''primary'' HAVING count(*) > 0) AS all_of_them
            CROSS JOIN LATERAL pg_catalog.master_run_on_worker(hosts, ports, questions, true) AS r(nodename, nodeport, success, result)
            JOIN pg_catalog.pg_dist_node n ON n.nodename = r.nodename AND n.nodeport = r.nodeport'
            USING 'SELECT primecloud_internal.sessions_served()' LOOP
        IF one.success IS NOT TRUE THEN
            RAISE connection_failure USING MESSAGE = format('what server %s still runs was not seen', one.node), DETAIL = one.result,
                HINT = 'Ask again when it answers; check_installation() says what it is wanting.';
        END IF;
        PERFORM pg_stat_clear_snapshot();
        RETURN QUERY SELECT one.node, s FROM unnest(one.result::bigint[]) AS s
            WHERE s / 10000000000 = own AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.pid = s % 10000000000);
    END LOOP;
END $$;
COMMENT ON FUNCTION primecloud_internal.orphaned_sessions()
    IS 'sessions of this server that have ended, and for which another server still runs something';
REVOKE ALL ON FUNCTION primecloud_internal.orphaned_sessions() FROM PUBLIC;

CREATE FUNCTION primecloud_internal.wait_for_orphans(key_id bigint) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    left_over text;
BEGIN
    IF to_regprocedure('pg_catalog.citus_backend_gpid()') IS NULL OR primecloud_internal.spread_sealed() = '{}' THEN
        RETURN;
    END IF;
    -- As long as sealers are waited for.
    FOR try IN 1 .. 20 LOOP
        left_over := (SELECT string_agg(DISTINCT o.node, ' and ') FROM primecloud_internal.orphaned_sessions() AS o);
        EXIT WHEN left_over IS NULL;
        PERFORM pg_sleep(0.1);
    END LOOP;
    IF left_over IS NOT NULL THEN
        RAISE lock_not_available USING MESSAGE =
            format('data key %s may be in use: %s still runs a statement of a session that has ended here',
            key_id, left_over), HINT = 'Ask again when that has ended; pg_stat_activity shows it there.';
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.wait_for_orphans(bigint)
    IS 'waits for what other servers run for sessions that have ended here, who may have sealed with a key';
REVOKE ALL ON FUNCTION primecloud_internal.wait_for_orphans(bigint) FROM PUBLIC;
