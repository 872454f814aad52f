-- What a policy's names stand for today, verified at each use.  Catalogs alone are
-- read here: nothing of the table's runs.

CREATE FUNCTION primecloud_internal.retention_base_type(type oid) RETURNS regtype
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    base oid;
BEGIN
    LOOP
        SELECT t.typbasetype INTO base FROM pg_type t WHERE t.oid = type;
        EXIT WHEN coalesce(base, 0) = 0;
        type := base;
    END LOOP;
    RETURN type;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_base_type(oid) IS 'the type below a domain, or the type itself';

CREATE FUNCTION primecloud_internal.retention_column(rel regclass, column_name text, types regtype[]) RETURNS regtype
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    type regtype := (SELECT primecloud_internal.retention_base_type(a.atttypid) FROM pg_attribute a
                     WHERE a.attrelid = rel AND a.attname = column_name AND a.attnum > 0 AND NOT a.attisdropped);
BEGIN
    IF type IS NULL THEN
        RAISE undefined_column USING MESSAGE = format('table %s has no column "%s"', rel, column_name),
            HINT = 'Name a column of the table, without quotes.';
    END IF;
    IF type <> ALL (types) THEN
        RAISE datatype_mismatch USING MESSAGE = format('column "%s" of table %s has type %s', column_name, rel, type),
            HINT = format('It must be one of: %s.', array_to_string(types::text[], ', '));
    END IF;
    RETURN type;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_column(regclass, text, regtype[])
    IS 'the base type of a column, which must exist and have one of the given types';

CREATE FUNCTION primecloud_internal.retention_tree(rel regclass, OUT oid oid, OUT schema_name text, OUT table_name text, OUT kind "char",
    OUT owner oid,
                               OUT parent oid, OUT depth integer) RETURNS SETOF record
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    WITH RECURSIVE tree(oid, parent, depth) AS (
        SELECT rel::oid, NULL::oid, 0
        UNION ALL SELECT i.inhrelid, i.inhparent, t.depth + 1 FROM tree t JOIN pg_inherits i ON i.inhparent = t.oid
            AND NOT i.inhdetachpending)
    SELECT DISTINCT ON (c.oid) c.oid, n.nspname::text, c.relname::text, c.relkind, c.relowner, t.parent, t.depth
    FROM tree t JOIN pg_class c ON c.oid = t.oid JOIN pg_namespace n ON n.oid = c.relnamespace;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_tree(regclass) IS 'a table with its partitions and children, all levels';

CREATE FUNCTION primecloud_internal.retention_check_table(rel regclass) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    class pg_class := (SELECT c FROM pg_class c WHERE c.oid = rel);
    part record;
BEGIN
    IF class.oid IS NULL THEN
        RAISE undefined_table USING MESSAGE = format('table with OID %s does not exist', rel::oid);
    END IF;
    IF class.relkind NOT IN ('r', 'p') OR class.relpersistence = 't' THEN
        RAISE wrong_object_type USING MESSAGE = format('"%s" is not an ordinary or partitioned table', rel),
            HINT = 'Name a permanent table; for a view, the one below it.';
    END IF;
    FOR part IN SELECT t.*, c.relhasrules, am.amname FROM primecloud_internal.retention_tree(rel) t
        JOIN pg_class c ON c.oid = t.oid LEFT JOIN pg_am am ON am.oid = c.relam LOOP
        IF part.owner <> class.relowner THEN
            RAISE object_not_in_prerequisite_state USING
                MESSAGE = format('partition %I.%I does not belong to the owner of table %s', part.schema_name, part.table_name, rel),
                HINT = 'Give the table and its partitions one owner.';
        ELSIF part.kind NOT IN ('r', 'p') OR coalesce(part.amname, 'heap') <> 'heap' THEN
            RAISE feature_not_supported USING
                MESSAGE = format('partition %I.%I of table %s is not a heap of this server', part.schema_name, part.table_name, rel),
                HINT = 'Detach it, or do the work where it lives.';
        ELSIF part.relhasrules THEN
            RAISE feature_not_supported USING MESSAGE = format('table %I.%I has rules', part.schema_name, part.table_name),
                HINT = 'A rule rewrites the statements of maintenance: use a trigger instead.';
        END IF;
    END LOOP;
    PERFORM primecloud_internal.retention_check_code(ARRAY(SELECT t.oid FROM primecloud_internal.retention_tree(rel) t), class.relowner);
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_check_table(regclass) IS 'refuses what maintenance cannot safely be done on';

