-- Paying invoices, and taking them back.

CREATE FUNCTION @schema@.invoice_at_hand(account uuid, invoice uuid, command text) RETURNS @schema@.invoices
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $invoice_at_hand$
DECLARE
    bill @schema@.invoices;
BEGIN
    SELECT * INTO bill FROM @schema@.invoices i WHERE i.account_id = account AND i.id = invoice FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM @schema@.refuse_missing('invoice', invoice::text);
    END IF;
    -- An account decides on its customers' invoices; on its own, the platform.
    IF bill.customer_id IS NULL THEN
        PERFORM @schema@.platform_account(command);
    END IF;
    RETURN bill;
END
$invoice_at_hand$;
COMMENT ON FUNCTION @schema@.invoice_at_hand(uuid, uuid, text) IS 'an invoice that the caller may decide on, held until the end';

CREATE FUNCTION @schema@.mark_invoice_paid(invoice uuid, method text DEFAULT 'manual') RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $mark_invoice_paid$
DECLARE
    account uuid := @schema@.command_account('admin', 'mark_invoice_paid');
    bill @schema@.invoices := @schema@.invoice_at_hand(account, invoice, 'mark_invoice_paid');
BEGIN
    IF bill.status = 'paid' THEN
        RETURN false;
    ELSIF bill.status = 'canceled' THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('invoice %s is canceled', bill.invoice_number),
            HINT = 'What is canceled is not paid any more.';
    END IF;
    UPDATE @schema@.invoices i SET status = 'paid', paid_at = now(), payment_method = method WHERE i.account_id = account
        AND i.id = invoice;
    PERFORM @schema@.audit('mark_invoice_paid', 'invoices', invoice::text, jsonb_build_object('number', bill.invoice_number, 'method',
        method));
    IF bill.customer_id IS NULL THEN
        PERFORM @schema@.end_past_due(account);
        PERFORM @schema@.send_notification('payment_received', format('Invoice %s is paid', bill.invoice_number), '',
            jsonb_build_object('invoice', invoice));
    END IF;
    RETURN true;
END
$mark_invoice_paid$;
COMMENT ON FUNCTION @schema@.mark_invoice_paid(uuid, text)
    IS 'records that an invoice was paid; false if it was; the platform, and admins for their own customers';
GRANT EXECUTE ON FUNCTION @schema@.mark_invoice_paid TO @app@, @platform@;

CREATE FUNCTION @schema@.cancel_invoice(invoice uuid, reason text) RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $cancel_invoice$
DECLARE
    account uuid := @schema@.command_account('admin', 'cancel_invoice');
    bill @schema@.invoices := @schema@.invoice_at_hand(account, invoice, 'cancel_invoice');
BEGIN
    PERFORM @schema@.check_text('reason', cancel_invoice.reason, 8100);
    IF bill.status = 'canceled' THEN
        RETURN false;
    ELSIF bill.status = 'paid' THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('invoice %s is paid', bill.invoice_number),
            HINT = 'What is paid is not canceled any more.';
    END IF;
    -- It keeps its number, so that there is no gap, and its period, which is not billed again.
    UPDATE @schema@.invoices i SET status = 'canceled' WHERE i.account_id = account AND i.id = invoice;
    PERFORM @schema@.end_past_due(account);
    PERFORM @schema@.audit('cancel_invoice', 'invoices', invoice::text, jsonb_build_object('number', bill.invoice_number, 'reason', reason),
        'warning');
    RETURN true;
END
$cancel_invoice$;
COMMENT ON FUNCTION @schema@.cancel_invoice(uuid, text)
    IS 'takes an unpaid invoice back, number kept and period not billed again; false if it was; the platform, and admins for their own '
    'customers';
GRANT EXECUTE ON FUNCTION @schema@.cancel_invoice TO @app@, @platform@;
