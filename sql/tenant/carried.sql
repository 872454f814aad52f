-- What is carried into a table of ranks.  Referential actions write past every policy: who
-- may change a key that members refer to with ON UPDATE CASCADE writes members.

-- The columns by which a row of a table says who is what: those that entering reads, or all
-- of a table whose ranks are declared and not registered.
CREATE FUNCTION primecloud_internal.rank_columns(rel regclass, role_column name DEFAULT NULL) RETURNS name[]
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT array_agg(a.attname ORDER BY a.attnum) FROM pg_attribute a
    WHERE a.attrelid = rel AND a.attnum > 0 AND NOT a.attisdropped
      AND (EXISTS (SELECT FROM primecloud_internal.registered_table r JOIN pg_namespace n ON n.nspname = r.relation_schema
                   JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = r.relation_name
                       AND pg_get_userbyid(c.relowner) = r.relation_owner
                   WHERE c.oid = rel AND a.attname = ANY (r.columns))
           OR coalesce(role_column, primecloud_internal.rank_column(rel)) IS NOT NULL
              AND NOT EXISTS (SELECT FROM primecloud_internal.registered_as(rel) WHERE part = 'members'));
$$;
COMMENT ON FUNCTION primecloud_internal.rank_columns(regclass, name)
    IS 'the columns of a table of members, accounts or grants that decide who is what; NULL for any other table';

-- Where a change of those columns may come from: by which key of the table, from which
-- column that is changed, or from which table whose rows are deleted.  Followed from key to
-- key, and through partitions by their own names.
CREATE FUNCTION primecloud_internal.carriers(target regclass, role_column name DEFAULT NULL)
    RETURNS TABLE (key oid, source regclass, source_column int2, gone boolean)
    LANGUAGE sql STABLE PARALLEL SAFE
    -- The guard asks at each GRANT: compiling would take longer than the answer.
    SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
    WITH RECURSIVE deciding AS MATERIALIZED (SELECT primecloud_internal.rank_columns(target, role_column) AS columns),
    reached(key, rel, att, gone) AS (
        SELECT NULL::oid, t.relid::oid, a.attnum, false
        FROM deciding AS d, primecloud_internal.table_tree(target) AS t, pg_attribute a
        WHERE a.attrelid = t.relid AND a.attnum > 0 AND NOT a.attisdropped AND a.attname = ANY (d.columns)
        UNION
        SELECT s.* FROM reached AS r, LATERAL (
            -- A column follows the column that it points at ...
            SELECT coalesce(r.key, k.oid), k.confrelid, f.att, false
            FROM pg_constraint k, unnest(k.conkey, k.confkey) AS f(own, att)
            WHERE k.contype = 'f' AND k.conrelid = r.rel AND k.confupdtype = 'c' AND f.own = r.att
            UNION ALL
            -- ... or is emptied when any column of the key changes, ...
            SELECT coalesce(r.key, k.oid), k.confrelid, f.att, false FROM pg_constraint k, unnest(k.confkey) AS f(att)
            WHERE k.contype = 'f' AND k.conrelid = r.rel AND k.confupdtype IN ('n', 'd') AND r.att = ANY (k.conkey)
            UNION ALL
            -- ... or when what it points at is deleted, which may be by a key again.
            SELECT coalesce(r.key, k.oid), k.confrelid, 0::int2, true FROM pg_constraint k
            WHERE k.contype = 'f' AND k.conrelid = r.rel AND CASE WHEN r.gone THEN k.confdeltype = 'c'
                ELSE k.confdeltype IN ('n', 'd') AND r.att = ANY (coalesce(k.confdelsetcols, k.conkey)) END
            UNION ALL
            SELECT r.key, i.inhrelid, coalesce(b.attnum, 0::int2), r.gone
            FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhparent AND p.relkind = 'p'
            LEFT JOIN pg_attribute a ON a.attrelid = i.inhparent AND a.attnum = r.att AND r.att > 0
            LEFT JOIN pg_attribute b ON b.attrelid = i.inhrelid AND b.attname = a.attname AND NOT b.attisdropped
            WHERE i.inhparent = r.rel AND r.key IS NOT NULL) AS s)
    SELECT key, rel::regclass, att, gone FROM reached WHERE key IS NOT NULL;
