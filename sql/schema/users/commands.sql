-- People, before there is an account to enter: run as the gate role, which row-level
-- security does not hold.

CREATE FUNCTION @schema@.register_user(user_id uuid, email text, display_name text DEFAULT '') RETURNS uuid
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $register_user$
DECLARE
    address CONSTANT text := lower(register_user.email COLLATE "C") COLLATE "default";
    at CONSTANT timestamptz := now();
    account uuid;
BEGIN
    PERFORM primecloud.require_read_committed();
    -- Most sign-ins change nothing, and lock nothing.
    PERFORM FROM @schema@.users u WHERE u.id = register_user.user_id
        AND (u.email, u.display_name) = (address, register_user.display_name);
    IF FOUND THEN
        RETURN register_user.user_id;
    END IF;
    -- A change is carried into every account; an account whose command about this person is open is not waited for.
    BEGIN
        PERFORM FROM @schema@.users u WHERE u.id = register_user.user_id FOR UPDATE NOWAIT;
        -- Account by account: rows are locked where the account is.
        FOR account IN SELECT m.account_id FROM @schema@.account_members m WHERE m.user_id = register_user.user_id LOOP
            PERFORM FROM @schema@.account_members m WHERE m.account_id = account AND m.user_id = register_user.user_id
                FOR NO KEY UPDATE NOWAIT;
        END LOOP;
    EXCEPTION WHEN lock_not_available THEN
        RAISE lock_not_available USING MESSAGE = format('a command about user %s is open', register_user.user_id),
            HINT = 'Sign the person in, and call again at the next time.';
    END;
    INSERT INTO @schema@.users AS u (id, email, display_name)
    VALUES (register_user.user_id, address, register_user.display_name)
    ON CONFLICT (id) DO UPDATE SET email = excluded.email, display_name = excluded.display_name, updated_at = at
        WHERE (u.email, u.display_name) IS DISTINCT FROM (excluded.email, excluded.display_name);
    RETURN user_id;
END
$register_user$;
SEQUENTIAL register_user;
COMMENT ON FUNCTION @schema@.register_user(uuid, text, text)
    IS 'adds a person, or changes address and name everywhere; for the service that signs people in';
GRANT EXECUTE ON FUNCTION @schema@.register_user TO @gateway@;
ALTER FUNCTION @schema@.register_user OWNER TO @gate@;
