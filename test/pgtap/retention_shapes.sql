-- What preview, run and status say, against a count over the rows: every mode, over every shape of partitions, under everything
-- that keeps a row.  The name of a partition says what it is: over, to be over some day (waits), or endless.
SELECT no_plan();
SET client_min_messages = error;
CREATE SCHEMA shapes;
SET search_path = shapes, public;
SET timezone = 'Asia/Kolkata';

CREATE FUNCTION day(ago int) RETURNS timestamptz LANGUAGE sql AS $$
    SELECT (date_trunc('day', now() AT TIME ZONE 'UTC') - ago * interval '1 day') AT TIME ZONE 'UTC' $$;
-- (@60 is midnight sixty days ago.)
CREATE TABLE shape (name text, place int, part text, parent text, bounds text, divided text);
INSERT INTO shape VALUES
    ('flat', 0, '', NULL, NULL, 'RANGE (at)'),
    ('flat', 1, '_over1', '', 'FROM (''2019-01-01 00:00+00'') TO (''2020-01-01 00:00+00'')', NULL),
    ('flat', 2, '_over2', '', 'FROM (''2020-01-01 00:00+00'') TO (''2021-01-01 00:00+00'')', NULL),
    ('flat', 3, '_waits1', '', 'FROM (@120) TO (@60)', NULL),
    ('flat', 4, '_waits2', '', 'FROM (@60) TO (@-50)', NULL),
    ('flat', 5, '_endless', '', NULL, NULL),
    ('inner', 0, '', NULL, NULL, 'RANGE (at)'),
    ('inner', 1, '_outer', '', 'FROM (''2019-01-01'') TO (''2100-01-01'')', 'RANGE (at)'),
    ('inner', 2, '_over1', '_outer', 'FROM (''2019-01-01'') TO (''2020-01-01'')', NULL),
    ('inner', 3, '_waits1', '_outer', 'FROM (@120) TO (@60)', NULL),
    ('inner', 4, '_within', '_outer', NULL, NULL),
    ('inner', 5, '_endless', '', NULL, NULL),
    ('lists', 0, '', NULL, NULL, 'LIST (account)'),
    ('lists', 1, '_one', '', 'IN (1)', 'RANGE (at)'),
    ('lists', 2, '_one_over1', '_one', 'FROM (MINVALUE) TO (''2020-01-01'')', NULL),
    ('lists', 3, '_one_waits1', '_one', 'FROM (''2020-01-01'') TO (@60)', NULL),
    ('lists', 4, '_one_endless1', '_one', 'FROM (@60) TO (''infinity'')', NULL),
    ('lists', 5, '_one_endless2', '_one', NULL, NULL),
    ('lists', 6, '_two_endless', '', 'IN (2)', NULL),
    ('lists', 7, '_endless', '', NULL, NULL),
    ('hashed', 0, '', NULL, NULL, 'RANGE (at)'),
    ('hashed', 1, '_over1', '', 'FROM (MINVALUE) TO (''2020-01-01'')', 'HASH (id)'),
    ('hashed', 2, '_over1a', '_over1', 'WITH (MODULUS 2, REMAINDER 0)', NULL),
    ('hashed', 3, '_over1b', '_over1', 'WITH (MODULUS 2, REMAINDER 1)', NULL),
    ('hashed', 4, '_waits1', '', 'FROM (''2020-01-01'') TO (@60)', 'HASH (id)'),
    ('hashed', 5, '_waits1a', '_waits1', 'WITH (MODULUS 2, REMAINDER 0)', NULL),
    ('hashed', 6, '_waits1b', '_waits1', 'WITH (MODULUS 2, REMAINDER 1)', NULL),
    ('hashed', 7, '_endless', '', NULL, 'HASH (id)'),
    ('hashed', 8, '_endlessa', '_endless', 'WITH (MODULUS 2, REMAINDER 0)', NULL),
    ('hashed', 9, '_endlessb', '_endless', 'WITH (MODULUS 2, REMAINDER 1)', NULL),
    ('years', 0, '', NULL, NULL, 'RANGE (at)'),
    ('years', 1, '_past', '', 'FROM (''2019-01-01'') TO (@60)', 'RANGE ((date_part(''year'', at AT TIME ZONE ''UTC'')))'),
    ('years', 2, '_past_waits1', '_past', 'FROM (2019) TO (2020)', NULL),
    ('years', 3, '_past_waits2', '_past', NULL, NULL),
    ('years', 4, '_endless', '', NULL, 'RANGE ((date_part(''year'', at AT TIME ZONE ''UTC'')))'),
    ('years', 5, '_endless1', '_endless', 'FROM (2017) TO (2019)', NULL),
    ('years', 6, '_endless2', '_endless', NULL, NULL);
