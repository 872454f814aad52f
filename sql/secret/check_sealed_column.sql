-- What a column must be before it is sealed.

-- What stands on a column and would see plaintext turn into an envelope.
CREATE FUNCTION primecloud_internal.sealed_column_obstacles(rel regclass, col name) RETURNS SETOF text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH part AS MATERIALIZED (SELECT t.relid, a.attnum FROM primecloud_internal.table_tree(rel) AS t
        JOIN pg_attribute a ON a.attrelid = t.relid AND a.attname = col)
    SELECT DISTINCT pg_describe_object(f.classid, f.objid, 0) || coalesce((SELECT format(' of role "%s"', pg_get_userbyid(o.owner))
        FROM (SELECT p.proowner FROM pg_proc p WHERE f.classid = 'pg_proc'::regclass AND p.oid = f.objid
            UNION ALL SELECT v.relowner FROM pg_class v WHERE f.classid = 'pg_class'::regclass AND v.oid = f.objid) AS o(owner)
        -- Whoever may not drop it is told who may.
        WHERE NOT pg_has_role(o.owner, (SELECT c.relowner FROM pg_class c WHERE c.oid = rel), 'USAGE')), '')
    FROM part JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = part.relid AND d.refobjsubid = part.attnum
        AND d.deptype IN ('n', 'a')
    LEFT JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
    CROSS JOIN LATERAL (SELECT CASE WHEN d.classid = 'pg_rewrite'::regclass THEN 'pg_class'::regclass ELSE d.classid END::oid AS classid,
        CASE WHEN d.classid = 'pg_rewrite'::regclass THEN r.ev_class ELSE d.objid END AS objid) AS f
    WHERE d.classid IN ('pg_rewrite'::regclass, 'pg_policy'::regclass, 'pg_trigger'::regclass, 'pg_statistic_ext'::regclass,
            'pg_publication_rel'::regclass, 'pg_proc'::regclass)
       -- (NOT NULL, a constraint from 18 on, says nothing of the value.)
       OR (d.classid = 'pg_constraint'::regclass AND EXISTS (SELECT FROM pg_constraint k WHERE k.oid = d.objid AND k.contype <> 'n'))
       OR (d.classid = 'pg_class'::regclass AND EXISTS (SELECT FROM pg_class WHERE oid = d.objid AND relkind IN ('i', 'I')))
       OR (d.classid = 'pg_attrdef'::regclass AND EXISTS (SELECT FROM pg_attrdef f JOIN pg_attribute g ON g.attrelid = f.adrelid
           AND g.attnum = f.adnum WHERE f.oid = d.objid AND g.attgenerated <> ''))
    UNION
    SELECT 'the partition key of ' || part.relid::regclass FROM part JOIN pg_partitioned_table p ON p.partrelid = part.relid
    WHERE part.attnum = ANY (p.partattrs::smallint[]) OR p.partexprs::text ~ format(':varattno %s ', part.attnum)
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
        IF attribute.attgenerated NOT IN ('', 's') THEN
            RAISE feature_not_supported USING MESSAGE = format('column "%s" of %s is generated when it is read', wanted, rel),
                HINT = 'Name a column that is stored.';
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
