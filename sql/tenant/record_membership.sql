-- Writing down the tables that entering asks, once they are looked through.

-- Whom a row of grants is for: NULL where its column has the user, as members have him, else
-- the column of members that a foreign key of grants points at, an id of the member.
CREATE FUNCTION primecloud_internal.granted_to(members regclass, user_column name, grants regclass, grants_user_column name) RETURNS name
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    pointed name := (SELECT p.attname FROM pg_constraint k, unnest(k.conkey, k.confkey) AS f(own, theirs), pg_attribute c, pg_attribute p
                     WHERE k.contype = 'f' AND k.conrelid = grants AND k.confrelid = members
                       AND c.attrelid = grants AND c.attnum = f.own AND c.attname = grants_user_column
                       AND p.attrelid = members AND p.attnum = f.theirs ORDER BY p.attname <> user_column, k.conname LIMIT 1);
    types regtype[] := ARRAY(SELECT CASE a.atttypid WHEN 'varchar'::regtype THEN 'text'::regtype WHEN 'integer'::regtype
                                 THEN 'bigint'::regtype ELSE a.atttypid::regtype END
                             FROM (VALUES (1, members, user_column), (2, grants, grants_user_column)) AS t(n, rel, col)
                             JOIN pg_attribute a ON a.attrelid = t.rel AND a.attname = t.col ORDER BY t.n);
BEGIN
    IF pointed IS DISTINCT FROM user_column AND pointed IS NOT NULL THEN
        IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = members AND attname = pointed
                       AND atttypid = ANY ('{uuid,bigint,integer,text,varchar}'::regtype[])) THEN
            RAISE datatype_mismatch USING MESSAGE = format('column "%s" of %s, to which "%s" of %s refers, cannot be read', pointed,
                members, grants_user_column, grants), HINT = 'An id of a member is of type uuid, bigint, integer, text or varchar.';
        END IF;
        RETURN pointed;
    END IF;
    -- Two types never have a user in common, and what is granted would reach nobody.
    IF pointed IS NULL AND types[1] <> types[2] THEN
        RAISE datatype_mismatch USING MESSAGE = format('column "%s" of %s is of another type than the user in "%s" of %s',
            grants_user_column, grants, user_column, members),
            HINT = format('Name the column that has the user; or, where it has the id of a row of %s, give it a foreign key to that.',
                members);
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION primecloud_internal.granted_to(regclass, name, regclass, name)
    IS 'the column of members that grants refer to, where it is not the user; 42804 where nothing could match';
REVOKE ALL ON FUNCTION primecloud_internal.granted_to(regclass, name, regclass, name) FROM PUBLIC;

CREATE FUNCTION primecloud_internal.record_membership_as(
    caller oid, rel regclass, tenant_column name, user_column name, role_column name,
    accounts regclass, accounts_key_column name, accounts_status_column name, accounts_active_status text,
    grants regclass, grants_tenant_column name, grants_user_column name, grants_id_column name, watch boolean) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    source regclass;
    wanted record;
    part record;
    member_column name;
