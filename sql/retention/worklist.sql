-- What a run has to do: whole partitions, and tables whose rows go one by one.

CREATE FUNCTION primecloud_internal.retention_last_instant() RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$ SELECT '294276-12-31 23:59:59.999999+00'::timestamptz $$;
COMMENT ON FUNCTION primecloud_internal.retention_last_instant() IS 'every partition that ends at all ends before it or then';

-- One walk down the tree of partitions.  A partition by range of the time column has an
-- end; the default partition, MAXVALUE and infinity have none.  What is below one that
-- ends, or that is over, is so too.
CREATE FUNCTION primecloud_internal.retention_walk(rel regclass, time_column text, cutoff timestamptz,
                               OUT oid oid, OUT parent oid, OUT schema_name text, OUT table_name text, OUT kind "char",
                               OUT ends boolean, OUT is_over boolean, OUT topmost boolean) RETURNS SETOF record
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
    SET datestyle = 'ISO' SET timezone = 'UTC'
AS $$
BEGIN
    RETURN QUERY
    WITH RECURSIVE tree(oid, parent, ends, is_over, topmost) AS (
        SELECT retention_walk.rel::oid, NULL::oid, false, false, false
        UNION ALL
        SELECT i.inhrelid, i.inhparent, t.ends OR coalesce(b.upper <= primecloud_internal.retention_last_instant(), false),
               t.is_over OR coalesce(b.upper <= retention_walk.cutoff, false), NOT t.is_over
                   AND coalesce(b.upper <= retention_walk.cutoff, false)
        FROM tree t JOIN pg_inherits i ON i.inhparent = t.oid AND NOT i.inhdetachpending
        LEFT JOIN LATERAL (
            SELECT (regexp_match(pg_get_expr(c.relpartbound, c.oid), ' TO \(''([^'']*)''\)$'))[1]::timestamptz AS upper
            FROM pg_class c JOIN pg_partitioned_table p ON p.partrelid = i.inhparent
            JOIN pg_attribute a ON a.attrelid = i.inhparent AND a.attname = retention_walk.time_column
            WHERE c.oid = i.inhrelid AND p.partstrat = 'r' AND p.partnatts = 1 AND p.partattrs[0] = a.attnum) b ON true)
    SELECT DISTINCT ON (c.oid) c.oid, t.parent, n.nspname::text, c.relname::text, c.relkind, t.ends, t.is_over, t.topmost
    FROM tree t JOIN pg_class c ON c.oid = t.oid JOIN pg_namespace n ON n.oid = c.relnamespace;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_walk(regclass, text, timestamptz) IS
    'a table and what is below it: whether a partition ever ends, is over before an instant, and is the topmost that is';

-- The worklist of a run: whole partitions in the order of their names, then the tables
-- whose rows go one by one.  Where partitions are dropped, rows go one by one from
-- those that could not be, since they hold rows that stay, and from those that never can
-- be, since they have no end.  Detaching keeps all rows.  What the run has done already
-- is left out; the table that it stands in comes first.
CREATE FUNCTION primecloud_internal.retention_plan(rel regclass, policy primecloud_internal.retention_policy,
    run primecloud_internal.retention_run) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    whole CONSTANT boolean := policy.mode IN ('drop_partition', 'detach_partition');
    at primecloud_internal.retention_position;
    here text;
BEGIN
    SELECT p.* INTO at FROM primecloud_internal.retention_position p WHERE p.run = retention_plan.run.id;
    IF NOT FOUND THEN
        INSERT INTO primecloud_internal.retention_position (run) VALUES (retention_plan.run.id);
    END IF;
    here := CASE WHEN at.table_name IS NOT NULL THEN
        (SELECT w.kind FROM primecloud_internal.retention_worklist w WHERE w.run = retention_plan.run.id AND w.item = at.item) END;
    DELETE FROM primecloud_internal.retention_worklist w WHERE w.run = retention_plan.run.id;
    WITH walked AS MATERIALIZED (
        SELECT * FROM primecloud_internal.retention_walk(rel, policy.time_column, primecloud.retention_cutoff(retention_plan.run.at,
            policy.keep)))
    INSERT INTO primecloud_internal.retention_worklist (run, item, kind, relation, parent, schema_name, table_name)
    SELECT retention_plan.run.id, row_number() OVER (ORDER BY w.kind, w.schema_name, w.table_name), w.kind, w.oid, w.parent,
        w.schema_name, w.table_name
    FROM (SELECT 'partition' AS kind, t.oid, t.parent, t.schema_name, t.table_name FROM walked t WHERE whole AND t.topmost
          UNION ALL
          SELECT 'rows', t.oid, t.parent, t.schema_name, t.table_name FROM walked t
          WHERE t.kind <> 'p' AND (NOT whole OR policy.mode = 'drop_partition' AND (t.is_over OR NOT t.ends))) w
    WHERE here IS NULL OR (w.kind, w.schema_name, w.table_name) > (here, at.schema_name, at.table_name)
       OR (w.kind, w.schema_name, w.table_name) = (here, at.schema_name, at.table_name) AND NOT at.over;
    -- Numbered anew: the table under way is the first of the list, if it is on it still.
    UPDATE primecloud_internal.retention_position p
    SET (item, over) = (SELECT count(*)::int, count(*) = 0 FROM primecloud_internal.retention_worklist w
                        WHERE w.run = p.run AND w.item = 1 AND NOT p.over AND w.relation = p.relation AND w.kind = here)
    WHERE p.run = retention_plan.run.id;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_plan(regclass, primecloud_internal.retention_policy,
    primecloud_internal.retention_run) IS 'writes the worklist of a run that begins or goes on';

-- Whether an item of the worklist is still there and still the policy's.
CREATE FUNCTION primecloud_internal.retention_is_there(rel regclass, item primecloud_internal.retention_worklist) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    above oid := item.relation;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.oid = item.relation AND n.nspname = item.schema_name AND c.relname = item.table_name) THEN
        RETURN false;
    END IF;
    WHILE above IS NOT NULL AND above <> rel LOOP
        above := (SELECT i.inhparent FROM pg_inherits i WHERE i.inhrelid = above AND NOT i.inhdetachpending ORDER BY i.inhseqno LIMIT 1);
    END LOOP;
    RETURN above IS NOT NULL;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_is_there(regclass, primecloud_internal.retention_worklist)
    IS 'whether a table of the worklist still belongs to the policy''s table';

-- The next item of a run, past what is no longer there; NULL when all are done.
CREATE FUNCTION primecloud_internal.retention_next_item(rel regclass, at primecloud_internal.retention_position)
    RETURNS primecloud_internal.retention_worklist
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    item primecloud_internal.retention_worklist;
BEGIN
    FOR item IN SELECT w.* FROM primecloud_internal.retention_worklist w WHERE w.run = at.run
        AND w.item >= at.item + at.over::int ORDER BY w.item LOOP
        IF primecloud_internal.retention_is_there(rel, item) THEN
            RETURN item;
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_next_item(regclass, primecloud_internal.retention_position)
    IS 'the table that a run goes on with';

REVOKE ALL ON FUNCTION primecloud_internal.retention_last_instant(), primecloud_internal.retention_walk(regclass, text, timestamptz),
    primecloud_internal.retention_plan(regclass, primecloud_internal.retention_policy, primecloud_internal.retention_run),
    primecloud_internal.retention_is_there(regclass, primecloud_internal.retention_worklist),
    primecloud_internal.retention_next_item(regclass, primecloud_internal.retention_position) FROM PUBLIC;
