-- Members: their roles, their leaving, the owner's place.  Nobody gives a rank above his own.

CREATE FUNCTION @schema@.check_rank(command text, role text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $check_rank$
BEGIN
    IF check_rank.role IS NULL OR check_rank.role NOT IN ('owner', 'admin', 'developer', 'external_client') THEN
        RAISE invalid_parameter_value USING MESSAGE = format('role %s is not known', coalesce(quote_literal(check_rank.role), 'NULL')),
            HINT = 'It is owner, admin, developer or external_client.';
    END IF;
    IF NOT primecloud.has_role(check_rank.role) THEN
        RAISE LOG 'primecloud: % to role % refused for user % in role % of account %', command, check_rank.role,
            primecloud.user_id(), primecloud.role(), primecloud.tenant_uuid();
        RAISE insufficient_privilege USING
            MESSAGE = format('%s cannot reach role %s, which is above %s', command, check_rank.role, primecloud.role()),
            HINT = 'Ask a member of that role.';
    END IF;
END
$check_rank$;
COMMENT ON FUNCTION @schema@.check_rank(text, text) IS 'refuses, and logs, a role above the caller''s own';

CREATE FUNCTION @schema@.lock_member(person uuid) RETURNS @schema@.account_members
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $lock_member$
DECLARE
    account CONSTANT uuid := primecloud.tenant_uuid();
    member @schema@.account_members;
    patience text := current_setting('lock_timeout');
    preempted text := coalesce(nullif(current_setting('primecloud.preempt_after'), '0'), patience);
    found_one boolean;
BEGIN
    FOR attempt IN 1..5 LOOP
        BEGIN
            PERFORM set_config('lock_timeout', preempted, true);
            SELECT * INTO member FROM @schema@.account_members m WHERE m.account_id = account AND m.user_id = person FOR UPDATE;
            found_one := FOUND;
            PERFORM set_config('lock_timeout', patience, true);
            EXIT;
        EXCEPTION WHEN lock_not_available THEN
            IF current_setting('primecloud.preempt_after') = '0' THEN
                RAISE;
            END IF;
            -- Whoever is to be removed does not hold that off.
            PERFORM primecloud.end_holders('@schema@.account_members', m.ctid) FROM @schema@.account_members m
                WHERE m.account_id = account AND m.user_id = person;
        END;
    END LOOP;
    IF found_one IS NULL THEN
        RAISE lock_not_available USING MESSAGE = format('user %s is held by sessions that cannot be ended', person),
            HINT = 'Ask pg_blocking_pids() who they are.';
    ELSIF NOT found_one THEN
        -- Policies lock no row of a rank above the caller's; it is read, for check_rank to refuse.
        SELECT * INTO member FROM @schema@.account_members m WHERE m.account_id = account AND m.user_id = person;
    END IF;
    IF NOT FOUND THEN
        PERFORM @schema@.refuse_missing('member', person::text);
    END IF;
    RETURN member;
END
$lock_member$;
COMMENT ON FUNCTION @schema@.lock_member(uuid) IS 'a member of the entered account, locked; for commands';

CREATE FUNCTION @schema@.change_member_role(person uuid, role text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $change_member_role$
DECLARE
    account uuid := @schema@.command_account('admin', 'change_member_role');
    member @schema@.account_members;
BEGIN
    PERFORM @schema@.check_text('role', change_member_role.role);
    member := @schema@.lock_member(person);
    PERFORM @schema@.check_rank('change_member_role', change_member_role.role);
    PERFORM @schema@.check_rank('change_member_role', member.role);
    IF EXISTS (SELECT FROM @schema@.accounts a WHERE a.id = account AND a.owner_user_id = person) AND change_member_role.role <> 'owner'
        THEN
        RAISE foreign_key_violation USING MESSAGE = format('user %s owns the account', person), HINT = 'Call transfer_ownership first.';
    END IF;
    UPDATE @schema@.account_members m SET role = change_member_role.role WHERE m.account_id = account AND m.user_id = person;
    PERFORM @schema@.tell_sessions();
    PERFORM @schema@.end_shares(person), @schema@.end_invitations(person);
    PERFORM @schema@.audit('change_member_role', 'account_members', person::text,
        jsonb_build_object('from', member.role, 'to', change_member_role.role));
END
$change_member_role$;
COMMENT ON FUNCTION @schema@.change_member_role(uuid, text)
    IS 'gives a member another role, neither of them above the caller''s; what he shared or whom he invited beyond it ends; admins';
GRANT EXECUTE ON FUNCTION @schema@.change_member_role TO @app@;

CREATE FUNCTION @schema@.remove_member(person uuid) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $remove_member$
DECLARE
    account uuid := @schema@.command_account('admin', 'remove_member');
    member @schema@.account_members;
BEGIN
    member := @schema@.lock_member(person);
    PERFORM @schema@.check_rank('remove_member', member.role);
    IF EXISTS (SELECT FROM @schema@.accounts a WHERE a.id = account AND a.owner_user_id = person) THEN
        RAISE foreign_key_violation USING MESSAGE = format('user %s owns the account', person), HINT = 'Call transfer_ownership first.';
    END IF;
    DELETE FROM @schema@.account_members m WHERE m.account_id = account AND m.user_id = person;
    PERFORM @schema@.tell_sessions();
    PERFORM @schema@.end_shares(person), @schema@.end_invitations(person);
    PERFORM @schema@.audit('remove_member', 'account_members', person::text, jsonb_build_object('role', member.role));
END
$remove_member$;
COMMENT ON FUNCTION @schema@.remove_member(uuid)
    IS 'removes a member of at most the caller''s rank, with his bucket permissions, his links and his open invitations; admins';
GRANT EXECUTE ON FUNCTION @schema@.remove_member TO @app@;

CREATE FUNCTION @schema@.transfer_ownership(person uuid) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $transfer_ownership$
DECLARE
    account uuid := @schema@.command_account('owner', 'transfer_ownership');
    member @schema@.account_members := @schema@.lock_member(person);
BEGIN
    PERFORM @schema@.check_owned(member.user_id);
    UPDATE @schema@.account_members m SET role = 'owner' WHERE m.account_id = account AND m.user_id = member.user_id;
    UPDATE @schema@.accounts a SET owner_user_id = member.user_id, updated_at = now() WHERE a.id = account;
    UPDATE @schema@.account_owners o SET user_id = member.user_id WHERE o.account_id = account;
    PERFORM @schema@.audit('transfer_ownership', 'accounts', account::text, jsonb_build_object('to', person), 'warning');
END
$transfer_ownership$;
COMMENT ON FUNCTION @schema@.transfer_ownership(uuid) IS 'makes another member the owner; owners';
GRANT EXECUTE ON FUNCTION @schema@.transfer_ownership TO @app@;
