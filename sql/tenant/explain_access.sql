-- explain_access: every way by which a role reaches a table, and whether policies hold it there.

-- The roles whose rights a role has or can take by SET ROLE, itself included.
CREATE FUNCTION primecloud_internal.roles_of(role name) RETURNS TABLE (oid oid, rolname name, how text)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT r.oid, r.rolname, CASE WHEN r.rolname = role THEN 'itself' WHEN pg_has_role(role, r.oid, 'USAGE') THEN 'inherits ' || r.rolname
        ELSE 'SET ROLE ' || r.rolname END
    FROM pg_roles r WHERE pg_has_role(role, r.oid, 'MEMBER')
        AND (r.rolname = role OR NOT (SELECT rolsuper FROM pg_roles s WHERE s.rolname = role));
$$;
COMMENT ON FUNCTION primecloud_internal.roles_of(name) IS 'the roles that a role is, inherits from or can become';

-- Whether policies hold a role on a table that has them.
CREATE FUNCTION primecloud_internal.policies_hold(rel regclass, reader oid) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT c.relrowsecurity AND NOT r.rolsuper AND NOT r.rolbypassrls
        AND (c.relforcerowsecurity OR NOT pg_has_role(r.oid, c.relowner, 'USAGE'))
    FROM pg_class c, pg_roles r WHERE c.oid = rel AND r.oid = reader;
$$;
COMMENT ON FUNCTION primecloud_internal.policies_hold(regclass, oid) IS 'whether row-level security of a table holds a role';

-- An option's value is kept as it was typed: on, true, yes, 1 and their beginnings are one.
CREATE FUNCTION primecloud_internal.reads_as_caller(options text[]) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$ SELECT EXISTS (SELECT FROM pg_options_to_table(options) WHERE option_name = 'security_invoker' AND option_value::boolean) $$;
COMMENT ON FUNCTION primecloud_internal.reads_as_caller(text[]) IS 'whether a view with these options reads as its caller';

-- Views over a table, however deep.  The view that names the table decides who reads it:
-- its owner, or with security_invoker its caller, whatever stands above.  A
-- materialized view anywhere on the way hands out rows that were read earlier.
CREATE FUNCTION primecloud_internal.views_over(rel regclass) RETURNS TABLE (view regclass, stored boolean, reader oid)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH RECURSIVE above AS (
        SELECT DISTINCT v.oid AS view, d.refobjid AS below, v.relkind = 'm' AS stored,
               CASE WHEN v.relkind = 'm' OR NOT primecloud_internal.reads_as_caller(v.reloptions) THEN v.relowner END AS reader
        FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid AND d.classid = 'pg_rewrite'::regclass
        JOIN pg_class v ON v.oid = r.ev_class AND v.relkind IN ('v', 'm')
        WHERE d.refclassid = 'pg_class'::regclass AND r.ev_class <> d.refobjid),
    reach(view, stored, reader) AS (
        SELECT a.view, a.stored, a.reader FROM above a WHERE a.below = rel
        UNION
        SELECT a.view, reach.stored OR a.stored, reach.reader FROM reach JOIN above a ON a.below = reach.view)
    SELECT reach.view::regclass, reach.stored, reach.reader FROM reach;
$$;
COMMENT ON FUNCTION primecloud_internal.views_over(regclass)
    IS 'the views that read a table; reader is NULL where they read as their caller';

CREATE FUNCTION explain_access(rel regclass, role name, OUT path text, OUT access text, OUT held boolean, OUT why text) RETURNS SETOF record
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
    SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off SET standard_conforming_strings = on
