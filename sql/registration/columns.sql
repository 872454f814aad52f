-- Columns that stay as they are: those that are sealed, what their envelopes are bound to, and what holds go by.

CREATE FUNCTION primecloud_internal.guard_column(rel regclass, col text, what text, reason text, way text) RETURNS void
    LANGUAGE sql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$ SELECT primecloud_internal.guard_against(format('column "%s" of %s cannot be %s: %s', col, rel, what, reason), way) $$;
COMMENT ON FUNCTION primecloud_internal.guard_column(regclass, text, text, text, text)
    IS 'the guard''s answer where a column is to be changed: object, reason and way';

-- A helper lifts the guard for its own statements, and anybody's function may do as it does: not for holds.
CREATE FUNCTION primecloud_internal.refuse_column_of_holds(rel regclass, col text, what text, reason text, way text) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF primecloud_internal.guard_level() <> 'warn' AND (primecloud_internal.guard_level() = 'error'
        OR primecloud_internal.guard_is_lifted()) THEN
        RAISE insufficient_privilege USING
            MESSAGE = format('column "%s" of %s cannot be %s: %s', col, rel, what, reason),
            HINT = way || ' A superuser may SET primecloud.guard = off.';
    END IF;
    PERFORM primecloud_internal.guard_column(rel, col, what, reason, way);
END $$;
COMMENT ON FUNCTION primecloud_internal.refuse_column_of_holds(regclass, text, text, text, text)
    IS 'raises 42501 where a column by which something is held is to be changed';

CREATE FUNCTION primecloud_internal.refuse_held_column(rel regclass, col text, what text, hold bigint) RETURNS void
    LANGUAGE sql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT primecloud_internal.refuse_column_of_holds(rel, col, what, format('by it hold %s knows what is held', hold),
        'Release the hold first.')
$$;
COMMENT ON FUNCTION primecloud_internal.refuse_held_column(regclass, text, text, bigint)
    IS 'raises 42501 where a column by which a hold knows what is held is to be changed';

-- Asked before a row is written in another type (table_rewrite), and when a command is through.  (Whether a table has rows is asked of what
-- has changed alone, in a statement of its own, and waits for nobody: in one query the planner may ask it of every registered table first.)
CREATE FUNCTION primecloud_internal.check_columns_stay() RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
DECLARE
    c record;
    -- These are written as one text whatever their width.
    numbers CONSTANT oid[] := '{smallint,integer,bigint}'::regtype[]::oid[];
BEGIN
    FOR c IN SELECT h.*, s.column_name AS sealed, CASE WHEN h.attisdropped THEN 'dropped' ELSE 'given another type' END AS what
             FROM primecloud_internal.changed_column h JOIN primecloud.sealed_column s ON s.schema_name = h.schema_name
                 AND s.table_name = h.table_name AND h.column_name IN (s.column_name, s.id_column, s.tenant_column)
             WHERE h.attisdropped OR h.type_now <> h.type_id AND NOT (h.type_now = ANY (numbers) AND h.type_id = ANY (numbers)) LOOP
        CONTINUE WHEN primecloud_internal.has_rows_now(c.relation) IS NOT TRUE;
        PERFORM primecloud_internal.guard_column(c.relation, c.column_name, c.what,
            CASE WHEN c.column_name <> c.sealed THEN format('the envelopes in "%s" are bound to it', c.sealed)
                WHEN c.attisdropped THEN 'it is sealed, and its secrets would go'
                ELSE 'it is sealed, and would hold plaintext from then on' END,
            format('If its secrets are to go, SELECT primecloud.unregister_sealed_column(%L, %L) first.', c.relation::regclass,
                c.sealed));
    END LOOP;
    FOR c IN SELECT h.*, o.id FROM primecloud_internal.changed_column h JOIN primecloud_internal.open_hold o
                 ON o.schema_name = h.schema_name AND o.table_name = h.table_name AND o.column_name = h.column_name
             WHERE h.attisdropped OR primecloud_internal.prints_otherwise(h.type_id, h.type_mod, h.type_now, h.mod_now)
                 OR EXISTS (SELECT FROM pg_collation l WHERE l.oid = h.collation_now AND NOT l.collisdeterministic) LOOP
        PERFORM primecloud_internal.refuse_held_column(c.relation, c.column_name, CASE WHEN c.attisdropped THEN 'dropped'
            ELSE 'given another type' END, c.id);
    END LOOP;
