-- What a change of a configuration would do to the rows of an inventory.

-- A time without a zone is read as UTC, wherever the session is: so is everything else
-- that expires.
CREATE FUNCTION lifecycle_preview(
    config lifecycle,
    inventory regclass,
    columns jsonb DEFAULT '{}',
    bucket_column name DEFAULT NULL,
    bucket text DEFAULT NULL,
    object_lock boolean DEFAULT false,
    at timestamptz DEFAULT now(),
    sample integer DEFAULT 5,
    dialect text DEFAULT 'kept'
) RETURNS TABLE (
    rule_id text, action text, storage_class text, objects bigint, bytes numeric,
    oldest timestamptz, first_due timestamptz, keys text[]
)
    LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED ROWS 10
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
    AS $$
DECLARE
    query text := format(
        'SELECT rule_id, action, storage_class, count(*), coalesce(sum(size), 0), min(mod_time), min(due),
                array_agg(key ORDER BY n) FILTER (WHERE n <= %s)
         FROM (SELECT key, size, mod_time, (after).action, (after).due, (after).rule_id, (after).storage_class,
                      row_number() OVER (PARTITION BY (after).rule_id, (after).action, (after).storage_class ORDER BY (after).due, key) AS n
               FROM (%s) AS decided
               WHERE (after).action <> ''none'') AS due_now
         GROUP BY rule_id, action, storage_class
         ORDER BY count(*) DESC, rule_id, action',
        greatest(sample, 0),
        primecloud.lifecycle_inventory_query(NULL, config, inventory, columns, bucket_column, bucket, object_lock, at, dialect));
BEGIN
    -- Whoever sees every row reads as their owner, whose code it is that the query runs.
    IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        RETURN QUERY SELECT * FROM primecloud_internal.read_as_owner(inventory, query,
            '{primecloud.lifecycle, primecloud.lifecycle, timestamptz}', ARRAY[NULL, config::text, at::text])
            AS t(rule_id text, action text, storage_class text, objects bigint, bytes numeric, oldest timestamptz,
                first_due timestamptz, keys text[]);
    ELSE
        RETURN QUERY EXECUTE query USING NULL::primecloud.lifecycle, config, at;
    END IF;
END
$$;
COMMENT ON FUNCTION lifecycle_preview(lifecycle, regclass, jsonb, name, text, boolean, timestamptz, integer, text) IS
    'what a configuration would do now to a table of object versions, by rule; reads only, as the caller';

CREATE FUNCTION lifecycle_impact(
    old lifecycle,
    new lifecycle,
    inventory regclass,
    columns jsonb DEFAULT '{}',
    bucket_column name DEFAULT NULL,
    bucket text DEFAULT NULL,
    object_lock boolean DEFAULT false,
    at timestamptz DEFAULT now(),
    sample integer DEFAULT 5,
    dialect text DEFAULT 'kept'
) RETURNS TABLE (
    action_before text, action_after text, rule_id text, objects bigint, bytes numeric,
    oldest timestamptz, newest timestamptz, keys text[]
)
    LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED ROWS 10
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
    AS $$
DECLARE
    query text := format(
        'SELECT action_before, action_after, rule_id, count(*), coalesce(sum(size), 0), min(mod_time), max(mod_time),
                array_agg(key ORDER BY n) FILTER (WHERE n <= %s)
         FROM (SELECT *, row_number() OVER (PARTITION BY action_before, action_after, rule_id ORDER BY mod_time, key) AS n
               FROM (SELECT key, size, mod_time,
                            coalesce((before).action, ''none'') AS action_before,
                            coalesce((after).action, ''none'') AS action_after,
                            coalesce((after).rule_id, (before).rule_id) AS rule_id
                     FROM (%s) AS decided
                     WHERE coalesce((before).action, ''none'') <> coalesce((after).action, ''none'')
                        OR (before).storage_class IS DISTINCT FROM (after).storage_class) AS told) AS changed
         GROUP BY action_before, action_after, rule_id
         ORDER BY action_after = ''none'', action_after, count(*) DESC',
        greatest(sample, 0),
        primecloud.lifecycle_inventory_query(old, new, inventory, columns, bucket_column, bucket, object_lock, at, dialect));
BEGIN
    -- Whoever sees every row reads as their owner, whose code it is that the query runs.
    IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        RETURN QUERY SELECT * FROM primecloud_internal.read_as_owner(inventory, query,
            '{primecloud.lifecycle, primecloud.lifecycle, timestamptz}', ARRAY[old::text, new::text, at::text])
            AS t(action_before text, action_after text, rule_id text, objects bigint, bytes numeric, oldest timestamptz,
                newest timestamptz, keys text[]);
    ELSE
        RETURN QUERY EXECUTE query USING old, new, at;
    END IF;
END
$$;
COMMENT ON FUNCTION lifecycle_impact(lifecycle, lifecycle, regclass, jsonb, name, text, boolean, timestamptz, integer, text) IS
    'what would become of which objects if one configuration took the place of another; NULL is none; reads only, as the caller';
