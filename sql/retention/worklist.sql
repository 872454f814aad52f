-- What a run has to do, item after item.

-- The worklist of a run: whole partitions in the order of their names, then the tables
-- whose rows go one by one, then what is looked at alone.  What the run has done already
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
    WITH parts AS MATERIALIZED (SELECT * FROM primecloud_internal.retention_parts(rel, policy, retention_plan.run.at))
    INSERT INTO primecloud_internal.retention_worklist (run, item, kind, relation, parent, schema_name, table_name, fate)
    SELECT retention_plan.run.id, row_number() OVER (ORDER BY w.kind, w.schema_name, w.table_name), w.kind, w.oid, w.parent,
        w.schema_name, w.table_name, w.fate
    FROM (SELECT p.kind, p.oid, p.parent, p.schema_name, p.table_name, p.fate FROM parts p
              WHERE CASE p.kind WHEN 'partition' THEN whole ELSE p.fate <> 'kept' END
          UNION ALL
          SELECT 'stays', p.oid, p.parent, p.schema_name, p.table_name, p.fate FROM parts p
          WHERE p.kind = 'partition' AND p.fate = 'kept') w
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

REVOKE ALL ON FUNCTION primecloud_internal.retention_plan(regclass, primecloud_internal.retention_policy,
    primecloud_internal.retention_run), primecloud_internal.retention_is_there(regclass, primecloud_internal.retention_worklist),
    primecloud_internal.retention_next_item(regclass, primecloud_internal.retention_position) FROM PUBLIC;
