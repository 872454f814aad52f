-- The way back: one table on this server, with restrictive policies again.

CREATE FUNCTION primecloud_internal.tenant_type(rel regclass) RETURNS regtype
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$ SELECT atttypid::regtype FROM pg_attribute WHERE attrelid = rel AND attname = primecloud.tenant_column(rel) $$;
COMMENT ON FUNCTION primecloud_internal.tenant_type(regclass) IS 'the type of the tenant column of a protected table';

-- Foreign keys are taken off while tables move, and put back as they were.
CREATE FUNCTION primecloud_internal.untie_steps(keys pg_constraint[]) RETURNS SETOF primecloud_internal.plan_step
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT 'drop foreign key', k.conrelid::regclass::text, format('ALTER TABLE %s DROP CONSTRAINT %I', k.conrelid::regclass, k.conname)
    FROM unnest(keys) AS k;
$$;
COMMENT ON FUNCTION primecloud_internal.untie_steps(pg_constraint[]) IS 'the steps that take foreign keys off';

CREATE FUNCTION primecloud_internal.tie_steps(keys pg_constraint[]) RETURNS SETOF primecloud_internal.plan_step
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN k.convalidated THEN 'foreign key' ELSE 'unchecked foreign key' END, k.conrelid::regclass::text,
        format('ALTER TABLE %s ADD CONSTRAINT %I %s', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid))
    FROM unnest(keys) AS k;
$$;
COMMENT ON FUNCTION primecloud_internal.tie_steps(pg_constraint[]) IS 'the steps that put foreign keys back as they are';

-- A table that comes back is made anew: what was noted of a shared one, and which of its columns are sealed, is said again.
CREATE FUNCTION primecloud_internal.remember_steps(rel regclass) RETURNS SETOF primecloud_internal.plan_step
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT s.* FROM primecloud_internal.table_tree(rel) AS t, primecloud_internal.protection_note(t.relid) AS note,
        LATERAL primecloud_internal.note_protection(t.relid, note, 'primecloud_shared') AS s
        WHERE note <> '{}' AND primecloud.tenant_column(t.relid) IS NULL
    UNION ALL SELECT 'seal', rel::text, format('SELECT primecloud.seal_column(%L, %L, %L, %L, %L)', rel, c.column_name, c.label,
        c.id_column, c.tenant_column)
    FROM primecloud.sealed_column c JOIN pg_namespace n ON n.nspname = c.schema_name
        JOIN pg_class o ON o.relnamespace = n.oid AND o.relname = c.table_name WHERE o.oid = rel;
END $$;
COMMENT ON FUNCTION primecloud_internal.remember_steps(regclass)
    IS 'the steps that give a table that was made anew its note of protection and the labels of its sealed columns';

