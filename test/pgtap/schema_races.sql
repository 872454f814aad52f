-- The application's races, replayed by parallel clients: what was lost or doubled
-- there is neither here.
\set test schema_races
\ir ../fixtures/control_plane.sql
SELECT no_plan();
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
        PERFORM dblink_send_query('c' || n, replace(format('WITH x AS (SELECT v::text FROM (%s) q(v)) SELECT v FROM x', statement), '$', n::text) || '; COMMIT');
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
SELECT at_once('a_dev', 10, format($$SELECT cloud.add_lifecycle_rule(%L, '{"ID":"r$","Status":"Enabled","Filter":{"Prefix":"p$/"},"Expiration":{"Days":3}}')$$, :'bucket'));
SELECT is((SELECT count(*) FROM cloud.lifecycle_rules), 10::bigint, 'ten rules added at once are ten');
SELECT is((SELECT count(DISTINCT position) FROM cloud.lifecycle_rules), 10::bigint, 'each in a place of its own');
SELECT is((SELECT count(*) FROM cloud.outbox WHERE operation = 'set_lifecycle'), 10::bigint, 'and the store is told ten times, the last with all');
SELECT is((SELECT array_length(string_to_array(payload ->> 'xml', '<Rule>'), 1) - 1 FROM cloud.outbox WHERE operation = 'set_lifecycle' ORDER BY sequence DESC LIMIT 1), 10, 'in the order of the changes');
-- eight subscriptions at once (three of three were active)
SELECT at_once('a_admin', 8, $$SELECT cloud.subscribe('00000000-0000-7000-8000-000000000001')$$);
SELECT is((SELECT count(*) FROM cloud.subscriptions WHERE status = 'active'), 1::bigint, 'one subscription of eight');
-- one invitation, accepted eight times at once (96 % were doubled)
SELECT act('a_admin', $$SELECT i.token FROM cloud.invite('guest@example.com') i$$) AS token \gset
SELECT at_once('guest', 8, format('SELECT cloud.accept_invitation(%L)', :'token'));
SELECT is((SELECT count(*) FROM cloud.account_members m JOIN people p USING (user_id) WHERE who = 'guest'), 1::bigint, 'one membership of eight acceptances');
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
SELECT at_once('a_platform', 6, format($$SELECT cloud.order_transition(%L, (ARRAY['approved', 'denied', 'canceled'])[1 + $ %% 3])$$, :'order_id'));
SELECT cmp_ok((SELECT count(*) FROM cloud.audit_log WHERE action = 'order_transition'), '<=', 2::bigint, 'an order goes one way');
SELECT ok((SELECT (status IN ('denied', 'canceled')) = (canceled_at IS NOT NULL) FROM cloud.orders), 'its timestamps with its state');
-- owners: two who demote each other, or leave, do not leave an account without one
SELECT act('a_owner', format($$SELECT cloud.change_member_role(%L, 'owner')$$, user_id)) FROM people WHERE who = 'a_admin';
UPDATE people SET role = 'owner' WHERE who = 'a_admin';
SELECT at_once('a_owner', 6, format($$SELECT cloud.transfer_ownership(%L)$$, user_id)) FROM people WHERE who = 'a_admin';
SELECT is((SELECT role FROM cloud.account_members m JOIN cloud.accounts a ON a.id = m.account_id AND a.owner_user_id = m.user_id WHERE a.slug = 'account-a'), 'owner', 'an owner there is');
SELECT throws_ok($$DELETE FROM cloud.account_members WHERE user_id = (SELECT user_id FROM people WHERE who = 'b_owner') AND role = 'owner'; SET CONSTRAINTS ALL IMMEDIATE$$, '23503', NULL, 'raw SQL: an account without an owner cannot be');

-- collectors: counters add up, whoever comes first, and twice is once
SELECT physical_name AS physical FROM cloud.buckets WHERE id = :'bucket' \gset
SELECT at_once('worker', 8, format($$SELECT cloud.record_usage((SELECT jsonb_agg(jsonb_build_object('bucket', %L, 'at', timestamptz '2026-03-01 00:00Z' + ($ * 20 + i %% 20) * interval '1 minute',
    'storage_bytes', ($ * 20 + i %% 20) * 1000, 'object_count', 1, 'ingress_bytes', 3, 'egress_bytes', 4, 'request_count', 1)) FROM generate_series(1, 40) i))$$, :'physical'));
SELECT is((SELECT count(*) FROM cloud.usage_records), 160::bigint, 'each measurement once');
SELECT results_eq('SELECT sum(ingress_bytes)::bigint, sum(egress_bytes)::bigint, sum(request_count)::bigint FROM cloud.' || rollup, 'VALUES (480::bigint, 640::bigint, 160::bigint)', rollup || ' is the sum of its records')
FROM unnest(ARRAY['usage_hourly', 'usage_daily']) AS rollup;
SELECT is((SELECT size_bytes FROM cloud.buckets), 179000::bigint, 'the bucket has its latest size');
SELECT is((SELECT storage_used_bytes FROM cloud.accounts WHERE slug = 'account-a'), (SELECT sum(size_bytes)::bigint FROM cloud.buckets), 'the account the sum of its buckets');
SELECT is((SELECT bandwidth_used_bytes FROM cloud.accounts WHERE slug = 'account-a'), CASE WHEN now() < '2026-04-01Z' THEN 1120::bigint ELSE 0 END, 'traffic of a month that is past is not this month''s');
-- thresholds: told once, however often they are reached at once
UPDATE cloud.accounts SET storage_quota_bytes = 200000 WHERE slug = 'account-a';
SELECT at_once('worker', 6, format($$SELECT cloud.record_usage(jsonb_build_array(jsonb_build_object('bucket', %L, 'at', now() + $ * interval '1 second', 'storage_bytes', 170000 + $)))$$, :'physical'));
SELECT is((SELECT count(*) FROM cloud.notifications WHERE type = 'quota_warning_80'), 1::bigint, 'a threshold reached by six is told of once');
SELECT act('worker', format($$SELECT cloud.record_usage(jsonb_build_array(jsonb_build_object('bucket', %L, 'at', now() + interval '1 minute' * %s, 'storage_bytes', %s)))$$, :'physical', i, CASE i % 2 WHEN 0 THEN 161000 ELSE 158000 END)) FROM generate_series(1, 6) i;
SELECT is((SELECT count(*) FROM cloud.notifications WHERE type = 'quota_warning_80'), 1::bigint, 'a figure that wavers about it, too');
SELECT act('worker', format($$SELECT cloud.record_usage(jsonb_build_array(jsonb_build_object('bucket', %L, 'at', now() + interval '1 hour', 'storage_bytes', 200000)))$$, :'physical'));
SELECT is((SELECT string_agg(type, ',' ORDER BY type) FROM cloud.notifications WHERE type LIKE 'quota%'), 'quota_exceeded,quota_warning_80', 'the highest of several at once');
SELECT is((SELECT bool_and(h.ingress_bytes = r.ingress) FROM cloud.usage_hourly h JOIN (SELECT bucket_id, date_trunc('hour', recorded_at, 'UTC') AS hour, sum(ingress_bytes) AS ingress FROM cloud.usage_records GROUP BY 1, 2) r
    ON r.bucket_id = h.bucket_id AND r.hour = h.period_start), true, 'every hour is the sum of its records');
SELECT finish();
