-- Who is the platform's own: roles let in as platform, gateway or worker.

CREATE FUNCTION @schema@.caller_is(kind text) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $caller_is$
    -- Inside a SECURITY DEFINER function, who SET ROLE or the connection said.
    SELECT EXISTS (
        SELECT FROM @schema@.schema_roles r JOIN pg_roles known ON known.rolname = r.role_name
        WHERE r.access = kind
          AND pg_has_role(CASE current_setting('role') WHEN 'none' THEN session_user ELSE current_setting('role')::name END, known.oid, 'USAGE'))
$caller_is$;
COMMENT ON FUNCTION @schema@.caller_is(text) IS 'whether the calling role was let in as platform, gateway, worker or maintenance';

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
    RAISE EXCEPTION '% is for the platform', command USING ERRCODE = '42501',
        HINT = 'Call it as a role given platform access by primecloud.grant_schema, inside the account.';
END
$platform_account$;
COMMENT ON FUNCTION @schema@.platform_account(text) IS 'the entered account, for an operator of the platform; anything else is refused and logged';

CREATE FUNCTION @schema@.set_price(category text, resource text, unit text, price_millicents bigint, reason text DEFAULT '') RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $set_price$
#variable_conflict use_column
DECLARE
    old_price bigint;
BEGIN
    IF NOT @schema@.caller_is('platform') THEN
        RAISE EXCEPTION 'set_price is for the platform' USING ERRCODE = '42501';
    END IF;
    -- Two who set one price, by whichever of its keys, meet at its row, so that each change names the one before.
    INSERT INTO @schema@.prices (category, resource, unit, price_millicents)
    VALUES (set_price.category, set_price.resource, set_price.unit, set_price.price_millicents) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        SELECT p.price_millicents INTO old_price FROM @schema@.prices p
        WHERE p.category = set_price.category AND p.resource = set_price.resource FOR NO KEY UPDATE;
        UPDATE @schema@.prices p SET price_millicents = set_price.price_millicents, unit = set_price.unit, updated_at = now()
        WHERE p.category = set_price.category AND p.resource = set_price.resource;
    END IF;
    INSERT INTO @schema@.price_changes (category, resource, old_price_millicents, new_price_millicents, reason, changed_by)
    VALUES (set_price.category, set_price.resource, old_price, set_price.price_millicents, coalesce(set_price.reason, ''), session_user);
END
$set_price$;
COMMENT ON FUNCTION @schema@.set_price(text, text, text, bigint, text) IS 'sets a price and writes its history; for the platform';
