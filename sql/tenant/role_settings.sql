-- What a role's sessions begin with, and what is taken from it besides grants.

-- What a role's sessions start with.  The kind is what the library asks before it lets a shared role change itself or
-- lock a table; the time-outs serve honest clients, who may set others.
CREATE FUNCTION primecloud_internal.role_setting(kind text) RETURNS TABLE (name text, value text, whatever_stands boolean)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT s.name, s.value, s.whatever_stands
    FROM (VALUES ('primecloud.role_kind', role_setting.kind, true, NULL),
                 ('session_preload_libraries', 'primecloud', false, '{app,platform,maintenance,worker}'::text[]),
                 ('idle_in_transaction_session_timeout', '60s', false, '{app}'),
                 ('lock_timeout', '10s', false, '{app}')) AS s (name, value, whatever_stands, kinds)
    WHERE s.kinds IS NULL OR role_setting.kind = ANY (s.kinds)
$$;
COMMENT ON FUNCTION primecloud_internal.role_setting(text)
    IS 'the settings of a kind of role; whatever_stands: also over a value that the role has';
REVOKE ALL ON FUNCTION primecloud_internal.role_setting(text) FROM PUBLIC;

-- The values that stand in the role itself, for every database.
CREATE FUNCTION primecloud_internal.settings_of_role(role name) RETURNS TABLE (name text, value text)
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT split_part(item, '=', 1), substr(item, strpos(item, '=') + 1)
    FROM pg_db_role_setting AS s CROSS JOIN LATERAL unnest(s.setconfig) AS item
    WHERE s.setdatabase = 0 AND s.setrole = (SELECT r.oid FROM pg_roles AS r WHERE r.rolname = settings_of_role.role)
$$;
COMMENT ON FUNCTION primecloud_internal.settings_of_role(name) IS 'what ALTER ROLE ... SET has set for a role in every database';
REVOKE ALL ON FUNCTION primecloud_internal.settings_of_role(name) FROM PUBLIC;

-- As the library reads them (src/tenant/role_kind.hpp).
CREATE FUNCTION primecloud_internal.role_kinds() RETURNS TABLE (role oid, kind text)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT s.setrole, split_part(item, '=', 2) FROM pg_db_role_setting AS s CROSS JOIN LATERAL unnest(s.setconfig) AS item
    WHERE s.setdatabase = 0 AND starts_with(item, 'primecloud.role_kind=')
$$;
COMMENT ON FUNCTION primecloud_internal.role_kinds() IS 'the roles that create_app_role() and its sisters made, and of which kind each is';
REVOKE ALL ON FUNCTION primecloud_internal.role_kinds() FROM PUBLIC;

-- Whose sessions are a client's, whatever login a pooler has: it is, or may become, an application.
CREATE FUNCTION primecloud_internal.serves_clients(login oid) RETURNS boolean
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT NOT r.rolsuper AND NOT r.rolbypassrls
        AND coalesce((SELECT k.kind FROM primecloud_internal.role_kinds() AS k WHERE k.role = serves_clients.login), 'app') = 'app'
        AND EXISTS (SELECT FROM primecloud_internal.role_kinds() AS k
                    WHERE k.kind = 'app' AND pg_has_role(serves_clients.login, k.role, 'MEMBER'))
    FROM pg_roles AS r WHERE r.oid = serves_clients.login
$$;
COMMENT ON FUNCTION primecloud_internal.serves_clients(oid)
    IS 'whether a role is an application''s: of create_app_role(), or a member of such a one and of no other kind';
REVOKE ALL ON FUNCTION primecloud_internal.serves_clients(oid) FROM PUBLIC;

-- TEMPORARY is PUBLIC's in a new database, and what everybody has cannot be taken from one role.
CREATE FUNCTION primecloud_internal.withhold_temporary() RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    applications oid[] := ARRAY(SELECT k.role FROM primecloud_internal.role_kinds() AS k JOIN pg_roles AS r ON r.oid = k.role
        WHERE k.kind = 'app' AND NOT r.rolsuper);
    keeper name;
    keepers name[] := '{}';
