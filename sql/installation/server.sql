-- What no dump of a database carries, and what a server allows by itself, looked at by
-- check_installation().  Catalogs and settings alone: nothing of a lesser role is executed,
-- and no table of a user's is read.

CREATE FUNCTION primecloud_internal.library_version() RETURNS text
    LANGUAGE c IMMUTABLE PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_library_version';
COMMENT ON FUNCTION primecloud_internal.library_version() IS 'the version that the loaded library was built as';
REVOKE ALL ON FUNCTION primecloud_internal.library_version() FROM PUBLIC;

-- NULL: sealing and opening will work; else why not.
CREATE FUNCTION primecloud_internal.root_key_problem() RETURNS text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM primecloud.verify_root_key();
    RETURN NULL;
EXCEPTION WHEN SQLSTATE 'PC001' OR SQLSTATE 'PC002' OR SQLSTATE 'PC004' THEN
    RETURN SQLERRM;
END $$;
COMMENT ON FUNCTION primecloud_internal.root_key_problem()
    IS 'why the root key of this server is not the one of this database; NULL if it is';
REVOKE ALL ON FUNCTION primecloud_internal.root_key_problem() FROM PUBLIC;

CREATE FUNCTION primecloud_internal.prepared_before(moment timestamptz) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT string_agg(format('%L of %s', p.gid, p.prepared), ', ' ORDER BY p.prepared, p.gid) FROM pg_prepared_xacts AS p
    WHERE p.prepared < moment
$$;
COMMENT ON FUNCTION primecloud_internal.prepared_before(timestamptz) IS 'the prepared transactions that are older, or NULL';
REVOKE ALL ON FUNCTION primecloud_internal.prepared_before(timestamptz) FROM PUBLIC;

CREATE FUNCTION primecloud_internal.check_server() RETURNS TABLE (what text, state text, fix text)
    LANGUAGE sql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $$
    SELECT 'library and extension are of one version',
        CASE WHEN primecloud_internal.library_version() = e.extversion THEN 'ok' ELSE 'missing' END,
        format('the library is %s, the extension %s: install the library''s files and connect again, or ALTER EXTENSION primecloud UPDATE',
            primecloud_internal.library_version(), e.extversion)
    FROM pg_extension AS e WHERE e.extname = 'primecloud'
    UNION ALL
    SELECT 'the root key is this database''s', CASE WHEN p.problem IS NULL THEN 'ok' WHEN p.needed THEN 'missing' ELSE 'risk' END,
        p.problem || ': see primecloud.root_key_file and primecloud.root_key_command'
    FROM (SELECT primecloud_internal.root_key_problem() AS problem, EXISTS (SELECT FROM primecloud.data_key) AS needed) AS p
    UNION ALL
    SELECT 'no log setting prints tokens: ' || s.name,
        CASE s.name WHEN 'log_statement' THEN CASE WHEN s.setting = 'all' THEN 'risk' ELSE 'ok' END
                    WHEN 'log_parameter_max_length' THEN CASE WHEN s.setting = '0' OR NOT l.statements THEN 'ok' ELSE 'risk' END
                    ELSE CASE WHEN s.setting = '-1' THEN 'ok' ELSE 'risk' END END,
        CASE s.name WHEN 'log_statement' THEN 'ALTER SYSTEM SET log_statement = ''ddl'''
                    WHEN 'log_parameter_max_length' THEN 'ALTER SYSTEM SET log_parameter_max_length = 0'
                    ELSE format('ALTER SYSTEM SET %s = -1, or have applications send tokens as parameters', s.name) END
    FROM pg_settings AS s
    CROSS JOIN (SELECT bool_or(o.name = 'log_statement' AND o.setting = 'all'
                               OR o.name LIKE 'log\_min\_duration\_%' AND o.setting <> '-1') AS statements FROM pg_settings AS o) AS l
    WHERE s.name IN ('log_statement', 'log_min_duration_statement', 'log_min_duration_sample', 'log_parameter_max_length')
    UNION ALL
    SELECT 'no library keeps statements: ' || k.name,
        CASE WHEN s.name IS NULL OR s.setting = k.harmless THEN 'ok' ELSE 'risk' END, format('ALTER SYSTEM SET %s = %L', k.name, k.harmless)
    FROM (VALUES ('pg_stat_statements.track_utility', 'off'), ('auto_explain.log_min_duration', '-1')) AS k (name, harmless)
    LEFT JOIN pg_settings AS s USING (name)
    UNION ALL
    -- (Citus commits on several servers by them, within seconds, and ends its own that are left over.)
    SELECT 'no prepared transaction keeps its locks', CASE WHEN CASE WHEN spread.here THEN old.gids IS NULL ELSE s.setting = '0' END
            THEN 'ok' ELSE 'risk' END,
        CASE WHEN NOT spread.here THEN 'ALTER SYSTEM SET max_prepared_transactions = 0, and restart'
            ELSE format('ROLLBACK PREPARED or COMMIT PREPARED what is none of Citus'', and see why it leaves its own: %s', old.gids) END
    FROM pg_settings AS s, (SELECT to_regclass('pg_catalog.pg_dist_partition') IS NOT NULL) AS spread(here),
        primecloud_internal.prepared_before(now() - interval '10 minutes') AS old(gids)
    WHERE s.name = 'max_prepared_transactions'
$$;
COMMENT ON FUNCTION primecloud_internal.check_server() IS 'what check_installation() says of the server';
REVOKE ALL ON FUNCTION primecloud_internal.check_server() FROM PUBLIC;
