-- Every way from every state to every other, of an order, its payment, and what else
-- has states: the legal ones by their command, none by raw SQL, none by a client.
\set test schema_states
\ir ../fixtures/control_plane.sql
SELECT no_plan();
SELECT act('a_dev', $$SELECT cloud.place_order('00000000-0000-7000-8000-000000000001')$$) AS order_id \gset
SELECT set_config('test.order', :'order_id', false);
CREATE TABLE states AS SELECT s AS state
    FROM unnest(ARRAY['pending', 'quoting', 'approved', 'provisioning', 'processing', 'completed', 'canceled', 'refunded', 'denied']) s;
SELECT set_eq('SELECT state FROM states', $$SELECT m[1]
    FROM regexp_matches((SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'orders_status_known'), '''(\w+)''', 'g') m$$,
    'these are the states');
CREATE FUNCTION put(state text) RETURNS void LANGUAGE sql AS $$
    UPDATE cloud.orders SET status = state, canceled_at = CASE WHEN state IN ('canceled', 'denied') THEN now() END, delivered_at = CASE
        WHEN state IN ('completed', 'refunded') THEN now() END
    WHERE id::text = current_setting('test.order')
$$;
-- each person at each pair: put there, then tried; put commits since act looks from another connection
CREATE TABLE tried (was text, goal text, who text, answer text);
CREATE PROCEDURE try_all() LANGUAGE plpgsql AS $$
DECLARE
    pair record;
BEGIN
    FOR pair IN SELECT w.state AS was, g.state AS goal, p.who FROM states w, states g,
        unnest(ARRAY['a_platform', 'a_owner', 'a_admin', 'a_dev', 'a_ext', 'b_owner']) AS p(who) LOOP
        PERFORM put(pair.was);
        COMMIT;
        INSERT INTO tried VALUES (pair.was, pair.goal, pair.who,
            act(pair.who, format('SELECT cloud.move_order(%L, %L)', current_setting('test.order'), pair.goal)));
    END LOOP;
END $$;
CALL try_all();
SELECT is((SELECT count(*) FROM tried), 486::bigint, 'nine states, each to each, by six people');
SELECT is_empty($$SELECT t.*, w.moved_by FROM tried t LEFT JOIN cloud.order_transitions w ON w.from_status = t.was AND w.to_status = t.goal
    WHERE t.answer IS DISTINCT FROM CASE
        WHEN t.who = 'b_owner' THEN 'P0002'
        WHEN t.who = 'a_ext' THEN '42501'
        WHEN t.was = t.goal THEN t.goal
        WHEN w.moved_by IS NULL THEN '23514'
        WHEN w.moved_by = 'platform' AND t.who <> 'a_platform' THEN '42501'
        WHEN w.moved_by = 'admin' AND t.who = 'a_dev' THEN '42501'
        ELSE t.goal END$$, 'each goes where order_transitions says, moved by whom it says, and nowhere else');
SELECT is((SELECT count(*) FROM tried WHERE who = 'a_platform' AND was <> goal AND answer = goal),
    (SELECT count(*) FROM cloud.order_transitions), 'the platform goes every way');
SELECT is_empty($$SELECT from_status FROM cloud.order_transitions WHERE from_status IN ('canceled', 'refunded', 'denied')$$,
    'an end is an end');
SELECT is((SELECT count(*) FROM cloud.audit_log WHERE action = 'move_order'), (SELECT count(*) FROM tried WHERE was <> goal
    AND answer = goal), 'and each way is in the audit log once');
-- payments
CREATE TABLE paid (was text, goal text, who text, answer text);
CREATE PROCEDURE try_payments() LANGUAGE plpgsql AS $$
DECLARE
    pair record;
BEGIN
    FOR pair IN SELECT w AS was, g AS goal, who FROM unnest(ARRAY['pending', 'paid', 'failed', 'refunded']) w,
        unnest(ARRAY['pending', 'paid', 'failed', 'refunded']) g, unnest(ARRAY['a_platform', 'a_owner']) who LOOP
        UPDATE cloud.orders SET payment_status = pair.was, paid_at = CASE WHEN pair.was IN ('paid', 'refunded') THEN now() END
            WHERE id::text = current_setting('test.order');
        COMMIT;
        INSERT INTO paid VALUES (pair.was, pair.goal, pair.who,
            act(pair.who, format('SELECT cloud.set_payment(%L, %L, ''pix'')', current_setting('test.order'), pair.goal)));
    END LOOP;
END $$;
CALL try_payments();
SELECT is_empty($$SELECT * FROM paid WHERE answer IS DISTINCT FROM CASE WHEN who <> 'a_platform' THEN '42501' WHEN was = goal
    OR (was, goal) IN (('pending', 'paid'), ('pending', 'failed'), ('failed', 'paid'), ('paid', 'refunded')) THEN goal ELSE '23514' END$$,
        'a payment goes its four ways, by the platform');
