-- When a key was last used, as the object store's log tells.

CREATE FUNCTION @schema@.key_used(key_id text, at timestamptz DEFAULT now()) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $key_used$
BEGIN
    PERFORM @schema@.require_worker();
    -- Once a minute is enough to know, and spares the row.
    UPDATE @schema@.access_keys k SET last_used_at = at
    FROM (SELECT x.account_id, x.id FROM @schema@.access_keys x WHERE x.access_key_id = key_id
        AND (x.last_used_at IS NULL OR x.last_used_at < at - interval '1 minute') FOR NO KEY UPDATE SKIP LOCKED) free
    WHERE k.account_id = free.account_id AND k.id = free.id;
END
$key_used$;
COMMENT ON FUNCTION @schema@.key_used(text, timestamptz) IS 'records that a key was used; for a worker that reads the object store''s log';
GRANT EXECUTE ON FUNCTION @schema@.key_used TO @worker@;
ALTER FUNCTION @schema@.key_used OWNER TO @gate@;
