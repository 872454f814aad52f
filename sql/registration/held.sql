-- What is held stays where it is: as long as a hold is open, its table is not dropped, emptied, taken out of another or into
-- one, where the hold would not be asked.

CREATE FUNCTION primecloud_internal.check_not_held(tables oid[], space text, rel text, what text) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    holds bigint := (SELECT count(*) FROM primecloud_internal.known_table k JOIN primecloud_internal.open_hold h
        ON h.schema_name = k.schema_name AND h.table_name = k.table_name WHERE k.relation = ANY (tables));
BEGIN
    IF holds > 0 AND NOT coalesce(nullif(current_setting('primecloud.allow_drop', true), '')::boolean, false) THEN
        RAISE object_in_use USING MESSAGE = format('table %I.%I cannot be %s: %s legal hold%s open', space, rel, what, holds,
                CASE holds WHEN 1 THEN ' is' ELSE 's are' END),
            HINT = 'Release what is held with primecloud.release_hold(). A superuser may SET primecloud.allow_drop = on.';
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.check_not_held(oid[], text, text, text)
    IS 'raises 55006 where holds are open on one of these: a table, and what it is part of';

-- Out of what is held, or, held itself, into another, where the hold would not be asked.
CREATE FUNCTION primecloud_internal.check_part_stays(part record) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
DECLARE
    left_behind CONSTANT oid[] := ARRAY(SELECT unnest(part.above) EXCEPT SELECT unnest(part.above_now));
BEGIN
    IF left_behind <> '{}' AND NOT part.let_go THEN
        PERFORM primecloud_internal.check_not_held(left_behind, part.schema_name, part.table_name, 'detached');
    END IF;
    IF NOT part.above_now <@ part.above THEN
        PERFORM primecloud_internal.check_not_held(ARRAY[part.relation], part.schema_name, part.table_name,
            format('taken into %s', part.root_now::regclass));
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.check_part_stays(record)
    IS 'raises 55006 where a table has left one with open holds, or one with open holds has come into another';

-- Whether the sealed columns of a table that is taken into another are what those of the other are.
CREATE FUNCTION primecloud_internal.check_same_seals(part oid, root oid) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    differs record;
BEGIN
    IF primecloud_internal.has_rows_now(part) IS FALSE THEN
        RETURN;
    END IF;
    WITH seals AS (
        SELECT k.relation, s.* FROM primecloud_internal.known_table k JOIN primecloud.sealed_column s
            ON s.schema_name = k.schema_name AND s.table_name = k.table_name WHERE k.relation IN (part, check_same_seals.root))
    SELECT coalesce(own.column_name, whole.column_name) AS col, own.label AS own_label, whole.label INTO differs
    FROM (SELECT * FROM seals WHERE relation = part) AS own FULL JOIN (SELECT * FROM seals WHERE relation = root) AS whole
        ON own.column_name = whole.column_name
    WHERE (own.label, own.tenant_column, own.id_column) IS DISTINCT FROM (whole.label, whole.tenant_column, whole.id_column) LIMIT 1;
    IF FOUND THEN
        PERFORM primecloud_internal.guard_against(
            format('column "%s" of %s is sealed %s, that of %s %s', differs.col, part::regclass,
                CASE WHEN differs.own_label IS NULL THEN 'under no registered label' ELSE format('as "%s"', differs.own_label) END,
                root::regclass, CASE WHEN differs.label IS NULL THEN 'under none' WHEN differs.label = differs.own_label
                    THEN 'with another tenant or id column' ELSE format('as "%s"', differs.label) END),
            'Its secrets would not open there. Take the table in while it is empty, and fill it then.');
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.check_same_seals(oid, oid)
    IS 'the guard''s answer where rows would come under a label that is not theirs';

-- Those that a TRUNCATE has emptied, and locked.
CREATE FUNCTION primecloud_internal.check_truncate(tables oid[]) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
BEGIN
    PERFORM primecloud_internal.require_latest();
    IF NOT EXISTS (SELECT FROM primecloud_internal.open_hold) THEN
        RETURN;
    END IF;
    PERFORM primecloud_internal.follow(false);
    PERFORM primecloud_internal.check_not_held(c.oid || primecloud_internal.above_of(c.oid), n.nspname::text, c.relname::text,
        'emptied')
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = ANY (tables) ORDER BY c.oid;
END $$;
COMMENT ON FUNCTION primecloud_internal.check_truncate(oid[]) IS 'raises 55006 where TRUNCATE has emptied a table with open holds';

CREATE FUNCTION primecloud_internal.lock_tree(rel regclass) RETURNS void
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_lock_tree';
COMMENT ON FUNCTION primecloud_internal.lock_tree(regclass)
    IS 'locks a table and what is below it in ACCESS SHARE: whoever drops or empties one of them comes before or after';

CREATE FUNCTION primecloud_internal.let_go(part regclass) RETURNS void
    LANGUAGE sql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    UPDATE primecloud_internal.known_table k SET let_go = true FROM primecloud_internal.table_tree(part) AS t WHERE k.relation = t.relid;
$$;
COMMENT ON FUNCTION primecloud_internal.let_go(regclass)
    IS 'lets a partition of what is held leave, of which no row is';

-- In two transactions: refused before the first.  A partition that is marked has left the whole for every reader, so that a
-- hold placed since names none of its rows.
CREATE FUNCTION primecloud_internal.check_detach(part oid, finishes boolean) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
BEGIN
    IF NOT finishes THEN
        PERFORM primecloud_internal.require_latest(), primecloud_internal.follow(false);
        PERFORM primecloud_internal.check_not_held(c.oid || primecloud_internal.above_of(c.oid), n.nspname::text, c.relname::text,
            'detached')
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = part;
    END IF;
    IF NOT finishes OR EXISTS (SELECT FROM pg_inherits i WHERE i.inhrelid = part AND i.inhdetachpending) THEN
        PERFORM primecloud_internal.let_go(part);
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.check_detach(oid, boolean)
    IS 'raises 55006 before a held partition is detached concurrently; lets go of one that is not, or that is about to leave';
REVOKE ALL ON FUNCTION primecloud_internal.check_detach(oid, boolean),
    primecloud_internal.check_not_held(oid[], text, text, text), primecloud_internal.check_part_stays(record),
    primecloud_internal.check_same_seals(oid, oid),
    primecloud_internal.check_truncate(oid[]), primecloud_internal.lock_tree(regclass), primecloud_internal.let_go(regclass) FROM PUBLIC;
