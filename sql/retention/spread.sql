-- Where Citus has spread a table: each batch is one tenant's, in his context on the server that has his rows, as the table's
-- owner whom its policies hold.  So no batch can take another tenant's row, whatever it says.

CREATE TABLE primecloud_internal.retention_tenant (run bigint, tenant text COLLATE "C", PRIMARY KEY (run, tenant));
COMMENT ON TABLE primecloud_internal.retention_tenant IS 'tenants whose rows a run on a distributed table is to look at next';
COMMENT ON COLUMN primecloud_internal.retention_tenant.run IS 'of which run';
COMMENT ON COLUMN primecloud_internal.retention_tenant.tenant IS 'as its column prints it';
REVOKE ALL ON primecloud_internal.retention_tenant FROM PUBLIC;

CREATE FUNCTION primecloud_internal.stored_tenants(rel regclass, tenant_column text, OUT tenant text, OUT rows bigint) RETURNS SETOF record
    LANGUAGE c STABLE STRICT PARALLEL RESTRICTED
    AS 'MODULE_PATHNAME', 'primecloud_stored_tenants';
COMMENT ON FUNCTION primecloud_internal.stored_tenants(regclass, text)
    IS 'whose rows a shard has, read without a query; for superusers, who would else run its owner''s code as themselves';
REVOKE ALL ON FUNCTION primecloud_internal.stored_tenants(regclass, text) FROM PUBLIC;

CREATE FUNCTION primecloud_internal.retention_check_spread(rel regclass, policy primecloud_internal.retention_policy) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    key CONSTANT name := primecloud.tenant_column(rel);
BEGIN
    IF NOT primecloud_internal.is_distributed(rel) THEN
        RETURN;
    ELSIF policy.mode NOT IN ('delete', 'soft_delete') THEN
        RAISE feature_not_supported USING MESSAGE = format('mode %s cannot be carried out on distributed table %s', policy.mode, rel),
            HINT = 'Rows of a distributed table are deleted or marked: use mode ''delete'' or ''soft_delete''.';
    ELSIF policy.tenant_column IS DISTINCT FROM key::text THEN
        RAISE object_not_in_prerequisite_state USING
            MESSAGE = format('table %s is distributed by column "%s", which its retention does not name', rel, key),
            HINT = format('Say tenant_column => %L: each tenant''s rows lie on one server.', key);
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_check_spread(regclass, primecloud_internal.retention_policy)
    IS 'refuses a policy that could not be carried out on the servers of Citus';

-- The least of them behind one, of all shards; each shard is read once for so many.
CREATE FUNCTION primecloud_internal.retention_seek_tenants(run_id bigint, leaf regclass, tenant_column text, behind text) RETURNS boolean
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    answer record;
    told text[] := '{}';
BEGIN
    DELETE FROM primecloud_internal.retention_tenant t WHERE t.run = run_id;
    FOR answer IN EXECUTE 'SELECT p.nodename, p.nodeport, p.success, p.result FROM pg_catalog.run_command_on_placements($1, $2, true) AS p'
        USING leaf, format('SELECT pg_catalog.array_agg(l.tenant) FROM (SELECT t.tenant '
            'FROM primecloud_internal.stored_tenants(%%L, %L) AS t WHERE %s ORDER BY t.tenant COLLATE "C" LIMIT 10000) AS l',
            replace(tenant_column, '%', '%%'),
            CASE WHEN behind IS NULL THEN 'true' ELSE format('t.tenant COLLATE "C" > %s', replace(quote_literal(behind), '%', '%%')) END)
    LOOP
        IF NOT answer.success THEN
            RAISE connection_failure USING MESSAGE = format('server %s:%s with rows of table %s does not answer: %s', answer.nodename,
                answer.nodeport, leaf, answer.result), HINT = 'Nothing is lost: CALL primecloud.expire() again when it does.';
        END IF;
        told := told || nullif(answer.result, '')::text[];
    END LOOP;
    INSERT INTO primecloud_internal.retention_tenant SELECT DISTINCT run_id, t COLLATE "C" FROM unnest(told) AS t ORDER BY 2 LIMIT 10000;
    RETURN FOUND;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_seek_tenants(bigint, regclass, text, text)
    IS 'notes whose rows a run on a distributed table is to look at next; false where there is nobody';

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

CREATE FUNCTION primecloud_internal.retention_step_spread(rel regclass, policy primecloud_internal.retention_policy,
    run primecloud_internal.retention_run, at primecloud_internal.retention_position, item primecloud_internal.retention_worklist,
    target double precision, most bigint) RETURNS primecloud_internal.retention_decision
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    place primecloud_internal.retention_position := primecloud_internal.retention_spread_place(at, item);
    due CONSTANT text := primecloud_internal.retention_due(rel, policy, run.at);
    free CONSTANT text := primecloud_internal.retention_free(policy, item.relation);
    behind text;
    narrow text;
    work primecloud_internal.retention_work;
BEGIN
    PERFORM primecloud_internal.retention_check_spread(rel, policy);
    IF place.key_tenant IS NULL THEN
        behind := CASE WHEN NOT at.over AND at.item = item.item AND at.method = 'shards' THEN at.key_tenant END;
        place.key_tenant := behind;
        place.over := NOT primecloud_internal.retention_seek_tenants(run.id, item.relation, policy.tenant_column, behind);
        PERFORM primecloud_internal.retention_move(place);
        RETURN primecloud_internal.retention_told(NULL, false);
    END IF;
    place.most_rows := most;
    place.row_limit := least(place.row_limit, most);
    narrow := primecloud_internal.retention_narrow(place, policy, primecloud_internal.retention_column(rel, policy.time_column,
        primecloud_internal.retention_time_types()));
    work.kind := 'spread';
    work.run := run.id;
    work.place := place;
    work.target := target;
    IF free <> 'true' THEN
        work.held_statement := format('SELECT count(*) AS held FROM ONLY %s AS x WHERE %s AND %s AND NOT (%s)', item.relation::regclass,
            primecloud_internal.retention_of_tenant(place, policy), due, free);
    END IF;
    RETURN primecloud_internal.retention_do_for(rel, work, primecloud_internal.retention_statement(rel, item.relation, policy, due, free,
        narrow, true, place, place.row_limit), true);
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_step_spread(regclass, primecloud_internal.retention_policy,
    primecloud_internal.retention_run, primecloud_internal.retention_position, primecloud_internal.retention_worklist, double precision,
    bigint) IS 'the next batch of a run on a distributed table: of one tenant';
REVOKE ALL ON FUNCTION primecloud_internal.retention_check_spread(regclass, primecloud_internal.retention_policy),
    primecloud_internal.retention_seek_tenants(bigint, regclass, text, text),
    primecloud_internal.retention_spread_place(primecloud_internal.retention_position, primecloud_internal.retention_worklist),
    primecloud_internal.retention_do_for(regclass, primecloud_internal.retention_work, text, boolean),
    primecloud_internal.retention_step_spread(regclass, primecloud_internal.retention_policy, primecloud_internal.retention_run,
    primecloud_internal.retention_position, primecloud_internal.retention_worklist, double precision, bigint) FROM PUBLIC;
