-- What acts against a tenant does not wait for as long as that tenant likes.

CREATE FUNCTION primecloud_internal.row_holders(rel regclass, place tid) RETURNS bigint[]
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_row_holders';
COMMENT ON FUNCTION primecloud_internal.row_holders(regclass, tid)
    IS 'the backends whose transactions hold a row; minus the transaction of one that is prepared';
REVOKE ALL ON FUNCTION primecloud_internal.row_holders(regclass, tid) FROM PUBLIC;

CREATE FUNCTION primecloud_internal.end_holders_as(caller oid, rel regclass, place tid) RETURNS integer
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    holder bigint;
    held_by name;
    ended integer := 0;
BEGIN
    PERFORM primecloud_internal.check_owner_as(caller, rel);
    FOREACH holder IN ARRAY coalesce(primecloud_internal.row_holders(rel, place), '{}') LOOP
        IF holder < 0 THEN
            RAISE lock_not_available USING
                MESSAGE = format('prepared transaction "%s" holds a row of %s',
                    (SELECT p.gid FROM pg_prepared_xacts p WHERE p.transaction::text = (-holder)::text), rel),
                HINT = 'Roll it back with ROLLBACK PREPARED, as its owner or a superuser.';
        END IF;
        -- Clients alone: whoever serves all accounts is not stopped by one of them, nor by who owns a table.
        SELECT pg_get_userbyid(a.usesysid) INTO held_by FROM pg_stat_get_activity(holder::integer) a
            WHERE primecloud_internal.serves_clients(a.usesysid);
        IF FOUND THEN
            RAISE LOG 'primecloud: session % of role % is ended, which held a row of % that is to be taken away', holder, held_by, rel;
            PERFORM pg_terminate_backend(holder::integer, 5000);
            ended := ended + 1;
        END IF;
    END LOOP;
    RETURN ended;
END $$;
COMMENT ON FUNCTION primecloud_internal.end_holders_as(oid, regclass, tid) IS 'what end_holders() does, for whoever asks';
REVOKE ALL ON FUNCTION primecloud_internal.end_holders_as(oid, regclass, tid) FROM PUBLIC;

CREATE FUNCTION end_holders(rel regclass, place tid) RETURNS integer
    LANGUAGE c VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'primecloud_door';
COMMENT ON FUNCTION end_holders(regclass, tid)
    IS 'ends the sessions of applications that hold a row, and tells how many; for its table''s owner, in what takes something away';
