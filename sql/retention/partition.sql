-- Whole partitions: dropped or detached when every row of theirs is due.

-- Parent before partition, the order in which everybody locks.  The partition is
-- closed to writers while it is looked through for rows that stay, so that none
-- can be renewed or held between the look and the drop.
CREATE FUNCTION primecloud_internal.retention_look(parent regclass, node regclass, policy primecloud_internal.retention_policy, due text,
    free text) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format('LOCK TABLE ONLY %1$s IN SHARE UPDATE EXCLUSIVE MODE; LOCK TABLE %2$s IN SHARE ROW EXCLUSIVE MODE; SELECT %3$s AS '
        'stays', parent, node,
        -- Where nothing is held and no tenant excepted, the bound has said it all.
        CASE WHEN free = 'true' AND NOT EXISTS (SELECT FROM primecloud_internal.retention_override o
            WHERE o.schema_name = policy.schema_name AND o.table_name = policy.table_name)
             THEN 'false' ELSE format('EXISTS (SELECT FROM %s AS x WHERE (%s AND %s) IS NOT TRUE)', node, due, free) END)
$$;
COMMENT ON FUNCTION primecloud_internal.retention_look(regclass, regclass, primecloud_internal.retention_policy, text, text)
    IS 'the statement that looks whether any row of a partition stays';

CREATE FUNCTION primecloud_internal.retention_remove(parent regclass, node regclass, mode text) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format('ALTER TABLE %s DETACH PARTITION %s; %sSELECT 0::bigint AS rows', parent, node,
                  CASE mode WHEN 'drop_partition' THEN format('DROP TABLE %s; ', node) ELSE '' END)
$$;
COMMENT ON FUNCTION primecloud_internal.retention_remove(regclass, regclass, text)
    IS 'the statements that detach a partition and, if that is the mode, drop it';

CREATE FUNCTION primecloud_internal.retention_step_partition(rel regclass, policy primecloud_internal.retention_policy,
    run primecloud_internal.retention_run, at primecloud_internal.retention_position,
    item primecloud_internal.retention_worklist) RETURNS primecloud_internal.retention_decision
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    work primecloud_internal.retention_work;
    due CONSTANT text := primecloud_internal.retention_due(rel, policy, run.at);
BEGIN
    work.kind := 'look';
    work.run := run.id;
    work.place := primecloud_internal.retention_at_item(at, item);
    work.relation := item.relation;
    work.parent := item.parent;
    RETURN primecloud_internal.retention_do(rel, work, primecloud_internal.retention_look(rel, item.relation, policy, due,
        primecloud_internal.retention_free(policy, item.relation)), true);
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_step_partition(regclass, primecloud_internal.retention_policy,
    primecloud_internal.retention_run, primecloud_internal.retention_position, primecloud_internal.retention_worklist)
    IS 'the look at a whole partition';

-- A place at the end of an item, which is where a whole partition is done.
CREATE FUNCTION primecloud_internal.retention_at_item(at primecloud_internal.retention_position,
    item primecloud_internal.retention_worklist) RETURNS primecloud_internal.retention_position
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    place primecloud_internal.retention_position;
BEGIN
    place.run := at.run;
    place.item := item.item;
    place.relation := item.relation;
    place.schema_name := item.schema_name;
    place.table_name := item.table_name;
    place.over := true;
    place.careful := false;
    place.bounded := false;
    place.per_row := at.per_row;
    RETURN place;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_at_item(primecloud_internal.retention_position,
    primecloud_internal.retention_worklist) IS 'the position behind an item';

REVOKE ALL ON FUNCTION primecloud_internal.retention_look(regclass, regclass, primecloud_internal.retention_policy, text, text),
    primecloud_internal.retention_remove(regclass, regclass, text), primecloud_internal.retention_step_partition(regclass,
    primecloud_internal.retention_policy, primecloud_internal.retention_run, primecloud_internal.retention_position,
    primecloud_internal.retention_worklist), primecloud_internal.retention_at_item(primecloud_internal.retention_position,
    primecloud_internal.retention_worklist) FROM PUBLIC;
