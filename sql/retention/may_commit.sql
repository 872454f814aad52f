-- Where a call cannot work, said before something else says it less well, or nothing does.

CREATE PROCEDURE primecloud_internal.check_may_commit(what text)
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF primecloud_internal.in_transaction_block() THEN
        RAISE invalid_transaction_termination USING
            MESSAGE = format('%s commits after every batch and cannot run inside a transaction block', what),
            HINT = 'CALL it by itself, outside BEGIN ... COMMIT; its sister for a batch of your own transaction ends in _batch.';
    ELSIF pg_catalog.current_setting('transaction_read_only')::pg_catalog.bool THEN
        RAISE read_only_sql_transaction USING MESSAGE = format('%s cannot work in a read-only transaction', what),
            HINT = 'On a standby there is nothing to do: what expires on the primary expires here.';
    END IF;
END $$;
COMMENT ON PROCEDURE primecloud_internal.check_may_commit(text) IS 'refuses a procedure where it could not commit or write';

CREATE FUNCTION primecloud_internal.check_table_given(rel regclass) RETURNS void
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF rel IS NULL THEN
        RAISE null_value_not_allowed USING MESSAGE = 'the table is NULL',
            HINT = 'There is no such table, perhaps: to_regclass() gives NULL then.';
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.check_table_given(regclass) IS 'raises 22004 where a table is NULL';
