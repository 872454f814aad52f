-- The life of a data key: active, decrypt_only, retired, destroyed.  What callers call
-- stands in key_request.sql; the functions here are the keeper's, who alone reads and writes
-- the keys, and are told who asks.

-- The door; whom it lets in is decided in key_request.sql.
CREATE FUNCTION primecloud_internal.key_request(kind text, request jsonb) RETURNS jsonb
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'primecloud_key_request';
COMMENT ON FUNCTION primecloud_internal.key_request(text, jsonb) IS 'behind rotate_key(), reseal() and their sisters; call those';

-- Who asks, as key_request() saw it.
CREATE TYPE primecloud_internal.key_asker AS (role oid, any_tenant boolean, tenant text);
COMMENT ON TYPE primecloud_internal.key_asker
    IS 'who asks for a change of keys: the role, whether it may act for every tenant, and the tenant it has entered';

CREATE FUNCTION primecloud_internal.check_asker(asker primecloud_internal.key_asker, tenant text) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF coalesce(octet_length(check_asker.tenant), 0) NOT BETWEEN 1 AND 255 THEN
        RAISE invalid_parameter_value USING MESSAGE = format('the tenant has %s bytes', coalesce(octet_length(check_asker.tenant), 0)),
            HINT = 'It has 1 to 255.';
    ELSIF asker.any_tenant IS NOT TRUE AND asker.tenant IS DISTINCT FROM check_asker.tenant THEN
        RAISE SQLSTATE 'PC007' USING MESSAGE = format('tenant "%s" is not the one that has been entered', check_asker.tenant),
            HINT = 'Enter that account first, or act as a maintenance role.';
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.check_asker(primecloud_internal.key_asker, text)
    IS 'raises PC007 unless the asker has entered this tenant or may act for every one';

CREATE FUNCTION primecloud_internal.check_asker(asker primecloud_internal.key_asker) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF asker.any_tenant IS NOT TRUE THEN
        RAISE SQLSTATE 'PC007' USING MESSAGE = 'permission denied to act for every tenant', HINT = 'Act as a maintenance or platform role.';
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.check_asker(primecloud_internal.key_asker)
    IS 'raises PC007 unless the asker may act for every tenant';
REVOKE ALL ON FUNCTION primecloud_internal.check_asker(primecloud_internal.key_asker, text),
    primecloud_internal.check_asker(primecloud_internal.key_asker) FROM PUBLIC;

CREATE FUNCTION primecloud_internal.lock_keys(tenant text, purpose text) RETURNS void
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_lock_keys';
COMMENT ON FUNCTION primecloud_internal.lock_keys(text, text)
    IS 'holds off others who would change a tenant''s keys; refused where the transaction would not see what others commit';

CREATE FUNCTION primecloud_internal.make_data_key(tenant text, purpose text) RETURNS bigint
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_make_data_key';
COMMENT ON FUNCTION primecloud_internal.make_data_key(text, text) IS 'a new active data key, wrapped by the newest root key; its id';

CREATE FUNCTION primecloud_internal.wait_for_sealers(key_id bigint) RETURNS void
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_wait_for_sealers';
COMMENT ON FUNCTION primecloud_internal.wait_for_sealers(bigint) IS 'waits for the transactions that may have sealed with a key';

CREATE FUNCTION primecloud_internal.keys_changed() RETURNS void
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_keys_changed';
COMMENT ON FUNCTION primecloud_internal.keys_changed() IS 'has every session forget the keys it holds, when this transaction commits';

CREATE FUNCTION primecloud_internal.sealed_rows_by_key(rel regclass, col text, OUT key_id bigint, OUT row_count bigint) RETURNS SETOF record
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_sealed_rows_by_key';
COMMENT ON FUNCTION primecloud_internal.sealed_rows_by_key(regclass, text)
    IS 'how many envelopes of a column each data key has sealed, those of open transactions included';

REVOKE ALL ON FUNCTION primecloud_internal.lock_keys(text, text), primecloud_internal.make_data_key(text, text),
    primecloud_internal.wait_for_sealers(bigint), primecloud_internal.keys_changed(),
    primecloud_internal.sealed_rows_by_key(regclass, text) FROM PUBLIC;

-- Every column of type sealed that holds rows, registered or not: what a key has sealed
-- is lost with it wherever it lies.
CREATE FUNCTION primecloud_internal.count_key_usage(wanted bigint, OUT key_id bigint, OUT schema_name text, OUT table_name text,
    OUT column_name text, OUT row_count bigint)
    RETURNS SETOF record
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    WITH RECURSIVE sealed_type(oid) AS (
        SELECT 'primecloud.sealed'::regtype::oid UNION ALL SELECT t.oid FROM sealed_type s JOIN pg_type t ON t.typbasetype = s.oid)
    SELECT u.key_id, n.nspname::text, c.relname::text, a.attname::text, u.row_count
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    CROSS JOIN LATERAL primecloud_internal.sealed_rows_by_key(c.oid, a.attname::text) AS u
    WHERE a.atttypid IN (SELECT s.oid FROM sealed_type s) AND a.attnum > 0 AND NOT a.attisdropped
      AND c.relkind IN ('r', 'm') AND c.relpersistence <> 't' AND (wanted IS NULL OR u.key_id = wanted)
    ORDER BY 2, 3, 4, 1;
