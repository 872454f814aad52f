-- What a control plane must be before it goes to other servers or comes back, and how one of its tables does.

CREATE FUNCTION primecloud_internal.schema_keys(schema name) RETURNS pg_constraint[]
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $schema_keys$
    SELECT ARRAY(SELECT k FROM pg_constraint k WHERE k.contype = 'f' AND k.conparentid = 0 AND NOT primecloud_internal.is_shard(k.conrelid)
        AND k.connamespace = to_regnamespace(quote_ident(schema)) ORDER BY k.conrelid::regclass::text, k.conname)
$schema_keys$;
COMMENT ON FUNCTION primecloud_internal.schema_keys(name) IS 'the foreign keys of a schema';

-- Entering asks the schema for membership.  A distributed table has no triggers, and so nobody watches it.
CREATE FUNCTION primecloud_internal.schema_register_steps(schema name, watch boolean) RETURNS SETOF primecloud_internal.plan_step
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $schema_register_steps$
    SELECT primecloud_internal.step('register', format('%I.account_members', schema), format('SELECT primecloud.register_membership('
        'rel => %1$L, tenant_column => ''account_id'', user_column => ''user_id'', role_column => ''role'', accounts => %2$L, '
        'grants => %3$L, grants_tenant_column => ''account_id'', grants_user_column => ''user_id'', grants_id_column => ''bucket_id'', '
        'watch => %4$L)', format('%I.account_members', schema), format('%I.accounts', schema), format('%I.bucket_permissions', schema),
        schema_register_steps.watch))
    FROM primecloud_internal.registered_table r
    WHERE r.part = 'members' AND r.relation_schema = schema AND r.relation_name = 'account_members'
$schema_register_steps$;
COMMENT ON FUNCTION primecloud_internal.schema_register_steps(name, boolean)
    IS 'the step by which entering goes on asking a control plane for membership, where it does, watched by triggers or not';

CREATE FUNCTION primecloud_internal.schema_check_spread(schema name, source name) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $schema_check_spread$
DECLARE
    wrong record;
    tables regclass[] := ARRAY(SELECT t.rel FROM primecloud_internal.schema_spread(schema, source) t);
BEGIN
    SELECT p.polrelid::regclass AS rel, p.polname INTO wrong FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
        WHERE p.polrelid = ANY (tables) AND NOT primecloud_internal.is_own_policy(p.polname) AND p.polname NOT IN (
            SELECT a.name FROM primecloud_internal.schema_apart(source, 'condition') a WHERE a.relation = c.relname)
        ORDER BY 1, 2 LIMIT 1;
    IF FOUND THEN
        PERFORM primecloud_internal.refuse_to_spread(wrong.rel, format('policy "%s" is not one of ours', wrong.polname),
            'On shards every policy lets in, a restrictive one too: drop it.');
    END IF;
    SELECT t.tgrelid::regclass AS rel, t.tgname INTO wrong FROM pg_trigger t WHERE t.tgrelid = ANY (tables) AND NOT t.tgisinternal
        AND t.tgfoid <> 'primecloud.watch_membership()'::regprocedure ORDER BY 1, 2 LIMIT 1;
    IF FOUND THEN
        PERFORM primecloud_internal.refuse_to_spread(wrong.rel, format('it has trigger "%s"', wrong.tgname),
            'A distributed table has none: drop it.');
    END IF;
    SELECT k.conrelid::regclass AS rel, k.conname INTO wrong FROM pg_constraint k WHERE k.contype = 'f' AND k.confrelid = ANY (tables)
        AND NOT k.conrelid = ANY (tables) ORDER BY 1, 2 LIMIT 1;
    IF FOUND THEN
        PERFORM primecloud_internal.refuse_to_spread(wrong.rel, format('its foreign key "%s" would lead from this server to others',
            wrong.conname), 'Drop it: what stays here can refer to no table of accounts.');
    END IF;
    -- Citus works on the other servers as the role whose function runs.
    SELECT r.role_name INTO wrong FROM primecloud.schema_roles(schema) r JOIN pg_roles g ON g.rolname = r.role_name
        WHERE r.access = 'gate' AND NOT g.rolcanlogin LIMIT 1;
    IF FOUND THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('the gate role %s cannot log in', wrong.role_name),
            HINT = format('Citus asks other servers as the role whose function runs: say ALTER ROLE %I LOGIN, without a password, and let '
                'it in from the other servers alone (pg_hba.conf).', wrong.role_name);
    END IF;