-- Citus makes the views over a table that comes back anew, without what was granted on them.
CREATE FUNCTION primecloud_internal.view_steps(tables regclass[]) RETURNS SETOF primecloud_internal.plan_step
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET jit = off
AS $$
    WITH RECURSIVE above(rel, view) AS (
        SELECT t, t::oid FROM unnest(tables) AS t
        UNION SELECT a.rel, r.ev_class FROM above a JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = a.view
            AND d.classid = 'pg_rewrite'::regclass JOIN pg_rewrite r ON r.oid = d.objid),
    views AS (SELECT DISTINCT ON (c.oid) a.rel::text AS rel, c.oid, c.relowner, c.relacl
        FROM above a JOIN pg_class c ON c.oid = a.view WHERE c.relkind = 'v' ORDER BY c.oid, a.rel::text),
    granted AS (SELECT v.rel, v.oid, v.relowner, '' AS columns, e.* FROM views v, aclexplode(v.relacl) AS e
        UNION ALL SELECT v.rel, v.oid, v.relowner, format(' (%I)', a.attname), e.* FROM views v
            JOIN pg_attribute a ON a.attrelid = v.oid AND a.attacl IS NOT NULL, aclexplode(a.attacl) AS e)
    SELECT 'view grant', g.rel, format('GRANT %s%s ON %s TO %s%s', g.privilege_type, g.columns, g.oid::regclass,
        CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END,
        CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
    FROM granted g WHERE g.grantee <> g.relowner
    UNION ALL SELECT 'view comment', v.rel, format('COMMENT ON VIEW %s IS %L', v.oid::regclass, obj_description(v.oid, 'pg_class'))
    FROM views v WHERE obj_description(v.oid, 'pg_class') IS NOT NULL;
$$;
COMMENT ON FUNCTION primecloud_internal.view_steps(regclass[])
    IS 'the steps that give the views over tables that were made anew what was granted on them, and their comments';

CREATE FUNCTION primecloud_internal.check_without_identity(tables regclass[]) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    rel regclass;
    col name;
BEGIN
    SELECT a.attrelid::regclass, a.attname INTO rel, col FROM pg_attribute a
        WHERE a.attrelid = ANY (tables) AND a.attidentity <> '' AND NOT a.attisdropped
        ORDER BY a.attrelid::regclass::text, a.attnum LIMIT 1;
    IF FOUND THEN
        RAISE feature_not_supported USING MESSAGE = format('table %s cannot be taken back: Citus brings back no identity column, and "%s" '
            'is one', rel, col), HINT = format('Take the identity off here alone, and give it anew afterwards: BEGIN; SET LOCAL '
            'citus.enable_ddl_propagation = off; ALTER TABLE %s ALTER COLUMN %I DROP IDENTITY; COMMIT;', rel, col);
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.check_without_identity(regclass[]) IS 'raises 0A000 for a table that Citus does not bring back';

CREATE FUNCTION primecloud_internal.undistribute_plan(rel regclass) RETURNS SETOF primecloud_internal.plan_step
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    tables regclass[];
    keys pg_constraint[];
    wrong regclass;
    work record;
BEGIN
    PERFORM primecloud_internal.check_spread_kind(rel, rel);
    IF NOT primecloud_internal.is_distributed(rel) THEN
        RETURN;
    END IF;
    tables := primecloud_internal.spread_set(rel);
    PERFORM primecloud_internal.check_spread_kind(t, rel) FROM unnest(tables) AS t;
    tables := ARRAY(SELECT t FROM unnest(tables) WITH ORDINALITY AS u(t, n) WHERE primecloud_internal.is_distributed(t) ORDER BY n);
    -- What is not as distribute_table() makes it comes back with policies that let in what they should keep out.
    SELECT t INTO wrong FROM unnest(tables) AS t, primecloud_internal.spread_shape(t, false) AS s WHERE NOT s.holds ORDER BY t::text
        LIMIT 1;
    IF FOUND THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('the policies of distributed table %s are not as distribute_table() '
            'makes them', wrong), HINT = format('Call primecloud.distribute_table(%L) first, and drop policies that are not ours.', wrong);
    END IF;
    PERFORM primecloud_internal.check_without_identity(tables);
    -- A table that comes back is made anew, and what works on its rows would end with the old one.
    SELECT t::text AS rel, w.* INTO work FROM unnest(tables) AS t, primecloud_internal.works_on_rows(t) AS w
        WHERE w.object IS NOT NULL ORDER BY 1 LIMIT 1;
    IF FOUND THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('table %s cannot be taken back: %s %s works on its rows', work.rel,
            work.kind, work.object), HINT = 'End it first with unretain() or release_hold(), and register it again afterwards.';
    END IF;
    keys := ARRAY(SELECT k FROM primecloud_internal.spread_keys(tables) AS k ORDER BY k.conrelid::regclass::text, k.conname);
    RETURN NEXT primecloud_internal.one_by_one();
    RETURN QUERY SELECT * FROM primecloud_internal.copy_target_steps(tables, false);
    RETURN QUERY SELECT * FROM primecloud_internal.untie_steps(keys);
    RETURN QUERY SELECT * FROM primecloud_internal.forced_steps(tables, false);
    RETURN QUERY SELECT 'spread', t::text, format('SELECT pg_catalog.undistribute_table(%L)', t)
        FROM unnest(tables) WITH ORDINALITY AS u(t, n) ORDER BY n DESC;
    RETURN QUERY SELECT s.* FROM unnest(tables) AS t, primecloud_internal.shape_steps(t, false) AS s
        WHERE primecloud.tenant_column(t) IS NOT NULL;
    RETURN QUERY SELECT s.* FROM unnest(tables) AS t, primecloud_internal.remember_steps(t) AS s;
    RETURN QUERY SELECT * FROM primecloud_internal.tie_steps(keys);
    RETURN QUERY SELECT * FROM primecloud_internal.forced_steps(tables, true);
    RETURN QUERY SELECT * FROM primecloud_internal.copy_target_steps(tables, true) AS s WHERE s.kind <> 'view grant';
    RETURN QUERY SELECT * FROM primecloud_internal.view_steps(tables);
END $$;
COMMENT ON FUNCTION primecloud_internal.undistribute_plan(regclass)
    IS 'the steps by which a table, and what foreign keys tie to it, comes back from the servers of Citus';

CREATE FUNCTION undistribute_table(rel regclass, dry_run boolean DEFAULT false) RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off SET client_min_messages = warning
AS $$
BEGIN
    PERFORM primecloud_internal.check_owner(rel), primecloud_internal.check_citus(), primecloud_internal.check_moves();
    RETURN QUERY SELECT * FROM primecloud_internal.run_plan(ARRAY(
        SELECT primecloud_internal.as_owner(s) FROM primecloud_internal.undistribute_plan(rel) AS s), dry_run);
END $$;
COMMENT ON FUNCTION undistribute_table(regclass, boolean) IS
    'undoes distribute_table(): rows, foreign keys and restrictive policies are on this server again; returns the statements it ran';
