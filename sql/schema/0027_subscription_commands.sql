-- The plan of an account: one live at most, at the price it was taken at.

CREATE FUNCTION @schema@.live_subscription() RETURNS @schema@.subscriptions
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $live_subscription$
DECLARE
    live @schema@.subscriptions;
BEGIN
    SELECT * INTO live FROM @schema@.subscriptions s
    WHERE s.account_id = primecloud.tenant_uuid() AND s.status IN ('trial', 'active', 'past_due') FOR NO KEY UPDATE;
    RETURN live;
END
$live_subscription$;
COMMENT ON FUNCTION @schema@.live_subscription() IS 'the live subscription of the entered account, locked; for commands';

CREATE FUNCTION @schema@.offered_product(product uuid) RETURNS @schema@.products
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $offered_product$
DECLARE
    offered @schema@.products;
BEGIN
    SELECT * INTO offered FROM @schema@.products p WHERE p.id = product AND p.is_public;
    IF NOT FOUND THEN
        PERFORM @schema@.refuse_missing('product', product::text);
    END IF;
    RETURN offered;
END
$offered_product$;
COMMENT ON FUNCTION @schema@.offered_product(uuid) IS 'a product that may be ordered; for commands';

CREATE FUNCTION @schema@.subscribe(product uuid) RETURNS uuid
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $subscribe$
#variable_conflict use_column
DECLARE
    account uuid := @schema@.command_account('admin', 'subscribe');
    offered @schema@.products := @schema@.offered_product(subscribe.product);
    made uuid := primecloud.uuid_v7();
    live @schema@.subscriptions;
BEGIN
    -- Two who subscribe at once meet at the one live subscription there can be.
    INSERT INTO @schema@.subscriptions (id, product_id, account_id, price_cents, currency, current_period_start, current_period_end)
    VALUES (made, offered.id, account, offered.price_cents, offered.currency, now(), now() + interval '1 month')
    ON CONFLICT (account_id) WHERE status IN ('trial', 'active', 'past_due') DO NOTHING;
    IF FOUND THEN
        PERFORM @schema@.audit('subscribe', 'subscriptions', made::text, jsonb_build_object('product', offered.id));
        RETURN made;
    END IF;
    live := @schema@.live_subscription();
    IF live.product_id = offered.id THEN
        RETURN live.id;
    END IF;
    RAISE EXCEPTION 'the account has subscription % already', live.id USING ERRCODE = '23505', HINT = 'Use change_subscription or cancel_subscription.';
END
$subscribe$;
COMMENT ON FUNCTION @schema@.subscribe(uuid) IS 'subscribes the account to a product; the same again gives the same subscription; admins';

CREATE FUNCTION @schema@.change_subscription(product uuid) RETURNS uuid
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $change_subscription$
DECLARE
    account uuid := @schema@.command_account('admin', 'change_subscription');
    offered @schema@.products := @schema@.offered_product(product);
    live @schema@.subscriptions := @schema@.live_subscription();
BEGIN
    IF live.id IS NULL THEN
        PERFORM @schema@.refuse_missing('live subscription', account::text);
    END IF;
    IF live.product_id <> offered.id THEN
        UPDATE @schema@.subscriptions s
        SET product_id = offered.id, price_cents = offered.price_cents, currency = offered.currency, cancel_at_period_end = false
        WHERE s.account_id = account AND s.id = live.id;
        PERFORM @schema@.audit('change_subscription', 'subscriptions', live.id::text, jsonb_build_object('from', live.product_id, 'to', offered.id));
    END IF;
    RETURN live.id;
END
$change_subscription$;
COMMENT ON FUNCTION @schema@.change_subscription(uuid) IS 'moves the live subscription to another product at its price; admins';

CREATE FUNCTION @schema@.cancel_subscription(at_period_end boolean DEFAULT true) RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $cancel_subscription$
DECLARE
    account uuid := @schema@.command_account('admin', 'cancel_subscription');
    live @schema@.subscriptions := @schema@.live_subscription();
BEGIN
    IF live.id IS NULL THEN
        RETURN false;
    END IF;
    UPDATE @schema@.subscriptions s
    SET cancel_at_period_end = true,
        status = CASE WHEN at_period_end THEN s.status ELSE 'canceled' END,
        canceled_at = CASE WHEN at_period_end THEN NULL ELSE now() END
    WHERE s.account_id = account AND s.id = live.id;
    PERFORM @schema@.audit('cancel_subscription', 'subscriptions', live.id::text, jsonb_build_object('at_period_end', at_period_end));
    RETURN true;
END
$cancel_subscription$;
COMMENT ON FUNCTION @schema@.cancel_subscription(boolean) IS 'ends the live subscription, with its period or at once; false if there is none; admins';
