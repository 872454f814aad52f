-- What the helpers keep about a protected table: what it was before, what they made,
-- and the constraints that carry the tenant.  It stands in the comment of the policy
-- that every protected table has: dumped, restored and renamed along with the table,
-- and writable by its owner alone.  Names and words only: nothing of it is ever run.

-- A table with its partitions and the children that inherit from it, parents first.
CREATE FUNCTION primecloud_internal.table_tree(rel regclass) RETURNS TABLE (relid regclass, level integer, kind "char")
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY WITH RECURSIVE tree(oid, depth) AS (
        SELECT rel::oid, 0
        UNION
        SELECT i.inhrelid, t.depth + 1 FROM tree t JOIN pg_inherits i ON i.inhparent = t.oid)
    SELECT t.oid::regclass, max(t.depth), c.relkind FROM tree t JOIN pg_class c ON c.oid = t.oid
    WHERE c.relkind IN ('r', 'p', 'f') GROUP BY t.oid, c.relkind ORDER BY 2, 1;
END $$;
COMMENT ON FUNCTION primecloud_internal.table_tree(regclass) IS 'a table with all its partitions and inheriting children, parents first';

CREATE FUNCTION primecloud_internal.protection_note(rel regclass) RETURNS jsonb
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET jit = off
AS $$
BEGIN
    RETURN (SELECT coalesce((
        SELECT primecloud_internal.note_in(comment)
        FROM (SELECT (SELECT d.description FROM pg_description d WHERE d.classoid = 'pg_policy'::regclass AND d.objoid = o.oid
                      AND d.objsubid = 0) AS comment FROM pg_policy o
              WHERE o.polrelid = rel AND o.polname IN ('primecloud_floor', 'primecloud_shared', 'primecloud_people')
              ORDER BY o.polname LIMIT 1) AS p), '{}'));
END $$;
COMMENT ON FUNCTION primecloud_internal.protection_note(regclass)
    IS 'what a protected table was before, what was made for it, and its tenant constraints';

CREATE FUNCTION primecloud_internal.note_protection(rel regclass, note jsonb, policy name DEFAULT 'primecloud_floor')
    RETURNS primecloud_internal.plan_step
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$ SELECT primecloud_internal.step('remember', rel::text, format('COMMENT ON POLICY %I ON %s IS %L', policy, rel, 'primecloud: '
    || note::text)) $$;
COMMENT ON FUNCTION primecloud_internal.note_protection(regclass, jsonb, name) IS 'the step that keeps a note of protection';

-- The same of a script that is not through.  It stands in the comment of a policy that lets
-- nobody in: of no effect, dumped like the other, and gone with the last step of the script.
CREATE FUNCTION primecloud_internal.unfinished_note(rel regclass) RETURNS jsonb
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET jit = off
AS $$
BEGIN
    RETURN (SELECT coalesce((SELECT primecloud_internal.note_in(comment)
                     FROM (SELECT obj_description(oid, 'pg_policy') AS comment FROM pg_policy WHERE polrelid = rel
                         AND polname = 'primecloud_unfinished') AS p), '{}'));
END $$;
COMMENT ON FUNCTION primecloud_internal.unfinished_note(regclass)
    IS 'what a script that was interrupted has made so far, or is about to make';

-- The tenant column of a protected table, which its floor compares; NULL otherwise.
CREATE FUNCTION tenant_column(rel regclass) RETURNS name
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (SELECT a.attname FROM pg_policy p
    JOIN pg_depend d ON d.classid = 'pg_policy'::regclass AND d.objid = p.oid AND d.refclassid = 'pg_class'::regclass
        AND d.refobjid = p.polrelid AND d.refobjsubid > 0
    JOIN pg_attribute a ON a.attrelid = p.polrelid AND a.attnum = d.refobjsubid
    WHERE p.polrelid = rel AND p.polname = 'primecloud_floor' ORDER BY a.attnum LIMIT 1);
END $$;
COMMENT ON FUNCTION tenant_column(regclass) IS 'the tenant column of a protected table; NULL for any other';