END $$;
COMMENT ON FUNCTION primecloud_internal.count_key_usage(bigint) IS 'behind key_usage()';
REVOKE ALL ON FUNCTION primecloud_internal.count_key_usage(bigint) FROM PUBLIC;

CREATE FUNCTION primecloud_internal.rotate_key_as(asker primecloud_internal.key_asker, tenant text, purpose text) RETURNS bigint
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    fresh bigint;
BEGIN
    PERFORM primecloud_internal.check_asker(asker, rotate_key_as.tenant);
    IF rotate_key_as.purpose IS NULL THEN
        RAISE null_value_not_allowed USING MESSAGE = 'the purpose of the key is NULL', HINT = 'It is seal, index or token.';
    END IF;
    IF rotate_key_as.purpose = 'token' AND rotate_key_as.tenant <> '*' THEN
        RAISE invalid_parameter_value USING MESSAGE = 'the token key is the database''s, not a tenant''s',
            HINT = 'Call rotate_key(''*'', ''token'').';
    END IF;
    PERFORM primecloud_internal.lock_keys(rotate_key_as.tenant, rotate_key_as.purpose);
    UPDATE primecloud.data_key AS k SET state = 'decrypt_only', changed_at = now()
    WHERE k.tenant = rotate_key_as.tenant AND k.purpose = rotate_key_as.purpose AND k.state = 'active';
    fresh := primecloud_internal.make_data_key(rotate_key_as.tenant, rotate_key_as.purpose);
    PERFORM primecloud_internal.keys_changed();
    RAISE LOG 'primecloud: role % rotates the % key of tenant "%" to data key %', pg_get_userbyid(asker.role), rotate_key_as.purpose,
        rotate_key_as.tenant, fresh;
    RETURN fresh;
END $$;
COMMENT ON FUNCTION primecloud_internal.rotate_key_as(primecloud_internal.key_asker, text, text) IS 'behind rotate_key()';

-- The key's row, locked with its tenant's others: nobody changes it meanwhile.
CREATE FUNCTION primecloud_internal.lock_key(asker primecloud_internal.key_asker, key_id bigint) RETURNS data_key
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    key primecloud.data_key;
BEGIN
    SELECT k.* INTO key FROM primecloud.data_key k WHERE k.key_id = lock_key.key_id;
    IF NOT FOUND THEN
        RAISE SQLSTATE 'PC003' USING MESSAGE = format('there is no data key %s', coalesce(lock_key.key_id::text, 'NULL')),
            HINT = 'primecloud.key_status lists them.';
    END IF;
    PERFORM primecloud_internal.check_asker(asker, key.tenant);
    PERFORM primecloud_internal.lock_keys(key.tenant, key.purpose);
    SELECT k.* INTO key FROM primecloud.data_key k WHERE k.key_id = lock_key.key_id;
    RETURN key;
END $$;
COMMENT ON FUNCTION primecloud_internal.lock_key(primecloud_internal.key_asker, bigint)
    IS 'a data key that the caller may change, locked against others who would';
REVOKE ALL ON FUNCTION primecloud_internal.lock_key(primecloud_internal.key_asker, bigint) FROM PUBLIC;

-- Refuses while anything is known to need the key.
CREATE FUNCTION primecloud_internal.check_key_unused(key data_key) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    used text;
    hint text;
BEGIN
    IF key.purpose <> 'seal' THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE =
            format('data key %s may be in use: what was hashed with it is not known here', key.key_id),
            HINT = 'Store new hashes, made with the active key, or let the old ones end; then pass force => true.';
    END IF;
    -- Nobody begins to seal with it, since it is not active; who did has ended after this.
    PERFORM primecloud_internal.wait_for_sealers(key.key_id);
    SELECT string_agg(format('%s rows of column "%s" of %I.%I', u.row_count, u.column_name, u.schema_name, u.table_name), ', '),
           string_agg(CASE WHEN primecloud_internal.is_registered(u.schema_name, u.table_name, u.column_name)
                      THEN format('CALL primecloud.reseal(''%I.%I'', %L)', u.schema_name, u.table_name, u.column_name)
                      ELSE format('register "%s" of %I.%I with seal_column() and reseal it', u.column_name, u.schema_name, u.table_name)
                          END, '; ')
    INTO used, hint FROM primecloud_internal.count_key_usage(key.key_id) AS u;
    IF used IS NOT NULL THEN
        RAISE object_in_use USING MESSAGE = format('data key %s is in use: %s', key.key_id, used), HINT = hint || '.';
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
        JOIN pg_class top ON top.oid = coalesce(pg_partition_root(c.oid), c.oid) JOIN pg_namespace above ON above.oid = top.relnamespace
        JOIN primecloud.sealed_column s ON s.schema_name = above.nspname AND s.table_name = top.relname
            AND s.column_name = is_registered.column_name
        WHERE n.nspname = is_registered.schema_name AND c.relname = is_registered.table_name);
