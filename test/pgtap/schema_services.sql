-- Billing, the outbox and maintenance: once each, whatever is repeated.
\set test schema_services
\ir ../fixtures/control_plane.sql
SELECT no_plan();
\set account '''00000000-0000-7000-8000-00000000000a'''

-- the outbox: in order for one object, never two at once, never a late acknowledgement
SELECT act('a_dev', $$SELECT cloud.create_bucket('one', versioning => true)$$) AS one \gset
SELECT act('a_dev', $$SELECT cloud.create_bucket('two')$$) AS two \gset
CREATE TABLE claimed (n int, sequence bigint, claim_token uuid, object text, operation text);
CREATE FUNCTION claim(n int, service text DEFAULT 'minio') RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    taken text := act('worker', format('SELECT json_agg(c) FROM cloud.claim_outbox(%L, ''w'', 100, ''10 seconds'') c', service));
BEGIN
    INSERT INTO claimed SELECT claim.n, c.sequence, c.claim_token, c.object, c.operation FROM json_to_recordset(taken::json)
        AS c(sequence bigint, claim_token uuid, object text, operation text);
    RETURN (SELECT count(*) FROM claimed k WHERE k.n = claim.n);
END $$;
SELECT is(claim(1), 2::bigint, 'a worker claims the first order of each object');
SELECT is((SELECT string_agg(operation, ',' ORDER BY sequence) FROM claimed), 'create_bucket,create_bucket', 'which makes the buckets');
SELECT is(claim(2), 0::bigint, 'the rest waits');
SELECT is(act('worker', format('SELECT cloud.acknowledge_outbox(%s, %L)', sequence, gen_random_uuid())), 'false', 'a claim that is none')
    FROM claimed LIMIT 1;
SELECT is(act('worker', format('SELECT cloud.acknowledge_outbox(%s, %L)', sequence, claim_token)), 'true', 'done') FROM claimed
    ORDER BY sequence LIMIT 1;
SELECT is(claim(3), 1::bigint, 'then the next order of that bucket');
SELECT is((SELECT operation FROM claimed WHERE n = 3), 'set_versioning', 'which turns versioning on');
SELECT is(act('worker', format('SELECT cloud.fail_outbox(%s, %L, ''no route'', 3)', sequence, claim_token)), 'pending',
    'it fails and waits') FROM claimed WHERE n = 3;
SELECT is(claim(4), 0::bigint, 'before it is tried again');
UPDATE cloud.outbox SET available_at = now() - interval '1 second', attempts = 2
    WHERE sequence = (SELECT sequence FROM claimed WHERE n = 3);
SELECT is(claim(5), 1::bigint, 'it is tried again');
SELECT is(act('worker', format('SELECT cloud.acknowledge_outbox(%s, %L)', sequence, claim_token)), 'false',
    'the older claim says nothing any more') FROM claimed WHERE n = 3;
SELECT is(act('worker', format('SELECT cloud.fail_outbox(%s, %L, ''no route'', 3)', sequence, claim_token)), 'dead', 'and given up')
    FROM claimed WHERE n = 5;
SELECT act('a_dev', format('SELECT cloud.set_bucket_versioning(%L, false)', :'one'));
SELECT is(claim(6), 0::bigint, 'a dead order is not overtaken');
SELECT is(act('worker', format('SELECT cloud.retry_outbox(%s)', sequence)), 'true', 'until somebody brings it back') FROM claimed
    WHERE n = 5;
SELECT is(claim(7), 1::bigint, 'and it goes on');
SELECT is(act('a_owner', $$SELECT count(*) FROM cloud.claim_outbox('minio', 'x')$$), '42501', 'the outbox is not an account''s');
UPDATE cloud.outbox SET available_at = now() - interval '1 second' WHERE status = 'pending';
SELECT isnt(claim(8), 0::bigint, 'a worker that died lets go after its lease');

