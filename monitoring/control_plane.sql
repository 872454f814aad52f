-- What monitoring may see of a control plane (primecloud.create_schema): counts and ages of orders to services, and of what its
-- maintenance has left.  Run it with psql as a superuser after setup.sql; docs/monitoring.md says what each figure is for.
--
--   psql -X -d shop -v gate=shop_gate -f control_plane.sql
--   psql -X -d shop -v gate=shop_gate -v schema=cloud -v monitor=primecloud_monitor -f control_plane.sql
--
-- The functions belong to the gate role, which looks across accounts and which nobody logs in as: never to a superuser, since what
-- they call is the schema owner's.
\set ON_ERROR_STOP on
\if :{?monitor}
\else
\set monitor primecloud_monitor
\endif
\if :{?schema}
\else
\set schema cloud
\endif
SELECT set_config('client_min_messages', 'warning', false) AS quiet \gset
BEGIN;
SET LOCAL check_function_bodies = off;

-- Ready: an order that claim_outbox would give now, as it decides that: one that gives access waits for an active account, and one that
-- takes none away for all that was ordered of its object before.
SELECT format($make$
CREATE OR REPLACE FUNCTION monitoring.outbox(OUT service text, OUT pending bigint, OUT ready bigint,
    OUT oldest_ready_seconds double precision, OUT lapsed bigint, OUT dead bigint) RETURNS SETOF record
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    counted jsonb;
BEGIN
    -- (Where the schema is distributed, servers count what they have, each account's beside its orders, and have none of its functions.)
    counted := (SELECT jsonb_agg(to_jsonb(c)) FROM (
        SELECT o.service, o.status, o.operation, o.payload ->> 'newStatus' AS new_status, a.status = 'active' AS active,
            o.status = 'pending' AND o.available_at <= now() AS due, o.claim_token IS NOT NULL AS claimed,
            e.sequence IS NOT NULL AS behind, count(*) AS orders, min(o.created_at) AS oldest
        FROM %1$I.outbox AS o LEFT JOIN %1$I.accounts AS a ON a.id = o.account_id
        LEFT JOIN (SELECT f.account_id, f.service, f.object, min(f.sequence) AS sequence FROM %1$I.outbox AS f
            WHERE f.status <> 'done' GROUP BY f.account_id, f.service, f.object) AS e
            ON e.account_id = o.account_id AND e.service = o.service AND e.object = o.object AND e.sequence < o.sequence
        WHERE o.status <> 'done' AND o.operation <> 'settle'
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8) AS c);
    RETURN QUERY SELECT s.name, coalesce(sum(c.orders) FILTER (WHERE c.status = 'pending'), 0)::bigint,
        coalesce(sum(c.orders) FILTER (WHERE w.ready), 0)::bigint,
        coalesce(extract(epoch FROM now() - min(c.oldest) FILTER (WHERE w.ready)), 0)::double precision,
        coalesce(sum(c.orders) FILTER (WHERE c.due AND c.claimed), 0)::bigint,
        coalesce(sum(c.orders) FILTER (WHERE c.status = 'dead'), 0)::bigint
    FROM unnest('{minio,sftpgo,mail}'::text[]) AS s(name)
    LEFT JOIN jsonb_to_recordset(counted) AS c(service text, status text, operation text, new_status text, active boolean, due boolean,
        claimed boolean, behind boolean, orders bigint, oldest timestamptz) ON c.service = s.name
    LEFT JOIN LATERAL (SELECT c.due
        AND (NOT %1$I.order_gives(c.operation, jsonb_build_object('newStatus', c.new_status)) OR c.active)
        AND (%1$I.order_ends(c.operation, jsonb_build_object('newStatus', c.new_status)) OR NOT c.behind) AS ready) AS w ON true
    GROUP BY s.name;
END
$$;
COMMENT ON FUNCTION monitoring.outbox() IS 'orders to each service that are not done: how many, which a worker could have, which are dead';

CREATE OR REPLACE FUNCTION monitoring.maintenance(OUT overdue_keys bigint, OUT oldest_overdue_seconds double precision)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT count(*), coalesce(extract(epoch FROM now() - min(k.expires_at)), 0)::double precision
    FROM %1$I.access_keys AS k WHERE k.status = 'active' AND k.expires_at < now()
$$;
COMMENT ON FUNCTION monitoring.maintenance() IS 'access keys past their time, which run_maintenance has not ended yet';

CREATE OR REPLACE FUNCTION monitoring.usage(OUT buckets bigint, OUT stale bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT count(*), count(*) FILTER (WHERE coalesce(b.measured_at, b.created_at) < now() - interval '6 hours') FROM %1$I.buckets AS b
$$;
COMMENT ON FUNCTION monitoring.usage() IS 'buckets, and those of which record_usage has had no measurement for six hours';
$make$, :'schema') \gexec

ALTER FUNCTION monitoring.outbox() OWNER TO :"gate";
ALTER FUNCTION monitoring.maintenance() OWNER TO :"gate";
ALTER FUNCTION monitoring.usage() OWNER TO :"gate";
REVOKE ALL ON FUNCTION monitoring.outbox(), monitoring.maintenance(), monitoring.usage() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION monitoring.outbox(), monitoring.maintenance(), monitoring.usage() TO :"monitor";
COMMIT;
