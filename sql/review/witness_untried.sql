-- review_prove(): where no row is tried.

-- The tables that a row goes through: the table, its parts, and what it is a part of.  They are locked while a row is tried.
CREATE FUNCTION primecloud_internal.review_line(rel oid) RETURNS oid[]
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH RECURSIVE below(oid) AS (
        SELECT rel UNION SELECT i.inhrelid FROM below AS b JOIN pg_inherits AS i ON i.inhparent = b.oid),
    above(oid) AS (SELECT rel UNION SELECT i.inhparent FROM above AS a JOIN pg_inherits AS i ON i.inhrelid = a.oid)
    SELECT ARRAY(SELECT b.oid FROM below AS b UNION SELECT a.oid FROM above AS a)
$$;
COMMENT ON FUNCTION primecloud_internal.review_line(oid) IS 'a table, the tables below it, and those above it';

-- What is locked while a row is tried: those, and what the policies ask of tables and views that are of lesser roles.
CREATE FUNCTION primecloud_internal.review_held_by(rel oid) RETURNS oid[]
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT ARRAY(SELECT unnest(l.line) UNION SELECT unnest(primecloud_internal.lesser_relations(l.line, NOT r.rolsuper)))
    FROM (SELECT primecloud_internal.review_line(rel)) AS l(line), pg_roles AS r WHERE r.rolname = current_user
$$;
COMMENT ON FUNCTION primecloud_internal.review_held_by(oid) IS 'what is to be held as it is while a row of a table is tried';

-- Whoever owns something that a row meets could change it between the look and the use: it is to be the caller's, or a superuser's.
CREATE FUNCTION primecloud_internal.review_others(parts oid[], held oid[]) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH other AS MATERIALIZED (
        SELECT l.classid, l.objid, quote_ident(pg_get_userbyid(l.owner)) AS owner
        FROM primecloud_internal.lesser_objects(parts, NOT (SELECT r.rolsuper FROM pg_roles AS r WHERE r.rolname = current_user)) AS l
        WHERE l.classid <> 'pg_class'::regclass OR l.objid <> ALL (held)),
    code AS (SELECT DISTINCT o.owner FROM other AS o WHERE o.classid = 'pg_proc'::regclass)
    SELECT coalesce((SELECT format('it would run what %s made', string_agg(c.owner, ', ' ORDER BY c.owner)) FROM code AS c
            HAVING count(*) > 0),
        primecloud_internal.lesser_calls_said(parts, NOT (SELECT r.rolsuper FROM pg_roles AS r WHERE r.rolname = current_user)),
        (SELECT format('it asks what %s may change meanwhile: %s', o.owner, d.said) FROM other AS o
            CROSS JOIN LATERAL (SELECT coalesce(pg_describe_object(o.classid, o.objid, 0), 'what is gone')) AS d(said)
            ORDER BY d.said COLLATE "C", o.owner LIMIT 1))
$$;
COMMENT ON FUNCTION primecloud_internal.review_others(oid[], oid[])
    IS 'what a row would meet, and is not held, of somebody with less than the caller''s rights';

CREATE FUNCTION primecloud_internal.review_untried(rel regclass, app_role name, held oid[]) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE
        WHEN current_setting('transaction_read_only')::boolean THEN 'the transaction reads alone'
        WHEN current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted')
            THEN 'the transaction keeps a snapshot, and would not see what came meanwhile: ask in READ COMMITTED'
        WHEN c.relpersistence = 't' THEN 'it is temporary'
        WHEN EXISTS (SELECT FROM pg_class AS x WHERE x.oid = ANY (l.parts) AND x.relkind = 'f') THEN 'a part of it is on another server'
        WHEN EXISTS (SELECT FROM pg_rewrite AS r WHERE r.ev_class = ANY (l.parts)) THEN 'it has rules'
        WHEN EXISTS (SELECT FROM pg_trigger AS g WHERE g.tgrelid = ANY (l.parts)
            AND CASE WHEN r.rolsuper THEN g.tgenabled IN ('A', 'R') ELSE NOT g.tgisinternal END) THEN 'its triggers would run'
        WHEN primecloud_internal.asks_too_much(c.oid) THEN 'what its policies ask comes to more than can be planned'
        WHEN m.others IS NOT NULL THEN m.others
        WHEN EXISTS (SELECT FROM primecloud_internal.reached_objects(l.parts, false) AS o JOIN pg_class AS x ON x.oid = o.objid
            WHERE o.classid = 'pg_class'::regclass AND x.relkind = 'f') THEN 'its policies ask another server'
        WHEN r.rolsuper THEN NULL
        WHEN NOT pg_has_role(c.relowner, 'USAGE') THEN format('it is not of %I', current_user)
        WHEN c.relrowsecurity AND c.relforcerowsecurity AND NOT r.rolbypassrls THEN 'policies hold its owner too: ask as a superuser'
        WHEN NOT pg_has_role(app_role, 'MEMBER') THEN format('%I may not become %I: ask as a superuser', current_user, app_role) END
    FROM pg_class AS c JOIN pg_roles AS r ON r.rolname = current_user
    CROSS JOIN LATERAL (SELECT primecloud_internal.review_line(rel)) AS l(parts)
    CROSS JOIN LATERAL (SELECT primecloud_internal.review_others(l.parts, held)) AS m(others)
    WHERE c.oid = rel
$$;
COMMENT ON FUNCTION primecloud_internal.review_untried(regclass, name, oid[])
    IS 'why review_prove() tries no row of a table; NULL where it does';