-- by raw SQL a client moves nothing that has a state or a price: no column but those that are his
SELECT is(act('a_owner', format('UPDATE cloud.%s SET %s = %1$s.%2$s', rel, col)), '42501', format('raw: %s.%s', rel, col))
FROM (SELECT c.relname AS rel, a.attname AS col FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
    AND a.attgenerated = ''
      WHERE c.relnamespace = 'cloud'::regnamespace AND c.relkind = 'r'
          AND a.attname ~ '(status|state|role|price|cents|quota|paid_at|canceled_at|delivered_at|due_at|expires_at|revoked_at|reviewed|'
          'period|physical_name|used|level|owner|custom_domain|permission|rule|position|access_key_id|username|token|hash|secret|'
          'accepted_at|placed_by)'
        AND has_table_privilege(:'app', c.oid, 'SELECT')
        AND NOT (c.relname = 'customers')) AS guarded;
-- raw SQL of the owner himself, who could write: states that contradict their times, prices and one another
SELECT throws_ok(format('UPDATE cloud.%s WHERE true', change), '23514', NULL, 'not even raw SQL of the owner: ' || change)
    FROM unnest(ARRAY[
    'orders SET status = ''completed'', delivered_at = NULL, canceled_at = NULL',
        'orders SET status = ''canceled'', canceled_at = NULL, delivered_at = NULL', 'orders SET status = ''shipped''',
        'orders SET payment_status = ''paid'', paid_at = NULL', 'orders SET discount_cents = unit_price_cents * quantity + 1',
    'orders SET quantity = 0', 'orders SET unit_price_cents = -1', 'orders SET order_type = ''vps''', 'accounts SET status = ''gone''',
        'accounts SET slug = ''A b''', 'accounts SET domain_status = ''active''', 'accounts SET storage_quota_bytes = -1',
    'account_members SET role = ''king''', 'account_billing SET billing_day = 29', 'account_billing SET billing_day = 0',
        'account_billing SET tax_id = ''11111111111''']) AS change;
SELECT throws_ok('UPDATE cloud.orders SET total_cents = 1', '428C9', NULL, 'a total is worked out');
SELECT lives_ok($$UPDATE cloud.account_billing SET tax_id = '12ABC34501DE35'$$, 'an alphanumeric CNPJ');
SELECT is(act('a_admin', 'UPDATE cloud.account_billing SET billing_day = 29'), '23514', 'a client''s own columns keep their rules');
SELECT is(act('a_admin', 'INSERT INTO cloud.customers (name, discount_percent) VALUES (''x'', 101)'), '23514', 'and a customer''s');
SELECT is(act('a_admin', 'INSERT INTO cloud.customers (name, account_id) VALUES (''x'', ''00000000-0000-7000-8000-00000000000b'')'),
    '42501', 'which is not put into another account');
-- what would break out of a mail's header, a web page, or a disk
SELECT is(act('a_admin', statement), '23514', left(statement, 90)) FROM unnest(ARRAY[
    'UPDATE cloud.accounts SET branding_logo_url = ''javascript:alert(1)''',
        'UPDATE cloud.accounts SET branding_logo_url = ''https://x/"onerror="''',
        'UPDATE cloud.accounts SET branding_icon_url = ''data:text/html,x''',
        'UPDATE cloud.accounts SET branding_name = repeat(''x'', 201)',
    'UPDATE cloud.accounts SET branding_primary_color = ''red''', 'UPDATE cloud.accounts SET name = ''''',
        'UPDATE cloud.account_billing SET billing_email = E''a@example.com\nBcc: b@example.com''',
        'UPDATE cloud.account_billing SET legal_name = repeat(''x'', 1000000)',
    'SELECT cloud.set_smtp(''m.example.com'', ''u'', ''p'', ''f@example.com'', from_name => E''Me\r\nBcc: b@example.com'')',
        'SELECT cloud.set_smtp(''m.example.com'', ''u'', ''p'', E''f@example.com\r\nTo: b@example.com'')',
        'SELECT cloud.set_smtp(''m.example.com/../x'', ''u'', ''p'', ''f@example.com'')',
    'SELECT cloud.set_smtp(''m.example.com'', ''u'', ''p'', ''f@example.com'', 70000)',
        'SELECT cloud.set_smtp(''m.example.com'', ''u'', ''p'', ''f@example.com'', encryption => ''rot13'')',
    'INSERT INTO cloud.customers (name, notes) VALUES (''x'', repeat(''x'', 4001))', 'SELECT cloud.notify(''welcome'', '''')',
        'SELECT cloud.notify(''welcome'', ''x'', metadata => jsonb_build_object(''x'', repeat(''x'', 20000)))',
    'SELECT cloud.request_quota(200000000000, repeat(''x'', 2001))',
        'SELECT cloud.place_order(''00000000-0000-7000-8000-000000000001'', notes => repeat(''x'', 4001))']) AS statement;
SELECT matches(act('a_admin', $$SELECT cloud.notify('welcome', E'Hello\r\nBcc: b@example.com')$$), '^[0-9a-f-]{36}$',
    'a title of two lines');
SELECT is((SELECT payload ->> 'title' FROM cloud.outbox WHERE operation = 'welcome' ORDER BY sequence DESC LIMIT 1),
    'Hello Bcc: b@example.com', 'is one line of a mail');
SELECT finish();
