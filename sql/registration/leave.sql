-- leave: what the extension does for a table, a schema or everything is undone, in order, so that plain PostgreSQL goes on with
-- what is left.  The parts are the helpers that one could call oneself, with the caller's own rights.

-- What keeps it from being done, each as a sentence.
CREATE FUNCTION primecloud_internal.reasons_not_to_leave(tables regclass[], release text, everything boolean) RETURNS SETOF text
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT format('table %s has %s', t, primecloud_internal.counted(count(h), 'open legal hold', 'open legal holds'))
        FROM unnest(tables) AS t, primecloud_internal.open_holds(t) AS h WHERE release IS NULL GROUP BY t ORDER BY t::text;
    RETURN QUERY SELECT format('column "%s" of %s holds envelopes %s', s.col, t, CASE s.state WHEN 'nested' THEN 'within its values: open '
            'them into a column of another type' ELSE 'under no registered label: register it with seal_column(), or empty it' END)
        FROM unnest(tables) AS t, primecloud_internal.sealed_columns_of(t) AS s
        WHERE s.state = 'unregistered' OR s.state = 'nested' AND primecloud_internal.holds_rows(t) ORDER BY t::text, s.col;
    RETURN QUERY SELECT format('column "%s" of %s cannot be unsealed: %s', s.col, t, string_agg(o, ', ' ORDER BY o))
        FROM unnest(tables) AS t, primecloud_internal.sealed_columns_of(t) AS s, primecloud_internal.sealed_column_obstacles(t, s.col) AS o
        WHERE s.state = 'registered' AND o <> 'view ' || primecloud_internal.copy_target_name(t) GROUP BY t, s.col ORDER BY t::text, s.col;
    -- A key that leans on what protect_fk() made stands on a table that is to be left too.
    RETURN QUERY SELECT format('foreign key "%s" of %s points at %s and carries the tenant: leave that table with it', f.conname,
            f.conrelid::regclass, t)
        FROM unnest(tables) AS t JOIN pg_constraint f ON f.contype = 'f' AND f.confrelid = t AND f.conparentid = 0
        WHERE NOT f.conrelid::regclass = ANY (tables) AND f.conname = ANY (primecloud_internal.tenant_constraints(f.conrelid))
        ORDER BY f.conrelid::regclass::text, f.conname;
    RETURN QUERY SELECT format('table %s says who may enter which account, and tables are protected still (%s)', m, min(p.polrelid::regclass::text))
        FROM primecloud_internal.membership_tables() AS m CROSS JOIN pg_policy p
        WHERE m = ANY (tables) AND p.polname = 'primecloud_floor' AND NOT p.polrelid = ANY (ARRAY(SELECT x.relid::oid FROM unnest(tables) AS u,
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
    RETURN QUERY SELECT * FROM primecloud_internal.run_plan(ARRAY(SELECT s FROM primecloud_internal.release_plan(rel, release) AS s), dry_run);
    IF EXISTS (SELECT FROM pg_trigger t WHERE t.tgname = 'primecloud_copy'
               AND t.tgrelid = to_regclass(primecloud_internal.copy_target_name(rel))) THEN
        RETURN QUERY SELECT * FROM primecloud.drop_copy_target(rel, dry_run);
    END IF;
    FOR sealed IN SELECT * FROM primecloud_internal.sealed_columns_of(rel) LOOP
        -- (What keeps it is told already.)
        CONTINUE WHEN dry_run AND EXISTS (SELECT FROM primecloud_internal.sealed_column_obstacles(rel, sealed.col) AS o
            WHERE o <> 'view ' || primecloud_internal.copy_target_name(rel));
        IF sealed.state = 'registered' THEN
            RETURN QUERY SELECT * FROM primecloud.unseal_column(rel, sealed.col, unopened => unopened, dry_run => dry_run);
        ELSIF sealed.state = 'empty' THEN
            RETURN QUERY SELECT * FROM primecloud_internal.run_plan(ARRAY[primecloud_internal.step('not null', rel::text,
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
CREATE FUNCTION primecloud_internal.leave_rest(dry_run boolean) RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    owns_database CONSTANT boolean := (SELECT pg_has_role(datdba, 'USAGE') FROM pg_database WHERE datname = current_database());
    may_end_keys CONSTANT boolean := has_function_privilege('primecloud.retire_key(bigint, boolean)', 'EXECUTE')
        AND has_function_privilege('primecloud.act_for_any_tenant()', 'EXECUTE');
    role record;
BEGIN
    IF EXISTS (SELECT FROM primecloud_internal.registered_table) THEN
        IF owns_database THEN
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
COMMENT ON FUNCTION primecloud_internal.leave_rest(boolean) IS 'what leave() of everything does besides tables';

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

CREATE FUNCTION leave(rel regclass DEFAULT NULL, schema name DEFAULT NULL, dry_run boolean DEFAULT true, unopened text DEFAULT 'refuse',
    release text DEFAULT NULL, online boolean DEFAULT false)
    RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    everything CONSTANT boolean := rel IS NULL AND schema IS NULL;
    found regclass[];
    tables regclass[];
    said text[] := '{}';
    line text;
    reasons text[];
    of_table record;
BEGIN
    IF rel IS NOT NULL AND schema IS NOT NULL THEN
        RAISE invalid_parameter_value USING MESSAGE = format('leave table %s, or schema "%s"?', rel, schema), HINT = 'Name one of them.';
    ELSIF unopened IS NULL OR unopened NOT IN ('refuse', 'null', 'envelope') THEN
        RAISE invalid_parameter_value USING MESSAGE = format('unopened is refuse, null or envelope, not "%s"', left(unopened, 100)),
            HINT = 'It says what becomes of secrets that no key opens any more.';
    ELSIF btrim(release) = '' THEN
        RAISE invalid_parameter_value USING MESSAGE = 'holds are released for a reason, not for an empty text',
            HINT = 'Name the decision that ends them; without one they stay, and so does their table.';
    ELSIF schema IS NOT NULL AND NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = schema) THEN
        RAISE invalid_schema_name USING MESSAGE = format('schema "%s" does not exist', schema),
            HINT = 'Name the schema that holds the application''s tables.';
    END IF;
    IF rel IS NOT NULL THEN
        PERFORM primecloud_internal.check_owner(rel);
        IF (SELECT c.relkind NOT IN ('r', 'p') OR c.relispartition FROM pg_class c WHERE c.oid = rel) THEN
            RAISE wrong_object_type USING MESSAGE = format('%s is no table of its own', rel), HINT = 'Leave the table that it is part of.';
        END IF;
        tables := ARRAY[rel];
    ELSE
        found := ARRAY(SELECT t FROM primecloud_internal.adopted_tables(schema) AS t ORDER BY t::text);
        tables := ARRAY(SELECT t FROM unnest(found) AS t JOIN pg_class c ON c.oid = t WHERE pg_has_role(c.relowner, 'USAGE') ORDER BY t::text);
        IF cardinality(found) > 0 AND cardinality(tables) = 0 THEN
            RAISE insufficient_privilege USING MESSAGE = format('none of %s is yours', primecloud_internal.counted(cardinality(found),
                'adopted table', 'adopted tables')), HINT = 'The owner of a table leaves with it, or a superuser with all of them.';
        END IF;
    END IF;
    FOREACH rel IN ARRAY tables LOOP
        PERFORM primecloud_internal.check_one_hand(rel);
    END LOOP;
    reasons := ARRAY(SELECT r FROM primecloud_internal.reasons_not_to_leave(tables, release, everything) AS r);
    IF cardinality(reasons) > 0 AND NOT dry_run THEN
        RAISE object_in_use USING MESSAGE = array_to_string(reasons, '; '),
            HINT = 'leave() without dry_run lists what is in the way; holds are released with release => ''the reason''.';
    END IF;
    RETURN QUERY SELECT '-- in the way: ' || primecloud_internal.one_line(r) FROM unnest(reasons) AS r;
    IF cardinality(found) > cardinality(tables) THEN
        RETURN NEXT format('-- %s stay, which are not yours', primecloud_internal.counted(cardinality(found) - cardinality(tables), 'table',
            'tables'));
    END IF;
    IF everything THEN
        RETURN QUERY SELECT * FROM primecloud_internal.dies_with_keys();
    END IF;
    IF online THEN
        -- The long part is the scripts of unseal_column(); what is left takes a moment.
        FOR of_table IN SELECT t, s.col FROM unnest(tables) AS t, primecloud_internal.sealed_columns_of(t) AS s WHERE s.state = 'registered'
                        ORDER BY t::text LOOP
            RETURN QUERY SELECT * FROM primecloud.unseal_column(of_table.t, of_table.col, unopened => unopened, online => true);
        END LOOP;
        RETURN NEXT format('SELECT * FROM primecloud.leave(%s, dry_run => false, unopened => %L%s);', CASE WHEN everything THEN 'NULL'
            WHEN schema IS NULL THEN quote_literal(tables[1]) ELSE 'schema => ' || quote_literal(schema) END, unopened,
            coalesce(', release => ' || quote_literal(release), ''));
        RETURN;
    END IF;
    -- Keys that carry the tenant before the tables that they point at.
    FOR of_table IN SELECT t, k.key FROM unnest(tables) AS t, jsonb_each_text(primecloud_internal.protection_note(t) -> 'constraints')
                        AS k(key, kind) WHERE k.kind = 'foreign key' LOOP
        FOR line IN SELECT * FROM primecloud.unprotect_fk(of_table.t, of_table.key, dry_run) LOOP
            CONTINUE WHEN line = ANY (said);
            said := said || line;
            RETURN NEXT line;
        END LOOP;
    END LOOP;
    FOREACH rel IN ARRAY tables LOOP
        IF pg_total_relation_size(rel) > 1073741824 AND dry_run THEN
            RETURN NEXT format('-- table %s has %s: while it is written anew nobody uses it; online => true prints a script that takes longer '
                'and locks it for a moment', rel, pg_size_pretty(pg_total_relation_size(rel)));
        END IF;
        FOR line IN SELECT * FROM primecloud_internal.leave_table(rel, unopened, release, dry_run) LOOP
            CONTINUE WHEN line = ANY (said);
            said := said || line;
            RETURN NEXT line;
        END LOOP;
    END LOOP;
    RETURN QUERY SELECT * FROM primecloud_internal.told_of_leaving(tables, everything);
    IF everything THEN
        RETURN QUERY SELECT * FROM primecloud_internal.leave_rest(dry_run);
        RETURN QUERY SELECT * FROM primecloud_internal.left_standing(ARRAY(SELECT x.relid::oid FROM unnest(tables) AS u,
            primecloud_internal.table_tree(u) AS x WHERE dry_run));
    END IF;
END $$;
COMMENT ON FUNCTION leave(regclass, name, boolean, text, text, boolean) IS
    'unseals, unprotects, releases and unregisters a table, a schema or everything; a dry run unless told otherwise, which says what it '
        'would do, what is in the way and what dies with the keys; call it again where it was interrupted';
