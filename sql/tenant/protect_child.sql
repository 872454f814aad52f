-- protect_child: a table that reaches its tenant by a foreign key gets a tenant column of
-- its own, since a policy that looks the tenant up costs hundreds of times as much.

-- Fills the tenant column of rows that an application inserts while it does not know the
-- column yet.  Arguments: the tenant column, the parent's schema, name and tenant column,
-- then pairs of a column here and the parent's that it points at.  Names alone.
CREATE FUNCTION fill_tenant() RETURNS trigger
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    condition text;
    filled jsonb;
BEGIN
    IF to_jsonb(NEW) ->> TG_ARGV[0] IS NOT NULL THEN
        RETURN NEW;
    END IF;
    SELECT string_agg(format('p.%I = %L', TG_ARGV[i + 1], to_jsonb(NEW) ->> TG_ARGV[i]), ' AND ') INTO condition FROM generate_series(4, TG_NARGS - 2, 2) AS i;
    EXECUTE format('SELECT jsonb_build_object(%L, p.%I) FROM %I.%I AS p WHERE %s', TG_ARGV[0], TG_ARGV[3], TG_ARGV[1], TG_ARGV[2], condition) INTO filled;
    RETURN jsonb_populate_record(NEW, coalesce(filled, '{}'));
END $$;
COMMENT ON FUNCTION fill_tenant() IS 'trigger: takes the tenant of a new row from its parent, until protect_child(online => true) is through';

-- What joins a child to its parent along one foreign key.
CREATE FUNCTION child_key(rel regclass, parent regclass, constraint_name name, OUT columns name[], OUT parent_columns name[], OUT condition text)
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    keys name[] := ARRAY(SELECT c.conname FROM pg_constraint c WHERE c.contype = 'f' AND c.conrelid = rel AND c.confrelid = parent
                         AND c.conname = coalesce(constraint_name, c.conname) ORDER BY c.conname);
BEGIN
    IF cardinality(keys) = 0 THEN
        RAISE undefined_object USING MESSAGE = format('table %s has no foreign key %sto %s', rel, CASE WHEN constraint_name IS NULL THEN '' ELSE format('"%s" ', constraint_name) END, parent),
            HINT = 'Name the table that the child''s foreign key points at.';
    END IF;
    IF cardinality(keys) > 1 THEN
        RAISE ambiguous_column USING MESSAGE = format('table %s has %s foreign keys to %s', rel, cardinality(keys), parent),
            HINT = format('Pass constraint_name => one of %s.', array_to_string(keys, ', '));
    END IF;
    SELECT array_agg(c.attname ORDER BY k.n), array_agg(p.attname ORDER BY k.n), string_agg(format('child.%I = parent.%I', c.attname, p.attname), ' AND ' ORDER BY k.n)
    INTO columns, parent_columns, condition
    FROM pg_constraint f, unnest(f.conkey, f.confkey) WITH ORDINALITY AS k(child, parent, n)
    JOIN pg_attribute c ON c.attrelid = rel AND c.attnum = k.child JOIN pg_attribute p ON p.attrelid = child_key.parent AND p.attnum = k.parent
    WHERE f.conrelid = rel AND f.contype = 'f' AND f.conname = keys[1];
END $$;
COMMENT ON FUNCTION child_key(regclass, regclass, name) IS 'the columns of the foreign key by which a child reaches its tenant';

-- The steps that add the column and fill it.  On a live table in ranges of pages, each
-- committed, while a trigger fills what is inserted meanwhile.
CREATE FUNCTION child_column(rel regclass, parent regclass, constraint_name name, tenant_column name, parent_column name, type text, online boolean, forced boolean) RETURNS text[]
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $child_column$
DECLARE
    key record := primecloud.child_key(rel, parent, constraint_name);
    add_column text := format('ALTER TABLE %s ADD COLUMN IF NOT EXISTS %I %s', rel, tenant_column, type);
    fill text := format('UPDATE %s AS child SET %I = parent.%I FROM %s AS parent WHERE %s AND child.%2$I IS NULL', rel, tenant_column, parent_column, parent, key.condition);
    -- Forced policies hold the owner too, and would hide the parent's rows from the backfill.
    held boolean := (forced OR (SELECT relforcerowsecurity FROM pg_class WHERE oid = parent)) AND NOT (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user);
    leaf record;
    steps text[];
