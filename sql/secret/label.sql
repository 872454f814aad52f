-- Who may give a label: what envelopes are bound to beside the tenant and the row.

CREATE FUNCTION primecloud_internal.may_give_label(caller oid, space text, rel text) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce((SELECT pg_has_role(caller, c.relowner, 'USAGE') FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                     WHERE n.nspname = space::name AND c.relname = rel::name),
        (SELECT r.rolsuper FROM pg_roles r WHERE r.oid = caller));
$$;
COMMENT ON FUNCTION primecloud_internal.may_give_label(oid, text, text)
    IS 'whether a role owns the table that a label is registered for; of one that is gone, whether it is a superuser';

REVOKE ALL ON FUNCTION primecloud_internal.may_give_label(oid, text, text) FROM PUBLIC;

-- A control plane's labels begin with its schema's name: nobody takes those of one in which he makes nothing.
CREATE FUNCTION primecloud_internal.check_label(caller oid, rel regclass, wanted text) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF EXISTS (SELECT FROM pg_namespace n, pg_class c WHERE c.oid = rel AND n.oid <> c.relnamespace
        AND starts_with(wanted, n.nspname || '.') AND NOT has_schema_privilege(caller, n.oid, 'CREATE')) THEN
        RAISE insufficient_privilege USING
            MESSAGE = format('label "%s" begins with the name of a schema in which you create nothing', wanted),
            HINT = 'Take one that begins with the name of the table''s own schema, or of none.';
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.check_label(oid, regclass, text)
    IS 'raises 42501 where a label begins with the name of another schema, in which the role may not create';
REVOKE ALL ON FUNCTION primecloud_internal.check_label(oid, regclass, text) FROM PUBLIC;
