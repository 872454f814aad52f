-- protect_fk and protect_unique: the tenant column in constraints.  A foreign key
-- without it lets a row point at another tenant's row, and a unique constraint
-- without it tells whether a value exists there.

-- Notes in the floor's comment that a constraint carries the tenant.
CREATE FUNCTION note_tenant_constraint(rel regclass, constraint_name name) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format('COMMENT ON POLICY primecloud_floor ON %s IS %L', rel,
        'tenant constraints: ' || (SELECT json_agg(n ORDER BY n) FROM (SELECT unnest(primecloud.tenant_constraints(rel)) UNION SELECT constraint_name) AS u(n)));
$$;
COMMENT ON FUNCTION note_tenant_constraint(regclass, name) IS 'the statement that puts a constraint under the guard';

CREATE FUNCTION check_protected(rel regclass) RETURNS name
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM primecloud.check_owner(rel);
    IF primecloud.tenant_column(rel) IS NULL THEN
        RAISE wrong_object_type USING MESSAGE = format('table %s is not protected', rel), HINT = 'Call primecloud.protect_table() first.';
    END IF;
    RETURN primecloud.tenant_column(rel);
END $$;
COMMENT ON FUNCTION check_protected(regclass) IS 'the tenant column of a protected table that the current user owns; an error otherwise';

-- How every script begins: it stops at the first error, waits for no lock for long, and
-- is run by somebody whom forced policies do not hold, since checks are queries.
CREATE FUNCTION online_preamble() RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT ARRAY['\set ON_ERROR_STOP on', 'SET lock_timeout = ''2s'';', 'SET row_security = off;'];
$$;
COMMENT ON FUNCTION online_preamble() IS 'how the scripts begin that protect functions return with online => true';

-- Runs statements in order, or just returns them.
CREATE FUNCTION run_statements(statements text[], dry_run boolean, script boolean DEFAULT false) RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    statement text;
BEGIN
    FOREACH statement IN ARRAY statements LOOP
        IF NOT dry_run AND NOT script THEN
            EXECUTE statement;
        END IF;
        RETURN NEXT statement || CASE WHEN script AND statement NOT LIKE '\\%' AND statement NOT LIKE '%;' THEN ';' ELSE '' END;
    END LOOP;
END $$;
COMMENT ON FUNCTION run_statements(text[], boolean, boolean) IS 'runs what a protect function composed; with the caller''s own rights';

-- A unique constraint over the tenant and the columns, so that a foreign key can name both.
CREATE FUNCTION unique_with_tenant(rel regclass, tenant_column name, columns name[], online boolean) RETURNS SETOF text
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    wanted int2[] := (SELECT array_agg(attnum ORDER BY attnum) FROM pg_attribute WHERE attrelid = rel AND attname = ANY (tenant_column || columns));
    constraint_name name := left(format('%s_%s_%s_key', (SELECT relname FROM pg_class WHERE oid = rel), tenant_column, array_to_string(columns, '_')), 60);
BEGIN
    IF EXISTS (SELECT FROM pg_index i WHERE indrelid = rel AND indisunique AND indisvalid AND indpred IS NULL AND indexprs IS NULL
               AND (SELECT array_agg(k ORDER BY k) FROM unnest(indkey::int2[]) WITH ORDINALITY AS u(k, n) WHERE n <= indnkeyatts) = wanted) THEN
        RETURN;
    END IF;
    IF online THEN
        RETURN NEXT format('CREATE UNIQUE INDEX CONCURRENTLY %I ON %s (%I, %s)', constraint_name, rel, tenant_column, (SELECT string_agg(quote_ident(c), ', ') FROM unnest(columns) AS c));
        RETURN NEXT format('ALTER TABLE %s ADD CONSTRAINT %I UNIQUE USING INDEX %I', rel, constraint_name, constraint_name);
    ELSE
        RETURN NEXT format('ALTER TABLE %s ADD CONSTRAINT %I UNIQUE (%I, %s)', rel, constraint_name, tenant_column, (SELECT string_agg(quote_ident(c), ', ') FROM unnest(columns) AS c));
    END IF;
    RETURN NEXT primecloud.note_tenant_constraint(rel, constraint_name);
END $$;
COMMENT ON FUNCTION unique_with_tenant(regclass, name, name[], boolean) IS 'the statements that make columns unique together with the tenant';

