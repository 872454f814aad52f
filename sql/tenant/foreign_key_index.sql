-- The index by which the rows that a foreign key makes point somewhere are found, when what
-- they point at is deleted or changes its key: the server makes none.

-- Whether a foreign key of these columns, with the tenant or without, has one: any that leads
-- with them, in whatever order.
CREATE FUNCTION primecloud_internal.has_key_index(rel regclass, tenant_column name, columns name[]) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT EXISTS (
        SELECT FROM pg_index i, LATERAL (
            SELECT array_agg(a.attname ORDER BY n) AS names FROM generate_series(0, i.indnkeyatts - 1) AS n
            LEFT JOIN pg_attribute a ON a.attrelid = rel AND a.attnum = i.indkey[n]) AS led
        WHERE i.indrelid = rel AND i.indisvalid AND i.indislive AND i.indpred IS NULL
            AND (led.names[1:cardinality(columns)] @> columns OR led.names[1:cardinality(columns) + 1] @> (tenant_column || columns)));
$$;
COMMENT ON FUNCTION primecloud_internal.has_key_index(regclass, name, name[])
    IS 'whether an index leads with the columns of a foreign key, with or without the tenant';

-- The steps that make one where there is none, and what is noted of it beside what was made before.  Online it is noted
-- before it is built: what an interrupted script has left is dropped by its name.
CREATE FUNCTION primecloud_internal.key_index(rel regclass, tenant_column name, columns name[], online boolean, made jsonb, OUT tied jsonb,
    OUT steps primecloud_internal.plan_step[])
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    wanted text := format('%s_%s_%s_idx', (SELECT relname FROM pg_class WHERE oid = rel), tenant_column, array_to_string(columns, '_'));
    list text := (SELECT string_agg(quote_ident(c), ', ' ORDER BY n) FROM unnest(tenant_column || columns) WITH ORDINALITY AS u(c, n));
    left_over record;
    index_name name;
BEGIN
    tied := '{}';
    steps := '{}';
    IF primecloud_internal.has_key_index(rel, tenant_column, columns) THEN
        -- What a script has built already, and noted.
        RETURN;
    END IF;
    SELECT c.relname, i.indisvalid INTO left_over FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE i.indrelid = rel AND NOT i.indisvalid AND NOT c.relispartition AND NOT i.indisunique
        AND primecloud_internal.protection_note(rel) -> 'constraints' ->> c.relname = 'key index'
        AND c.relname IN (SELECT primecloud_internal.candidate_name(wanted, n) FROM generate_series(0, 9) AS n) LIMIT 1;
    index_name := coalesce(left_over.relname, primecloud_internal.free_name(primecloud_internal.schema_of(rel), wanted));
    tied := jsonb_build_object(index_name, 'key index');
    IF left_over.relname IS NOT NULL THEN
        steps := steps || primecloud_internal.step('drop index', rel::text, format('DROP INDEX %s%I.%I',
            CASE WHEN online THEN 'CONCURRENTLY ' ELSE '' END, primecloud_internal.schema_of(rel), index_name));
    END IF;
    IF online THEN
        -- (The guard is off within the transactions of a script alone, and a note that is there is its business.)
        steps := primecloud_internal.in_one_transaction(ARRAY[primecloud_internal.note_tied(rel, made || tied)]) || steps;
    END IF;
    steps := steps || primecloud_internal.step('index', rel::text, format('CREATE INDEX %s%I ON %s (%s)',
        CASE WHEN online THEN 'CONCURRENTLY ' ELSE '' END, index_name, rel, list));
END $$;
COMMENT ON FUNCTION primecloud_internal.key_index(regclass, name, name[], boolean, jsonb)
    IS 'the steps that give a foreign key the index by which rows that point at a row are found, where it has none';

-- The one that was made for a foreign key, unless another leans on it too.
CREATE FUNCTION primecloud_internal.made_key_index(key pg_constraint) RETURNS name
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE i.indrelid = key.conrelid AND i.indkey::int2[] @> key.conkey AND i.indnkeyatts = cardinality(key.conkey) AND NOT c.relispartition
        AND primecloud_internal.protection_note(key.conrelid) -> 'constraints' ->> c.relname = 'key index'
        AND NOT EXISTS (SELECT FROM pg_constraint o WHERE o.conrelid = key.conrelid AND o.contype = 'f' AND o.oid <> key.oid
            AND o.conparentid = 0 AND o.conkey @> key.conkey AND key.conkey @> o.conkey
            AND primecloud_internal.protection_note(key.conrelid) -> 'constraints' ->> o.conname = 'foreign key')
    LIMIT 1;
$$;
COMMENT ON FUNCTION primecloud_internal.made_key_index(pg_constraint)
    IS 'the index that protect_fk() made for a foreign key; NULL where it made none, or another needs it';
