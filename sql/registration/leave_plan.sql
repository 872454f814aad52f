-- What leaving a table takes, in order: the parts of leave().

-- Whether anything of a table is the extension's: protected, registered, held, sealed, or made of its types and functions.
CREATE FUNCTION primecloud_internal.adopted_tables(schema name DEFAULT NULL) RETURNS SETOF regclass
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH standing AS MATERIALIZED (SELECT DISTINCT d.relation FROM primecloud_internal.dependents() AS d WHERE d.relation IS NOT NULL),
    named AS MATERIALIZED (SELECT r.object FROM primecloud.registrations r WHERE r.kind IN ('retention policy', 'exemption', 'membership'))
    SELECT DISTINCT c.oid::regclass FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't' AND (schema IS NULL OR n.nspname = schema)
        AND c.oid NOT IN (SELECT s FROM primecloud_internal.shards_here() AS s)
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
        AND (c.oid IN (SELECT s.relation FROM standing s)
            OR c.oid IN (SELECT pg_partition_root(s.relation) FROM standing s)
            OR EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND starts_with(p.polname, 'primecloud_'))
            OR EXISTS (SELECT FROM primecloud_internal.names_of(c.oid) AS o JOIN primecloud.sealed_column s ON s.schema_name = o.schema_name
                AND s.table_name = o.table_name)
            OR EXISTS (SELECT FROM primecloud_internal.names_of(c.oid) AS o JOIN primecloud.retention_holds
                h ON h.schema_name = o.schema_name
                AND h.table_name = o.table_name WHERE h.released_at IS NULL AND h.gone_at IS NULL)
            OR EXISTS (SELECT FROM named r WHERE r.object = format('%I.%I', n.nspname, c.relname)
                OR starts_with(r.object, format('%I.%I (', n.nspname, c.relname))));
$$;
COMMENT ON FUNCTION primecloud_internal.adopted_tables(name) IS 'tables of which something is to be undone before the extension can go';

CREATE FUNCTION primecloud_internal.open_holds(rel regclass) RETURNS SETOF bigint
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT h.id FROM primecloud_internal.names_of(rel) AS n JOIN primecloud.retention_holds h ON h.schema_name = n.schema_name
        AND h.table_name = n.table_name WHERE h.released_at IS NULL AND h.gone_at IS NULL ORDER BY h.id;
$$;
COMMENT ON FUNCTION primecloud_internal.open_holds(regclass) IS 'the holds that are open on a table, by number';

-- What is released: retention, holds where a reason was given, exemptions.
CREATE FUNCTION primecloud_internal.release_plan(rel regclass, release text) RETURNS SETOF primecloud_internal.plan_step
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT primecloud_internal.step('release', rel::text, format('SELECT primecloud.release_hold(%L, %s, %L)', rel, h, release))
    FROM primecloud_internal.open_holds(rel) AS h WHERE release IS NOT NULL
    UNION ALL
    SELECT primecloud_internal.step('unretain', rel::text, format('SELECT primecloud.unretain(%L)', rel))
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = rel AND EXISTS (SELECT FROM primecloud.registrations r
        WHERE r.kind = 'retention policy' AND r.object = format('%I.%I', n.nspname, c.relname))
    UNION ALL
    SELECT primecloud_internal.step('exempt', rel::text, format('SELECT primecloud.exempt(%L, NULL)', rel))
    FROM primecloud_internal.names_of(rel) AS n JOIN primecloud_internal.exemption e ON e.relation_schema = n.schema_name
        AND e.relation_name = n.table_name;
$$;
COMMENT ON FUNCTION primecloud_internal.release_plan(regclass, text) IS 'the steps that end retention, holds and exemption of a table';

-- By the size of files, as the caller, who may ask for it.
CREATE FUNCTION primecloud_internal.has_rows(rel regclass) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$ SELECT primecloud_internal.check_owner(rel); SELECT coalesce(sum(pg_relation_size(t.relid)), 0) > 0
    FROM primecloud_internal.table_tree(rel) AS t WHERE t.kind = 'r' $$;
COMMENT ON FUNCTION primecloud_internal.has_rows(regclass) IS 'whether a table has a file with something in it; for its owner';

-- The same of all tables, of which one may be held locked: nobody waits for it, and what is not seen is NULL.
CREATE FUNCTION primecloud_internal.size_now(rel regclass) RETURNS bigint
    LANGUAGE c VOLATILE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_size_now';
COMMENT ON FUNCTION primecloud_internal.size_now(regclass)
    IS 'the size of a table''s file; NULL where it is held locked, for which this does not wait';

CREATE FUNCTION primecloud_internal.has_rows_now(rel regclass) RETURNS boolean
    LANGUAGE sql VOLATILE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$ SELECT primecloud_internal.check_owner(rel); SELECT CASE WHEN bool_or(s > 0) THEN true WHEN bool_and(s = 0) IS NOT FALSE
    AND count(s) = count(*) THEN false END
    FROM primecloud_internal.table_tree(rel) AS t, LATERAL primecloud_internal.size_now(t.relid) AS s WHERE t.kind = 'r' $$;
COMMENT ON FUNCTION primecloud_internal.has_rows_now(regclass)
    IS 'whether a table has a file with something in it; NULL where that cannot be seen without waiting; for its owner';

