-- What a control plane is, in words that can be compared: read by test/citus/schema.sql and test/citus/suites/backup.
-- Rights, registrations, triggers, and every row.
CREATE FUNCTION tried.rights() RETURNS text LANGUAGE sql AS $$
    SELECT md5(string_agg(line, E'\n' ORDER BY line)) FROM (
        SELECT format('%s %s %s', c.relname, a.grantee::regrole, a.privilege_type) FROM pg_class c, aclexplode(c.relacl) a
            WHERE c.relnamespace = to_regnamespace('cloud') AND c.relkind IN ('r', 'v') AND a.grantee <> c.relowner
                AND NOT primecloud_internal.is_shard(c.oid)
        UNION ALL SELECT format('%s.%s %s %s', c.relname, t.attname, a.grantee::regrole, a.privilege_type)
            FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid, aclexplode(t.attacl) a
            WHERE c.relnamespace = to_regnamespace('cloud') AND c.relkind IN ('r', 'v') AND NOT primecloud_internal.is_shard(c.oid)
        UNION ALL SELECT format('%s %s %s %s', p.proname, p.proowner::regrole, a.grantee::regrole, a.privilege_type)
            FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a WHERE p.pronamespace = to_regnamespace('cloud')
        UNION ALL SELECT format('%s %s', t.tgrelid::regclass, t.tgname) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
            WHERE c.relnamespace = to_regnamespace('cloud') AND NOT t.tgisinternal
        UNION ALL SELECT format('%s %s', r.kind, r.object) FROM primecloud.registrations r) AS x(line) $$;
CREATE FUNCTION tried.rows() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    rel regclass;
    part text;
    all_of text := '';
BEGIN
    FOR rel IN SELECT c.oid FROM pg_class c WHERE c.relnamespace = to_regnamespace('cloud') AND c.relkind = 'r'
            AND NOT primecloud_internal.is_shard(c.oid) AND c.relname NOT IN ('claims', 'schema_parts', 'schema_version')
            ORDER BY c.relname LOOP
        EXECUTE format('SELECT count(*) || '' '' || coalesce(sum(hashtext(to_jsonb(t)::text)::numeric), 0) FROM %s t', rel) INTO part;
        all_of := all_of || rel || ' ' || part || E'\n';
    END LOOP;
    RETURN all_of;
END $$;
-- Of each server: what holds there, by the policies and keys of the tables and of their shards; and what is claimed.
CREATE FUNCTION tried.claims() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN (SELECT string_agg(concat_ws(' ', key, value, account_id), E'\n' ORDER BY key, value) FROM cloud.claims);
END $$;
CREATE FUNCTION tried.shape() RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(line, E'\n' ORDER BY line COLLATE "C") FROM (
        SELECT format('%s %s', c.oid::regclass, primecloud_internal.policies_text(c.oid)) FROM pg_class c
            WHERE c.relnamespace IN (to_regnamespace('cloud'), to_regnamespace('shop')) AND c.relkind = 'r'
                AND NOT primecloud_internal.is_shard(c.oid)
        UNION ALL SELECT format('%s %s %s', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid)) FROM pg_constraint k
            WHERE k.connamespace IN (to_regnamespace('cloud'), to_regnamespace('shop')) AND NOT primecloud_internal.is_shard(k.conrelid)
        UNION ALL SELECT format('%s', pg_get_indexdef(i.indexrelid)) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
            WHERE c.relnamespace IN (to_regnamespace('cloud'), to_regnamespace('shop')) AND NOT primecloud_internal.is_shard(c.oid)
        UNION ALL SELECT format('%s %s', p.oid::regprocedure, md5(p.prosrc)) FROM pg_proc p
            WHERE p.pronamespace = to_regnamespace('cloud')) AS x(line) $$;
