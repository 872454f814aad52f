-- Nobody is asked for membership any more.

CREATE FUNCTION primecloud_internal.forget_membership_as(caller oid) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF (SELECT pg_has_role(caller, datdba, 'USAGE') FROM pg_database WHERE datname = current_database()) IS NOT TRUE THEN
        RAISE insufficient_privilege USING MESSAGE = 'only the owner of the database may end the registration of the membership table',
            HINT = 'Ask the owner of the database, or a superuser.';
    END IF;
    DELETE FROM primecloud_internal.membership_source;
END $$;
COMMENT ON FUNCTION primecloud_internal.forget_membership_as(oid) IS 'what forget_membership() does, for whoever asks';
REVOKE ALL ON FUNCTION primecloud_internal.forget_membership_as(oid) FROM PUBLIC;
CREATE FUNCTION primecloud_internal.forget_membership() RETURNS void
    LANGUAGE c VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'primecloud_door';
COMMENT ON FUNCTION primecloud_internal.forget_membership() IS 'ends the registration; called by unregister_membership()';

-- The tables that entering asks.
CREATE FUNCTION primecloud_internal.membership_tables() RETURNS SETOF regclass
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT DISTINCT c.oid::regclass FROM primecloud_internal.registered_table r JOIN pg_namespace n ON n.nspname = r.relation_schema::name
    JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = r.relation_name::name;
$$;
COMMENT ON FUNCTION primecloud_internal.membership_tables() IS 'the tables that register_membership() has named';

CREATE FUNCTION unregister_membership(dry_run boolean DEFAULT false) RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    kept CONSTANT text := (SELECT string_agg(t.rel, ', ') FROM (SELECT DISTINCT p.polrelid::regclass::text AS rel FROM pg_policy p
        WHERE p.polname IN ('primecloud_floor', 'primecloud_people') ORDER BY 1 LIMIT 5) AS t);
BEGIN
    -- The token alone would say who enters what, and nobody who is whose colleague.
    IF kept IS NOT NULL AND NOT dry_run THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('tables are protected still: %s', kept),
            HINT = 'Without members whoever has a token enters whatever account it names: unprotect the tables first.';
    END IF;
    RETURN QUERY SELECT * FROM primecloud_internal.run_plan(ARRAY(
        SELECT s FROM primecloud_internal.membership_tables() AS t, primecloud_internal.membership_watch_plan(t, false, '') AS s
        UNION ALL SELECT primecloud_internal.step('unregister', NULL, 'SELECT primecloud_internal.forget_membership()')
        WHERE EXISTS (SELECT FROM primecloud_internal.registered_table)
        UNION ALL SELECT primecloud_internal.step('tell', NULL, 'SELECT primecloud.membership_changed()')
        WHERE EXISTS (SELECT FROM primecloud_internal.registered_table)), dry_run);
END $$;
COMMENT ON FUNCTION unregister_membership(boolean)
    IS 'undoes register_membership(), once no table is protected: returns the statements that it ran, or would run';
