-- Who may start what carries something into a table of ranks, and what closes it.

-- Whether a role may change a column, or delete rows, by one of the names of a table; by a
-- rule, whether he may do what the rule waits for (2: UPDATE, 3: INSERT, 4: DELETE).  0 is PUBLIC.
-- Roles are told by their oids: nobody may who was dropped a moment ago, and asked by his name that would be an error.
CREATE FUNCTION primecloud_internal.may_change(role oid, name regclass, att int2, gone boolean, rule "char") RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN rule = '3' THEN has_any_column_privilege(role, name, 'INSERT')
        WHEN coalesce(rule = '4', gone) THEN has_table_privilege(role, name, 'DELETE')
        WHEN rule = '2' OR att = 0 THEN has_any_column_privilege(role, name, 'UPDATE')
        ELSE has_column_privilege(role, name, att, 'UPDATE') END;
$$;
COMMENT ON FUNCTION primecloud_internal.may_change(oid, regclass, int2, boolean, "char")
    IS 'whether a role may change a column of a table or view, delete from it, or set off its rule';

-- The names by which a table is written: its own, views that write as their owner, and what
-- has a rule that may write it.  `att` is the column there; 0 where none has its name, and any
-- may be it.  What its own owner may not write is no name: anybody may make himself such a view.
CREATE FUNCTION primecloud_internal.written_names(source regclass, source_column int2)
    RETURNS TABLE (name regclass, att int2, rule "char")
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY WITH RECURSIVE up(rel, rule) AS (
        SELECT source::oid, NULL::"char"
        UNION
        SELECT v.oid, CASE r.ev_type WHEN '1' THEN up.rule ELSE r.ev_type END
        FROM up JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = up.rel AND d.classid = 'pg_rewrite'::regclass
        JOIN pg_rewrite r ON r.oid = d.objid AND r.ev_class <> up.rel JOIN pg_class v ON v.oid = r.ev_class AND v.relkind IN ('v', 'r', 'p')
        CROSS JOIN LATERAL (SELECT CASE up.rel WHEN source THEN source_column ELSE 0::int2 END) AS of(att)
        -- The lowest view decides with whose rights the table is written.
        WHERE CASE WHEN r.ev_type = '1' AND primecloud_internal.reads_as_caller(v.reloptions) THEN up.rel <> source
            ELSE primecloud_internal.may_change(v.relowner, up.rel, of.att, false, up.rule)
                OR of.att = 0 AND primecloud_internal.may_change(v.relowner, up.rel, of.att, true, up.rule) END
            -- A rule that sets a column names it.
            AND (r.ev_type = '1' OR of.att IN (0, d.refobjsubid)))
    SELECT up.rel::regclass, coalesce(a.attnum, 0::int2), up.rule FROM up
    LEFT JOIN pg_attribute o ON o.attrelid = source AND o.attnum = source_column AND source_column > 0
    LEFT JOIN pg_attribute a ON a.attrelid = up.rel AND a.attname = o.attname AND NOT a.attisdropped;
END $$;
COMMENT ON FUNCTION primecloud_internal.written_names(regclass, int2)
    IS 'the table, the views and the rules by which somebody may change a column of it';

