-- What the checks share, of all relations that are no extension's and not temporary: keys and views lead out of a schema.

CREATE FUNCTION primecloud_internal.review_tables(schema oid, reached oid[]) RETURNS SETOF primecloud_internal.review_table
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off
AS $$
BEGIN
    RETURN QUERY SELECT x.rel::oid, x.label::text, x.name::name, x.here::boolean, x.kind::"char", x.owner::oid, x.rls::boolean,
        x.forced::boolean, x.part::boolean, x.parent::oid, x.tenant::int2, x.tenant_name::name, x.root::boolean,
        x.shared::boolean, x.exempt::boolean, x.reach::text[], x.grantees::oid[] FROM (
    WITH RECURSIVE relation AS MATERIALIZED (
        SELECT c.oid, c.relname, c.relnamespace, c.relkind, c.relowner, c.relrowsecurity, c.relforcerowsecurity, c.relacl, n.nspname,
            c.relispartition
        FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'f', 'm', 'v') AND c.relpersistence <> 't'
          AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
          AND c.oid NOT IN (SELECT s FROM primecloud_internal.shards_here() AS s)
          AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')),
    granted AS MATERIALIZED (
        SELECT g.rel, array_agg(DISTINCT g.privilege_type) AS reach,
            array_agg(DISTINCT g.grantee) FILTER (WHERE g.grantee <> g.owner) AS grantees FROM (
            SELECT r.oid AS rel, r.relowner AS owner, a.privilege_type, a.grantee FROM relation AS r
            CROSS JOIN LATERAL aclexplode(coalesce(r.relacl, acldefault('r', r.relowner))) AS a
            UNION ALL
            SELECT t.attrelid, r.relowner, a.privilege_type, a.grantee FROM pg_attribute AS t JOIN relation AS r ON r.oid = t.attrelid
            CROSS JOIN LATERAL aclexplode(t.attacl) AS a WHERE t.attacl IS NOT NULL AND t.attnum > 0 AND NOT t.attisdropped) AS g
        WHERE g.grantee = ANY (reached) GROUP BY g.rel),
    above AS (
        SELECT i.inhrelid AS rel, i.inhparent AS parent, 1 AS depth FROM pg_inherits AS i JOIN relation AS r ON r.oid = i.inhrelid
        UNION ALL
        SELECT a.rel, i.inhparent, a.depth + 1 FROM above AS a JOIN pg_inherits AS i ON i.inhrelid = a.parent),
    parent AS MATERIALIZED (
        SELECT a.rel, (array_agg(a.parent ORDER BY a.depth, a.parent) FILTER (WHERE p.relrowsecurity))[1] AS held
        FROM above AS a JOIN pg_class AS p ON p.oid = a.parent GROUP BY a.rel),
    exempt AS (
        SELECT r.oid FROM primecloud_internal.exemption AS e JOIN relation AS r ON r.nspname = e.relation_schema AND r.relname
            = e.relation_name JOIN pg_roles AS o ON o.oid = r.relowner
        WHERE (e.until IS NULL OR e.until >= current_date) AND (o.rolsuper OR o.rolname = e.owner_name)),
    shared AS (SELECT DISTINCT p.polrelid FROM pg_policy AS p WHERE p.polname = 'primecloud_shared')
    SELECT r.oid, format('%I.%I', r.nspname, r.relname), r.relname, r.relnamespace = schema, r.relkind, r.relowner, r.relrowsecurity,
        r.relforcerowsecurity, r.relispartition, p.held, t.attnum, a.attname, coalesce(t.root, false), s.polrelid IS NOT NULL,
        e.oid IS NOT NULL, coalesce(g.reach, '{}'), coalesce(g.grantees, '{}')
    FROM relation AS r
    LEFT JOIN granted AS g ON g.rel = r.oid
    LEFT JOIN parent AS p ON p.rel = r.oid
    LEFT JOIN (SELECT DISTINCT x.oid FROM exempt AS x) AS e ON e.oid = r.oid
    LEFT JOIN shared AS s ON s.polrelid = r.oid
    LEFT JOIN primecloud_internal.review_tenant_columns(schema) AS t ON t.rel = r.oid
    LEFT JOIN pg_attribute AS a ON a.attrelid = r.oid AND a.attnum = t.attnum
    ) AS x(rel, label, name, here, kind, owner, rls, forced, part, parent, tenant, tenant_name, root, shared, exempt, reach, grantees);
