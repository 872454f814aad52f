-- review_change(): the script, statement by statement.

CREATE FUNCTION primecloud_internal.review_change_statements(script text)
    RETURNS TABLE (number int, statement text, tag text, action text, why text, concurrent boolean)
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE ROWS 20
    AS 'MODULE_PATHNAME', 'primecloud_review_change_statements';
COMMENT ON FUNCTION primecloud_internal.review_change_statements(text)
    IS 'the statements of a script, without CONCURRENTLY, and what review_change() does with each';

-- What a statement did to a relation that was there before: locks, a look at every row, another file.
CREATE TYPE primecloud_internal.review_effect AS (number int, tag text, rel oid, mode text, scanned boolean, moved boolean, patient
    boolean, way text, written boolean);
COMMENT ON TYPE primecloud_internal.review_effect IS 'what one statement of a migration did to a table';

-- What was there before, what is there after, and what happened in between.
CREATE TYPE primecloud_internal.review_trial AS (before primecloud_internal.review_fact[], after primecloud_internal.review_fact[],
    effects primecloud_internal.review_effect[], alone text[], failure jsonb, found primecloud.finding[],
    emptied oid[]);
COMMENT ON TYPE primecloud_internal.review_trial IS 'what review_change() saw of a migration';

-- The caller's own text, with the caller's rights and under his search_path; what the server undoes with the subtransaction is undone.
-- Between the statements every name is looked up in pg_catalog alone.
CREATE FUNCTION primecloud_internal.review_change_try(script text, schema name, app_role name, path text)
    RETURNS primecloud_internal.review_trial
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    trial primecloud_internal.review_trial;
    effects primecloud_internal.review_effect[] := '{}';
    done boolean := false;
    step record;
    known oid[];
    sequences jsonb;
    drawn jsonb;
    found primecloud.finding[] := ARRAY(SELECT f FROM primecloud.review(schema, app_role, levels => '{error,warning}') AS f);
    locks text[] := ARRAY(SELECT l FROM primecloud_internal.review_session_locks() AS l);
    later text[] := '{}';
    origin boolean := primecloud_internal.review_has_origin();
    said text;
    code text;
    space text;
    named text;
    field text;
