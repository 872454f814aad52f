-- What monitoring may see of a database: figures, nobody's rows and no secret.  docs/monitoring.md says what each
-- is for.  Run it with psql as a superuser, in each database that is watched; again as often as you like.
--
--   psql -X -d shop -f setup.sql                                 a role primecloud_monitor
--   psql -X -d shop -v monitor=watcher -f setup.sql              another
--
-- The functions run with the rights of the superuser who makes them, and belong to him, as their schema does.  They take no
-- argument, execute nothing that a lesser role owns, and give counts, ages and names of roles, tables, purposes and states.
\set ON_ERROR_STOP on
\if :{?monitor}
\else
\set monitor primecloud_monitor
\endif
SELECT set_config('client_min_messages', 'warning', false) AS quiet \gset
SELECT format('CREATE ROLE %I LOGIN NOINHERIT CONNECTION LIMIT 5', :'monitor') WHERE to_regrole(quote_ident(:'monitor')) IS NULL \gexec
ALTER ROLE :"monitor" SET default_transaction_read_only = on;
ALTER ROLE :"monitor" SET statement_timeout = '30s';
ALTER ROLE :"monitor" SET jit = off;
ALTER ROLE :"monitor" SET lock_timeout = '1s';

BEGIN;
CREATE SCHEMA IF NOT EXISTS monitoring;
REVOKE ALL ON SCHEMA monitoring FROM PUBLIC;
-- Whoever owned it could put functions of his in the place of these.
DO $$
BEGIN
    IF NOT (SELECT r.rolsuper FROM pg_namespace AS n JOIN pg_roles AS r ON r.oid = n.nspowner WHERE n.nspname = 'monitoring') THEN
        RAISE insufficient_privilege USING MESSAGE = 'schema "monitoring" belongs to a role that is no superuser',
            HINT = 'Rename it, or ALTER SCHEMA monitoring OWNER TO a superuser once you have looked at what is in it.';
    END IF;
END $$;

CREATE OR REPLACE FUNCTION monitoring.installation(OUT state text, OUT findings bigint) RETURNS SETOF record
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT s.state, count(c.what) FROM unnest('{ok,risk,missing}'::text[]) AS s(state)
    LEFT JOIN primecloud.check_installation() AS c USING (state) GROUP BY s.state
$$;
COMMENT ON FUNCTION monitoring.installation() IS 'lines of check_installation() by state';

CREATE OR REPLACE FUNCTION monitoring.root_key(OUT version integer, OUT keys_behind bigint, OUT problem integer)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    SELECT coalesce(max(k.root_version), 0), 0 INTO version, problem FROM primecloud.data_key k WHERE k.wrapped IS NOT NULL;
    SELECT count(*) INTO keys_behind FROM primecloud.data_key k WHERE k.wrapped IS NOT NULL AND k.root_version < root_key.version;
    PERFORM primecloud.verify_root_key();
EXCEPTION WHEN SQLSTATE 'PC001' OR SQLSTATE 'PC002' THEN
    problem := right(SQLSTATE, 1)::integer;
END $$;
COMMENT ON FUNCTION monitoring.root_key()
    IS 'the newest version that wraps data keys, how many an older one wraps; problem: 0, or 1 for PC001, 2 for PC002';

CREATE OR REPLACE FUNCTION monitoring.keys(OUT purpose text, OUT active bigint, OUT decrypt_only bigint, OUT retired bigint,
    OUT destroyed bigint, OUT oldest_active_seconds double precision, OUT rows_not_resealed bigint) RETURNS SETOF record
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT p.purpose, count(*) FILTER (WHERE k.state = 'active'), count(*) FILTER (WHERE k.state = 'decrypt_only'),
        count(*) FILTER (WHERE k.state = 'retired'), count(*) FILTER (WHERE k.state = 'destroyed'),
        coalesce(extract(epoch FROM now() - min(k.made_at) FILTER (WHERE k.state = 'active')), 0)::double precision,
        coalesce(sum(k.rows_not_resealed), 0)::bigint
    FROM unnest('{seal,index,token}'::text[]) AS p(purpose) LEFT JOIN primecloud.key_status AS k USING (purpose) GROUP BY p.purpose
