-- Rows to look at.

CREATE FUNCTION @schema@.load_demo(accounts integer DEFAULT 2, orders integer DEFAULT 200) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $load_demo$
DECLARE
    first_account bigint := (SELECT count(*) FROM @schema@.users);
BEGIN
    IF accounts IS NULL OR accounts NOT BETWEEN 1 AND 100000 OR orders IS NULL OR orders NOT BETWEEN 0 AND 100000000 THEN
        RAISE invalid_parameter_value USING MESSAGE = format('no demo of %s accounts and %s orders', coalesce(accounts::text, 'NULL'),
            coalesce(orders::text, 'NULL')), HINT = 'It takes 1 to 100000 accounts and up to 100000000 orders.';
    END IF;
    PERFORM primecloud.migrating('@schema@');
    PERFORM setseed(0.42);
    INSERT INTO @schema@.products (name, description, price_cents, storage_limit_bytes, transfer_limit_bytes, overage_storage_cents,
        overage_transfer_cents)
    VALUES ('Start', 'for one site', 4900, 100 * 1073741824::bigint, 500 * 1073741824::bigint, 15, 40),
           ('Business', 'for a company', 19900, 1024 * 1073741824::bigint, 5120 * 1073741824::bigint, 12, 35),
           ('Scale', 'for a platform', 89900, 10240 * 1073741824::bigint, 51200 * 1073741824::bigint, 9, 30)
    ON CONFLICT (name) DO NOTHING;
    INSERT INTO @schema@.prices (category, resource, unit, price_millicents)
    VALUES ('vps', 'core', 'core', 1500000), ('vps', 'ram', 'gib', 1000000), ('vps', 'ssd', 'gib', 15000), ('vps', 'nvme', 'gib', 25000),
           ('vps', 'hdd', 'gib', 8000), ('vps', 'ip', 'unit', 1200000), ('vps', 'bandwidth', 'mbps', 5000),
               ('backup_vps', 'backup', 'day', 90000)
    ON CONFLICT (category, resource) DO NOTHING;

    CREATE TEMPORARY TABLE demo_accounts ON COMMIT DROP AS
    SELECT n, primecloud.uuid_v7() AS account, primecloud.uuid_v7() AS owner, primecloud.uuid_v7() AS developer
    FROM generate_series(1, load_demo.accounts) AS n;
    INSERT INTO @schema@.users (id, email, display_name)
    SELECT owner, format('owner%s@example.com', first_account + n), format('Owner %s', first_account + n) FROM pg_temp.demo_accounts
    UNION ALL
    SELECT developer, format('developer%s@example.com', first_account + n), format('Developer %s', first_account + n)
        FROM pg_temp.demo_accounts;
    INSERT INTO @schema@.accounts (id, owner_user_id, name, slug)
    SELECT account, owner, format('Account %s', first_account + n), format('account-%s', first_account + n) FROM pg_temp.demo_accounts;
    PERFORM @schema@.claim_value('accounts_slug_unique', format('account-%s', first_account + n), account) FROM pg_temp.demo_accounts;
    INSERT INTO @schema@.account_members (user_id, account_id, role, email, display_name)
    SELECT u.id, d.account, CASE WHEN u.id = d.owner THEN 'owner' ELSE 'developer' END, u.email, u.display_name
    FROM pg_temp.demo_accounts d JOIN @schema@.users u ON u.id IN (d.owner, d.developer);
    INSERT INTO @schema@.account_owners (account_id, user_id) SELECT account, owner FROM pg_temp.demo_accounts;
    INSERT INTO @schema@.account_billing (account_id) SELECT account FROM pg_temp.demo_accounts;
    INSERT INTO @schema@.account_subscriptions (product_id, account_id, price_cents, currency, current_period_start, current_period_end)
    SELECT p.id, d.account, p.price_cents, p.currency, date_trunc('month', now()), date_trunc('month', now()) + interval '1 month'
    FROM pg_temp.demo_accounts d
    JOIN (SELECT p.*, row_number() OVER (ORDER BY price_cents) AS rank FROM @schema@.products p WHERE p.is_public) p
        ON p.rank = 1 + d.n % 3;
    INSERT INTO @schema@.buckets (account_id, name, physical_name)
    SELECT d.account, b.name, primecloud.bucket_physical_name(d.account::text, b.name)
    FROM pg_temp.demo_accounts d CROSS JOIN (VALUES ('assets'), ('backups'), ('logs')) AS b(name);
    INSERT INTO @schema@.notifications (account_id, type, title, message, created_at)
    SELECT d.account, 'welcome', 'Welcome', '', now() - interval '100 days' FROM pg_temp.demo_accounts d;

    PERFORM @schema@.load_demo_orders(load_demo.orders);
    PERFORM primecloud.migrated();
    ANALYZE @schema@.users, @schema@.accounts, @schema@.account_members, @schema@.products, @schema@.account_subscriptions, @schema@.orders,
        @schema@.vps_configs, @schema@.buckets, @schema@.notifications;
