-- What a caller asks of a reseal, and the batches that run inside his own transaction.

-- Batches inside the caller's transaction.  Nothing is left only when a whole run has
-- found nothing.
CREATE FUNCTION primecloud_internal.reseal_within(who oid, rel regclass, registered sealed_column, batch integer) RETURNS bigint
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    done bigint := 0;
    run primecloud_internal.reseal_run;
    answer jsonb;
    fresh boolean;
BEGIN
    IF batch IS NULL OR batch < 1 THEN
        RAISE invalid_parameter_value USING MESSAGE = format('a batch of %s rows is none', coalesce(batch::text, 'NULL')),
            HINT = 'Ask for one row at least.';
    END IF;
    LOOP
        run := primecloud_internal.reseal_begin(who, rel, registered.column_name, false);
        fresh := run.position = '{"pass": 1}';
        LOOP
            answer := primecloud_internal.reseal_step(rel, registered, run.id, (batch - done)::int);
            EXIT WHEN (answer ->> 'done')::boolean;
            done := done + (answer ->> 'rows')::bigint;
            IF done >= batch THEN
                RETURN done;
            END IF;
        END LOOP;
        PERFORM primecloud_internal.reseal_end(registered, run.id, answer ->> 'state', NULL);
        IF done > 0 OR fresh THEN
            RETURN done;
        END IF;
    END LOOP;
END $$;
COMMENT ON FUNCTION primecloud_internal.reseal_within(oid, regclass, sealed_column, integer) IS 'behind reseal_batch()';

CREATE FUNCTION primecloud_internal.reseal_decide(asker primecloud_internal.key_asker, request jsonb) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    kind CONSTANT text := request ->> 'kind';
    rel CONSTANT regclass := (request ->> 'rel')::oid;
    col CONSTANT name := request ->> 'col';
    number CONSTANT bigint := request ->> 'run';
    registered primecloud.sealed_column;
    lock_id bigint;
BEGIN
    PERFORM primecloud_internal.check_asker(asker);
    IF kind IN ('batch', 'begin') THEN
        PERFORM primecloud_internal.follow(false);
    END IF;
    registered := primecloud_internal.check_may_reseal(asker, rel, col);
    lock_id := hashtext(concat_ws('.', registered.schema_name, registered.table_name, registered.column_name));
    CASE kind
        WHEN 'batch' THEN RETURN to_jsonb(primecloud_internal.reseal_within(asker.role, rel, registered, (request ->> 'batch')::int));
        WHEN 'begin' THEN
            IF NOT primecloud_internal.retention_claim('primecloud_internal.reseal_run', lock_id) THEN
                RETURN '{"busy": true}';
            END IF;
            RETURN jsonb_build_object('run', (primecloud_internal.reseal_begin(asker.role, rel, col, true)).id);
        WHEN 'step' THEN RETURN primecloud_internal.reseal_step(rel, registered, number, (request ->> 'batch')::int);
        WHEN 'failed' THEN RETURN primecloud_internal.reseal_failed(rel, registered, number, request ->> 'code', request ->> 'constraint',
            (request ->> 'tries')::int);
        WHEN 'end' THEN
            PERFORM primecloud_internal.reseal_end(registered, number, request ->> 'state', request ->> 'error');
            PERFORM primecloud_internal.retention_release('primecloud_internal.reseal_run', lock_id);
            RETURN (SELECT jsonb_build_object('locked', r.rows_locked, 'failed', r.rows_failed) FROM primecloud_internal.reseal_run r
                WHERE r.id = number);
    END CASE;
END $$;
COMMENT ON FUNCTION primecloud_internal.reseal_decide(primecloud_internal.key_asker, jsonb) IS 'behind reseal_request()';

CREATE FUNCTION primecloud_internal.reseal_request(rel regclass, col name, request jsonb) RETURNS jsonb
    LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$ SELECT primecloud_internal.key_request('reseal', request || jsonb_build_object('rel', rel::oid, 'col', col)) $$;
COMMENT ON FUNCTION primecloud_internal.reseal_request(regclass, name, jsonb) IS 'behind reseal() and reseal_batch(); call those';

CREATE FUNCTION reseal_batch(rel regclass, col name, batch integer DEFAULT 1000) RETURNS bigint
    LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$ SELECT primecloud_internal.reseal_request(rel, col, jsonb_build_object('kind', 'batch', 'batch', batch))::bigint $$;
COMMENT ON FUNCTION reseal_batch(regclass, name, integer)
    IS 'reseals at most so many rows in the caller''s transaction, passing over locked ones; returns how many, 0 when none is left that it '
        'can have';

REVOKE ALL ON FUNCTION primecloud_internal.reseal_within(oid, regclass, sealed_column, integer),
    primecloud_internal.reseal_decide(primecloud_internal.key_asker, jsonb), primecloud_internal.reseal_request(regclass, name, jsonb),
    reseal_batch(regclass, name, integer) FROM PUBLIC;
