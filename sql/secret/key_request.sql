-- The door to the life of keys, and what callers call.  Nothing here runs as the extension's
-- owner for its caller: key_request() notes who asks, and the keeper decides.

CREATE FUNCTION primecloud_internal.check_may_call(asker primecloud_internal.key_asker, signature text) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT has_function_privilege(asker.role, signature, 'EXECUTE') THEN
        RAISE insufficient_privilege USING MESSAGE = format('permission denied for function %s',
            split_part(split_part(signature, '(', 1), '.', 2)),
            HINT = 'It takes EXECUTE on it, as the role helpers give it.';
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.check_may_call(primecloud_internal.key_asker, text)
    IS 'raises 42501 unless the asker may call the function behind which he asks';

CREATE FUNCTION primecloud_internal.key_decide(asker primecloud_internal.key_asker, kind text, request jsonb) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    number CONSTANT bigint := request ->> 'key_id';
BEGIN
    CASE kind
        WHEN 'rotate_key' THEN
            PERFORM primecloud_internal.check_may_call(asker, 'primecloud.rotate_key(text, text)');
            RETURN to_jsonb(primecloud_internal.rotate_key_as(asker, request ->> 'tenant', request ->> 'purpose'));
        WHEN 'retire_key' THEN
            PERFORM primecloud_internal.check_may_call(asker, 'primecloud.retire_key(bigint, boolean)');
            PERFORM primecloud_internal.retire_key_as(asker, number, (request ->> 'force')::boolean);
        WHEN 'restore_key' THEN
            PERFORM primecloud_internal.check_may_call(asker, 'primecloud.restore_key(bigint)');
            PERFORM primecloud_internal.restore_key_as(asker, number);
        WHEN 'destroy_key' THEN
            PERFORM primecloud_internal.check_may_call(asker, 'primecloud.destroy_key(bigint, boolean)');
            PERFORM primecloud_internal.destroy_key_as(asker, number, (request ->> 'force')::boolean);
        WHEN 'leave' THEN
            PERFORM primecloud_internal.check_may_call(asker, 'primecloud.retire_key(bigint, boolean)');
            PERFORM primecloud_internal.leave_keys_as(asker);
        WHEN 'shred_tenant' THEN
            PERFORM primecloud_internal.check_may_call(asker, 'primecloud.shred_tenant(text)');
            RETURN (SELECT jsonb_agg(line) FROM primecloud_internal.shred_tenant_as(asker, request ->> 'tenant') AS line);
        WHEN 'key_usage' THEN
            PERFORM primecloud_internal.check_may_call(asker, 'primecloud.key_usage(bigint)');
            PERFORM primecloud_internal.check_asker(asker);
            RETURN (SELECT coalesce(jsonb_agg(to_jsonb(u)), '[]') FROM primecloud_internal.count_key_usage(number) AS u);
        WHEN 'root_versions_in_use' THEN
            PERFORM primecloud_internal.check_may_call(asker, 'primecloud.root_versions_in_use()');
            RETURN (SELECT coalesce(jsonb_agg(to_jsonb(v)), '[]') FROM (
                SELECT k.root_version AS version, count(*) AS data_keys, min(r.first_used_at) AS first_used_at
                FROM primecloud.data_key k LEFT JOIN primecloud_internal.root_key_version r ON r.version = k.root_version
                WHERE k.wrapped IS NOT NULL GROUP BY k.root_version ORDER BY k.root_version) AS v);
        WHEN 'reseal' THEN
            PERFORM primecloud_internal.check_may_call(asker, 'primecloud_internal.reseal_request(regclass, name, jsonb)');
            RETURN primecloud_internal.reseal_decide(asker, request);
    END CASE;
    RETURN 'null';
END $$;
COMMENT ON FUNCTION primecloud_internal.key_decide(primecloud_internal.key_asker, text, jsonb) IS 'whether the asker may, and the answer';
REVOKE ALL ON FUNCTION primecloud_internal.check_may_call(primecloud_internal.key_asker, text),
    primecloud_internal.key_decide(primecloud_internal.key_asker, text, jsonb) FROM PUBLIC;

