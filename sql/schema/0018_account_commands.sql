-- Opening an account, before there is one to enter.  These two run as the gate
-- role, which row-level security does not hold: each checks its caller itself.

CREATE FUNCTION @schema@.register_user(user_id uuid, email text, display_name text DEFAULT '') RETURNS uuid
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $register_user$
BEGIN
    INSERT INTO @schema@.users AS u (id, email, display_name)
    VALUES (register_user.user_id, lower(register_user.email), register_user.display_name)
    ON CONFLICT (id) DO UPDATE SET email = excluded.email, display_name = excluded.display_name, updated_at = now()
        WHERE (u.email, u.display_name) IS DISTINCT FROM (excluded.email, excluded.display_name);
    RETURN user_id;
END
$register_user$;
COMMENT ON FUNCTION @schema@.register_user(uuid, text, text) IS 'adds a person, or changes address and name everywhere; for the service that signs people in';

CREATE FUNCTION @schema@.create_account(name text, slug text) RETURNS uuid
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $create_account$
DECLARE
    founder @schema@.users;
    account uuid := primecloud.uuid_v7();
BEGIN
    SELECT * INTO founder FROM @schema@.users u WHERE u.id = @schema@.entered_person();
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no registered user is entered' USING ERRCODE = '42501',
            HINT = 'Enter with a token of a user whom register_user has added.';
    END IF;
    INSERT INTO @schema@.accounts (id, owner_user_id, name, slug) VALUES (account, founder.id, create_account.name, create_account.slug);
    INSERT INTO @schema@.account_members (user_id, account_id, role, email, display_name)
    VALUES (founder.id, account, 'owner', founder.email, founder.display_name);
    INSERT INTO @schema@.account_owners (account_id, user_id) VALUES (account, founder.id);
    INSERT INTO @schema@.account_billing (account_id) VALUES (account);
    PERFORM @schema@.send_notifications(jsonb_build_array(jsonb_build_object('account_id', account, 'type', 'welcome', 'title', 'Welcome')));
    INSERT INTO @schema@.audit_log (account_id, user_id, role, action, resource, resource_id)
    VALUES (account, founder.id::text, 'owner', 'create_account', 'accounts', account::text);
    RETURN account;
END
$create_account$;
COMMENT ON FUNCTION @schema@.create_account(text, text) IS 'opens an account of which the entered user is the owner; enter it afterwards, in a new transaction';
