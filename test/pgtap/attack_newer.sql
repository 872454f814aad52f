-- What later servers can do, against the same policies: MERGE that returns and that reaches rows its source has not,
-- transactions that end by the clock (17), rows as they were and are (18).  Earlier servers have nothing to try.
\set app attack_newer
\set app_owner attack_newer_owner
\ir support/attack.sql
SELECT no_plan();
SELECT current_setting('server_version_num')::int >= 170000 AS has_17, current_setting('server_version_num')::int >= 180000 AS has_18 \gset
-- Raises where it is shown a secret of the other tenant's, whose ids are odd.
SELECT $$CREATE FUNCTION pg_temp.peep(text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS 'BEGIN IF $1 ~ ''[13579]$'' THEN RAISE
    EXCEPTION ''seen: %'', $1; END IF; RETURN true; END'$$ AS peep \gset
SELECT pass('what PostgreSQL 17 and 18 have is tried there');
\if :has_17
INSERT INTO harness.attacks (name, usual, ours, statements, who) VALUES
('MERGE ... RETURNING gives its own rows', '5 0', '5 0',
    ARRAY['WITH m AS (MERGE INTO {t} AS a USING generate_series(1, 10) AS n ON id = n WHEN MATCHED THEN UPDATE SET secret = secret '
    'RETURNING a.account_id) SELECT count(*) || '' '' || count(*) FILTER (WHERE account_id <> 1) FROM m'], 'boss'),
('MERGE ... RETURNING of a foreign row', '0', '0',
    ARRAY['WITH m AS (MERGE INTO {t} AS a USING (VALUES (1)) AS s(n) ON id = n WHEN MATCHED THEN DELETE RETURNING merge_action(), '
    'a.secret) SELECT count(*) FROM m'], 'boss'),
('MERGE ... RETURNING of what it inserts for the other tenant', '42501', '42501',
    ARRAY['MERGE INTO {t} AS a USING (VALUES (100)) AS s(n) ON id = n WHEN NOT MATCHED THEN INSERT VALUES (n, 2, ''x'') RETURNING a.id'],
    'boss'),
('MERGE ... RETURNING that tells of a taken id', '23505', '23505',
    ARRAY['MERGE INTO {t} AS a USING (VALUES (1)) AS s(n) ON id = n WHEN NOT MATCHED THEN INSERT VALUES (n, 1, ''x'') RETURNING a.id'],
    'boss'),
('MERGE that deletes what its source has not', '5 0', '5 0',
    ARRAY['WITH m AS (MERGE INTO {t} AS a USING (VALUES (0)) AS s(n) ON id = n WHEN NOT MATCHED BY SOURCE THEN DELETE '
    'RETURNING a.account_id) SELECT count(*) || '' '' || count(*) FILTER (WHERE account_id <> 1) FROM m'], 'boss'),
('MERGE that moves what its source has not', '42501', '42501',
    ARRAY['MERGE INTO {t} USING (VALUES (0)) AS s(n) ON id = n WHEN NOT MATCHED BY SOURCE THEN UPDATE SET account_id = 2'], 'boss'),
('MERGE that fetches what its source has not', '0', '0',
    ARRAY['WITH m AS (MERGE INTO {t} AS a USING (VALUES (0)) AS s(n) ON id = n WHEN NOT MATCHED BY SOURCE AND a.account_id = 2 THEN '
    'UPDATE SET account_id = 1 RETURNING a.id) SELECT count(*) FROM m'], 'boss'),
('MERGE that looks at what its source has not', '5', '5', ARRAY[:'peep',
    'WITH m AS (MERGE INTO {t} AS a USING (VALUES (0)) AS s(n) ON id = n WHEN NOT MATCHED BY SOURCE AND pg_temp.peep(a.secret) THEN '
    'UPDATE SET secret = ''x'' RETURNING a.id) SELECT count(*) FROM m'], 'boss'),
('MERGE that joins by looking', '5', '5', ARRAY[:'peep',
    'WITH m AS (MERGE INTO {t} AS a USING (VALUES (0)) AS s(n) ON pg_temp.peep(a.secret) WHEN MATCHED THEN UPDATE SET secret = ''x'' '
    'RETURNING a.id) SELECT count(*) FROM m'], 'boss'),
('MERGE by a view of its own', '0', '0', ARRAY['CREATE TEMP VIEW mine AS SELECT * FROM {t}',
    'WITH m AS (MERGE INTO mine USING (VALUES (0)) AS s(n) ON id = n WHEN NOT MATCHED BY SOURCE AND account_id = 2 THEN DELETE '
    'RETURNING id) SELECT count(*) FROM m'], 'boss'),
('MAINTAIN is not its right', '42501', '42501', ARRAY['REINDEX TABLE {t}'], 'boss');
SELECT harness.run();
SELECT is(harness.attack('mallory',
    'MERGE INTO guarded USING (VALUES (0)) AS s(n) ON id = n WHEN NOT MATCHED BY SOURCE THEN DELETE'), '42501',
    'a developer takes nothing away by it');

-- The clock ends the connection, and the context with it; the server goes on.
SELECT matches(harness.over('app', 'BEGIN', harness.entering('boss'), 'SET LOCAL transaction_timeout = 1', 'SELECT pg_sleep(60)::text'),
    '^(25P04|08|XX000)', 'a transaction whose time is up');
SELECT is(harness.dblink_disconnect('app'), 'OK', '(the connection is gone)');
SELECT is(harness.connect('app'), 'connected', 'the next one');
SELECT is(harness.over('app', 'SELECT count(*) FROM guarded'), '42501', 'has entered nothing');
SELECT is(harness.attack('boss', 'SET LOCAL transaction_timeout = 60000', 'SELECT count(*) FROM guarded'), '5',
    'one in time is undisturbed');
\endif
\if :has_18
INSERT INTO harness.attacks (name, usual, ours, statements, who) VALUES
('OLD of a foreign row, by ON CONFLICT', '42501', '42501',
    ARRAY['INSERT INTO {t} VALUES (1, 1, ''x'') ON CONFLICT (id) DO UPDATE SET secret = ''x'' RETURNING old.secret'], 'boss'),
('OLD of foreign rows, by UPDATE', '0', '0',
    ARRAY['WITH u AS (UPDATE {t} SET secret = ''x'' RETURNING old.account_id AS a, old.secret) SELECT count(*) FROM u WHERE a = 2'],
    'boss'),
('NEW of a foreign row', '42501', '42501', ARRAY['UPDATE {t} SET account_id = 2 RETURNING new.secret'], 'boss'),
('OLD by MERGE', '0', '0',
    ARRAY['WITH m AS (MERGE INTO {t} AS a USING (VALUES (0)) AS s(n) ON id = n WHEN NOT MATCHED BY SOURCE AND a.account_id = 2 THEN DELETE '
    'RETURNING old.secret) SELECT count(*) FROM m'], 'boss');
SELECT harness.run();
\endif
SELECT * FROM finish();
\ir support/done.sql
