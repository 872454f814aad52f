-- A step of a run on a distributed table: which tenant is next, and what is run on his rows.

-- The tenant under way, or the next; none where others are to be looked for.
CREATE FUNCTION primecloud_internal.retention_spread_place(at primecloud_internal.retention_position,
    item primecloud_internal.retention_worklist) RETURNS primecloud_internal.retention_position
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    place primecloud_internal.retention_position := at;
BEGIN
    IF at.over OR at.item <> item.item OR at.method IS DISTINCT FROM 'shards' THEN
        place := primecloud_internal.retention_at_item(at, item);
        place.method := 'shards';
        place.over := false;
        place.row_limit := 500;
    END IF;
    IF place.key_row IS NULL THEN
        place.key_tenant := (SELECT min(t.tenant) FROM primecloud_internal.retention_tenant t WHERE t.run = place.run
            AND (place.key_tenant IS NULL OR t.tenant > place.key_tenant));
    END IF;
    RETURN place;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_spread_place(primecloud_internal.retention_position,
    primecloud_internal.retention_worklist) IS 'where a run on a distributed table goes on';

CREATE FUNCTION primecloud_internal.retention_do_for(rel regclass, work primecloud_internal.retention_work, statement text,
    writes boolean) RETURNS primecloud_internal.retention_decision
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    decision primecloud_internal.retention_decision := primecloud_internal.retention_do(rel, work, statement, writes);
BEGIN
    decision.tenant := (work.place).key_tenant;
    RETURN decision;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_do_for(regclass, primecloud_internal.retention_work, text, boolean)
    IS 'a decision that is a statement in the context of the tenant whose rows it is on';

-- Whether there is anything of a tenant's, before a second server is asked to prepare a commit.
CREATE FUNCTION primecloud_internal.retention_spread_work(rel regclass, policy primecloud_internal.retention_policy,
    run primecloud_internal.retention_run, place primecloud_internal.retention_position, target double precision, looks boolean)
    RETURNS primecloud_internal.retention_decision
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    due CONSTANT text := primecloud_internal.retention_due(rel, policy, run.at);
    free CONSTANT text := primecloud_internal.retention_free(policy, place.relation);
    narrow CONSTANT text := primecloud_internal.retention_narrow(place, policy, primecloud_internal.retention_column(rel,
        policy.time_column, primecloud_internal.retention_time_types()));
    work primecloud_internal.retention_work;
BEGIN
    work.kind := CASE WHEN looks THEN 'spread look' ELSE 'spread' END;
    work.run := run.id;
    work.place := place;
    work.target := target;
    IF free <> 'true' THEN
        work.held_statement := format('SELECT count(*) AS held FROM ONLY %s AS x WHERE %s AND %s AND NOT (%s)', place.relation::regclass,
            primecloud_internal.retention_of_tenant(place, policy), due, free);
    END IF;
    IF looks THEN
        RETURN primecloud_internal.retention_do_for(rel, work, format('SELECT EXISTS (SELECT FROM ONLY %s AS x WHERE %s AND %s AND %s) AS '
            'stays', place.relation::regclass, narrow, due, free), false);
    END IF;
    RETURN primecloud_internal.retention_do_for(rel, work, primecloud_internal.retention_together(place.relation, policy, place.key_tenant)
        || primecloud_internal.retention_statement(rel, place.relation, policy, due, free, narrow, true, place, place.row_limit), true);
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_spread_work(regclass, primecloud_internal.retention_policy,
    primecloud_internal.retention_run, primecloud_internal.retention_position, double precision, boolean)
    IS 'the batch of a tenant''s rows on a distributed table, or the look whether there is one';

-- Rows of nobody: no policy shows them, and none is taken.
CREATE FUNCTION primecloud_internal.retention_tell_nobodys(run primecloud_internal.retention_run,
    item primecloud_internal.retention_worklist, rows_without bigint) RETURNS primecloud_internal.retention_decision
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    decision primecloud_internal.retention_decision := primecloud_internal.retention_told(NULL, false);
BEGIN
    IF rows_without > 0 THEN
        decision.answer.first_seen := primecloud_internal.retention_note_problem(run, '23502', 'rows without a tenant', item.table_name,
            NULL);
        UPDATE primecloud_internal.retention_problem p SET row_count = rows_without WHERE p.run = retention_tell_nobodys.run.id
            AND p.schema_name = retention_tell_nobodys.run.schema_name AND p.table_name = retention_tell_nobodys.run.table_name
            AND p.code = '23502' AND p.partition_name = item.table_name;
        IF (decision.answer).first_seen THEN
            RAISE WARNING '% rows of table % have no tenant', rows_without, item.relation::regclass USING ERRCODE = 'not_null_violation',
                HINT = 'They do not expire, and are counted in primecloud.retention_problems: give them a tenant, or delete them.';
        END IF;
    END IF;
    RETURN decision;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_tell_nobodys(primecloud_internal.retention_run,
    primecloud_internal.retention_worklist, bigint) IS 'counts rows of a distributed table that have no tenant among those that cannot go';

CREATE FUNCTION primecloud_internal.retention_step_spread(rel regclass, policy primecloud_internal.retention_policy,
    run primecloud_internal.retention_run, at primecloud_internal.retention_position, item primecloud_internal.retention_worklist,
    target double precision, most bigint) RETURNS primecloud_internal.retention_decision
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    place primecloud_internal.retention_position := primecloud_internal.retention_spread_place(at, item);
    behind text;
    sought record;
BEGIN
    PERFORM primecloud_internal.retention_check_spread(rel, policy);
    IF place.key_tenant IS NULL THEN
        behind := CASE WHEN NOT at.over AND at.item = item.item AND at.method = 'shards' THEN at.key_tenant END;
        SELECT s.* INTO sought FROM primecloud_internal.retention_seek_tenants(run.id, item.relation, policy.tenant_column, behind) AS s;
        place.key_tenant := behind;
        place.over := NOT sought.any_left;
        PERFORM primecloud_internal.retention_move(place);
        RETURN primecloud_internal.retention_tell_nobodys(run, item, CASE WHEN behind IS NULL THEN sought.rows_without END);
    END IF;
    place.most_rows := most;
    place.row_limit := least(place.row_limit, most);
    RETURN primecloud_internal.retention_spread_work(rel, policy, run, place, target, place.key_row IS NULL);
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_step_spread(regclass, primecloud_internal.retention_policy,
    primecloud_internal.retention_run, primecloud_internal.retention_position, primecloud_internal.retention_worklist, double precision,
    bigint) IS 'the next batch of a run on a distributed table: of one tenant';
REVOKE ALL ON FUNCTION primecloud_internal.retention_spread_place(primecloud_internal.retention_position,
    primecloud_internal.retention_worklist),
    primecloud_internal.retention_spread_work(regclass, primecloud_internal.retention_policy, primecloud_internal.retention_run,
    primecloud_internal.retention_position, double precision, boolean),
    primecloud_internal.retention_tell_nobodys(primecloud_internal.retention_run, primecloud_internal.retention_worklist, bigint),
    primecloud_internal.retention_do_for(regclass, primecloud_internal.retention_work, text, boolean),
    primecloud_internal.retention_step_spread(regclass, primecloud_internal.retention_policy, primecloud_internal.retention_run,
    primecloud_internal.retention_position, primecloud_internal.retention_worklist, double precision, bigint) FROM PUBLIC;
