-- What a protected table is given, and what of it is still missing.

-- The columns of the index that leads with the tenant: lists are read newest first, and
-- the same index then serves the filter and the order.
CREATE FUNCTION primecloud_internal.tenant_index_columns(rel regclass, tenant_column name) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format('(%I', tenant_column) || coalesce(string_agg(format(', %I DESC', attname), '' ORDER BY attname = 'id'), '') || ')'
        FROM pg_attribute
    WHERE attrelid = rel AND attname IN ('created_at', 'id') AND attname <> tenant_column AND NOT attisdropped;
$$;
COMMENT ON FUNCTION primecloud_internal.tenant_index_columns(regclass, name) IS 'the columns of the index that protect_table() makes';

-- The name of the tenant index: what an interrupted script took, or one that is free.
CREATE FUNCTION primecloud_internal.tenant_index_name(rel regclass) RETURNS name
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(primecloud_internal.unfinished_note(rel) ->> 'index', primecloud_internal.free_name(primecloud_internal.schema_of(rel),
        format('%s_tenant_idx', c.relname)))::name
    FROM pg_class c WHERE c.oid = rel;
$$;
COMMENT ON FUNCTION primecloud_internal.tenant_index_name(regclass) IS 'the name of the index that protect_table() makes';

-- Indexes of interrupted scripts that would be in the way: a partitioned one whose parts are
-- missing, and those that a build has left invalid.
CREATE FUNCTION primecloud_internal.broken_indexes(rel regclass) RETURNS SETOF primecloud_internal.plan_step
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET jit = off
AS $$
BEGIN
    RETURN QUERY SELECT (primecloud_internal.step('drop index', t.relid::text, format('DROP INDEX %s', i.indexrelid::regclass))).*
    -- (Of each table by itself: joined, the indexes of all tables were gone through for each.)
    FROM primecloud_internal.table_tree(rel) AS t, LATERAL (SELECT * FROM pg_index WHERE indrelid = t.relid OFFSET 0) AS i
    JOIN pg_class c ON c.oid = i.indexrelid
    WHERE NOT i.indisvalid AND c.relname = primecloud_internal.unfinished_note(t.relid) ->> 'index' AND NOT c.relispartition
        ORDER BY t.level, t.relid;
END $$;
COMMENT ON FUNCTION primecloud_internal.broken_indexes(regclass)
    IS 'the steps that drop what an interrupted script has left of the tenant index';

-- `root` is the table that the call was for: what it is given, its partitions get from it.
-- `type` is the type of a tenant column that is still to be added.  What an interrupted script
-- has made counts as made here.
CREATE FUNCTION primecloud_internal.protection_plan(rel regclass, tenant_column name, read_role text, write_role text, delete_role text,
    root regclass, type regtype DEFAULT NULL, role_column name DEFAULT NULL, refuse boolean DEFAULT NULL, adopted jsonb DEFAULT NULL)
    RETURNS SETOF primecloud_internal.plan_step
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET jit = off
AS $$
DECLARE
    class pg_class := (SELECT c FROM pg_class c WHERE oid = rel);
    tenant pg_attribute := (SELECT a FROM pg_attribute a WHERE attrelid = rel AND attname = tenant_column AND NOT attisdropped);
    above pg_attribute := (SELECT a FROM pg_attribute a WHERE attrelid = root AND attname = tenant_column AND NOT attisdropped
        AND root <> rel);
    key_type regtype := coalesce(tenant.atttypid, type);
    note jsonb := primecloud_internal.protection_note(rel);
    fresh boolean := note = '{}';
    unfinished jsonb := primecloud_internal.unfinished_note(rel);
    made text[] := ARRAY(SELECT jsonb_array_elements_text(unfinished -> 'made'));
    index_name name := CASE WHEN NOT class.relispartition THEN unfinished ->> 'index' END;
    new_floor boolean := false;
    key record;
    schemas jsonb := CASE WHEN rel = root AND adopted IS NOT NULL THEN adopted ELSE note -> 'schemas' END;
    roles jsonb := primecloud_internal.chosen_roles(root, read_role, write_role, delete_role, refuse);
    policies primecloud_internal.plan_step[];
    -- Protected, and the note is gone: what the table was before nobody knows any more.
    lost boolean := fresh AND primecloud_internal.was_protected(rel);
