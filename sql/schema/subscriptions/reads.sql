-- Subscriptions.

CREATE FUNCTION @schema@.live_subscription() RETURNS @schema@.account_subscriptions
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $live_subscription$
DECLARE
    account CONSTANT uuid := primecloud.tenant_uuid();
    live @schema@.account_subscriptions;
BEGIN
    SELECT * INTO live FROM @schema@.account_subscriptions s
    WHERE s.account_id = account AND s.status IN ('trial', 'active', 'past_due') FOR NO KEY UPDATE;
    RETURN live;
END
$live_subscription$;
COMMENT ON FUNCTION @schema@.live_subscription() IS 'the live subscription of the entered account, locked; for commands';

LIST subscriptions_page, subscriptions_page_before
    OF account_subscriptions BY created_at, id
    FOR developer
    IS 'subscriptions, ended ones included, newest first, after a cursor';
GRANT EXECUTE ON FUNCTION @schema@.subscriptions_page, @schema@.subscriptions_page_before TO @app@;
