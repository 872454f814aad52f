-- People: tables of users, who are of no account and of several.  A row is seen by those who share an account with
-- its person, by the registered membership, and written by the person alone.

-- The column that says whose a row is: what the registered members refer to; in a table that
-- belongs to such a one (a profile), what refers to it; else the primary key.
CREATE FUNCTION primecloud_internal.person_column(rel regclass) RETURNS name
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    members regclass;
    user_column name;
    person record;
BEGIN
    SELECT c.oid, r.columns[2] INTO members, user_column FROM primecloud_internal.registered_table r
    JOIN pg_namespace n ON n.nspname = r.relation_schema JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = r.relation_name
        AND pg_get_userbyid(c.relowner) = r.relation_owner
    WHERE r.part = 'members';
    IF members IS NULL THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('nobody''s membership is registered, so nobody in %s shares an '
            'account', rel), HINT = 'Call primecloud.register_membership() first.';
    END IF;
    SELECT k.confrelid AS users, k.confkey[1] AS number INTO person FROM pg_constraint k JOIN pg_attribute a
        ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
    WHERE k.contype = 'f' AND k.conrelid = members AND a.attname = user_column AND cardinality(k.conkey) = 1
    ORDER BY k.confrelid <> rel, k.conname LIMIT 1;
    RETURN coalesce((SELECT attname FROM pg_attribute WHERE person.users = rel AND attrelid = rel AND attnum = person.number),
        (SELECT a.attname FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = rel AND a.attnum = k.conkey[1]
         WHERE k.contype = 'f' AND k.conrelid = rel AND k.confrelid = person.users AND cardinality(k.conkey) = 1
             AND k.confkey[1] = person.number ORDER BY EXISTS (SELECT FROM pg_index i WHERE i.indrelid = rel AND i.indisunique
                 AND i.indnkeyatts = 1 AND i.indkey[0] = a.attnum) DESC, k.conname LIMIT 1),
        (SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = rel AND a.attnum = i.indkey[0]
         WHERE i.indrelid = rel AND i.indisprimary AND i.indnkeyatts = 1));
END $$;
COMMENT ON FUNCTION primecloud_internal.person_column(regclass)
    IS 'the column of a table of people that has the user''s id; NULL where none is';

-- That of a table that is protected so already, else the one that would be.
CREATE FUNCTION primecloud_internal.people_column(rel regclass) RETURNS name
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce((SELECT a.attname FROM pg_policy p JOIN pg_depend d ON d.classid = 'pg_policy'::regclass AND d.objid = p.oid
            AND d.refclassid = 'pg_class'::regclass AND d.refobjid = p.polrelid AND d.refobjsubid > 0
        JOIN pg_attribute a ON a.attrelid = p.polrelid AND a.attnum = d.refobjsubid
        WHERE p.polrelid = rel AND p.polname = 'primecloud_people' LIMIT 1), primecloud_internal.person_column(rel));
$$;
COMMENT ON FUNCTION primecloud_internal.people_column(regclass) IS 'the column by which a table of people is protected, or would be';

-- What is protected so already has been looked at; a column that came later changes nothing of whose its rows are.
CREATE FUNCTION primecloud_internal.check_no_tenant(rel regclass, tenant_column name) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = rel AND attname = tenant_column AND attnum > 0 AND NOT attisdropped)
        AND NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = rel AND polname IN ('primecloud_shared', 'primecloud_people')) THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('rows of %s are an account''s: it has column "%s"', rel,
            tenant_column), HINT = 'Call primecloud.protect_table(); if that column names no account, give it another name.';
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.check_no_tenant(regclass, name)
    IS 'refuses a table with a tenant column as people or shared, unless it is that already';