$$;
COMMENT ON FUNCTION primecloud_internal.is_registered(text, text, text)
    IS 'whether a column, or that of the partitioned table above, is registered as sealed';
REVOKE ALL ON FUNCTION primecloud_internal.is_registered(text, text, text) FROM PUBLIC;

CREATE FUNCTION primecloud_internal.retire_key_as(asker primecloud_internal.key_asker, key_id bigint, force boolean) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    key CONSTANT primecloud.data_key := primecloud_internal.lock_key(asker, retire_key_as.key_id);
BEGIN
    IF key.state = 'retired' THEN
        RETURN;
    ELSIF key.state = 'active' THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('data key %s is active', key.key_id),
            HINT = 'Call primecloud.rotate_key() first.';
    ELSIF key.state = 'destroyed' THEN
        RAISE SQLSTATE 'PC004' USING MESSAGE = format('data key %s is destroyed', key.key_id), HINT = 'There is nothing left to retire.';
    ELSIF force IS NOT TRUE THEN
        PERFORM primecloud_internal.check_key_unused(key);
    END IF;
    UPDATE primecloud.data_key AS k SET state = 'retired', changed_at = now() WHERE k.key_id = key.key_id;
    PERFORM primecloud_internal.keys_changed();
    RAISE LOG 'primecloud: role % retires data key % of tenant "%"', pg_get_userbyid(asker.role), key.key_id, key.tenant;
END $$;
COMMENT ON FUNCTION primecloud_internal.retire_key_as(primecloud_internal.key_asker, bigint, boolean) IS 'behind retire_key()';

CREATE FUNCTION primecloud_internal.restore_key_as(asker primecloud_internal.key_asker, key_id bigint) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    key CONSTANT primecloud.data_key := primecloud_internal.lock_key(asker, restore_key_as.key_id);
BEGIN
    IF key.state = 'destroyed' THEN
        RAISE SQLSTATE 'PC004' USING MESSAGE = format('data key %s is destroyed', key.key_id),
            HINT = 'Only a backup of before, with its root key, still has it.';
    ELSIF key.state = 'retired' THEN
        UPDATE primecloud.data_key AS k SET state = 'decrypt_only', changed_at = now() WHERE k.key_id = key.key_id;
        PERFORM primecloud_internal.keys_changed();
        RAISE LOG 'primecloud: role % restores data key % of tenant "%"', pg_get_userbyid(asker.role), key.key_id, key.tenant;
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.restore_key_as(primecloud_internal.key_asker, bigint) IS 'behind restore_key()';

CREATE FUNCTION primecloud_internal.destroy_key_as(asker primecloud_internal.key_asker, key_id bigint, force boolean) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    key CONSTANT primecloud.data_key := primecloud_internal.lock_key(asker, destroy_key_as.key_id);
BEGIN
    IF key.state = 'destroyed' THEN
        RETURN;
    ELSIF key.state <> 'retired' THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('data key %s is %s, not retired', key.key_id, key.state),
            HINT = 'Call primecloud.retire_key() first, and wait until nobody has missed the key.';
    ELSIF force IS NOT TRUE THEN
        PERFORM primecloud_internal.check_key_unused(key);
    END IF;
    UPDATE primecloud.data_key AS k SET state = 'destroyed', wrapped = NULL, changed_at = now() WHERE k.key_id = key.key_id;
    PERFORM primecloud_internal.keys_changed();
    RAISE LOG 'primecloud: role % destroys data key % of tenant "%"', pg_get_userbyid(asker.role), key.key_id, key.tenant;
END $$;
COMMENT ON FUNCTION primecloud_internal.destroy_key_as(primecloud_internal.key_asker, bigint, boolean) IS 'behind destroy_key()';

REVOKE ALL ON FUNCTION primecloud_internal.rotate_key_as(primecloud_internal.key_asker, text, text),
    primecloud_internal.retire_key_as(primecloud_internal.key_asker, bigint, boolean),
    primecloud_internal.restore_key_as(primecloud_internal.key_asker, bigint),
    primecloud_internal.destroy_key_as(primecloud_internal.key_asker, bigint, boolean) FROM PUBLIC;
