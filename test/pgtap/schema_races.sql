-- The application's races, replayed by parallel clients: what was lost or doubled
-- there is neither here.
\set test schema_races
\ir ../fixtures/control_plane.sql
SELECT no_plan();
-- However slow the machine is, nobody is ended for it.
SELECT format('ALTER DATABASE %I SET primecloud.preempt_after = 0', current_database()) \gexec
-- Runs a statement for each of n clients at the same time, each in a transaction of
-- its own that has entered before any of them goes on; $ is the client's number.
CREATE FUNCTION at_once(who text, clients int, statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answers text[] := '{}';
    answer text;
BEGIN
    FOR n IN 1..clients LOOP
        PERFORM connection('c' || n);
        PERFORM begin_as('c' || n, who);
    END LOOP;
    FOR n IN 1..clients LOOP
        PERFORM dblink_send_query('c' || n, replace(format('WITH x AS (SELECT v::text FROM (%s) q(v)) SELECT v FROM x', statement), '$',
            n::text) || '; COMMIT');
    END LOOP;
    FOR n IN 1..clients LOOP
        BEGIN
            answer := 'none';
            SELECT t.v INTO answer FROM dblink_get_result('c' || n) AS t(v text);
            answers := answers || coalesce(answer, '');
        EXCEPTION WHEN OTHERS THEN
            answers := answers || SQLSTATE::text;
        END;
        BEGIN
            LOOP
                PERFORM * FROM dblink_get_result('c' || n) AS t(v text);
                EXIT WHEN NOT FOUND;
            END LOOP;
        EXCEPTION WHEN OTHERS THEN NULL;
        END;
        PERFORM * FROM dblink_get_result('c' || n) AS t(v text);
        PERFORM dblink_exec('c' || n, 'ROLLBACK', false);
    END LOOP;
    RETURN array_to_string(answers, ' ');
END $$;

-- ten lifecycle rules at once (four of ten were stored)
SELECT act('a_dev', $$SELECT cloud.create_bucket('assets')$$) AS bucket \gset
SELECT at_once('a_dev', 10,
    format($$SELECT cloud.add_lifecycle_rule(%L, '{"ID":"r$","Status":"Enabled","Filter":{"Prefix":"p$/"},"Expiration":{"Days":3}}')$$,
    :'bucket'));
SELECT is((SELECT count(*) FROM cloud.lifecycle_rules), 10::bigint, 'ten rules added at once are ten');
SELECT is((SELECT count(DISTINCT position) FROM cloud.lifecycle_rules), 10::bigint, 'each in a place of its own');
SELECT is((SELECT count(*) FROM cloud.outbox WHERE operation = 'set_lifecycle'), 10::bigint,
    'and the store is told ten times, the last with all');
SELECT is((SELECT array_length(string_to_array(payload ->> 'xml', '<Rule>'), 1) - 1 FROM cloud.outbox WHERE operation = 'set_lifecycle'
    ORDER BY sequence DESC LIMIT 1), 10, 'in the order of the changes');
-- eight subscriptions at once (three of three were active)
SELECT at_once('a_admin', 8, $$SELECT cloud.subscribe('00000000-0000-7000-8000-000000000001')$$);
SELECT is((SELECT count(*) FROM cloud.account_subscriptions WHERE status = 'active'), 1::bigint, 'one subscription of eight');
-- one invitation, accepted eight times at once (96 % were doubled)
SELECT act('a_admin', $$SELECT i.token FROM cloud.invite('guest@example.com') i$$) AS token \gset
SELECT at_once('guest', 8, format('SELECT cloud.accept_invitation(%L)', :'token'));
SELECT is((SELECT count(*) FROM cloud.account_members m JOIN people p USING (user_id) WHERE who = 'guest'), 1::bigint,
    'one membership of eight acceptances');
SELECT is((SELECT count(*) FROM cloud.audit_log WHERE action = 'accept_invitation'), 1::bigint, 'and one entry in the log');
-- one notification an hour (92 % were doubled)
SELECT at_once('a_admin', 8, $$SELECT cloud.notify('account_activated', 'x')$$);
SELECT is((SELECT count(*) FROM cloud.notifications WHERE type = 'account_activated'), 1::bigint, 'one notification of eight');
-- one order of a client that retries
SELECT at_once('a_dev', 8, $$SELECT cloud.place_order('00000000-0000-7000-8000-000000000001', request_id => 'retry')$$) AS ids \gset
SELECT is((SELECT count(*) FROM cloud.orders), 1::bigint, 'one order of eight tries');
SELECT is((SELECT count(DISTINCT t) FROM string_to_table(:'ids', ' ') t), 1::bigint, 'which all of them are told');
-- one rotation; one successor
SELECT act('a_dev', $$SELECT id FROM cloud.create_access_key('k')$$) AS key \gset
SELECT at_once('a_dev', 4, format('SELECT id FROM cloud.rotate_access_key(%L)', :'key'));
SELECT is((SELECT count(*) FROM cloud.access_keys WHERE rotated_from_id IS NOT NULL), 1::bigint, 'one successor of four rotations');
-- one decision
SELECT act('a_admin', $$SELECT cloud.request_quota(200000000000)$$) AS request \gset
SELECT at_once('a_platform', 6, format('SELECT cloud.approve_quota(%L)', :'request'));
SELECT is((SELECT count(*) FROM cloud.audit_log WHERE action = 'approve_quota'), 1::bigint, 'one approval of six');
-- states: both ways at once, one of them
SELECT id AS order_id FROM cloud.orders LIMIT 1 \gset
SELECT at_once('a_platform', 6, format($$SELECT cloud.move_order(%L, (ARRAY['approved', 'denied', 'canceled'])[1 + $ %% 3])$$,
    :'order_id'));
SELECT cmp_ok((SELECT count(*) FROM cloud.audit_log WHERE action = 'move_order'), '<=', 2::bigint, 'an order goes one way');
SELECT ok((SELECT (status IN ('denied', 'canceled')) = (canceled_at IS NOT NULL) FROM cloud.orders), 'its timestamps with its state');
-- owners: two who demote each other, or leave, do not leave an account without one
SELECT act('a_owner', format($$SELECT cloud.change_member_role(%L, 'owner')$$, user_id)) FROM people WHERE who = 'a_admin';
UPDATE people SET role = 'owner' WHERE who = 'a_admin';
SELECT at_once('a_owner', 6, format($$SELECT cloud.transfer_ownership(%L)$$, user_id)) FROM people WHERE who = 'a_admin';
SELECT is((SELECT role FROM cloud.account_members m JOIN cloud.accounts a ON a.id = m.account_id AND a.owner_user_id = m.user_id
    WHERE a.slug = 'account-a'), 'owner', 'an owner there is');
SELECT throws_ok($$DELETE FROM cloud.account_members WHERE user_id = (SELECT user_id FROM people WHERE who = 'b_owner') AND role = 'owner';
    SET CONSTRAINTS ALL IMMEDIATE$$, '23503', NULL, 'raw SQL: an account without an owner cannot be');

-- collectors: counters add up, whoever comes first, and twice is once
SELECT physical_name AS physical FROM cloud.buckets WHERE id = :'bucket' \gset
SELECT at_once('worker', 8,
    format($$SELECT cloud.record_usage((SELECT
    jsonb_agg(jsonb_build_object('bucket', %L, 'at', timestamptz '2026-03-01 00:00Z' + ($ * 20 + i %% 20) * interval '1 minute',
    'storage_bytes', ($ * 20 + i %% 20) * 1000, 'object_count', 1, 'ingress_bytes', 3, 'egress_bytes', 4, 'request_count', 1))
        FROM generate_series(1, 40) i))$$, :'physical'));
SELECT is((SELECT count(*) FROM cloud.usage_records), 160::bigint, 'each measurement once');
SELECT results_eq('SELECT sum(ingress_bytes)::bigint, sum(egress_bytes)::bigint, sum(request_count)::bigint FROM cloud.' || rollup,
    'VALUES (480::bigint, 640::bigint, 160::bigint)', rollup || ' is the sum of its records')
FROM unnest(ARRAY['usage_hourly', 'usage_daily']) AS rollup;
SELECT is((SELECT size_bytes FROM cloud.buckets), 179000::bigint, 'the bucket has its latest size');
SELECT is((SELECT storage_used_bytes FROM cloud.accounts WHERE slug = 'account-a'), (SELECT sum(size_bytes)::bigint FROM cloud.buckets),
    'the account the sum of its buckets');
SELECT is((SELECT bandwidth_used_bytes FROM cloud.accounts WHERE slug = 'account-a'), CASE WHEN now() < '2026-04-01Z' THEN 1120::bigint
    ELSE 0 END, 'traffic of a month that is past is not this month''s');
-- thresholds: told once, however often they are reached at once
UPDATE cloud.accounts SET storage_quota_bytes = 200000 WHERE slug = 'account-a';
SELECT at_once('worker', 6,
    format($$SELECT cloud.record_usage(jsonb_build_array(jsonb_build_object('bucket', %L, 'at', now() + $ * interval '1 second',
    'storage_bytes', 170000 + $)))$$, :'physical'));
SELECT is((SELECT count(*) FROM cloud.notifications WHERE type = 'quota_warning_80'), 1::bigint,
    'a threshold reached by six is told of once');
SELECT act('worker', format($$SELECT
    cloud.record_usage(jsonb_build_array(jsonb_build_object('bucket', %L, 'at', now() + interval '1 minute' * %s, 'storage_bytes', %s)))$$,
    :'physical', i, CASE i % 2 WHEN 0 THEN 161000 ELSE 158000 END)) FROM generate_series(1, 6) i;
SELECT is((SELECT count(*) FROM cloud.notifications WHERE type = 'quota_warning_80'), 1::bigint, 'a figure that wavers about it, too');
SELECT act('worker', format($$SELECT
    cloud.record_usage(jsonb_build_array(jsonb_build_object('bucket', %L, 'at', now() + interval '1 hour', 'storage_bytes', 200000)))$$,
    :'physical'));
SELECT is((SELECT string_agg(type, ',' ORDER BY type) FROM cloud.notifications WHERE type LIKE 'quota%'), 'quota_exceeded,quota_warning_80',
    'the highest of several at once');
SELECT is((SELECT bool_and(h.ingress_bytes = r.ingress) FROM cloud.usage_hourly h
    JOIN (SELECT bucket_id, date_trunc('hour', recorded_at, 'UTC') AS hour, sum(ingress_bytes) AS ingress FROM cloud.usage_records
    GROUP BY 1, 2) r
    ON r.bucket_id = h.bucket_id AND r.hour = h.period_start), true, 'every hour is the sum of its records');

-- a key ended twice at once (44 of 50 ended in the wrong state)
SELECT act('a_dev', $$SELECT id FROM cloud.create_access_key('twice')$$) AS key \gset
SELECT at_once('a_dev', 6, format('SELECT cloud.revoke_access_key(%L)', :'key')) AS answers \gset
SELECT is((SELECT count(*) FROM string_to_table(:'answers', ' ') a WHERE a IN ('t', 'true')), 1::bigint, 'one of six ends a key');
SELECT is((SELECT status FROM cloud.access_keys WHERE id = :'key'), 'revoked', 'and it is ended');
SELECT is((SELECT count(*) FROM cloud.outbox o JOIN cloud.access_keys k ON o.object = 'key:' || k.access_key_id WHERE k.id = :'key'
    AND o.operation = 'delete_service_account'), 1::bigint, 'which the store is told once');
-- one SFTP login, one bucket of a name, one invitation, one request for quota
SELECT at_once('a_owner', 4, $$SELECT id FROM cloud.create_sftp_credential('login-$')$$);
SELECT is((SELECT count(*) FROM cloud.sftp_credentials WHERE status = 'active'), 1::bigint, 'one login of four');
SELECT at_once('a_dev', 4, $$SELECT cloud.create_bucket('same')$$);
SELECT is((SELECT count(*) FROM cloud.buckets WHERE name = 'same'), 1::bigint, 'one bucket of a name');
SELECT at_once('a_owner', 4, $$SELECT id FROM cloud.invite('several@example.com')$$);
SELECT is((SELECT count(*) FROM cloud.invitations WHERE email = 'several@example.com'), 1::bigint, 'one open invitation of an address');
SELECT at_once('a_owner', 4, $$SELECT cloud.request_quota(300000000000)$$) AS answers \gset
SELECT is((SELECT count(*) FROM cloud.quota_requests WHERE status = 'pending'), 1::bigint, 'one pending request');
-- buckets made at once: SFTPGo's last word has them all
SELECT at_once('a_dev', 6, $$SELECT cloud.create_bucket('folder-$')$$);
SELECT is((SELECT jsonb_array_length(payload #> '{user,virtual_folders}') FROM cloud.outbox WHERE operation = 'put_user'
    ORDER BY sequence DESC LIMIT 1), (SELECT count(*)::int FROM cloud.buckets b
    WHERE b.account_id = '00000000-0000-7000-8000-00000000000a'),
    'buckets made at once: the login''s last order has a folder for each');
SELECT is((SELECT count(*) FROM cloud.outbox WHERE operation = 'put_user' AND sequence > (SELECT max(sequence) FROM cloud.outbox
    WHERE operation = 'create_bucket')), 1::bigint, '(which is written after the last of them)');
-- prices: each change names the one before it
SELECT at_once('platform', 6, $$SELECT cloud.set_price('vps', 'nvme', 'gib', 1000 + $)$$);
SELECT is((SELECT count(*) FROM cloud.price_changes WHERE resource = 'nvme'), 6::bigint, 'six changes of a price are six');
SELECT is_empty($$SELECT id FROM cloud.price_changes c WHERE resource = 'nvme' AND old_price_millicents IS NOT NULL
    AND NOT EXISTS (SELECT FROM cloud.price_changes p WHERE p.resource = 'nvme' AND p.new_price_millicents = c.old_price_millicents)$$,
        'each from the price of another');
SELECT is((SELECT count(DISTINCT coalesce(old_price_millicents, 0)) FROM cloud.price_changes WHERE resource = 'nvme'), 6::bigint,
    'none from the same');
-- payments: recorded once
SELECT act('a_dev', $$SELECT cloud.place_order('00000000-0000-7000-8000-000000000001')$$) AS order_id \gset
SELECT at_once('a_platform', 6, format($$SELECT cloud.set_payment(%L, (ARRAY['paid', 'failed'])[1 + $ %% 2])$$, :'order_id'));
SELECT ok((SELECT (payment_status = 'paid') = (paid_at IS NOT NULL) AND payment_status <> 'pending' FROM cloud.orders
    WHERE id = :'order_id'), 'a payment has its time');
SELECT is_empty(format($$SELECT FROM cloud.audit_log WHERE action = 'set_payment' AND resource_id = %L AND details ->> 'from' = 'paid'$$,
    :'order_id'), 'what is paid does not become unpaid');
-- an invoice, paid six times at once
UPDATE cloud.account_subscriptions SET created_at = now() - interval '2 months';
SELECT act('platform', 'SELECT cloud.generate_invoices()');
SELECT id AS invoice FROM cloud.invoices WHERE account_id = '00000000-0000-7000-8000-00000000000a' LIMIT 1 \gset
SELECT at_once('a_platform', 6, format('SELECT cloud.mark_invoice_paid(%L)', :'invoice'));
SELECT is((SELECT count(*) FROM cloud.notifications WHERE type = 'payment_received'), 1::bigint, 'an invoice is paid once');
-- a bucket that goes while it is measured, and while it is measured again
SELECT id AS going, physical_name AS physical FROM cloud.buckets WHERE name = 'folder-1' \gset
SELECT connection('w'), dblink_exec('w', format('SET ROLE %I', :'worker'));
SELECT dblink_send_query('w',
    format($$SELECT sum(cloud.record_usage(jsonb_build_array(jsonb_build_object('bucket', %L, 'at', now() + n * interval '2 hours',
    'storage_bytes', n)))) FROM generate_series(1, 40) n$$, :'physical'));
SELECT at_once('a_owner', 2, format('SELECT cloud.delete_bucket(%L)', :'going'));
SELECT * FROM dblink_get_result('w') AS t(v text) OFFSET 100;
SELECT is((SELECT count(*) FROM cloud.buckets WHERE id = :'going'), 0::bigint, 'a bucket that goes while it is measured is gone');
-- ten collectors, each with measurements of all buckets, some of them the same, in different orders
SELECT string_agg(quote_literal(physical_name), ',') AS all_buckets FROM cloud.buckets \gset
SELECT at_once('worker', 10,
    format($$SELECT cloud.record_usage((SELECT
    jsonb_agg(jsonb_build_object('bucket', b, 'at', date_trunc('month', now(), 'UTC') + (n + $) * interval '1 minute', 'storage_bytes',
    n * 10, 'object_count', n,
    'ingress_bytes', 1, 'egress_bytes', 2, 'request_count', 1) ORDER BY CASE WHEN $ %% 2 = 0 THEN b END DESC, b) FROM unnest(ARRAY[%s]) b,
        generate_series(1, 20) n))$$, :'all_buckets')) AS answers \gset
SELECT unalike(:'answers'::text, '%40P01%', 'none of ten collectors waits in a circle');

-- each copied figure equals its source, after all of the above
SELECT is_empty($$SELECT a.slug FROM cloud.accounts a WHERE storage_used_bytes <> (SELECT coalesce(sum(size_bytes), 0) FROM cloud.buckets b
    WHERE b.account_id = a.id)$$, 'storage_used_bytes: sum of the buckets');
SELECT is_empty($$SELECT a.slug FROM cloud.accounts a WHERE bandwidth_used_bytes <> (SELECT coalesce(sum(ingress_bytes + egress_bytes), 0)
    FROM cloud.usage_daily d WHERE d.account_id = a.id
    AND d.period_start >= a.bandwidth_month::timestamp AT TIME ZONE 'UTC' AND d.period_start < (a.bandwidth_month + interval '1 month') AT
        TIME ZONE 'UTC')$$, 'bandwidth_used_bytes: sum of the month''s days');
SELECT is_empty($$SELECT b.name FROM cloud.buckets b JOIN LATERAL (SELECT * FROM cloud.usage_records r WHERE r.account_id = b.account_id
    AND r.bucket_id = b.id ORDER BY recorded_at DESC LIMIT 1) r ON true
    WHERE (b.size_bytes, b.object_count, b.measured_at) IS DISTINCT FROM (r.storage_bytes, r.object_count, r.recorded_at)$$,
        'size_bytes, object_count: the latest measurement');
SELECT is_empty(format($$SELECT * FROM (SELECT account_id, bucket_id, period_start, storage_bytes_max, ingress_bytes, egress_bytes,
    request_count FROM cloud.usage_%1$s) h
    FULL JOIN (SELECT account_id, bucket_id, date_trunc(%2$L, recorded_at, 'UTC') AS period_start, max(storage_bytes) AS storage_bytes_max,
        sum(ingress_bytes)::bigint AS ingress_bytes,
               sum(egress_bytes)::bigint AS egress_bytes, sum(request_count)::bigint AS request_count FROM cloud.usage_records GROUP BY 1,
                   2, 3) r ON h = r WHERE h IS NULL OR r IS NULL$$, rollup, unit), 'usage_' || rollup || ': its records')
FROM (VALUES ('hourly', 'hour'), ('daily', 'day')) AS t(rollup, unit);
SELECT is_empty($$SELECT m.id FROM cloud.account_members m JOIN cloud.users u ON u.id = m.user_id
    WHERE (m.email, m.display_name) <> (u.email, u.display_name)$$, 'a member''s address and name: the person''s');
SELECT is_empty($$SELECT i.id FROM cloud.invoices i WHERE subtotal_cents <> (SELECT sum(amount_cents) FROM cloud.invoice_lines l
    WHERE l.account_id = i.account_id AND l.invoice_id = i.id)$$, 'subtotal_cents: sum of the lines');
SELECT is_empty($$SELECT a.slug FROM cloud.accounts a WHERE quota_level <> cloud.quota_level(storage_used_bytes, storage_quota_bytes,
    quota_level)$$, 'quota_level: of use and quota');

-- an account that ends while commands are under way in it: what they made is gone too, and the services are told so
SELECT act('b_owner', $$SELECT cloud.create_bucket('before')$$), act('b_owner', $$SELECT id FROM cloud.create_access_key('before')$$),
    act('b_owner', $$SELECT cloud.place_order('00000000-0000-7000-8000-000000000001', request_id => 'b')$$);
-- first step by step: it waits for a transaction that has begun, at its beginning, when it holds nothing yet
SELECT begin_as(connection('first'), 'b_owner'), begin_as(connection('second'), 'b_owner');
SELECT v FROM dblink('first', $$SELECT cloud.set_bucket_versioning((SELECT id FROM cloud.buckets WHERE name = 'before'), true)::text$$)
    AS t(v text);
SELECT dblink_send_query('second', $$SELECT cloud.delete_account('account-b')::text; ROLLBACK$$);
CREATE PROCEDURE until_waiting() LANGUAGE plpgsql AS $$
BEGIN
    FOR i IN 1..60000 LOOP
        PERFORM pg_stat_clear_snapshot();
        EXIT WHEN EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock');
        PERFORM pg_sleep(0.01);
    END LOOP;
END $$;
CALL until_waiting();
SELECT is((SELECT v FROM dblink('first', $$SELECT cloud.place_order('00000000-0000-7000-8000-000000000001') IS NOT NULL$$, false)
    AS t(v text)), 't', 'a command under way goes on while its account is to end');
SELECT dblink_exec('first', 'COMMIT', false);
SELECT is((SELECT v FROM dblink_get_result('second', false) AS t(v text)), '', 'which waits, and then ends it');
SELECT * FROM dblink_get_result('second') AS t(v text) OFFSET 100;
SELECT * FROM dblink_get_result('second') AS t(v text) OFFSET 100;
-- then all at once
SELECT at_once('b_owner', 10, $$SELECT CASE $ WHEN 4 THEN cloud.delete_account('account-b')::text WHEN 1
    THEN cloud.move_order((SELECT id FROM cloud.orders WHERE request_id = 'b'), 'canceled')
    WHEN 2 THEN cloud.set_bucket_versioning((SELECT id FROM cloud.buckets WHERE name = 'before'), true)::text WHEN 3
        THEN (SELECT id::text FROM cloud.create_access_key('late'))
    WHEN 7 THEN cloud.revoke_access_key((SELECT id FROM cloud.access_keys WHERE name = 'before'))::text WHEN 8
        THEN (SELECT id::text FROM cloud.create_sftp_credential('late-login')) ELSE cloud.create_bucket('late-$')::text END$$)
        AS answers \gset
SELECT unalike(:'answers'::text, '%40P01%', 'no deadlock');
SELECT is((SELECT count(*) FROM cloud.accounts WHERE slug = 'account-b'), 0::bigint, 'the account is gone');
CREATE FUNCTION left_over() RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE rel name;
BEGIN
    FOR rel IN SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'account_id'
               WHERE c.relnamespace = 'cloud'::regnamespace AND c.relkind = 'r'
                   AND c.relname NOT IN ('audit_log', 'invoices', 'invoice_lines', 'outbox') LOOP
        RETURN QUERY EXECUTE format('SELECT DISTINCT %L FROM cloud.%I WHERE account_id = ''00000000-0000-7000-8000-00000000000b''', rel,
            rel);
    END LOOP;
END $$;
SELECT is_empty('SELECT left_over()', 'with all that was made meanwhile');
SELECT is_empty($$SELECT object, operation FROM (SELECT DISTINCT ON (object) object, operation FROM cloud.outbox
    WHERE account_id = '00000000-0000-7000-8000-00000000000b' AND service <> 'mail' ORDER BY object, sequence DESC) last
    WHERE operation NOT IN ('delete_bucket', 'delete_service_account', 'delete_user')$$,
        'the last word about each of its things is that it goes');
SELECT finish();