END
$schema_check_spread$;
COMMENT ON FUNCTION primecloud_internal.schema_check_spread(name, name)
    IS 'raises an error for a control plane that would lose something on other servers';

CREATE FUNCTION primecloud_internal.schema_check_back(schema name) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $schema_check_back$
DECLARE
    others text;
BEGIN
    SELECT string_agg(DISTINCT pg_describe_object(d.classid, d.objid, 0), E'\n' ORDER BY pg_describe_object(d.classid, d.objid,
        0)) INTO others
        FROM pg_class c JOIN pg_depend d ON (d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid
            OR d.refclassid = 'pg_type'::regclass AND d.refobjid IN (c.reltype, (SELECT t.typarray FROM pg_type t WHERE t.oid = c.reltype)))
        WHERE c.relnamespace = to_regnamespace(quote_ident(schema)) AND c.relkind IN ('r', 'p', 'v', 'c') AND d.deptype = 'n'
            AND d.classid = 'pg_proc'::regclass AND NOT EXISTS (SELECT FROM primecloud_internal.schema_parts(schema) p
                WHERE p = 'function ' || regexp_replace(d.objid::regprocedure::text, '\m' || quote_ident(schema) || '\.', '@.', 'g'));
    IF others IS NOT NULL THEN
        RAISE dependent_objects_still_exist USING
            MESSAGE = format('something that is not primecloud''s depends on tables of schema "%s"', schema),
            DETAIL = others, HINT = 'Citus makes them anew when they come back: drop these, and make them again then; nothing was changed.';
    END IF;
END
$schema_check_back$;
COMMENT ON FUNCTION primecloud_internal.schema_check_back(name)
    IS 'lists what users have built on the tables of a control plane and would lose when these are made anew, and refuses';

-- Citus makes a table anew that comes back, but for one with a column that numbers rows by itself: that one is made here,
-- and goes on numbering where it was.
CREATE FUNCTION primecloud_internal.schema_back_steps(schema name, source name, rel regclass) RETURNS SETOF primecloud_internal.plan_step
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $schema_back_steps$
DECLARE
    named name := (SELECT c.relname FROM pg_class c WHERE c.oid = rel);
    identity name := (SELECT a.attname FROM pg_attribute a WHERE a.attrelid = rel AND a.attidentity <> '');
    columns text;
BEGIN
    IF identity IS NULL THEN
        RETURN NEXT primecloud_internal.step('spread', rel::text, format('SELECT pg_catalog.undistribute_table(%L)', rel));
        RETURN;
    END IF;
    columns := (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute a
        WHERE a.attrelid = rel AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '');
    RETURN QUERY SELECT 'carry', rel::text, c FROM unnest(ARRAY[
        format('CREATE TEMPORARY TABLE %I ON COMMIT DROP AS SELECT %s FROM %s', 'carried_' || named, columns, rel),
        format('CREATE TEMPORARY TABLE %I ON COMMIT DROP AS SELECT nextval(%L) AS number', 'numbered_' || named,
            pg_get_serial_sequence(rel::text, identity)),
        format('DROP TABLE %s CASCADE', rel)]) AS c;
    RETURN QUERY SELECT 'carry', rel::text, replace(s.statement, '@schema@', quote_ident(schema))
        FROM primecloud_internal.schema_source(source, false) s
        WHERE s.kind IN ('table', 'protection') AND s.name = named
            OR s.kind = 'index' AND s.name IN (SELECT c.relname FROM pg_index i
                JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = rel)
            OR s.kind = 'comment' AND (s.name = 'table ' || named OR starts_with(s.name, format('column %s.', named)))
        ORDER BY s."position";
    RETURN QUERY SELECT 'carry', rel::text, c FROM unnest(ARRAY[format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY', rel),
        format('INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %2$s FROM pg_temp.%3$I', rel, columns, 'carried_' || named),
        format('SELECT setval(pg_get_serial_sequence(%L, %L), n.number) FROM pg_temp.%I n', rel, identity, 'numbered_' || named)]) AS c;
END
$schema_back_steps$;
COMMENT ON FUNCTION primecloud_internal.schema_back_steps(name, name, regclass)
    IS 'the steps by which a table of a control plane comes back from other servers';