-- Columns with sealed values, as they lie: those that unseal_column() takes, and those that nobody has a label for.
CREATE FUNCTION primecloud_internal.sealed_columns_of(rel regclass)
    RETURNS TABLE (col name, state text)
    LANGUAGE sql VOLATILE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT a.attname, CASE WHEN a.atttypid <> 'primecloud.sealed'::regtype AND NOT w.begun THEN 'nested'
        WHEN w.begun OR EXISTS (SELECT FROM primecloud_internal.names_of(rel) AS n JOIN primecloud.sealed_column s
            ON s.schema_name = n.schema_name AND s.table_name = n.table_name AND s.column_name = a.attname) THEN 'registered'
        ELSE CASE primecloud_internal.has_rows_now(rel) WHEN true THEN 'unregistered' WHEN false THEN 'empty' ELSE 'unseen' END END
    FROM pg_attribute a CROSS JOIN LATERAL primecloud_internal.conversion(rel, a.attname) AS w
    WHERE a.attrelid = rel AND a.attnum > 0 AND NOT a.attisdropped
        AND (a.atttypid IN (SELECT k.type FROM primecloud_internal.sealed_kinds() AS k(type)) OR w.begun)
        -- The second column of a script goes with the first.
        AND NOT EXISTS (SELECT FROM pg_attribute f CROSS JOIN LATERAL primecloud_internal.conversion(rel, f.attname) AS c
            WHERE f.attrelid = rel AND f.attnum > 0 AND NOT f.attisdropped AND c.begun AND c.target = a.attname)
    ORDER BY a.attnum;
$$;
COMMENT ON FUNCTION primecloud_internal.sealed_columns_of(regclass)
    IS 'columns of a table that hold envelopes: registered, unregistered with rows or empty or held locked, or nested in other types';

-- Checks, defaults and types of the extension in the table itself.  As the table's owner, whose indexes and checks are made anew.
CREATE FUNCTION primecloud_internal.plain_table_plan(rel regclass) RETURNS SETOF primecloud_internal.plan_step
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c record;
BEGIN
    FOR c IN SELECT k.conname, pg_get_constraintdef(k.oid) AS definition FROM pg_constraint k
             WHERE k.conrelid = rel AND k.contype = 'c' AND k.conname <> 'primecloud_tenant_known'
                 AND primecloud_internal.needs_extension('pg_constraint'::regclass, k.oid) ORDER BY 1 LOOP
        RETURN NEXT primecloud_internal.step('remark', rel::text, format('-- table %s loses %s: %s', rel, quote_ident(c.conname),
            c.definition));
        RETURN NEXT primecloud_internal.step('drop check', rel::text, format('ALTER TABLE %s DROP CONSTRAINT %I', rel, c.conname));
    END LOOP;
    FOR c IN SELECT a.attnum, a.attname, a.attgenerated, pg_get_expr(f.adbin, f.adrelid) AS value,
                 primecloud_internal.type_without(a.atttypid) AS plain, f.oid IS NOT NULL AS has_default,
                 primecloud_internal.needs_extension('pg_attrdef'::regclass, f.oid) AS by_default,
                     primecloud_internal.plain_column(rel, a.attname) ->> 'default' AS literal
             FROM pg_attribute a LEFT JOIN pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
             WHERE a.attrelid = rel AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum LOOP
        -- What protection made of it goes with that, and is told there.
        CONTINUE WHEN c.attname = primecloud.tenant_column(rel) AND primecloud_internal.protection_note(rel) -> 'made'
            ?| '{default,column}';
        IF c.by_default AND c.attgenerated <> '' THEN
            RETURN NEXT primecloud_internal.step('remark', rel::text, format('-- column "%s" of %s keeps its values, and is computed no '
                'more: %s', c.attname, rel, c.value));
            RETURN NEXT primecloud_internal.step('drop expression', rel::text, format('ALTER TABLE %s ALTER COLUMN %I DROP EXPRESSION', rel,
                c.attname));
        ELSIF c.by_default AND c.value IN ('primecloud.uuid_v7()', 'uuid_v7()') AND c.plain IS NULL THEN
            RETURN NEXT primecloud_internal.step('default', rel::text, format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT '
                'gen_random_uuid()', rel, c.attname));
        ELSIF c.by_default OR c.plain IS NOT NULL AND c.has_default THEN
            IF c.literal IS NULL OR c.plain IS NULL OR c.plain IN ('bigint', 'jsonb') THEN
                RETURN NEXT primecloud_internal.step('remark', rel::text, format('-- column "%s" of %s loses its default: %s', c.attname,
                    rel, c.value));
            END IF;
            RETURN NEXT primecloud_internal.step('drop default', rel::text, format('ALTER TABLE %s ALTER COLUMN %I DROP DEFAULT', rel,
                c.attname));
        END IF;
        CONTINUE WHEN c.plain IS NULL;
        RETURN NEXT primecloud_internal.step('retype', rel::text, format('ALTER TABLE %s ALTER COLUMN %I TYPE %s USING %2$I::%3$s', rel,
            c.attname, c.plain));
        IF c.literal IS NOT NULL AND c.plain NOT IN ('bigint', 'jsonb') THEN
            RETURN NEXT primecloud_internal.step('literal default', rel::text, format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT %L', rel,
                c.attname, c.literal));
        END IF;
    END LOOP;
END $$;
COMMENT ON FUNCTION primecloud_internal.plain_table_plan(regclass)
    IS 'the steps by which a table does without the types and functions of the extension';