-- Who may carry something into a table past its policies.  Not asked of those whom policies
-- do not hold anyway: superusers, roles with BYPASSRLS, whoever is or may become the owner.
CREATE FUNCTION primecloud_internal.open_carriers(target regclass, role_column name DEFAULT NULL)
    RETURNS TABLE (key oid, source regclass, source_column int2, gone boolean, role oid)
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET jit = off
AS $$
BEGIN
    RETURN QUERY WITH held AS MATERIALIZED (SELECT relowner FROM pg_class WHERE oid = target),
    found AS MATERIALIZED (
        SELECT c.key, c.source, c.source_column, c.gone FROM primecloud_internal.carriers(target, role_column) AS c
        WHERE NOT primecloud_internal.carrier_is_held(target, c.source, c.source_column, c.gone)),
    named AS MATERIALIZED (
        SELECT f.*, n.name, n.att, n.rule FROM found AS f, primecloud_internal.written_names(f.source, f.source_column) AS n),
    somebody AS MATERIALIZED (
        SELECT 0::oid AS role, false AS writes_all
        -- What the server itself has made before is had by becoming it.
        UNION ALL SELECT r.oid, pg_has_role(r.oid, 'pg_write_all_data', 'MEMBER') FROM pg_roles r, held
        WHERE EXISTS (SELECT FROM found) AND r.oid >= 16384 AND NOT r.rolsuper AND NOT r.rolbypassrls
            AND NOT pg_has_role(r.oid, held.relowner, 'MEMBER'))
    SELECT DISTINCT n.key, n.source, n.source_column, n.gone, s.role FROM named AS n, somebody AS s
    WHERE s.writes_all OR primecloud_internal.may_change(s.role, n.name, n.att, n.gone, n.rule);
END $$;
COMMENT ON FUNCTION primecloud_internal.open_carriers(regclass, name)
    IS 'the roles that may change what referential actions carry into the ranks of a table';

-- The statements that close one: the key without the action, or the right to all columns of
-- `source` that are carried taken away.
CREATE FUNCTION primecloud_internal.carrier_hint(carrier pg_constraint, source regclass, carried int2[], gone boolean, role oid)
    RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    had record := primecloud_internal.foreign_key_columns(carrier);
    -- NULL where there is no other.
    others text := (SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
                    WHERE attrelid = source AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND NOT attnum = ANY (carried));
    revoked text;
BEGIN
    SELECT string_agg(CASE WHEN gone THEN format('REVOKE DELETE ON %s FROM %s', source, a.grantee)
        WHEN a.of_table THEN format('REVOKE UPDATE ON %s FROM %s', source, a.grantee)
            || CASE WHEN others IS NULL THEN '' ELSE format('; GRANT UPDATE (%s) ON %s TO %s', others, source, a.grantee) END
        ELSE format('REVOKE UPDATE (%s) ON %s FROM %s', a.columns, source, a.grantee) END, '; ' ORDER BY a.grantee) INTO revoked
    FROM (SELECT CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(x.grantee)) END AS grantee,
                 bool_or(x.col IS NULL) AS of_table, string_agg(DISTINCT quote_ident(x.col), ', ') AS columns
          FROM (SELECT NULL::name AS col, e.grantee, e.privilege_type FROM pg_class c, aclexplode(c.relacl) AS e
                WHERE c.oid = source AND e.grantee <> c.relowner
                UNION ALL SELECT t.attname, e.grantee, e.privilege_type FROM pg_attribute t, aclexplode(t.attacl) AS e
                WHERE t.attrelid = source AND t.attnum = ANY (carried)) AS x
          WHERE x.privilege_type = CASE WHEN gone THEN 'DELETE' ELSE 'UPDATE' END
            AND CASE WHEN x.grantee = 0 THEN true WHEN role = 0 THEN false ELSE pg_has_role(role, x.grantee, 'USAGE') END
          GROUP BY 1) AS a;
    carrier.confupdtype := CASE WHEN carrier.confupdtype IN ('c', 'n', 'd') THEN 'a' ELSE carrier.confupdtype END;
    carrier.confdeltype := CASE WHEN carrier.confdeltype IN ('n', 'd') THEN 'a' ELSE carrier.confdeltype END;
    RETURN format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %2$I %s%s;', carrier.conrelid::regclass, carrier.conname,
            primecloud_internal.foreign_key_definition(carrier, had.columns, had.parent_columns, had.deleted),
            CASE WHEN carrier.convalidated THEN '' ELSE ' NOT VALID' END)
        || coalesce(' or ' || revoked || ';', '');
END $$;
COMMENT ON FUNCTION primecloud_internal.carrier_hint(pg_constraint, regclass, int2[], boolean, oid)
    IS 'what to type where a referential action carries ranks into a table';
