BEGIN;
SELECT plan(23);

SELECT throws_ok(format('SELECT probe.misbehave(%L)', how), code, message, how)
FROM (VALUES ('domain error', 'PC999', 'a domain error'),
             ('exception', 'XX000', 'a standard exception'),
             ('bad_alloc', '53200', 'out of memory'),
             ('foreign', 'XX000', 'unexpected C++ exception'),
             ('server error', '22012', 'a server error')) AS cases(how, code, message);
CREATE FUNCTION hint_of(how text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE hint text;
BEGIN
    PERFORM probe.misbehave(how);
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
    RETURN hint;
END $$;
SELECT is(hint_of(how), hint, 'the hint of: ' || how) FROM (VALUES ('domain error', 'Look closer.'), ('server error', 'Divide less.'),
    ('exception', '')) AS hints(how, hint);
SELECT throws_ok($$SELECT probe.misbehave('huge')$$, '53200', NULL, 'a string of every byte there is');
SELECT is(probe.alive(), 0, 'no object outlives its error');

-- A thousand of each in one transaction: no memory kept, no error stack left over.
DO $$
DECLARE how text;
BEGIN
    FOREACH how IN ARRAY '{domain error,exception,bad_alloc,foreign,server error}'::text[] LOOP
        FOR i IN 1..1000 LOOP
            BEGIN
                PERFORM probe.misbehave(how);
            EXCEPTION WHEN OTHERS THEN
                NULL;
            END;
        END LOOP;
    END LOOP;
END $$;
SELECT is(probe.alive(), 0, 'five thousand errors later still none');
SELECT cmp_ok((SELECT sum(total_bytes) FROM pg_backend_memory_contexts WHERE name = 'ErrorContext'), '<', 65536::numeric,
    'error reports are not kept');

SELECT is(probe.survive(10000), 10000, 'ten thousand server errors are survived, without a panic');
SELECT is(probe.alive(), 0, 'and leave nothing behind');

SELECT throws_ok('SELECT probe.add_counts(-1, 1)', '22003', 'value is negative: -1', 'a throw from a cold helper');
SELECT is(probe.add(2, 3), 5::bigint, 'a noexcept function');
SELECT is(probe.add(NULL, 3), NULL::bigint, 'NULL in, NULL out');
SELECT is(probe.when_present(NULL), NULL::bigint, 'an optional argument takes NULL');
SELECT is(probe.when_present(7), 7::bigint, 'and a value');
SELECT is((SELECT count(*)::text || ' ' || count(x)::text || ' ' || max(length(x)) FROM probe.series(1001)), '1001 501 1001',
    'a set of rows, NULLs among them');

-- text arrives inline with a short header, inline with a plain one, compressed, and out of line
CREATE TEMP TABLE stored (id int, value text);
ALTER TABLE stored ALTER value SET STORAGE extended;
INSERT INTO stored VALUES (1, repeat('a', 20)), (2, repeat('b', 200)), (3, repeat('c', 100000));
ALTER TABLE stored ALTER value SET STORAGE external;
INSERT INTO stored VALUES (4, repeat('d', 100000));
SELECT results_eq('SELECT probe.length(value) FROM stored ORDER BY id', ARRAY[20, 200, 100000, 100000],
    'every stored form of text is read');
SELECT is(probe.length(''), 0, 'empty text');
SELECT is(probe.length('ação'), 6, 'length in bytes');
SELECT * FROM finish();
ROLLBACK;
