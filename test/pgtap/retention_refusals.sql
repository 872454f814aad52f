-- What calls refuse, and how they say so: a table that is none, a value that is none, a column of holds that is let go of.
SELECT no_plan();
CREATE EXTENSION dblink;
SET client_min_messages = error;
CREATE FUNCTION said(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    message text;
    hint text;
BEGIN
    EXECUTE statement;
    RETURN 'done';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
    RETURN concat_ws(' ', SQLSTATE, message, hint);
END $$;

SELECT is(said(format('SELECT %s', replace(call, 'T', 'to_regclass(''typo'')'))),
    '22004 the table is NULL There is no such table, perhaps: to_regclass() gives NULL then.', call)
FROM unnest(ARRAY['primecloud.place_hold(T, ''court'')', 'primecloud.release_hold(T, 1, ''over'')',
    'primecloud.retain(T, ''at'', ''1 day'')',
    'primecloud.unretain(T)', 'primecloud.retain_tenant(T, ''1'', ''1 day'')', 'primecloud.unretain_tenant(T, ''1'')',
    '* FROM primecloud.expire_preview(T)', 'primecloud.expire_batch(T)']) AS call;

CREATE TABLE t (id int PRIMARY KEY, account uuid, at timestamptz, kept boolean, other boolean);
INSERT INTO t VALUES (1, NULL, '2000-01-01', true, false);
SELECT count(*) FROM primecloud.retain('t', 'at', '1 day', tenant_column => 'account', id_column => 'id', hold_column => 'kept');
SELECT is(said($$SELECT primecloud.place_hold('t', 'court', row_id => 'abc')$$), '22023 ''abc'' is no value of column "id" of '
    'table public.t, '
    'which has type integer Give the tenant or the identifier as the column prints it.', 'a row that is none');
SELECT is(left(said(statement), 5), '22023', statement) FROM unnest(ARRAY[
    $$SELECT primecloud.place_hold('t', 'court', row_id => '99999999999')$$, $$SELECT primecloud.place_hold('t', 'court', tenant => '1')$$,
    $$SELECT primecloud.retain_tenant('t', 'one', '1 day')$$, $$SELECT primecloud.unretain_tenant('t', 'one')$$]) AS statement;

-- Once more without the column, or with another.
SELECT is(said(format($$SELECT count(*) FROM primecloud.retain('t', 'at', '2 days'%s)$$, more)), '55000 rows of table public.t are held '
    'by column '
    '"kept", which this policy does not name Say hold_column => ''kept'', as before. If it is to hold nothing any more, call '
    'primecloud.unretain() first.', 'retain()' || more) FROM unnest('{"",", hold_column => ''other''"}'::text[]) AS more;
SELECT is(primecloud.expire_batch('t'), 0::bigint, 'what it holds stays');
SELECT is(said($$SELECT count(*) FROM primecloud.retain('t', 'at', '2 days', hold_column => 'kept')$$), 'done', 'named as before');
SELECT is(said($$SELECT primecloud.unretain('t')$$), 'done', 'let go of');
SELECT is(said($$SELECT count(*) FROM primecloud.retain('t', 'at', '2 days', hold_column => 'other')$$), 'done', 'another one');
ALTER TABLE t DROP other;
SELECT is(said($$SELECT count(*) FROM primecloud.retain('t', 'at', '2 days')$$), 'done', 'a column that is gone holds nothing');

-- While somebody else changes the policy.
SELECT dblink_connect('other', format('host=%s dbname=%s user=postgres', current_setting('unix_socket_directories'), current_database()));
SELECT dblink_exec('other', 'BEGIN');
SELECT * FROM dblink('other', $$SELECT primecloud.place_hold('t', 'court')$$) AS h(x bigint);
SELECT is(said($$SELECT primecloud.expire_batch('t')$$), '55P03 the retention of table public.t is being changed, or a hold is being '
    'placed Try '
    'again when that transaction has ended.', 'a batch beside it');
SELECT dblink_exec('other', 'ROLLBACK');
CALL primecloud.expire('t', max_duration => '0');
SELECT dblink_exec('other', 'BEGIN');
SELECT count(*) FROM dblink('other', 'SELECT r.id FROM primecloud_internal.retention_run r FOR UPDATE') AS r(x bigint);
\set ON_ERROR_STOP off
\set VERBOSITY terse
CALL primecloud.expire('t');
\set ON_ERROR_STOP on
SELECT is(:'LAST_ERROR_SQLSTATE' || ' ' || :'LAST_ERROR_MESSAGE', '55P03 the retention of table public.t is held up by a '
    'transaction that has changed it, or locked the table', 'a run beside it');
SELECT dblink_exec('other', 'ROLLBACK');
SELECT * FROM finish();
