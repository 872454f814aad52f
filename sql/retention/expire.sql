-- Expiry itself.  expire() commits after every batch, so it can be neither SECURITY
-- DEFINER nor have SET clauses: it sets its search_path anew in every transaction,
-- and until it has, it calls nothing but pg_catalog and primecloud by their full names.

CREATE FUNCTION expire_preview(rel regclass, OUT what text, OUT name text, OUT row_count bigint, OUT oldest timestamptz,
    OUT newest timestamptz, OUT note text)
    RETURNS SETOF record
    LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$ SELECT l.* FROM unnest((primecloud_internal.retention_ask(rel, 'preview')).lines) l $$;
COMMENT ON FUNCTION expire_preview(regclass)
    IS 'what would expire now: rows in all, held, by tenant; partitions; foreign keys that it touches';

CREATE FUNCTION expire_batch(rel regclass, batch integer DEFAULT 1000) RETURNS bigint
    LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$ SELECT (primecloud_internal.retention_ask(rel, 'batch', batch => batch)).rows $$;
COMMENT ON FUNCTION expire_batch(regclass, integer)
    IS 'expires at most so many rows in the caller''s transaction, passing over locked ones; returns how many';

-- The tables that expire_all() goes through.  The catalogs alone are asked: a table in
-- a schema that the caller may not use is no error here.
CREATE FUNCTION primecloud_internal.expirable_tables(OUT rel regclass, OUT schema_name text, OUT table_name text,
    OUT last_run timestamptz) RETURNS SETOF record
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT c.oid, s.schema_name, s.table_name, s.last_run
    FROM primecloud.retention_status s JOIN pg_namespace n ON n.nspname = s.schema_name JOIN pg_class c ON c.relnamespace = n.oid
        AND c.relname = s.table_name
    WHERE s.may_run
$$;
COMMENT ON FUNCTION primecloud_internal.expirable_tables() IS 'the tables that expire_all() goes through for its caller';

-- What expire_all() would do.  A policy that fails is a line, and stops no other.
CREATE FUNCTION expire_all_preview(OUT schema_name text, OUT table_name text, OUT what text, OUT name text, OUT row_count bigint,
                                   OUT oldest timestamptz, OUT newest timestamptz, OUT note text) RETURNS SETOF record
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    policy record;
    line record;
BEGIN
    FOR policy IN SELECT t.* FROM primecloud_internal.expirable_tables() t ORDER BY t.schema_name, t.table_name LOOP
        schema_name := policy.schema_name;
        table_name := policy.table_name;
        BEGIN
            FOR line IN SELECT p.* FROM primecloud.expire_preview(policy.rel) p LOOP
                what := line.what;
                name := line.name;
                row_count := line.row_count;
                oldest := line.oldest;
                newest := line.newest;
                note := line.note;
                RETURN NEXT;
            END LOOP;
        EXCEPTION WHEN OTHERS OR ASSERT_FAILURE THEN
            what := 'error';
            name := SQLSTATE;
            note := SQLERRM;
            row_count := NULL;
            oldest := NULL;
            newest := NULL;
            RETURN NEXT;
        END;
    END LOOP;
END $$;
COMMENT ON FUNCTION expire_all_preview() IS 'what expire_all() would expire now, table after table; removes nothing';

-- Where a procedure cannot work, said before its first COMMIT says it less well.
CREATE PROCEDURE primecloud_internal.check_may_commit(what text)
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF primecloud_internal.in_transaction_block() THEN
        RAISE SQLSTATE '2D000' USING MESSAGE = format('%s commits after every batch and cannot run inside a transaction block', what),
            HINT = 'CALL it by itself, outside BEGIN ... COMMIT; its sister for a batch of your own transaction ends in _batch.';
    ELSIF pg_catalog.current_setting('transaction_read_only')::pg_catalog.bool THEN
        RAISE read_only_sql_transaction USING MESSAGE = format('%s cannot work in a read-only transaction', what),
            HINT = 'On a standby there is nothing to do: what expires on the primary expires here.';
    END IF;
END $$;
COMMENT ON PROCEDURE primecloud_internal.check_may_commit(text) IS 'refuses a procedure where it could not commit or write';

-- Both procedures end here.  A problem with the policy as a whole comes back as code
-- and message, since no exception can be caught around a COMMIT.
CREATE PROCEDURE primecloud_internal.retention_drive(rel regclass, batch integer, max_duration interval, max_rate integer, method text,
    INOUT code text, INOUT message text)
    LANGUAGE plpgsql
AS $$
DECLARE
    question primecloud_internal.retention_question;
    answer primecloud_internal.retention_answer;
    constraint_name pg_catalog.text;
    context pg_catalog.text;
    failures pg_catalog.int4;
    rest pg_catalog.float8;
    began pg_catalog.timestamptz;
    state pg_catalog.text;
