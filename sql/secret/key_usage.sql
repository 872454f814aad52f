-- Where a data key is needed still.

-- What is distributed is counted where its shards lie.
CREATE FUNCTION primecloud_internal.sealed_rows(rel regclass, col text, patient boolean, spread jsonb, OUT key_id bigint,
    OUT row_count bigint)
    RETURNS SETOF record
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF spread ? (rel::oid::text) THEN
        RETURN QUERY SELECT s.key_id, s.row_count FROM primecloud_internal.sealed_rows_on_shards(rel, col, spread -> rel::oid::text) AS s;
    ELSE
        RETURN QUERY SELECT s.key_id, s.row_count FROM primecloud_internal.sealed_rows_by_key(rel, col, patient) AS s;
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.sealed_rows(regclass, text, boolean, jsonb)
    IS 'how many rows of a column each data key has sealed, wherever they lie';
REVOKE ALL ON FUNCTION primecloud_internal.sealed_rows(regclass, text, boolean, jsonb) FROM PUBLIC;

-- Every column that holds envelopes, registered or not, as its values or within arrays and rows: what a key
-- has sealed is lost with it wherever it lies.
CREATE FUNCTION primecloud_internal.count_key_usage(wanted bigint, OUT key_id bigint, OUT schema_name text, OUT table_name text,
    OUT column_name text, OUT row_count bigint)
    RETURNS SETOF record
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c record;
    u record;
    -- Of all that is held locked one table is waited for.
    patient boolean := true;
    spread CONSTANT jsonb := primecloud_internal.spread_sealed();
    here CONSTANT text[] := primecloud_internal.own_shards(spread);
BEGIN
    FOR c IN SELECT a.attrelid, n.nspname, r.relname, a.attname FROM pg_attribute a JOIN pg_class r ON r.oid = a.attrelid
             JOIN pg_namespace n ON n.oid = r.relnamespace
             WHERE a.atttypid IN (SELECT k.type FROM primecloud_internal.sealed_kinds() AS k(type)) AND a.attnum > 0 AND NOT a.attisdropped
                 AND r.relkind IN ('r', 'm') AND r.relpersistence <> 't' ORDER BY 2, 3, 4 LOOP
        CONTINUE WHEN format('%I.%I', c.nspname, c.relname) = ANY (here);
        FOR u IN SELECT * FROM primecloud_internal.sealed_rows(c.attrelid, c.attname::text, patient, spread) AS s ORDER BY s.key_id LOOP
            patient := patient AND u.row_count IS NOT NULL;
            CONTINUE WHEN u.key_id <> wanted;
            key_id := u.key_id;
            schema_name := c.nspname;
            table_name := c.relname;
            column_name := c.attname;
            row_count := u.row_count;
            RETURN NEXT;
        END LOOP;
    END LOOP;
    IF spread IS DISTINCT FROM primecloud_internal.spread_sealed() THEN
        RAISE lock_not_available USING MESSAGE = 'tables were distributed, or shards moved, while they were counted', HINT = 'Ask again.';
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.count_key_usage(bigint)
    IS 'behind key_usage(); key and number are NULL of what somebody holds locked';
REVOKE ALL ON FUNCTION primecloud_internal.count_key_usage(bigint) FROM PUBLIC;

-- Refuses while anything is known to need the key.
CREATE FUNCTION primecloud_internal.check_key_unused(key data_key) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    used text;
    unseen text;
    hint text;
    others CONSTANT text := ' Where it is another role''s and worth nothing: force => true; restore_key() brings the key back as long as '
        'it is not destroyed.';
BEGIN
    IF key.purpose <> 'seal' THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE =
            format('data key %s may be in use: what was hashed with it is not known here', key.key_id),
            HINT = 'Store new hashes, made with the active key, or let the old ones end; then pass force => true.';
    END IF;
    -- Nobody begins to seal with it, since it is not active; who did has ended after this.
    PERFORM primecloud_internal.wait_for_sealers(key.key_id), primecloud_internal.wait_for_orphans(key.key_id);
    -- A shard that moves may have the key where it goes and no more where it is: resealed there behind the move's copy.
    PERFORM primecloud_internal.hold_spread_sealed();
    SELECT string_agg(format('%s rows of column "%s" of %I.%I', u.row_count, u.column_name, u.schema_name, u.table_name), ', ')
               FILTER (WHERE u.row_count IS NOT NULL),
           string_agg(DISTINCT format('%I.%I', u.schema_name, u.table_name), ', ') FILTER (WHERE u.row_count IS NULL),
           string_agg(CASE WHEN primecloud_internal.is_registered(u.schema_name, u.table_name, u.column_name)
                      THEN format('CALL primecloud.reseal(''%I.%I'', %L)', u.schema_name, u.table_name, u.column_name)
                      WHEN primecloud_internal.is_sealed_column(u.schema_name, u.table_name, u.column_name)
                      THEN format('register "%s" of %I.%I with seal_column() and reseal it', u.column_name, u.schema_name, u.table_name)
                      ELSE format('open what lies within the values of "%s" of %I.%I and seal it again', u.column_name, u.schema_name,
                          u.table_name) END, '; ') FILTER (WHERE u.row_count IS NOT NULL)
    INTO used, unseen, hint FROM primecloud_internal.count_key_usage(key.key_id) AS u;
    IF used IS NOT NULL THEN
        RAISE object_in_use USING MESSAGE = format('data key %s is in use: %s', key.key_id, used)
                || coalesce('; not looked at, since somebody holds it locked: ' || unseen, ''),
            HINT = hint || '.' || others;
    ELSIF unseen IS NOT NULL THEN
        RAISE lock_not_available USING MESSAGE = format('data key %s may be in use: somebody holds locked %s', key.key_id, unseen),
            HINT = 'Ask again when that has ended.' || others;
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.check_key_unused(data_key)
    IS 'refuses while a column, or a transaction that is still open, holds what a key has sealed';
REVOKE ALL ON FUNCTION primecloud_internal.check_key_unused(data_key) FROM PUBLIC;

CREATE FUNCTION primecloud_internal.is_registered(schema_name text, table_name text, column_name text) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT EXISTS (
        SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        CROSS JOIN LATERAL primecloud_internal.names_of(coalesce(pg_partition_root(c.oid), c.oid)) AS top
        JOIN primecloud.sealed_column s ON s.schema_name = top.schema_name AND s.table_name = top.table_name
            AND s.column_name = is_registered.column_name
        WHERE n.nspname = is_registered.schema_name AND c.relname = is_registered.table_name);
$$;
COMMENT ON FUNCTION primecloud_internal.is_registered(text, text, text)
    IS 'whether a column, or that of the partitioned table above, is registered as sealed';
REVOKE ALL ON FUNCTION primecloud_internal.is_registered(text, text, text) FROM PUBLIC;