AS $$
DECLARE
    class pg_class := (SELECT c FROM pg_class c WHERE oid = rel);
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
        RAISE undefined_object USING MESSAGE = format('role "%s" does not exist', role), HINT = 'Name the role whose access is asked for.';
    END IF;
    IF class.relkind NOT IN ('r', 'p') THEN
        RAISE wrong_object_type USING MESSAGE = format('%s is not a table', rel),
            HINT = 'Ask of the tables below it: policies stand on those.';
    END IF;

    RETURN QUERY SELECT m.how, 'ALL', false, 'a superuser reads and writes everything'
        FROM primecloud_internal.roles_of(role) m JOIN pg_roles r ON r.oid = m.oid WHERE r.rolsuper;
    RETURN QUERY SELECT m.how, 'BYPASSRLS', false, 'no policy holds this role'
        FROM primecloud_internal.roles_of(role) m JOIN pg_roles r ON r.oid = m.oid WHERE r.rolbypassrls AND NOT r.rolsuper;
    RETURN QUERY SELECT m.how, 'ALL', primecloud_internal.policies_hold(rel, m.oid),
        CASE WHEN class.relforcerowsecurity THEN 'the owner can take protection away; until then forced policies hold it'
            ELSE 'policies do not hold the owner: row-level security is not forced' END
        FROM primecloud_internal.roles_of(role) m JOIN pg_roles r ON r.oid = m.oid WHERE m.oid = class.relowner AND NOT r.rolsuper;
    RETURN QUERY SELECT m.how, m.rolname::text, m.rolname IN ('pg_read_all_data', 'pg_write_all_data')
        AND primecloud_internal.policies_hold(rel, (SELECT oid FROM pg_roles WHERE rolname = role)),
        CASE m.rolname WHEN 'pg_read_all_data' THEN 'reads every table' WHEN 'pg_write_all_data' THEN 'writes every table'
            ELSE 'reaches the files of the server' END
        FROM primecloud_internal.roles_of(role) m WHERE m.rolname IN ('pg_read_all_data', 'pg_write_all_data', 'pg_read_server_files',
            'pg_write_server_files', 'pg_execute_server_program')
          AND m.how <> 'itself';

    -- Grants, of the table and of its columns.
    RETURN QUERY
        SELECT coalesce(m.how, 'PUBLIC'), string_agg(DISTINCT a.privilege_type, ', ' ORDER BY a.privilege_type),
               primecloud_internal.policies_hold(rel, coalesce(m.oid, (SELECT oid FROM pg_roles WHERE rolname = role)))
                   AND NOT bool_or(a.privilege_type IN ('TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN')),
               'granted' || CASE WHEN bool_or(a.privilege_type = 'TRUNCATE') THEN '; policies do not hold TRUNCATE' ELSE '' END
                   || CASE WHEN bool_or(a.privilege_type = 'REFERENCES') THEN '; a foreign key probes for rows that policies hide' ELSE ''
                       END
                   || CASE WHEN bool_or(a.privilege_type = 'MAINTAIN') THEN '; who may MAINTAIN it locks every tenant out' ELSE '' END
                   || CASE WHEN bool_or(a.privilege_type = 'TRIGGER') THEN '; a trigger sees what other users write' ELSE '' END
        FROM (SELECT (aclexplode(class.relacl)).* UNION ALL
              SELECT (aclexplode(attacl)).* FROM pg_attribute WHERE attrelid = rel AND attacl IS NOT NULL)
                  AS a(grantor, grantee, privilege_type, is_grantable)
        LEFT JOIN primecloud_internal.roles_of(role) m ON m.oid = a.grantee
        WHERE a.grantee <> class.relowner AND (a.grantee = 0 OR m.oid IS NOT NULL)
        GROUP BY m.how, m.oid;

    -- Where other servers hold the rows, their policies decide.
    RETURN QUERY SELECT 'distributed', 'ALL', f.holds, f.claim FROM primecloud_internal.spread_facts(rel) AS f;

    -- Partitions and children under their own names.
    RETURN QUERY
        SELECT 'partition ' || c.oid::regclass, 'SELECT', primecloud_internal.policies_hold(c.oid, r.oid), 'granted on the partition itself'
        FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_roles r ON r.rolname = role
        WHERE i.inhparent IN (SELECT rel UNION SELECT t.relid FROM pg_partition_tree(rel) AS t)
            AND has_table_privilege(role, c.oid, 'SELECT, INSERT, UPDATE, DELETE');

    RETURN QUERY
        SELECT CASE c.relkind WHEN 'm' THEN 'materialized view ' ELSE 'view ' END || v.view, 'SELECT',
               NOT v.stored AND primecloud_internal.policies_hold(rel, coalesce(v.reader, (SELECT oid FROM pg_roles WHERE rolname = role))),
               CASE WHEN v.stored THEN 'holds the rows that its owner saw when it was refreshed'
                    WHEN v.reader IS NULL THEN 'reads as its caller'
                    ELSE format('reads as %s', pg_get_userbyid(v.reader)) END
        FROM primecloud_internal.views_over(rel) v JOIN pg_class c ON c.oid = v.view
        WHERE has_table_privilege(role, v.view, 'SELECT, INSERT, UPDATE, DELETE') OR has_any_column_privilege(role, v.view, 'SELECT');

    -- Functions that run as somebody who reaches the table and name it.
    RETURN QUERY
        SELECT 'function ' || p.oid::regprocedure, 'EXECUTE', primecloud_internal.policies_hold(rel, p.proowner),
               format('SECURITY DEFINER, runs as %s and names the table', pg_get_userbyid(p.proowner))
        FROM pg_proc p
        WHERE p.prosecdef AND has_function_privilege(role, p.oid, 'EXECUTE')
            AND has_table_privilege(p.proowner, rel, 'SELECT, INSERT, UPDATE, DELETE')
          AND (primecloud_internal.may_name(p.oid, rel)
               OR EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.refobjid = rel));
END $$;
COMMENT ON FUNCTION explain_access(regclass, name) IS
    'who can reach a table as this role, by what path, whether policies hold it there, and why; functions are found by their text, so one '
        'that builds its SQL from pieces is not';
