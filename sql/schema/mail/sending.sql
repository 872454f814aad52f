-- What a worker asks when it sends a mail: whom it is for, and from whom it comes.

CREATE FUNCTION @schema@.mail_recipients(account uuid, audience text) RETURNS TABLE (email text, display_name text)
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 3 SET search_path = pg_catalog, pg_temp
AS $mail_recipients$
BEGIN
    PERFORM @schema@.require_worker();
    IF mail_recipients.audience = 'billing' THEN
        RETURN QUERY SELECT b.billing_email, coalesce(b.financial_contact, b.legal_name, '') FROM @schema@.account_billing b
                     WHERE b.account_id = mail_recipients.account AND b.billing_email IS NOT NULL;
        IF FOUND THEN
            RETURN;
        END IF;
    END IF;
    RETURN QUERY SELECT m.email, m.display_name FROM @schema@.account_members m
                 WHERE m.account_id = mail_recipients.account AND m.role IN ('owner', 'admin') ORDER BY m.role DESC, m.id;
END
$mail_recipients$;
COMMENT ON FUNCTION @schema@.mail_recipients(uuid, text)
    IS 'whom a mail to an account''s admins or billing address goes to, as it is now; for a worker';
GRANT EXECUTE ON FUNCTION @schema@.mail_recipients TO @worker@;
ALTER FUNCTION @schema@.mail_recipients OWNER TO @gate@;

CREATE FUNCTION @schema@.mail_sender(account uuid)
RETURNS TABLE (host text, port integer, encryption text, username text, from_email text, from_name text, branding_name text,
    branding_logo_url text, branding_icon_url text, branding_primary_color text, branding_background_color text)
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, pg_temp
AS $mail_sender$
BEGIN
    PERFORM @schema@.require_worker();
    RETURN QUERY SELECT s.host, s.port, s.encryption, s.username, s.from_email, s.from_name, a.branding_name, a.branding_logo_url,
            a.branding_icon_url, a.branding_primary_color, a.branding_background_color
        FROM @schema@.accounts a LEFT JOIN @schema@.account_smtp s ON s.account_id = a.id AND s.is_enabled
        WHERE a.id = mail_sender.account;
END
$mail_sender$;
COMMENT ON FUNCTION @schema@.mail_sender(uuid) IS
    'an account''s own mail server, NULL where it has none or it is off, and its branding; no row when it is gone; for a worker';
GRANT EXECUTE ON FUNCTION @schema@.mail_sender TO @worker@;
ALTER FUNCTION @schema@.mail_sender OWNER TO @gate@;