END
$load_demo$;
COMMENT ON FUNCTION @schema@.load_demo(integer, integer)
    IS 'adds made-up accounts and orders, the square of a random number deciding whose; as the owner, outside any account';

CREATE FUNCTION @schema@.load_demo_orders(orders integer) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $load_demo_orders$
DECLARE
    accounts uuid[] := ARRAY(SELECT account FROM pg_temp.demo_accounts ORDER BY n);
    products uuid[] := ARRAY(SELECT id FROM @schema@.products ORDER BY price_cents);
    prices bigint[] := ARRAY(SELECT price_cents FROM @schema@.products ORDER BY price_cents);
BEGIN
    -- The squared random number gives the first of a thousand accounts 3 % of the orders.
    WITH drawn AS MATERIALIZED (
        SELECT accounts[1 + floor(array_length(accounts, 1) * power(random(), 2))::integer] AS account, random() AS kind, random() AS fate,
               1 + floor(random() * array_length(products, 1))::integer AS product, 1 + floor(random() * 3)::integer AS quantity,
               now() - random() * interval '730 days' AS placed
        FROM generate_series(1, orders)
    )
    INSERT INTO @schema@.orders (product_id, account_id, order_type, status, payment_status, payment_method, quantity, unit_price_cents,
                                 paid_at, canceled_at, delivered_at, created_at, updated_at)
    SELECT CASE WHEN kind >= 0.3 THEN products[product] END, account, CASE WHEN kind < 0.3 THEN 'vps' ELSE 'product' END,
           CASE WHEN fate < 0.7 THEN 'completed' WHEN fate < 0.8 THEN 'canceled' WHEN fate < 0.9 THEN 'processing' ELSE 'pending' END,
           CASE WHEN fate < 0.7 OR fate BETWEEN 0.8 AND 0.9 THEN 'paid' ELSE 'pending' END,
               CASE WHEN fate < 0.5 THEN 'pix' ELSE 'credit_card' END,
           CASE WHEN kind < 0.3 THEN 1 ELSE quantity END, CASE WHEN kind < 0.3 THEN 9900 ELSE prices[product] END,
           CASE WHEN fate < 0.7 OR fate BETWEEN 0.8 AND 0.9 THEN placed + interval '1 hour' END,
           CASE WHEN fate >= 0.7 AND fate < 0.8 THEN placed + interval '2 hours' END,
           CASE WHEN fate < 0.7 THEN placed + interval '1 day' END, placed, placed
    FROM drawn;
    INSERT INTO @schema@.vps_configs (order_id, account_id, os, location, cpu_cores, ram_gib, storage_gib, base_price_cents, created_at)
    SELECT o.id, o.account_id, 'debian-12', 'sp', 2, 4, 50, o.unit_price_cents, o.created_at
    FROM @schema@.orders o JOIN pg_temp.demo_accounts d ON d.account = o.account_id WHERE o.order_type = 'vps';
END
$load_demo_orders$;
COMMENT ON FUNCTION @schema@.load_demo_orders(integer) IS 'the orders of load_demo';
