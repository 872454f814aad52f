-- Who was let into a control plane, and what of his declared rights he lacks or holds too much.

CREATE FUNCTION schema_roles(schema name, OUT role_name text, OUT access text) RETURNS SETOF record
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $schema_roles$
    SELECT v.first_value, v.second_value
    FROM primecloud_internal.stored_values(to_regclass(format('%I.schema_roles', schema)), 'role_name', 'access') v
    ORDER BY v.second_value = 'gate' DESC, v.first_value
$schema_roles$;
COMMENT ON FUNCTION schema_roles(name) IS 'the roles that were let into a control plane, and as what';

CREATE FUNCTION primecloud_internal.schema_lacking(schema name, source name, OUT role_name text, OUT access text, OUT privilege text,
    OUT object text) RETURNS SETOF record
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $schema_lacking$
    -- What a role holds by itself: neither by membership nor as PUBLIC.
    SELECT r.role_name, r.access, g.privilege, g.object
    FROM primecloud.schema_roles(schema) r
    JOIN primecloud_internal.schema_source_grants(source) g ON g.access = r.access
    CROSS JOIN LATERAL (SELECT to_regrole(quote_ident(r.role_name))::oid AS role, to_regnamespace(quote_ident(schema)) AS space,
                               split_part(g.privilege, ' ', 1) AS word, string_to_array(substring(g.privilege FROM '\((.*)\)'), ', ')
                                   AS columns) n
    WHERE CASE
        WHEN n.word = 'OWNER' THEN EXISTS (SELECT FROM pg_proc p WHERE p.pronamespace = n.space AND p.proname = g.object
            AND p.proowner IS DISTINCT FROM n.role)
        WHEN n.word = 'EXECUTE' THEN EXISTS (SELECT FROM pg_proc p WHERE p.pronamespace = n.space AND p.proname = g.object
            AND NOT EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) e WHERE e.grantee = n.role
                AND e.privilege_type = n.word))
        WHEN n.columns IS NOT NULL THEN EXISTS (SELECT FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
            AND a.attname = ANY (n.columns)
            WHERE c.relnamespace = n.space AND c.relname = g.object
              AND NOT EXISTS (SELECT FROM aclexplode(a.attacl) e WHERE e.grantee = n.role AND e.privilege_type = n.word))
        ELSE EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = n.space AND c.relname = g.object AND c.relkind IN ('r', 'p', 'v')
            AND NOT EXISTS (SELECT FROM aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) e WHERE e.grantee = n.role
                AND e.privilege_type = n.word)) END
$schema_lacking$;
COMMENT ON FUNCTION primecloud_internal.schema_lacking(name, name)
    IS 'what the roles that were let in do not hold of what is declared for them';

CREATE FUNCTION primecloud_internal.schema_take_back(schema name, source name) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $schema_take_back$
DECLARE
    given record;
    routine regprocedure;
BEGIN
    -- What the last version gave and this one does not; what the owner gave by himself stays.
    FOR given IN
        SELECT r.role_name, split.privilege, split.object
        FROM (SELECT p AS part FROM primecloud_internal.schema_parts(schema) p
              EXCEPT SELECT w FROM primecloud_internal.schema_parts_wanted(source, '[]') w) gone
        CROSS JOIN LATERAL (SELECT m[1] AS privilege, m[2] AS access, m[3] AS object
            FROM regexp_matches(gone.part, '^grant (.*) to ([a-z]+) on ([a-z0-9_]+)$') m) split
        JOIN primecloud.schema_roles(schema) r ON r.access = split.access
        WHERE to_regrole(quote_ident(r.role_name)) IS NOT NULL
    LOOP
        IF given.privilege IN ('EXECUTE', 'OWNER') THEN
            FOR routine IN SELECT p.oid FROM pg_proc p WHERE p.pronamespace = to_regnamespace(quote_ident(schema))
                AND p.proname = given.object LOOP
                IF given.privilege = 'OWNER' THEN
                    EXECUTE format('ALTER ROUTINE %s OWNER TO %I', routine, current_user);
                ELSE
                    EXECUTE format('REVOKE EXECUTE ON ROUTINE %s FROM %I', routine, given.role_name);
                END IF;
            END LOOP;
        ELSIF to_regclass(format('%I.%I', schema, given.object)) IS NOT NULL THEN
            EXECUTE format('REVOKE %s ON TABLE %I.%I FROM %I', given.privilege, schema, given.object, given.role_name);
        END IF;
    END LOOP;
END
$schema_take_back$;
COMMENT ON FUNCTION primecloud_internal.schema_take_back(name, name)
    IS 'takes from the roles that were let in what a version does not give any more';