END $$;
COMMENT ON FUNCTION primecloud_internal.review_tables(oid, oid[]) IS 'the relations of the database as the checks of review() see them';

-- What callers may not read themselves: names of what is registered, and, for a superuser, of keys that verify tokens.
CREATE FUNCTION primecloud_internal.review_registered_as(caller oid, schema text) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT jsonb_build_object(
        'retained', (SELECT jsonb_agg(p.table_name ORDER BY p.table_name) FROM primecloud_internal.retention_policy AS p
            WHERE p.schema_name = schema),
        'keys', (SELECT jsonb_agg(jsonb_build_object('kid', k.kid, 'alg', k.alg, 'until', k.revoked_at, 'newer', EXISTS (
                SELECT FROM primecloud_internal.token_key AS n WHERE n.issuer IS NOT DISTINCT FROM k.issuer AND n.added_at > k.added_at
                    AND n.alg = k.alg)) ORDER BY k.kid)
            FROM primecloud_internal.token_key AS k
            WHERE (k.revoked_at IS NULL OR k.revoked_at > now())
              AND has_table_privilege(caller, 'primecloud_internal.token_key', 'SELECT')))
$$;
COMMENT ON FUNCTION primecloud_internal.review_registered_as(oid, text) IS 'what review() has to know of registrations, for whoever asks';
REVOKE ALL ON FUNCTION primecloud_internal.review_registered_as(oid, text) FROM PUBLIC;

CREATE FUNCTION primecloud_internal.review_registered(schema text) RETURNS jsonb
    LANGUAGE c STABLE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'primecloud_door';
COMMENT ON FUNCTION primecloud_internal.review_registered(text) IS 'what review() has to know of registrations';

-- What the server prints of an object that another session drops meanwhile is an internal error: of what is there then it is asked
-- again.  Where the snapshot is kept, the same would be asked as often as one likes.
CREATE FUNCTION primecloud_internal.review_asked_again(tries int, code text, said text) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE serialization_failure USING MESSAGE = 'the schema was changed since the transaction began', DETAIL = said,
            HINT = 'Ask again in a new transaction.';
    END IF;
    IF tries >= 5 THEN
        RAISE EXCEPTION USING ERRCODE = code, MESSAGE = said, HINT = 'Ask again when nobody changes the schema.';
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.review_asked_again(int, text, text)
    IS 'returns where something is to be asked again that failed since somebody changed a schema, and raises where that is of no use';

-- (It is VOLATILE for the snapshot: each try has one of its own.)
CREATE FUNCTION primecloud_internal.review_words_of(schema name, app_role name) RETURNS primecloud_internal.review_words
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    words primecloud_internal.review_words;
BEGIN
    IF schema IS NULL THEN
        RAISE null_value_not_allowed USING MESSAGE = 'the schema is NULL', HINT = 'Name the schema to review.';
    END IF;
    words.schema := (SELECT n.oid FROM pg_namespace AS n WHERE n.nspname = schema);
    IF words.schema IS NULL THEN
        RAISE invalid_schema_name USING MESSAGE = format('schema "%s" does not exist', schema), HINT = 'Name the schema to review.';
    END IF;
    IF app_role IS NOT NULL AND NOT EXISTS (SELECT FROM pg_roles AS r WHERE r.rolname = app_role) THEN
        RAISE undefined_object USING MESSAGE = format('role "%s" does not exist', app_role),
            HINT = 'Name the role that the application logs in as; NULL: all that hold a grant in the schema.';
    END IF;
    words.label := quote_ident(schema);
    words.app := primecloud_internal.review_app(words.schema, app_role);
    words.reached := ARRAY(SELECT DISTINCT r.role FROM primecloud_internal.review_reached(words.app) AS r) || 0::oid;
    FOR tries IN 1..5 LOOP
        BEGIN
            words.tables := ARRAY(SELECT t FROM primecloud_internal.review_tables(words.schema, words.reached) AS t);
            EXIT;
        EXCEPTION WHEN internal_error OR undefined_table OR undefined_function OR undefined_object OR undefined_column THEN
            PERFORM primecloud_internal.review_asked_again(tries, SQLSTATE, SQLERRM);
        END;
    END LOOP;
    words.registered := primecloud_internal.review_registered(schema::text);
    RETURN words;
END $$;
COMMENT ON FUNCTION primecloud_internal.review_words_of(name, name) IS 'what the checks of review() share, asked once';
