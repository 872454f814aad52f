-- How a statement is tried as an application's role, and what is not tried since it would run somebody's code.

CREATE FUNCTION primecloud_internal.enter_probe(tenant text, role text) RETURNS void
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_enter_probe';
COMMENT ON FUNCTION primecloud_internal.enter_probe(text, text)
    IS 'enters a tenant without asking for membership; called by assert_isolated()';
REVOKE ALL ON FUNCTION primecloud_internal.enter_probe(text, text) FROM PUBLIC;

-- Runs one statement as a role in a tenant and undoes it: what it answered (a count, or the
-- rows it touched), the SQLSTATE it was refused with, or why it could not be tried.  Triggers
-- and rules are left out, unless it is they that are tried: what a trigger does outside the
-- transaction (a sequence, an advisory lock of the session) is not undone.  The argument is a row
-- of `shape`: as one it is given, since a cast from text to it is its owner's to make.
CREATE FUNCTION primecloud_internal.try_as(app_role text, tenant text, role text, statement text, argument text, reads boolean,
    fires boolean, shape regclass DEFAULT NULL, OUT answer text, OUT refused text, OUT untried text)
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_try_as';
COMMENT ON FUNCTION primecloud_internal.try_as(text, text, text, text, text, boolean, boolean, regclass)
    IS 'runs a statement with the rights of a role alone, in a tenant, and undoes it; called by assert_isolated()';
REVOKE ALL ON FUNCTION primecloud_internal.try_as(text, text, text, text, text, boolean, boolean, regclass) FROM PUBLIC;

-- Two tenants of a table, how many rows the one has, a row of the other, and whether all of
-- the table was read.  Without SQL: whatever the table's owner made does not run.
CREATE FUNCTION primecloud_internal.tenant_rows(rel regclass, tenant_column text, OUT one text, OUT other text, OUT own_rows bigint,
    OUT foreign_row text, OUT whole boolean)
    LANGUAGE c STABLE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_tenant_rows';
COMMENT ON FUNCTION primecloud_internal.tenant_rows(regclass, text)
    IS 'what assert_isolated() compares with; reads past row-level security and without SQL';
REVOKE ALL ON FUNCTION primecloud_internal.tenant_rows(regclass, text) FROM PUBLIC;

-- A view that is written by what its owner made: it cannot be tried without that.
CREATE FUNCTION primecloud_internal.writes_by_triggers(view regclass) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT EXISTS (SELECT FROM pg_class c WHERE c.oid = view AND c.relkind = 'v' AND
        (EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid) OR EXISTS (SELECT FROM pg_rewrite r WHERE r.ev_class = c.oid
            AND r.ev_type <> '1')));
$$;
COMMENT ON FUNCTION primecloud_internal.writes_by_triggers(regclass) IS 'whether a view is written by triggers or rules of its own';

