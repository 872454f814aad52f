-- Distributes what is protected by now, one table a transaction, and says of each whether it could: test/citus/pgtap reads that.
-- Its keys are made to begin with the tenant, as docs/scale.md wants them.  Whoever works on other servers logs in there: a role
-- of the test that cannot log in can from here on.
SELECT pg_catalog.format('ALTER ROLE %I LOGIN', rolname) FROM pg_catalog.pg_roles
WHERE NOT rolcanlogin AND rolname !~ '^pg_' AND (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user)
\gexec
SELECT DISTINCT pg_catalog.format('GRANT CREATE, USAGE ON SCHEMA %s TO %s', c.relnamespace::pg_catalog.regnamespace,
    c.relowner::pg_catalog.regrole) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_policy p ON p.polrelid = c.oid
WHERE p.polname = 'primecloud_floor' AND (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user)
    AND NOT pg_catalog.has_schema_privilege(c.relowner, c.relnamespace, 'CREATE')
\gexec
SELECT pg_catalog.format($format$
DO $spread$
DECLARE
    rel pg_catalog.regclass := %s;
    key record;
    tenant text := primecloud.tenant_column(%1$s);
BEGIN
    PERFORM pg_catalog.set_config('client_min_messages', 'warning', true), pg_catalog.set_config('lock_timeout', '5s', true),
        pg_catalog.set_config('search_path', 'pg_catalog', true);
    FOR key IN SELECT conname FROM pg_catalog.pg_constraint WHERE conrelid = rel AND contype = 'f' AND conparentid = 0 LOOP
        BEGIN
            PERFORM primecloud.protect_fk(rel, key.conname);
        EXCEPTION WHEN OTHERS THEN NULL;
        END;
    END LOOP;
    FOR key IN SELECT k.conname, pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY u.n) AS columns
            FROM pg_catalog.pg_constraint k, pg_catalog.unnest(k.conkey) WITH ORDINALITY AS u(attnum, n), pg_catalog.pg_attribute a
            WHERE k.conrelid = rel AND k.contype = 'p' AND a.attrelid = rel AND a.attnum = u.attnum GROUP BY k.conname
            HAVING tenant <> ALL (pg_catalog.array_agg(a.attname::text)) LOOP
        BEGIN
            EXECUTE pg_catalog.format('ALTER TABLE %%s DROP CONSTRAINT %%I, ADD CONSTRAINT %%2$I PRIMARY KEY (%%I, %%s)', rel, key.conname,
                tenant, key.columns);
        EXCEPTION WHEN OTHERS THEN NULL;
        END;
    END LOOP;
    PERFORM primecloud.distribute_table(rel);
    RAISE WARNING 'spread: %%: done', rel;
EXCEPTION WHEN OTHERS THEN
    PERFORM pg_catalog.set_config('client_min_messages', 'warning', true);
    PERFORM pg_catalog.set_config('spread.refused', pg_catalog.concat_ws(' ', pg_catalog.current_setting('spread.refused', true),
        rel::pg_catalog.oid), false);
    RAISE WARNING 'spread: %%: not: %% %%', rel, SQLSTATE, SQLERRM;
END $spread$ $format$, pg_catalog.quote_literal(c.oid) || '::pg_catalog.regclass')
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_policy p ON p.polrelid = c.oid AND p.polname = 'primecloud_floor'
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND NOT primecloud_internal.is_distributed(c.oid)
    AND c.oid::text <> ALL (pg_catalog.string_to_array(coalesce(pg_catalog.current_setting('spread.refused', true), ''), ' '))
    AND c.relname !~ '_\d{6,}$'
    AND (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user)
ORDER BY c.oid
\gexec
