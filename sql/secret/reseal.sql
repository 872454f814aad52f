-- Resealing, as callers call it.

-- Commits after every batch, so it can be neither SECURITY DEFINER nor have SET clauses:
-- it sets its search_path anew in every transaction, and until it has, it calls nothing
-- but pg_catalog by its full name.
CREATE PROCEDURE reseal(rel regclass, col name, batch integer DEFAULT 5000, max_duration interval DEFAULT NULL,
    max_rate integer DEFAULT NULL)
    LANGUAGE plpgsql
AS $$
DECLARE
    answer pg_catalog.jsonb;
    run pg_catalog.jsonb;
    code pg_catalog.text;
    message pg_catalog.text;
    constraint_name pg_catalog.text;
    failures pg_catalog.int4;
    rest pg_catalog.float8;
    began pg_catalog.timestamptz;
    state pg_catalog.text;
BEGIN
    CALL primecloud_internal.check_may_commit('reseal');
    COMMIT;
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
    began := clock_timestamp();
    failures := 0;
    IF batch < 1 OR max_rate < 1 OR max_duration < '0' THEN
        RAISE invalid_parameter_value USING MESSAGE = 'batch and max_rate must be positive, max_duration not negative',
            HINT = 'Leave them out for what is chosen.';
    END IF;
    CALL primecloud_internal.tell_lost('{sealed column}');
    answer := primecloud_internal.reseal_request(rel, col, '{"kind": "begin"}');
    IF answer ? 'busy' THEN
        RAISE NOTICE 'another session reseals column "%" of %', col, rel;
        RETURN;
    END IF;
    run := jsonb_build_object('run', answer -> 'run', 'batch', least(batch, max_rate / 2 + 1));
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
            answer := primecloud_internal.reseal_request(rel, col, run || '{"kind": "step"}');
            failures := 0;
        EXCEPTION WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT, constraint_name = CONSTRAINT_NAME;
        END;
        IF code IS NOT NULL THEN
            failures := failures + 1;
            answer := primecloud_internal.reseal_request(rel, col, run || jsonb_build_object('kind', 'failed', 'code', code, 'constraint',
                constraint_name, 'tries', failures));
            IF (answer ->> 'passed')::boolean THEN
                RAISE WARNING 'a row of % cannot be resealed: %', rel, message USING ERRCODE = code,
                    HINT = 'It is passed over; see primecloud.reseal_problems.';
            END IF;
        END IF;
        state := answer ->> 'state';
        EXIT WHEN (answer ->> 'done')::boolean;
        rest := CASE WHEN code IN ('55P03', '40P01', '40001') THEN 20 * failures
                     WHEN max_rate IS NULL THEN 0
                     ELSE (answer ->> 'rows')::float8 * 1000 / max_rate - (answer ->> 'elapsed')::float8 END;
    END LOOP;
    answer := primecloud_internal.reseal_request(rel, col, run || jsonb_build_object('kind', 'end', 'state', state, 'error',
        answer -> 'error'));
    COMMIT;
    PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
    IF state = 'failed' THEN
        RAISE EXCEPTION USING ERRCODE = code, MESSAGE = message,
            HINT = 'What was done before is committed; primecloud.job_progress says how far it came.';
    ELSIF (answer ->> 'failed')::bigint > 0 THEN
        RAISE WARNING '% rows of % could not be resealed', answer ->> 'failed', rel
            USING HINT = 'They are as they were; see primecloud.reseal_problems.';
    END IF;
    IF (answer ->> 'locked')::bigint > 0 THEN
        RAISE NOTICE '% rows of % were in use by others', answer ->> 'locked', rel USING HINT = 'Call reseal() again for them.';
    END IF;
END $$;
COMMENT ON PROCEDURE reseal(regclass, name, integer, interval, integer) IS
    'reseals what older keys have sealed in a column, batch by batch, each committed; call it again after an interruption';

-- For a row that gets another id or tenant, in the UPDATE that gives it.
CREATE FUNCTION reseal_move(s sealed, tenant text, label text, row_id text, new_tenant text, new_label text, new_row_id text) RETURNS sealed
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_reseal_move';
COMMENT ON FUNCTION reseal_move(sealed, text, text, text, text, text, text)
    IS 'the same secret for another tenant, label or row, without revealing it; needs the right to both tenants';
REVOKE ALL ON FUNCTION reseal_move(sealed, text, text, text, text, text, text) FROM PUBLIC;

-- Exactly what a maintenance role needs to be let in; it works as the owner does.
CREATE FUNCTION allow_reseal(rel regclass, col name, maintenance_role name) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM primecloud_internal.check_owner(rel), primecloud.sealed_column_of(rel, col);
    PERFORM primecloud_internal.run_plan(ARRAY(SELECT g FROM primecloud_internal.maintenance_grants(rel, maintenance_role,
        format('SELECT (%1$I), UPDATE (%1$I)', col)) AS g), false);
END $$;
COMMENT ON FUNCTION allow_reseal(regclass, name, name) IS 'gives a maintenance role what it needs to reseal a column, as its owner';
REVOKE ALL ON PROCEDURE reseal(regclass, name, integer, interval, integer) FROM PUBLIC;
INSERT INTO primecloud_internal.role_grant VALUES
    ('maintenance', 'EXECUTE', 'FUNCTION primecloud.reseal_move(primecloud.sealed, text, text, text, text, text, text)'),
    ('platform', 'EXECUTE', 'FUNCTION primecloud.reseal_move(primecloud.sealed, text, text, text, text, text, text)'),
    ('maintenance', 'EXECUTE', 'FUNCTION primecloud_internal.reseal_request(regclass, name, jsonb)'),
    ('maintenance', 'EXECUTE', 'FUNCTION primecloud.reseal_batch(regclass, name, integer)'),
    ('maintenance', 'EXECUTE', 'PROCEDURE primecloud.reseal(regclass, name, integer, interval, integer)');