INSERT INTO shape SELECT w.name, s.place, s.part, s.parent, s.bounds, s.divided
    FROM shape s, (VALUES ('timestamp'), ('date')) w(name) WHERE s.name = 'flat';

CREATE TABLE job (name text, shape text, mode text, keeper text);
INSERT INTO job SELECT format('%s_%s_%s', s.name, left(m, 6), k), s.name, m, k FROM (SELECT DISTINCT name FROM shape) s,
    unnest('{delete,soft_delete,archive,drop_partition,detach_partition}'::text[]) m,
    unnest('{nothing,row,tenant,whole,column,longer,ever,shorter,trigger}'::text[]) k
WHERE CASE WHEN m !~ 'partition' THEN (s.name, k) IN (('flat', 'row'), ('date', 'nothing'), ('lists', 'shorter'))
    WHEN s.name = 'flat' THEN true
    WHEN s.name IN ('timestamp', 'date', 'years') THEN k = 'nothing' ELSE k IN ('nothing', 'row', 'longer') END;
CREATE FUNCTION stubborn() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
-- What there was before: its time, when it was due, whether it is held, whether a trigger keeps it.
CREATE TABLE before (job text, id int, part text, at timestamptz, due_at timestamptz, held boolean, stubborn boolean);
CREATE TABLE foretold (job text, what text, name text, row_count bigint);

CREATE PROCEDURE prepare(job job) LANGUAGE plpgsql AS $$
DECLARE
    part shape;
    t CONSTANT text := job.name;
    type CONSTANT text := CASE WHEN job.shape IN ('timestamp', 'date') THEN job.shape ELSE 'timestamptz' END;
    made record;
