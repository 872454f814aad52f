-- protect_people: the steps, and what an application's role is given on a table of people.

CREATE FUNCTION primecloud_internal.people_plan(rel regclass, id_column name, read_role text) RETURNS SETOF primecloud_internal.plan_step
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    part pg_class;
    wanted record;
    existing pg_policy;
    note jsonb;
    lost boolean;
    index_name name;
    id name := coalesce(id_column, primecloud_internal.people_column(rel));
    -- What was chosen is kept.
    role text := coalesce(read_role, primecloud_internal.chosen_reader(rel), 'developer');
BEGIN
    PERFORM primecloud_internal.check_people(rel, id, role);
    FOR part IN SELECT c.* FROM primecloud_internal.table_tree(rel) AS t JOIN pg_class c ON c.oid = t.relid WHERE t.kind IN ('r', 'p')
        ORDER BY t.level, t.relid LOOP
        index_name := NULL;
        IF NOT part.relispartition AND NOT EXISTS (SELECT FROM pg_index i JOIN pg_attribute a ON a.attrelid = part.oid
                AND a.attnum = i.indkey[0] WHERE i.indrelid = part.oid AND a.attname = id AND i.indpred IS NULL AND i.indisvalid) THEN
            index_name := primecloud_internal.free_name(primecloud_internal.schema_of(part.oid), format('%s_people_idx', part.relname));
            RETURN NEXT primecloud_internal.step('index', part.oid::regclass::text, format('CREATE INDEX %I ON %s (%I)', index_name,
                part.oid::regclass, id));
        END IF;
        IF NOT (part.relrowsecurity AND part.relforcerowsecurity) THEN
            RETURN NEXT primecloud_internal.step('row security', part.oid::regclass::text,
                format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', part.oid::regclass));
        END IF;
        FOR wanted IN SELECT * FROM primecloud_internal.people_policies(part.oid, id, role) LOOP
            SELECT p.* INTO existing FROM pg_policy p WHERE p.polrelid = part.oid AND p.polname = wanted.policy;
            IF FOUND THEN
                CONTINUE WHEN existing.polcmd = wanted.command AND existing.polpermissive = wanted.permissive AND existing.polroles = '{0}'
                    AND pg_get_expr(existing.polqual, part.oid) IS NOT DISTINCT FROM wanted.qual
                    AND pg_get_expr(existing.polwithcheck, part.oid) IS NOT DISTINCT FROM wanted.with_check;
                RETURN NEXT primecloud_internal.step('drop policy', part.oid::regclass::text, format('DROP POLICY %I ON %s', wanted.policy,
                    part.oid::regclass));
            END IF;
            RETURN NEXT primecloud_internal.step('policy', part.oid::regclass::text, wanted.statement);
        END LOOP;
        note := primecloud_internal.protection_note(part.oid);
        lost := note ? 'lost' OR note = '{}' AND EXISTS (SELECT FROM pg_policy WHERE polrelid = part.oid AND polname = 'primecloud_people');
        IF note #>> '{roles,read}' IS DISTINCT FROM role OR index_name IS NOT NULL THEN
            RETURN NEXT primecloud_internal.note_protection(part.oid, jsonb_strip_nulls(jsonb_build_object('row security',
                coalesce(note ->> 'row security', CASE WHEN lost THEN NULL WHEN part.relforcerowsecurity AND part.relrowsecurity
                    THEN 'forced' WHEN part.relrowsecurity THEN 'on' ELSE 'off' END), 'lost', CASE WHEN lost THEN true END,
                'index', coalesce(index_name, note ->> 'index'), 'roles', jsonb_build_object('read', role))), 'primecloud_people');
        END IF;
    END LOOP;
END $$;
COMMENT ON FUNCTION primecloud_internal.people_plan(regclass, name, text) IS 'the steps that protect_people() would still have to take';

-- What the application's role is given: all may be seen that is no secret; a person writes his own row, but for its
-- key, its secrets and what gives power, and deletes none, since more hangs on it than is his.
CREATE FUNCTION primecloud_internal.people_rights(rel regclass, app_role name)
    RETURNS SETOF primecloud_internal.plan_step
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    one record;
    list text;
    id_column name := primecloud_internal.people_column(rel);
BEGIN
    FOR one IN SELECT * FROM (VALUES
        ('SELECT', ARRAY(SELECT attname FROM pg_attribute WHERE attrelid = rel AND attnum > 0 AND NOT attisdropped
            AND primecloud_internal.names_secret(attname) ORDER BY attnum)),
        ('INSERT', ARRAY(SELECT attname FROM pg_attribute WHERE attrelid = rel AND attnum > 0 AND NOT attisdropped
            AND (primecloud_internal.gives_power(attname) OR primecloud_internal.names_secret(attname)) ORDER BY attnum)),
        ('UPDATE', ARRAY(SELECT attname FROM pg_attribute WHERE attrelid = rel AND attnum > 0 AND NOT attisdropped
            AND (attname = id_column OR primecloud_internal.gives_power(attname) OR primecloud_internal.names_secret(attname)
                OR attnum IN (SELECT c.source_column FROM primecloud_internal.rank_tables() AS t, primecloud_internal.carriers(t) AS c
                    WHERE c.source = rel AND NOT c.gone)) ORDER BY attnum))) AS r(command, kept_back) LOOP
        IF EXISTS (SELECT FROM unnest(one.kept_back) AS k WHERE has_column_privilege(app_role, rel, k::text, one.command)) THEN
            RETURN NEXT primecloud_internal.step('grant', rel::text, format('REVOKE %s ON %s FROM %I', one.command, rel, app_role));
        END IF;
        SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO list FROM pg_attribute
        WHERE attrelid = rel AND attnum > 0 AND NOT attisdropped AND NOT attname = ANY (one.kept_back)
            AND (one.command = 'SELECT' OR attgenerated = '' AND attidentity <> 'a');
        CONTINUE WHEN list IS NULL;
        RETURN NEXT primecloud_internal.step('grant', rel::text, CASE WHEN one.kept_back = '{}'
            THEN format('GRANT %s ON %s TO %I', one.command, rel, app_role)
            ELSE format('GRANT %s (%s) ON %s TO %I', one.command, list, rel, app_role) END);
        RETURN QUERY SELECT 'remark', rel::text, format('-- kept back from %I: %s of %s (%s)', app_role, one.command, rel,
            (SELECT string_agg(quote_ident(k), ', ') FROM unnest(one.kept_back) AS k)) WHERE one.kept_back <> '{}';
        -- What everybody or a group has cannot be taken from one role.
        RETURN QUERY SELECT 'remark', rel::text, format('-- look at it: "%s" may %s %s.%I by a grant to %s', app_role, one.command, rel,
                min(k), g.name) FROM unnest(one.kept_back) AS k, (SELECT 'public' AS name UNION ALL SELECT r.rolname FROM pg_roles r
                    WHERE r.rolname <> app_role AND pg_has_role(app_role, r.oid, 'MEMBER') AND NOT r.rolsuper) AS g
            WHERE has_column_privilege(g.name::name, rel, k::text, one.command) GROUP BY g.name ORDER BY g.name;
    END LOOP;
    IF has_table_privilege(app_role, rel, 'DELETE') THEN
        RETURN NEXT primecloud_internal.step('grant', rel::text, format('REVOKE DELETE ON %s FROM %I', rel, app_role));
    END IF;
    RETURN NEXT primecloud_internal.step('remark', rel::text, format('-- kept back from %I: DELETE from %s', app_role, rel));
END $$;
COMMENT ON FUNCTION primecloud_internal.people_rights(regclass, name)
    IS 'the steps by which protect_schema() gives the application''s role what it needs on a table of people';

-- The same as a part of a script for live tables: the index ahead, beside what is written meanwhile, the rest together or not at all.
CREATE FUNCTION primecloud_internal.online_people(rel regclass, read_role text) RETURNS primecloud_internal.plan_step[]
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    plan primecloud_internal.plan_step[] := ARRAY(SELECT s FROM primecloud_internal.people_plan(rel, NULL, read_role) AS s);
BEGIN
    IF EXISTS (SELECT FROM unnest(plan) WHERE kind = 'drop policy') THEN
        -- What is there is mended, and that is the guard's business: protect_people may.
        RETURN ARRAY[primecloud_internal.step('protect', rel::text, format('SELECT primecloud.protect_people(%L, read_role => %L)', rel,
            read_role))];
    END IF;
    RETURN ARRAY(SELECT primecloud_internal.step(kind, object, CASE WHEN (SELECT relkind FROM pg_class WHERE oid = object::regclass) = 'r'
            THEN replace(statement, 'CREATE INDEX ', 'CREATE INDEX CONCURRENTLY ') ELSE statement END)
        FROM unnest(plan) WHERE kind = 'index')
        || primecloud_internal.in_one_transaction(ARRAY(SELECT p FROM unnest(plan) AS p WHERE p.kind <> 'index'));
END $$;
COMMENT ON FUNCTION primecloud_internal.online_people(regclass, text)
    IS 'the steps of a script that protects a live table of people; called by protect_schema()';

CREATE FUNCTION protect_people(rel regclass, id_column name DEFAULT NULL, read_role text DEFAULT NULL, dry_run boolean DEFAULT false)
    RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off
AS $$
BEGIN
    PERFORM primecloud_internal.check_owner(rel);
    RETURN QUERY SELECT * FROM primecloud_internal.run_plan(ARRAY(
        SELECT s FROM primecloud_internal.people_plan(rel, id_column, read_role) AS s), dry_run);
END $$;
COMMENT ON FUNCTION protect_people(regclass, name, text, boolean)
    IS 'a table of users: each row is seen by those who share an account with its person, and written by the person alone; undone by '
        'unprotect_table()';
