-- Keys of what was hashed: nobody can unhash it, so that leaving ends them in the open.

CREATE FUNCTION primecloud_internal.leave_keys_as(asker primecloud_internal.key_asker) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    kind record;
    key bigint;
BEGIN
    FOR kind IN SELECT DISTINCT k.tenant, k.purpose FROM primecloud.data_key k WHERE k.purpose IN ('token', 'index')
                AND k.state IN ('active', 'decrypt_only') ORDER BY 1, 2 LOOP
        PERFORM primecloud_internal.check_asker(asker, kind.tenant);
        PERFORM primecloud_internal.lock_keys(kind.tenant, kind.purpose);
        FOR key IN UPDATE primecloud.data_key AS k SET state = 'retired', changed_at = now()
                   WHERE k.tenant = kind.tenant AND k.purpose = kind.purpose AND k.state IN ('active', 'decrypt_only')
                       RETURNING k.key_id LOOP
            PERFORM primecloud_internal.record_audit(format('primecloud: role %s retires data key %s of tenant %s, leaving',
                to_json(pg_get_userbyid(asker.role)), key, to_json(kind.tenant)));
        END LOOP;
    END LOOP;
    PERFORM primecloud_internal.keys_changed();
END $$;
COMMENT ON FUNCTION primecloud_internal.leave_keys_as(primecloud_internal.key_asker) IS 'behind leave_keys()';
REVOKE ALL ON FUNCTION primecloud_internal.leave_keys_as(primecloud_internal.key_asker) FROM PUBLIC;

CREATE FUNCTION primecloud_internal.leave_keys() RETURNS void
    LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$ SELECT primecloud_internal.key_request('leave', '{}') $$;
COMMENT ON FUNCTION primecloud_internal.leave_keys()
    IS 'retires the keys of token hashes and blind indexes, as who may retire keys; called by leave()';

-- What dies with the keys, in words: of the whole database.
CREATE FUNCTION primecloud_internal.dies_with_keys() RETURNS SETOF text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT f.line FROM (SELECT count(*) FILTER (WHERE k.purpose = 'token') AS tokens,
            count(DISTINCT k.tenant) FILTER (WHERE k.purpose = 'index' AND k.usable) AS indexed,
            count(*) FILTER (WHERE k.purpose = 'seal' AND k.usable) AS seals,
            count(DISTINCT k.tenant) FILTER (WHERE k.purpose = 'seal' AND k.state = 'destroyed') AS shredded
        FROM (SELECT s.*, s.state IN ('active', 'decrypt_only') AS usable FROM primecloud.key_status s) AS k
        WHERE k.purpose <> 'token' OR k.usable) AS c
    CROSS JOIN LATERAL (VALUES
        (1, CASE WHEN c.tokens > 0 THEN '-- dies with the keys: every hash of token_hash(), which nothing can check any more (sessions, '
            'invitations, API keys are issued anew)' END),
        (2, CASE WHEN c.indexed > 0 THEN format('-- dies with the keys: blind indexes of %s tenants, by which nothing is found any more',
            c.indexed) END),
        (3, CASE WHEN c.seals > 0 THEN format('-- dies with the keys: whatever %s data keys have sealed that is in no registered column '
            '(envelopes kept as text, in dumps and backups); keep a dump with its root key as long as one may be wanted', c.seals) END),
        (4, CASE WHEN c.shredded > 0 THEN format('-- dead already: what was sealed for %s tenants that were shredded', c.shredded) END))
        AS f(n, line) WHERE f.line IS NOT NULL ORDER BY f.n;
$$;
COMMENT ON FUNCTION primecloud_internal.dies_with_keys() IS 'what cannot be opened, checked or found once the keys are gone';