BEGIN
    COMMIT;
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
    began := clock_timestamp();
    failures := 0;
    code := NULL;
    BEGIN
        IF rel IS NULL THEN
            RAISE null_value_not_allowed USING MESSAGE = 'the table is NULL',
                HINT = 'Name a table: CALL primecloud.expire(''schema.table'').';
        END IF;
        IF batch < 1 OR max_rate < 0 OR max_duration < '0' OR method NOT IN ('slices', 'ranges', 'keyset', 'tenants') THEN
            RAISE invalid_parameter_value
                USING MESSAGE = 'batch must be positive, max_rate and max_duration not negative, method slices, ranges, keyset or tenants',
                HINT = 'Leave them out: what the statistics say is chosen.';
        END IF;
        question.kind := 'begin';
        answer := primecloud_internal.retention_request(rel, question);
    EXCEPTION WHEN OTHERS THEN
        GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
    END;
    IF code IS NOT NULL THEN
        BEGIN
            question.kind := 'refused';
            question.code := code;
            question.message := message;
            PERFORM primecloud_internal.retention_request(rel, question);
        EXCEPTION WHEN OTHERS THEN NULL;  -- who may not run it, or of what has no policy, leaves no run
        END;
        COMMIT;
        RETURN;
    END IF;
    IF answer.run IS NULL THEN
        RAISE NOTICE 'another session expires rows of table %', rel;
        RETURN;
    END IF;
    -- Without a rate, it works a sixth of the time in bites of 10 ms; with rate 0 all
    -- of the time in bites of 200 ms.
    question.run := answer.run;
    question.batch := batch;
    question.rate := nullif(max_rate, 0);
    question.method := method;
    question.target := CASE WHEN max_rate = 0 THEN 200 WHEN max_rate IS NULL THEN 10 ELSE 25 END;
    LOOP
        COMMIT;
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
        IF clock_timestamp() >= began + max_duration THEN
            state := 'paused';
            code := NULL;
            EXIT;
        ELSIF rest > 0 THEN  -- in naps, each in a transaction of its own
            PERFORM pg_sleep(least(rest, 500) / 1000);
            rest := rest - 500;
            CONTINUE;
        END IF;
        code := NULL;
        BEGIN
            question.kind := 'step';
            answer := primecloud_internal.retention_request(rel, question);
            failures := 0;
        EXCEPTION
        WHEN QUERY_CANCELED THEN  -- by the server, which ends it; or raised by a trigger, which would stop the tables of everybody else
            GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, context = PG_EXCEPTION_CONTEXT;
            IF split_part(context, E'\n', 1) NOT LIKE '% at RAISE' THEN
                RAISE;
            END IF;
            code := 'P0001';
        WHEN OTHERS OR ASSERT_FAILURE THEN
            GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT, constraint_name = CONSTRAINT_NAME;
        END;
        IF code IS NOT NULL THEN
            failures := failures + 1;
            BEGIN
                question.kind := 'failed';
                question.code := code;
                question.constraint_name := constraint_name;
                question.tries := failures;
                answer := primecloud_internal.retention_request(rel, question);
            EXCEPTION WHEN OTHERS THEN  -- the policy itself no longer stands
                GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
                answer := NULL;
                answer.done := true;
                answer.state := 'failed';
                answer.error := code;
            END;
            IF answer.first_seen THEN
                RAISE WARNING 'rows of table % cannot expire: %', rel, message
                    USING ERRCODE = code, HINT = 'They are passed over and counted in primecloud.retention_problems.';
            END IF;
        END IF;
        state := answer.state;
        EXIT WHEN answer.done;
        rest := CASE WHEN code IN ('55P03', '40P01', '40001') THEN 20 * failures
                     WHEN max_rate = 0 THEN 0
                     WHEN max_rate IS NULL THEN 5 * answer.elapsed
                     ELSE answer.rows::float8 * 1000 / max_rate - answer.elapsed END;
    END LOOP;
    BEGIN
        question.kind := 'end';
        question.state := state;
        question.code := answer.error;
        question.message := NULL;
        PERFORM primecloud_internal.retention_request(rel, question);
    EXCEPTION WHEN OTHERS THEN
        GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
        state := 'failed';
    END;
    COMMIT;
    IF state <> 'failed' THEN
        code := NULL;
    END IF;
END $$;
COMMENT ON PROCEDURE primecloud_internal.retention_drive(regclass, integer, interval, integer, text, text, text)
    IS 'behind expire() and expire_all(); call those';

CREATE PROCEDURE expire(rel regclass, batch integer DEFAULT NULL, max_duration interval DEFAULT NULL, max_rate integer DEFAULT NULL,
    method text DEFAULT NULL)
    LANGUAGE plpgsql
AS $$
DECLARE
    code pg_catalog.text;
    message pg_catalog.text;
BEGIN
    CALL primecloud_internal.check_may_commit('expire');
    CALL primecloud_internal.retention_drive(rel, batch, max_duration, max_rate, method, code, message);
    IF code IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = code, MESSAGE = message,
            HINT = 'What was done before is committed; primecloud.job_progress says how far it came.';
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
    failed pg_catalog.int4;
BEGIN
    CALL primecloud_internal.check_may_commit('expire_all');
    COMMIT;
    PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
    began := clock_timestamp();
    failed := 0;
    tables := ARRAY(SELECT t.rel::oid FROM primecloud_internal.expirable_tables() t ORDER BY t.last_run NULLS FIRST);
    place := 1;
    WHILE place <= cardinality(tables) LOOP
        PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
        EXIT WHEN clock_timestamp() >= began + max_duration;
        code := NULL;
        IF EXISTS (SELECT FROM pg_class c WHERE c.oid = tables[place]) THEN
            CALL primecloud_internal.retention_drive(tables[place], NULL, began + max_duration - clock_timestamp(), max_rate, NULL, code,
                message);
        END IF;
        PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
        IF code IS NOT NULL THEN
            failed := failed + 1;
            RAISE WARNING 'expiry of table %: %', tables[place]::regclass, message USING ERRCODE = code;
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