$$;
COMMENT ON FUNCTION primecloud_internal.carriers(regclass, name)
    IS 'the columns and tables from which referential actions reach the ranks of a table';

-- Whether policies hold what a carrier gives: nobody writes another account into a tenant
-- column, and who may write members and accounts may write grants, which the same roles write.
CREATE FUNCTION primecloud_internal.carrier_is_held(target regclass, source regclass, source_column int2, gone boolean) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT EXISTS (SELECT FROM pg_attribute a WHERE NOT gone AND a.attrelid = source AND a.attnum = source_column
                   AND (a.attname = primecloud.tenant_column(source)
                        -- Before the table of ranks is protected, others need not be: it will ask again.
                        OR primecloud.tenant_column(target) IS NULL AND a.attname IN (SELECT columns[1]::name
                            FROM primecloud_internal.registered_table
                            WHERE to_regclass(format('%I.%I', relation_schema, relation_name)) = target
                                OR part = 'accounts' AND to_regclass(format('%I.%I', relation_schema, relation_name)) = source)))
        OR EXISTS (SELECT FROM primecloud_internal.registered_as(coalesce(pg_partition_root(source), source)))
           AND (primecloud.tenant_column(source) IS NOT NULL OR primecloud.tenant_column(target) IS NULL)
           AND EXISTS (SELECT FROM primecloud_internal.registered_as(target) WHERE part = 'grants');
$$;
COMMENT ON FUNCTION primecloud_internal.carrier_is_held(regclass, regclass, int2, boolean)
    IS 'whether policies keep a carrier from raising anybody';

-- The names by which a table is written: its own, and views that write as their owner.  `att`
-- is the column there; 0 where none has its name, and any may be it.
CREATE FUNCTION primecloud_internal.written_names(source regclass, source_column int2) RETURNS TABLE (name regclass, att int2)
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY WITH RECURSIVE up(rel, of_owner) AS (
        SELECT source::oid, true
        UNION
        -- The lowest view decides with whose rights the table is written.
        SELECT v.oid, CASE up.rel WHEN source THEN NOT primecloud_internal.reads_as_caller(v.reloptions) ELSE up.of_owner END
        FROM up JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = up.rel AND d.classid = 'pg_rewrite'::regclass
        JOIN pg_rewrite r ON r.oid = d.objid AND r.ev_class <> up.rel JOIN pg_class v ON v.oid = r.ev_class AND v.relkind = 'v')
    SELECT up.rel::regclass, coalesce(a.attnum, 0::int2) FROM up
    LEFT JOIN pg_attribute o ON o.attrelid = source AND o.attnum = source_column AND source_column > 0
    LEFT JOIN pg_attribute a ON a.attrelid = up.rel AND a.attname = o.attname AND NOT a.attisdropped
    WHERE up.of_owner;
END $$;
COMMENT ON FUNCTION primecloud_internal.written_names(regclass, int2)
    IS 'the table and the views by which somebody may change a column of it';

-- Whether a role may change a column, or delete rows, by one of those names.
CREATE FUNCTION primecloud_internal.may_change(role text, name regclass, att int2, gone boolean) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN gone THEN has_table_privilege(role, name, 'DELETE') WHEN att = 0 THEN has_any_column_privilege(role, name, 'UPDATE')
        ELSE has_column_privilege(role, name, att, 'UPDATE') END;
$$;
COMMENT ON FUNCTION primecloud_internal.may_change(text, regclass, int2, boolean)
    IS 'whether a role may change a column of a table or view, or delete from it';

