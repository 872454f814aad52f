-- Which rows are due, and which of them are free to go: SQL text composed of a
-- policy's names and values, every one quoted here.  It stands in every statement
-- that removes rows, so that a row renewed or held in the meantime stays.

CREATE FUNCTION retention_cutoff(at timestamptz, keep interval) RETURNS timestamptz
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF keep IS NULL THEN
        RETURN '-infinity';
    END IF;
    -- Days and months by the calendar of UTC, wherever the session is.
    RETURN (at AT TIME ZONE 'UTC' - keep) AT TIME ZONE 'UTC';
EXCEPTION WHEN datetime_field_overflow THEN
    RETURN '-infinity';  -- longer than there are years: never
END $$;
COMMENT ON FUNCTION retention_cutoff(timestamptz, interval)
    IS 'rows of before this instant are due; never later than the run''s own instant';

CREATE FUNCTION primecloud_internal.retention_instant(type regtype, at timestamptz) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO' SET timezone = 'UTC'
AS $$
BEGIN
    RETURN CASE type WHEN 'timestamptz'::regtype THEN at::text WHEN 'timestamp'::regtype THEN (at AT TIME ZONE 'UTC')::text
        -- A day is over when it has ended.
        ELSE (at AT TIME ZONE 'UTC')::date::text END;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_instant(regtype, timestamptz)
    IS 'an instant as a value of the time column''s type, in text';

CREATE FUNCTION primecloud_internal.retention_time(rel regclass, policy primecloud_internal.retention_policy) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN CASE primecloud_internal.retention_column(rel, policy.time_column, primecloud_internal.retention_time_types())
        WHEN 'timestamptz'::regtype THEN format('x.%I::timestamptz', policy.time_column)
        ELSE format('(x.%I::timestamp AT TIME ZONE ''UTC'')', policy.time_column) END;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_time(regclass, primecloud_internal.retention_policy)
    IS 'the time column of row x as an instant';

CREATE FUNCTION primecloud_internal.retention_latest(policy primecloud_internal.retention_policy, at timestamptz) RETURNS timestamptz
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN greatest(primecloud.retention_cutoff(at, policy.keep), (SELECT max(primecloud.retention_cutoff(at, o.keep))
        FROM primecloud_internal.retention_override o WHERE o.schema_name = policy.schema_name AND o.table_name = policy.table_name));
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_latest(primecloud_internal.retention_policy, timestamptz)
    IS 'no row of this time or later is due, whoever''s it is';

-- Nothing where no tenant has a time of its own.
CREATE FUNCTION primecloud_internal.retention_due_of(policy primecloud_internal.retention_policy, type regtype, at timestamptz,
    tenant text) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    exceptions CONSTANT jsonb := (SELECT jsonb_object_agg(o.tenant, primecloud_internal.retention_instant(type, c.cutoff))
        FROM primecloud_internal.retention_override o, primecloud.retention_cutoff(at, o.keep) AS c(cutoff)
        WHERE o.schema_name = policy.schema_name AND o.table_name = policy.table_name);
BEGIN
    RETURN CASE WHEN exceptions IS NULL THEN '' ELSE format(' AND x.%I < coalesce((%L::jsonb ->> (%s)::text)::%s, %L::%s)',
        policy.time_column, exceptions, tenant, type, primecloud_internal.retention_instant(type,
        primecloud.retention_cutoff(at, policy.keep)), type) END;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_due_of(primecloud_internal.retention_policy, regtype, timestamptz, text)
    IS 'the condition under which row x of a tenant, who is given as an expression, is due';

CREATE FUNCTION primecloud_internal.retention_due(rel regclass, policy primecloud_internal.retention_policy, at timestamptz) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    type CONSTANT regtype := primecloud_internal.retention_column(rel, policy.time_column, primecloud_internal.retention_time_types());
    due text;
BEGIN
    due := format('x.%I < %L::%s', policy.time_column, primecloud_internal.retention_instant(type,
        primecloud_internal.retention_latest(policy, at)), type)
        || primecloud_internal.retention_due_of(policy, type, at, 'x.' || quote_ident(policy.tenant_column));
    IF policy.mode = 'soft_delete' THEN
        due := due || format(CASE WHEN primecloud_internal.retention_column(rel, policy.soft_delete_column,
            '{timestamptz,timestamp,boolean}') = 'boolean'::regtype
                             THEN ' AND x.%I IS NOT TRUE' ELSE ' AND x.%I IS NULL' END, policy.soft_delete_column);
    END IF;
    RETURN due;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_due(regclass, primecloud_internal.retention_policy, timestamptz)
    IS 'the condition under which row x is due';

-- Of a table of the policy's: the whole, or a part that is gone through.
CREATE FUNCTION primecloud_internal.retention_free(policy primecloud_internal.retention_policy, node oid) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    holder record;
    free text := 'true';
BEGIN
    IF NOT EXISTS (SELECT FROM primecloud_internal.open_hold) AND NOT EXISTS (SELECT FROM primecloud_internal.retention_policy p
            WHERE p.hold_column IS NOT NULL) THEN
        RETURN free;
    END IF;
    -- (A detached partition takes nothing along, and a mark what refers to the marked column.)
    IF policy.mode <> 'detach_partition' AND primecloud_internal.cascade_is_held(ARRAY(SELECT t.oid
        FROM primecloud_internal.known_table k, primecloud_internal.retention_tree(k.relation) t
        WHERE k.schema_name = policy.schema_name AND k.table_name = policy.table_name),
        CASE policy.mode WHEN 'soft_delete' THEN policy.soft_delete_column ELSE '' END) THEN
        RETURN 'false';
    END IF;
    FOR holder IN SELECT * FROM primecloud_internal.retention_holders(node) h ORDER BY h.relation LOOP
        free := free || primecloud_internal.retention_unheld_by(node, holder);
    END LOOP;
    RETURN free;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_free(primecloud_internal.retention_policy, oid)
    IS 'the condition under which no hold keeps row x of a table; ''true'' where nothing is held';

REVOKE ALL ON FUNCTION primecloud_internal.retention_instant(regtype, timestamptz),
    primecloud_internal.retention_latest(primecloud_internal.retention_policy, timestamptz), primecloud_internal.retention_time(regclass,
    primecloud_internal.retention_policy),
    primecloud_internal.retention_due_of(primecloud_internal.retention_policy, regtype, timestamptz, text),
    primecloud_internal.retention_due(regclass, primecloud_internal.retention_policy, timestamptz),
        primecloud_internal.retention_free(primecloud_internal.retention_policy, oid) FROM PUBLIC;
