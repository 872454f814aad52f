-- What retain() and its sisters take, refuse, and say.
SELECT no_plan();
CREATE ROLE retention_registration_owner;
CREATE SCHEMA kept AUTHORIZATION retention_registration_owner;
SET ROLE retention_registration_owner;
SET search_path = kept, public;
SET client_min_messages = error;
CREATE FUNCTION said(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE told text; hint text;
BEGIN
    EXECUTE statement;
    RETURN 'taken';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
    RETURN format('%s %s%s', SQLSTATE, SQLERRM, CASE hint WHEN '' THEN ' (no hint)' ELSE '' END);
END $$;

-- it says what goes
CREATE TABLE plain (id int PRIMARY KEY, account int, made timestamptz, kept boolean, gone timestamptz, doubled int GENERATED ALWAYS
    AS (id * 2) STORED,
    mark boolean GENERATED ALWAYS AS (id > 0) STORED);
CREATE INDEX ON plain (made);
SELECT is((SELECT array_agg(r) FROM primecloud.retain('plain', 'made', '90') r),
    ARRAY[format('rows whose made is before %s (older than 00:01:30) are deleted',
        to_char((now() - interval '90 seconds') AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS+00'))],
    'ninety without a unit is ninety seconds, and the answer says so');

-- a negative part
SELECT is(said($$SELECT primecloud.retain('plain', 'made', '1 month -29 days')$$),
    '22023 rows cannot be kept for a negative time: 1 mon -29 days', 'less than no time in some months');
SELECT is(said($$SELECT primecloud.retain('plain', 'made', '1 day -1 hour')$$),
    '22023 rows cannot be kept for a negative time: 1 day -01:00:00', 'a negative part of any size');
SELECT is(said($$SELECT primecloud.retain('plain', 'made', '1 year -13 months')$$),
    '22023 rows cannot be kept for a negative time: -1 mons', 'a negative whole');
SELECT is(said($$SELECT primecloud.retain('plain', 'made', '-1 year +500 days')$$),
    '22023 rows cannot be kept for a negative time: -1 years +500 days', 'or a negative year');
SELECT is(said($$SELECT primecloud.retain('plain', 'made', '1 year 2 months 3 days 04:05:06')$$), 'taken', 'parts that are not');

-- columns that cannot be what they are named for
SELECT is(said($$SELECT primecloud.retain('plain', 'made', '1 day', 'soft_delete', soft_delete_column => 'made')$$),
    '22023 column "made" cannot be what marks a row of table kept.plain as deleted', 'the time column as a mark');
SELECT is(said($$SELECT primecloud.retain('plain', 'made', '1 day', 'soft_delete', soft_delete_column => 'kept', hold_column => 'kept')$$),
    '22023 column "kept" cannot be what marks a row of table kept.plain as deleted', 'the hold column as a mark');
SELECT is(said($$SELECT primecloud.retain('plain', 'made', '1 day', 'soft_delete', soft_delete_column => 'mark')$$),
    '22023 column "mark" of table kept.plain is generated and cannot be set', 'a generated column as a mark');

-- domains
CREATE DOMAIN moment AS timestamptz CHECK (VALUE > '1900-01-01');
CREATE DOMAIN calendar_day AS date;
CREATE DOMAIN wall_time AS timestamp;
CREATE TABLE of_moment (id int, at moment);
CREATE TABLE of_day (id int, at calendar_day);
CREATE TABLE of_wall (id int, at wall_time);
CREATE INDEX ON of_moment (at);
INSERT INTO of_moment SELECT g, now() - g * interval '1 day' FROM generate_series(0, 9) g;
INSERT INTO of_day SELECT g, now() - g * interval '1 day' FROM generate_series(0, 9) g;
INSERT INTO of_wall SELECT g, now() - g * interval '1 day' FROM generate_series(0, 9) g;
SELECT count(*) FROM unnest('{of_moment,of_day,of_wall}'::regclass[]) t, primecloud.retain(t, 'at', '5 days');
CALL primecloud.expire('of_moment', max_rate => 0, method => 'keyset');
CALL primecloud.expire('of_day', max_rate => 0, method => 'ranges');
CALL primecloud.expire('of_wall', max_rate => 0);
SELECT is((SELECT format('%s %s %s', (SELECT max(id) FROM of_moment), (SELECT max(id) FROM of_day), (SELECT max(id) FROM of_wall))),
    '4 5 4', 'domains over times expire');
SELECT is((SELECT count(*) FROM primecloud.job_progress WHERE table_name LIKE 'of\_%' AND state = 'finished' AND rows_failed = 0),
    3::bigint, 'without a fault');

-- holds
SELECT count(*) FROM primecloud.retain('plain', 'made', '1 day', tenant_column => 'account', id_column => 'id');
SELECT is(said($$SELECT primecloud.place_hold('plain', 'trial', tenant => '1', row_id => '2')$$),
    '22023 a hold is for row 2 or for tenant 1, not for both', 'a hold of a row and a tenant');
SELECT is(said($$SELECT primecloud.release_hold('plain', 99, 'x')$$), '42704 table kept.plain has no open hold 99', 'a hold that is none');

-- a published table without a replica identity
RESET ROLE;
CREATE TABLE kept.published (id int, made timestamptz, gone timestamptz);
ALTER TABLE kept.published OWNER TO retention_registration_owner;
CREATE PUBLICATION kept_all FOR TABLE kept.published;
SET ROLE retention_registration_owner;
SELECT is(said($$SELECT primecloud.retain('published', 'made', '1 day')$$),
    '55000 table kept.published is published and has no replica identity, so that nothing can be removed from it',
        'a published table that nothing can be deleted from');
SELECT is(said($$SELECT primecloud.retain('published', 'made', '1 day', 'soft_delete', soft_delete_column => 'gone')$$),
    '55000 table kept.published is published and has no replica identity, so that nothing can be removed from it', 'nor updated in');
ALTER TABLE published REPLICA IDENTITY FULL;
SELECT is(said($$SELECT primecloud.retain('published', 'made', '1 day')$$), 'taken', 'with an identity it is taken');
RESET ROLE;
ALTER TABLE kept.published REPLICA IDENTITY DEFAULT;
ALTER PUBLICATION kept_all SET (publish = 'insert');
SET ROLE retention_registration_owner;
SELECT is(said($$SELECT primecloud.retain('published', 'made', '1 day')$$), 'taken', 'or where deletes are not published');
RESET ROLE;
CREATE PUBLICATION kept_schema FOR TABLES IN SCHEMA kept;
SET ROLE retention_registration_owner;
SELECT alike(said($$SELECT primecloud.retain('published', 'made', '1 day')$$), '55000 %', 'a publication of the schema publishes it too');
SELECT is(said($$SELECT primecloud.retain('plain', 'made', '1 day')$$), 'taken', 'a table with a primary key is taken');

-- an index by tenant
CREATE TABLE by_tenant (id bigint PRIMARY KEY, account_id uuid NOT NULL, created_at timestamptz NOT NULL);
CREATE INDEX ON by_tenant (account_id, created_at DESC, id DESC);
SELECT is((SELECT array_agg(r) FROM primecloud.retain('by_tenant', 'created_at', '90 days') r WHERE r NOT LIKE 'rows whose%'),
    ARRAY['no index leads with created_at, but one with account_id before it: with tenant_column => ''account_id'' a run goes by that one, '
        'tenant after tenant'],
    'where lists are indexed by tenant, retain names the tenant');
SELECT is((SELECT array_agg(r) FROM primecloud.retain('by_tenant', 'created_at', '90 days', tenant_column => 'account_id') r
    WHERE r NOT LIKE 'rows whose%'), NULL,
    'and with it asks for no index');
RESET ROLE;
DROP PUBLICATION kept_all, kept_schema;
SELECT * FROM finish();