BEGIN
    IF rel = root AND (tenant.attnum IS NULL OR EXISTS (SELECT FROM pg_trigger WHERE tgrelid = rel AND tgname = 'primecloud_fill_tenant'))
        THEN
        made := made || 'column'::text;
    END IF;
    RETURN QUERY SELECT 'drop check', rel::text, format('ALTER TABLE %s DROP CONSTRAINT %I', rel, conname)
        FROM pg_constraint WHERE conrelid = rel AND conname = 'primecloud_tenant_known' AND coninhcount = 0;
    IF NOT primecloud_internal.is_not_null(rel, tenant_column) AND coalesce(above.attnotnull, true) THEN
        made := made || 'not null'::text;
        RETURN NEXT primecloud_internal.step('not null', rel::text, format('ALTER TABLE %s ALTER COLUMN %I SET NOT NULL', rel,
            tenant_column));
    END IF;
    IF NOT coalesce(tenant.atthasdef, false) AND coalesce(tenant.attidentity, '') = ''
        AND coalesce(above.atthasdef OR above.attidentity <> '', true) THEN
        made := made || 'default'::text;
        RETURN NEXT primecloud_internal.step('default', rel::text, format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT %s()', rel,
            tenant_column, primecloud_internal.tenant_key_function(key_type)));
    END IF;
    -- Of two rows of a user the lesser role counts: there is one.
    IF rel = root AND primecloud_internal.member_columns(rel) IS NOT NULL AND NOT primecloud_internal.members_are_unique(rel) THEN
        key := primecloud_internal.member_key(rel);
        RETURN NEXT primecloud_internal.member_key_step(rel, false);
        note := note || jsonb_build_object('constraints', coalesce(note -> 'constraints', '{}') || jsonb_build_object(key.key_name,
            'member key'));
    END IF;
    IF NOT class.relispartition AND key IS NULL AND NOT EXISTS (
            SELECT FROM pg_index WHERE indrelid = rel AND indkey[0] = tenant.attnum AND indpred IS NULL AND indisvalid) THEN
        index_name := primecloud_internal.tenant_index_name(rel);
        RETURN QUERY SELECT * FROM primecloud_internal.broken_indexes(rel);
        RETURN NEXT primecloud_internal.step('index', rel::text, format('CREATE INDEX %I ON %s %s', index_name, rel,
            primecloud_internal.tenant_index_columns(rel, tenant_column)));
    END IF;
    IF NOT class.relrowsecurity THEN
        RETURN NEXT primecloud_internal.step('row security', rel::text, format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', rel));
    END IF;
    IF NOT class.relforcerowsecurity THEN
        RETURN NEXT primecloud_internal.step('row security', rel::text, format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', rel));
    END IF;
    -- (A restrictive confinement is another helper's, and stays as it is.)
    policies := ARRAY(SELECT s FROM primecloud_internal.policy_steps(rel, root, tenant_column, key_type, roles, role_column,
        CASE WHEN primecloud_internal.is_confined_apart(rel) OR primecloud_internal.is_distributed(rel)
            THEN primecloud_internal.confined_by(rel) END, NULL, narrowed => true) AS s);
    RETURN QUERY SELECT s.* FROM unnest(policies) AS s;
    new_floor := EXISTS (SELECT FROM unnest(policies) AS s WHERE s.kind = 'floor');
    IF new_floor OR lost OR NOT (key IS NULL) OR (rel = root AND note -> 'roles' IS DISTINCT FROM roles)
        OR note -> 'schemas' IS DISTINCT FROM schemas THEN
        note := note || jsonb_strip_nulls(jsonb_build_object('schemas', schemas, 'lost', CASE WHEN lost THEN true END));
        RETURN NEXT primecloud_internal.note_protection(rel, CASE WHEN fresh AND new_floor AND NOT lost THEN note
            || jsonb_strip_nulls(jsonb_build_object('row security', CASE WHEN class.relforcerowsecurity AND class.relrowsecurity
                THEN 'forced' WHEN class.relrowsecurity THEN 'on' ELSE 'off' END,
            'made', ARRAY(SELECT m FROM unnest('{column,not null,default}'::text[]) WITH ORDINALITY AS u(m, n) WHERE m = ANY (made)
                ORDER BY n), 'index', index_name))
            ELSE note END || CASE WHEN rel = root THEN jsonb_build_object('roles', roles) ELSE '{}' END);
    END IF;
    RETURN QUERY SELECT 'drop unfinished', rel::text, format('DROP POLICY primecloud_unfinished ON %s', rel)
        FROM pg_policy WHERE polrelid = rel AND polname = 'primecloud_unfinished';
END $$;
COMMENT ON FUNCTION primecloud_internal.protection_plan(regclass, name, text, text, text, regclass, regtype, name, boolean, jsonb)
    IS 'the steps that protect_table() would still have to take on one table';