BEGIN
    -- Whoever registers decides who may enter every account of this database.
    IF NOT pg_has_role(caller, (SELECT datdba FROM pg_database WHERE datname = current_database()), 'USAGE') THEN
        RAISE insufficient_privilege USING MESSAGE = 'only the owner of the database may register the membership table',
            HINT = 'Ask the owner of the database, or a superuser.';
    END IF;
    FOREACH source IN ARRAY ARRAY[rel, accounts, grants] LOOP
        CONTINUE WHEN source IS NULL;
        IF NOT EXISTS (SELECT FROM pg_class WHERE oid = source AND relkind IN ('r', 'p')) THEN
            RAISE wrong_object_type USING MESSAGE = format('"%s" is not a table', source), HINT = 'Register the table below it.';
        END IF;
        IF NOT EXISTS (SELECT FROM pg_class WHERE oid = source AND pg_has_role(caller, relowner, 'USAGE')) THEN
            RAISE insufficient_privilege USING MESSAGE = format('must be owner of table %s', source),
                HINT = 'Register it as a role that has the rights of its owner, or as a superuser.';
        END IF;
        IF (SELECT relowner FROM pg_class WHERE oid = source) <> (SELECT relowner FROM pg_class WHERE oid = rel) THEN
            RAISE invalid_parameter_value USING MESSAGE = format('tables %s and %s have different owners', rel, source),
                HINT = 'Give them one owner.';
        END IF;
        -- Entering reads them without SQL, so that nothing of their owner's is run: nothing but heaps.
        FOR part IN
            WITH RECURSIVE tree(relid) AS (
                SELECT source::oid UNION SELECT i.inhrelid FROM tree JOIN pg_inherits AS i ON i.inhparent = tree.relid)
            SELECT c.oid::regclass AS name, c.relkind, c.relpersistence,
                   c.relowner <> (SELECT relowner FROM pg_class WHERE oid = source) AS foreign_owner,
                       (SELECT amname FROM pg_am WHERE oid = c.relam) AS method
            FROM tree JOIN pg_class AS c ON c.oid = tree.relid ORDER BY c.oid
        LOOP
            IF part.foreign_owner THEN
                RAISE invalid_parameter_value USING MESSAGE = format('table %s, which belongs to %s, has another owner', part.name, source),
                    HINT = 'Give them one owner: what another owner''s partition or child holds is not believed.';
            END IF;
            CONTINUE WHEN part.relkind = 'p'
                OR part.relkind = 'r' AND part.method = 'heap' AND (part.relpersistence <> 't' OR part.name <> source);
            RAISE feature_not_supported USING MESSAGE = format('membership cannot be read from %s: it is not an ordinary table', part.name),
                HINT = 'Keep members, accounts and grants in ordinary tables or partitions, of access method heap.';
        END LOOP;
    END LOOP;
    FOR wanted IN
        SELECT * FROM (VALUES (rel, tenant_column), (rel, user_column), (rel, role_column),
            (accounts, accounts_key_column), (accounts, accounts_status_column),
            (grants, grants_tenant_column), (grants, grants_user_column), (grants, grants_id_column)) AS c(tab, col)
        WHERE tab IS NOT NULL
    LOOP
        IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = wanted.tab AND attname = wanted.col AND attnum > 0 AND NOT attisdropped
            AND attgenerated IN ('', 's')
                       AND atttypid = ANY ('{uuid,bigint,integer,text,varchar}'::regtype[])) THEN
            RAISE undefined_column USING MESSAGE = format('table %s has no column "%s" of type uuid, bigint, integer, text or varchar',
                wanted.tab, wanted.col), HINT = 'Name a column of the table; ids of users and accounts, and roles, are of these types.';
        END IF;
    END LOOP;
    IF grants IS NOT NULL THEN
        member_column := primecloud_internal.granted_to(rel, user_column, grants, grants_user_column);
    END IF;
    PERFORM primecloud_internal.follow(false);
    DELETE FROM primecloud_internal.membership_source;
    INSERT INTO primecloud_internal.membership_source
    SELECT true, (SELECT nspname FROM pg_namespace WHERE oid = m.relnamespace), m.relname, pg_get_userbyid(m.relowner), tenant_column,
        user_column, role_column,
           (SELECT nspname FROM pg_namespace WHERE oid = a.relnamespace), a.relname, CASE WHEN a.oid IS NOT NULL THEN accounts_key_column
               END,
           CASE WHEN a.oid IS NOT NULL THEN accounts_status_column END, CASE WHEN a.oid IS NOT NULL THEN accounts_active_status END,
           (SELECT nspname FROM pg_namespace WHERE oid = g.relnamespace), g.relname, grants_tenant_column, grants_user_column,
               grants_id_column, member_column, coalesce(watch, false)
    FROM pg_class m LEFT JOIN pg_class a ON a.oid = accounts LEFT JOIN pg_class g ON g.oid = grants
    WHERE m.oid = rel;
    PERFORM primecloud_internal.follow(false);
    -- What is protected already is from now on held by rank, too.
    FOREACH source IN ARRAY ARRAY[rel, accounts, grants] LOOP
        CONTINUE WHEN source IS NULL;
        PERFORM primecloud_internal.check_carried(source);
        CONTINUE WHEN primecloud.tenant_column(source) IS NULL;
        PERFORM primecloud_internal.run_as_owner(source, format('SELECT primecloud.protect_table(%L, %L)', source,
            primecloud.tenant_column(source)));
    END LOOP;
END $$;
COMMENT ON FUNCTION primecloud_internal.record_membership_as(oid, regclass, name, name, name, regclass, name, name, text, regclass, name,
    name, name, boolean) IS
    'what record_membership() does, for whoever asks';
REVOKE ALL ON FUNCTION primecloud_internal.record_membership_as(oid, regclass, name, name, name, regclass, name, name, text, regclass, name,
    name, name, boolean) FROM PUBLIC;