BEGIN
    FOR part IN SELECT * FROM shape s WHERE s.name = job.shape ORDER BY s.place LOOP
        EXECUTE format('CREATE TABLE %I ', t || part.part)
            || CASE WHEN part.parent IS NULL
                THEN format('(id int, account int, at %s, keep boolean DEFAULT false, gone timestamptz)', type)
                ELSE format('PARTITION OF %I %s', t || part.parent, CASE WHEN part.bounds IS NULL THEN 'DEFAULT' ELSE 'FOR VALUES '
                    || replace(replace(replace(part.bounds, '@120', quote_literal(day(120))), '@60', quote_literal(day(60))),
                        '@-50', quote_literal(day(-50))) END) END
            || coalesce(' PARTITION BY ' || part.divided, '');
    END LOOP;
    FOR made IN SELECT row_number() OVER () AS id, a AS account, v AS at FROM generate_series(1, 3) a, unnest(ARRAY['-infinity',
            '2018-05-01', '2019-05-01', '2019-06-01', '2020-03-10', '2021-06-01', day(100), day(95), day(80), day(10), day(0), day(-100),
            'infinity',            NULL]::timestamptz[]) v WHERE a < 3 OR v BETWEEN '2019-01-01' AND day(95) LOOP
        BEGIN
            EXECUTE format('INSERT INTO %I VALUES (%s, %s, %L::timestamptz %s)', t, made.id, made.account, made.at,
                CASE WHEN type <> 'timestamptz' THEN 'AT TIME ZONE ''UTC''' END);
        EXCEPTION WHEN check_violation THEN NULL;  -- no partition takes it
        END;
    END LOOP;
    EXECUTE format('CREATE INDEX ON %I (at)', t);
    IF job.mode = 'archive' THEN
        EXECUTE format('CREATE TABLE %I (LIKE %I)', t || '_kept', t);
    END IF;
    IF job.keeper = 'column' THEN
        EXECUTE format('UPDATE %I SET keep = true WHERE id %% 4 = 0 AND account = 1', t);
    ELSIF job.keeper = 'trigger' THEN
        EXECUTE format('CREATE TRIGGER stubborn BEFORE DELETE ON %I FOR EACH ROW WHEN (OLD.account = 2 AND OLD.id %% 2 = 0) '
            'EXECUTE FUNCTION stubborn()', t);
    END IF;
    PERFORM primecloud.retain(t::regclass, 'at', '90 days', job.mode, tenant_column => 'account', id_column => 'id', hold_column =>
        CASE job.keeper WHEN 'column' THEN 'keep' END, soft_delete_column => CASE job.mode WHEN 'soft_delete' THEN 'gone' END,
        archive => CASE job.mode WHEN 'archive' THEN (t || '_kept')::regclass END);
    CASE job.keeper
        WHEN 'row' THEN PERFORM primecloud.place_hold(t::regclass, 'a test', row_id => i::text) FROM unnest('{2,3,19}'::int[]) i;
        WHEN 'tenant' THEN PERFORM primecloud.place_hold(t::regclass, 'a test', tenant => '2');
        WHEN 'whole' THEN PERFORM primecloud.place_hold(t::regclass, 'a test');
        WHEN 'longer' THEN PERFORM primecloud.retain_tenant(t::regclass, '2', '2500 days');
        WHEN 'ever' THEN PERFORM primecloud.retain_tenant(t::regclass, '2', NULL);
        WHEN 'shorter' THEN PERFORM primecloud.retain_tenant(t::regclass, '2', '5 days');
        ELSE NULL;
    END CASE;
    EXECUTE format('INSERT INTO before SELECT %1$L, x.id, substr(x.part, length(%1$L) + 1), x.t, CASE WHEN x.account = 2 THEN %2$s '
        'ELSE x.t + interval ''90 days'' END, %3$s, %4$s FROM (SELECT *, tableoid::regclass::text AS part, %5$s AS t FROM %1$I) x', t,
        CASE job.keeper WHEN 'longer' THEN 'x.t + interval ''2500 days''' WHEN 'ever' THEN '''infinity''::timestamptz'
            WHEN 'shorter' THEN 'x.t + interval ''5 days''' ELSE 'x.t + interval ''90 days''' END,
        CASE job.keeper WHEN 'row' THEN 'x.id IN (2, 3, 19)' WHEN 'tenant' THEN 'x.account = 2' WHEN 'whole' THEN 'true'
            WHEN 'column' THEN 'x.keep' ELSE 'false' END,
        CASE job.keeper WHEN 'trigger' THEN 'x.account = 2 AND x.id % 2 = 0' ELSE 'false' END,
        CASE type WHEN 'timestamptz' THEN 'at' ELSE '(at::timestamp AT TIME ZONE ''UTC'')' END);
    INSERT INTO foretold SELECT t, p.what, p.name, p.row_count FROM primecloud.expire_preview(t::regclass) p
        WHERE p.what IN ('expires', 'held', 'stays', 'error', 'tenant');
END $$;
SELECT format('CALL prepare(%L)', job) FROM job \gexec
CALL primecloud.expire_all(max_rate => 0);

