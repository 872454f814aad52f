-- Tables of ranks into which somebody may carry something past their policies: refused, and watched.

-- What is wrong with a table of ranks, and what to type; NULL where nothing is.  `spared`: a
-- role whose rights to the tables `mended` are about to be put right.
CREATE FUNCTION primecloud_internal.carried_in(target regclass, role_column name, spared name, mended regclass[], OUT problem text,
    OUT hint text)
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET jit = off
AS $$
DECLARE
    one record;
    carrier pg_constraint;
BEGIN
    SELECT o.* INTO one FROM primecloud_internal.open_carriers(target, role_column) AS o,
        LATERAL (SELECT conname FROM pg_constraint WHERE oid = o.key OFFSET 0) AS k
    WHERE CASE WHEN spared IS NULL OR o.role = 0 OR NOT o.source = ANY (mended) THEN true
        ELSE NOT pg_has_role(o.role, spared, 'MEMBER') END
    ORDER BY k.conname, o.gone, o.source::text, o.role <> 0, pg_get_userbyid(o.role), o.source_column LIMIT 1;
    IF one IS NULL THEN
        RETURN;
    END IF;
    -- A partition's key is its table's.
    WITH RECURSIVE above(oid, parent, n) AS (
        SELECT k.oid, k.conparentid, 0 FROM pg_constraint k WHERE k.oid = one.key
        UNION ALL SELECT k.oid, k.conparentid, n + 1 FROM above JOIN pg_constraint k ON k.oid = above.parent)
    SELECT k.* INTO carrier FROM pg_constraint k WHERE k.oid = (SELECT a.oid FROM above a ORDER BY n DESC LIMIT 1);
    problem := format('foreign key "%s" of %s would carry ranks past its policies: %s may %s %s',
        carrier.conname, carrier.conrelid::regclass,
        CASE one.role WHEN 0 THEN 'everybody' ELSE format('role "%s"', pg_get_userbyid(one.role)) END,
        CASE WHEN one.gone THEN 'delete from' ELSE 'change' END,
        CASE WHEN one.gone THEN one.source::text ELSE format('%s.%I', one.source, (SELECT attname FROM pg_attribute
            WHERE attrelid = one.source AND attnum = one.source_column)) END);
    hint := primecloud_internal.carrier_hint(carrier, one.source, ARRAY(SELECT c.source_column FROM
        primecloud_internal.carriers(target, role_column) AS c WHERE c.source = one.source AND NOT c.gone
            AND NOT primecloud_internal.carrier_is_held(target, c.source, c.source_column, false)), one.gone, one.role);
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
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT c.oid::regclass FROM primecloud_internal.registered_table r
    JOIN pg_namespace n ON n.nspname = r.relation_schema::name
    JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = r.relation_name::name AND pg_get_userbyid(c.relowner) = r.relation_owner
    UNION SELECT c.oid::regclass FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid AND NOT c.relispartition
    -- (Another session's temporary table is nobody's here.)
    WHERE p.polname = 'primecloud_rank_insert' AND (c.relpersistence <> 't' OR c.relnamespace = pg_my_temp_schema());
END $$;
COMMENT ON FUNCTION primecloud_internal.rank_tables() IS 'the tables that say who is what in an account';

-- What an application's role is given on a table: all that its policies hold, and nothing
-- that would be carried past those of a table of ranks.
-- Where there are people, who may write members makes whom he likes his colleague, and sees him: taking somebody in is then
-- for a function of the gate role, which asks whether he was invited.
CREATE FUNCTION primecloud_internal.application_rights(rel regclass, tenant_column name, app_role name, people boolean DEFAULT false)
    RETURNS SETOF primecloud_internal.plan_step
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    kept_back name[] := ARRAY(
        SELECT DISTINCT a.attname FROM primecloud_internal.rank_tables() AS t, primecloud_internal.carriers(t) AS c
        JOIN pg_attribute a ON a.attrelid = rel AND a.attnum = c.source_column
        WHERE c.source = rel AND NOT c.gone AND a.attname <> tenant_column
            AND NOT primecloud_internal.carrier_is_held(t, rel, c.source_column, false) ORDER BY 1)
        || CASE WHEN people THEN primecloud_internal.member_columns(rel) END;
    takes_in boolean := people AND primecloud_internal.member_columns(rel) IS NOT NULL;
    keeps_rows boolean := EXISTS (
        SELECT FROM primecloud_internal.rank_tables() AS t, primecloud_internal.carriers(t) AS c
        WHERE c.source = rel AND c.gone AND NOT primecloud_internal.carrier_is_held(t, rel, 0::int2, true));
    others text := (SELECT string_agg(quote_ident(col), ', ' ORDER BY n, col) FROM (
        SELECT attname AS col, attnum::int AS n FROM pg_attribute WHERE attrelid = rel AND attnum > 0 AND NOT attisdropped
        -- A child's tenant column may still have to be added.
        UNION ALL SELECT tenant_column, 10000 WHERE NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = rel
            AND attname = tenant_column AND NOT attisdropped)) AS c WHERE NOT col = ANY (kept_back));
