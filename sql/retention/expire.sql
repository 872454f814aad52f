-- Expiry as it is called and scheduled: each batch committed, and the search_path set as drive.sql says.

CREATE PROCEDURE expire(rel regclass, batch integer DEFAULT NULL, max_duration interval DEFAULT NULL, max_rate integer DEFAULT NULL,
    method text DEFAULT NULL)
    LANGUAGE plpgsql
AS $$
DECLARE
    code pg_catalog.text;
    message pg_catalog.text;
    hint pg_catalog.text;
BEGIN
    CALL primecloud_internal.check_may_commit('expire');
    CALL primecloud_internal.retention_drive(rel, batch, max_duration, max_rate, method, code, message, hint);
    IF code IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = code, MESSAGE = message, HINT = hint;
    END IF;
END $$;
COMMENT ON PROCEDURE expire(regclass, integer, interval, integer, text) IS
    'expires what is due in a table, batch by batch, each committed; goes on with a run that was interrupted';

CREATE PROCEDURE expire_all(max_duration interval DEFAULT NULL, max_rate integer DEFAULT NULL)
    LANGUAGE plpgsql
AS $$
DECLARE
    tables pg_catalog._oid;
    began pg_catalog.timestamptz;
    place pg_catalog.int4;
    code pg_catalog.text;
    message pg_catalog.text;
    hint pg_catalog.text;
    failed pg_catalog.int4;
BEGIN
    CALL primecloud_internal.check_may_commit('expire_all');
    COMMIT;
    PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
    began := clock_timestamp();
    failed := 0;
    tables := ARRAY(SELECT t.rel::oid FROM primecloud_internal.expirable_tables() t ORDER BY t.last_run NULLS FIRST);
    CALL primecloud_internal.tell_lost('{retention policy,archive,legal hold}');
    place := 1;
    WHILE place <= cardinality(tables) LOOP
        PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
        EXIT WHEN clock_timestamp() >= began + max_duration;
        code := NULL;
        IF EXISTS (SELECT FROM pg_class c WHERE c.oid = tables[place]) THEN
            CALL primecloud_internal.retention_drive(tables[place], NULL, began + max_duration - clock_timestamp(), max_rate, NULL, code,
                message, hint);
        END IF;
        PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
        IF code IS NOT NULL THEN
            failed := failed + 1;
            hint := coalesce(primecloud_internal.retention_grant((SELECT r.oid FROM pg_catalog.pg_roles r WHERE r.rolname = current_user),
                tables[place]) || '.', hint);
            RAISE WARNING 'expiry of table %: %', tables[place]::regclass, message USING ERRCODE = code, HINT = hint;
        END IF;
        place := place + 1;
    END LOOP;
    IF failed > 0 THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('expiry failed for %s tables', failed),
            HINT = 'The warnings before this say why; the other tables are done.';
    END IF;
END $$;
COMMENT ON PROCEDURE expire_all(interval, integer)
    IS 'expires what is due in every table that the caller may expire, the longest waiting first';
