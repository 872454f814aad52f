-- protect_table(online => true): the same as a psql script that holds no lock for
-- longer than a moment.  Wherever it is interrupted, asking for it again gives what is left.

-- What the script is about to make, noted on each table before anything is made.
CREATE FUNCTION primecloud_internal.online_notes(rel regclass, tenant_column name, plan primecloud_internal.plan_step[])
    RETURNS SETOF primecloud_internal.plan_step
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    part regclass;
    had jsonb;
    note jsonb;
BEGIN
    FOR part IN SELECT t.relid FROM primecloud_internal.table_tree(rel) AS t WHERE t.kind IN ('r', 'p') ORDER BY t.level, t.relid LOOP
        had := primecloud_internal.unfinished_note(part);
        note := jsonb_build_object('tenant', tenant_column,
            'made', ARRAY(SELECT m FROM (SELECT jsonb_array_elements_text(had -> 'made') UNION SELECT kind FROM unnest(plan)
                WHERE object = part::text AND kind IN ('column', 'not null', 'default')) AS u(m) ORDER BY m));
        IF had ? 'index' OR EXISTS (SELECT FROM unnest(plan) JOIN pg_class c ON c.oid = part
                                    WHERE kind = 'index' AND object = CASE WHEN c.relispartition THEN rel ELSE part END::text) THEN
            note := note || jsonb_build_object('index', primecloud_internal.tenant_index_name(part));
        END IF;
        CONTINUE WHEN note = had;
        RETURN QUERY SELECT s.* FROM unnest(primecloud_internal.in_one_transaction(ARRAY(
            SELECT primecloud_internal.step('unfinished', part::text,
                format('CREATE POLICY primecloud_unfinished ON %s FOR SELECT USING (false)', part)) WHERE had = '{}'
            UNION ALL SELECT primecloud_internal.note_protection(part, note, 'primecloud_unfinished')))) AS s;
    END LOOP;
END $$;
COMMENT ON FUNCTION primecloud_internal.online_notes(regclass, name, primecloud_internal.plan_step[])
    IS 'the steps by which a script notes what it is about to make';

-- The long steps are taken out of a plan and done ahead; the switch is what is left, and
-- takes a moment.  `before` and `within` are a caller's own steps.
CREATE FUNCTION primecloud_internal.online_protection(rel regclass, tenant_column name, read_role text, write_role text, delete_role text,
                                  before primecloud_internal.plan_step[] DEFAULT '{}', within primecloud_internal.plan_step[] DEFAULT '{}',
                                      type regtype DEFAULT NULL, role_column name DEFAULT NULL,
                                  refuse boolean DEFAULT NULL, adopted jsonb DEFAULT NULL)
    RETURNS SETOF primecloud_internal.plan_step
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    plan primecloud_internal.plan_step[] := ARRAY(SELECT s FROM primecloud_internal.table_tree(rel) AS t,
        LATERAL primecloud_internal.protection_plan(t.relid, tenant_column, read_role, write_role, delete_role, rel, type, role_column,
            refuse, adopted) AS s WHERE t.kind IN ('r', 'p'));
    wanted primecloud_internal.plan_step;
    ahead primecloud_internal.plan_step[] := before;
    switch primecloud_internal.plan_step[] := '{}';
BEGIN
    FOREACH wanted IN ARRAY plan LOOP
        CASE wanted.kind
            WHEN 'not null' THEN ahead := ahead || primecloud_internal.online_not_null(wanted.object::regclass, tenant_column);
            WHEN 'drop check' THEN ahead := ahead || wanted;
            WHEN 'index' THEN ahead := ahead || ARRAY(SELECT s FROM primecloud_internal.online_index(wanted.object::regclass, tenant_column)
                AS s);
            WHEN 'member key', 'member key of index' THEN
                ahead := ahead || ARRAY(SELECT s FROM primecloud_internal.online_member_key(wanted.object::regclass) AS s);
                switch := switch || primecloud_internal.member_key_step(wanted.object::regclass, true);
            WHEN 'drop index', 'drop unfinished' THEN NULL;  -- what is broken is mended, and the note ends with the switch
            ELSE switch := switch || wanted;
        END CASE;
    END LOOP;
    IF cardinality(ahead) > 0 OR EXISTS (SELECT FROM unnest(plan) WHERE kind = 'drop unfinished') THEN
        ahead := ARRAY(SELECT s FROM primecloud_internal.online_notes(rel, tenant_column, before || plan) AS s) || ahead;
        switch := switch || ARRAY(SELECT primecloud_internal.step('drop unfinished', t.relid::text,
            format('DROP POLICY primecloud_unfinished ON %s', t.relid))
                                  FROM primecloud_internal.table_tree(rel) AS t WHERE t.kind IN ('r', 'p'));
    END IF;
    IF EXISTS (SELECT FROM unnest(switch) WHERE kind = 'drop policy') THEN
        -- What is there is mended, and that is the guard's business: protect_table may.
        switch := ARRAY[primecloud_internal.step('protect', rel::text,
            format('SELECT primecloud.protect_table(%L, %L, %L, %L, %L, role_column => %L, refuse => %L)',
            rel, tenant_column, read_role, write_role, delete_role, role_column, refuse))];
    END IF;
    IF cardinality(switch || within) > 0 THEN
        ahead := ahead || primecloud_internal.step('remark', NULL,
            '-- From here on the table is protected: the application must enter tenants.')
            || primecloud_internal.in_one_transaction(within || switch);
    END IF;
    RETURN QUERY SELECT s.* FROM unnest(ahead) AS s;
END $$;
COMMENT ON FUNCTION primecloud_internal.online_protection(regclass, name, text, text, text, primecloud_internal.plan_step[],
    primecloud_internal.plan_step[], regtype, name, boolean, jsonb) IS
    'the steps of a script that protects a large live table; called by protect_table() and protect_child()';
