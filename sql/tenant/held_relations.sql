-- Relations that nothing comes to while something is tried on them: no policy, trigger, rule, index, constraint or part.

-- (A name that is another relation's by now holds that one: which are held is asked afterwards.)
CREATE FUNCTION primecloud_internal.hold_relations(relations oid[], patient boolean) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET lock_timeout = '3s'
AS $$
DECLARE
    one oid;
BEGIN
    FOREACH one IN ARRAY relations LOOP
        EXECUTE format('LOCK TABLE ONLY %s IN SHARE UPDATE EXCLUSIVE MODE%s', one::regclass, CASE WHEN patient THEN '' ELSE ' NOWAIT' END);
    END LOOP;
END $$;
COMMENT ON FUNCTION primecloud_internal.hold_relations(oid[], boolean)
    IS 'locks relations until the transaction ends, so that they stay as they are; waits for nobody, or three seconds';

CREATE FUNCTION primecloud_internal.held_here(relations oid[]) RETURNS boolean
    LANGUAGE sql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT relations <@ ARRAY(SELECT l.relation FROM pg_locks AS l WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation'
        AND l.database = (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database()) AND l.granted
        AND l.mode IN ('ShareUpdateExclusiveLock', 'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'))
$$;
COMMENT ON FUNCTION primecloud_internal.held_here(oid[]) IS 'whether this session holds relations so that nobody else changes them';

-- Why nothing is tried on a table or view; NULL where it may be.  What is a superuser's nobody else changes.  Of what is
-- others' the relations are locked, and looked at afterwards: what came until then is seen, and nothing comes after.
CREATE FUNCTION primecloud_internal.hold_for_trial(target regclass) RETURNS text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    reason text := primecloud_internal.reason_to_skip(target);
    others oid[];
    loose record;
BEGIN
    IF reason IS NOT NULL THEN
        RETURN reason;
    END IF;
    others := ARRAY(SELECT l.objid FROM primecloud_internal.lesser_objects(ARRAY[target::oid], false) AS l JOIN pg_class AS c
        ON c.oid = l.objid WHERE l.classid = 'pg_class'::regclass AND c.relkind IN ('r', 'p', 'v') ORDER BY l.objid);
    IF NOT EXISTS (SELECT FROM primecloud_internal.lesser_objects(ARRAY[target::oid], false)) THEN
        RETURN NULL;
    END IF;
    IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
        RETURN 'the transaction keeps a snapshot, and would not see what came meanwhile: ask in READ COMMITTED';
    END IF;
    BEGIN
        PERFORM primecloud_internal.hold_relations(others, true);
    EXCEPTION WHEN lock_not_available THEN
        RETURN 'somebody holds it locked, or what it asks';
    WHEN undefined_table OR invalid_schema_name OR wrong_object_type OR syntax_error THEN
        RETURN 'it was changed meanwhile: ask again';
    END;
    reason := primecloud_internal.reason_to_skip(target);
    SELECT pg_get_userbyid(l.owner) AS owner, d.said INTO loose
    FROM primecloud_internal.lesser_objects(ARRAY[target::oid], false) AS l
    CROSS JOIN LATERAL (SELECT coalesce(pg_describe_object(l.classid, l.objid, 0), 'what is gone')) AS d(said)
    WHERE l.classid <> 'pg_class'::regclass OR NOT primecloud_internal.held_here(ARRAY[l.objid]) ORDER BY d.said COLLATE "C" LIMIT 1;
    RETURN coalesce(reason, 'it asks what ' || quote_ident(loose.owner) || ' may change meanwhile: ' || loose.said);
END $$;
COMMENT ON FUNCTION primecloud_internal.hold_for_trial(regclass)
    IS 'why assert_isolated() does not try a table or view; NULL if it does, and what is of lesser roles is locked then';
