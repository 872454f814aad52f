-- The states of an order and of its payment, and the one way between them.

CREATE TABLE @schema@.order_transitions (
    from_status text NOT NULL,  --: @public @notNull state before
    to_status text NOT NULL,  --: @public @notNull state after
    moved_by text NOT NULL,  --: @public @notNull who may: a role of the account, or platform
    CONSTRAINT order_transitions_pk PRIMARY KEY (from_status, to_status),
    CONSTRAINT order_transitions_moved_by_known CHECK (moved_by IN ('developer', 'admin', 'platform'))
);
COMMENT ON TABLE @schema@.order_transitions IS 'the ways an order can go; reference data, shared by all accounts';
INSERT INTO @schema@.order_transitions (from_status, to_status, moved_by) VALUES
    ('pending', 'quoting', 'platform'), ('pending', 'approved', 'platform'), ('pending', 'denied', 'platform'), ('pending', 'canceled', 'developer'),
    ('quoting', 'approved', 'platform'), ('quoting', 'denied', 'platform'), ('quoting', 'canceled', 'developer'),
    ('approved', 'provisioning', 'platform'), ('approved', 'canceled', 'admin'),
    ('provisioning', 'processing', 'platform'), ('provisioning', 'completed', 'platform'), ('provisioning', 'canceled', 'platform'),
    ('processing', 'completed', 'platform'), ('processing', 'canceled', 'platform'),
    ('completed', 'refunded', 'platform');
SELECT primecloud.share_table('@schema@.order_transitions'::regclass);

CREATE FUNCTION @schema@.order_transition(order_id uuid, to_status text, reason text DEFAULT NULL) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $order_transition$
DECLARE
    account uuid := @schema@.command_account('developer', 'order_transition');
    current @schema@.orders;
    needed text;
BEGIN
    SELECT * INTO current FROM @schema@.orders o WHERE o.account_id = account AND o.id = order_transition.order_id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM @schema@.refuse_missing('order', order_transition.order_id::text);
    END IF;
    -- A client that retries is told that it has been done.
    IF current.status = order_transition.to_status THEN
        RETURN current.status;
    END IF;
    SELECT t.moved_by INTO needed FROM @schema@.order_transitions t
    WHERE t.from_status = current.status AND t.to_status = order_transition.to_status;
    IF needed IS NULL THEN
        RAISE EXCEPTION 'an order cannot go from % to %', current.status, coalesce(order_transition.to_status, 'NULL') USING ERRCODE = '23514',
            HINT = 'Table order_transitions lists the ways.';
    END IF;
    IF needed = 'platform' THEN
        PERFORM @schema@.platform_account('order_transition');
    ELSE
        PERFORM @schema@.command_account(needed, 'order_transition');
    END IF;
    UPDATE @schema@.orders o
    SET status = order_transition.to_status, updated_at = now(),
        cancel_reason = CASE WHEN order_transition.to_status IN ('canceled', 'denied', 'refunded') THEN reason ELSE o.cancel_reason END,
        canceled_at = CASE WHEN order_transition.to_status IN ('canceled', 'denied') THEN now() END,
        delivered_at = CASE WHEN order_transition.to_status = 'completed' THEN now() ELSE o.delivered_at END
    WHERE o.account_id = account AND o.id = order_transition.order_id;
    PERFORM @schema@.audit('order_transition', 'orders', order_transition.order_id::text,
        jsonb_build_object('from', current.status, 'to', order_transition.to_status, 'reason', reason));
    PERFORM @schema@.send_notification('order_changed', format('Order %s: %s', current.order_number, order_transition.to_status), '',
        jsonb_build_object('order', order_transition.order_id, 'status', order_transition.to_status));
    RETURN order_transition.to_status;
END
$order_transition$;
COMMENT ON FUNCTION @schema@.order_transition(uuid, text, text) IS 'moves an order to another state, if there is a way and the caller may go it; tells the state reached';

CREATE FUNCTION @schema@.set_payment(order_id uuid, to_status text, method text DEFAULT NULL) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $set_payment$
DECLARE
    account uuid := @schema@.platform_account('set_payment');
    current @schema@.orders;
BEGIN
    SELECT * INTO current FROM @schema@.orders o WHERE o.account_id = account AND o.id = set_payment.order_id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM @schema@.refuse_missing('order', set_payment.order_id::text);
    END IF;
    IF current.payment_status = set_payment.to_status THEN
        RETURN current.payment_status;
    END IF;
    IF (current.payment_status, set_payment.to_status) NOT IN (('pending', 'paid'), ('pending', 'failed'), ('failed', 'paid'), ('paid', 'refunded')) THEN
        RAISE EXCEPTION 'a payment cannot go from % to %', current.payment_status, coalesce(set_payment.to_status, 'NULL') USING ERRCODE = '23514',
            HINT = 'It goes from pending to paid or failed, from failed to paid, from paid to refunded.';
    END IF;
    UPDATE @schema@.orders o
    SET payment_status = set_payment.to_status, payment_method = coalesce(method, o.payment_method), updated_at = now(),
        paid_at = CASE WHEN set_payment.to_status = 'paid' THEN now() WHEN set_payment.to_status = 'failed' THEN NULL ELSE o.paid_at END
    WHERE o.account_id = account AND o.id = set_payment.order_id;
    PERFORM @schema@.audit('set_payment', 'orders', set_payment.order_id::text, jsonb_build_object('from', current.payment_status, 'to', set_payment.to_status));
    RETURN set_payment.to_status;
END
$set_payment$;
COMMENT ON FUNCTION @schema@.set_payment(uuid, text, text) IS 'records what became of an order''s payment; for the platform';