$$;
COMMENT ON FUNCTION monitoring.keys() IS 'data keys by purpose and state, of all tenants together';

-- The log grows for ever, so its end alone is read: more than that in an hour is as much a finding.
CREATE OR REPLACE FUNCTION monitoring.reveals(OUT role text, OUT last_hour bigint, OUT tenants_last_hour bigint) RETURNS SETOF record
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT r.session_role, count(*), count(DISTINCT r.tenant)
    FROM (SELECT l.session_role, l.tenant, l.at FROM primecloud.reveal_log AS l ORDER BY l.id DESC LIMIT 50000) AS r
    WHERE r.at > now() - interval '1 hour' GROUP BY r.session_role
$$;
COMMENT ON FUNCTION monitoring.reveals() IS 'secrets opened in the last hour, by login role, and of how many tenants';

CREATE OR REPLACE FUNCTION monitoring.registrations(OUT kind text, OUT broken bigint) RETURNS SETOF record
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT r.kind, count(*) FILTER (WHERE r.state IN ('lost', 'broken')) FROM primecloud.registrations AS r
    WHERE r.state <> 'kept' GROUP BY r.kind
$$;
COMMENT ON FUNCTION monitoring.registrations() IS 'registrations that have lost their table, column, constraint or trigger, by kind';

CREATE OR REPLACE FUNCTION monitoring.retention(OUT schema_name text, OUT table_name text, OUT attention integer,
    OUT behind_seconds double precision, OUT rows_undeletable bigint, OUT holds bigint) RETURNS SETOF record
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT s.schema_name, s.table_name, (s.attention IS NOT NULL)::integer, coalesce(extract(epoch FROM s.behind), 0)::double precision,
        coalesce(s.rows_undeletable, 0), s.holds
    FROM primecloud.retention_status AS s
$$;
COMMENT ON FUNCTION monitoring.retention() IS 'each policy of retention_status, without the words';

CREATE OR REPLACE FUNCTION monitoring.jobs(OUT job text, OUT running bigint, OUT quiet_seconds double precision, OUT failed bigint,
    OUT rows_failed bigint) RETURNS SETOF record
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    WITH last AS (
        SELECT DISTINCT ON (p.job, p.schema_name, p.table_name, p.column_name) p.* FROM primecloud.job_progress AS p
        ORDER BY p.job, p.schema_name, p.table_name, p.column_name, p.run DESC)
    SELECT j.job, count(*) FILTER (WHERE l.state = 'running'),
        coalesce(extract(epoch FROM now() - min(l.updated_at) FILTER (WHERE l.state = 'running')), 0)::double precision,
        count(*) FILTER (WHERE l.state = 'failed'), coalesce(sum(l.rows_failed), 0)::bigint
    FROM unnest('{expire,reseal}'::text[]) AS j(job) LEFT JOIN last AS l USING (job) GROUP BY j.job
$$;
COMMENT ON FUNCTION monitoring.jobs() IS 'the last run of each table and column: how many run, since when one says nothing, and failures';

-- Of pg_stat_activity the counts: its texts hold what applications send as literals.
CREATE OR REPLACE FUNCTION monitoring.sessions(OUT role text, OUT sessions bigint, OUT waiting bigint,
    OUT oldest_transaction_seconds double precision) RETURNS SETOF record
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT a.usename::text, count(*), count(*) FILTER (WHERE a.wait_event_type = 'Lock'),
        coalesce(extract(epoch FROM clock_timestamp() - min(a.xact_start)), 0)::double precision
    FROM pg_stat_activity AS a WHERE a.datname = current_database() AND a.usename IS NOT NULL GROUP BY a.usename
$$;
COMMENT ON FUNCTION monitoring.sessions() IS 'sessions of this database by role, those that wait for a lock, the oldest open transaction';

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA monitoring FROM PUBLIC;
GRANT USAGE ON SCHEMA monitoring TO :"monitor";
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA monitoring TO :"monitor";
GRANT USAGE ON SCHEMA primecloud TO :"monitor";
GRANT SELECT ON primecloud.token_key_status TO :"monitor";
COMMIT;
