-- What would expire, and what does in the caller's own transaction.

CREATE FUNCTION expire_preview(rel regclass, OUT what text, OUT name text, OUT row_count bigint, OUT oldest timestamptz,
    OUT newest timestamptz, OUT note text)
    RETURNS SETOF record
    LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$ SELECT l.* FROM unnest((primecloud_internal.retention_ask(rel, 'preview')).lines) l $$;
COMMENT ON FUNCTION expire_preview(regclass)
    IS 'what would expire now: rows in all, held, by tenant; partitions; foreign keys that it touches';

CREATE FUNCTION expire_batch(rel regclass, batch integer DEFAULT 1000) RETURNS bigint
    LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$ SELECT (primecloud_internal.retention_ask(rel, 'batch', batch => batch)).rows $$;
COMMENT ON FUNCTION expire_batch(regclass, integer)
    IS 'expires at most so many rows in the caller''s transaction, passing over locked ones; returns how many';

-- The tables that expire_all() goes through.  The catalogs alone are asked: a table in
-- a schema that the caller may not use is no error here.
CREATE FUNCTION primecloud_internal.expirable_tables(OUT rel regclass, OUT schema_name text, OUT table_name text,
    OUT last_run timestamptz) RETURNS SETOF record
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT c.oid, s.schema_name, s.table_name, s.last_run
    FROM primecloud.retention_status s JOIN pg_namespace n ON n.nspname = s.schema_name JOIN pg_class c ON c.relnamespace = n.oid
        AND c.relname = s.table_name
    WHERE s.may_run
$$;
COMMENT ON FUNCTION primecloud_internal.expirable_tables() IS 'the tables that expire_all() goes through for its caller';

-- What expire_all() would do.  A policy that fails is a line, and stops no other.
CREATE FUNCTION expire_all_preview(OUT schema_name text, OUT table_name text, OUT what text, OUT name text, OUT row_count bigint,
                                   OUT oldest timestamptz, OUT newest timestamptz, OUT note text) RETURNS SETOF record
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    policy record;
    line record;
BEGIN
    FOR policy IN SELECT t.* FROM primecloud_internal.expirable_tables() t ORDER BY t.schema_name, t.table_name LOOP
        schema_name := policy.schema_name;
        table_name := policy.table_name;
        BEGIN
            FOR line IN SELECT p.* FROM primecloud.expire_preview(policy.rel) p LOOP
                what := line.what;
                name := line.name;
                row_count := line.row_count;
                oldest := line.oldest;
                newest := line.newest;
                note := line.note;
                RETURN NEXT;
            END LOOP;
        EXCEPTION WHEN OTHERS OR ASSERT_FAILURE THEN
            what := 'error';
            name := SQLSTATE;
            note := SQLERRM;
            row_count := NULL;
            oldest := NULL;
            newest := NULL;
            RETURN NEXT;
        END;
    END LOOP;
END $$;
COMMENT ON FUNCTION expire_all_preview() IS 'what expire_all() would expire now, table after table; removes nothing';
