-- Taking, changing and ending a plan.

CREATE FUNCTION @schema@.subscribe(product uuid) RETURNS uuid
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $subscribe$
DECLARE
    account uuid := @schema@.command_account('admin', 'subscribe');
    offered @schema@.products := @schema@.offered_product(subscribe.product);
    made uuid := primecloud.uuid_v7();
    live @schema@.account_subscriptions;
BEGIN
    -- Two who subscribe at once meet at the one live subscription there can be.
    INSERT INTO @schema@.account_subscriptions (id, product_id, account_id, price_cents, currency, current_period_start, current_period_end)
    VALUES (made, offered.id, account, offered.price_cents, offered.currency, now(), now() + interval '1 month')
    ON CONFLICT (account_id) WHERE status IN ('trial', 'active', 'past_due') DO NOTHING;
    IF FOUND THEN
        PERFORM @schema@.audit('subscribe', 'account_subscriptions', made::text, jsonb_build_object('product', offered.id));
        RETURN made;
    END IF;
    live := @schema@.live_subscription();
    IF live.product_id = offered.id THEN
        RETURN live.id;
    END IF;
    RAISE unique_violation USING MESSAGE = format('the account has subscription %s already', live.id),
        HINT = 'Use change_subscription or cancel_subscription.';
END
$subscribe$;
COMMENT ON FUNCTION @schema@.subscribe(uuid) IS 'subscribes the account to a product; the same again gives the same subscription; admins';
GRANT EXECUTE ON FUNCTION @schema@.subscribe TO @app@;

CREATE FUNCTION @schema@.change_subscription(product uuid) RETURNS uuid
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $change_subscription$
DECLARE
    account uuid := @schema@.command_account('admin', 'change_subscription');
    offered @schema@.products := @schema@.offered_product(product);
    live @schema@.account_subscriptions := @schema@.live_subscription();
BEGIN
    IF live.id IS NULL THEN
        PERFORM @schema@.refuse_missing('live subscription', account::text);
    END IF;
    IF live.product_id <> offered.id THEN
        UPDATE @schema@.account_subscriptions s
        SET product_id = offered.id, price_cents = offered.price_cents, currency = offered.currency, cancel_at_period_end = false
        WHERE s.account_id = account AND s.id = live.id;
        PERFORM @schema@.audit('change_subscription', 'account_subscriptions', live.id::text,
            jsonb_build_object('from', live.product_id, 'to', offered.id));
    END IF;
    RETURN live.id;
END
$change_subscription$;
COMMENT ON FUNCTION @schema@.change_subscription(uuid) IS 'moves the live subscription to another product at its price; admins';
GRANT EXECUTE ON FUNCTION @schema@.change_subscription TO @app@;

CREATE FUNCTION @schema@.cancel_subscription(at_period_end boolean DEFAULT true) RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $cancel_subscription$
DECLARE
    account uuid := @schema@.command_account('admin', 'cancel_subscription');
    live @schema@.account_subscriptions := @schema@.live_subscription();
    at CONSTANT timestamptz := now();
BEGIN
    IF live.id IS NULL THEN
        RETURN false;
    END IF;
    UPDATE @schema@.account_subscriptions s
    SET cancel_at_period_end = true,
        status = CASE WHEN at_period_end THEN s.status ELSE 'canceled' END,
        canceled_at = CASE WHEN at_period_end THEN NULL ELSE at END
    WHERE s.account_id = account AND s.id = live.id;
    PERFORM @schema@.audit('cancel_subscription', 'account_subscriptions', live.id::text,
        jsonb_build_object('at_period_end', at_period_end));
    RETURN true;
END
$cancel_subscription$;
COMMENT ON FUNCTION @schema@.cancel_subscription(boolean)
    IS 'ends the live subscription, with its period or at once; false if there is none; admins';
GRANT EXECUTE ON FUNCTION @schema@.cancel_subscription TO @app@;

CREATE FUNCTION @schema@.grant_trial(product uuid, ends_at timestamptz) RETURNS uuid
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $grant_trial$
DECLARE
    account uuid := @schema@.platform_account('grant_trial');
    offered @schema@.products := @schema@.offered_product(grant_trial.product);
    made uuid := primecloud.uuid_v7();
BEGIN
    IF ends_at IS NULL OR ends_at <= now() OR ends_at > now() + interval '1 year' THEN
        RAISE invalid_parameter_value USING MESSAGE = format('a trial cannot end at %s', coalesce(ends_at::text, 'NULL')),
            HINT = 'Name a time within a year from now.';
    END IF;
    INSERT INTO @schema@.account_subscriptions (id, product_id, account_id, status, price_cents, currency, current_period_start,
        current_period_end, trial_ends_at)
    VALUES (made, offered.id, account, 'trial', offered.price_cents, offered.currency, now(), ends_at, ends_at)
    ON CONFLICT (account_id) WHERE status IN ('trial', 'active', 'past_due') DO NOTHING;
    IF NOT FOUND THEN
        RAISE unique_violation USING MESSAGE = 'the account has a subscription already', HINT = 'A trial is for an account without one.';
    END IF;
    PERFORM @schema@.audit('grant_trial', 'account_subscriptions', made::text,
        jsonb_build_object('product', offered.id, 'ends_at', ends_at));
    RETURN made;
END
$grant_trial$;
COMMENT ON FUNCTION @schema@.grant_trial(uuid, timestamptz)
    IS 'subscribes the account to a product for nothing until a time, after which it pays; for the platform';
GRANT EXECUTE ON FUNCTION @schema@.grant_trial TO @platform@;

CREATE FUNCTION @schema@.end_past_due(account uuid) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $end_past_due$
BEGIN
    UPDATE @schema@.account_subscriptions s SET status = 'active' WHERE s.account_id = account AND s.status = 'past_due'
        AND NOT EXISTS (SELECT FROM @schema@.invoices i WHERE i.account_id = account AND i.customer_id IS NULL AND i.status = 'overdue');
END
$end_past_due$;
COMMENT ON FUNCTION @schema@.end_past_due(uuid) IS 'a subscription is active again when nothing that the account owes is overdue';