-- Who may carry something into a table past its policies.  Not asked of those whom policies
-- do not hold anyway: superusers, roles with BYPASSRLS, whoever is or may become the owner.
CREATE FUNCTION primecloud_internal.open_carriers(target regclass, role_column name DEFAULT NULL)
    RETURNS TABLE (key oid, source regclass, source_column int2, gone boolean, role text)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
    WITH held AS MATERIALIZED (SELECT relowner FROM pg_class WHERE oid = target),
    found AS MATERIALIZED (
        SELECT c.* FROM primecloud_internal.carriers(target, role_column) AS c
        WHERE NOT primecloud_internal.carrier_is_held(target, c.source, c.source_column, c.gone)),
    named AS MATERIALIZED (
        SELECT f.*, n.name, n.att FROM found AS f, primecloud_internal.written_names(f.source, f.source_column) AS n),
    somebody AS MATERIALIZED (
        SELECT 'public' AS role, false AS writes_all
        -- What the server itself has made before is had by becoming it.
        UNION ALL SELECT r.rolname::text, pg_has_role(r.oid, 'pg_write_all_data', 'MEMBER') FROM pg_roles r, held
        WHERE EXISTS (SELECT FROM found) AND r.oid >= 16384 AND NOT r.rolsuper AND NOT r.rolbypassrls
            AND NOT pg_has_role(r.oid, held.relowner, 'MEMBER'))
    SELECT DISTINCT n.key, n.source, n.source_column, n.gone, s.role FROM named AS n, somebody AS s
    WHERE s.writes_all OR primecloud_internal.may_change(s.role, n.name, n.att, n.gone);
$$;
COMMENT ON FUNCTION primecloud_internal.open_carriers(regclass, name)
    IS 'the roles that may change what referential actions carry into the ranks of a table';

-- The statements that close one: the key without the action, or the right taken away.
CREATE FUNCTION primecloud_internal.carrier_hint(carrier pg_constraint, source regclass, source_column int2, gone boolean, role text)
    RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    had record := primecloud_internal.foreign_key_columns(carrier);
    -- NULL where there is no other.
    others text := (SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
                    WHERE attrelid = source AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attnum <> source_column);
    revoked text;
BEGIN
    SELECT string_agg(CASE WHEN gone THEN format('REVOKE DELETE ON %s FROM %s', source, a.grantee)
        WHEN a.of_table THEN format('REVOKE UPDATE ON %s FROM %s', source, a.grantee)
            || CASE WHEN others IS NULL THEN '' ELSE format('; GRANT UPDATE (%s) ON %s TO %s', others, source, a.grantee) END
        ELSE format('REVOKE UPDATE (%I) ON %s FROM %s', (SELECT attname FROM pg_attribute WHERE attrelid = source
            AND attnum = source_column), source, a.grantee) END, '; ' ORDER BY a.grantee) INTO revoked
    FROM (SELECT CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(x.grantee)) END AS grantee,
                 bool_or(x.n = 0) AS of_table
          FROM (SELECT 0 AS n, e.grantee, e.privilege_type FROM pg_class c, aclexplode(c.relacl) AS e
                WHERE c.oid = source AND e.grantee <> c.relowner
                UNION ALL SELECT 1, e.grantee, e.privilege_type FROM pg_attribute t, aclexplode(t.attacl) AS e
                WHERE t.attrelid = source AND t.attnum = source_column) AS x
          WHERE x.privilege_type = CASE WHEN gone THEN 'DELETE' ELSE 'UPDATE' END
            AND CASE WHEN x.grantee = 0 THEN true WHEN role = 'public' THEN false ELSE pg_has_role(role, x.grantee, 'USAGE') END
          GROUP BY 1) AS a;
    carrier.confupdtype := CASE WHEN carrier.confupdtype IN ('c', 'n', 'd') THEN 'a' ELSE carrier.confupdtype END;
    carrier.confdeltype := CASE WHEN carrier.confdeltype IN ('n', 'd') THEN 'a' ELSE carrier.confdeltype END;
    RETURN format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %2$I %s%s;', carrier.conrelid::regclass, carrier.conname,
            primecloud_internal.foreign_key_definition(carrier, had.columns, had.parent_columns, had.deleted),
            CASE WHEN carrier.convalidated THEN '' ELSE ' NOT VALID' END)
        || coalesce(' or ' || revoked || ';', '');