BEGIN
    IF NOT has_database_privilege('public', current_database(), 'TEMPORARY') THEN
        RETURN;
    END IF;
    EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
    -- Not to what an app role is a member of: it could act as that role.
    FOR keeper IN SELECT r.rolname FROM pg_roles AS r
                  WHERE NOT r.rolsuper AND NOT starts_with(r.rolname, 'pg_')
                    AND NOT EXISTS (SELECT FROM unnest(applications) AS a WHERE pg_has_role(a, r.oid, 'MEMBER'))
                  ORDER BY r.rolname LOOP
        EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO %I', current_database(), keeper);
        keepers := keepers || keeper;
    END LOOP;
    RAISE NOTICE 'PUBLIC may no longer make temporary tables in database "%"', current_database()
        USING DETAIL = format('These roles still may: %s.', coalesce(nullif(array_to_string(keepers, ', '), ''), 'superusers alone')),
              HINT = 'GRANT TEMPORARY ON DATABASE ... to roles that come later and need it. No dump of the database carries this.';
END $$;
COMMENT ON FUNCTION primecloud_internal.withhold_temporary()
    IS 'takes TEMPORARY in this database from PUBLIC, and gives it to the roles that are there and are no app roles';
REVOKE ALL ON FUNCTION primecloud_internal.withhold_temporary() FROM PUBLIC;

-- A role has one kind: what serves clients and what crosses accounts are never one role without a word.
CREATE FUNCTION primecloud_internal.tell_of_kind(role name, kind text) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    before text := (SELECT k.kind FROM primecloud_internal.role_kinds() AS k JOIN pg_roles AS r ON r.oid = k.role
        WHERE r.rolname = tell_of_kind.role);
    groups text := (SELECT string_agg(quote_ident(g.rolname), ', ' ORDER BY g.rolname) FROM pg_auth_members AS m
        JOIN pg_roles AS g ON g.oid = m.roleid JOIN pg_roles AS r ON r.oid = m.member WHERE r.rolname = tell_of_kind.role);
BEGIN
    IF before <> tell_of_kind.kind THEN
        RAISE WARNING 'role "%" was of kind %, and is of kind % now%', role, before, tell_of_kind.kind,
            coalesce(': it keeps the rights of ' || groups || ', which it is a member of', '')
            USING HINT = 'It keeps what it was granted as the other: a role of its own for each kind has nothing to take back.'
                || coalesce(' REVOKE ' || groups || format(' FROM %I takes its groups.', role), '');
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.tell_of_kind(name, text) IS 'says that a role becomes one of another kind';
REVOKE ALL ON FUNCTION primecloud_internal.tell_of_kind(name, text) FROM PUBLIC;

CREATE FUNCTION primecloud_internal.configure_role(kind text, role name) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    wanted record;
BEGIN
    FOR wanted IN SELECT s.name, s.value FROM primecloud_internal.role_setting(configure_role.kind) AS s
                  WHERE s.whatever_stands OR NOT EXISTS (
                      SELECT FROM primecloud_internal.settings_of_role(configure_role.role) AS o WHERE o.name = s.name) LOOP
        PERFORM primecloud_internal.tell_of_kind(role, kind) WHERE wanted.name = 'primecloud.role_kind';
        EXECUTE format('ALTER ROLE %I SET %s = %L', role, wanted.name, wanted.value);
    END LOOP;
    IF kind = 'app' THEN
        PERFORM primecloud_internal.withhold_temporary();
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.configure_role(text, name)
    IS 'what a role of a kind has beyond its grants: settings, and for an application no temporary tables';
REVOKE ALL ON FUNCTION primecloud_internal.configure_role(text, name) FROM PUBLIC;
