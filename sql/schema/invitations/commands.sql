-- Inviting, taking back, accepting.

CREATE FUNCTION @schema@.end_invitation(invitation uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $end_invitation$
DECLARE
    account uuid := primecloud.tenant_uuid();
BEGIN
    -- Whoever is accepting it does not hold that off.
    PERFORM FROM @schema@.invitations i WHERE i.account_id = account AND i.id = invitation FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        PERFORM @schema@.take_row('invitations', invitation);
    END IF;
    DELETE FROM @schema@.invitations i WHERE i.account_id = account AND i.id = invitation AND i.accepted_at IS NULL;
    RETURN FOUND;
END
$end_invitation$;
COMMENT ON FUNCTION @schema@.end_invitation(uuid)
    IS 'ends an open invitation; whoever holds that up is ended; false if there is none; for commands';

CREATE FUNCTION @schema@.invite(email text, role text DEFAULT 'developer', valid_for interval DEFAULT '7 days')
RETURNS TABLE (id uuid, token text)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, pg_temp
AS $invite$
DECLARE
    account uuid := @schema@.command_account('admin', 'invite');
    made uuid := primecloud.uuid_v7();
    secret text := primecloud.generate_secret(40);
    address text := lower(invite.email COLLATE "C") COLLATE "default";
    earlier uuid;
BEGIN
    PERFORM @schema@.check_text('email', invite.email), @schema@.check_text('role', invite.role);
    PERFORM @schema@.check_rank('invite', invite.role);
    PERFORM @schema@.count_text(invite.email);
    -- Inviting somebody again renews the invitation; the older token stops working.
    FOR earlier IN SELECT i.id FROM @schema@.invitations i WHERE i.account_id = account AND i.email = address AND i.accepted_at IS NULL LOOP
        PERFORM @schema@.end_invitation(earlier);
    END LOOP;
    INSERT INTO @schema@.invitations (id, account_id, email, role, invited_by, expires_at)
    VALUES (made, account, address, invite.role, primecloud.user_id(),
            now() + least(greatest(coalesce(invite.valid_for, interval '7 days'), interval '1 minute'), interval '30 days'));
    INSERT INTO @schema@.invitation_tokens (id, account_id, token_hash) VALUES (made, account, primecloud.token_hash(secret, 'invitation'));
    PERFORM @schema@.audit('invite', 'invitations', made::text, jsonb_build_object('role', invite.role));
    PERFORM @schema@.send_notification('member_invited', 'A person was invited', '', jsonb_build_object('invitation', made));
    RETURN QUERY SELECT made, secret;
END
$invite$;
COMMENT ON FUNCTION @schema@.invite(text, text, interval)
    IS 'invites by e-mail, up to the caller''s own rank; tells the token, now and never again; admins';
GRANT EXECUTE ON FUNCTION @schema@.invite TO @app@;

CREATE FUNCTION @schema@.revoke_invitation(invitation uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $revoke_invitation$
DECLARE
    account uuid := @schema@.command_account('admin', 'revoke_invitation');
BEGIN
    IF @schema@.end_invitation(invitation) THEN
        PERFORM @schema@.audit('revoke_invitation', 'invitations', invitation::text);
        RETURN true;
    END IF;
    RETURN false;
END
$revoke_invitation$;
COMMENT ON FUNCTION @schema@.revoke_invitation(uuid) IS 'takes an open invitation back; false if there is none; admins';
GRANT EXECUTE ON FUNCTION @schema@.revoke_invitation TO @app@;

CREATE FUNCTION @schema@.may_invite(account uuid, inviter text) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $may_invite$
DECLARE
    member CONSTANT uuid := @schema@.person(inviter);
BEGIN
    RETURN EXISTS (SELECT FROM @schema@.account_members m WHERE m.account_id = account AND m.user_id = member
        AND m.role IN ('owner', 'admin'));
END
$may_invite$;
COMMENT ON FUNCTION @schema@.may_invite(uuid, text) IS 'whether a person may invite into an account';
GRANT EXECUTE ON FUNCTION @schema@.may_invite TO @gate@;

CREATE FUNCTION @schema@.end_invitations(person uuid) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $end_invitations$
DECLARE
    account CONSTANT uuid := primecloud.tenant_uuid();
BEGIN
    IF @schema@.may_invite(account, person::text) THEN
        RETURN;
    END IF;
    -- One that is being accepted is not waited for: accept_invitation asks the same.
    DELETE FROM @schema@.invitations i WHERE i.account_id = account AND i.id IN (
        SELECT o.id FROM @schema@.invitations o WHERE o.account_id = account AND o.invited_by = person::text AND o.accepted_at IS NULL
            FOR UPDATE SKIP LOCKED);
END
$end_invitations$;
COMMENT ON FUNCTION @schema@.end_invitations(uuid)
    IS 'ends the open invitations of a person who may no longer invite: nobody comes back by his own; for commands';

CREATE FUNCTION @schema@.accept_invitation(token text) RETURNS uuid
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $accept_invitation$
DECLARE
    entered CONSTANT uuid := @schema@.entered_person();
    person @schema@.users;
    invitation @schema@.invitations;
    hash bytea;
    account uuid;
    named uuid;
    opens boolean;
BEGIN
    PERFORM @schema@.check_text('token', accept_invitation.token);
    PERFORM primecloud.require_read_committed();
    SELECT * INTO person FROM @schema@.users u WHERE u.id = entered;
    hash := primecloud.token_hash(accept_invitation.token, 'invitation');
    SELECT t.account_id, t.id INTO account, named FROM @schema@.invitation_tokens t WHERE t.token_hash = hash;
    SELECT i.* INTO invitation FROM @schema@.invitations i WHERE i.account_id = account AND i.id = named FOR UPDATE;
    -- Accepting twice is accepting once.
    IF invitation.accepted_at IS NOT NULL AND invitation.email = person.email
       AND EXISTS (SELECT FROM @schema@.account_members m WHERE m.account_id = invitation.account_id AND m.user_id = person.id) THEN
        RETURN invitation.account_id;
    END IF;
    opens := EXISTS (SELECT FROM @schema@.accounts a WHERE a.id = account AND a.status = 'active');
    -- One answer whatever is wrong: nobody learns which invitations there are.
    IF invitation.id IS NULL OR person.id IS NULL OR invitation.accepted_at IS NOT NULL OR invitation.expires_at <= now()
       OR invitation.email <> person.email OR NOT opens OR NOT @schema@.may_invite(account, invitation.invited_by) THEN
        RAISE no_data_found USING MESSAGE = 'no such invitation',
            HINT = 'It may have expired, been used or been renewed, be for another address, or be of somebody who has left or an account'
                ' that is suspended.';
    END IF;
    INSERT INTO @schema@.account_members (user_id, account_id, role, email, display_name)
    VALUES (person.id, invitation.account_id, invitation.role, person.email, person.display_name)
    ON CONFLICT DO NOTHING;
    UPDATE @schema@.invitations i SET accepted_at = now() WHERE i.account_id = invitation.account_id AND i.id = invitation.id;
    PERFORM @schema@.send_notifications(jsonb_build_array(jsonb_build_object('account_id', invitation.account_id, 'type', 'member_joined',
        'title', 'A person joined')));
    INSERT INTO @schema@.audit_log (account_id, user_id, role, action, resource, resource_id)
    VALUES (invitation.account_id, person.id::text, invitation.role, 'accept_invitation', 'invitations', invitation.id::text);
    RETURN invitation.account_id;
END
$accept_invitation$;
COMMENT ON FUNCTION @schema@.accept_invitation(text)
    IS 'makes the entered user a member, if the invitation was for his address; the same token again gives the same account';
GRANT EXECUTE ON FUNCTION @schema@.accept_invitation TO @app@;
ALTER FUNCTION @schema@.accept_invitation OWNER TO @gate@;