CREATE FUNCTION primecloud_internal.retention_check_code(relations oid[], owner oid) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    stranger record;
BEGIN
    -- The statements run as the owner.  A superuser's rights must not reach the code
    -- of somebody who was merely let attach a trigger or a foreign key.
    IF NOT (SELECT r.rolsuper FROM pg_roles r WHERE r.oid = retention_check_code.owner) THEN
        RETURN;
    END IF;
    -- What a cascade reaches is found by the triggers that do it: they are indexed by table.
    WITH RECURSIVE reached(oid) AS (
        SELECT unnest(relations)
        UNION
        (WITH step AS (SELECT r.oid FROM reached r)
         SELECT k.conrelid FROM step JOIN pg_trigger t ON t.tgrelid = step.oid AND t.tgisinternal
         JOIN pg_constraint k ON k.oid = t.tgconstraint AND k.contype = 'f' AND k.confrelid = step.oid AND k.confdeltype IN ('c', 'n', 'd')
         UNION SELECT i.inhrelid FROM step JOIN pg_inherits i ON i.inhparent = step.oid))
    SELECT t.tgname, t.tgrelid::regclass AS rel, p.proowner::regrole AS who INTO stranger
    FROM reached r JOIN pg_trigger t ON t.tgrelid = r.oid AND NOT t.tgisinternal AND t.tgenabled <> 'D'
    JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_roles o ON o.oid = p.proowner
    WHERE NOT o.rolsuper LIMIT 1;
    IF FOUND THEN
        RAISE insufficient_privilege USING
            MESSAGE = format('trigger %I of table %s would run code of %s with the rights of a superuser', stranger.tgname, stranger.rel,
                stranger.who),
            HINT = format('Give table %s to a role that is no superuser.', relations[1]::regclass);
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_check_code(oid[], oid)
    IS 'refuses tables of a superuser whose triggers, or those of tables reached by cascade, belong to others';

-- A published table without a replica identity can neither delete nor update.
CREATE FUNCTION primecloud_internal.retention_check_published(rel regclass, mode text) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    nameless regclass;
BEGIN
    IF mode = 'detach_partition' OR NOT EXISTS (SELECT FROM pg_publication) THEN
        RETURN;
    END IF;
    WITH tree AS (SELECT t.oid, c.relnamespace, c.relreplident, c.relkind, c.relpersistence
        FROM primecloud_internal.retention_tree(rel) t JOIN pg_class c ON c.oid = t.oid)
    SELECT t.oid INTO nameless FROM tree t
    WHERE t.relkind = 'r' AND t.relpersistence = 'p'
      AND NOT (t.relreplident = 'f' OR EXISTS (SELECT FROM pg_index i WHERE i.indrelid = t.oid AND CASE t.relreplident WHEN 'd'
          THEN i.indisprimary WHEN 'i' THEN i.indisreplident END))
      AND EXISTS (SELECT FROM pg_publication p WHERE CASE mode WHEN 'soft_delete' THEN p.pubupdate ELSE p.pubdelete END
          AND (p.puballtables
            OR EXISTS (SELECT FROM pg_publication_rel r WHERE r.prpubid = p.oid AND r.prrelid IN (SELECT a.oid
                FROM tree a UNION SELECT pg_partition_ancestors(t.oid)))
            OR EXISTS (SELECT FROM pg_publication_namespace s WHERE s.pnpubid = p.oid AND s.pnnspid = t.relnamespace)))
    ORDER BY 1 LIMIT 1;
    IF FOUND THEN
        RAISE object_not_in_prerequisite_state USING
            MESSAGE = format('table %s is published and has no replica identity, so that nothing can be removed from it', nameless),
            HINT = format('Give it a primary key, or: ALTER TABLE %s REPLICA IDENTITY FULL.', nameless);
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_check_published(regclass, text)
    IS 'refuses a published table that its publication lets nobody delete from';

REVOKE ALL ON FUNCTION primecloud_internal.retention_base_type(oid), primecloud_internal.retention_column(regclass, text, regtype[]),
    primecloud_internal.retention_tree(regclass),
    primecloud_internal.retention_check_table(regclass), primecloud_internal.retention_check_code(oid[], oid),
        primecloud_internal.retention_check_published(regclass, text) FROM PUBLIC;
