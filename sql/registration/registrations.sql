-- registrations: what is registered, and whether it still has its object.

CREATE FUNCTION primecloud_internal.registration_state(space text, rel text, owner_name text, columns text[], OUT state text,
    OUT problem text)
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
DECLARE
    known record;
    there oid;
    owner text;
    missing text;
BEGIN
    SELECT k.relation, c.oid IS NOT NULL AS there INTO known FROM primecloud_internal.known_table k
    LEFT JOIN pg_class c ON c.oid = k.relation AND c.reltype = k.row_type WHERE k.schema_name = space AND k.table_name = rel;
    IF known.relation IS NOT NULL AND NOT known.there THEN
        state := 'lost';
        problem := 'its table is gone; one that has its name by now takes nothing over';
        RETURN;
    END IF;
    SELECT c.oid, pg_get_userbyid(c.relowner) INTO there, owner FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE CASE WHEN known.relation IS NULL THEN n.nspname = space::name AND c.relname = rel::name ELSE c.oid = known.relation END;
    state := CASE WHEN there IS NULL OR known.relation IS NULL AND owner <> registration_state.owner_name
            AND NOT (SELECT r.rolsuper FROM pg_roles r WHERE r.rolname = owner) THEN 'lost' ELSE 'ok' END;
    problem := CASE WHEN there IS NULL THEN 'there is no such table'
        WHEN state = 'lost' THEN format('the table of that name belongs to role "%s"; it was registered when it was role "%s"''s', owner,
            registration_state.owner_name) END;
    IF state = 'ok' THEN
        SELECT string_agg(format('"%s"', primecloud_internal.column_said(there, col)), ', ') INTO missing
        FROM unnest(columns) AS col WHERE NOT EXISTS (
            SELECT FROM pg_attribute a LEFT JOIN primecloud_internal.known_column k ON k.relation = a.attrelid AND k.attnum = a.attnum
            WHERE a.attrelid = there AND coalesce(k.column_name, a.attname) = col AND NOT a.attisdropped) AND col IS NOT NULL;
        IF missing IS NOT NULL THEN
            state := 'broken';
            problem := format('its table has no column %s any more', missing);
        END IF;
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.registration_state(text, text, text, text[])
    IS 'whether the table and the columns of a registration are there, and what is wrong where they are not';

CREATE FUNCTION primecloud_internal.may_see_registration(space text, rel text, owner_name text) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT primecloud.may_expire(space, rel)
        OR coalesce(pg_has_role(primecloud_internal.noted_role(space, rel, owner_name), 'USAGE'), false)
        -- Who maintains tables is told of what has none.
        OR has_function_privilege('primecloud.reseal_batch(regclass, name, integer)', 'EXECUTE');
$$;
COMMENT ON FUNCTION primecloud_internal.may_see_registration(text, text, text)
    IS 'whether the current role owns the table of a registration, or did, may expire its rows, or is a superuser';
GRANT SELECT ON primecloud_internal.known_column TO PUBLIC;

CREATE VIEW registrations WITH (security_barrier) AS
SELECT r.kind, r.object, CASE WHEN s.state = 'ok' AND o.problem IS NOT NULL THEN 'broken' ELSE s.state END AS state,
    coalesce(s.problem, o.problem) AS problem
FROM (SELECT 'sealed column' AS kind, format('%I.%I.%I', s.schema_name, s.table_name, s.column_name) AS object, s.schema_name,
        s.table_name, s.owner_name, ARRAY[s.column_name, s.tenant_column, s.id_column] AS columns,
        NULL::text AS of_schema, NULL::text AS of_table
      FROM primecloud.sealed_column s
      UNION ALL
      SELECT 'retention policy', format('%I.%I', p.schema_name, p.table_name), p.schema_name, p.table_name, p.owner_name,
        ARRAY[p.time_column, p.tenant_column, p.id_column, p.hold_column, p.soft_delete_column], NULL, NULL
      FROM primecloud_internal.retention_policy p
      UNION ALL
      SELECT 'archive', format('%I.%I', p.archive_schema, p.archive_table), p.archive_schema, p.archive_table, p.owner_name, '{}',
        p.schema_name, p.table_name
      FROM primecloud_internal.retention_policy p WHERE p.archive_table IS NOT NULL
      UNION ALL
      SELECT 'legal hold', format('%I.%I, hold %s', h.schema_name, h.table_name, h.id), h.schema_name, h.table_name, h.owner_name,
        ARRAY[h.column_name], NULL, NULL
      FROM primecloud_internal.open_hold h
      UNION ALL
      SELECT 'exemption', format('%I.%I', e.relation_schema, e.relation_name), e.relation_schema, e.relation_name, e.owner_name, '{}',
        NULL, NULL
      FROM primecloud_internal.exemption e
      UNION ALL
      SELECT 'membership', format('%s (%s)', CASE m.relation_schema WHEN '' THEN m.relation_name
        ELSE format('%I.%I', m.relation_schema, m.relation_name) END, m.part), m.relation_schema, m.relation_name,
        m.relation_owner, m.columns, NULL, NULL
      FROM primecloud_internal.registered_table m) AS r
