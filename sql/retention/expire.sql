-- Expiry itself.  expire() commits after every batch, so it can be neither SECURITY
-- DEFINER nor have SET clauses: it sets its search_path anew in every transaction,
-- and until it has, it calls nothing but pg_catalog by its full name.

CREATE FUNCTION expire_preview(rel regclass, OUT what text, OUT name text, OUT row_count bigint, OUT oldest timestamptz, OUT newest timestamptz, OUT note text)
    RETURNS SETOF record
    LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT p.* FROM jsonb_to_recordset(primecloud_internal.retention_request(rel, '{"kind": "preview"}'))
        AS p(what text, name text, row_count bigint, oldest timestamptz, newest timestamptz, note text)
$$;
COMMENT ON FUNCTION expire_preview(regclass)
    IS 'what would expire now: rows in all, held, by tenant; partitions; foreign keys that it touches';

CREATE FUNCTION expire_batch(rel regclass, batch integer DEFAULT 1000) RETURNS bigint
    LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$ SELECT primecloud_internal.retention_request(rel, jsonb_build_object('kind', 'batch', 'batch', batch))::bigint $$;
COMMENT ON FUNCTION expire_batch(regclass, integer)
    IS 'expires at most so many rows in the caller''s transaction, passing over locked ones; returns how many';

-- Both procedures end here.  A problem with the policy as a whole comes back as code
-- and message, since no exception can be caught around a COMMIT.
CREATE PROCEDURE primecloud_internal.retention_drive(rel regclass, batch integer, max_duration interval, max_rate integer, method text, INOUT code text, INOUT message text)
    LANGUAGE plpgsql
AS $$
DECLARE
    answer pg_catalog.jsonb;
    run pg_catalog.jsonb;
    constraint_name pg_catalog.text;
    failures pg_catalog.int4;
    rest pg_catalog.float8;
    began pg_catalog.timestamptz;
    state pg_catalog.text;
BEGIN
    COMMIT;  -- refused, and rightly, inside a transaction block
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
    began := clock_timestamp();
    failures := 0;
    BEGIN
        IF rel IS NULL THEN
            RAISE null_value_not_allowed USING MESSAGE = 'the table is NULL';
        END IF;
        IF batch < 1 OR max_rate < 0 OR max_duration < '0' OR method NOT IN ('slices', 'ranges', 'keyset') THEN
            RAISE invalid_parameter_value USING MESSAGE = 'batch must be positive, max_rate and max_duration not negative, method slices, ranges or keyset';
        END IF;
        answer := primecloud_internal.retention_request(rel, '{"kind": "begin"}');
    EXCEPTION WHEN OTHERS THEN
        GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
        RETURN;
    END;
    IF answer ? 'busy' THEN
        RAISE NOTICE 'another session expires rows of table %', rel;
        RETURN;
    END IF;
    -- Without a rate, it works a sixth of the time in bites of 10 ms; with rate 0 all
    -- of the time in bites of 200 ms.
    run := jsonb_build_object('run', answer -> 'run', 'batch', batch, 'rate', nullif(max_rate, 0), 'method', method,
                              'target', CASE WHEN max_rate = 0 THEN 200 WHEN max_rate IS NULL THEN 10 ELSE 25 END);
    LOOP
        COMMIT;
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
        IF clock_timestamp() >= began + max_duration THEN
            state := 'paused';
            EXIT;
        ELSIF rest > 0 THEN  -- in naps, each in a transaction of its own
            PERFORM pg_sleep(least(rest, 500) / 1000);
            rest := rest - 500;
            CONTINUE;
        END IF;
        code := NULL;
        BEGIN
            answer := primecloud_internal.retention_request(rel, run || '{"kind": "step"}');
            failures := 0;
        EXCEPTION WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT, constraint_name = CONSTRAINT_NAME;
        END;
        IF code IS NOT NULL THEN
            failures := failures + 1;
            answer := primecloud_internal.retention_request(rel, run || jsonb_build_object('kind', 'failed', 'code', code, 'constraint', constraint_name, 'tries', failures));
            IF (answer ->> 'first')::boolean THEN
                RAISE WARNING 'rows of table % cannot expire: %', rel, message
                    USING ERRCODE = code, HINT = 'They are passed over and counted in primecloud.retention_problems.';
            END IF;
        END IF;
        state := answer ->> 'state';
        EXIT WHEN (answer ->> 'done')::boolean;
        rest := CASE WHEN code IN ('55P03', '40P01', '40001') THEN 20 * failures
                     WHEN max_rate = 0 THEN 0
                     WHEN max_rate IS NULL THEN 5 * (answer ->> 'elapsed')::float8
                     ELSE (answer ->> 'rows')::float8 * 1000 / max_rate - (answer ->> 'elapsed')::float8 END;
    END LOOP;
    PERFORM primecloud_internal.retention_request(rel, run || jsonb_build_object('kind', 'end', 'state', state, 'error', answer -> 'error'));
    COMMIT;
    IF state <> 'failed' THEN
        code := NULL;
    END IF;
END $$;
COMMENT ON PROCEDURE primecloud_internal.retention_drive(regclass, integer, interval, integer, text, text, text)
    IS 'behind expire() and expire_all(); call those';

CREATE PROCEDURE expire(rel regclass, batch integer DEFAULT NULL, max_duration interval DEFAULT NULL, max_rate integer DEFAULT NULL, method text DEFAULT NULL)
    LANGUAGE plpgsql
AS $$
DECLARE
    code pg_catalog.text;
    message pg_catalog.text;
BEGIN
    CALL primecloud_internal.retention_drive(rel, batch, max_duration, max_rate, method, code, message);
    IF code IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = code, MESSAGE = message, HINT = 'What was done before is committed; primecloud.job_progress says how far it came.';
    END IF;
END $$;
COMMENT ON PROCEDURE expire(regclass, integer, interval, integer, text) IS
    'expires what is due in a table, batch by batch, each committed; goes on with a run that was interrupted';

CREATE PROCEDURE expire_all(max_duration interval DEFAULT NULL, max_rate integer DEFAULT NULL)
    LANGUAGE plpgsql
AS $$
DECLARE
    tables pg_catalog._text;
    began pg_catalog.timestamptz;
    place pg_catalog.int4;
    code pg_catalog.text;
    message pg_catalog.text;
    failed pg_catalog.int4;
BEGIN
    COMMIT;
    PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
    began := clock_timestamp();
    failed := 0;
    tables := ARRAY(SELECT format('%I.%I', s.schema_name, s.table_name) FROM primecloud.retention_status s WHERE s.may_run
                    ORDER BY s.last_run NULLS FIRST);
    place := 1;
    WHILE place <= cardinality(tables) LOOP
        PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
        EXIT WHEN clock_timestamp() >= began + max_duration;
        code := NULL;
        IF to_regclass(tables[place]) IS NOT NULL THEN
            CALL primecloud_internal.retention_drive(to_regclass(tables[place]), NULL, began + max_duration - clock_timestamp(), max_rate, NULL, code, message);
        END IF;
        PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
        IF code IS NOT NULL THEN
            failed := failed + 1;
            RAISE WARNING 'expiry of table %: %', tables[place], message USING ERRCODE = code;
        END IF;
        place := place + 1;
    END LOOP;
    IF failed > 0 THEN
        RAISE EXCEPTION 'expiry failed for % tables', failed USING ERRCODE = '55000', HINT = 'The warnings before this say why; the other tables are done.';
    END IF;
END $$;
COMMENT ON PROCEDURE expire_all(interval, integer)
    IS 'expires what is due in every table that the caller may expire, the longest waiting first';
