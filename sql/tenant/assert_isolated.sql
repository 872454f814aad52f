-- assert_isolated: tries to reach another tenant's rows as the application would.

CREATE FUNCTION enter_probe(tenant text, role text) RETURNS void
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_enter_probe';
COMMENT ON FUNCTION enter_probe(text, text) IS 'enters a tenant without asking for membership; called by assert_isolated()';
REVOKE ALL ON FUNCTION enter_probe(text, text) FROM PUBLIC;

-- Runs one statement as a role in a tenant and undoes it: the rows it touched, or the
-- SQLSTATE it was refused with.
CREATE FUNCTION probe(app_role name, tenant text, statement text, argument text DEFAULT NULL, OUT rows bigint, OUT refused text)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    touched bigint;
BEGIN
    IF tenant IS NOT NULL THEN
        PERFORM primecloud.enter_probe(tenant, 'owner');
    END IF;
    EXECUTE format('SET LOCAL ROLE %I', app_role);
    IF statement LIKE 'SELECT%' THEN
        EXECUTE statement INTO touched;
    ELSE
        EXECUTE statement USING argument;
        GET DIAGNOSTICS touched = ROW_COUNT;
    END IF;
    RAISE SQLSTATE 'PCROL' USING MESSAGE = touched::text;
EXCEPTION
    WHEN SQLSTATE 'PCROL' THEN
        rows := SQLERRM::bigint;
    WHEN OTHERS THEN
        refused := SQLSTATE;
END $$;
COMMENT ON FUNCTION probe(name, text, text, text) IS 'runs a statement as a role in a tenant and undoes it; called by assert_isolated()';
REVOKE ALL ON FUNCTION probe(name, text, text, text) FROM PUBLIC;

CREATE FUNCTION assert_isolated(rel regclass, app_role name) RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    class pg_class := (SELECT c FROM pg_class c WHERE oid = rel);
    tenant_column name;
    number int := 0;
    one text;
    other text;
    own_rows bigint;
    foreign_row text;
    writable text;
    tried record;
    check_ record;
BEGIN
    IF NOT (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user) THEN
        RAISE insufficient_privilege USING MESSAGE = 'assert_isolated must see the rows of every tenant', HINT = 'Run it as a superuser.';
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = app_role) THEN
        RAISE undefined_object USING MESSAGE = format('role "%s" does not exist', app_role), HINT = 'Name the role that the application connects as.';
    END IF;
    -- The tenant column is the one that the floor compares.
    SELECT attname INTO tenant_column FROM pg_policy JOIN pg_depend ON classid = 'pg_policy'::regclass AND objid = pg_policy.oid AND refobjid = rel AND refobjsubid > 0
        JOIN pg_attribute ON attrelid = rel AND attnum = refobjsubid
    WHERE polrelid = rel AND polname = 'primecloud_floor' LIMIT 1;
    IF NOT FOUND THEN
        RAISE wrong_object_type USING MESSAGE = format('table %s is not protected', rel), HINT = 'Call primecloud.protect_table() first.';
    END IF;

    EXECUTE format('SELECT %1$I::text FROM %2$s ORDER BY %1$I LIMIT 1', tenant_column, rel) INTO one;
    EXECUTE format('SELECT %1$I::text FROM %2$s ORDER BY %1$I DESC LIMIT 1', tenant_column, rel) INTO other;
    EXECUTE format('SELECT count(*) FROM %s WHERE %I::text = $1', rel, tenant_column) INTO own_rows USING one;
    EXECUTE format('SELECT t::text FROM %s AS t WHERE %I::text = $1 LIMIT 1', rel, tenant_column) INTO foreign_row USING other;
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO writable FROM pg_attribute
    WHERE attrelid = rel AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attidentity <> 'a';

    FOR check_ IN
        SELECT class.relrowsecurity AND class.relforcerowsecurity AS holds, 'row-level security is enabled and forced' AS claim
        UNION ALL
        SELECT NOT EXISTS (SELECT FROM pg_class WHERE oid IN (SELECT relid FROM pg_partition_tree(rel)) AND NOT (relrowsecurity AND relforcerowsecurity)), 'and on every partition'
        UNION ALL
        SELECT NOT rolsuper AND NOT rolbypassrls, format('%s is held by policies', app_role) FROM pg_roles WHERE rolname = app_role
        UNION ALL
        SELECT NOT pg_has_role(app_role, class.relowner, 'MEMBER'), format('%s cannot become the owner', app_role)
        UNION ALL
        SELECT NOT has_table_privilege(app_role, rel, 'TRUNCATE, REFERENCES, TRIGGER'), format('%s cannot truncate, reference or attach a trigger', app_role)
    LOOP
        number := number + 1;
        RETURN NEXT format('%s %s - %s: %s', CASE WHEN check_.holds THEN 'ok' ELSE 'not ok' END, number, rel, check_.claim);
    END LOOP;

    FOR tried IN SELECT * FROM (VALUES
        (NULL::text, format('SELECT count(*) FROM %s', rel), 0::bigint, 'without a context no row is seen', true),
        (one, format('SELECT count(*) FROM %s', rel), own_rows, 'a tenant sees all of its rows', one IS NOT NULL),
        (one, format('SELECT count(*) FROM %s WHERE %I::text <> %L', rel, tenant_column, one), 0, 'and none of another', one IS NOT NULL),
        (one, format('SELECT count(*) FROM %s WHERE %I::text = %L', rel, tenant_column, other), 0, 'not by naming the other tenant', one <> other),
        (one, format('INSERT INTO %1$s (%2$s) OVERRIDING SYSTEM VALUE SELECT %2$s FROM (SELECT ($1::%1$s).*) AS theirs', rel, writable), 0, 'a row of another tenant cannot be inserted', one <> other),
        (one, format('UPDATE %s SET %2$I = %2$I WHERE %2$I::text = %3$L', rel, tenant_column, other), 0, 'nor updated', one <> other),
        (one, format('UPDATE %s SET %2$I = %3$L WHERE %2$I::text = %4$L', rel, tenant_column, other, one), 0, 'a row cannot be moved to another tenant', one <> other),
        (one, format('DELETE FROM %s WHERE %I::text = %L', rel, tenant_column, other), 0, 'a row of another tenant cannot be deleted', one <> other)
        ) AS t(tenant, statement, allowed, claim, applies)
    LOOP
        number := number + 1;
        IF NOT coalesce(tried.applies, false) THEN
            RETURN NEXT format('ok %s - %s: %s # SKIP the table has rows of %s', number, rel, tried.claim, CASE WHEN one IS NULL THEN 'no tenant' ELSE 'one tenant' END);
            CONTINUE;
        END IF;
        SELECT * INTO check_ FROM primecloud.probe(app_role, tried.tenant, tried.statement, foreign_row);
        IF check_.rows = tried.allowed OR (tried.allowed = 0 AND check_.refused = '42501') THEN
            RETURN NEXT format('ok %s - %s: %s', number, rel, tried.claim);
        ELSE
            RETURN NEXT format('not ok %s - %s: %s (%s)', number, rel, tried.claim,
                coalesce('refused with ' || check_.refused, format('%s rows', check_.rows)));
        END IF;
    END LOOP;
    RETURN NEXT format('1..%s', number);
END $$;
COMMENT ON FUNCTION assert_isolated(regclass, name) IS
    'TAP lines: what a role can and cannot do with the rows of another tenant, tried and undone; run it as a superuser';
REVOKE ALL ON FUNCTION assert_isolated(regclass, name) FROM PUBLIC;