BEGIN
    IF NOT online THEN
        RETURN ARRAY[replace(add_column, 'IF NOT EXISTS ', '')]
            || CASE WHEN held THEN format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY', parent) END || fill
            || CASE WHEN held THEN format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', parent) END;
    END IF;
    steps := ARRAY[add_column, format('CREATE OR REPLACE TRIGGER primecloud_fill_tenant BEFORE INSERT OR UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION primecloud.fill_tenant(%s)', rel,
        (SELECT string_agg(quote_literal(a), ', ' ORDER BY n) FROM unnest(ARRAY[tenant_column, primecloud.schema_of(parent), (SELECT relname FROM pg_class WHERE oid = parent), parent_column]
            || (SELECT array_agg(x ORDER BY i, side) FROM unnest(key.columns, key.parent_columns) WITH ORDINALITY AS k(c, p, i), LATERAL (VALUES (1, c), (2, p)) AS s(side, x))) WITH ORDINALITY AS u(a, n)))];
    FOR leaf IN SELECT t.relid FROM primecloud.table_tree(rel) AS t WHERE t.kind = 'r' ORDER BY t.level, t.relid LOOP
        steps := steps || format($do$DO $fill$
DECLARE
    pages bigint := pg_catalog.pg_relation_size(%L) / pg_catalog.current_setting('block_size')::bigint;
BEGIN
    FOR page IN 0..pages BY 1000 LOOP
        %s AND child.ctid >= pg_catalog.format('(%%s,0)', page)::pg_catalog.tid AND child.ctid < pg_catalog.format('(%%s,0)', page + 1000)::pg_catalog.tid;
        COMMIT;
    END LOOP;
END $fill$$do$, leaf.relid::text, replace(fill, format('UPDATE %s AS child', rel), format('UPDATE ONLY %s AS child', leaf.relid)));
    END LOOP;
    RETURN steps;
END $child_column$;
COMMENT ON FUNCTION child_column(regclass, regclass, name, name, name, text, boolean, boolean) IS 'the statements that give a child its tenant column, filled from its parent';

-- The same for a parent whose column is still to be added and policies to be forced: `type`
-- is what the column will be.
CREATE FUNCTION protect_child_as(rel regclass, parent regclass, tenant_column name, parent_column name, type text, dry_run boolean, online boolean, constraint_name name,
                                 read_role text, write_role text, delete_role text, forced boolean DEFAULT false) RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    filling boolean := EXISTS (SELECT FROM pg_trigger WHERE tgrelid = rel AND tgname = 'primecloud_fill_tenant');
    missing boolean := NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = rel AND attname = tenant_column AND attnum > 0 AND NOT attisdropped);
    steps text[];
    statement text;
BEGIN
    IF NOT missing AND NOT filling THEN
        RETURN QUERY SELECT * FROM primecloud.protect_table(rel, tenant_column, read_role, write_role, delete_role, dry_run, online);
        RETURN;
    END IF;
    steps := primecloud.child_column(rel, parent, constraint_name, tenant_column, parent_column, type, online, forced);
    IF online THEN
        RETURN QUERY SELECT * FROM primecloud.online_protection(rel, tenant_column, read_role, write_role, delete_role, steps,
            ARRAY[format('DROP TRIGGER primecloud_fill_tenant ON %s', rel)], type::regtype);
        RETURN;
    END IF;
    IF filling THEN
        steps := steps[2:] || format('DROP TRIGGER primecloud_fill_tenant ON %s', rel);
    END IF;
    -- Planned before the column is there, so that the note says who made it.
    FOR statement IN SELECT p FROM primecloud.table_tree(rel) AS t, LATERAL primecloud.protection_plan(t.relid, tenant_column, read_role, write_role, delete_role, rel, type::regtype) AS p
                     WHERE t.kind IN ('r', 'p') LOOP
        steps := steps || statement;
    END LOOP;
    -- A table with triggers that still wait cannot be altered.
    IF NOT dry_run THEN
        SET CONSTRAINTS ALL IMMEDIATE;
    END IF;
    RETURN QUERY SELECT r FROM primecloud.run_statements(steps, dry_run) AS r;
END $$;
COMMENT ON FUNCTION protect_child_as(regclass, regclass, name, name, text, boolean, boolean, name, text, text, text, boolean) IS 'does what protect_child() checked, also ahead of a parent''s own column';

CREATE FUNCTION protect_child(rel regclass, parent regclass, tenant_column name DEFAULT 'account_id', dry_run boolean DEFAULT false, online boolean DEFAULT false,
                              constraint_name name DEFAULT NULL, read_role text DEFAULT NULL, write_role text DEFAULT NULL, delete_role text DEFAULT NULL)
    RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    parent_column name := coalesce(primecloud.tenant_column(parent), tenant_column);
BEGIN
    PERFORM primecloud.check_owner(rel);
    PERFORM primecloud.check_owner(parent);
    PERFORM primecloud.tenant_function(parent, parent_column);
    IF (SELECT relkind FROM pg_class WHERE oid = rel) NOT IN ('r', 'p') THEN
        RAISE wrong_object_type USING MESSAGE = format('%s is not a table', rel), HINT = 'Only tables and partitioned tables can be protected.';
    END IF;
    PERFORM primecloud.child_key(rel, parent, constraint_name);
    RETURN QUERY SELECT * FROM primecloud.protect_child_as(rel, parent, tenant_column, parent_column,
        (SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = parent AND attname = parent_column AND NOT attisdropped),
        dry_run, online, constraint_name, read_role, write_role, delete_role);
END $$;
COMMENT ON FUNCTION protect_child(regclass, regclass, name, boolean, boolean, name, text, text, text) IS
    'gives a table that reaches its tenant by a foreign key a tenant column of its own, fills it from the parent, and protects it; with online => true as a psql script for a large live table';