CROSS JOIN LATERAL primecloud_internal.registration_state(r.schema_name, r.table_name, r.owner_name, r.columns) AS s
CROSS JOIN LATERAL (SELECT CASE WHEN s.state <> 'ok' THEN NULL
    WHEN r.kind = 'membership' THEN primecloud_internal.membership_problem(r.schema_name, r.table_name)
    WHEN r.kind = 'retention policy' THEN primecloud_internal.policy_problem(r.schema_name, r.table_name, r.columns)
    WHEN r.kind = 'archive' THEN primecloud_internal.archive_problem(r.schema_name, r.table_name, r.of_schema, r.of_table)
    END AS problem) AS o
WHERE primecloud_internal.may_see_registration(r.schema_name, r.table_name, r.owner_name)
UNION ALL
SELECT 'legal hold', format('%I.%I, hold %s', h.schema_name, h.table_name, h.id), 'lost',
    format('its table was dropped before %s, though it was held', date_trunc('second', h.gone_at))
FROM primecloud_internal.retention_hold h WHERE h.released_at IS NULL AND h.gone_at IS NOT NULL
    AND (SELECT r.rolsuper FROM pg_catalog.pg_roles r WHERE r.rolname = current_user)
UNION ALL
-- A note names its constraints, and goes with its table.
SELECT 'tenant constraint', format('%I.%I.%I', n.nspname, c.relname, k.name), 'broken', 'its table has no such constraint any more'
FROM pg_catalog.pg_policy p JOIN pg_catalog.pg_class c ON c.oid = p.polrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL pg_catalog.unnest(primecloud_internal.tenant_constraints(c.oid)) AS k(name)
WHERE p.polname = 'primecloud_floor' AND pg_catalog.pg_has_role(c.relowner, 'USAGE')
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint o WHERE o.conrelid = c.oid AND o.conname = k.name)
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
                    WHERE i.indrelid = c.oid AND x.relname = k.name)
UNION ALL
-- A trigger is its table's, and needs no registration; whoever disabled it knows, and his successor does not.
SELECT 'sealed guard', format('%I.%I', n.nspname, c.relname), CASE WHEN o.problem IS NULL THEN 'ok' ELSE 'broken' END, o.problem
FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (SELECT primecloud_internal.guard_problem(t.tgrelid) AS problem) AS o
WHERE t.tgfoid = 'primecloud.refuse_misplaced()'::regprocedure AND t.tgparentid = 0 AND pg_catalog.pg_has_role(c.relowner, 'USAGE')
UNION ALL
SELECT 'label', k.label, 'kept', format('column "%s" of %I.%I %s; seal_column() takes it up for that column of role "%s", '
    'forget_label() ends it', k.column_name, k.schema_name, k.table_name,
    primecloud_internal.what_became(k.schema_name, k.table_name, k.column_name, o.owner_now), o.owner_now)
FROM primecloud_internal.kept_label k
CROSS JOIN LATERAL primecloud_internal.label_owner(k.owner_id, k.owner_name) AS o(owner_now)
WHERE coalesce(pg_catalog.pg_has_role(primecloud_internal.label_role(k.owner_id, k.owner_name), 'USAGE'),
    (SELECT r.rolsuper FROM pg_catalog.pg_roles r WHERE r.rolname = current_user));
COMMENT ON VIEW registrations
    IS 'what is registered by the tables'' owners, and whether it still has its object: ok, broken, lost; labels that are kept';
GRANT SELECT ON registrations TO PUBLIC;

-- What has lost its table is no error of the others.
CREATE PROCEDURE primecloud_internal.tell_lost(kinds text[])
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    lost record;
BEGIN
    FOR lost IN SELECT r.* FROM primecloud.registrations r WHERE r.state <> 'ok' AND r.kind = ANY (kinds) ORDER BY r.kind, r.object LOOP
        RAISE WARNING '% % is %: %', lost.kind, lost.object, lost.state, lost.problem
            USING HINT = 'Register it again, or end it; primecloud.registrations lists all of them.';
    END LOOP;
END $$;
COMMENT ON PROCEDURE primecloud_internal.tell_lost(text[]) IS 'warns of registrations of these kinds that have lost their object';
