-- The parts of leave(): what is in its way, one table, what goes once for the database, and what is told.

-- What keeps it from being done, each as a sentence.
CREATE FUNCTION primecloud_internal.reasons_not_to_leave(tables regclass[], release text, everything boolean) RETURNS SETOF text
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT format('table %s has %s', t, primecloud_internal.counted(count(h), 'open legal hold', 'open legal holds'))
        FROM unnest(tables) AS t, primecloud_internal.open_holds(t) AS h WHERE release IS NULL GROUP BY t ORDER BY t::text;
    RETURN QUERY SELECT CASE WHEN s.state = 'unseen' OR primecloud_internal.has_rows_now(t) IS NULL
        THEN format('column "%s" of %s may hold envelopes: the table could not be looked at, which somebody holds locked', s.col, t)
        ELSE format('column "%s" of %s holds envelopes %s', s.col, t, CASE s.state WHEN 'nested' THEN 'within its values: open '
            'them into a column of another type' ELSE 'under no registered label: register it with seal_column(), or empty it' END) END
        FROM unnest(tables) AS t, primecloud_internal.sealed_columns_of(t) AS s
        WHERE s.state IN ('unregistered', 'unseen') OR s.state = 'nested' AND primecloud_internal.has_rows_now(t) IS NOT FALSE
        ORDER BY t::text, s.col;
    RETURN QUERY SELECT format('column "%s" of %s cannot be unsealed: %s', s.col, t, string_agg(o, ', ' ORDER BY o))
        FROM unnest(tables) AS t, primecloud_internal.sealed_columns_of(t) AS s, primecloud_internal.sealed_column_obstacles(t, s.col) AS o
        WHERE s.state = 'registered' AND o <> 'view ' || primecloud_internal.copy_target_name(t) GROUP BY t, s.col ORDER BY t::text, s.col;
    RETURN QUERY SELECT format('table %s is distributed: take it back with undistribute_table() first', t)
        FROM unnest(tables) AS t WHERE primecloud_internal.is_distributed(t) ORDER BY t::text;
    -- A key that leans on what protect_fk() made stands on a table that is to be left too.
    RETURN QUERY SELECT format('foreign key "%s" of %s points at %s and carries the tenant: leave that table with it', f.conname,
            f.conrelid::regclass, t)
        FROM unnest(tables) AS t JOIN pg_constraint f ON f.contype = 'f' AND f.confrelid = t AND f.conparentid = 0
        WHERE NOT f.conrelid::regclass = ANY (tables) AND f.conname = ANY (primecloud_internal.tenant_constraints(f.conrelid))
        ORDER BY f.conrelid::regclass::text, f.conname;
    RETURN QUERY SELECT format('table %s says who may enter which account, and tables are protected still (%s)',
        m, min(p.polrelid::regclass::text))
        FROM primecloud_internal.membership_tables() AS m CROSS JOIN pg_policy p
        WHERE m = ANY (tables) AND p.polname IN ('primecloud_floor', 'primecloud_people') AND NOT p.polrelid = ANY
            (ARRAY(SELECT x.relid::oid FROM unnest(tables) AS u,
            primecloud_internal.table_tree(u) AS x)) GROUP BY m ORDER BY m::text;
END $$;
COMMENT ON FUNCTION primecloud_internal.reasons_not_to_leave(regclass[], text, boolean)
    IS 'what is in the way of leave(): holds, envelopes that nobody can open, what others lean on';

-- One table.  What a helper prints twice, since a dry run changes nothing in between, the caller leaves out.
CREATE FUNCTION primecloud_internal.leave_table(rel regclass, unopened text, release text, dry_run boolean) RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    sealed record;
BEGIN
    RETURN QUERY SELECT * FROM primecloud_internal.run_plan(ARRAY(SELECT s FROM primecloud_internal.release_plan(rel, release)
        AS s), dry_run);
    IF EXISTS (SELECT FROM pg_trigger t WHERE t.tgname = 'primecloud_copy'
               AND t.tgrelid = to_regclass(primecloud_internal.copy_target_name(rel))) THEN
        RETURN QUERY SELECT * FROM primecloud.drop_copy_target(rel, dry_run);
    END IF;
    RETURN QUERY SELECT * FROM primecloud.unguard_sealed(rel, dry_run);
    FOR sealed IN SELECT * FROM primecloud_internal.sealed_columns_of(rel) LOOP
        -- (What keeps it is told already.)
        CONTINUE WHEN dry_run AND EXISTS (SELECT FROM primecloud_internal.sealed_column_obstacles(rel, sealed.col) AS o
            WHERE o <> 'view ' || primecloud_internal.copy_target_name(rel));
        IF sealed.state = 'registered' AND dry_run AND NOT (has_function_privilege('primecloud.act_for_any_tenant()', 'EXECUTE')
            AND has_function_privilege('primecloud.open(primecloud.sealed, text, text, text, text)', 'EXECUTE')) THEN
            RETURN NEXT format('-- in the way: permission denied to unseal column "%s" of %s; a superuser gives it: GRANT EXECUTE ON '
                'FUNCTION primecloud.act_for_any_tenant(), primecloud.open(primecloud.sealed, text, text, text, text) TO %I', sealed.col,
                rel, current_user);
        ELSIF sealed.state = 'registered' THEN
            RETURN QUERY SELECT * FROM primecloud.unseal_column(rel, sealed.col, unopened => unopened, dry_run => dry_run);
        ELSIF sealed.state = 'empty' THEN
            RETURN QUERY SELECT * FROM primecloud_internal.run_plan(ARRAY[primecloud_internal.step('retype', rel::text,
                format('ALTER TABLE %s ALTER COLUMN %I TYPE text USING NULL', rel, sealed.col))], dry_run);
        END IF;
    END LOOP;
    IF EXISTS (SELECT FROM primecloud_internal.table_tree(rel) AS t JOIN pg_policy p ON p.polrelid = t.relid
               AND starts_with(p.polname, 'primecloud_')) THEN
        RETURN QUERY SELECT * FROM primecloud.unprotect_table(rel, dry_run);
    END IF;
    RETURN QUERY SELECT * FROM primecloud_internal.run_plan(ARRAY(SELECT s FROM primecloud_internal.plain_table_plan(rel) AS s), dry_run);