END $$;
COMMENT ON FUNCTION primecloud_internal.carrier_hint(pg_constraint, regclass, int2, boolean, text)
    IS 'what to type where a referential action carries ranks into a table';

-- What is wrong with a table of ranks, and what to type; NULL where nothing is.  `spared`: a
-- role whose rights to the tables `mended` are about to be put right.
CREATE FUNCTION primecloud_internal.carried_in(target regclass, role_column name, spared name, mended regclass[], OUT problem text,
    OUT hint text)
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    one record;
    carrier pg_constraint;
BEGIN
    SELECT o.* INTO one FROM primecloud_internal.open_carriers(target, role_column) AS o JOIN pg_constraint k ON k.oid = o.key
    WHERE CASE WHEN spared IS NULL OR o.role = 'public' OR NOT o.source = ANY (mended) THEN true
        ELSE NOT pg_has_role(o.role, spared, 'MEMBER') END
    ORDER BY k.conname, o.gone, o.source::text, o.role <> 'public', o.role LIMIT 1;
    IF one IS NULL THEN
        RETURN;
    END IF;
    -- A partition's key is its table's.
    WITH RECURSIVE above(oid, parent, n) AS (
        SELECT k.oid, k.conparentid, 0 FROM pg_constraint k WHERE k.oid = one.key
        UNION ALL SELECT k.oid, k.conparentid, n + 1 FROM above JOIN pg_constraint k ON k.oid = above.parent)
    SELECT k.* INTO carrier FROM pg_constraint k WHERE k.oid = (SELECT a.oid FROM above a ORDER BY n DESC LIMIT 1);
    problem := format('foreign key "%s" of %s would carry ranks past its policies: %s may %s %s',
        carrier.conname, carrier.conrelid::regclass, CASE one.role WHEN 'public' THEN 'everybody' ELSE format('role "%s"', one.role) END,
        CASE WHEN one.gone THEN 'delete from' ELSE 'change' END,
        CASE WHEN one.gone THEN one.source::text ELSE format('%s.%I', one.source, (SELECT attname FROM pg_attribute
            WHERE attrelid = one.source AND attnum = one.source_column)) END);
    hint := primecloud_internal.carrier_hint(carrier, one.source, one.source_column, one.gone, one.role);
END $$;
COMMENT ON FUNCTION primecloud_internal.carried_in(regclass, name, name, regclass[])
    IS 'the first way by which a referential action carries ranks into a table, and what closes it';

CREATE FUNCTION primecloud_internal.check_carried(target regclass, role_column name DEFAULT NULL, spared name DEFAULT NULL,
    mended regclass[] DEFAULT '{}') RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    wrong record := primecloud_internal.carried_in(target, role_column, spared, mended);
BEGIN
    IF wrong.problem IS NOT NULL THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = wrong.problem, HINT = wrong.hint;
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.check_carried(regclass, name, name, regclass[])
    IS 'raises 55000 where a role that policies hold could carry ranks into a table';

-- Every table of ranks: those that are registered, and those whose policies compare ranks.
CREATE FUNCTION primecloud_internal.rank_tables() RETURNS SETOF regclass
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT c.oid::regclass FROM primecloud_internal.registered_table r JOIN pg_namespace n ON n.nspname = r.relation_schema
    JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = r.relation_name AND pg_get_userbyid(c.relowner) = r.relation_owner
    UNION SELECT c.oid::regclass FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid AND NOT c.relispartition
    WHERE p.polname = 'primecloud_rank_insert';
$$;
COMMENT ON FUNCTION primecloud_internal.rank_tables() IS 'the tables that say who is what in an account';