CREATE FUNCTION foreign_key_action(action "char", columns name[]) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    -- SET NULL names its columns: the tenant column must stay.
    SELECT CASE action WHEN 'a' THEN 'NO ACTION' WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE'
        ELSE CASE action WHEN 'n' THEN 'SET NULL' ELSE 'SET DEFAULT' END || coalesce(' (' || (SELECT string_agg(quote_ident(c), ', ') FROM unnest(columns) AS c) || ')', '') END;
$$;
COMMENT ON FUNCTION foreign_key_action("char", name[]) IS 'ON DELETE or ON UPDATE of a foreign key, in SQL';

CREATE FUNCTION protect_fk(rel regclass, constraint_name name, dry_run boolean DEFAULT false, online boolean DEFAULT false) RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    tenant name := primecloud.check_protected(rel);
    key pg_constraint;
    parent_tenant name;
    columns name[];
    parent_columns name[];
    deleted name[];
    statements text[];
    -- The check of existing rows is a query like any other: forced policies would hide
    -- rows from an owner, and the constraint would count as checked.
    held regclass[] := ARRAY(SELECT c.oid::regclass FROM pg_class c, pg_constraint k
        WHERE k.conrelid = rel AND k.conname = constraint_name AND k.contype = 'f' AND c.oid IN (k.conrelid, k.confrelid) AND c.relforcerowsecurity
          AND NOT (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user) ORDER BY c.oid);
