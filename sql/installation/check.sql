-- check_installation(): one query that says whether everything around the extension is as it
-- should be: after installing, after a restore, and from monitoring.

CREATE FUNCTION check_installation() RETURNS TABLE (what text, state text, fix text)
    LANGUAGE sql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
    SET jit = off  -- compiling what looks at a catalog takes three times as long as looking
AS $$
    SELECT c.what, c.state, CASE WHEN c.state <> 'ok' THEN c.fix END
    FROM (SELECT * FROM primecloud_internal.check_server() UNION ALL SELECT * FROM primecloud_internal.check_database()
          UNION ALL SELECT * FROM primecloud_internal.check_roles() UNION ALL SELECT * FROM primecloud_internal.check_tables()
          UNION ALL SELECT * FROM primecloud_internal.check_rights() UNION ALL SELECT * FROM primecloud_internal.check_held()
          UNION ALL SELECT * FROM primecloud_internal.check_cluster() UNION ALL SELECT * FROM primecloud_internal.check_claims()) AS c
    ORDER BY array_position('{missing,risk,ok}', c.state), c.what COLLATE "C"
$$;
COMMENT ON FUNCTION check_installation()
    IS 'what around the extension is as it should be (ok), is not (missing), or is left open by PostgreSQL (risk), and what mends it';
REVOKE ALL ON FUNCTION check_installation() FROM PUBLIC;