END $$;
COMMENT ON FUNCTION primecloud_internal.leave_table(regclass, text, text, boolean) IS 'what leave() does to one table';

-- What goes once for the database, as far as the caller may.
CREATE FUNCTION primecloud_internal.leave_rest(dry_run boolean, left_alone regclass[]) RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    owns_database CONSTANT boolean := (SELECT pg_has_role(datdba, 'USAGE') FROM pg_database WHERE datname = current_database());
    may_end_keys CONSTANT boolean := has_function_privilege('primecloud.retire_key(bigint, boolean)', 'EXECUTE')
        AND has_function_privilege('primecloud.act_for_any_tenant()', 'EXECUTE');
    others_protected CONSTANT boolean := EXISTS (SELECT FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
        WHERE p.polname IN ('primecloud_floor', 'primecloud_people') AND (NOT pg_has_role(c.relowner, 'USAGE')
            OR c.oid IN (SELECT x.relid FROM unnest(left_alone) AS u, primecloud_internal.table_tree(u) AS x)));
    role record;
BEGIN
    IF EXISTS (SELECT FROM primecloud_internal.registered_table) THEN
        IF others_protected THEN
            RETURN NEXT '-- the registration of members stays: tables of others are protected still';
        ELSIF owns_database THEN
            RETURN QUERY SELECT * FROM primecloud.unregister_membership(dry_run);
        ELSE
            RETURN NEXT '-- the registration of members stays: the owner of the database ends it with primecloud.unregister_membership()';
        END IF;
    END IF;
    IF may_end_keys THEN
        IF EXISTS (SELECT FROM primecloud.key_status k WHERE k.purpose <> 'seal' AND k.state IN ('active', 'decrypt_only')) THEN
            RETURN QUERY SELECT * FROM primecloud_internal.run_plan(ARRAY[primecloud_internal.step('keys', NULL,
                'SELECT primecloud_internal.leave_keys()')], dry_run);
        END IF;
    ELSE
        RETURN NEXT '-- keys of token hashes and blind indexes stay: a superuser ends them by calling leave()';
    END IF;
    FOR role IN SELECT r.rolname, split_part(item, '=', 1) AS setting FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = s.setrole,
                unnest(s.setconfig) AS item WHERE s.setdatabase = 0 AND (starts_with(item, 'primecloud.')
                OR item ~ '^session_preload_libraries=.*primecloud') ORDER BY 1, 2 LOOP
        -- Roles are every database's: whether another needs it is not known here.
        RETURN NEXT format('-- before the package is removed: ALTER ROLE %I RESET %s', role.rolname, role.setting);
    END LOOP;
END $$;
COMMENT ON FUNCTION primecloud_internal.leave_rest(boolean, regclass[]) IS 'what leave() of everything does besides tables';

-- What was changed besides tables, and is left to whoever knows whether it is wanted.
CREATE FUNCTION primecloud_internal.told_of_leaving(tables regclass[], everything boolean) RETURNS SETOF text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format('-- view %s reads as its caller; if primecloud.protect_view() made it so: SELECT primecloud.unprotect_view(%L)', v, v)
    FROM (SELECT DISTINCT c.oid::regclass AS v FROM unnest(tables) AS t JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass
            AND d.refobjid = t AND d.classid = 'pg_rewrite'::regclass
        JOIN pg_rewrite r ON r.oid = d.objid JOIN pg_class c ON c.oid = r.ev_class AND c.relkind = 'v'
        WHERE c.reloptions @> '{security_invoker=true,security_barrier=true}' AND NOT EXISTS (SELECT FROM pg_trigger g
            WHERE g.tgrelid = c.oid AND g.tgname = 'primecloud_copy') ORDER BY 1) AS views
    UNION ALL
    SELECT format('-- TEMPORARY is not PUBLIC''s in this database; if create_app_role() took it: GRANT TEMPORARY ON DATABASE %I TO PUBLIC',
        current_database()) WHERE everything AND NOT has_database_privilege('public', current_database(), 'TEMPORARY')
    UNION ALL
    SELECT '-- a job of pg_cron may call primecloud: SELECT cron.unschedule(''primecloud maintenance'')'
    WHERE everything AND EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_cron');
$$;
COMMENT ON FUNCTION primecloud_internal.told_of_leaving(regclass[], boolean)
    IS 'what leave() does not undo, since it cannot know who made it';
