-- The life of a data key: active, decrypt_only, retired, destroyed.  What callers call
-- stands in key_request.sql; the functions here are told who asks.

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
    PERFORM primecloud_internal.record_audit(format('primecloud: role %s rotates the %s key of tenant %s to data key %s',
        to_json(pg_get_userbyid(asker.role)), rotate_key_as.purpose, to_json(rotate_key_as.tenant), fresh));
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
    PERFORM primecloud_internal.record_audit(format('primecloud: role %s retires data key %s of tenant %s',
        to_json(pg_get_userbyid(asker.role)), key.key_id, to_json(key.tenant)));
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
        PERFORM primecloud_internal.record_audit(format('primecloud: role %s restores data key %s of tenant %s',
        to_json(pg_get_userbyid(asker.role)), key.key_id, to_json(key.tenant)));
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
    PERFORM primecloud_internal.record_audit(format('primecloud: role %s destroys data key %s of tenant %s',
        to_json(pg_get_userbyid(asker.role)), key.key_id, to_json(key.tenant)));
END $$;
COMMENT ON FUNCTION primecloud_internal.destroy_key_as(primecloud_internal.key_asker, bigint, boolean) IS 'behind destroy_key()';

REVOKE ALL ON FUNCTION primecloud_internal.rotate_key_as(primecloud_internal.key_asker, text, text),
    primecloud_internal.retire_key_as(primecloud_internal.key_asker, bigint, boolean),
    primecloud_internal.restore_key_as(primecloud_internal.key_asker, bigint),
    primecloud_internal.destroy_key_as(primecloud_internal.key_asker, bigint, boolean) FROM PUBLIC;