BEGIN
    trial.before := primecloud_internal.review_facts(schema);
    trial.alone := ARRAY(SELECT format('%s: %s', s.tag, s.why) FROM primecloud_internal.review_change_statements(script) AS s
        WHERE s.action = 'alone' ORDER BY s.number);
    known := ARRAY(SELECT f.rel FROM unnest(trial.before) AS f WHERE f.kind = 'relation');
    sequences := (SELECT jsonb_agg(q) FROM primecloud_internal.review_sequences() AS q);
    BEGIN
        PERFORM set_config('lock_timeout', '100ms', true), primecloud_internal.review_own_rows(ARRAY(SELECT c.oid FROM pg_class AS c
            WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'm', 'i', 'I') AND c.relpersistence <> 't'));
        FOR step IN SELECT * FROM primecloud_internal.review_change_steps(script) AS s ORDER BY s.number LOOP
            DECLARE
                held jsonb := (SELECT jsonb_object_agg(format('%s %s', h.rel, h.mode), ARRAY[h.scans, h.file::bigint])
                    FROM primecloud_internal.review_held_locks() AS h);
                seen jsonb := (SELECT jsonb_object_agg(k, ARRAY[pg_stat_get_xact_numscans(k), pg_relation_filenode(k)::bigint,
                    pg_stat_get_xact_tuples_returned(k), pg_stat_get_xact_tuples_updated(k)]) FROM unnest(known) AS k);
                patient text := current_setting('lock_timeout');
            BEGIN
                BEGIN
                    PERFORM set_config('search_path', path, true);
                    EXECUTE step.statement;
                    IF step.last THEN
                        SET CONSTRAINTS ALL IMMEDIATE;
                    END IF;
                    path := pg_catalog.current_setting('search_path');
                    PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
                    IF step.last THEN
                        PERFORM primecloud_internal.review_put_off();
                    END IF;
                EXCEPTION WHEN OTHERS THEN
                    GET STACKED DIAGNOSTICS said = MESSAGE_TEXT, code = RETURNED_SQLSTATE, space = SCHEMA_NAME, named = TABLE_NAME,
                        field = COLUMN_NAME;
                    trial.failure := jsonb_build_object('number', step.number, 'tag', step.tag, 'code', code, 'said', said,
                        'table', CASE WHEN named <> '' THEN format('%I.%I', space, named) END, 'column', nullif(field, ''));
                END;
                IF trial.failure ->> 'code' = '55P04' AND NOT step.with_value THEN
                    later := later || format('statement %s, %s: it uses a value of an enum that is not committed yet, as it is when each '
                        'statement is a transaction', step.number, step.tag);
                    trial.failure := NULL;
                    CONTINUE;
                END IF;
                EXIT WHEN trial.failure IS NOT NULL;
                IF to_regprocedure('primecloud_internal.review_held_locks()') IS NULL THEN
                    RAISE feature_not_supported USING MESSAGE = format('statement %s of the change, %s, is not tried: %s', step.number,
                        step.tag, 'it takes away what tries it'), HINT = 'Take it out of what is reviewed.';
                END IF;
                effects := effects || ARRAY(
                    SELECT (step.number, step.tag, h.rel, h.mode, h.scans > coalesce((seen -> h.rel::text ->> 0)::bigint, 0),
                        h.file::bigint IS DISTINCT FROM (seen -> h.rel::text ->> 1)::bigint, patient <>
                            '100ms', primecloud_internal.review_way(step.statement, step.apart),
                        -- All that it read it wrote.
                        pg_stat_get_xact_tuples_updated(h.rel) > (seen -> h.rel::text ->> 3)::bigint AND h.scans > (seen -> h.rel::text ->>
                            0)::bigint AND pg_stat_get_xact_tuples_updated(h.rel) - (seen -> h.rel::text ->> 3)::bigint >=
                            pg_stat_get_xact_tuples_returned(h.rel) - (seen -> h.rel::text ->> 2)::bigint
                        )::primecloud_internal.review_effect
                    FROM primecloud_internal.review_held_locks() AS h
                    WHERE h.rel = ANY (known) AND (NOT coalesce(held ? format('%s %s', h.rel, h.mode), false)
                        OR h.scans > coalesce((seen -> h.rel::text ->> 0)::bigint, 0)
                        OR h.file::bigint IS DISTINCT FROM (seen -> h.rel::text ->> 1)::bigint));
                IF step.concurrent THEN
                    effects := ARRAY(SELECT e FROM unnest(effects) AS e WHERE e.number <> step.number);
                END IF;
            END;
        END LOOP;
        drawn := (SELECT jsonb_agg(q) FROM primecloud_internal.review_sequences() AS q);
        -- What fails after what was passed over may fail for want of it.
        IF trial.failure IS NOT NULL AND later <> '{}' THEN
            later := later || format('statement %s, %s, and what follows: %s', trial.failure ->> 'number', trial.failure ->> 'tag',
                trial.failure ->> 'said');
            trial.failure := NULL;
        END IF;
        trial.alone := trial.alone || later;
        trial.emptied := primecloud_internal.review_emptied(ARRAY(SELECT k FROM unnest(known) AS k
            WHERE pg_stat_get_xact_tuples_deleted(k) > 0 OR k IN (SELECT e.rel FROM unnest(effects) AS e WHERE e.moved)));
        trial.after := primecloud_internal.review_facts(schema);
        IF trial.failure IS NULL AND to_regnamespace(quote_ident(schema)) IS NOT NULL
            AND (app_role IS NULL OR to_regrole(quote_ident(app_role)) IS NOT NULL) THEN
            trial.found := primecloud_internal.review_new(found, ARRAY(SELECT f FROM primecloud.review(schema, app_role,
                levels => '{error,warning}') AS f));
        END IF;
        done := true;
        RAISE feature_not_supported USING MESSAGE = 'a change that was tried is undone',
            HINT = 'Nobody sees this: it takes back what was tried.';
    EXCEPTION WHEN feature_not_supported THEN
        IF NOT done THEN
            RAISE;
        END IF;
    END;
    PERFORM primecloud_internal.review_session_restored(locks);
    IF primecloud_internal.review_has_origin() AND NOT origin THEN
        PERFORM pg_replication_origin_session_reset();
    END IF;
    trial.alone := trial.alone || primecloud_internal.review_put_back(sequences, drawn);
    trial.effects := effects;
    RETURN trial;
END $$;
COMMENT ON FUNCTION primecloud_internal.review_change_try(text, name, name, text)
    IS 'runs a migration statement by statement, looks before and after, and undoes it';
