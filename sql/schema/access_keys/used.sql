-- When a key was last used, as the object store's log tells.

CREATE FUNCTION @schema@.key_used(key_id text, at timestamptz DEFAULT now()) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $key_used$
DECLARE
    account uuid;
    key uuid;
    since CONSTANT timestamptz := at - interval '1 minute';
BEGIN
    PERFORM @schema@.require_worker();
    -- Once a minute is enough to know, and spares the row.
    SELECT k.account_id, k.id INTO account, key FROM @schema@.access_keys k WHERE k.access_key_id = key_id
        AND (k.last_used_at IS NULL OR k.last_used_at < since);
    IF NOT FOUND THEN
        RETURN;
    END IF;
    PERFORM FROM @schema@.access_keys k WHERE k.account_id = account AND k.id = key AND (k.last_used_at IS NULL OR k.last_used_at < since)
        FOR NO KEY UPDATE SKIP LOCKED;
    IF FOUND THEN
        UPDATE @schema@.access_keys k SET last_used_at = at WHERE k.account_id = account AND k.id = key;
    END IF;
END
$key_used$;
COMMENT ON FUNCTION @schema@.key_used(text, timestamptz) IS 'records that a key was used; for a worker that reads the object store''s log';
GRANT EXECUTE ON FUNCTION @schema@.key_used TO @worker@;
ALTER FUNCTION @schema@.key_used OWNER TO @gate@;
