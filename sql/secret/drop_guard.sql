-- DROP EXTENSION would take sealed columns, keys, holds and policies along without a word.

-- All that the extension stands on: itself, its schema, the language of its functions, the extension that brings that
-- language.  Whatever drops one of these drops it too.
CREATE FUNCTION primecloud_internal.reaches_extension(extensions oid[], schemas oid[], owners oid[]) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH RECURSIVE needed(classid, objid) AS (
        SELECT 'pg_extension'::regclass::oid, oid FROM pg_extension WHERE extname = 'primecloud'
        UNION
        SELECT step.classid, step.objid FROM needed n, LATERAL (
            SELECT d.refclassid AS classid, d.refobjid AS objid FROM pg_depend d WHERE d.classid = n.classid AND d.objid = n.objid
            UNION ALL
            SELECT d.classid, d.objid FROM pg_depend d
            WHERE d.refclassid = n.classid AND d.refobjid = n.objid AND d.deptype = 'e') AS step)
    SELECT EXISTS (SELECT FROM needed n JOIN pg_extension e ON n.classid = 'pg_extension'::regclass AND e.oid = n.objid
                   WHERE e.oid = ANY (extensions) OR e.extowner = ANY (owners))
        OR EXISTS (SELECT FROM needed n JOIN pg_namespace s ON n.classid = 'pg_namespace'::regclass AND s.oid = n.objid
                   WHERE s.oid = ANY (schemas) OR s.nspowner = ANY (owners));
$$;
COMMENT ON FUNCTION primecloud_internal.reaches_extension(oid[], oid[], oid[])
    IS 'whether to drop one of these extensions or schemas, or all that these roles own, is to drop primecloud';

-- By the size of its file, since policies hide rows; that tells nothing of a table whose rows lie on other servers, nor of one that
-- somebody holds locked, for whom nobody waits here.
CREATE FUNCTION primecloud_internal.tables_with_secrets() RETURNS TABLE (rel text, seen boolean)
    LANGUAGE sql VOLATILE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT DISTINCT c.oid::regclass::text, s IS NOT NULL OR d FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    JOIN primecloud_internal.sealed_kinds() AS k(type) ON k.type = a.atttypid,
        LATERAL primecloud_internal.size_now(c.oid) AS s, LATERAL primecloud_internal.is_distributed(c.oid) AS d
    WHERE NOT a.attisdropped AND c.relkind IN ('r', 'm') AND (s > 0 OR s IS NULL OR d)
    ORDER BY 1;
$$;
COMMENT ON FUNCTION primecloud_internal.tables_with_secrets()
    IS 'the tables with rows that have a column of sealed values, in whatever shape; and those that are held locked, which are not seen';

CREATE FUNCTION primecloud_internal.counted(amount bigint, one text, many text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$ SELECT CASE amount WHEN 0 THEN NULL WHEN 1 THEN format('1 %s', one) ELSE format('%s %s', amount, many) END $$;
COMMENT ON FUNCTION primecloud_internal.counted(bigint, text, text) IS 'so many of something; NULL for none';

-- A key that was retired checks and finds nothing already: leave() has said so.
CREATE FUNCTION primecloud_internal.reasons_to_stay() RETURNS text
    LANGUAGE plpgsql VOLATILE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    tables text[];
    unseen text[];
BEGIN
    SELECT coalesce(array_agg(t.rel ORDER BY t.rel) FILTER (WHERE t.seen), '{}'), array_agg(t.rel ORDER BY t.rel) FILTER (WHERE NOT t.seen)
    INTO tables, unseen FROM primecloud_internal.tables_with_secrets() AS t;
    RETURN nullif(concat_ws(', ',
        CASE cardinality(tables) WHEN 0 THEN NULL WHEN 1 THEN format('table %s has a sealed column that holds rows', tables[1])
            ELSE format('%s tables have sealed columns that hold rows (%s%s)', cardinality(tables), array_to_string(tables[1:5], ', '),
                CASE WHEN cardinality(tables) > 5 THEN ', ...' ELSE '' END) END,
        CASE WHEN unseen IS NOT NULL THEN format('table %s could not be looked at, which somebody holds locked', unseen[1]) END,
        (SELECT primecloud_internal.counted(count(*), 'key has hashed tokens', 'keys have hashed tokens')
            FROM primecloud.data_key k WHERE k.purpose = 'token' AND k.state IN ('active', 'decrypt_only')),
        (SELECT primecloud_internal.counted(count(DISTINCT k.tenant), 'tenant has blind indexes', 'tenants have blind indexes')
            FROM primecloud.data_key k WHERE k.purpose = 'index' AND k.state IN ('active', 'decrypt_only')),
        (SELECT primecloud_internal.counted(count(*), 'legal hold is open', 'legal holds are open') FROM primecloud_internal.open_hold),
        (SELECT primecloud_internal.counted(count(*), 'retention policy runs', 'retention policies run')
            FROM primecloud_internal.retention_policy p JOIN primecloud_internal.known_table t
                ON t.schema_name = p.schema_name AND t.table_name = p.table_name)), '');
END $$;
COMMENT ON FUNCTION primecloud_internal.reasons_to_stay() IS 'what a DROP of the extension would destroy, counted; NULL for nothing';

CREATE FUNCTION primecloud_internal.guard_drop() RETURNS event_trigger
    LANGUAGE c AS 'MODULE_PATHNAME', 'primecloud_guard_drop';
COMMENT ON FUNCTION primecloud_internal.guard_drop()
    IS 'refuses a DROP that would take the extension while anything is sealed, hashed, held or kept by it';
REVOKE ALL ON FUNCTION primecloud_internal.reaches_extension(oid[], oid[], oid[]), primecloud_internal.tables_with_secrets(),
    primecloud_internal.reasons_to_stay(), primecloud_internal.guard_drop() FROM PUBLIC;
CREATE EVENT TRIGGER primecloud_guard_drop ON ddl_command_start WHEN TAG IN ('DROP EXTENSION', 'DROP SCHEMA', 'DROP OWNED')
    EXECUTE FUNCTION primecloud_internal.guard_drop();
COMMENT ON EVENT TRIGGER primecloud_guard_drop
    IS 'refuses a DROP that would take the extension while anything is sealed, hashed, held or kept by it; '
       'SET primecloud.allow_drop = on opens it';
