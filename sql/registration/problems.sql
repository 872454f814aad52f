-- What is wrong with a registration whose table and columns are there, in words; for the view registrations.

-- By the name under which it is registered, which may be older than the table's.
CREATE FUNCTION primecloud_internal.registered_relation(space text, rel text) RETURNS oid
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN coalesce(
        (SELECT k.relation FROM primecloud_internal.known_table k WHERE k.schema_name = space AND k.table_name = rel),
        (SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = space::name AND c.relname = rel::name));
END $$;
COMMENT ON FUNCTION primecloud_internal.registered_relation(text, text) IS 'the table that is registered under a name';

-- Entering believes one owner's tables alone; and sessions are told by triggers, of partitions too, which the tables' owner
-- may drop or disable.
CREATE FUNCTION primecloud_internal.membership_problem(space text, rel text) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
DECLARE
    asked CONSTANT oid := primecloud_internal.registered_relation(space, rel);
    source record;
    unwatched record;
BEGIN
    SELECT r.relation_owner, r.watched INTO source FROM primecloud_internal.registered_table r
    WHERE r.relation_schema = space AND r.relation_name = rel LIMIT 1;
    IF (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = asked) <> source.relation_owner THEN
        RETURN format('it belongs to role "%s", and tables of role "%s" are asked: nobody enters',
            (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = asked), source.relation_owner);
    END IF;
    IF source.watched THEN
        SELECT p.relid, t.tgenabled INTO unwatched FROM primecloud_internal.table_tree(asked::regclass) AS p
        LEFT JOIN pg_trigger t ON t.tgrelid = p.relid AND t.tgfoid = 'primecloud.watch_membership()'::regprocedure
        WHERE t.tgenabled IS DISTINCT FROM 'A' ORDER BY p.level, p.relid LIMIT 1;
        IF FOUND THEN
            RETURN format('its trigger primecloud_watch on %s is %s: sessions go on with what was taken away there', unwatched.relid,
                CASE unwatched.tgenabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'enabled for replicas alone'
                    WHEN 'O' THEN 'not enabled for replicas' ELSE 'gone' END);
        END IF;
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION primecloud_internal.membership_problem(text, text)
    IS 'why nobody enters by a registered table, or sessions are not told of its changes, in words';

-- What the next run would stop at; the run asks more (retention/policy.sql).  `columns` are those of the policy: of the time, the
-- tenant, the id, what holds a row and what marks it as deleted.
CREATE FUNCTION primecloud_internal.policy_problem(space text, rel text, columns text[]) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
DECLARE
    keys CONSTANT regtype[] := primecloud_internal.retention_key_types();
BEGIN
    RETURN (SELECT format('its column "%s" has type %s, with which nothing expires', n.col, format_type(a.atttypid, a.atttypmod))
        FROM (VALUES (columns[1], primecloud_internal.retention_time_types()), (columns[2], keys), (columns[3], keys),
            (columns[4], '{boolean}'), (columns[5], '{timestamptz,timestamp,boolean}')) AS n(col, types)
        JOIN pg_attribute a ON a.attrelid = primecloud_internal.registered_relation(space, rel) AND a.attname = n.col::name
            AND NOT a.attisdropped
        WHERE primecloud_internal.retention_base_type(a.atttypid) <> ALL (n.types) ORDER BY a.attnum LIMIT 1);
END $$;
COMMENT ON FUNCTION primecloud_internal.policy_problem(text, text, text[])
    IS 'why the next run of a policy would stop, since a column has another type, in words';

CREATE FUNCTION primecloud_internal.archive_problem(space text, rel text, of_space text, of_rel text) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
DECLARE
    archive CONSTANT oid := primecloud_internal.registered_relation(space, rel);
    source CONSTANT oid := primecloud_internal.registered_relation(of_space, of_rel);
BEGIN
    RETURN (SELECT format('it lacks, or has with another type, what %I.%I has: %s', of_space, of_rel,
            string_agg(format('"%s"', s.attname), ', ' ORDER BY s.attnum))
        FROM pg_attribute s
        WHERE s.attrelid = source AND s.attnum > 0 AND NOT s.attisdropped
            AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = archive AND a.attname = s.attname AND a.attnum > 0
                AND NOT a.attisdropped AND (a.atttypid, a.atttypmod) = (s.atttypid, s.atttypmod))
        HAVING count(*) > 0);
END $$;
COMMENT ON FUNCTION primecloud_internal.archive_problem(text, text, text, text)
    IS 'why the next run of a policy would stop, since its archive cannot hold a row, in words';
-- The view asks as whoever looks; they read nothing but types.
GRANT EXECUTE ON FUNCTION primecloud_internal.retention_time_types(), primecloud_internal.retention_key_types(),
    primecloud_internal.retention_base_type(oid) TO PUBLIC;