-- What an application's role is given on a table: all that its policies hold, and nothing
-- that would be carried past those of a table of ranks.
CREATE FUNCTION primecloud_internal.application_rights(rel regclass, tenant_column name, app_role name)
    RETURNS SETOF primecloud_internal.plan_step
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    kept_back name[] := ARRAY(
        SELECT DISTINCT a.attname FROM primecloud_internal.rank_tables() AS t, primecloud_internal.carriers(t) AS c
        JOIN pg_attribute a ON a.attrelid = rel AND a.attnum = c.source_column
        WHERE c.source = rel AND NOT c.gone AND a.attname <> tenant_column
            AND NOT primecloud_internal.carrier_is_held(t, rel, c.source_column, false) ORDER BY 1);
    keeps_rows boolean := EXISTS (
        SELECT FROM primecloud_internal.rank_tables() AS t, primecloud_internal.carriers(t) AS c
        WHERE c.source = rel AND c.gone AND NOT primecloud_internal.carrier_is_held(t, rel, 0::int2, true));
    others text := (SELECT string_agg(quote_ident(col), ', ' ORDER BY n, col) FROM (
        SELECT attname AS col, attnum::int AS n FROM pg_attribute WHERE attrelid = rel AND attnum > 0 AND NOT attisdropped
        -- A child's tenant column may still have to be added.
        UNION ALL SELECT tenant_column, 10000 WHERE NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = rel
            AND attname = tenant_column AND NOT attisdropped)) AS c WHERE NOT col = ANY (kept_back));
BEGIN
    IF EXISTS (SELECT FROM unnest(kept_back) AS col WHERE has_column_privilege(app_role, rel, col::text, 'UPDATE')) THEN
        RETURN NEXT primecloud_internal.step('grant', rel::text, format('REVOKE UPDATE ON %s FROM %I', rel, app_role));
    END IF;
    IF keeps_rows AND has_table_privilege(app_role, rel, 'DELETE') THEN
        RETURN NEXT primecloud_internal.step('grant', rel::text, format('REVOKE DELETE ON %s FROM %I', rel, app_role));
    END IF;
    RETURN NEXT primecloud_internal.step('grant', rel::text, format('GRANT SELECT, INSERT%s%s ON %s TO %I',
        CASE WHEN kept_back = '{}' THEN ', UPDATE' WHEN others IS NULL THEN '' ELSE format(', UPDATE (%s)', others) END,
        CASE WHEN keeps_rows THEN '' ELSE ', DELETE' END, rel, app_role));
    RETURN QUERY SELECT 'remark', rel::text, format('-- kept back from %I: UPDATE of %s.%I, which a foreign key carries into ranks',
        app_role, rel, col) FROM unnest(kept_back) AS col;
    RETURN QUERY SELECT 'remark', rel::text, format('-- kept back from %I: DELETE from %s, which a foreign key carries into ranks',
        app_role, rel) WHERE keeps_rows;
END $$;
COMMENT ON FUNCTION primecloud_internal.application_rights(regclass, name, name)
    IS 'the steps by which protect_schema() gives the application''s role what it needs on a table';

-- The same when it arises afterwards, for the guard: of every table of ranks that is protected.
CREATE FUNCTION primecloud_internal.guard_carried() RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    target regclass;
    wrong record;
BEGIN
    FOR target IN SELECT * FROM primecloud_internal.rank_tables() LOOP
        CONTINUE WHEN primecloud.tenant_column(target) IS NULL;
        -- Most have no such key, and this is asked at each GRANT.
        CONTINUE WHEN NOT EXISTS (SELECT FROM pg_class c JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype = 'f'
                                  WHERE c.oid = target AND (k.confupdtype IN ('c', 'n', 'd') OR k.confdeltype IN ('n', 'd')))
            AND NOT (SELECT relhassubclass FROM pg_class WHERE oid = target);
        wrong := primecloud_internal.carried_in(target, NULL, NULL, '{}');
        CONTINUE WHEN wrong.problem IS NULL;
        IF primecloud_internal.guard_level() = 'error' THEN
            RAISE insufficient_privilege USING MESSAGE = wrong.problem, HINT = wrong.hint;
        END IF;
        RAISE WARNING '%', wrong.problem USING HINT = wrong.hint;
    END LOOP;
END $$;
COMMENT ON FUNCTION primecloud_internal.guard_carried()
    IS 'what the guard does about a key or a right that lets somebody carry ranks past policies';
