-- What was chosen for a protected table stands in its policies, too.  Where its note is lost (a restore without comments) it is read
-- there; what does not stand there as the helpers write it is not guessed, since a guess may give more than was chosen.

CREATE FUNCTION primecloud_internal.standing_choices(rel regclass) RETURNS TABLE (policy name, role text, refuse boolean)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off
AS $$
    SELECT w.policy, r.role, bool_and(f.refuse)
    FROM (SELECT DISTINCT a.attname, a.atttypid FROM pg_policy p JOIN pg_depend d ON d.classid = 'pg_policy'::regclass AND d.objid = p.oid
              AND d.refclassid = 'pg_class'::regclass AND d.refobjid = rel AND d.refobjsubid > 0
          JOIN pg_attribute a ON a.attrelid = rel AND a.attnum = d.refobjsubid
          WHERE p.polrelid = rel AND p.polname IN ('primecloud_floor', 'primecloud_select')
              AND primecloud_internal.tenant_key_function(a.atttypid) IS NOT NULL) AS k,
        unnest('{external_client,developer,admin,owner}'::text[]) AS r(role), (VALUES (false), (true)) AS f(refuse),
        (VALUES (false), (true)) AS d(spread),
        (SELECT NULL::name UNION SELECT primecloud_internal.rank_column(rel)) AS ranks(col),
        LATERAL primecloud_internal.tenant_policies(rel, k.attname, k.atttypid, r.role, r.role, r.role, ranks.col, f.refuse, d.spread,
            primecloud_internal.confined_by(rel)) AS w
    JOIN pg_policy p ON p.polrelid = rel AND p.polname = w.policy AND p.polcmd = w.command AND p.polpermissive = w.permissive
        AND p.polroles = '{0}' AND pg_get_expr(p.polqual, rel) IS NOT DISTINCT FROM w.qual
        AND pg_get_expr(p.polwithcheck, rel) IS NOT DISTINCT FROM w.with_check
    WHERE w.policy IN ('primecloud_select', 'primecloud_insert', 'primecloud_update', 'primecloud_delete') GROUP BY w.policy, r.role;
$$;
COMMENT ON FUNCTION primecloud_internal.standing_choices(regclass)
    IS 'what the policies of a protected table say was chosen for it, of those that are as protect_table() makes them';

-- Whether a table has been protected as an account's, whatever is left of it.
CREATE FUNCTION primecloud_internal.was_protected(rel regclass) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET jit = off
AS $$
BEGIN
    RETURN (SELECT EXISTS (SELECT FROM pg_policy WHERE polrelid = rel
        AND polname IN ('primecloud_floor', 'primecloud_select', 'primecloud_insert', 'primecloud_update', 'primecloud_delete')));
END $$;
COMMENT ON FUNCTION primecloud_internal.was_protected(regclass) IS 'whether a table has a policy of those that protect_table() makes';

CREATE FUNCTION primecloud_internal.chosen_role(rel regclass, command text) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    noted text := primecloud_internal.protection_note(rel) -> 'roles' ->> command;
    asked name[] := CASE command WHEN 'read' THEN '{primecloud_select}' WHEN 'write' THEN '{primecloud_insert,primecloud_update}'
        ELSE '{primecloud_delete}' END;
    roles text[];
BEGIN
    IF noted IS NOT NULL OR NOT primecloud_internal.was_protected(rel) THEN
        RETURN noted;
    END IF;
    roles := ARRAY(SELECT s.role FROM primecloud_internal.standing_choices(rel) AS s WHERE s.policy = ANY (asked));
    IF cardinality(roles) < cardinality(asked) OR roles[1] <> roles[cardinality(roles)] THEN
        RAISE object_not_in_prerequisite_state USING
            MESSAGE = format('which role was chosen to %s table %s is not known any more', CASE command WHEN 'read' THEN 'read'
                WHEN 'write' THEN 'write' ELSE 'delete from' END, rel),
            HINT = format('Its note is lost, and %s not as protect_table() makes it: name the role again (%s_role, or roles in '
                'protect_schema()), or call primecloud.unprotect_table() and protect the table anew.',
                (SELECT string_agg(format('policy "%s"', a), ' or ' ORDER BY a) FROM unnest(asked) AS a) || ' is', command);
    END IF;
    RETURN roles[1];
END $$;
COMMENT ON FUNCTION primecloud_internal.chosen_role(regclass, text) IS
    'the least role that was chosen to read, write or delete from a protected table; NULL where none was';

CREATE FUNCTION primecloud_internal.chosen_refusal(rel regclass) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    roles jsonb := primecloud_internal.protection_note(rel) -> 'roles';
BEGIN
    IF roles IS NOT NULL THEN
        RETURN coalesce(roles -> 'refuse' = 'true', false);
    END IF;
    -- (Of a policy that asks for no role it is not known, and says nothing.)
    RETURN coalesce((SELECT bool_or(s.refuse) FROM primecloud_internal.standing_choices(rel) AS s), false);
END $$;
COMMENT ON FUNCTION primecloud_internal.chosen_refusal(regclass) IS 'whether a client is told what its role may not change in a table';

-- The same of people: who shares an account with a person sees him from this role on.
CREATE FUNCTION primecloud_internal.chosen_reader(rel regclass) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    role text := primecloud_internal.protection_note(rel) #>> '{roles,read}';
BEGIN
    IF role IS NOT NULL OR NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = rel AND (polname = 'primecloud_people'
        OR starts_with(polname, 'primecloud_people_'))) THEN
        RETURN role;
    END IF;
    SELECT r INTO role FROM unnest('{developer,admin,owner}'::text[]) AS r
    WHERE 2 = (SELECT count(*) FROM primecloud_internal.people_policies(rel, primecloud_internal.people_column(rel), r) AS w
        JOIN pg_policy p ON p.polrelid = rel AND p.polname = w.policy AND p.polroles = '{0}' AND pg_get_expr(p.polqual, rel) = w.qual
        WHERE w.policy IN ('primecloud_people', 'primecloud_people_select'));
    IF role IS NULL THEN
        RAISE object_not_in_prerequisite_state USING
            MESSAGE = format('which role was chosen to read table %s is not known any more', rel),
            HINT = 'Its note is lost, and its policies are not as protect_people() makes them: name read_role again, or call '
                'primecloud.unprotect_table() and protect the table anew.';
    END IF;
    RETURN role;
END $$;
COMMENT ON FUNCTION primecloud_internal.chosen_reader(regclass)
    IS 'the least role that was chosen to see people; NULL where none was';
