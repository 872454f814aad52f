-- The tenant column of a child: how it hangs from its parent, and how it is filled.

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
    SELECT string_agg(format('p.%I = %L', TG_ARGV[i + 1], to_jsonb(NEW) ->> TG_ARGV[i]), ' AND ') INTO condition
        FROM generate_series(4, TG_NARGS - 2, 2) AS i;
    EXECUTE format('SELECT jsonb_build_object(%L, p.%I) FROM %I.%I AS p WHERE %s', TG_ARGV[0], TG_ARGV[3], TG_ARGV[1], TG_ARGV[2],
        condition) INTO filled;
    RETURN jsonb_populate_record(NEW, coalesce(filled, '{}'));
END $$;
COMMENT ON FUNCTION fill_tenant()
    IS 'trigger: takes the tenant of a new row from its parent, until protect_child(online => true) is through';

-- What joins a child to its parent along one foreign key.
CREATE FUNCTION primecloud_internal.child_key(rel regclass, parent regclass, constraint_name name, OUT columns name[],
    OUT parent_columns name[], OUT condition text)
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    keys name[] := ARRAY(SELECT c.conname FROM pg_constraint c WHERE c.contype = 'f' AND c.conrelid = rel AND c.confrelid = parent
                         AND c.conname = coalesce(constraint_name, c.conname) ORDER BY c.conname);
BEGIN
    IF cardinality(keys) = 0 THEN
        RAISE undefined_object USING MESSAGE = format('table %s has no foreign key %sto %s', rel, CASE WHEN constraint_name IS NULL THEN ''
            ELSE format('"%s" ', constraint_name) END, parent),
            HINT = 'Name the table that the child''s foreign key points at.';
    END IF;
    IF cardinality(keys) > 1 THEN
        RAISE ambiguous_column USING MESSAGE = format('table %s has %s foreign keys to %s', rel, cardinality(keys), parent),
            HINT = format('Pass constraint_name => one of %s.', array_to_string(keys, ', '));
    END IF;
    SELECT array_agg(c.attname ORDER BY k.n), array_agg(p.attname ORDER BY k.n),
        string_agg(format('child.%I = parent.%I', c.attname, p.attname), ' AND ' ORDER BY k.n)
    INTO columns, parent_columns, condition
    FROM pg_constraint f, unnest(f.conkey, f.confkey) WITH ORDINALITY AS k(child, parent, n)
    JOIN pg_attribute c ON c.attrelid = rel AND c.attnum = k.child JOIN pg_attribute p ON p.attrelid = child_key.parent
        AND p.attnum = k.parent
    WHERE f.conrelid = rel AND f.contype = 'f' AND f.conname = keys[1];
END $$;
COMMENT ON FUNCTION primecloud_internal.child_key(regclass, regclass, name)
    IS 'the columns of the foreign key by which a child reaches its tenant';

-- The statement that fills a child's tenant column from its parent, of a range of pages
-- where one is given: composed of names, in one place for those who run it and who print it.
CREATE FUNCTION primecloud_internal.fill_statement(target regclass, rel regclass, parent regclass, constraint_name name, tenant_column name,
    parent_column name, pages int8range DEFAULT NULL)
    RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format('UPDATE %s%s AS child SET %I = parent.%I FROM %s AS parent WHERE %s AND child.%3$I IS NULL',
        CASE WHEN pages IS NULL THEN '' ELSE 'ONLY ' END,
                  target, tenant_column, parent_column, parent, k.condition)
        || CASE WHEN pages IS NULL THEN ''
            ELSE format(' AND child.ctid >= ''(%s,0)''::pg_catalog.tid AND child.ctid < ''(%s,0)''::pg_catalog.tid', lower(pages),
            upper(pages)) END
    FROM primecloud_internal.child_key(rel, parent, constraint_name) AS k;
$$;
COMMENT ON FUNCTION primecloud_internal.fill_statement(regclass, regclass, regclass, name, name, name, int8range)
    IS 'the UPDATE that fills the tenant column of a child, or of a range of its pages';