CREATE FUNCTION primecloud_internal.tenant_constraints(rel regclass) RETURNS name[]
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$ SELECT ARRAY(SELECT k::name FROM jsonb_object_keys(primecloud_internal.protection_note(rel) -> 'constraints') AS k ORDER BY k) $$;
COMMENT ON FUNCTION primecloud_internal.tenant_constraints(regclass)
    IS 'the constraints that protect_fk() and protect_unique() made on a table';

CREATE FUNCTION primecloud_internal.check_owner_as(caller oid, rel regclass) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF rel IS NULL THEN
        RAISE null_value_not_allowed USING MESSAGE = 'the table is NULL',
            HINT = 'Name a table; to_regclass() gives NULL for one that does not exist.';
    END IF;
    IF (SELECT pg_has_role(caller, relowner, 'USAGE') FROM pg_class WHERE oid = rel) IS NOT TRUE THEN
        RAISE insufficient_privilege USING MESSAGE = format('must be owner of %s', rel),
            HINT = coalesce((SELECT format('It belongs to role "%s".', pg_get_userbyid(relowner)) FROM pg_class WHERE oid = rel),
                'There is no such relation.');
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.check_owner_as(oid, regclass) IS 'raises 42501 unless a role owns the relation';

CREATE FUNCTION primecloud_internal.check_owner(rel regclass) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM primecloud_internal.check_owner_as((SELECT oid FROM pg_roles WHERE rolname = current_user), rel);
END $$;
COMMENT ON FUNCTION primecloud_internal.check_owner(regclass) IS 'raises 42501 unless the current user owns the relation';

-- The names that are tried for what a helper makes, in order: as wanted, shortened where
-- that is too long, then with a number.
CREATE FUNCTION primecloud_internal.candidate_name(wanted text, attempt integer) RETURNS name
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT (CASE WHEN octet_length(wanted) <= 56 THEN wanted ELSE left(wanted, 10) || '_' || left(md5(wanted), 10) END
            || CASE attempt WHEN 0 THEN '' ELSE '_' || attempt END)::name;
$$;
COMMENT ON FUNCTION primecloud_internal.candidate_name(text, integer) IS 'a name for what a helper makes, at the nth attempt';

-- A name that no relation of a schema has: one after the other is looked up in the index of names.
CREATE FUNCTION primecloud_internal.free_name(space name, wanted text) RETURNS name
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    candidate name;
BEGIN
    FOR attempt IN 0 .. 1000 LOOP
        candidate := primecloud_internal.candidate_name(wanted, attempt);
        IF NOT EXISTS (SELECT FROM pg_class c WHERE c.relname = candidate
                AND c.relnamespace = (SELECT n.oid FROM pg_namespace n WHERE n.nspname = space)) THEN
            RETURN candidate;
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION primecloud_internal.free_name(name, text) IS 'a name for a relation that is not taken in a schema';

-- What a script that was interrupted has left of a unique index: one of that name, over
-- those columns in that order, that no constraint has taken up.
CREATE FUNCTION primecloud_internal.unfinished_index(rel regclass, wanted text, columns name[], OUT index_name name, OUT whole boolean)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT found.relname, found.indisvalid FROM (SELECT 1) AS always LEFT JOIN (
        SELECT c.relname, i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid, generate_series(0, 9) AS attempt
        WHERE i.indrelid = rel AND i.indisunique AND c.relname = primecloud_internal.candidate_name(wanted, attempt)
          AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid)
          AND ARRAY(SELECT a.attname FROM generate_series(0, i.indnkeyatts - 1) AS n LEFT JOIN pg_attribute a ON a.attrelid = rel
              AND a.attnum = i.indkey[n] ORDER BY n) = columns
        ORDER BY attempt LIMIT 1) AS found ON true;
$$;
COMMENT ON FUNCTION primecloud_internal.unfinished_index(regclass, text, name[])
    IS 'a unique index that an interrupted script has built, or begun to build';
