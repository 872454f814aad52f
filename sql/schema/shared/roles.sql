-- Who was let into the control plane, and the functions that ask.

CREATE TABLE @schema@.schema_roles (
    role_name text NOT NULL,  --: @public name of a database role
    access text NOT NULL,  --: @public what it was let in as: app, gate, gateway, platform, worker or maintenance
    CONSTRAINT schema_roles_pk PRIMARY KEY (role_name, access),
    CONSTRAINT schema_roles_access_known CHECK (access IN ('app', 'gate', 'gateway', 'platform', 'worker', 'maintenance'))
);
COMMENT ON TABLE @schema@.schema_roles
    IS 'the roles given access by primecloud.grant_schema, so that a migration can give them what it adds';
GRANT SELECT ON @schema@.schema_roles TO @gate@;
DISTRIBUTED LOCAL @schema@.schema_roles;

CREATE FUNCTION @schema@.caller_is(kind text) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $caller_is$
DECLARE
    -- Inside a SECURITY DEFINER function, who SET ROLE or the connection said.
    caller CONSTANT name := CASE current_setting('role') WHEN 'none' THEN session_user ELSE current_setting('role')::name END;
    let_in text;
BEGIN
    -- One by one: who is a member of what is asked here, wherever the table is.
    FOR let_in IN SELECT r.role_name FROM @schema@.schema_roles r WHERE r.access = kind LOOP
        IF pg_has_role(caller, to_regrole(quote_ident(let_in)), 'USAGE') THEN
            RETURN true;
        END IF;
    END LOOP;
    RETURN false;
END
$caller_is$;
COMMENT ON FUNCTION @schema@.caller_is(text) IS 'whether the calling role was let in as platform, gateway, worker or maintenance';
GRANT EXECUTE ON FUNCTION @schema@.caller_is TO @gate@;

CREATE FUNCTION @schema@.require_worker() RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $require_worker$
BEGIN
    PERFORM primecloud.require_read_committed();
    IF NOT @schema@.caller_is('worker') THEN
        RAISE insufficient_privilege USING MESSAGE = 'the outbox is for workers',
            HINT = 'Let the role in with primecloud.grant_schema, as worker.';
    END IF;
END
$require_worker$;
COMMENT ON FUNCTION @schema@.require_worker() IS 'refuses a caller who was not let in as worker';
GRANT EXECUTE ON FUNCTION @schema@.require_worker TO @gate@;

CREATE FUNCTION @schema@.require_platform(command text) RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $require_platform$
BEGIN
    IF NOT @schema@.caller_is('platform') THEN
        RAISE insufficient_privilege USING MESSAGE = format('%s is for the platform', command),
            HINT = 'Let the role in with primecloud.grant_schema, as platform.';
    END IF;
END
$require_platform$;
COMMENT ON FUNCTION @schema@.require_platform(text) IS 'refuses a caller who was not let in as platform';
GRANT EXECUTE ON FUNCTION @schema@.require_platform TO @gate@;

CREATE FUNCTION @schema@.platform_account(command text) RETURNS uuid
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $platform_account$
DECLARE
    account uuid := @schema@.command_account('admin', command);
BEGIN
    IF @schema@.caller_is('platform') THEN
        RETURN account;
    END IF;
    RAISE LOG 'primecloud: % refused for user % in role % of account %', command, primecloud.user_id(), primecloud.role(), account;
    RAISE insufficient_privilege USING MESSAGE = format('%s is for the platform', command),
        HINT = 'Call it as a role given platform access by primecloud.grant_schema, inside the account.';
END
$platform_account$;
COMMENT ON FUNCTION @schema@.platform_account(text)
    IS 'the entered account, for an operator of the platform; anything else is refused and logged';
