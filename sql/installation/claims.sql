-- check_installation(): what it says of control planes that are distributed.  (In words that are read when it is asked: they come after.)

CREATE FUNCTION primecloud_internal.check_claims() RETURNS TABLE (what text, state text, fix text)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    space name;
    differing bigint;
BEGIN
    FOR space IN SELECT n.nspname FROM pg_namespace n WHERE n.nspname::text ~ '^[a-z_][a-z0-9_]*$'
            AND to_regclass(format('%I.claims', n.nspname)) IS NOT NULL AND primecloud_internal.schema_is_distributed(n.nspname)
            AND to_regclass(format('%I.schema_version', n.nspname)) IS NOT NULL ORDER BY 1 LOOP
        BEGIN
            SELECT count(*) INTO differing FROM primecloud_internal.schema_claim_differences(space, 'primecloud_internal');
            RETURN QUERY VALUES (format('control plane %s claims what its rows have', space), CASE differing WHEN 0 THEN 'ok'
                ELSE 'missing' END,
                format('%s claims differ: SELECT * FROM primecloud.check_schema(%L) says which, and what puts each right', differing,
                    space));
        EXCEPTION WHEN OTHERS THEN
            RETURN QUERY VALUES (format('control plane %s claims what its rows have', space), 'risk', format('this was not seen: %s',
                SQLERRM));
        END;
    END LOOP;
END $$;
COMMENT ON FUNCTION primecloud_internal.check_claims()
    IS 'what check_installation() says of the claims of distributed control planes; nothing without one';
REVOKE ALL ON FUNCTION primecloud_internal.check_claims() FROM PUBLIC;