CREATE FUNCTION primecloud_internal.check_people(rel regclass, id_column name, read_role text) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    type regtype := (SELECT atttypid FROM pg_attribute WHERE attrelid = rel AND attname = id_column AND attnum > 0 AND NOT attisdropped);
BEGIN
    PERFORM primecloud_internal.check_owner(rel), primecloud_internal.check_one_hand(rel),
        primecloud_internal.check_not_distributed(rel);
    IF (SELECT relkind FROM pg_class WHERE oid = rel) NOT IN ('r', 'p') THEN
        RAISE wrong_object_type USING MESSAGE = format('%s is not a table', rel), HINT = 'Name the table below it.';
    END IF;
    PERFORM primecloud_internal.check_one_kind(rel, 'primecloud_people');
    IF EXISTS (SELECT FROM primecloud_internal.registered_as(rel)) THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('table %s is registered as %s', rel,
            (SELECT string_agg(r.part, ' and ') FROM primecloud_internal.registered_as(rel) AS r)),
            HINT = 'Members, accounts and grants are an account''s: call primecloud.protect_table().';
    END IF;
    -- A row with an account is that account's: who shares another with its person would see it.
    PERFORM primecloud_internal.check_no_tenant(rel, (SELECT r.tenant_column::name FROM primecloud_internal.registered_table r
        WHERE r.part = 'members' LIMIT 1));
    IF type IS NULL THEN
        RAISE undefined_column USING MESSAGE = format('table %s has no column %s', rel,
            coalesce(format('"%s"', id_column), 'that says whose a row is')),
            HINT = format('Call primecloud.protect_people(%L, the column that has the user''s id).', rel);
    END IF;
    -- The columns of a tenant key and of a user's id are of the same types, told apart to the letter.
    PERFORM primecloud_internal.tenant_function(rel, id_column);
    IF read_role NOT IN ('developer', 'admin', 'owner') THEN
        RAISE invalid_parameter_value USING MESSAGE = format('people are not read by role "%s"', read_role),
            HINT = 'developer, admin or owner: an external client sees himself alone.';
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.check_people(regclass, name, text) IS 'refuses what cannot be a table of people';

-- Each policy that lets in stands on a restrictive one: a careless USING (true) opens no row of a stranger's and lets
-- nobody write a colleague's.  The sub-select is run once a statement, so that its array is an index condition.
CREATE FUNCTION primecloud_internal.people_policies(rel regclass, id_column name, read_role text)
    RETURNS TABLE (policy name, command "char", permissive boolean, qual text, with_check text, statement text)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH id AS (
        SELECT CASE a.atttypid WHEN 'varchar'::regtype THEN format('(%I)::text', id_column) ELSE format('%I', id_column) END AS text,
            CASE WHEN a.atttypid = 'uuid'::regtype THEN 'uuid' WHEN a.atttypid IN ('integer'::regtype, 'bigint'::regtype) THEN 'bigint'
                ELSE 'text' END AS type FROM pg_attribute a WHERE a.attrelid = rel AND a.attname = id_column),
    condition AS (
        SELECT format('(%s = ANY (( SELECT primecloud.colleagues_%s(%L::text) AS colleagues_%2$s)::%2$s[]))', i.text, i.type, read_role)
                AS colleague,
            format('(%s = primecloud.user_%s())', i.text, CASE i.type WHEN 'text' THEN 'id' ELSE i.type END) AS himself FROM id i),
    wanted AS (
        SELECT p.name, p.command, p.word, p.permissive, CASE WHEN p.command = 'r' THEN c.colleague ELSE c.himself END AS condition
        FROM condition c, (VALUES
            ('primecloud_people', 'r', 'SELECT', false), ('primecloud_people_select', 'r', 'SELECT', true),
            ('primecloud_people_insert', 'a', 'INSERT', true), ('primecloud_people_update', 'w', 'UPDATE', true),
            ('primecloud_people_delete', 'd', 'DELETE', true), ('primecloud_person_insert', 'a', 'INSERT', false),
            ('primecloud_person_update', 'w', 'UPDATE', false), ('primecloud_person_delete', 'd', 'DELETE', false))
            AS p(name, command, word, permissive))
    SELECT w.name::name, w.command::"char", w.permissive, CASE WHEN w.command <> 'a' THEN w.condition END,
        CASE WHEN w.command IN ('a', 'w') THEN w.condition END,
        format('CREATE POLICY %I ON %s AS %s FOR %s TO PUBLIC%s%s', w.name, rel,
            CASE WHEN w.permissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END, w.word,
            CASE WHEN w.command <> 'a' THEN ' USING ' || w.condition ELSE '' END,
            CASE WHEN w.command IN ('a', 'w') THEN ' WITH CHECK ' || w.condition ELSE '' END)
    FROM wanted w;
$$;
COMMENT ON FUNCTION primecloud_internal.people_policies(regclass, name, text) IS 'the policies that protect_people() gives a table';
