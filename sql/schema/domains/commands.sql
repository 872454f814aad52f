-- Host names: claimed, proved by a line in the DNS, found by the gateway.

CREATE FUNCTION @schema@.set_domain(domain text) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $set_domain$
DECLARE
    account uuid := @schema@.command_account('admin', 'set_domain');
    proof text := 'primecloud-verify=' || primecloud.generate_secret(32);
BEGIN
    PERFORM @schema@.check_text('domain', set_domain.domain);
    UPDATE @schema@.accounts a
    SET custom_domain = lower(set_domain.domain COLLATE "C"), domain_status = CASE WHEN set_domain.domain IS NULL THEN 'none' ELSE 'pending'
        END, updated_at = now()
    WHERE a.id = account;
    PERFORM @schema@.let_go(account, 'accounts_domain_active_unique');
    IF set_domain.domain IS NULL THEN
        proof := NULL;
        DELETE FROM @schema@.account_domain_tokens t WHERE t.account_id = account;
    ELSE
        INSERT INTO @schema@.account_domain_tokens (account_id, token) VALUES (account, proof)
        ON CONFLICT ON CONSTRAINT account_domain_tokens_pk DO UPDATE SET token = excluded.token;
    END IF;
    PERFORM @schema@.audit('set_domain', 'accounts', account::text, jsonb_build_object('domain', lower(set_domain.domain COLLATE "C")));
    RETURN proof;
END
$set_domain$;
COMMENT ON FUNCTION @schema@.set_domain(text)
    IS 'sets the account''s host name, unverified, and tells the TXT record that proves it; NULL removes it; admins';
GRANT EXECUTE ON FUNCTION @schema@.set_domain TO @app@;

CREATE FUNCTION @schema@.confirm_domain(domain text, txt_records text[]) RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $confirm_domain$
DECLARE
    named text := lower(confirm_domain.domain COLLATE "C");
    proven uuid;
    former uuid;
    claimant uuid;
BEGIN
    PERFORM primecloud.require_read_committed();
    IF NOT @schema@.caller_is('gateway') THEN
        RAISE insufficient_privilege USING MESSAGE = 'confirm_domain is for the gateway',
            HINT = 'Let the role in with primecloud.grant_schema, as gateway.';
    END IF;
    -- Of accounts that claim one name, the one whose token stands in the DNS has it: who has it already, if his does too.
    SELECT a.id INTO proven FROM @schema@.accounts a JOIN @schema@.account_domain_tokens t ON t.account_id = a.id
    WHERE a.custom_domain = named AND t.token = ANY (txt_records) ORDER BY a.domain_status = 'active' DESC, a.id LIMIT 1;
    IF proven IS NULL THEN
        FOR claimant IN SELECT a.id FROM @schema@.accounts a WHERE a.custom_domain = named AND a.domain_status = 'pending' LOOP
            PERFORM FROM @schema@.accounts a WHERE a.id = claimant AND a.custom_domain = named AND a.domain_status = 'pending'
                FOR NO KEY UPDATE SKIP LOCKED;
            IF FOUND THEN
                UPDATE @schema@.accounts a SET domain_status = 'failed', updated_at = now() WHERE a.id = claimant;
            END IF;
        END LOOP;
        RETURN false;
    END IF;
    -- The gateway waits for no account: the name is confirmed when it asks again.
    PERFORM FROM @schema@.accounts a WHERE a.id = proven AND a.custom_domain = named FOR NO KEY UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    -- A name that was given to somebody else, and proven by him, leaves its former account.
    SELECT a.id INTO former FROM @schema@.accounts a WHERE a.custom_domain = named AND a.domain_status = 'active' AND a.id <> proven;
    IF former IS NOT NULL THEN
        PERFORM FROM @schema@.accounts a WHERE a.id = former FOR NO KEY UPDATE SKIP LOCKED;
        IF NOT FOUND THEN
            RETURN NULL;
        END IF;
        UPDATE @schema@.accounts a SET domain_status = 'failed', updated_at = now() WHERE a.id = former AND a.custom_domain = named;
        PERFORM @schema@.let_go(former, 'accounts_domain_active_unique');
    END IF;
    PERFORM @schema@.let_go(proven, 'accounts_domain_active_unique'),
        @schema@.claim_value('accounts_domain_active_unique', named, proven);
    UPDATE @schema@.accounts a SET domain_status = 'active', updated_at = now() WHERE a.id = proven AND a.domain_status <> 'active';
    INSERT INTO @schema@.audit_log (account_id, user_id, action, resource, resource_id, details)
    VALUES (proven, session_user, 'confirm_domain', 'accounts', proven::text, jsonb_build_object('domain', named));
    RETURN true;
END
$confirm_domain$;
COMMENT ON FUNCTION @schema@.confirm_domain(text, text[])
    IS 'verifies a host name by the TXT records that the gateway has seen; false if none proves it, NULL if its account is busy: ask again';
GRANT EXECUTE ON FUNCTION @schema@.confirm_domain TO @gateway@;
ALTER FUNCTION @schema@.confirm_domain OWNER TO @gate@;

CREATE FUNCTION @schema@.resolve_domain(host text)
RETURNS TABLE (account_id uuid, slug text, name text, branding_name text, branding_logo_url text, branding_icon_url text,
               branding_primary_color text, branding_sidebar_color text, branding_background_color text)
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, pg_temp
AS $resolve_domain$
DECLARE
    -- as a Host header has it: any case, perhaps a port or a final dot
    named CONSTANT text := CASE WHEN octet_length(host) <= 300
        THEN rtrim(regexp_replace(lower(host COLLATE "C") COLLATE "default", ':[0-9]+$', ''), '.') END;
BEGIN
    RETURN QUERY SELECT a.id, a.slug, a.name, a.branding_name, a.branding_logo_url, a.branding_icon_url, a.branding_primary_color,
           a.branding_sidebar_color, a.branding_background_color
    FROM @schema@.accounts a WHERE a.custom_domain = named AND a.domain_status = 'active' AND a.status = 'active';
END
$resolve_domain$;
COMMENT ON FUNCTION @schema@.resolve_domain(text)
    IS 'the account of a verified host name and its branding; public by nature: a web site shows as much';
GRANT EXECUTE ON FUNCTION @schema@.resolve_domain TO @app@;
ALTER FUNCTION @schema@.resolve_domain OWNER TO @gate@;
