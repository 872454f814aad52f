-- Eight calls a row, so that the calls are most of what is timed; the quickest of
-- all rounds, since whatever else the machine does only ever adds.
CREATE UNLOGGED TABLE numbers AS SELECT n::bigint AS n, 'text ' || n AS t FROM generate_series(1, 300000) AS n;
VACUUM ANALYZE numbers;
SET max_parallel_workers_per_gather = 0;
CREATE TEMP TABLE timing (round int, name text, milliseconds double precision);
CREATE PROCEDURE pg_temp.measure(rounds int) LANGUAGE plpgsql AS $$
DECLARE
    statement record;
    started timestamptz;
BEGIN
    FOR round IN 0..rounds LOOP
        FOR statement IN SELECT * FROM (VALUES
            ('scan', 'SELECT count(n) FROM numbers'),
            ('c add', 'SELECT count(probe.baseline_add(probe.baseline_add(probe.baseline_add(probe.baseline_add(
                 probe.baseline_add(probe.baseline_add(probe.baseline_add(
                 probe.baseline_add(n, 1), 1), 1), 1), 1), 1), 1), 1)) FROM numbers'),
            ('c++ add, noexcept', 'SELECT count(probe.add(probe.add(probe.add(probe.add(probe.add(probe.add(probe.add(probe.add(n, 1), 1), '
                '1), 1), 1), 1), 1), 1)) FROM numbers'),
            ('c++ add, may '
                'throw', 'SELECT count(probe.add_counts(probe.add_counts(probe.add_counts(probe.add_counts(
                 probe.add_counts(probe.add_counts(probe.add_counts(probe.add_counts(n, 1), 1), 1), 1), 1), 1), 1), 1)) FROM numbers'),
            ('text scan', 'SELECT count(t) FROM numbers'),
            ('c text length', 'SELECT count(probe.baseline_length(t) + probe.baseline_length(t) + probe.baseline_length(t) + '
                'probe.baseline_length(t) + probe.baseline_length(t) + probe.baseline_length(t) + probe.baseline_length(t) + '
                'probe.baseline_length(t)) FROM numbers'),
            ('c++ text length', 'SELECT count(probe.length(t) + probe.length(t) + probe.length(t) + probe.length(t) + probe.length(t) + '
                'probe.length(t) + probe.length(t) + probe.length(t)) FROM numbers')) AS s(name, query) ORDER BY random() LOOP
            started := clock_timestamp();
            EXECUTE statement.query;
            IF round > 0 THEN  -- the first round warms up
                INSERT INTO timing VALUES (round, statement.name, extract(epoch FROM clock_timestamp() - started) * 1000);
            END IF;
        END LOOP;
    END LOOP;
END $$;
CALL pg_temp.measure(31);
WITH typical AS (
    SELECT name, min(milliseconds) AS ms FROM timing GROUP BY name)
SELECT f.name AS function, round(f.ms::numeric, 1) AS "ms for 2.4 million calls", round((f.ms / b.ms)::numeric, 3) AS ratio,
       round(((f.ms - s.ms) / (b.ms - s.ms))::numeric, 2) AS "ratio less the scan", '<= 1.05' AS "target of ratio"
FROM (VALUES ('c++ add, noexcept', 'c add', 'scan'), ('c++ add, may throw', 'c add', 'scan'),
             ('c++ text length', 'c text length', 'text scan')) AS compared(name, baseline, empty)
JOIN typical f USING (name) JOIN typical b ON b.name = compared.baseline JOIN typical s ON s.name = compared.empty;
