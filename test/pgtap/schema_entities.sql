-- What belongs to an entity stands in its files and nowhere else: its tables with all
-- that hangs on them, its reads, its commands, and who may do what with each.
SET client_min_messages = warning;
SELECT no_plan();
SELECT primecloud.create_schema('cloud', register => false) > 0 AS made;
CREATE TEMP TABLE made AS SELECT * FROM primecloud_internal.schema_statements();
SELECT cmp_ok((SELECT count(DISTINCT entity) FROM made), '>', 20::bigint, 'there are entities');
SELECT set_eq('SELECT DISTINCT kind FROM made', ARRAY['table', 'index', 'type', 'view', 'function', 'policy', 'rows', 'protection',
    'comment'], 'and statements of each kind');

-- each object of the schema is made by one statement, and each statement makes one
CREATE TEMP VIEW objects AS
    SELECT CASE c.relkind WHEN 'r' THEN 'table' WHEN 'v' THEN 'view' WHEN 'c' THEN 'type' END AS kind, c.relname::text AS name, c.oid
        FROM pg_class c
    WHERE c.relnamespace = 'cloud'::regnamespace AND c.relkind IN ('r', 'v', 'c') AND c.relname NOT IN ('schema_version', 'schema_parts')
    UNION ALL SELECT 'function', p.proname, p.oid FROM pg_proc p WHERE p.pronamespace = 'cloud'::regnamespace
    UNION ALL SELECT 'index', c.relname, c.oid FROM pg_class c WHERE c.relnamespace = 'cloud'::regnamespace AND c.relkind = 'i'
        AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = c.oid);
SELECT is_empty($$(SELECT kind, name FROM objects EXCEPT SELECT kind, name FROM made)
    UNION ALL (SELECT kind, name FROM made WHERE kind IN ('table', 'view', 'type', 'function', 'index') EXCEPT SELECT kind, name
    FROM objects)$$,
    'what is made is what the files say');
SELECT is_empty($$SELECT kind, name FROM made WHERE kind NOT IN ('comment', 'protection', 'rows') GROUP BY 1, 2 HAVING count(*) > 1$$,
    'each once');

-- a table's file has its indexes, its protection, its rows, its columns' comments, and the grants on it
CREATE TEMP VIEW homes AS SELECT kind, name, entity, file FROM made WHERE kind IN ('table', 'view', 'type', 'function');
SELECT is_empty($$SELECT m.name, m.entity, m.file FROM made m JOIN pg_class i ON i.relname = m.name
    AND i.relnamespace = 'cloud'::regnamespace JOIN pg_index x ON x.indexrelid = i.oid
    JOIN homes h ON h.kind = 'table' AND h.name = (SELECT relname FROM pg_class WHERE oid = x.indrelid) WHERE m.kind = 'index'
        AND (m.entity, m.file) <> (h.entity, h.file)$$, 'an index stands with its table');
SELECT is_empty($$SELECT m.name, m.entity, m.file FROM made m WHERE m.kind IN ('protection', 'rows')
    AND NOT EXISTS (SELECT FROM homes h WHERE h.kind = 'table' AND h.name = m.name AND (h.entity, h.file) = (m.entity, m.file))$$,
        'so do its protection and its rows');
SELECT is_empty($$SELECT m.name, m.entity FROM made m WHERE m.kind = 'policy' AND NOT EXISTS (SELECT FROM homes h WHERE h.kind = 'table'
    AND h.name = split_part(m.name, '.', 1) AND h.entity = m.entity)$$,
    'a policy that calls functions is of its table''s entity');
SELECT is_empty($$SELECT m.name, m.entity, m.file FROM made m WHERE m.kind = 'comment'
    AND NOT EXISTS (SELECT FROM homes h WHERE h.name = split_part(split_part(m.name, ' ', 2), '.', 1)
        AND (h.entity, h.file) = (m.entity, m.file))$$, 'a comment stands with what it describes');
SELECT is_empty($$SELECT t.name FROM objects t WHERE t.kind = 'table' AND NOT EXISTS (SELECT FROM made p WHERE p.kind = 'protection'
    AND p.name = t.name)
    AND t.name NOT IN ('schema_roles', 'users', 'retention_periods', 'invoice_counters')$$,
        'each table of accounts is protected where it is made');

-- who may call a function stands beside it; who may read a table, behind it
SELECT is_empty($$SELECT g.access, g.object, g.entity, g.file FROM primecloud_internal.schema_grants() g
    WHERE NOT EXISTS (SELECT FROM homes h WHERE h.name = g.object AND (h.entity, h.file) = (g.entity, g.file)
        AND (h.kind = 'function') = (g.privilege IN ('EXECUTE', 'OWNER')))$$, 'a grant stands in the file of its object');
SELECT is_empty($$SELECT access, privilege, object FROM primecloud_internal.schema_grants() GROUP BY 1, 2, 3 HAVING count(*) > 1$$,
    'none twice');
-- what nobody is let to call is called by the schema's own functions
SELECT is_empty($$SELECT f.name FROM objects f WHERE f.kind = 'function' AND NOT EXISTS (SELECT FROM primecloud_internal.schema_grants() g
    WHERE g.object = f.name)
    AND NOT EXISTS (SELECT FROM made m WHERE m.kind IN ('function', 'policy') AND m.name <> f.name
        AND m.statement ~ ('@schema@\.' || f.name || '\('))
    AND f.name <> 'load_demo'$$, 'a function that nobody calls is none');

-- both ways of a list are one template's: named together in one line
SELECT is_empty($$SELECT f.name FROM made f WHERE f.kind = 'function' AND f.name ~ '_page(_by_[a-z]+)?$' AND f.name !~ '^platform_'
    AND NOT EXISTS (SELECT FROM made b WHERE b.kind = 'function' AND b.name = f.name || '_before'
        AND (b.entity, b.file) = (f.entity, f.file))$$, 'each list has its way back beside it');
SELECT finish();
