-- Rows of a shard, on the server where it lies: read for the coordinator, who has the keys, and written when it has sealed them anew.
-- Each is a transaction of its own there.

CREATE FUNCTION primecloud_internal.read_shard(shard regclass, col text, tenant_column text, id_column text, keys bigint[], block bigint,
    offset_number integer, blocks bigint, most integer) RETURNS jsonb
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_read_shard';
COMMENT ON FUNCTION primecloud_internal.read_shard(regclass, text, text, text, bigint[], bigint, integer, bigint, integer)
    IS 'envelopes of a shard that certain keys have sealed, with what they are bound to, and from where to go on; asked by the coordinator';

CREATE FUNCTION primecloud_internal.write_shard(shard regclass, col text, tids tid[], before bytea[], after sealed[]) RETURNS bigint
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_write_shard';
COMMENT ON FUNCTION primecloud_internal.write_shard(regclass, text, tid[], bytea[], sealed[])
    IS 'puts new envelopes in the place of others, as the owner of a shard, where nobody has the row and it holds what it held';

CREATE FUNCTION primecloud_internal.shard_extent(shard regclass, col text) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    blocks CONSTANT bigint := pg_relation_size(shard) / current_setting('block_size')::int;
BEGIN
    RETURN (SELECT jsonb_build_object('blocks', blocks, 'keys', coalesce(jsonb_agg(s.key_id), '[]'), 'locked',
            coalesce(bool_or(s.row_count IS NULL), false))
        FROM primecloud_internal.sealed_rows_by_key(shard, col, true) AS s);
END $$;
COMMENT ON FUNCTION primecloud_internal.shard_extent(regclass, text)
    IS 'how many blocks a shard has, and which keys have sealed what is in them; asked by the coordinator';

-- An error there has its code here: a reseal goes by it.
CREATE FUNCTION primecloud_internal.on_shard(question text, shard text, col text, rest jsonb) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s'
AS $$
DECLARE
    code text;
    message text;
    name text;
BEGIN
    CASE question
        WHEN 'extent' THEN RETURN primecloud_internal.shard_extent(shard::regclass, col);
        WHEN 'read' THEN RETURN primecloud_internal.read_shard(shard::regclass, col, rest ->> 'tenant_column', rest ->> 'id_column',
            ARRAY(SELECT jsonb_array_elements_text(rest -> 'keys')::bigint), (rest ->> 'block')::bigint, (rest ->> 'offset')::int,
            (rest ->> 'blocks')::bigint, (rest ->> 'most')::int);
        WHEN 'write' THEN RETURN (SELECT to_jsonb(primecloud_internal.write_shard(shard::regclass, col, array_agg(r.at ORDER BY n),
                array_agg(decode(r.before, 'hex') ORDER BY n), array_agg(r.after ORDER BY n)))
            FROM jsonb_array_elements(rest) WITH ORDINALITY AS e(row, n),
                jsonb_to_record(e.row) AS r(at tid, before text, after primecloud.sealed));
    END CASE;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT, name = CONSTRAINT_NAME;
    RETURN jsonb_build_object('code', code, 'message', message, 'constraint', name);
END $$;
COMMENT ON FUNCTION primecloud_internal.on_shard(text, text, text, jsonb)
    IS 'what the coordinator asks of a shard while it reseals; an error as JSON';

REVOKE ALL ON FUNCTION primecloud_internal.read_shard(regclass, text, text, text, bigint[], bigint, integer, bigint, integer),
    primecloud_internal.write_shard(regclass, text, tid[], bytea[], sealed[]), primecloud_internal.shard_extent(regclass, text),
    primecloud_internal.on_shard(text, text, text, jsonb) FROM PUBLIC;