-- Whose code a statement over a table or view runs or plans: the owners of the functions in
-- views, policies, checks, generated columns, indexes, statistics and partition keys, in the
-- types of columns, and in triggers and rules as far as they fire in a trial.
CREATE FUNCTION primecloud_internal.code_owners(target regclass) RETURNS SETOF oid
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
    WITH RECURSIVE mode(fires, is_view) AS (
        SELECT primecloud_internal.writes_by_triggers(target), (SELECT relkind = 'v' FROM pg_class WHERE oid = target)),
    -- What is read and written: views down to their tables, partitions, what policies ask, and
    -- what referential checks ask where they are made.
    below(rel) AS (
        SELECT target::oid
        UNION
        SELECT x.rel FROM below b, mode m, LATERAL (
            SELECT d.refobjid AS rel FROM pg_rewrite r JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
                AND d.refclassid = 'pg_class'::regclass WHERE r.ev_class = b.rel
            UNION ALL SELECT d.refobjid FROM pg_policy p JOIN pg_depend d ON d.classid = 'pg_policy'::regclass AND d.objid = p.oid
                AND d.refclassid = 'pg_class'::regclass WHERE p.polrelid = b.rel
            UNION ALL SELECT i.inhrelid FROM pg_inherits i WHERE i.inhparent = b.rel
            UNION ALL SELECT i.inhparent FROM pg_inherits i WHERE i.inhrelid = b.rel
            UNION ALL SELECT CASE b.rel WHEN k.conrelid THEN k.confrelid ELSE k.conrelid END FROM pg_constraint k
                WHERE m.fires AND k.contype = 'f' AND b.rel IN (k.conrelid, k.confrelid)) AS x),
    made(classid, objid) AS (
        SELECT 'pg_class'::regclass::oid, rel FROM below
        UNION ALL SELECT 'pg_class'::regclass, i.indexrelid FROM below JOIN pg_index i ON i.indrelid = rel
        UNION ALL SELECT 'pg_rewrite'::regclass, r.oid FROM below JOIN pg_rewrite r ON r.ev_class = rel, mode
            WHERE r.ev_type = '1' OR r.ev_enabled IN ('A', 'R') OR fires
        UNION ALL SELECT 'pg_trigger'::regclass, t.oid FROM below JOIN pg_trigger t ON t.tgrelid = rel, mode
            WHERE t.tgenabled IN ('A', 'R') OR fires
        UNION ALL SELECT 'pg_policy'::regclass, p.oid FROM below JOIN pg_policy p ON p.polrelid = rel
        UNION ALL SELECT 'pg_constraint'::regclass, k.oid FROM below JOIN pg_constraint k ON k.conrelid = rel
        UNION ALL SELECT 'pg_statistic_ext'::regclass, s.oid FROM below JOIN pg_statistic_ext s ON s.stxrelid = rel
        -- A trial names every column of a table; a view may leave some to their defaults.
        UNION ALL SELECT 'pg_attrdef'::regclass, f.oid FROM below JOIN pg_attrdef f ON f.adrelid = rel
            JOIN pg_attribute a ON a.attrelid = f.adrelid AND a.attnum = f.adnum, mode WHERE a.attgenerated <> '' OR is_view),
    typed(oid) AS (
        SELECT a.atttypid FROM below JOIN pg_attribute a ON a.attrelid = rel AND a.attnum > 0 AND NOT a.attisdropped
        UNION SELECT d.refobjid FROM made JOIN pg_depend d USING (classid, objid) WHERE d.refclassid = 'pg_type'::regclass
        UNION
        SELECT x.oid FROM typed y JOIN pg_type t ON t.oid = y.oid LEFT JOIN pg_range r ON r.rngtypid = t.oid, LATERAL (
            SELECT v FROM (VALUES (t.typbasetype), (t.typelem), (r.rngsubtype)) AS u(v) WHERE v <> 0
            UNION ALL SELECT a.atttypid FROM pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0
                AND NOT a.attisdropped) AS x(oid)),
    used(classid, objid) AS (
        SELECT d.refclassid, d.refobjid FROM made JOIN pg_depend d USING (classid, objid)
        UNION SELECT d.refclassid, d.refobjid FROM typed JOIN pg_constraint k ON k.contypid = typed.oid
            JOIN pg_depend d ON d.classid = 'pg_constraint'::regclass AND d.objid = k.oid
        UNION SELECT 'pg_proc'::regclass, f FROM typed JOIN pg_range r ON r.rngtypid = typed.oid,
            LATERAL (VALUES (r.rngcanonical::oid), (r.rngsubdiff::oid)) AS v(f)
        UNION SELECT 'pg_proc'::regclass, f FROM typed JOIN pg_type t ON t.oid = typed.oid, LATERAL (VALUES (t.typinput::oid),
            (t.typoutput::oid), (t.typreceive::oid), (t.typsend::oid), (t.typmodin::oid), (t.typmodout::oid), (t.typanalyze::oid)) AS v(f))
    SELECT p.proowner FROM used JOIN pg_proc p ON p.oid = objid AND classid = 'pg_proc'::regclass
    UNION SELECT w FROM used JOIN pg_operator o ON o.oid = objid AND classid = 'pg_operator'::regclass
        LEFT JOIN pg_proc p ON p.oid = o.oprcode, LATERAL (VALUES (o.oprowner), (p.proowner)) AS v(w) WHERE w IS NOT NULL;
$$;
COMMENT ON FUNCTION primecloud_internal.code_owners(regclass)
    IS 'the owners of what runs when a table or view is read or written in a trial';

-- Why a table or view is not tried: NULL for one that runs nothing but what a superuser made.
-- A tenant is entered for the trial, and a superuser's session made it: neither is lent.
CREATE FUNCTION primecloud_internal.reason_to_skip(target regclass) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN c.relpersistence = 't' THEN 'it is temporary'
                WHEN primecloud_internal.asks_too_much(target) THEN 'what its policies ask comes to more than can be planned'
                ELSE coalesce((SELECT 'it runs what ' || string_agg(pg_get_userbyid(o), ', ' ORDER BY pg_get_userbyid(o)) || ' made'
                      FROM primecloud_internal.code_owners(target) AS o
                      WHERE NOT EXISTS (SELECT FROM pg_roles WHERE oid = o AND rolsuper)),
                    primecloud_internal.lesser_calls_said(ARRAY[target::oid], false)) END
    FROM pg_class c WHERE c.oid = target;
$$;
COMMENT ON FUNCTION primecloud_internal.reason_to_skip(regclass)
    IS 'why assert_isolated() does not try a table or view; NULL if it does';