-- thresholds: up at 80, 95 and 100 %, down five points below
SELECT is(cloud.quota_level(used, quota, told), level, format('%s of %s, told of %s', used, quota, told)) FROM (VALUES
    (0::bigint, 1000::bigint, 0, 0), (799, 1000, 0, 0), (800, 1000, 0, 80), (949, 1000, 0, 80), (950, 1000, 0, 95), (999, 1000, 0, 95),
        (1000, 1000, 0, 100), (5000, 1000, 0, 100),
    (799, 1000, 80, 80), (750, 1000, 80, 80), (749, 1000, 80, 0), (949, 1000, 95, 95), (900, 1000, 95, 95), (899, 1000, 95, 80),
        (750, 1000, 95, 80), (749, 1000, 95, 0),
    (999, 1000, 100, 100), (950, 1000, 100, 100), (949, 1000, 100, 95), (0, 1000, 100, 0), (0, 0, 0, 0), (1, 0, 0, 100),
        (9007199254740991, 9007199254740991, 0, 100), (7205759403792793, 9007199254740991, 0, 80), (7205759403792792, 9007199254740991, 0,
        0)) AS t(used, quota, told, level);

-- four workers at once: every order of every object, once and in order
INSERT INTO cloud.outbox (account_id, service, object, operation, payload)
SELECT :account, 'sftpgo', 'user:' || n % 20, n::text, '{}' FROM generate_series(1, 200) AS n;
CREATE TABLE done_by (worker text, object text, operation int, at timestamptz DEFAULT clock_timestamp(), n bigserial);
CREATE FUNCTION work_as_worker(worker text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    job record;
    idle int := 0;
BEGIN
    WHILE idle < 3 LOOP
        idle := idle + 1;
        FOR job IN SELECT * FROM cloud.claim_outbox('sftpgo', worker, 7) LOOP
            INSERT INTO done_by (worker, object, operation) VALUES (worker, job.object, job.operation::int);
            PERFORM cloud.acknowledge_outbox(job.sequence, job.claim_token);
            idle := 0;
        END LOOP;
    END LOOP;
END $$;
GRANT INSERT ON done_by TO :"worker";
GRANT USAGE ON SEQUENCE done_by_n_seq TO :"worker";
SELECT connection('w' || n), dblink_exec('w' || n, format('SET ROLE %I', :'worker')) FROM generate_series(1, 4) AS n;
-- each call is a transaction, so workers see what the others have committed only between calls
CREATE FUNCTION drain() RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    FOR i IN 1..30 LOOP
        PERFORM dblink_send_query('w' || n, format('SELECT work_as_worker(%L)', 'w' || n)) FROM generate_series(1, 4) AS n;
        FOR n IN 1..4 LOOP
            PERFORM * FROM dblink_get_result('w' || n) AS t(v text);
            PERFORM * FROM dblink_get_result('w' || n) AS t(v text);
        END LOOP;
    END LOOP;
    RETURN (SELECT count(*) FROM done_by);
END $$;
SELECT is(drain(), 200::bigint, 'four workers carry out every order once');
SELECT is_empty($$SELECT * FROM (SELECT object, operation, lag(operation) OVER (PARTITION BY object ORDER BY n) AS before FROM done_by) o
    WHERE before > operation$$, 'in order for each object');
SELECT is((SELECT count(*) FROM (SELECT DISTINCT object, operation FROM done_by) d), 200::bigint, 'none twice');

-- invoices
SELECT act('a_admin', $$SELECT cloud.subscribe('00000000-0000-7000-8000-000000000001')$$);
SELECT act('b_owner', $$SELECT cloud.subscribe('00000000-0000-7000-8000-000000000002')$$);
UPDATE cloud.account_subscriptions SET created_at = now() - interval '3 months', current_period_start = now() - interval '3 months';
-- Start includes 100 GiB: half a GiB above it at 15 cents is 7.5, rounded up, once
INSERT INTO cloud.usage_daily (account_id, bucket_id, period_start, storage_bytes_max, ingress_bytes, egress_bytes, request_count)
SELECT :account, :'one', date_trunc('month', now() - interval '1 month', 'UTC'), 107374182400 + 536870912, 0, 107374182400 + 1073741824, 1;
INSERT INTO cloud.customers (id, account_id, name, billing_model, price_cents, discount_percent, created_at)
VALUES ('00000000-0000-7000-8000-00000000cc01', :account, 'Customer', 'fixed', 10001, 50, now() - interval '2 months');
SELECT is(act('a_owner', 'SELECT cloud.generate_invoices()'), '42501', 'an account bills nobody by itself');
SELECT is(act('platform', 'SELECT cloud.generate_invoices()'), '3', 'the platform bills the month that is over');
SELECT is(act('platform', 'SELECT cloud.generate_invoices()'), '0', 'once');
SELECT is(act('platform', 'SELECT cloud.generate_invoices(current_date)'), '22023', 'not before it is over');
SELECT results_eq($$SELECT subtotal_cents, total_cents FROM cloud.invoices ORDER BY subtotal_cents$$, $$VALUES (4948::bigint, 4948::bigint),
    (10001, 5000), (19900, 19900)$$, 'plan, half a GiB and one GiB above it; a discount; another plan');
SELECT is_empty($$SELECT i.id FROM cloud.invoices i WHERE subtotal_cents <> (SELECT sum(amount_cents) FROM cloud.invoice_lines l
    WHERE l.account_id = i.account_id AND l.invoice_id = i.id)$$, 'a subtotal is the sum of its lines');
SELECT is(act('platform', 'SELECT cloud.generate_invoices((current_date - interval ''2 months'')::date)'), '3', 'an older month');
-- twelve at once
SELECT connection('p' || n), dblink_exec('p' || n, format('SET ROLE %I', :'platform')) FROM generate_series(1, 4) AS n;
SELECT dblink_send_query('p' || n, 'SELECT cloud.generate_invoices((current_date - interval ''3 months'')::date)')
    FROM generate_series(1, 4) AS n;
SELECT * FROM generate_series(1, 4) AS n, LATERAL dblink_get_result('p' || n) AS t(v text) OFFSET 100;
SELECT results_eq($$SELECT issuer = 'platform', count(*), max(right(invoice_number, 6)::int), count(DISTINCT invoice_number)
    FROM cloud.invoices GROUP BY issuer ORDER BY 1$$,
    $$SELECT issuer = 'platform', max(last_number)::bigint, max(last_number), max(last_number)::bigint FROM cloud.invoice_counters
        GROUP BY issuer ORDER BY 1$$, 'numbers without a gap, for each issuer, billed by four at once');
SELECT id AS invoice FROM cloud.invoices WHERE customer_id IS NULL AND account_id = :account LIMIT 1 \gset
SELECT is(act('a_owner', format('SELECT cloud.mark_invoice_paid(%L)', :'invoice')), '42501', 'an account does not say that it has paid');
SELECT is(act('a_platform', format('SELECT cloud.mark_invoice_paid(%L)', :'invoice')), 'true', 'the platform does');
SELECT is(act('a_platform', format('SELECT cloud.mark_invoice_paid(%L)', :'invoice')), 'false', 'once');
SELECT is(act('a_admin', format('SELECT cloud.mark_invoice_paid(%L)', id)), 'true', 'an account''s customer pays the account')
    FROM cloud.invoices WHERE customer_id IS NOT NULL LIMIT 1;

-- maintenance
UPDATE cloud.invoices SET due_at = now() - interval '1 day' WHERE status = 'pending';
UPDATE cloud.account_subscriptions SET current_period_end = now() - interval '1 day', cancel_at_period_end = (account_id <> :account);
INSERT INTO cloud.notifications (account_id, type, title, message, created_at) SELECT :account, 'welcome', 'old', '',
    now() - interval '200 days' FROM generate_series(1, 2500);
INSERT INTO cloud.audit_log (account_id, action, resource, created_at) VALUES (:account, 'old', 'x', now() - interval '3 years');
SELECT is(act('a_owner', $$SELECT cloud.maintain('access', 1)$$), '42501', 'maintenance is not an account''s');
SELECT connection('m'), dblink_exec('m', format('SET ROLE %I', :'maintenance'));
SELECT dblink_exec('m', 'CALL cloud.run_maintenance(1000)');
SELECT is((SELECT count(*) FROM cloud.invoices WHERE status = 'pending'), 0::bigint, 'invoices past their date are overdue');
SELECT is((SELECT status FROM cloud.account_subscriptions WHERE account_id <> :account), 'canceled',
    'a subscription canceled for its end has ended');
SELECT ok((SELECT status = 'past_due' AND current_period_end > now() FROM cloud.account_subscriptions WHERE account_id = :account),
    'the other goes on, past due, since an invoice of its account is');
SELECT act('a_platform', format('SELECT cloud.mark_invoice_paid(%L)', id)) FROM (SELECT max(id::text) AS id FROM cloud.invoices
    WHERE customer_id IS NULL AND account_id = :account AND status = 'overdue') i;
SELECT is((SELECT status FROM cloud.account_subscriptions WHERE account_id = :account), 'past_due', 'as long as one is');
SELECT is(act('a_platform', format($$SELECT cloud.cancel_invoice(%L, 'goodwill')$$, id)), 'true', 'the last is taken back')
    FROM cloud.invoices WHERE customer_id IS NULL AND account_id = :account AND status = 'overdue';
SELECT is((SELECT status FROM cloud.account_subscriptions WHERE account_id = :account), 'active', 'and nothing is owed');
SELECT is(act('a_admin', format($$SELECT cloud.cancel_invoice(%L, 'x')$$, id)), '42501', 'an account takes no invoice of the platform back')
    FROM cloud.invoices WHERE customer_id IS NULL AND account_id = :account LIMIT 1;
SELECT is_empty($$SELECT n.id FROM cloud.notifications n JOIN cloud.notification_types t USING (type) WHERE t.sends_mail
    AND n.title <> 'old'
    AND NOT EXISTS (SELECT FROM cloud.outbox o WHERE o.service = 'mail' AND o.object = 'mail:' || n.id AND o.account_id = n.account_id
        AND o.operation = n.type)$$, 'each notification that is mailed has its order');
SELECT isnt_empty($$SELECT FROM cloud.outbox WHERE operation IN ('invoice_generated', 'payment_overdue', 'subscription_ended')$$,
    '(of billing too)');
SELECT is((SELECT payload -> 'to' FROM cloud.outbox WHERE operation = 'payment_overdue' AND account_id = :account LIMIT 1),
    jsonb_build_object('function', 'mail_recipients', 'account', :account, 'audience', 'billing'), 'recipients by reference');
SELECT is(act('worker', $$SELECT string_agg(email, ',' ORDER BY email) FROM cloud.mail_recipients('00000000-0000-7000-8000-00000000000a',
    'billing')$$), 'a_admin@example.com,a_owner@example.com', 'an account without a billing address: its owners and admins');
SELECT act('a_admin', $$UPDATE cloud.account_billing SET billing_email = 'bills@example.com'$$);
SELECT is(act('worker', $$SELECT string_agg(email, ',') FROM cloud.mail_recipients('00000000-0000-7000-8000-00000000000a', 'billing')$$),
    'bills@example.com', 'with one: that');
SELECT is(act('worker', $$SELECT count(*) FROM cloud.mail_recipients('00000000-0000-7000-8000-00000000000a', 'admins')$$), '2',
    'which gets nothing else');
SELECT is((SELECT count(*) FROM cloud.notifications WHERE title = 'old'), 0::bigint, 'old notifications are gone, batch by batch');
SELECT is((SELECT count(*) FROM cloud.audit_log WHERE action = 'old'), 0::bigint, 'and old audit rows');
SELECT is(act('platform', 'SELECT accounts FROM cloud.platform_dashboard()'), '2', 'the operator''s figures');
SELECT is(act('platform', 'SELECT string_agg(p.slug, '','') FROM cloud.platform_accounts_page() p'), 'account-a,account-b', 'and accounts');
SELECT is(act('a_owner', 'SELECT accounts FROM cloud.platform_dashboard()'), '42501', 'for the platform alone');
-- what waits for the platform
SELECT act('a_dev', format($$SELECT cloud.place_order('00000000-0000-7000-8000-000000000001', request_id => 'w%s')$$, n))
    FROM generate_series(1, 3) AS n;
SELECT act('b_owner', $$SELECT cloud.request_dedicated('64 cores', 'd1')$$) AS dedicated \gset
SELECT is(act('platform', $$SELECT string_agg(o.account_name || ' ' || o.order_type, ',') FROM cloud.platform_open_orders() o$$),
    'Account a product,Account a product,Account a product,Account b dedicated', 'orders of all accounts that wait, longest waiting first');
SELECT is(act('platform', 'SELECT count(*) FROM cloud.platform_open_orders() o, cloud.platform_open_orders(o.created_at, o.id, 1) next'),
    '3', 'page by page');
SELECT is(act('b_platform', format($$SELECT cloud.move_order(%L, 'approved')$$, :'dedicated')), '23514',
    'no machine is approved without a price');
SELECT is(act('b_platform', format('SELECT cloud.quote_order(%L, 500000, 50000)', :'dedicated')), '450000', 'the platform quotes it');
SELECT is(act('b_platform', format('SELECT cloud.quote_order(%L, 500000, 500001)', :'dedicated')), '23514', 'no discount above the price');
SELECT is(act('b_owner', format('SELECT cloud.quote_order(%L, 1)', :'dedicated')), '42501', 'not its customer');
SELECT is(act('b_platform', format($$SELECT cloud.move_order(%L, 'approved')$$, :'dedicated')), 'approved', 'then it is');
SELECT is(act('b_platform', format('SELECT cloud.quote_order(%L, 1)', :'dedicated')), '55000', 'and its price stands');
SELECT is(act('b_platform', format($$SELECT cloud.note_order(%L, 'a good customer')$$, :'dedicated')), '', 'staff remark on it');
SELECT is(act('b_platform', 'SELECT note FROM cloud.order_internal_notes'), 'a good customer', 'for staff to read');
SELECT is(act('b_owner', 'SELECT note FROM cloud.order_internal_notes'), '42501', 'alone');
SELECT isnt(act('platform', 'SELECT count(*) FROM cloud.platform_open_invoices()'), '0', 'and unpaid invoices')
    WHERE EXISTS (SELECT FROM cloud.invoices WHERE status IN ('pending', 'overdue') AND customer_id IS NULL);
UPDATE cloud.outbox SET status = 'dead', finished_at = now() WHERE sequence = (SELECT min(sequence) FROM cloud.outbox
    WHERE status = 'pending' AND service = 'minio');
SELECT is(act('platform', 'SELECT count(*) FROM cloud.dead_orders()'), '1', 'and orders that were given up');
SELECT is(act('worker', 'SELECT cloud.discard_outbox(d.sequence, ''by hand'') FROM cloud.dead_orders() d'), 'true',
    'to bring back or discard');
-- a trial
SELECT is(act('b_platform', $$SELECT cloud.grant_trial('00000000-0000-7000-8000-000000000001', now())$$), '22023', 'no trial that is over');
SELECT matches(act('b_platform', $$SELECT cloud.grant_trial('00000000-0000-7000-8000-000000000001', now() + interval '7 days')$$),
    '^[0-9a-f-]{36}$', 'a trial');
SELECT is(act('b_platform', $$SELECT cloud.grant_trial('00000000-0000-7000-8000-000000000001', now() + interval '7 days')$$), '23505',
    'once');
-- a trial of two months, that ends in the last: billed from the last on, whenever billing is run
SELECT date_trunc('month', now(), 'UTC') AS this_month \gset
UPDATE cloud.account_subscriptions SET created_at = :'this_month'::timestamptz - interval '3 months',
    current_period_start = :'this_month'::timestamptz - interval '3 months', current_period_end = :'this_month'::timestamptz - interval
    '10 days',
    trial_ends_at = :'this_month'::timestamptz - interval '10 days' WHERE status = 'trial';
SELECT dblink_exec('m', 'CALL cloud.run_maintenance(1000)');
SELECT is((SELECT status FROM cloud.account_subscriptions WHERE account_id <> :account AND status <> 'canceled'), 'active',
    'it ends and is paid for');
SELECT is((SELECT count(*) FROM cloud.notifications WHERE type = 'trial_ended'), 1::bigint, 'which the account is told');
DELETE FROM cloud.invoices WHERE account_id <> :account;
DELETE FROM cloud.account_subscriptions WHERE account_id <> :account AND status = 'canceled';
SELECT act('platform', format('SELECT cloud.generate_invoices((current_date - interval ''%s months'')::date)', n))
    FROM generate_series(1, 3) AS n;
SELECT is((SELECT string_agg((extract(month FROM age(:'this_month', period_start)))::text || ' ' || total_cents, ', ') FROM cloud.invoices
    WHERE account_id <> :account AND customer_id IS NULL), '1 4900', 'the month it ends in is billed, those before it are not');
DELETE FROM cloud.invoices WHERE account_id <> :account;
UPDATE cloud.account_subscriptions SET status = 'canceled', canceled_at = trial_ends_at - interval '1 day' WHERE account_id <> :account
    AND status = 'active';
SELECT act('platform', format('SELECT cloud.generate_invoices((current_date - interval ''%s months'')::date)', n))
    FROM generate_series(1, 3) AS n;
SELECT is((SELECT count(*) FROM cloud.invoices WHERE account_id <> :account AND customer_id IS NULL
    AND period_start > :'this_month'::timestamptz - interval '2 months'), 0::bigint, 'of a trial that was ended, nothing is');
SELECT finish();
