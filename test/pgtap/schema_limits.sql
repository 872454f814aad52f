-- What the platform limits: accounts a person, orders a minute, bytes of text.  By attack: more of each than there may be, by
-- one session and by several at once, none of which sees what the others have not committed; and nobody else is held up.
\set test schema_limits
\ir ../fixtures/control_plane.sql
SELECT no_plan();
\set a '00000000-0000-7000-8000-00000000000a'
\set guest '00000000-0000-7000-8000-0000000000c1'
SELECT is((SELECT string_agg(kind || ' ' || most, ', ' ORDER BY kind) FROM cloud.limits),
    'accounts_per_day 20, accounts_per_person 100, orders_per_minute 600, text_bytes 268435456', 'limits that nobody meets by accident');
CREATE FUNCTION allow(kind text, most text, subject text DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
    SELECT act('platform', format('SELECT cloud.set_limit(%L, %s, %L)', kind, most, subject)) $$;
-- One of several sessions, left open: what it answers, and its commit.
CREATE FUNCTION starts(session text, who text, statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text;
BEGIN
    PERFORM begin_as(connection(session), who), dblink_exec(session, 'SET LOCAL lock_timeout = ''300ms''');
    SELECT t.v INTO answer FROM dblink(session, format('SELECT v::text FROM (%s) AS q(v)', statement)) AS t(v text);
    RETURN answer;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;
CREATE FUNCTION ends(session text, how text DEFAULT 'COMMIT') RETURNS text LANGUAGE sql AS $$ SELECT dblink_exec(session, how) $$;
-- Calls of a statement that are answered, of so many; $ is the number.
CREATE FUNCTION fitting(who text, calls int, statement text) RETURNS bigint LANGUAGE sql AS $$
    SELECT count(*) FROM generate_series(1, calls) n, LATERAL (SELECT act(who, replace(statement, '$', n::text)) OFFSET 0 * n) a(answer)
    WHERE answer IS DISTINCT FROM '53400' $$;

-- accounts a person
SELECT allow('accounts_per_person', '3');
SELECT is(fitting('guest', 5, $$SELECT cloud.create_account('Mine', 'mine-$') IS NOT NULL$$), 3::bigint,
    'a person opens three accounts of five');
SELECT is(allow('accounts_per_person', '4', :'guest'), '', 'one person is allowed one more');
SELECT is(fitting('guest', 5, $$SELECT cloud.create_account('Mine', 'more-$') IS NOT NULL$$), 1::bigint, 'and opens one more');
SELECT allow('accounts_per_person', 'NULL', :'guest');
DELETE FROM cloud.accounts WHERE slug IN ('mine-1', 'more-1');
SELECT starts('s1', 'guest', $$SELECT cloud.create_account('One', 'one') IS NOT NULL$$) AS first,
    starts('s2', 'guest', $$SELECT cloud.create_account('Two', 'two') IS NOT NULL$$) AS second \gset
SELECT results_eq(format('VALUES (%L, %L)', :'first', :'second'), $$VALUES ('true', '55P03')$$,
    'of two at once, at the limit, the second waits: neither is miscounted');
SELECT ends('s1'), ends('s2', 'ROLLBACK');
SELECT is(act('guest', $$SELECT cloud.create_account('Two', 'two')$$), '53400', 'and is refused then');
SELECT starts('s1', 'guest', $$SELECT count(*) FROM cloud.my_accounts()$$) AS looks \gset
SELECT ends('s1');
SELECT allow('accounts_per_person', '1');
SELECT is(act('a_owner', format('SELECT cloud.transfer_ownership(%L)', (SELECT user_id FROM people WHERE who = 'a_admin'))), '',
    'one who owns none is given an account');
SELECT is(act('a_admin', format('SELECT cloud.transfer_ownership(%L)', (SELECT user_id FROM people WHERE who = 'a_owner'))), '42501',
    '(an admin of it gives nothing)');
UPDATE people SET role = 'owner' WHERE who = 'a_admin';
SELECT is(act('a_admin', format('SELECT cloud.transfer_ownership(%L)', :'guest')), 'P0002', '(nor who is no member)');
INSERT INTO cloud.account_members (user_id, account_id, role, email, display_name) SELECT u.id, :'a', 'admin', u.email, u.display_name
    FROM cloud.users u WHERE u.id = :'guest';
SELECT is(act('a_admin', format('SELECT cloud.transfer_ownership(%L)', :'guest')), '53400', 'one who owns as many as he may is given none');
-- those that are gone again, too
SELECT allow('accounts_per_person', '0'), allow('accounts_per_day', '3');
DELETE FROM cloud.accounts WHERE owner_user_id = :'guest';
UPDATE cloud.users SET opened = 0;
CREATE FUNCTION opens_and_deletes(n int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text := act('guest', format($q$SELECT cloud.create_account('Again', 'again-%s')$q$, n));
BEGIN
    DELETE FROM cloud.accounts WHERE slug LIKE 'again-%';
    RETURN answer;
END $$;
SELECT is(count(*) FILTER (WHERE opens_and_deletes(n) <> '53400'), 3::bigint, 'three a day, though each is deleted at once')
    FROM generate_series(1, 5) n;
UPDATE cloud.users SET opened_on = opened_on - 1;
SELECT isnt(opens_and_deletes(6), '53400', 'and three the next day');
SELECT allow('accounts_per_day', '0');
SELECT is(fitting('guest', 25, $$SELECT cloud.create_account('Mine', 'free-$') IS NOT NULL$$), 25::bigint, '0: no limit');

-- orders a minute
SELECT act('a_dev', $$SELECT cloud.create_bucket('assets')$$) AS bucket, act('b_owner', $$SELECT cloud.create_bucket('assets')$$) AS other,
    act('a_dev', $$SELECT id FROM cloud.create_access_key('k')$$) AS key \gset
UPDATE cloud.account_counters SET amount = 0;
SELECT allow('orders_per_minute', '20');
-- The clock's minute goes on; here it does not.
CREATE FUNCTION this_minute() RETURNS void LANGUAGE sql AS $$ UPDATE cloud.account_counters SET since = date_trunc('minute',
    clock_timestamp())
    WHERE kind = 'orders_per_minute' $$;
CREATE FUNCTION ordered(calls int) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    bucket uuid := (SELECT id FROM cloud.buckets WHERE account_id = '00000000-0000-7000-8000-00000000000a');
    taken bigint := 0;
BEGIN
    FOR n IN 1..calls LOOP
        PERFORM FROM dblink(connection('clock'), 'SELECT this_minute()::text') AS t(v text);
        taken := taken + (act('a_dev', format('SELECT cloud.set_bucket_versioning(%L, true)', bucket)) <> '53400')::int;
    END LOOP;
    RETURN taken;
END $$;
SELECT is(ordered(25), 20::bigint, 'twenty orders of twenty-five');
SELECT this_minute();
SELECT is(act('a_admin', $$SELECT id IS NOT NULL FROM cloud.invite('x@example.com')$$), '53400', 'a mail is one');
SELECT is(act('a_dev', format('SELECT cloud.revoke_access_key(%L)', :'key')), 'true', 'what takes access away is none');
SELECT is(act('b_owner', format('SELECT cloud.set_bucket_versioning(%L, true)', :'other')), '', 'another account has its own');
SELECT is(act('a_platform', $$SELECT cloud.set_account_status('suspended')$$), '', 'the platform is not held off');
UPDATE cloud.accounts SET status = 'active' WHERE id = :'a';
SELECT this_minute(), allow('orders_per_minute', '40', :'a');
SELECT is(act('a_dev', format('SELECT cloud.set_bucket_versioning(%L, true)', :'bucket')), '', 'one account is allowed more');
SELECT allow('orders_per_minute', 'NULL', :'a'), this_minute();
SELECT is(act('a_dev', format('SELECT cloud.set_bucket_versioning(%L, true)', :'bucket')), '53400', 'and no longer');
UPDATE cloud.account_counters SET since = since - interval '1 minute' WHERE kind = 'orders_per_minute';
SELECT is(act('a_dev', format('SELECT cloud.set_bucket_versioning(%L, true)', :'bucket')), '', 'the next minute is another');
-- Several at once: each sees its own and what is committed.  Above ten of one transaction it is one at a time.
UPDATE cloud.account_counters SET amount = 0;
CREATE FUNCTION versioned(n int) RETURNS text LANGUAGE sql AS $$
    SELECT format('SELECT count(*) FROM (SELECT cloud.set_bucket_versioning(id, true)'
    ' FROM cloud.buckets, generate_series(1, %s) WHERE name = %%L OFFSET 0) x', n) $$;
CREATE TABLE several AS SELECT n FROM generate_series(1, 4) n;
INSERT INTO cloud.buckets (account_id, name, physical_name) SELECT :'a', 'part-' || n, primecloud.bucket_physical_name(:'a', 'part-' || n)
    FROM several;
SELECT is(string_agg(starts('p' || n, 'a_dev', format(versioned(10), 'part-' || n)), ' ' ORDER BY n), '10 10 10 10',
    'four that are open at once order ten each') FROM several;
SELECT is(starts('p5', 'a_dev', format(versioned(11), 'assets')), '11', 'a fifth as many as it likes, one of its kind');
SELECT is(starts('p6', 'a_dev', format(versioned(11), 'assets')), '55P03', '(not two of one bucket)');
SELECT ends('p6', 'ROLLBACK');
INSERT INTO cloud.buckets (account_id, name, physical_name) VALUES (:'a', 'part-5', primecloud.bucket_physical_name(:'a', 'part-5'));
SELECT is(starts('p6', 'a_dev', format(versioned(11), 'part-5')), '55P03', 'which the next such waits for');
SELECT ends('p6', 'ROLLBACK');
SELECT is(starts('p6', 'b_owner', format(versioned(11), 'assets')), '11', 'of its own account: another does not wait');
SELECT ends('p6', 'ROLLBACK'), ends('p5', 'ROLLBACK'), (SELECT string_agg(ends('p' || n), ' ') FROM several);
SELECT this_minute();
SELECT is(act('a_dev', format('SELECT cloud.set_bucket_versioning(%L, true)', :'bucket')), '53400', 'what they have ordered is counted');
SELECT cmp_ok((SELECT sum(amount) FROM cloud.account_counters WHERE account_id = :'a' AND kind = 'orders_per_minute'), '<=',
    20 + 4 * 10::numeric,
    'above the limit by ten for each transaction that was open, at most');
SELECT allow('orders_per_minute', '0');
SELECT is(starts('p6', 'a_dev', format(versioned(500), 'assets')), '500', '0: no limit');
SELECT ends('p6', 'ROLLBACK');

-- bytes of text
UPDATE cloud.account_counters SET amount = 0;
SELECT allow('text_bytes', '2000');
SELECT is(fitting('a_dev', 10, format($$SELECT cloud.tag_object(%L, repeat('k', 300), 't$')$$, :'bucket')), 4::bigint,
    'four tags of 402 bytes each, of ten');
SELECT results_eq($$SELECT name, answer FROM (VALUES
    ('share_object', act('a_dev', format('SELECT id FROM cloud.share_object(%L, repeat(''k'', 1000))', (SELECT id
        FROM cloud.buckets WHERE name = 'part-1')))),
    ('place_order', act('a_dev', 'SELECT cloud.place_order(''00000000-0000-7000-8000-000000000001'', notes => repeat(''n'', 1000))')),
    ('request_dedicated', act('a_dev', 'SELECT cloud.request_dedicated(repeat(''n'', 1000))')),
    ('place_vps_order', act('a_dev', 'SELECT cloud.place_vps_order(''debian-12'', ''sp'', 1, 1, 25, notes => repeat(''n'', 1000))')),
    ('notify', act('a_owner', 'SELECT cloud.notify(''order_placed'', ''x'', repeat(''n'', 1000))')),
    ('request_quota', act('a_owner', 'SELECT cloud.request_quota(1, repeat(''n'', 1000))')),
    ('add_lifecycle_rule', act('a_dev', format('SELECT cloud.add_lifecycle_rule(%L, %L)', (SELECT id FROM cloud.buckets
        WHERE name = 'part-1'),
        '{"ID":"r","Status":"Enabled","Filter":{"Prefix":"' || repeat('p', 500) || '"},"Expiration":{"Days":3}}'))),
    ('set_bucket_lifecycle', act('a_dev', format('SELECT cloud.set_bucket_lifecycle(%L, %L)', (SELECT id FROM cloud.buckets
        WHERE name = 'part-1'),
        '{"Rules":[{"ID":"r","Status":"Enabled","Filter":{"Prefix":"' || repeat('p', 500) || '"},"Expiration":{"Days":3}}]}')))
    ) AS t(name, answer) WHERE answer IS DISTINCT FROM '53400'$$, 'SELECT NULL::text, NULL::text WHERE false',
        'every command that keeps text counts it');
SELECT is(fitting('a_dev', 10, $$SELECT id FROM cloud.create_access_key('key $')$$), 3::bigint, 'names, too, and rows')
    FROM (SELECT FROM cloud.account_counters) c LIMIT 1;
SELECT is(act('b_owner', format($$SELECT cloud.tag_object(%L, repeat('k', 300), 't')$$, :'other')), 'true', 'another account has its own');
DELETE FROM cloud.object_tags WHERE account_id = :'a';
SELECT is(act('a_dev', format($$SELECT cloud.tag_object(%L, repeat('k', 300), 'u')$$, :'bucket')), '53400',
    'what is deleted counts for a while');
UPDATE cloud.account_counters SET since = now() - interval '1 hour' WHERE kind = 'text_bytes';
SELECT allow('text_bytes', '3500');
SELECT connection('m'), dblink_exec('m', format('SET ROLE %I', :'maintenance'));
SELECT is(dblink_exec('m', 'CALL cloud.run_maintenance()'), 'CALL', 'until maintenance has measured');
SELECT is((SELECT amount FROM cloud.account_counters WHERE account_id = :'a' AND kind = 'text_bytes'), cloud.stored_text(:'a'),
    'what there is');
SELECT is((SELECT count(*) FROM cloud.account_counters WHERE account_id = :'a' AND kind = 'text_bytes'), 1::bigint, 'in one counter');
SELECT isnt(act('a_dev', format($$SELECT cloud.tag_object(%L, repeat('k', 300), 'u')$$, :'bucket')), '53400', 'then there is room');
-- several at once
SELECT allow('text_bytes', '200000');
UPDATE cloud.account_counters SET amount = 0;
CREATE FUNCTION tags(n int) RETURNS text LANGUAGE sql AS $$
    SELECT format('SELECT count(cloud.tag_object(b.id, repeat(''k'', 900), i::text || %%L))'
    ' FROM cloud.buckets b, generate_series(1, %s) i WHERE b.name = ''part-1''', n) $$;
SELECT is(string_agg(starts('p' || n, 'a_dev', format(tags(60), 'of' || n)), ' ' ORDER BY n), '60 60 60 60',
    '64 KiB each, of which the others do not know')
    FROM several;
SELECT is(starts('p5', 'a_dev', format(tags(70), 'of5')), '70', 'more in one transaction alone');
SELECT is(starts('p6', 'a_dev', format(tags(70), 'of6')), '55P03', 'at a time');
SELECT ends('p6', 'ROLLBACK'), ends('p5', 'ROLLBACK'), (SELECT string_agg(ends('p' || n), ' ') FROM several);
SELECT is(act('a_dev', format($$SELECT cloud.tag_object(%L, 'k', 'last')$$, :'bucket')), '53400', 'and all of it counts');

-- setting limits
SELECT is(act('platform', format('SELECT cloud.set_limit(%s)', call)), answer, 'set_limit(' || call || ')') FROM (VALUES
    ($$'orders_per_minute', NULL$$, '22023'), ($$'orders_per_minute', -1$$, '23514'), ($$'no_such', 1$$, '23514'), ($$NULL, 1$$, '23502'),
    ($$'orders_per_minute', NULL, '00000000-0000-0000-0000-00000000000f'$$, '')) AS t(call, answer);
SELECT is(act(who, $$SELECT cloud.set_limit('orders_per_minute', 0)$$), '42501', 'not for ' || who) FROM unnest(ARRAY['a_owner',
    'worker', 'gateway']) who;
SELECT is(act('a_owner', 'SELECT count(*) FROM cloud.limits'), '42501', 'nor to be read by an account');
SELECT finish();
