-- What is under a legal hold (primecloud.place_hold) goes neither by maintenance nor with its account.

CREATE FUNCTION @schema@.open_holds(tables text[]) RETURNS TABLE (relation text, column_name text, value text, along boolean, held oid)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER ROWS 10 SET search_path = pg_catalog, pg_temp SET jit = off
AS $open_holds$
BEGIN
    -- First, so that none comes between this and COMMIT; while one is being placed, all rows of the table are held.
    RETURN QUERY SELECT c.relname::text, NULL, NULL, NULL::boolean, NULL::oid FROM pg_class c
    WHERE c.relnamespace = '@schema@'::regnamespace AND c.relname = ANY (tables) AND NOT primecloud.heed_holds(c.oid);
    -- As the schema's owner, who sees the holds of all its tables, and what is held along with those of anybody's.  (PL/pgSQL, whose
    -- plans are kept: many commands ask.)
    RETURN QUERY SELECT h.table_name, h.column_name, coalesce(h.tenant, h.row_id), false, NULL::oid FROM primecloud.retention_holds h
    WHERE h.schema_name = '@schema@' AND h.table_name = ANY (tables) AND h.released_at IS NULL AND h.gone_at IS NULL
    UNION ALL
    SELECT a.table_name, a.column_name, a.value, true, CASE WHEN a.held_schema = '@schema@'
        THEN to_regclass(format('%I.%I', a.held_schema, a.held_table))::oid END
    FROM primecloud.retention_holds_along a WHERE a.schema_name = '@schema@' AND a.table_name = ANY (tables);
END
$open_holds$;
COMMENT ON FUNCTION @schema@.open_holds(text[]) IS 'what holds keep of tables of this schema: rows with a value in a column (a tenant or '
    'an id), or without one the whole; along: with rows of another, and of which table of this schema; null while one is being placed';
GRANT EXECUTE ON FUNCTION @schema@.open_holds TO @gate@;

-- What a command is about to delete: rows of one table, and of those that hang on them by a key of the given name; at the end of
-- an account all that is its.  By the held rows themselves, where they say whose they are; else by those they would go along with.
CREATE FUNCTION @schema@.check_not_held(deleted text DEFAULT 'accounts', which jsonb DEFAULT '{}', key text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $check_not_held$
DECLARE
    account uuid := primecloud.tenant_uuid();
    tables text[] := CASE WHEN key IS NULL AND deleted <> 'accounts' THEN ARRAY[deleted] ELSE ARRAY(
        SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped
            AND a.atttypid = 'uuid'::regtype AND a.attname = CASE c.relname WHEN 'accounts' THEN 'id' ELSE 'account_id' END
        WHERE c.relnamespace = '@schema@'::regnamespace AND has_table_privilege(c.oid, 'SELECT')
            AND (deleted IN ('accounts', c.relname) OR EXISTS (SELECT FROM pg_constraint k JOIN pg_attribute f
                ON f.attrelid = k.conrelid AND f.attnum = ANY (k.conkey) AND f.attname = key
                WHERE k.conrelid = c.oid AND k.confrelid = format('@schema@.%I', deleted)::regclass AND k.confdeltype = 'c'))) END;
    item record;
    held boolean;
BEGIN
    FOR item IN
        WITH asked AS (
            SELECT format('@schema@.%I', t)::regclass::oid AS oid, t AS relation, CASE t WHEN 'accounts' THEN 'id' ELSE 'account_id' END
                AS attname, CASE WHEN t = deleted OR key IS NULL THEN which
                ELSE jsonb_build_object(key, coalesce(which -> 'id', which -> key)) END AS which
            FROM unnest(tables) AS t)
        SELECT a.relation, a.attname, a.which, h.along, jsonb_agg(jsonb_build_object('col', h.column_name, 'value', h.value)) AS holds
        FROM @schema@.open_holds(tables) h JOIN asked a ON a.relation = h.relation
        WHERE NOT EXISTS (SELECT FROM asked own WHERE own.oid = h.held)
        GROUP BY a.relation, a.attname, a.which, h.along ORDER BY h.along, a.relation
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM @schema@.%I x, jsonb_to_recordset($2) h(col text, value text)'
            ' WHERE x.%I = $1 AND to_jsonb(x) @> $3 AND (h.value IS NULL OR h.value = to_jsonb(x) ->> h.col))', item.relation, item.attname)
            INTO held USING account, item.holds, item.which;
        IF held AND item.along IS NULL THEN
            RAISE object_in_use USING MESSAGE = format('a legal hold is being placed on table %s', item.relation),
                HINT = 'Try again in a moment: then it is known what is held.';
        ELSIF held THEN
            RAISE object_in_use USING MESSAGE = format(CASE WHEN item.along THEN 'rows of account %s in table %s take along what is '
                    'under a legal hold' ELSE 'account %s has rows under a legal hold in table %s' END, account, item.relation),
                HINT = 'It can be deleted when who placed the hold has released it with primecloud.release_hold().';
        END IF;
    END LOOP;
END
$check_not_held$;
COMMENT ON FUNCTION @schema@.check_not_held(text, jsonb, text) IS 'refuses to delete rows of the entered account, or all of it, while they '
    'or what hangs on them are under a legal hold; for commands';
