-- What the owner of a table says about its rows.

CREATE FUNCTION retain(rel regclass, time_column name, keep interval, mode text DEFAULT 'delete', tenant_column name DEFAULT NULL,
                       id_column name DEFAULT NULL, hold_column name DEFAULT NULL, soft_delete_column name DEFAULT NULL,
                       archive regclass DEFAULT NULL, maintenance_role name DEFAULT NULL) RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    question primecloud_internal.retention_question;
    notes text[];
BEGIN
    PERFORM primecloud_internal.check_table_given(rel);
    question.kind := 'retain';
    question.time_column := retain.time_column;
    question.keep := retain.keep;
    question.mode := retain.mode;
    question.tenant_column := retain.tenant_column;
    question.id_column := retain.id_column;
    question.hold_column := retain.hold_column;
    question.soft_delete_column := retain.soft_delete_column;
    question.archive := retain.archive;
    notes := (primecloud_internal.retention_request(rel, question)).notes;
    IF maintenance_role IS NOT NULL THEN
        PERFORM primecloud_internal.run_plan(ARRAY(SELECT g FROM primecloud_internal.maintenance_grants(rel, maintenance_role,
            'SELECT, ' || CASE mode WHEN 'soft_delete' THEN format('UPDATE (%I)', soft_delete_column) ELSE 'DELETE' END) AS g), false);
    END IF;
    -- What was registered of a table of this name, and is not of this one, is not taken over without a word.
    RETURN QUERY SELECT unnest(notes || ARRAY(SELECT primecloud_internal.one_line(format('%s %s is %s: %s', r.kind, r.object, r.state,
        r.problem))
        FROM primecloud.registrations r, pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,
            LATERAL format('%I.%I', n.nspname, c.relname) AS named
        WHERE c.oid = rel AND r.state IN ('lost', 'broken') AND (r.object = named OR starts_with(r.object, named || ', ')
            OR starts_with(r.object, named || '.') OR starts_with(r.object, named || ' ('))
        ORDER BY r.kind, r.object));
END $$;
COMMENT ON FUNCTION retain(regclass, name, interval, text, name, name, name, name, regclass, name) IS
    'registers how long rows of a table are kept and what is done with them then; returns what its owner should know';

CREATE FUNCTION primecloud_internal.retention_ask(rel regclass, kind text, tenant text DEFAULT NULL, keep interval DEFAULT NULL,
    row_id text DEFAULT NULL,
                              hold bigint DEFAULT NULL, reason text DEFAULT NULL, batch bigint DEFAULT NULL)
                                  RETURNS primecloud_internal.retention_answer
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    question primecloud_internal.retention_question;
BEGIN
    PERFORM primecloud_internal.check_table_given(rel);
    question.kind := retention_ask.kind;
    question.tenant := retention_ask.tenant;
    question.keep := retention_ask.keep;
    question.row_id := retention_ask.row_id;
    question.hold := retention_ask.hold;
    question.reason := retention_ask.reason;
    question.batch := retention_ask.batch;
    RETURN primecloud_internal.retention_request(rel, question);
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_ask(regclass, text, text, interval, text, bigint, text, bigint)
    IS 'a short question to retention_request(), with its caller''s rights';

CREATE FUNCTION unretain(rel regclass) RETURNS void
    LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$ SELECT primecloud_internal.retention_ask(rel, 'unretain') $$;
COMMENT ON FUNCTION unretain(regclass) IS 'forgets the policy of a table and its exceptions; holds and the audit stay';

CREATE FUNCTION retain_tenant(rel regclass, tenant text, keep interval) RETURNS void
    LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$ SELECT primecloud_internal.retention_ask(rel, 'retain_tenant', tenant => tenant, keep => keep) $$;
COMMENT ON FUNCTION retain_tenant(regclass, text, interval) IS 'keeps the rows of one tenant for another time; NULL: for ever';

CREATE FUNCTION unretain_tenant(rel regclass, tenant text) RETURNS void
    LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$ SELECT primecloud_internal.retention_ask(rel, 'unretain_tenant', tenant => tenant) $$;
COMMENT ON FUNCTION unretain_tenant(regclass, text) IS 'the policy of the table again, for a tenant that had its own';

CREATE FUNCTION place_hold(rel regclass, reason text, tenant text DEFAULT NULL, row_id text DEFAULT NULL) RETURNS bigint
    LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$ SELECT (primecloud_internal.retention_ask(rel, 'hold', reason => reason, tenant => tenant, row_id => row_id)).hold $$;
COMMENT ON FUNCTION place_hold(regclass, text, text, text) IS
    'nothing of this row, this tenant or (neither given) this table expires from now on; returns the number of the hold';

CREATE FUNCTION release_hold(rel regclass, hold bigint, reason text) RETURNS void
    LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$ SELECT primecloud_internal.retention_ask(rel, 'release', hold => hold, reason => reason) $$;
COMMENT ON FUNCTION release_hold(regclass, bigint, text) IS 'ends a hold; who placed and who released it is kept';
