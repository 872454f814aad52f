-- Before an account is entered.  These run as the gate role, whom row-level
-- security does not hold: each takes its caller from a verified token or a
-- hashed one, and tells no more than its columns.

CREATE FUNCTION @schema@.my_accounts(after_name text DEFAULT NULL, after_id uuid DEFAULT NULL, page_size integer DEFAULT 200) RETURNS TABLE (role text, account @schema@.account_with_details)
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 5 SET search_path = pg_catalog, pg_temp
AS $my_accounts$
    -- What a role could see inside the account, and nothing beyond it.
    SELECT me.role,
           ROW(a.id, a.owner_user_id, a.name, a.slug, a.status, a.storage_quota_bytes, a.storage_used_bytes, a.bandwidth_used_bytes,
               a.bandwidth_month, a.quota_level, a.branding_name, a.branding_logo_url, a.branding_icon_url, a.branding_primary_color,
               a.branding_sidebar_color, a.branding_background_color, a.custom_domain, a.domain_status, a.created_at, a.updated_at,
               CASE WHEN me.role <> 'external_client' THEN o END,
               CASE WHEN me.role <> 'external_client' AND s.id IS NOT NULL THEN
                   ROW(s.id, s.account_id, s.product_id, s.status, s.price_cents, s.currency, s.current_period_start, s.current_period_end,
                       s.cancel_at_period_end, s.trial_ends_at, s.canceled_at, s.created_at, p)::@schema@.subscription_with_product END,
               CASE WHEN me.role IN ('owner', 'admin') THEN b END,
               CASE WHEN me.role IN ('owner', 'admin') THEN m END)::@schema@.account_with_details
    FROM @schema@.account_members me
    JOIN @schema@.accounts a ON a.id = me.account_id
    LEFT JOIN @schema@.account_members o ON o.account_id = a.id AND o.user_id = a.owner_user_id
    LEFT JOIN @schema@.subscriptions s ON s.account_id = a.id AND s.status IN ('trial', 'active', 'past_due')
    LEFT JOIN @schema@.products p ON p.id = s.product_id
    LEFT JOIN @schema@.account_billing b ON b.account_id = a.id
    LEFT JOIN @schema@.account_smtp m ON m.account_id = a.id
    WHERE me.user_id = @schema@.entered_person() AND (after_name IS NULL OR (a.name, a.id) > (after_name, after_id))
    ORDER BY a.name, a.id LIMIT least(greatest(coalesce(page_size, 200), 1), 200)
$my_accounts$;
COMMENT ON FUNCTION @schema@.my_accounts(text, uuid, integer) IS 'the accounts of the entered user, with what each role may see, by name, after one of a name and id: the account switcher; a token without an account is enough';

CREATE FUNCTION @schema@.resolve_domain(host text)
RETURNS TABLE (account_id uuid, slug text, name text, branding_name text, branding_logo_url text, branding_icon_url text,
               branding_primary_color text, branding_sidebar_color text, branding_background_color text)
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, pg_temp
AS $resolve_domain$
    SELECT a.id, a.slug, a.name, a.branding_name, a.branding_logo_url, a.branding_icon_url, a.branding_primary_color,
           a.branding_sidebar_color, a.branding_background_color
    FROM @schema@.accounts a
    -- as a Host header has it: any case, perhaps a port or a final dot
    WHERE a.custom_domain = rtrim(regexp_replace(lower(host), ':[0-9]+$', ''), '.') AND a.domain_status = 'active' AND a.status = 'active'
$resolve_domain$;
COMMENT ON FUNCTION @schema@.resolve_domain(text) IS 'the account of a verified host name and its branding; public by nature: a web site shows as much';

CREATE FUNCTION @schema@.accept_invitation(token text) RETURNS uuid
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $accept_invitation$
#variable_conflict use_column
DECLARE
    person @schema@.users;
    invitation @schema@.invitations;
BEGIN
    SELECT * INTO person FROM @schema@.users u WHERE u.id = @schema@.entered_person();
    SELECT i.* INTO invitation FROM @schema@.invitations i
    JOIN @schema@.invitation_tokens t ON t.account_id = i.account_id AND t.id = i.id
    WHERE t.token_hash = primecloud.token_hash(accept_invitation.token, 'invitation') FOR UPDATE OF i;
    -- Accepting twice is accepting once.
    IF invitation.accepted_at IS NOT NULL AND invitation.email = person.email
       AND EXISTS (SELECT FROM @schema@.account_members m WHERE m.account_id = invitation.account_id AND m.user_id = person.id) THEN
        RETURN invitation.account_id;
    END IF;
    -- One answer whatever is wrong: nobody learns which invitations there are.
    IF invitation.id IS NULL OR person.id IS NULL OR invitation.accepted_at IS NOT NULL OR invitation.expires_at <= now()
       OR invitation.email <> person.email THEN
        RAISE EXCEPTION 'no such invitation' USING ERRCODE = 'P0002',
            HINT = 'It may have expired, been used or been renewed, or be meant for another address.';
    END IF;
    INSERT INTO @schema@.account_members (user_id, account_id, role, email, display_name)
    VALUES (person.id, invitation.account_id, invitation.role, person.email, person.display_name)
    ON CONFLICT DO NOTHING;
    UPDATE @schema@.invitations i SET accepted_at = now() WHERE i.account_id = invitation.account_id AND i.id = invitation.id;
    PERFORM @schema@.send_notifications(jsonb_build_array(jsonb_build_object('account_id', invitation.account_id, 'type', 'member_joined', 'title', 'A person joined')));
    INSERT INTO @schema@.audit_log (account_id, user_id, role, action, resource, resource_id)
    VALUES (invitation.account_id, person.id::text, invitation.role, 'accept_invitation', 'invitations', invitation.id::text);
    RETURN invitation.account_id;
END
$accept_invitation$;
COMMENT ON FUNCTION @schema@.accept_invitation(text) IS 'makes the entered user a member, if the invitation was for his address; the same token again gives the same account';

CREATE FUNCTION @schema@.open_share(token text) RETURNS TABLE (bucket text, object_key text, access text, expires_at timestamptz)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, pg_temp
AS $open_share$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    UPDATE @schema@.object_shares s SET opened_count = s.opened_count + 1
    FROM @schema@.object_share_tokens t, @schema@.buckets b, @schema@.accounts a
    WHERE t.token_hash = primecloud.token_hash(open_share.token, 'share') AND s.account_id = t.account_id AND s.id = t.id AND s.expires_at > now()
      AND b.account_id = s.account_id AND b.id = s.bucket_id AND a.id = s.account_id AND a.status = 'active'
    RETURNING b.physical_name, s.object_key, s.access, s.expires_at;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no such share' USING ERRCODE = 'P0002', HINT = 'It may have expired or been revoked.';
    END IF;
END
$open_share$;
COMMENT ON FUNCTION @schema@.open_share(text) IS 'what a link opens, for whoever holds its token; counts the opening';