BEGIN
    IF takes_in AND has_any_column_privilege(app_role, rel, 'INSERT') THEN
        RETURN NEXT primecloud_internal.step('grant', rel::text, format('REVOKE INSERT ON %s FROM %I', rel, app_role));
    END IF;
    IF EXISTS (SELECT FROM unnest(kept_back) AS col WHERE has_column_privilege(app_role, rel, col::text, 'UPDATE')) THEN
        RETURN NEXT primecloud_internal.step('grant', rel::text, format('REVOKE UPDATE ON %s FROM %I', rel, app_role));
    END IF;
    IF keeps_rows AND has_table_privilege(app_role, rel, 'DELETE') THEN
        RETURN NEXT primecloud_internal.step('grant', rel::text, format('REVOKE DELETE ON %s FROM %I', rel, app_role));
    END IF;
    RETURN NEXT primecloud_internal.step('grant', rel::text, format('GRANT SELECT%s%s%s ON %s TO %I',
        CASE WHEN takes_in THEN '' ELSE ', INSERT' END,
        CASE WHEN kept_back = '{}' THEN ', UPDATE' WHEN others IS NULL THEN '' ELSE format(', UPDATE (%s)', others) END,
        CASE WHEN keeps_rows THEN '' ELSE ', DELETE' END, rel, app_role));
    RETURN QUERY SELECT 'remark', rel::text, format('-- kept back from %I: INSERT into %s and UPDATE of %s, which would make anybody a '
        'colleague, and show him: members are taken in by a function of the gate role', app_role, rel,
        (SELECT string_agg(quote_ident(m), ', ') FROM unnest(primecloud_internal.member_columns(rel)) AS m)) WHERE takes_in;
    RETURN QUERY SELECT 'remark', rel::text, format('-- kept back from %I: UPDATE of %s.%I, which a foreign key carries into ranks',
        app_role, rel, col) FROM unnest(kept_back) AS col WHERE NOT (takes_in AND col = ANY (primecloud_internal.member_columns(rel)));
    RETURN QUERY SELECT 'remark', rel::text, format('-- kept back from %I: DELETE from %s, which a foreign key carries into ranks',
        app_role, rel) WHERE keeps_rows;
END $$;
COMMENT ON FUNCTION primecloud_internal.application_rights(regclass, name, name, boolean)
    IS 'the steps by which protect_schema() gives the application''s role what it needs on a table';

-- The same when it arises afterwards, for the guard: of every table of ranks that is registered or the database's owner's, and of those of
-- whoever runs the command or owns what it touches.  What anybody else has made of a table of his is no reason to refuse it.
CREATE FUNCTION primecloud_internal.guard_carried(touched oid[]) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    target regclass;
    wrong record;
BEGIN
    FOR target IN SELECT t FROM primecloud_internal.rank_tables() AS t JOIN pg_class c ON c.oid = t
                  WHERE EXISTS (SELECT FROM primecloud_internal.registered_as(t))
                     OR c.relowner = ANY (touched || (SELECT r.oid FROM pg_roles r WHERE r.rolname = current_user))
                     OR pg_has_role(c.relowner, (SELECT d.datdba FROM pg_database d WHERE d.datname = current_database()), 'USAGE') LOOP
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
COMMENT ON FUNCTION primecloud_internal.guard_carried(oid[])
    IS 'what the guard does about a key or a right that lets somebody carry ranks past policies';
