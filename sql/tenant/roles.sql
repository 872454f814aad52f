-- Database roles with exactly the grants they need.

-- What each kind of role may call, beyond what everyone may.  The rooms add rows.
CREATE TABLE primecloud_internal.role_grant (
    kind text NOT NULL CHECK (kind IN ('app', 'platform', 'gate', 'maintenance', 'worker', 'backup')),
    privilege text NOT NULL CHECK (privilege IN ('EXECUTE', 'SELECT')),
    object text NOT NULL,
    PRIMARY KEY (kind, privilege, object));
COMMENT ON TABLE primecloud_internal.role_grant IS 'what create_app_role() and its sisters grant; part of the extension, not configuration';
REVOKE ALL ON primecloud_internal.role_grant FROM PUBLIC;
INSERT INTO primecloud_internal.role_grant VALUES
    ('gate', 'EXECUTE', 'FUNCTION primecloud.enter_trusted(text, text, text)'),
    ('maintenance', 'EXECUTE', 'FUNCTION primecloud.enter_trusted(text, text, text)');

-- Not for callers: a kind of role is made by the function of its name.
CREATE FUNCTION primecloud_internal.make_role(kind text, name name, attributes text) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF coalesce(name, '') = '' THEN
        RAISE invalid_name USING MESSAGE = 'the role has no name', HINT = 'Name the role that is to be created or corrected.';
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = make_role.name) THEN
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = make_role.name AND rolsuper) THEN
            RAISE invalid_parameter_value USING MESSAGE = format('role "%s" is a superuser', name),
                HINT = 'A superuser sees every row whatever the policies say: take another role.';
        END IF;
        PERFORM primecloud_internal.change_role(name, attributes);
    ELSE
        EXECUTE format('CREATE ROLE %I %s', name, attributes);
    END IF;
    PERFORM primecloud_internal.run_plan(ARRAY(
        SELECT primecloud_internal.step('grant', g.object, format('GRANT %s ON %s TO %I', g.privilege, g.object, name))
        FROM primecloud_internal.role_grant AS g WHERE g.kind = make_role.kind ORDER BY g.privilege, g.object), false);
    PERFORM primecloud_internal.configure_role(kind, name);
END $$;
COMMENT ON FUNCTION primecloud_internal.make_role(text, name, text)
    IS 'creates or corrects a role of a kind; called by create_app_role() and its sisters';
REVOKE ALL ON FUNCTION primecloud_internal.make_role(text, name, text) FROM PUBLIC;

CREATE FUNCTION create_app_role(name name) RETURNS void
    LANGUAGE sql VOLATILE PARALLEL UNSAFE
AS $$ SELECT primecloud_internal.make_role('app', name, 'NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION NOINHERIT') $$;
COMMENT ON FUNCTION create_app_role(name) IS 'the role that an application connects as: held by every policy, owner of nothing';
REVOKE ALL ON FUNCTION create_app_role(name) FROM PUBLIC;

CREATE FUNCTION create_platform_role(name name) RETURNS void
    LANGUAGE sql VOLATILE PARALLEL UNSAFE
AS $$ SELECT primecloud_internal.make_role('platform', name, 'NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION NOINHERIT') $$;
COMMENT ON FUNCTION create_platform_role(name) IS 'the role of an operator, who assumes one account at a time';
REVOKE ALL ON FUNCTION create_platform_role(name) FROM PUBLIC;

CREATE FUNCTION create_gate_role(name name) RETURNS void
    LANGUAGE sql VOLATILE PARALLEL UNSAFE
AS $$ SELECT primecloud_internal.make_role('gate', name, 'NOLOGIN NOSUPERUSER BYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION NOINHERIT')
    $$;
COMMENT ON FUNCTION create_gate_role(name) IS 'the owner of the few narrow functions that must cross accounts; nobody logs in as it';
REVOKE ALL ON FUNCTION create_gate_role(name) FROM PUBLIC;

CREATE FUNCTION create_maintenance_role(name name) RETURNS void
    LANGUAGE sql VOLATILE PARALLEL UNSAFE
AS $$ SELECT primecloud_internal.make_role('maintenance', name, 'NOSUPERUSER BYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION NOINHERIT') $$;
COMMENT ON FUNCTION create_maintenance_role(name)
    IS 'the role of scheduled work: expiry and resealing, with the grants that retain() and seal_column() give it';
REVOKE ALL ON FUNCTION create_maintenance_role(name) FROM PUBLIC;

CREATE FUNCTION create_worker_role(name name) RETURNS void
    LANGUAGE sql VOLATILE PARALLEL UNSAFE
AS $$ SELECT primecloud_internal.make_role('worker', name, 'NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION NOINHERIT') $$;
COMMENT ON FUNCTION create_worker_role(name)
    IS 'the role that carries out a control plane''s orders: enters no account, and is given the secrets of what it has claimed';
REVOKE ALL ON FUNCTION create_worker_role(name) FROM PUBLIC;

CREATE FUNCTION create_backup_role(name name) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM primecloud_internal.make_role('backup', name, 'NOSUPERUSER BYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION INHERIT');
    EXECUTE format('GRANT pg_read_all_data TO %I', name);
END $$;
COMMENT ON FUNCTION create_backup_role(name) IS 'the role that pg_dump connects as: reads every row, writes none, opens no envelope';
REVOKE ALL ON FUNCTION create_backup_role(name) FROM PUBLIC;