CREATE FUNCTION rotate_key(tenant text, purpose text DEFAULT 'seal') RETURNS bigint
    LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$ SELECT primecloud_internal.key_request('rotate_key', jsonb_build_object('tenant', tenant, 'purpose', purpose))::bigint $$;
COMMENT ON FUNCTION rotate_key(text, text)
    IS 'gives a tenant a new active data key, whose id it returns; the one before it opens what it has sealed, and seals no more';

CREATE FUNCTION retire_key(key_id bigint, force boolean DEFAULT false) RETURNS void
    LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$ SELECT primecloud_internal.key_request('retire_key', jsonb_build_object('key_id', key_id, 'force', force)) $$;
COMMENT ON FUNCTION retire_key(bigint, boolean)
    IS 'has a key open nothing more, until restore_key(); refused while a sealed column uses it, unless forced';

CREATE FUNCTION restore_key(key_id bigint) RETURNS void
    LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$ SELECT primecloud_internal.key_request('restore_key', jsonb_build_object('key_id', key_id)) $$;
COMMENT ON FUNCTION restore_key(bigint) IS 'lets a retired key open again what it has sealed';

CREATE FUNCTION destroy_key(key_id bigint, force boolean DEFAULT false) RETURNS void
    LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$ SELECT primecloud_internal.key_request('destroy_key', jsonb_build_object('key_id', key_id, 'force', force)) $$;
COMMENT ON FUNCTION destroy_key(bigint, boolean) IS 'forgets a retired key for good; what shred_tenant() says of copies holds here too';

CREATE FUNCTION shred_tenant(tenant text) RETURNS SETOF text
    LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$ SELECT jsonb_array_elements_text(primecloud_internal.key_request('shred_tenant', jsonb_build_object('tenant', tenant))) $$;
COMMENT ON FUNCTION shred_tenant(text)
    IS 'destroys the keys of a tenant, for good; returns what was destroyed and what remains readable where';

CREATE FUNCTION key_usage(wanted bigint DEFAULT NULL, OUT key_id bigint, OUT schema_name text, OUT table_name text, OUT column_name text,
    OUT row_count bigint)
    RETURNS SETOF record
    LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT u.* FROM jsonb_to_recordset(primecloud_internal.key_request('key_usage', jsonb_build_object('key_id', wanted)))
        AS u(key_id bigint, schema_name text, table_name text, column_name text, row_count bigint)
$$;
COMMENT ON FUNCTION key_usage(bigint)
    IS 'how many rows of which column each data key has sealed, or one of them; reads every table that has a sealed column';

CREATE FUNCTION root_versions_in_use(OUT version integer, OUT data_keys bigint, OUT first_used_at timestamptz) RETURNS SETOF record
    LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT v.* FROM jsonb_to_recordset(primecloud_internal.key_request('root_versions_in_use', '{}'))
        AS v(version integer, data_keys bigint, first_used_at timestamptz)
$$;
COMMENT ON FUNCTION root_versions_in_use()
    IS 'the versions of the root key that this database, and a backup of it made now, cannot do without';

REVOKE ALL ON FUNCTION rotate_key(text, text), retire_key(bigint, boolean), restore_key(bigint), destroy_key(bigint, boolean),
    shred_tenant(text),
    key_usage(bigint), root_versions_in_use() FROM PUBLIC;
INSERT INTO primecloud_internal.role_grant VALUES
    ('maintenance', 'EXECUTE', 'FUNCTION primecloud.key_usage(bigint)'),
    ('maintenance', 'EXECUTE', 'FUNCTION primecloud.rotate_key(text, text)'),
    ('maintenance', 'EXECUTE', 'FUNCTION primecloud.retire_key(bigint, boolean)'),
    ('maintenance', 'EXECUTE', 'FUNCTION primecloud.restore_key(bigint)'),
    ('maintenance', 'EXECUTE', 'FUNCTION primecloud.root_versions_in_use()'),
    ('backup', 'EXECUTE', 'FUNCTION primecloud.root_versions_in_use()'),
    ('platform', 'EXECUTE', 'FUNCTION primecloud.rotate_key(text, text)'),
    ('platform', 'EXECUTE', 'FUNCTION primecloud.shred_tenant(text)');
