-- One table after the other: what the owner of one of them did keeps leave() from no other.

CREATE FUNCTION primecloud_internal.look_at(rel regclass) RETURNS boolean
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_look_at';
COMMENT ON FUNCTION primecloud_internal.look_at(regclass) IS 'whether a table, with what is below it, can be read until the transaction '
    'ends, without waiting for anybody: it is locked in ACCESS SHARE; for its owner';

-- Tables of which nothing can be told, since somebody holds them locked.
CREATE FUNCTION primecloud_internal.unseen_tables(tables regclass[]) RETURNS regclass[]
    LANGUAGE sql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$ SELECT coalesce(array_agg(t ORDER BY t::text) FILTER (WHERE NOT primecloud_internal.look_at(t)), '{}') FROM unnest(tables) AS t $$;
COMMENT ON FUNCTION primecloud_internal.unseen_tables(regclass[])
    IS 'those of some tables that somebody holds locked; the others stay readable until the transaction ends';

-- Of a role below who leaves: an error of such a table's is told, and the others go on.
CREATE FUNCTION primecloud_internal.is_lessers(rel regclass) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT EXISTS (SELECT FROM pg_class c JOIN pg_roles o ON o.oid = c.relowner
        WHERE c.oid = rel AND NOT o.rolsuper AND o.rolname <> current_user);
$$;
COMMENT ON FUNCTION primecloud_internal.is_lessers(regclass)
    IS 'whether a table is another role''s, who is no superuser: what is wrong with it stops nobody else''s';

-- `key`: of the whole table that foreign key alone.
CREATE FUNCTION primecloud_internal.leave_or_tell(rel regclass, key name, unopened text, release text, dry_run boolean, passes_over boolean)
    RETURNS TABLE (line text, is_left boolean)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    lines text[];
BEGIN
    lines := CASE WHEN key IS NULL THEN ARRAY(SELECT l FROM primecloud_internal.leave_table(rel, unopened, release, dry_run) AS l)
        ELSE ARRAY(SELECT l FROM primecloud.unprotect_fk(rel, key, dry_run) AS l) END;
    RETURN QUERY SELECT l, false FROM unnest(lines) AS l;
EXCEPTION WHEN OTHERS THEN
    IF NOT passes_over OR NOT primecloud_internal.is_lessers(rel) THEN
        RAISE;
    END IF;
    IF NOT dry_run THEN
        RAISE WARNING 'table % is left alone: %', rel, primecloud_internal.one_line(left(SQLERRM, 500))
            USING HINT = 'Mend what is said there, or drop the table, and call primecloud.leave() again.';
    END IF;
    RETURN QUERY SELECT format('-- left alone: table %s: %s', rel, primecloud_internal.one_line(left(SQLERRM, 500))), true;
END $$;
COMMENT ON FUNCTION primecloud_internal.leave_or_tell(regclass, name, text, text, boolean, boolean)
    IS 'leaves a table, or tells what is wrong with one of a lesser role''s and undoes what was done to it';

-- Whoever may enter is asked as long as anything is protected: those tables come last.
CREATE FUNCTION primecloud_internal.reason_to_keep_members(rel regclass, left_alone regclass[]) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format('-- left alone: table %s says who may enter which account, and tables are protected still (%s)', rel,
        min(p.polrelid::regclass::text))
    FROM pg_policy p WHERE p.polname IN ('primecloud_floor', 'primecloud_people')
        AND rel IN (SELECT primecloud_internal.membership_tables())
        AND p.polrelid IN (SELECT x.relid FROM unnest(left_alone) AS u, primecloud_internal.table_tree(u) AS x) HAVING count(*) > 0;
$$;
COMMENT ON FUNCTION primecloud_internal.reason_to_keep_members(regclass, regclass[])
    IS 'why a table of members is not left, in words, where tables that were left alone are protected still; NULL for any other';

CREATE FUNCTION primecloud_internal.told_of_size(rel regclass) RETURNS text
    LANGUAGE sql VOLATILE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format('-- table %s has %s: while it is written anew nobody uses it; online => true prints a script that takes longer and locks '
        'it for a moment', rel, pg_size_pretty(s))
    FROM pg_class c, LATERAL (SELECT primecloud_internal.size_now(rel) + CASE c.reltoastrelid WHEN 0 THEN 0
        ELSE primecloud_internal.size_now(c.reltoastrelid) END) AS size(s) WHERE c.oid = rel AND s > 1073741824;
$$;
COMMENT ON FUNCTION primecloud_internal.told_of_size(regclass) IS 'what leave() says of a table that takes long; NULL for any other';
