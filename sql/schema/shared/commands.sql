-- What every command begins with, and its one error for what is not there.

CREATE FUNCTION @schema@.command_account(min_role text, command text) RETURNS uuid
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $command_account$
DECLARE
    account uuid := primecloud.tenant_uuid();
BEGIN
    -- An older snapshot would show what has been taken away meanwhile.
    PERFORM primecloud.require_read_committed();
    IF account IS NULL THEN
        RAISE insufficient_privilege USING MESSAGE = 'no account is entered',
            HINT = 'Call primecloud.enter first, in the same transaction.';
    END IF;
    IF primecloud.has_role(min_role) THEN
        -- An account does not end while a command in it is under way, nor the other way round.
        IF command NOT IN ('delete_account', 'delete_closed_account') THEN
            PERFORM @schema@.hold_account('end', false);
        END IF;
        RETURN account;
    END IF;
    -- The error takes every row of this transaction along; the log line stays.
    RAISE LOG 'primecloud: % refused for user % in role % of account %', command, primecloud.user_id(), primecloud.role(), account;
    RAISE insufficient_privilege USING MESSAGE = format('%s needs role %s or above', command, min_role),
        HINT = format('The entered role is %s.', coalesce(primecloud.role(), 'none'));
END
$command_account$;
COMMENT ON FUNCTION @schema@.command_account(text, text)
    IS 'the entered account, for a caller of a sufficient role; anything else is refused and logged';

CREATE FUNCTION @schema@.check_text(argument text, value text, most integer DEFAULT 1000) RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $check_text$
BEGIN
    -- Its size is known without reading it.  (An application may call this, whatever it says the argument is named.)
    IF octet_length(value) > most THEN
        RAISE string_data_right_truncation USING MESSAGE = format('%s of %s bytes', left(argument, 200), octet_length(value)),
            HINT = format('It has %s bytes at most.', most);
    END IF;
END
$check_text$;
COMMENT ON FUNCTION @schema@.check_text(text, text, integer)
    IS 'measures an argument before any work is done on it; what a constraint says of it is less';
GRANT EXECUTE ON FUNCTION @schema@.check_text TO @gate@, @app@;

CREATE FUNCTION @schema@.person(user_id text) RETURNS uuid
LANGUAGE sql IMMUTABLE PARALLEL SAFE
-- A token may name somebody who is nobody here: then no row is his, and that is no error.
RETURN CASE WHEN octet_length(user_id) = 36 AND user_id ~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' THEN user_id::uuid END;
COMMENT ON FUNCTION @schema@.person(text) IS 'a user as a key of users; NULL for one who cannot be';
GRANT EXECUTE ON FUNCTION @schema@.person TO @app@, @gate@;

CREATE FUNCTION @schema@.entered_person() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE
RETURN @schema@.person(primecloud.user_id());
COMMENT ON FUNCTION @schema@.entered_person() IS 'the entered user as a key of users; NULL for one who cannot be';
GRANT EXECUTE ON FUNCTION @schema@.entered_person TO @app@, @gate@;

CREATE FUNCTION @schema@.refuse_missing(what text, id text) RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $refuse_missing$
BEGIN
    RAISE no_data_found USING MESSAGE = format('no %s %s', what, coalesce(id, 'NULL')),
        HINT = format('The entered account has no such %s.', what);
END
$refuse_missing$;
COMMENT ON FUNCTION @schema@.refuse_missing(text, text) IS 'the one error for a row that is not there or is not the caller''s';
