-- protect_view: a view that reads as its caller, not as its owner.

CREATE FUNCTION protect_view(view regclass, dry_run boolean DEFAULT false) RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off
AS $$
DECLARE
    class pg_class := (SELECT c FROM pg_class c WHERE oid = view);
BEGIN
    IF class.relkind = 'm' THEN
        RAISE wrong_object_type USING MESSAGE = format('%s is a materialized view', view),
            HINT = 'It holds the rows of every tenant and no policy can hold it: revoke it from clients, or make it a table with a tenant '
                'column and protect that.';
    END IF;
    IF class.relkind <> 'v' THEN
        RAISE wrong_object_type USING MESSAGE = format('%s is not a view', view),
            HINT = 'Tables are protected by primecloud.protect_table().';
    END IF;
    PERFORM primecloud_internal.check_owner(view);
    -- security_invoker: policies ask for the caller.  security_barrier: a function in the
    -- caller's WHERE sees no row that the view's own WHERE hides.
    IF (SELECT count(*) FROM pg_options_to_table(class.reloptions) WHERE option_name IN ('security_invoker', 'security_barrier')
        AND option_value::boolean) < 2 THEN
        RETURN QUERY SELECT * FROM primecloud_internal.run_plan(ARRAY[
            primecloud_internal.step('view', view::text, format('ALTER VIEW %s SET (security_invoker = true, security_barrier = true)',
                view))], dry_run);
    END IF;
END $$;
COMMENT ON FUNCTION protect_view(regclass, boolean)
    IS 'makes a view read as its caller, whose policies then hold; the caller needs grants on the tables below';

CREATE FUNCTION unprotect_view(view regclass, dry_run boolean DEFAULT false) RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off
AS $$
DECLARE
    class pg_class := (SELECT c FROM pg_class c WHERE oid = view);
BEGIN
    IF class.relkind <> 'v' THEN
        RAISE wrong_object_type USING MESSAGE = format('%s is not a view', view),
            HINT = 'Tables are unprotected by primecloud.unprotect_table().';
    END IF;
    PERFORM primecloud_internal.check_owner(view);
    IF EXISTS (SELECT FROM unnest(class.reloptions) AS o WHERE o ~ '^security_(invoker|barrier)=') THEN
        RETURN QUERY SELECT * FROM primecloud_internal.run_plan(ARRAY[
            primecloud_internal.step('view', view::text, format('ALTER VIEW %s RESET (security_invoker, security_barrier)', view))],
                dry_run);
    END IF;
END $$;
COMMENT ON FUNCTION unprotect_view(regclass, boolean) IS 'undoes protect_view(): the view reads as its owner again';
