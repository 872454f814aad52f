-- What maintenance is not done on.  Catalogs alone are read: nothing of the table's runs.

CREATE FUNCTION primecloud_internal.retention_check_whole(rel regclass) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    class pg_class := (SELECT c FROM pg_class c WHERE c.oid = rel);
BEGIN
    IF class.oid IS NULL THEN
        RAISE undefined_table USING MESSAGE = format('table with OID %s does not exist', coalesce(rel::oid::text, 'NULL')),
            HINT = 'It was dropped meanwhile.';
    END IF;
    IF class.relkind NOT IN ('r', 'p') OR class.relpersistence = 't' THEN
        RAISE wrong_object_type USING MESSAGE = format('"%s" is not an ordinary or partitioned table', rel),
            HINT = 'Name a permanent table; for a view, the one below it.';
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_check_whole(regclass) IS 'refuses what is no table, whatever its partitions are';

-- Of a table or one of its partitions, with all that is below it.
CREATE FUNCTION primecloud_internal.retention_check_parts(rel regclass, top oid, spread boolean DEFAULT false) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    owner CONSTANT oid := (SELECT c.relowner FROM pg_class c WHERE c.oid = rel);
    part record;
BEGIN
    FOR part IN SELECT t.*, EXISTS (SELECT FROM pg_rewrite w WHERE w.ev_class = t.oid) AS ruled, am.amname
        FROM primecloud_internal.retention_tree(top) t
        JOIN pg_class c ON c.oid = t.oid LEFT JOIN pg_am am ON am.oid = c.relam LOOP
        IF part.owner <> owner THEN
            RAISE object_not_in_prerequisite_state USING
                MESSAGE = format('partition %I.%I does not belong to the owner of table %s', part.schema_name, part.table_name, rel),
                HINT = 'Give the table and its partitions one owner.';
        ELSIF part.kind NOT IN ('r', 'p') OR coalesce(part.amname, 'heap') <> 'heap' THEN
            RAISE feature_not_supported USING
                MESSAGE = format('partition %I.%I of table %s is not a heap of this server', part.schema_name, part.table_name, rel),
                HINT = 'Detach it, or do the work where it lives.';
        ELSIF primecloud_internal.is_distributed(part.oid) AND NOT spread THEN
            RAISE feature_not_supported USING MESSAGE = format('table %I.%I is distributed', part.schema_name, part.table_name),
                HINT = 'Its rows lie on other servers: take it back with undistribute_table(), or do the work where it lives.';
        ELSIF part.ruled THEN  -- (relhasrules stays when the last has been dropped)
            RAISE feature_not_supported USING MESSAGE = format('table %I.%I has rules', part.schema_name, part.table_name),
                HINT = 'A rule rewrites the statements of maintenance: use a trigger instead.';
        END IF;
    END LOOP;
    PERFORM primecloud_internal.retention_check_code(ARRAY(SELECT t.oid FROM primecloud_internal.retention_tree(top) t), owner);
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_check_parts(regclass, oid, boolean)
    IS 'refuses partitions that maintenance cannot safely be done on, and those that are distributed unless it can';

CREATE FUNCTION primecloud_internal.retention_check_table(rel regclass) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM primecloud_internal.retention_check_whole(rel);
    PERFORM primecloud_internal.retention_check_parts(rel, rel);
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

REVOKE ALL ON FUNCTION primecloud_internal.retention_check_whole(regclass),
    primecloud_internal.retention_check_parts(regclass, oid, boolean), primecloud_internal.retention_check_table(regclass),
    primecloud_internal.retention_check_code(oid[], oid),
    primecloud_internal.retention_check_published(regclass, text) FROM PUBLIC;
