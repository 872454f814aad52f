-- Invoices: an account's, one with its lines, those that wait to be paid.

LIST invoices_page, invoices_page_before
    OF invoices BY created_at, id
    FOR admin
    IS 'invoices, newest first, after a cursor';
GRANT EXECUTE ON FUNCTION @schema@.invoices_page, @schema@.invoices_page_before TO @app@;

LIST invoices_page_by_status, invoices_page_by_status_before
    OF invoices BY created_at, id
    FOR admin
    GIVEN wanted_status text WHERE t.status = wanted_status
    IS 'invoices of one status, newest first, after a cursor';
GRANT EXECUTE ON FUNCTION @schema@.invoices_page_by_status, @schema@.invoices_page_by_status_before TO @app@;

CREATE FUNCTION @schema@.invoice_with_lines(invoice_id uuid)
RETURNS TABLE (item @schema@.invoices, lines @schema@.invoice_lines[])
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT i, ARRAY(SELECT l FROM @schema@.invoice_lines l WHERE l.account_id = i.account_id AND l.invoice_id = i.id ORDER BY l.position)
    FROM @schema@.invoices i WHERE i.account_id = primecloud.tenant_uuid('admin') AND i.id = invoice_id;
END;

CREATE DISTRIBUTED FUNCTION @schema@.invoice_with_lines(invoice_id uuid)
RETURNS TABLE (item @schema@.invoices, lines @schema@.invoice_lines[])
LANGUAGE plpgsql STABLE PARALLEL UNSAFE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, pg_temp
AS $invoice_with_lines$
DECLARE
    account CONSTANT uuid := primecloud.tenant_uuid('admin');
    said jsonb;
BEGIN
    SELECT i.* INTO item FROM @schema@.invoices i WHERE i.account_id = account AND i.id = invoice_id;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    SELECT jsonb_agg(to_jsonb(l) ORDER BY l.position) INTO said
        FROM @schema@.invoice_lines l WHERE l.account_id = account AND l.invoice_id = invoice_with_lines.invoice_id;
    lines := ARRAY(SELECT l FROM jsonb_populate_recordset(NULL::@schema@.invoice_lines, coalesce(said, '[]')) l);
    RETURN NEXT;
END
$invoice_with_lines$;
COMMENT ON FUNCTION @schema@.invoice_with_lines(uuid)
    IS 'one invoice with its lines in order; no row if the entered account has none of that id';
GRANT EXECUTE ON FUNCTION @schema@.invoice_with_lines TO @app@;

CREATE FUNCTION @schema@.platform_open_invoices(after_time timestamptz DEFAULT NULL, after_id uuid DEFAULT NULL,
    page_size integer DEFAULT 50)
RETURNS TABLE (id uuid, account_id uuid, account_name text, invoice_number text, status text, total_cents bigint, currency text,
    due_at timestamptz)
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 50 SET search_path = pg_catalog, pg_temp
AS $platform_open_invoices$
BEGIN
    PERFORM @schema@.require_platform('platform_open_invoices');
    RETURN QUERY
    SELECT i.id, i.account_id, coalesce(a.name, i.billed_name), i.invoice_number, i.status, i.total_cents, i.currency, i.due_at
    FROM @schema@.invoices i LEFT JOIN @schema@.accounts a ON a.id = i.account_id
    WHERE i.status IN ('pending', 'overdue') AND i.customer_id IS NULL
      AND (i.due_at, i.id) > (coalesce(after_time, '-infinity'), coalesce(after_id, '00000000-0000-0000-0000-000000000000'))
    ORDER BY i.due_at, i.id LIMIT least(greatest(coalesce(page_size, 50), 1), 200);
END
$platform_open_invoices$;
COMMENT ON FUNCTION @schema@.platform_open_invoices(timestamptz, uuid, integer)
    IS 'the platform''s unpaid invoices of all accounts, longest due first, after one of a time and id; for the platform';
GRANT EXECUTE ON FUNCTION @schema@.platform_open_invoices TO @platform@;
ALTER FUNCTION @schema@.platform_open_invoices OWNER TO @gate@;