BEGIN
    SELECT c.* INTO key FROM pg_constraint c WHERE c.conrelid = rel AND c.conname = constraint_name AND c.contype = 'f';
    IF NOT FOUND THEN
        RAISE undefined_object USING MESSAGE = format('table %s has no foreign key "%s"', rel, constraint_name);
    END IF;
    parent_tenant := primecloud.tenant_column(key.confrelid);
    IF parent_tenant IS NULL THEN
        RAISE wrong_object_type USING MESSAGE = format('foreign key "%s" points at %s, which is not protected', constraint_name, key.confrelid::regclass),
            HINT = 'Protect that table first. A shared table needs no tenant in the keys that point at it.';
    END IF;
    PERFORM primecloud.check_owner(key.confrelid);
    SELECT array_agg(c.attname ORDER BY k.n), array_agg(p.attname ORDER BY k.n) INTO columns, parent_columns
    FROM unnest(key.conkey, key.confkey) WITH ORDINALITY AS k(child, parent, n)
    JOIN pg_attribute c ON c.attrelid = rel AND c.attnum = k.child JOIN pg_attribute p ON p.attrelid = key.confrelid AND p.attnum = k.parent;
    IF EXISTS (SELECT FROM unnest(columns, parent_columns) AS k(c, p) WHERE k.c = tenant AND k.p = parent_tenant) THEN
        RETURN;  -- it carries the tenant already
    END IF;
    IF tenant = ANY (columns) OR parent_tenant = ANY (parent_columns) THEN
        RAISE invalid_foreign_key USING MESSAGE = format('foreign key "%s" joins a tenant column to another column', constraint_name);
    END IF;
    deleted := coalesce((SELECT array_agg(attname ORDER BY attnum) FROM pg_attribute WHERE attrelid = rel AND attnum = ANY (key.confdelsetcols)), columns);
    IF key.confupdtype IN ('n', 'd') THEN
        RAISE feature_not_supported USING MESSAGE = format('foreign key "%s" has ON UPDATE SET NULL or SET DEFAULT', constraint_name),
            HINT = 'It would take the tenant column along. Choose NO ACTION or CASCADE.';
    END IF;
    statements := ARRAY(SELECT s FROM primecloud.unique_with_tenant(key.confrelid, parent_tenant, parent_columns, online) AS s)
        || CASE WHEN online THEN NULL ELSE ARRAY(SELECT format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY', h) FROM unnest(held) AS h) END
        || format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %I FOREIGN KEY (%I, %s) REFERENCES %s (%I, %s)%s ON UPDATE %s ON DELETE %s%s%s%s',
            rel, constraint_name, constraint_name, tenant, (SELECT string_agg(quote_ident(c), ', ') FROM unnest(columns) AS c),
            key.confrelid::regclass, parent_tenant, (SELECT string_agg(quote_ident(c), ', ') FROM unnest(parent_columns) AS c),
            CASE key.confmatchtype WHEN 'f' THEN ' MATCH FULL' ELSE '' END,
            primecloud.foreign_key_action(key.confupdtype, columns), primecloud.foreign_key_action(key.confdeltype, deleted),
            CASE WHEN key.condeferrable THEN ' DEFERRABLE' ELSE '' END, CASE WHEN key.condeferred THEN ' INITIALLY DEFERRED' ELSE '' END,
            CASE WHEN online THEN ' NOT VALID' ELSE '' END);
    IF online THEN
        statements := primecloud.online_preamble() || statements || format('ALTER TABLE %s VALIDATE CONSTRAINT %I', rel, constraint_name);
    ELSE
        statements := statements || ARRAY(SELECT format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', h) FROM unnest(held) AS h);
    END IF;
    statements := statements || primecloud.note_tenant_constraint(rel, constraint_name);
    RETURN QUERY SELECT * FROM primecloud.run_statements(statements, dry_run, online);
END $$;
COMMENT ON FUNCTION protect_fk(regclass, name, boolean, boolean) IS
    'puts the tenant column into a foreign key, so that no row can point at another tenant''s row';

CREATE FUNCTION protect_unique(rel regclass, constraint_name name, dry_run boolean DEFAULT false, online boolean DEFAULT false) RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    tenant name := primecloud.check_protected(rel);
    index pg_index;
    key pg_constraint;
    definition text;
    fresh name := left(constraint_name, 52) || '_tenant';
    statements text[];
BEGIN
    SELECT i.* INTO index FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = rel AND c.relname = constraint_name AND i.indisunique;
    IF NOT FOUND THEN
        RAISE undefined_object USING MESSAGE = format('table %s has no unique constraint or index "%s"', rel, constraint_name);
    END IF;
    IF EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = rel AND a.attname = tenant AND a.attnum = ANY ((index.indkey::int2[])[0:index.indnkeyatts - 1])) THEN
        RETURN;
    END IF;
    SELECT c.* INTO key FROM pg_constraint c WHERE c.conindid = index.indexrelid AND c.conrelid = rel;
    IF index.indisprimary THEN
        RAISE wrong_object_type USING MESSAGE = format('"%s" is the primary key of %s', constraint_name, rel),
            HINT = 'A key made of random uuids tells nothing; protect_fk() makes the keys that point at it carry the tenant.';
    END IF;
    IF EXISTS (SELECT FROM pg_constraint f WHERE f.contype = 'f' AND f.conindid = index.indexrelid) THEN
        RAISE dependent_objects_still_exist USING MESSAGE = format('foreign keys point at "%s"', constraint_name), HINT = 'Call primecloud.protect_fk() on them first.';
    END IF;
    definition := pg_get_indexdef(index.indexrelid);
    IF definition !~ ' USING btree \(' OR (SELECT relkind FROM pg_class WHERE oid = rel) = 'p' AND online THEN
        RAISE feature_not_supported USING MESSAGE = format('"%s" cannot be rebuilt this way', constraint_name), HINT = 'Only btree indexes; online, only of tables that are not partitioned.';
    END IF;
    -- The definition is the server's own text; the tenant goes in front of its columns.
    definition := regexp_replace(definition, ' USING btree \(', format(' USING btree (%I, ', tenant));
    definition := replace(definition, format('INDEX %I ON', constraint_name), format('INDEX %s%I ON', CASE WHEN online THEN 'CONCURRENTLY ' ELSE '' END, fresh));
    IF (SELECT relkind FROM pg_class WHERE oid = rel) = 'p' AND key.oid IS NOT NULL THEN
        statements := ARRAY[regexp_replace(format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %I %s', rel, constraint_name, constraint_name, pg_get_constraintdef(key.oid)),
            'UNIQUE (NULLS NOT DISTINCT )?\(', format('UNIQUE \1(%I, ', tenant))];
    ELSIF key.oid IS NOT NULL THEN
        statements := ARRAY[definition,
            format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %I UNIQUE USING INDEX %I%s%s', rel, constraint_name, constraint_name, fresh,
                CASE WHEN key.condeferrable THEN ' DEFERRABLE' ELSE '' END, CASE WHEN key.condeferred THEN ' INITIALLY DEFERRED' ELSE '' END),
            primecloud.note_tenant_constraint(rel, constraint_name)];
    ELSE
        statements := ARRAY[definition, format('DROP INDEX %s', index.indexrelid::regclass),
            format('ALTER INDEX %I.%I RENAME TO %I', (SELECT nspname FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid WHERE c.oid = rel), fresh, constraint_name)];
    END IF;
    IF online THEN
        statements := primecloud.online_preamble() || statements;
    END IF;
    RETURN QUERY SELECT * FROM primecloud.run_statements(statements, dry_run, online);
END $$;
COMMENT ON FUNCTION protect_unique(regclass, name, boolean, boolean) IS
    'puts the tenant column in front of a unique constraint or index, so that it says nothing of other tenants';
