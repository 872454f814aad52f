-- seal_column: plaintext becomes envelopes, in place.

-- What stands on a column and would see plaintext turn into an envelope.
CREATE FUNCTION primecloud_internal.sealed_column_obstacles(rel regclass, col name) RETURNS SETOF text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT DISTINCT pg_describe_object(CASE WHEN d.classid = 'pg_rewrite'::regclass THEN 'pg_class'::regclass ELSE d.classid END::oid,
                              CASE WHEN d.classid = 'pg_rewrite'::regclass THEN r.ev_class ELSE d.objid END, 0)
    FROM (SELECT rel AS relid UNION SELECT relid FROM pg_partition_tree(rel)) AS part
    JOIN pg_attribute a ON a.attrelid = part.relid AND a.attname = col
    JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = part.relid AND d.refobjsubid = a.attnum
        AND d.deptype IN ('n', 'a')
    LEFT JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
    WHERE d.classid IN ('pg_rewrite'::regclass, 'pg_policy'::regclass, 'pg_constraint'::regclass, 'pg_trigger'::regclass,
        'pg_statistic_ext'::regclass,
                        'pg_publication_rel'::regclass, 'pg_proc'::regclass)
       OR (d.classid = 'pg_class'::regclass AND EXISTS (SELECT FROM pg_class WHERE oid = d.objid AND relkind IN ('i', 'I')))
       OR (d.classid = 'pg_attrdef'::regclass AND EXISTS (SELECT FROM pg_attrdef f JOIN pg_attribute g ON g.attrelid = f.adrelid
           AND g.attnum = f.adnum
                                                         WHERE f.oid = d.objid AND g.attgenerated <> ''))
    UNION
    SELECT 'the partition key of ' || part.relid::regclass FROM pg_partition_tree(rel) AS part JOIN pg_partitioned_table p
        ON p.partrelid = part.relid
    JOIN pg_attribute a ON a.attrelid = part.relid AND a.attname = col
    WHERE a.attnum = ANY (p.partattrs::smallint[]) OR p.partexprs::text ~ format(':varattno %s ', a.attnum)
    ORDER BY 1;
$$;
COMMENT ON FUNCTION primecloud_internal.sealed_column_obstacles(regclass, name)
    IS 'what depends on a column and keeps it from being sealed in place';

-- An envelope is bound to the text of tenant and id, so each value needs one spelling,
-- which no setting changes; and a row's id must be its own.
CREATE FUNCTION primecloud_internal.check_sealed_row(rel regclass, id_column name, tenant_column name) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    wanted name;
    attribute pg_attribute;
    type oid;
BEGIN
    FOREACH wanted IN ARRAY ARRAY[id_column, tenant_column] LOOP
        SELECT a.* INTO attribute FROM pg_attribute a WHERE attrelid = rel AND attname = wanted AND attnum > 0 AND NOT attisdropped;
        IF attribute IS NULL THEN
            RAISE undefined_column USING MESSAGE = format('table %s has no column "%s"', rel, wanted),
                HINT = 'Name the row''s id in id_column and its tenant in tenant_column.';
        END IF;
        type := attribute.atttypid;
        WHILE EXISTS (SELECT FROM pg_type WHERE oid = type AND typtype = 'd') LOOP
            type := (SELECT typbasetype FROM pg_type WHERE oid = type);
        END LOOP;
        IF type <> ALL ('{smallint,integer,bigint,uuid,text,varchar,bpchar}'::regtype[]) THEN
            RAISE datatype_mismatch USING MESSAGE = format('column "%s" of %s is of type %s, whose text is not one for each value', wanted,
                rel, format_type(attribute.atttypid, attribute.atttypmod)),
                HINT = 'An id or a tenant is an integer, a uuid or text.';
        END IF;
    END LOOP;
    -- A partitioned table cannot promise more than uniqueness together with its partition key.
    IF NOT EXISTS (
        SELECT FROM pg_index i WHERE i.indrelid = rel AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
          AND NOT EXISTS (
            SELECT FROM unnest((i.indkey::smallint[])[0:i.indnkeyatts - 1]) AS k(attnum) JOIN pg_attribute a ON a.attrelid = rel
                AND a.attnum = k.attnum
            WHERE a.attname NOT IN (id_column, tenant_column)
                AND k.attnum <> ALL (coalesce((SELECT partattrs::smallint[] FROM pg_partitioned_table WHERE partrelid = rel), '{}')))
          AND EXISTS (SELECT FROM unnest((i.indkey::smallint[])[0:i.indnkeyatts - 1]) AS k(attnum) JOIN pg_attribute a ON a.attrelid = rel
              AND a.attnum = k.attnum AND a.attname = id_column)) THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('no unique index of %s says that "%s" names one row', rel, id_column),
            HINT = 'Name the key in id_column, or make it unique: rows that share an id could exchange their secrets.';
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.check_sealed_row(regclass, name, name)
    IS 'raises unless id and tenant column can name a row in an envelope';

-- What is sealed is the column's text, and a type's owner may have made a function of the cast:
-- it would run with the rights of whoever seals.
CREATE FUNCTION primecloud_internal.check_text_of_column(rel regclass, attribute pg_attribute) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    base oid := attribute.atttypid;
    cast_function pg_proc;
