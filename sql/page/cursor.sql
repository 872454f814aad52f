-- Cursors: the place where a page ended, as opaque text for the client.

-- The database's own keys.  Each installation makes one, under a random id, so that
-- the rows of a dump find room beside it and cursors made before the dump still verify.
CREATE TABLE cursor_key (
    key_id integer PRIMARY KEY,
    key bytea NOT NULL CHECK (octet_length(key) = 32),
    made_at timestamptz NOT NULL DEFAULT now());
COMMENT ON TABLE cursor_key IS 'keys that cursors are authenticated with; the newest makes new cursors, all are accepted';
COMMENT ON COLUMN cursor_key.key_id IS 'random; a cursor names it';
COMMENT ON COLUMN cursor_key.key IS '32 random bytes';
COMMENT ON COLUMN cursor_key.made_at IS 'the newest key makes new cursors';
REVOKE ALL ON cursor_key FROM PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('cursor_key', '');

CREATE FUNCTION forget_cursor_keys() RETURNS void
    LANGUAGE sql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$ SELECT primecloud_internal.table_changed('primecloud.cursor_key') $$;
COMMENT ON FUNCTION forget_cursor_keys() IS 'makes every session read cursor_key anew, from this transaction''s commit on';
REVOKE ALL ON FUNCTION forget_cursor_keys() FROM PUBLIC;

CREATE FUNCTION rotate_cursor_key() RETURNS void
    LANGUAGE sql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    INSERT INTO primecloud.cursor_key (key_id, key)
    SELECT ('x' || encode(substr(sha256(uuid_send(gen_random_uuid())), 1, 4), 'hex'))::bit(32)::integer,
           sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
    SELECT primecloud.forget_cursor_keys();
$$;
COMMENT ON FUNCTION rotate_cursor_key()
    IS 'makes a new cursor key, which every session uses from this transaction''s commit on; cursors of older ones stay valid until '
        'end_old_cursors()';
REVOKE ALL ON FUNCTION rotate_cursor_key() FROM PUBLIC;
SELECT rotate_cursor_key();

CREATE FUNCTION end_old_cursors() RETURNS bigint
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    ended bigint;
BEGIN
    DELETE FROM primecloud.cursor_key WHERE key_id <> (SELECT key_id FROM primecloud.cursor_key ORDER BY made_at DESC, key_id DESC LIMIT 1);
    GET DIAGNOSTICS ended = ROW_COUNT;
    PERFORM primecloud.forget_cursor_keys();
    RETURN ended;
END $$;
COMMENT ON FUNCTION end_old_cursors()
    IS 'deletes every cursor key but the newest: their cursors are refused from this transaction''s commit on';
REVOKE ALL ON FUNCTION end_old_cursors() FROM PUBLIC;

-- STABLE and not STRICT: the planner turns cursor_ts($1, ...) into an index condition,
-- and NULL, which is no cursor, into the end that a descending list starts from.
CREATE FUNCTION make_cursor(scope text, ts timestamptz, id uuid) RETURNS text
    LANGUAGE c STABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_make_cursor';
COMMENT ON FUNCTION make_cursor(text, timestamptz, uuid) IS
    'the place of a row in the list that scope names (function, filter and sort), for the account in context';

CREATE FUNCTION cursor_ts(cursor text, scope text) RETURNS timestamptz
    LANGUAGE c STABLE PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_cursor_ts';
COMMENT ON FUNCTION cursor_ts(text, text) IS 'the time in a cursor; infinity for NULL; 22023 for a cursor of another list or account';

CREATE FUNCTION cursor_id(cursor text, scope text) RETURNS uuid
    LANGUAGE c STABLE PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_cursor_id';
COMMENT ON FUNCTION cursor_id(text, text)
    IS 'the id in a cursor; the greatest uuid for NULL; 22023 for a cursor of another list or account';

