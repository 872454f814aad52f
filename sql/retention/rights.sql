-- Who may make the policy of a table, change it and run it.

CREATE FUNCTION primecloud_internal.retention_is_owner(caller oid, rel regclass) RETURNS boolean
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$ BEGIN RETURN (SELECT pg_has_role(caller, c.relowner, 'USAGE') FROM pg_class c WHERE c.oid = rel); END $$;
COMMENT ON FUNCTION primecloud_internal.retention_is_owner(oid, regclass) IS 'whether a role has the rights of a table''s owner';

-- Running needs what typing the statement would need: the owner's rights, or the
-- privileges on the table of a role that its policies do not hold.
CREATE FUNCTION primecloud_internal.retention_may_run(caller oid, rel regclass, policy primecloud_internal.retention_policy) RETURNS boolean
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN primecloud_internal.retention_is_owner(caller, rel)
        OR (SELECT r.rolbypassrls FROM pg_roles r WHERE r.oid = caller)
           AND has_schema_privilege(caller, (SELECT c.relnamespace FROM pg_class c WHERE c.oid = rel), 'USAGE')
           AND has_table_privilege(caller, rel, 'SELECT')
           AND CASE policy.mode WHEN 'soft_delete' THEN has_column_privilege(caller, rel, policy.soft_delete_column, 'UPDATE')
               ELSE has_table_privilege(caller, rel, 'DELETE') END;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_may_run(oid, regclass, primecloud_internal.retention_policy)
    IS 'whether a role may run the policy of a table';

-- After its table went to another schema, say.
CREATE FUNCTION primecloud_internal.retention_grant(caller oid, rel oid) RETURNS text
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (SELECT format('GRANT USAGE ON SCHEMA %I TO %I', n.nspname, pg_get_userbyid(caller))
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.oid = rel AND NOT has_schema_privilege(caller, n.oid, 'USAGE') AND NOT pg_has_role(caller, c.relowner, 'USAGE'));
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_grant(oid, oid) IS 'what a role lacks that may not use the schema of a table; else NULL';

REVOKE ALL ON FUNCTION primecloud_internal.retention_is_owner(oid, regclass), primecloud_internal.retention_may_run(oid, regclass,
    primecloud_internal.retention_policy) FROM PUBLIC;
