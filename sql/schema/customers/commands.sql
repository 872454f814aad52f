-- Ending a customer.  By a command: DELETE is a right on a whole table, and LOCK TABLE takes it for a lock that stops every account.

CREATE FUNCTION @schema@.delete_customer(customer uuid) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $delete_customer$
DECLARE
    account uuid := @schema@.command_account('admin', 'delete_customer');
BEGIN
    PERFORM FROM @schema@.customers c WHERE c.account_id = account AND c.id = customer FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM @schema@.refuse_missing('customer', customer::text);
    END IF;
    IF EXISTS (SELECT FROM @schema@.buckets b WHERE b.account_id = account AND b.customer_id = customer) THEN
        RAISE foreign_key_violation USING MESSAGE = format('buckets are kept for customer %s', customer),
            HINT = 'Delete them first.';
    END IF;
    PERFORM @schema@.check_not_held('customers', jsonb_build_object('id', customer), 'customer_id');
    DELETE FROM @schema@.customers c WHERE c.account_id = account AND c.id = customer;
    PERFORM @schema@.audit('delete_customer', 'customers', customer::text);
END
$delete_customer$;
COMMENT ON FUNCTION @schema@.delete_customer(uuid) IS 'removes a customer for whom no bucket is kept; his invoices stay; admins';
GRANT EXECUTE ON FUNCTION @schema@.delete_customer TO @app@;
