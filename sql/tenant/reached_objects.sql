-- What a statement over relations comes to besides them, and what of that somebody else may change while it is tried.

-- Policies, views, checks, indexes, generated columns, statistics, parts, types, and all that any of these is made of.
-- (Schemas and extensions hold no code, and what defaults ask is not asked: every column is named.  Triggers and rules of tables
-- are left out of a trial, but for those that fire always.)
CREATE FUNCTION primecloud_internal.reached_objects(relations oid[], keys boolean) RETURNS TABLE (classid oid, objid oid)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
    WITH RECURSIVE reached(classid, objid) AS (
        SELECT 'pg_class'::regclass::oid, r FROM unnest(relations) AS r
        UNION
        SELECT x.classid, x.objid FROM reached AS o CROSS JOIN LATERAL (
            SELECT d.refclassid AS classid, d.refobjid AS objid FROM pg_depend AS d WHERE d.classid = o.classid AND d.objid = o.objid
                AND d.deptype <> 'e' AND d.refclassid NOT IN ('pg_namespace'::regclass, 'pg_extension'::regclass)
            UNION ALL SELECT 'pg_class'::regclass, y.typrelid FROM pg_type AS y WHERE o.classid = 'pg_type'::regclass AND y.oid = o.objid
                AND y.typrelid <> 0
            UNION ALL SELECT 'pg_constraint'::regclass, k.oid FROM pg_constraint AS k WHERE o.classid = 'pg_type'::regclass
                AND k.contypid = o.objid
            UNION ALL SELECT t.classid, t.objid FROM (SELECT o.objid WHERE o.classid = 'pg_class'::regclass) AS c(oid) CROSS JOIN LATERAL (
                SELECT 'pg_policy'::regclass AS classid, p.oid AS objid FROM pg_policy AS p WHERE p.polrelid = c.oid
                UNION ALL SELECT 'pg_rewrite'::regclass, w.oid FROM pg_rewrite AS w JOIN pg_class AS r ON r.oid = w.ev_class
                    WHERE w.ev_class = c.oid AND (r.relkind = 'v' OR w.ev_type = '1' OR w.ev_enabled IN ('A', 'R'))
                UNION ALL SELECT 'pg_constraint'::regclass, k.oid FROM pg_constraint AS k WHERE k.conrelid = c.oid
                    AND (k.contype NOT IN ('f', 't') OR k.contype = 'f' AND keys AND c.oid = ANY (relations))
                UNION ALL SELECT 'pg_class'::regclass, i.indexrelid FROM pg_index AS i WHERE i.indrelid = c.oid
                UNION ALL SELECT 'pg_statistic_ext'::regclass, s.oid FROM pg_statistic_ext AS s WHERE s.stxrelid = c.oid
                UNION ALL SELECT 'pg_class'::regclass, i.inhrelid FROM pg_inherits AS i WHERE i.inhparent = c.oid
                UNION ALL SELECT 'pg_class'::regclass, i.inhparent FROM pg_inherits AS i WHERE i.inhrelid = c.oid
                UNION ALL SELECT 'pg_attrdef'::regclass, f.oid FROM pg_attrdef AS f JOIN pg_attribute AS a ON a.attrelid = f.adrelid
                    AND a.attnum = f.adnum JOIN pg_class AS r ON r.oid = f.adrelid
                    WHERE f.adrelid = c.oid AND (a.attgenerated <> '' OR r.relkind = 'v')) AS t) AS x)
    SELECT r.classid, r.objid FROM reached AS r
$$;
COMMENT ON FUNCTION primecloud_internal.reached_objects(oid[], boolean)
    IS 'what reading and writing some relations comes to, foreign keys of theirs too if told so';

-- Whoever owns a type makes casts of it at any time, which conversions to JSON look for when they run.  An enum that no
-- expression names, nor with a whole row, has nothing in it that could run.
CREATE FUNCTION primecloud_internal.lesser_objects(relations oid[], keys boolean) RETURNS TABLE (classid oid, objid oid, owner oid)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET jit = off SET standard_conforming_strings = on
AS $$
    WITH reached AS MATERIALIZED (SELECT r.* FROM primecloud_internal.reached_objects(relations, keys) AS r),
    -- (Of the server's first superuser no owner is written down.)
    lesser AS MATERIALIZED (
        SELECT r.classid, r.objid, o.oid AS owner FROM reached AS r
        JOIN pg_shdepend AS s ON s.classid = r.classid AND s.objid = r.objid AND s.objsubid = 0 AND s.deptype = 'o'
            AND s.refclassid = 'pg_authid'::regclass
            AND s.dbid = (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database())
        JOIN pg_roles AS o ON o.oid = s.refobjid WHERE NOT o.rolsuper AND o.rolname <> current_user
          -- (These hold numbers alone; what they are of is looked at by itself.)
          AND r.classid <> 'pg_statistic_ext'::regclass),
    said AS MATERIALIZED (
        SELECT t.said FROM reached AS r CROSS JOIN LATERAL (
            SELECT concat(p.polqual::text, p.polwithcheck::text) FROM pg_policy AS p WHERE r.classid = 'pg_policy'::regclass
                AND p.oid = r.objid
            UNION ALL SELECT concat(w.ev_qual::text, w.ev_action::text) FROM pg_rewrite AS w WHERE r.classid = 'pg_rewrite'::regclass
                AND w.oid = r.objid
            UNION ALL SELECT k.conbin::text FROM pg_constraint AS k WHERE r.classid = 'pg_constraint'::regclass AND k.oid = r.objid
            UNION ALL SELECT f.adbin::text FROM pg_attrdef AS f WHERE r.classid = 'pg_attrdef'::regclass AND f.oid = r.objid
            UNION ALL SELECT concat(i.indexprs::text, i.indpred::text) FROM pg_index AS i WHERE r.classid = 'pg_class'::regclass
                AND i.indexrelid = r.objid AND (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL)) AS t(said)
        WHERE EXISTS (SELECT FROM lesser AS l JOIN pg_type AS y ON l.classid = 'pg_type'::regclass AND y.oid = l.objid AND y.typtype = 'e'))
    SELECT l.* FROM lesser AS l LEFT JOIN pg_type AS y ON l.classid = 'pg_type'::regclass AND y.oid = l.objid AND y.typtype = 'e'
    WHERE y.oid IS NULL OR EXISTS (SELECT FROM said AS s WHERE s.said ~ format('(:varattno 0 |\m(%s|%s)\M)', y.oid, y.typarray))
       OR EXISTS (SELECT FROM reached AS r JOIN pg_depend AS d ON d.classid = r.classid AND d.objid = r.objid
           WHERE r.classid IN ('pg_proc'::regclass, 'pg_type'::regclass) AND d.refclassid = 'pg_type'::regclass
             AND d.refobjid IN (y.oid, y.typarray) AND d.objid NOT IN (y.oid, y.typarray))
$$;
COMMENT ON FUNCTION primecloud_internal.lesser_objects(oid[], boolean)
    IS 'what of that is neither the caller''s nor a superuser''s, and may be changed by its owner between a look and a use';
