-- Who begins with the library: a role, its database or the server says so.  And who should, since TRUNCATE, which fires no event
-- trigger, is seen by the library alone.

-- What a new session of the role has for a setting that somebody has set for it.
CREATE FUNCTION primecloud_internal.setting_for(role oid, setting text) RETURNS text
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(
        (SELECT substr(item, strpos(item, '=') + 1) FROM pg_db_role_setting AS s CROSS JOIN LATERAL unnest(s.setconfig) AS item
         WHERE s.setrole IN (0, setting_for.role) AND split_part(item, '=', 1) = setting_for.setting
           AND s.setdatabase IN (0, (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database()))
         ORDER BY s.setrole <> 0 AND s.setdatabase <> 0 DESC, s.setrole <> 0 DESC LIMIT 1),
        (SELECT p.reset_val FROM pg_settings AS p
         WHERE p.name = setting_for.setting AND p.source NOT IN ('user', 'database user', 'database')))
$$;
COMMENT ON FUNCTION primecloud_internal.setting_for(oid, text) IS 'what a new session of a role in this database has for a setting';
REVOKE ALL ON FUNCTION primecloud_internal.setting_for(oid, text) FROM PUBLIC;

CREATE FUNCTION primecloud_internal.preloads(role oid) RETURNS boolean
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(primecloud_internal.setting_for(role, 'session_preload_libraries'), '') ~ '[[:<:]]primecloud[[:>:]]'
        OR coalesce(primecloud_internal.setting_for(role, 'shared_preload_libraries'), '') ~ '[[:<:]]primecloud[[:>:]]'
$$;
COMMENT ON FUNCTION primecloud_internal.preloads(oid) IS 'whether a new session of a role has the library before its first statement';

-- Beside what it loads already, and where that is said.
CREATE FUNCTION primecloud_internal.preload_statement(role oid) RETURNS text
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format('ALTER ROLE %I%s SET session_preload_libraries = %s', pg_get_userbyid(role),
        (SELECT format(' IN DATABASE %I', d.datname) FROM pg_db_role_setting AS s JOIN pg_database AS d ON d.oid = s.setdatabase
         WHERE s.setrole = preload_statement.role AND d.datname = current_database()
           AND EXISTS (SELECT FROM unnest(s.setconfig) AS item WHERE starts_with(item, 'session_preload_libraries='))),
        (SELECT string_agg(quote_literal(l.name), ', ' ORDER BY l.n) FROM (
            SELECT btrim(i.item, ' "') AS name, i.n FROM string_to_table(primecloud_internal.setting_for(role, 'session_preload_libraries'),
                ',') WITH ORDINALITY AS i(item, n)
            UNION ALL SELECT 'primecloud', NULL) AS l WHERE l.name <> ''))
$$;
COMMENT ON FUNCTION primecloud_internal.preload_statement(oid) IS 'what has the sessions of a role begin with the library';

-- The owner, and whoever has TRUNCATE of the table or of a part of it, or may become a role that has.  A superuser owns all, and is named
-- for his own.
CREATE FUNCTION primecloud_internal.who_empties_unseen(rel regclass) RETURNS SETOF oid
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH may AS MATERIALIZED (
        SELECT c.relowner AS role FROM primecloud_internal.table_tree(rel) AS t JOIN pg_class AS c ON c.oid = t.relid
        UNION
        SELECT a.grantee FROM primecloud_internal.table_tree(rel) AS t JOIN pg_class AS c ON c.oid = t.relid
        CROSS JOIN LATERAL aclexplode(c.relacl) AS a WHERE a.privilege_type = 'TRUNCATE'),
    who AS MATERIALIZED (
        SELECT r.oid FROM pg_roles AS r
        WHERE r.rolcanlogin AND has_database_privilege(r.oid, current_database(), 'CONNECT')
          AND EXISTS (SELECT FROM may AS m
                      WHERE m.role = r.oid OR NOT r.rolsuper AND (m.role = 0 OR pg_has_role(r.oid, m.role, 'MEMBER'))))
    SELECT w.oid FROM who AS w WHERE NOT primecloud_internal.preloads(w.oid)
$$;
COMMENT ON FUNCTION primecloud_internal.who_empties_unseen(regclass)
    IS 'the roles that log in without the library and may TRUNCATE a table or a part of it';

CREATE FUNCTION primecloud_internal.tell_who_empties_unseen(rel regclass) RETURNS void
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    roles CONSTANT oid[] := ARRAY(SELECT w FROM primecloud_internal.who_empties_unseen(rel) AS w ORDER BY pg_get_userbyid(w) COLLATE "C");
BEGIN
    IF cardinality(roles) > 0 THEN
        RAISE NOTICE 'TRUNCATE of table % is seen where the library is loaded, and sessions of % begin without it', rel,
            CASE cardinality(roles) WHEN 1 THEN format('role "%s"', pg_get_userbyid(roles[1]))
                ELSE format('%s roles that may TRUNCATE it', cardinality(roles)) END
            USING HINT = format('As a superuser: %s%s', primecloud_internal.preload_statement(roles[1]), CASE WHEN cardinality(roles) > 1
                THEN '; primecloud.check_installation() names the others.' ELSE '.' END);
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.tell_who_empties_unseen(regclass)
    IS 'says which roles could TRUNCATE a table that is held before the library is loaded, and what mends it';

CREATE FUNCTION primecloud_internal.check_held() RETURNS TABLE (what text, state text, fix text)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT DISTINCT format('role %I, which may TRUNCATE table %I.%I under a legal hold, loads the library as it logs in',
            pg_get_userbyid(w), k.schema_name, k.table_name), 'missing', primecloud_internal.preload_statement(w)
    FROM primecloud_internal.open_hold AS h
    JOIN primecloud_internal.known_table AS k ON k.schema_name = h.schema_name AND k.table_name = h.table_name
    CROSS JOIN LATERAL primecloud_internal.who_empties_unseen(k.relation) AS w
$$;
COMMENT ON FUNCTION primecloud_internal.check_held() IS 'what check_installation() says of tables under a legal hold';
REVOKE ALL ON FUNCTION primecloud_internal.preloads(oid), primecloud_internal.preload_statement(oid),
    primecloud_internal.who_empties_unseen(regclass), primecloud_internal.tell_who_empties_unseen(regclass),
    primecloud_internal.check_held() FROM PUBLIC;
