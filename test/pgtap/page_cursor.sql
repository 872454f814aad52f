-- Cursors: the whole list is walked without loss or repetition under row-level security, the
-- keyset is an index condition in a generic plan, and no cursor serves where it was not made.
BEGIN;
SELECT plan(20);

CREATE ROLE page_cursor_app;
GRANT USAGE ON SCHEMA primecloud TO page_cursor_app;
CREATE TABLE event (account_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL);
-- times that differ in microseconds or not at all, so that every digit and the id count
INSERT INTO event SELECT md5((n % 2)::text)::uuid, md5('id' || n)::uuid, timestamptz '2026-01-01' + (n / 5) * interval '1 microsecond'
FROM generate_series(1, 20000) AS n;
CREATE INDEX ON event (account_id, created_at DESC, id DESC);
ANALYZE event;
ALTER TABLE event ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON event USING (account_id = primecloud.tenant_uuid());
GRANT SELECT ON event TO page_cursor_app;
SELECT primecloud.enter_trusted(md5('1')::uuid::text, 'ann', 'developer');
CREATE TEMP TABLE kept AS SELECT primecloud.make_cursor('event', now(), md5('x')::uuid) AS cursor;
GRANT SELECT ON kept TO page_cursor_app;
SET LOCAL ROLE page_cursor_app;

PREPARE page(text) AS SELECT id, created_at FROM event
    WHERE (created_at, id) < (primecloud.cursor_ts($1, 'event'), primecloud.cursor_id($1, 'event')) ORDER BY created_at DESC, id DESC
        LIMIT 500;
SET LOCAL plan_cache_mode = force_generic_plan;
CREATE FUNCTION pg_temp.plan_of(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE line text; whole text := ''; BEGIN FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP whole := whole || line || E'\n';
    END LOOP; RETURN whole; END $$;
SELECT matches(pg_temp.plan_of('EXECUTE page(NULL)'), 'Index Cond: .*ROW\(created_at, id\) < ROW',
    'the keyset is an index condition, under RLS, in a generic plan');
SELECT doesnt_match(pg_temp.plan_of('EXECUTE page(NULL)'), 'Filter|Sort', 'nothing is filtered or sorted');

CREATE FUNCTION pg_temp.walk() RETURNS TABLE (id uuid) LANGUAGE plpgsql AS $$
DECLARE after text; last record; row record;
BEGIN
    LOOP
        last := NULL;
        FOR row IN EXECUTE 'EXECUTE page(' || quote_nullable(after) || ')' LOOP
            id := row.id; RETURN NEXT; last := row;
        END LOOP;
        EXIT WHEN last IS NULL;
        after := primecloud.make_cursor('event', last.created_at, last.id);
    END LOOP;
END $$;
SELECT is(count(*) || ' ' || count(DISTINCT id), '10000 10000', 'page by page, every row once') FROM pg_temp.walk();

SELECT is(primecloud.cursor_ts(NULL, 'event'), 'infinity'::timestamptz, 'no cursor: before everything');
SELECT is(primecloud.cursor_id(NULL, 'event'), 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid, 'and the greatest id');
SELECT is(primecloud.cursor_ts(primecloud.make_cursor('s', t, primecloud.uuid_v7()), 's'), t, 'to the microsecond: ' || t)
FROM unnest('{2026-01-01 00:00:00.000001+00,1900-01-01 00:00+00,infinity,-infinity}'::timestamptz[]) AS t;

SELECT lives_ok($$SELECT primecloud.cursor_ts(cursor, 'event') FROM kept$$, 'a cursor of this list and account');
SELECT throws_ok($$SELECT primecloud.cursor_ts(cursor, 'orders') FROM kept$$, '22023', NULL, 'another list refuses it');
SELECT throws_ok($$SELECT primecloud.cursor_ts(cursor, NULL) FROM kept$$, '22023', NULL, 'so does no list at all');
SELECT throws_ok($$SELECT primecloud.cursor_ts(t, 'event') FROM unnest(ARRAY['', 'x', repeat('A', 60), repeat('A', 100000)]) AS t$$,
    '22023', NULL, 'what is no cursor is refused');
-- every character of a cursor is held by the MAC
CREATE FUNCTION pg_temp.accepted(c text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN PERFORM primecloud.cursor_id(c, 'event'); RETURN true; EXCEPTION WHEN invalid_parameter_value THEN RETURN false; END $$;
SELECT is((SELECT count(*) FROM kept, generate_series(1, length(cursor)) AS i, LATERAL (SELECT overlay(cursor PLACING
    CASE substr(cursor, i, 1) WHEN 'A' THEN 'B' ELSE 'A' END FROM i FOR 1) AS altered) AS a WHERE pg_temp.accepted(altered)), 0::bigint,
        'no altered cursor is accepted');
SELECT throws_ok('SELECT * FROM primecloud.cursor_key', '42501', NULL, 'an ordinary role reads no key');
SELECT throws_ok('SELECT primecloud.rotate_cursor_key()', '42501', NULL, 'and makes none');

SELECT throws_ok('SELECT primecloud.end_old_cursors()', '42501', NULL, 'and ends none');

RESET ROLE;
-- later than the key of the installation, which now() made
INSERT INTO primecloud.cursor_key SELECT 1, decode(repeat('07', 32), 'hex'), now() + interval '1 hour';
SELECT lives_ok($$SELECT primecloud.cursor_ts(cursor, 'event') FROM kept$$, 'older cursors survive a new key');
SELECT is(primecloud.end_old_cursors(), 1::bigint, 'old keys are ended');
SELECT throws_ok($$SELECT primecloud.cursor_ts(cursor, 'event') FROM kept$$, '22023', NULL, 'with the cursors they made');
SELECT * FROM finish();
ROLLBACK;
