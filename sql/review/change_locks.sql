-- review_change(): advisory locks of the session, which no ROLLBACK lets go.

-- What the session holds, as the call that lets go of it.  (Those of the transaction that were taken in what is undone are gone then.)
CREATE FUNCTION primecloud_internal.review_session_locks() RETURNS SETOF text
    LANGUAGE sql VOLATILE PARALLEL RESTRICTED
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT concat_ws(' ', CASE l.mode WHEN 'ShareLock' THEN 'shared' ELSE 'alone' END,
        CASE l.objsubid
        WHEN 1 THEN ((l.classid::bigint << 32) | l.objid::bigint)::text
        ELSE concat_ws(' ', (l.classid::bigint::bit(32))::int, (l.objid::bigint::bit(32))::int) END)
    FROM pg_locks AS l WHERE l.locktype = 'advisory' AND l.pid = pg_backend_pid() AND l.granted
      AND l.database = (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database())
$$;
COMMENT ON FUNCTION primecloud_internal.review_session_locks()
    IS 'the advisory locks of the session: how each is held, and its key or keys';

-- However often it was taken.
CREATE FUNCTION primecloud_internal.review_unlock(held text) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET client_min_messages = error
AS $$
DECLARE
    words text[] := string_to_array(held, ' ');
BEGIN
    WHILE held IN (SELECT l FROM primecloud_internal.review_session_locks() AS l) LOOP
        EXIT WHEN NOT CASE
            WHEN words[1] = 'alone' AND cardinality(words) = 2 THEN pg_advisory_unlock(words[2]::bigint)
            WHEN words[1] = 'alone' THEN pg_advisory_unlock(words[2]::int, words[3]::int)
            WHEN cardinality(words) = 2 THEN pg_advisory_unlock_shared(words[2]::bigint)
            ELSE pg_advisory_unlock_shared(words[2]::int, words[3]::int) END;
    END LOOP;
END $$;
COMMENT ON FUNCTION primecloud_internal.review_unlock(text) IS 'lets go of an advisory lock that a migration took and kept';

-- What a function of the migration's did that no ROLLBACK undoes, as far as it can be undone: what was taken is let go, what was
-- let go is taken again, once, if nobody else has it by now; and what is written next has the origin that it had.
CREATE FUNCTION primecloud_internal.review_session_restored(locks text[]) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    lost text;
    taken boolean;
    words text[];
BEGIN
    PERFORM primecloud_internal.review_unlock(l) FROM primecloud_internal.review_session_locks() AS l WHERE l <> ALL (locks);
    FOR lost IN SELECT k FROM unnest(locks) AS k EXCEPT SELECT l FROM primecloud_internal.review_session_locks() AS l LOOP
        words := string_to_array(lost, ' ');
        taken := CASE
            WHEN words[1] = 'alone' AND cardinality(words) = 2 THEN pg_try_advisory_lock(words[2]::bigint)
            WHEN words[1] = 'alone' THEN pg_try_advisory_lock(words[2]::int, words[3]::int)
            WHEN cardinality(words) = 2 THEN pg_try_advisory_lock_shared(words[2]::bigint)
            ELSE pg_try_advisory_lock_shared(words[2]::int, words[3]::int) END;
        IF NOT taken THEN
            RAISE WARNING USING MESSAGE = format('the change let go of an advisory lock that the session held, and another has it: %s',
                lost), HINT = 'Take it again.';
        END IF;
    END LOOP;
END $$;
COMMENT ON FUNCTION primecloud_internal.review_session_restored(text[])
    IS 'gives a session the advisory locks that it had, and takes those that it had not';

-- (Who may not ask has set none.)
CREATE FUNCTION primecloud_internal.review_has_origin() RETURNS boolean
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- (A function that may not be called is refused before a CASE is asked.)
    IF NOT has_function_privilege('pg_replication_origin_session_is_setup()', 'EXECUTE') THEN
        RETURN false;
    END IF;
    RETURN pg_replication_origin_session_is_setup();
END $$;
COMMENT ON FUNCTION primecloud_internal.review_has_origin() IS 'whether what the session writes is marked as replayed from elsewhere';
