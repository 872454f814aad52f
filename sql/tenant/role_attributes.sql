-- What a role that exists loses and gets where it is made one of ours.  It is the same role in every database of the
-- server, so nothing is taken from it without a word.

CREATE FUNCTION primecloud_internal.role_attributes(role name) RETURNS TABLE (attribute text, has boolean)
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT a.attribute, a.has FROM pg_roles AS r, LATERAL (VALUES ('LOGIN', r.rolcanlogin), ('BYPASSRLS', r.rolbypassrls),
        ('CREATEDB', r.rolcreatedb), ('CREATEROLE', r.rolcreaterole), ('REPLICATION', r.rolreplication), ('INHERIT', r.rolinherit))
        AS a (attribute, has)
    WHERE r.rolname = role_attributes.role;
$$;
COMMENT ON FUNCTION primecloud_internal.role_attributes(name) IS 'the attributes of a role, by the words of ALTER ROLE';
REVOKE ALL ON FUNCTION primecloud_internal.role_attributes(name) FROM PUBLIC;

-- Whether the rights of its groups come by themselves is left as it is: what it is a member of it can become by SET ROLE
-- anyhow, so NOINHERIT would take rights from the honest alone.  What is as it should be is not asked for: who is no superuser may
-- not even say NOSUPERUSER of a role.
CREATE FUNCTION primecloud_internal.change_role(name name, attributes text) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    taken text[];
    given text[];
    groups text;
BEGIN
    SELECT array_agg(a.attribute ORDER BY a.attribute) FILTER (WHERE a.has), array_agg(a.attribute ORDER BY a.attribute)
        FILTER (WHERE NOT a.has) INTO taken, given
    FROM primecloud_internal.role_attributes(name) AS a JOIN string_to_table(attributes, ' ') AS w ON w = CASE WHEN a.has THEN 'NO' ELSE ''
        END || a.attribute
    WHERE NOT (a.attribute = 'INHERIT' AND a.has);
    IF taken IS NOT NULL THEN
        EXECUTE format('ALTER ROLE %I NO%s', name, array_to_string(taken, ' NO'));
        RAISE NOTICE 'role "%" loses % in every database of this server', name, array_to_string(taken, ', ')
            USING HINT = format('A role of its own for this purpose loses nothing; ALTER ROLE %I %s gives it back.', name,
                array_to_string(taken, ' '));
    END IF;
    IF given IS NOT NULL THEN
        EXECUTE format('ALTER ROLE %I %s', name, array_to_string(given, ' '));
        RAISE NOTICE 'role "%" gets % in every database of this server', name, array_to_string(given, ', ');
    END IF;
    SELECT string_agg(format('"%s"', r.rolname), ', ' ORDER BY r.rolname) INTO groups FROM pg_roles AS r JOIN pg_roles AS own
        ON own.rolname = change_role.name
    WHERE r.oid <> own.oid AND pg_has_role(own.oid, r.oid, 'MEMBER')
        AND NOT EXISTS (SELECT FROM primecloud_internal.role_kinds() AS k WHERE k.role = own.oid);
    IF groups IS NOT NULL THEN
        RAISE NOTICE 'role "%" keeps the rights of %, which it is a member of', name, groups
            USING HINT = 'primecloud.check_installation() says which of them policies do not hold.';
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.change_role(name, text)
    IS 'gives a role that exists the attributes of a kind, and says what it loses and gets; its groups'' rights are left alone';
REVOKE ALL ON FUNCTION primecloud_internal.change_role(name, text) FROM PUBLIC;
