-- Distributes what is protected by now, one table a transaction, and says of each whether it could: test/citus/pgtap reads that.
-- (Asked before each assertion of a file: almost always there is nothing to do.)
SELECT current_user = session_user AND (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) AS spread_can \gset
\if :spread_can
\ir spread_roles.sql
SELECT pg_catalog.set_config('spread.pending', coalesce(pg_catalog.string_agg(c.oid::text, ' ' ORDER BY c.oid), ''),
    false) <> '' AS spread_now
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_policy p ON p.polrelid = c.oid AND p.polname = 'primecloud_floor'
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND NOT primecloud_internal.is_distributed(c.oid)
    AND c.oid::text <> ALL (pg_catalog.string_to_array(coalesce(pg_catalog.current_setting('spread.refused', true), ''), ' '))
    AND c.relname !~ '_\d{6,}$'
    -- (A control plane goes as a whole: test/citus/distribute.sql.)
    AND pg_catalog.to_regclass(pg_catalog.format('%s.schema_version', c.relnamespace::pg_catalog.regnamespace)) IS NULL \gset
\if :spread_now
-- Its owner makes its shards.
SELECT DISTINCT pg_catalog.format('GRANT CREATE, USAGE ON SCHEMA %s TO %s', c.relnamespace::pg_catalog.regnamespace,
    c.relowner::pg_catalog.regrole) FROM pg_catalog.pg_class c
WHERE c.oid::text = ANY (pg_catalog.string_to_array(pg_catalog.current_setting('spread.pending'), ' '))
    AND NOT pg_catalog.has_schema_privilege(c.relowner, c.relnamespace, 'CREATE')
\gexec
-- (Whose a view is that reads as its caller is nothing to anybody, and Citus wants it to be the owner's of the table.)
SELECT DISTINCT pg_catalog.format('ALTER VIEW %s OWNER TO %s', v.oid::pg_catalog.regclass, c.relowner::pg_catalog.regrole)
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_depend d ON d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = c.oid
    AND d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid
    JOIN pg_catalog.pg_class v ON v.oid = r.ev_class AND v.relkind = 'v' AND v.relowner <> c.relowner
WHERE c.oid::text = ANY (pg_catalog.string_to_array(pg_catalog.current_setting('spread.pending'), ' '))
    AND v.reloptions @> '{security_invoker=true}'
\gexec
-- Its keys are made to begin with the tenant, as docs/scale.md wants them: foreign keys first.
SELECT pg_catalog.format('DO $spread$ BEGIN SET LOCAL client_min_messages = warning; SET LOCAL lock_timeout = ''2s''; '
    'PERFORM primecloud.protect_fk(%L::pg_catalog.oid::pg_catalog.regclass, %L); '
    'EXCEPTION WHEN OTHERS THEN RAISE WARNING ''kept: %s %%'', SQLERRM; END $spread$', k.conrelid, k.conname, k.conname)
FROM pg_catalog.pg_constraint k WHERE k.contype = 'f' AND k.conparentid = 0
    AND k.conrelid::text = ANY (pg_catalog.string_to_array(pg_catalog.current_setting('spread.pending'), ' '))
    AND EXISTS (SELECT FROM pg_catalog.pg_policy p WHERE p.polrelid = k.confrelid AND p.polname = 'primecloud_floor')
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey)
        AND a.attname = primecloud.tenant_column(k.conrelid))
\gexec
SELECT pg_catalog.format('DO $spread$ BEGIN SET LOCAL client_min_messages = warning; SET LOCAL lock_timeout = ''2s''; '
    'SET LOCAL primecloud.guard = off; ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %2$I %s; '
    'EXCEPTION WHEN OTHERS THEN RAISE WARNING ''kept: %2$s %%'', SQLERRM; END $spread$', k.conrelid::pg_catalog.regclass, k.conname,
    pg_catalog.regexp_replace(pg_catalog.pg_get_constraintdef(k.oid),
        ' ON UPDATE (CASCADE|SET NULL|SET DEFAULT)| ON DELETE SET (NULL|DEFAULT)( \([^)]*\))?', '', 'g'))
FROM pg_catalog.pg_constraint k WHERE k.contype = 'f' AND k.conparentid = 0 AND (k.confupdtype <> 'a' OR k.confdeltype IN ('n', 'd'))
    AND EXISTS (SELECT FROM pg_catalog.pg_policy p WHERE p.polrelid = k.confrelid AND p.polname = 'primecloud_floor')
    AND k.conrelid::text = ANY (pg_catalog.string_to_array(pg_catalog.current_setting('spread.pending'), ' '))
\gexec
SELECT pg_catalog.format('DO $spread$ BEGIN SET LOCAL client_min_messages = warning; SET LOCAL lock_timeout = ''2s''; %s; '
    'EXCEPTION WHEN OTHERS THEN RAISE WARNING ''kept: %s %%'', SQLERRM; END $spread$', CASE k.contype WHEN 'p' THEN
        pg_catalog.format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %2$I PRIMARY KEY (%I, %s)', k.conrelid::pg_catalog.regclass,
            k.conname, primecloud.tenant_column(k.conrelid), pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY u.n))
        ELSE pg_catalog.format('PERFORM primecloud.protect_unique(%L::pg_catalog.oid::pg_catalog.regclass, %L)', k.conrelid, k.conname) END,
    k.conname)
FROM pg_catalog.pg_constraint k, pg_catalog.unnest(k.conkey) WITH ORDINALITY AS u(attnum, n), pg_catalog.pg_attribute a
WHERE k.contype IN ('p', 'u') AND k.conparentid = 0 AND a.attrelid = k.conrelid AND a.attnum = u.attnum
    AND k.conrelid::text = ANY (pg_catalog.string_to_array(pg_catalog.current_setting('spread.pending'), ' '))
GROUP BY k.oid, k.conrelid, k.conname, k.contype HAVING primecloud.tenant_column(k.conrelid) <> ALL (pg_catalog.array_agg(a.attname))
\gexec
SELECT pg_catalog.format($format$
DO $spread$
DECLARE
    rel pg_catalog.regclass := %L::pg_catalog.oid;
BEGIN
    PERFORM pg_catalog.set_config('client_min_messages', 'warning', true), pg_catalog.set_config('lock_timeout', '2s', true);
    PERFORM primecloud.distribute_table(rel);
    RAISE WARNING 'spread: %%: done', rel;
EXCEPTION WHEN OTHERS THEN
    PERFORM pg_catalog.set_config('client_min_messages', 'warning', true);
    PERFORM pg_catalog.set_config('spread.refused', pg_catalog.concat_ws(' ', pg_catalog.current_setting('spread.refused', true),
        rel::pg_catalog.oid), false);
    RAISE WARNING 'spread: %%: not: %% %%', rel, SQLSTATE, SQLERRM;
END $spread$ $format$, rel) FROM pg_catalog.unnest(pg_catalog.string_to_array(pg_catalog.current_setting('spread.pending'), ' ')) AS rel
\gexec
\endif
\endif
