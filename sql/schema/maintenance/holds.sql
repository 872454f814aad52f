-- What is under a legal hold (primecloud.place_hold) goes neither by maintenance nor with its account.

CREATE FUNCTION @schema@.open_holds() RETURNS TABLE (relation text, column_name text, value text)
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 10 SET search_path = pg_catalog, pg_temp
AS $open_holds$
    -- As the schema's owner, who sees the holds of all its tables.
    SELECT h.table_name, h.column_name, coalesce(h.tenant, h.row_id) FROM primecloud.retention_holds h
    WHERE h.schema_name = '@schema@' AND h.released_at IS NULL AND h.gone_at IS NULL
$open_holds$;
COMMENT ON FUNCTION @schema@.open_holds()
    IS 'holds on tables of this schema: of rows with a value in a column (a tenant or an id), or without one of the whole table';
GRANT EXECUTE ON FUNCTION @schema@.open_holds TO @gate@;

CREATE FUNCTION @schema@.check_not_held() RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $check_not_held$
DECLARE
    account uuid := primecloud.tenant_uuid();
    item record;
    held boolean;
BEGIN
    FOR item IN SELECT DISTINCT h.relation, a.attname FROM @schema@.open_holds() h JOIN pg_class c ON c.relname = h.relation
        AND c.relnamespace = '@schema@'::regnamespace
        JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped AND a.atttypid = 'uuid'::regtype
            AND a.attname = CASE h.relation WHEN 'accounts' THEN 'id' ELSE 'account_id' END
        ORDER BY h.relation
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM @schema@.%I x JOIN @schema@.open_holds() h ON h.relation = %L'
            ' AND (h.value IS NULL OR h.value = to_jsonb(x) ->> h.column_name) WHERE x.%I = $1)', item.relation, item.relation,
            item.attname) INTO held USING account;
        IF held THEN
            RAISE object_in_use USING MESSAGE = format('account %s has rows under a legal hold in table %s', account, item.relation),
                HINT = 'It can be deleted when who placed the hold has released it with primecloud.release_hold().';
        END IF;
    END LOOP;
END
$check_not_held$;
COMMENT ON FUNCTION @schema@.check_not_held()
    IS 'refuses the end of the entered account while rows of it are under a legal hold; for commands';