CREATE FUNCTION primecloud_internal.fill_pages(leaf regclass, rel regclass, parent regclass, constraint_name name, tenant_column name,
    parent_column name, first_page bigint, end_page bigint)
    RETURNS void
    LANGUAGE sql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT primecloud_internal.check_one_hand(leaf, ARRAY[parent]);
    SELECT primecloud_internal.run_as_owner(leaf, primecloud_internal.fill_statement(leaf, rel, parent, constraint_name, tenant_column,
        parent_column, int8range(first_page, end_page)));
$$;
COMMENT ON FUNCTION primecloud_internal.fill_pages(regclass, regclass, regclass, name, name, name, bigint, bigint)
    IS 'fills a range of pages as the owner of the table; called by the scripts of protect_child()';

-- The steps that add the column and fill it.  On a live table in ranges of pages, each
-- committed, while a trigger, there as soon as the column is, fills what is inserted meanwhile.
CREATE FUNCTION primecloud_internal.child_column(rel regclass, parent regclass, constraint_name name, tenant_column name,
    parent_column name, type text, online boolean)
    RETURNS primecloud_internal.plan_step[]
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $child_column$
DECLARE
    key record := primecloud_internal.child_key(rel, parent, constraint_name);
    there boolean := EXISTS (SELECT FROM pg_attribute WHERE attrelid = rel AND attname = tenant_column AND attnum > 0 AND NOT attisdropped);
    steps primecloud_internal.plan_step[] := CASE WHEN there THEN '{}'
        ELSE ARRAY[primecloud_internal.step('column', rel::text, format('ALTER TABLE %s ADD COLUMN %I %s', rel, tenant_column, type))] END;
    leaf record;
    filled primecloud_internal.plan_step := primecloud_internal.step('check filled', rel::text,
        format('SELECT primecloud_internal.check_filled(%L, %L, %L)', rel, parent, tenant_column));
BEGIN
    IF NOT online THEN
        RETURN steps || primecloud_internal.step('fill', rel::text, primecloud_internal.fill_statement(rel, rel, parent, constraint_name,
            tenant_column, parent_column)) || filled;
    END IF;
    IF NOT there THEN
        steps := primecloud_internal.in_one_transaction(steps || primecloud_internal.step('fill trigger', rel::text,
            format('CREATE OR REPLACE TRIGGER primecloud_fill_tenant BEFORE INSERT OR UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION '
                'primecloud.fill_tenant(%s)', rel,
            (SELECT string_agg(quote_literal(a), ', ' ORDER BY n)
                FROM unnest(ARRAY[tenant_column, primecloud_internal.schema_of(parent), (SELECT relname FROM pg_class WHERE oid = parent),
                parent_column]
                || (SELECT array_agg(x ORDER BY i, side) FROM unnest(key.columns, key.parent_columns) WITH ORDINALITY AS k(c, p, i),
                    LATERAL (VALUES (1, c), (2, p)) AS s(side, x))) WITH ORDINALITY AS u(a, n)))));
    END IF;
    FOR leaf IN SELECT t.relid FROM primecloud_internal.table_tree(rel) AS t WHERE t.kind = 'r' ORDER BY t.level, t.relid LOOP
        PERFORM primecloud_internal.check_one_hand(leaf.relid, ARRAY[parent]);  -- filled as its own owner
        steps := steps || primecloud_internal.step('fill', leaf.relid::text, 'DO ' || primecloud_internal.dollar_quoted(format($do$
DECLARE
    pages bigint := pg_catalog.pg_relation_size(%1$L) / pg_catalog.current_setting('block_size')::bigint;
BEGIN
    FOR page IN 0..pages BY 1000 LOOP
        PERFORM primecloud_internal.fill_pages(%1$L, %2$L, %3$L, %4$L, %5$L, %6$L, page, page + 1000);
        COMMIT;
    END LOOP;
END $do$, leaf.relid, rel, parent, constraint_name, tenant_column, parent_column), 'fill'));
    END LOOP;
    RETURN steps || filled;
END $child_column$;
COMMENT ON FUNCTION primecloud_internal.child_column(regclass, regclass, name, name, name, text, boolean)
    IS 'the steps that give a child its tenant column, filled from its parent';