-- What is left of what was due, and who keeps it.
CREATE TABLE after (job text, id int);
SELECT format('INSERT INTO after SELECT %1$L, id FROM %1$I WHERE gone IS NULL', name) FROM job \gexec
CREATE VIEW row_of AS
    SELECT k.*, NOT k.gone AND k.due AND NOT k.held AS remains,
        -- A trigger of rows is asked where they go one by one.
        k.stubborn AND NOT k.gone AND k.due AND NOT k.held
            AND (k.mode !~ 'partition' OR k.mode ~ 'drop' AND k.part ~ 'endless|within') AS vetoed
    FROM (SELECT j.*, b.id, b.part, b.at, b.due_at, b.stubborn, a.id IS NULL AS gone, r.run_instant,
        coalesce(b.due_at < r.run_instant, false) AS due,
        -- Of a partition that is taken whole or not at all, all that is due in it.
        b.held OR j.mode = 'detach_partition' AND b.part ~ 'over'
            AND bool_or(b.held) OVER (PARTITION BY j.name, substring(b.part FROM 'over\d')) AS held
        FROM job j JOIN before b ON b.job = j.name LEFT JOIN after a ON a.job = j.name AND a.id = b.id
        JOIN primecloud.job_progress r ON r.table_name = j.name) k;
CREATE VIEW sum_of AS
    SELECT r.name, r.mode, r.keeper, r.run_instant,
        count(*) FILTER (WHERE r.gone AND (r.held OR NOT r.due OR r.mode ~ 'partition' AND r.part ~ 'waits')) AS wrong,
        count(*) FILTER (WHERE r.gone) AS gone, count(*) FILTER (WHERE r.due AND r.held) AS held,
        count(*) FILTER (WHERE r.vetoed) AS vetoed,
        count(*) FILTER (WHERE r.remains AND NOT r.vetoed) AS waiting, min(r.due_at) FILTER (WHERE r.remains AND NOT r.vetoed) AS due_at,
        count(*) FILTER (WHERE r.remains AND r.mode = 'detach_partition' AND r.part ~ 'over|endless') AS for_ever,
        count(*) FILTER (WHERE r.remains AND NOT r.vetoed AND (r.mode !~ 'partition' OR r.mode ~ 'drop' AND r.part !~ 'waits'
            OR r.part ~ 'over' AND r.keeper NOT IN ('longer', 'ever'))) AS forgotten
    FROM row_of r GROUP BY r.name, r.mode, r.keeper, r.run_instant;
CREATE FUNCTION said(job text, what text) RETURNS bigint LANGUAGE sql AS
    $$ SELECT coalesce(sum(f.row_count), 0)::bigint FROM foretold f WHERE f.job = said.job AND f.what = said.what $$;
CREATE FUNCTION unlike(what text, said anyelement, counted anyelement) RETURNS text LANGUAGE sql AS
    $$ SELECT format('%s: %s, not %s', what, said, counted) WHERE said IS DISTINCT FROM counted $$;
SELECT is(concat_ws('; ', unlike('gone wrongly', 0::bigint, n.wrong), unlike('forgotten', 0::bigint, n.forgotten),
        unlike('foretold to go', said(n.name, 'expires'), n.gone + n.vetoed),
        unlike('by tenant', said(n.name, 'tenant'), n.gone + n.vetoed),
        unlike('foretold as held', said(n.name, 'held'), n.held), unlike('foretold to stay', said(n.name, 'stays'), n.waiting),
        unlike('errors', said(n.name, 'error'), 0::bigint),
        unlike('held', s.rows_held, n.held), unlike('vetoed', s.rows_vetoed, n.vetoed), unlike('state', s.last_state, 'finished'),
        unlike('watermark', s.watermark, least(n.run_instant, n.due_at) - interval '90 days'),
        unlike('behind', date_trunc('minute', s.behind), date_trunc('minute', now() - greatest(least(n.run_instant, n.due_at),
            (timestamp '4714-11-24 BC' AT TIME ZONE 'UTC') + interval '90 days'))),
        unlike('attention', s.attention IS NOT NULL, n.for_ever > 0 OR n.vetoed > 0)), '', n.name)
    FROM sum_of n JOIN primecloud.retention_status s ON s.table_name = n.name ORDER BY n.name;
SELECT is((SELECT count(*) FROM sum_of), (SELECT count(*) FROM job), 'no case is missing');
SELECT cmp_ok((SELECT min(n) FROM (SELECT count(*) AS n FROM foretold GROUP BY what) f), '>', 15::bigint,
    'every line of the preview is met');
SELECT * FROM finish();
