-- Shredding: what a tenant's keys have sealed can be opened no more.

CREATE FUNCTION primecloud_internal.shred_tenant_as(asker primecloud_internal.key_asker, tenant text) RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    key record;
    kind text;
    versions text;
BEGIN
    PERFORM primecloud_internal.check_asker(asker, shred_tenant_as.tenant);
    FOREACH kind IN ARRAY ARRAY['seal', 'index'] LOOP
        PERFORM primecloud_internal.lock_keys(shred_tenant_as.tenant, kind);
        -- Waits for a transaction that is making the tenant's first key; where there is
        -- none, the mark that is left keeps one from being made later.
        INSERT INTO primecloud.data_key AS k (key_id, tenant, purpose, root_version, wrapped)
        VALUES (nextval('primecloud_internal.data_key_id'), shred_tenant_as.tenant, kind, 0, decode(repeat('00', 104), 'hex'))
        ON CONFLICT ((k.tenant), purpose) WHERE k.state = 'active' DO NOTHING;
    END LOOP;
    SELECT string_agg(DISTINCT k.root_version::text, ', ') INTO versions FROM primecloud.data_key k
    WHERE k.tenant = shred_tenant_as.tenant AND k.purpose <> 'token' AND k.wrapped IS NOT NULL AND k.root_version > 0;
    FOR key IN UPDATE primecloud.data_key AS k SET state = 'destroyed', wrapped = NULL, changed_at = now()
               WHERE k.tenant = shred_tenant_as.tenant AND k.purpose <> 'token' AND k.state <> 'destroyed'
               RETURNING k.key_id, k.purpose, k.root_version LOOP
        CONTINUE WHEN key.root_version = 0;
        RETURN NEXT format('destroyed: data key %s (%s)', key.key_id, key.purpose);
    END LOOP;
    PERFORM primecloud_internal.keys_changed();
    PERFORM primecloud_internal.record_audit(format('primecloud: role %s shreds tenant %s', to_json(pg_get_userbyid(asker.role)),
        to_json(shred_tenant_as.tenant)));
    IF versions IS NULL THEN
        RETURN NEXT format('nothing to destroy: tenant "%s" has no key that could open anything', shred_tenant_as.tenant);
    ELSE
        RETURN NEXT 'from the commit on: no session of this server opens what these keys have sealed; rows keep their envelopes, as noise';
        RETURN NEXT 'remains in this cluster: the destroyed keys, wrapped, in the pages of primecloud.data_key until VACUUM FULL '
            'primecloud.data_key, and in the free space of the disk after it';
        RETURN NEXT 'remains in this cluster: the same in WAL until it is recycled';
        RETURN NEXT 'remains elsewhere: everything, readable, in dumps, base backups, WAL archives, snapshots and replicas of before, for '
            'whoever also has the root key';
        RETURN NEXT format('those copies open with root key version %s: to end them too, add a version, call primecloud.rotate_root(), and '
            'destroy version %s wherever it is kept, once no backup that others need depends on it', versions, versions);
        RETURN NEXT 'not reached: plaintext that was revealed or sent to a service, what was stored in the clear before it was sealed, and '
            'rows that were never sealed';
    END IF;
    RETURN NEXT format('the tenant is closed: sealing for it is refused (PC004) until primecloud.rotate_key(%L)', shred_tenant_as.tenant);
END $$;
COMMENT ON FUNCTION primecloud_internal.shred_tenant_as(primecloud_internal.key_asker, text) IS 'behind shred_tenant()';
REVOKE ALL ON FUNCTION primecloud_internal.shred_tenant_as(primecloud_internal.key_asker, text) FROM PUBLIC;