END $$;
COMMENT ON FUNCTION primecloud_internal.check_columns_stay()
    IS 'the guard''s answer where a column that is sealed, that envelopes are bound to or that a hold goes by is dropped or retyped';

-- What changes an id or a tenant behind an envelope: a key that follows what it points at.
CREATE FUNCTION primecloud_internal.sealed_carrier(rel regclass, columns name[]) RETURNS name
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT k.conname FROM pg_constraint k WHERE k.conrelid = rel AND k.contype = 'f'
        AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = rel AND a.attname = ANY (columns) AND a.attnum = ANY (k.conkey)
            AND (k.confupdtype IN ('c', 'n', 'd')
                 OR k.confdeltype IN ('n', 'd') AND a.attnum = ANY (coalesce(nullif(k.confdelsetcols, '{}'), k.conkey))))
    ORDER BY k.conname LIMIT 1;
$$;
COMMENT ON FUNCTION primecloud_internal.sealed_carrier(regclass, name[]) IS 'a foreign key whose actions change one of the columns';

CREATE FUNCTION primecloud_internal.guard_bound(rel regclass) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s record;
BEGIN
    -- A partition or child has keys of its own, and its rows are the whole's.
    FOR s IN SELECT c.column_name, t.relid AS part, primecloud_internal.sealed_carrier(t.relid, ARRAY[c.id_column,
                 c.tenant_column]::name[]) AS key
             FROM (SELECT rel UNION SELECT primecloud_internal.top_of(rel)::regclass) AS named(rel),
                 primecloud_internal.names_of(named.rel) AS n
             JOIN primecloud.sealed_column c ON c.schema_name = n.schema_name AND c.table_name = n.table_name
             CROSS JOIN LATERAL primecloud_internal.table_tree(named.rel) AS t LOOP
        CONTINUE WHEN s.key IS NULL;
        PERFORM primecloud_internal.guard_against(format('foreign key "%s" of %s cannot change the row''s id or tenant: the envelopes in '
            '"%s" are bound to them', s.key, s.part, s.column_name), 'Make it ON UPDATE NO ACTION, and ON DELETE NO ACTION or CASCADE.');
    END LOOP;
END $$;
COMMENT ON FUNCTION primecloud_internal.guard_bound(regclass) IS 'the guard''s answer where a key would change what envelopes are bound to';
REVOKE ALL ON FUNCTION primecloud_internal.check_columns_stay(),
    primecloud_internal.refuse_held_column(regclass, text, text, bigint),
    primecloud_internal.refuse_column_of_holds(regclass, text, text, text, text),
    primecloud_internal.guard_column(regclass, text, text, text, text) FROM PUBLIC;

CREATE FUNCTION primecloud_internal.end_sealed_column_as(caller oid, rel regclass, col name) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    registered primecloud.sealed_column;
BEGIN
    -- A partition's registration is that of the whole, and so is who may end it.
    PERFORM primecloud_internal.check_owner_as(caller, coalesce(pg_partition_root(rel), rel)), primecloud_internal.follow(false);
    registered := primecloud.sealed_column_of(rel, col);
    PERFORM primecloud_internal.keep_labels(registered.schema_name, registered.table_name, registered.column_name),
        primecloud_internal.table_changed('primecloud.sealed_column');
END $$;
COMMENT ON FUNCTION primecloud_internal.end_sealed_column_as(oid, regclass, name) IS 'what end_sealed_column() does, for whoever asks';
REVOKE ALL ON FUNCTION primecloud_internal.end_sealed_column_as(oid, regclass, name) FROM PUBLIC;
CREATE FUNCTION primecloud_internal.end_sealed_column(rel regclass, col name) RETURNS void
    LANGUAGE c VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'primecloud_door';
COMMENT ON FUNCTION primecloud_internal.end_sealed_column(regclass, name)
    IS 'ends the registration of a sealed column; called by unregister_sealed_column()';

-- The trigger of guard_sealed() goes with the last one.
CREATE FUNCTION unregister_sealed_column(rel regclass, col name) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM primecloud_internal.end_sealed_column(rel, col);
    PERFORM primecloud_internal.run_plan(ARRAY(SELECT s FROM
        primecloud_internal.unguard_steps(coalesce(pg_partition_root(rel), rel), col) AS s), false);
END $$;
COMMENT ON FUNCTION unregister_sealed_column(regclass, name)
    IS 'ends the registration of a sealed column, which may then be dropped or retyped; its label is kept';