BEGIN
    WHILE EXISTS (SELECT FROM pg_type WHERE oid = base AND typtype = 'd') LOOP
        base := (SELECT typbasetype FROM pg_type WHERE oid = base);
    END LOOP;
    SELECT p.* INTO cast_function FROM pg_cast c JOIN pg_proc p ON p.oid = c.castfunc
    WHERE c.castsource = base AND c.casttarget = 'text'::regtype AND NOT pg_has_role(p.proowner, current_user, 'USAGE')
        AND NOT (SELECT rolsuper FROM pg_roles WHERE oid = p.proowner);
    IF FOUND THEN
        RAISE insufficient_privilege USING MESSAGE = format('column "%s" of %s becomes text by %s, code of role "%s"', attribute.attname,
            rel, cast_function.oid::regprocedure, pg_get_userbyid(cast_function.proowner)),
            HINT = 'It would run with your rights: let that role seal the column, or make it text first.';
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.check_text_of_column(regclass, pg_attribute)
    IS 'raises where the text of a column is made by code of a role that has not all rights of the caller';

CREATE FUNCTION seal_column(rel regclass, col name, label text, id_column name DEFAULT 'id', tenant_column name DEFAULT 'account_id',
    dry_run boolean DEFAULT false,
                            maintenance_role name DEFAULT NULL)
    RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    class pg_class := (SELECT c FROM pg_class c WHERE oid = rel);
    attribute pg_attribute := (SELECT a FROM pg_attribute a WHERE attrelid = rel AND attname = col AND attnum > 0 AND NOT attisdropped);
    obstacles text := (SELECT string_agg(o, ', ') FROM primecloud_internal.sealed_column_obstacles(rel, col) AS o);
    steps primecloud_internal.plan_step[] := '{}';
BEGIN
    IF class.relkind NOT IN ('r', 'p') THEN
        RAISE wrong_object_type USING MESSAGE = format('%s is not a table', rel), HINT = 'Seal the column of the table below it.';
    END IF;
    IF class.relpersistence = 't' THEN
        RAISE wrong_object_type USING MESSAGE = format('%s is a temporary table', rel), HINT = 'Seal single values with primecloud.seal().';
    END IF;
    IF class.relispartition THEN
        RAISE wrong_object_type USING MESSAGE = format('%s is a partition', rel), HINT = 'Seal the column of the partitioned table.';
    END IF;
    IF EXISTS (SELECT FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhparent WHERE c.relkind = 'r' AND rel IN (i.inhrelid, i.inhparent))
        THEN
        RAISE feature_not_supported USING MESSAGE = format('%s inherits, or is inherited from', rel),
            HINT = 'No index keeps ids unique across such tables: partition it instead.';
    END IF;
    PERFORM primecloud_internal.check_owner(rel);
    PERFORM primecloud_internal.check_not_distributed(rel);
    IF attribute IS NULL THEN
        RAISE undefined_column USING MESSAGE = format('table %s has no column "%s"', rel, col),
            HINT = 'Name the column that holds the secrets.';
    END IF;
    IF col IN (id_column, tenant_column) THEN
        RAISE invalid_parameter_value USING MESSAGE = format('column "%s" cannot be bound to itself', col),
            HINT = 'Name the row''s id in id_column and its tenant in tenant_column.';
    END IF;
    PERFORM primecloud_internal.check_sealed_row(rel, id_column, tenant_column);
    IF coalesce(octet_length(label), 0) NOT BETWEEN 1 AND 128 THEN
        RAISE invalid_parameter_value USING MESSAGE = format('the label has %s bytes', coalesce(octet_length(label), 0)),
            HINT = 'Take a name of 1 to 128 bytes for what the column holds, and never change it.';
    END IF;
    PERFORM primecloud_internal.check_text_of_column(rel, attribute);
    IF attribute.atttypid <> 'primecloud.sealed'::regtype THEN
        IF attribute.attgenerated <> '' OR attribute.attidentity <> '' THEN
            RAISE feature_not_supported USING MESSAGE = format('column "%s" of %s is generated', col, rel);
        END IF;
        IF obstacles IS NOT NULL THEN
            RAISE dependent_objects_still_exist USING MESSAGE = format('column "%s" of %s cannot be sealed: %s', col, rel, obstacles),
                HINT = 'Drop what depends on the plaintext first; it could not work on an envelope.';
        END IF;
        IF attribute.atthasdef THEN
            steps := steps || primecloud_internal.step('drop default', rel::text, format('ALTER TABLE %s ALTER COLUMN %I DROP DEFAULT', rel,
                col));
        END IF;
        -- A rewrite, not an UPDATE: no dead row keeps the plaintext in the new file.
        steps := steps || primecloud_internal.step('seal', rel::text, format(CASE WHEN attribute.atttypid = 'bytea'::regtype
                THEN 'ALTER TABLE %s ALTER COLUMN %I TYPE primecloud.sealed USING primecloud.seal_bytes(%2$I, %I::text, %L, %I::text)'
                ELSE 'ALTER TABLE %s ALTER COLUMN %I TYPE primecloud.sealed USING primecloud.seal(%2$I::text, %I::text, %L, %I::text)' END,
            rel, col, tenant_column, label, id_column));
    END IF;
    steps := steps || primecloud_internal.step('register', rel::text,
        format('SELECT primecloud_internal.register_sealed_column(%L, %L, %L, %L, %L)', rel, col, label, id_column, tenant_column));
    IF maintenance_role IS NOT NULL THEN
        steps := steps || primecloud_internal.step('grant', rel::text, format('SELECT primecloud.allow_reseal(%L, %L, %L)', rel, col,
            maintenance_role));
    END IF;
    IF attribute.atttypid <> 'primecloud.sealed'::regtype THEN
        steps := steps || primecloud_internal.step('remark', rel::text,
            '-- plaintext remains in WAL and archives until they are recycled, in older backups, and in free space of the disk: change the '
                'secrets themselves where that matters');
    END IF;
    RETURN QUERY SELECT * FROM primecloud_internal.run_plan(steps, dry_run);
END $$;
COMMENT ON FUNCTION seal_column(regclass, name, text, name, name, boolean, name) IS
    'seals a column of plaintext in place and registers it; returns the statements it ran and what plaintext remains where';
