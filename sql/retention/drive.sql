-- A run from its first batch to its last.  It commits after every batch, so it can be neither SECURITY DEFINER nor have
-- SET clauses: it sets its search_path anew in every transaction, and until then calls nothing but full names.

-- Both procedures end here.  A problem with the policy as a whole comes back as code,
-- message and hint, since no exception can be caught around a COMMIT.
CREATE PROCEDURE primecloud_internal.retention_drive(rel regclass, batch integer, max_duration interval, max_rate integer, method text,
    INOUT code text, INOUT message text, INOUT hint text)
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
        GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
        IF code = '55P03' THEN
            message := primecloud_internal.retention_held_up(rel);
        END IF;
        hint := coalesce(nullif(hint, ''), 'Nothing of the table has expired in this call.');
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
    hint := 'What was done before is committed; primecloud.job_progress says how far it came.';
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
            failures := CASE WHEN code IN ('55P03', '40P01', '40001') THEN failures + 1 ELSE 0 END;
            BEGIN
                question.kind := 'failed';
                question.code := code;
                question.constraint_name := constraint_name;
                question.tries := failures;
                answer := primecloud_internal.retention_request(rel, question);
            EXCEPTION WHEN OTHERS THEN  -- the policy itself no longer stands
                GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
                answer := NULL;
                answer.state := CASE WHEN code IN ('55P03', '40P01', '40001') THEN 'paused' ELSE 'failed' END;
                answer.done := answer.state = 'failed' OR failures > 20;
                answer.error := code;
            END;
            IF answer.rows = 0 THEN  -- it went on behind what was locked
                failures := 0;
            END IF;
            IF answer.first_seen THEN
                RAISE WARNING 'rows of table % cannot expire: %', rel, message
                    USING ERRCODE = code, HINT = 'They are passed over and counted in primecloud.retention_problems.';
            END IF;
        END IF;
        state := answer.state;
        EXIT WHEN answer.done;
        rest := CASE WHEN code IN ('55P03', '40P01', '40001') THEN least(20 * failures, 400)
                     WHEN max_rate = 0 THEN 0
                     WHEN max_rate IS NULL THEN 5 * answer.elapsed
                     ELSE answer.rows::float8 * 1000 / max_rate - answer.elapsed END;
    END LOOP;
    BEGIN
        question.kind := 'end';
        question.state := state;
        question.code := answer.error;
        question.message := CASE WHEN state = 'paused' AND answer.error IN ('55P03', '40P01', '40001')
            THEN primecloud_internal.retention_held_up(rel)
            WHEN state = 'paused' AND (answer.error LIKE '08%' OR answer.error LIKE '57P%') THEN message END;
        PERFORM primecloud_internal.retention_request(rel, question);
        IF question.message IS NOT NULL THEN
            RAISE WARNING 'expiry of table %: %', rel, question.message USING ERRCODE = answer.error,
                HINT = 'Nothing is lost: the next call goes on where this one was.';
        END IF;
    EXCEPTION WHEN OTHERS THEN
        GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
        state := 'failed';
    END;
    IF state <> 'failed' THEN
        code := NULL;
    END IF;
    COMMIT;  -- and with it goes the search_path: nothing but full names from here on, for who called, too
END $$;
COMMENT ON PROCEDURE primecloud_internal.retention_drive(regclass, integer, interval, integer, text, text, text, text)
    IS 'behind expire() and expire_all(); call those';
