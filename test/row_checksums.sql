-- Every table of the database with the number and a checksum of its rows, whatever
-- their order; every sequence with where it stands.  Left out: what each installation
-- of the extension makes for itself (see sql/page/cursor.sql, sql/audit.sql), and where a run of retention
-- stands and which objects registrations mean: blocks, row addresses and oids mean nothing in another database.
\pset format unaligned
\pset tuples_only on
SELECT format('SELECT %L, count(*), md5(string_agg(t::text, E''\n'' ORDER BY t::text COLLATE "C")) FROM %s t', oid::regclass, oid::regclass)
FROM pg_class WHERE oid >= 16384 AND relkind IN ('r', 'm')
    AND oid <> ALL ('{primecloud.cursor_key,primecloud_internal.audit_key,primecloud_internal.retention_position,'
        'primecloud_internal.retention_worklist,primecloud_internal.known_table,primecloud_internal.known_column}'::regclass[])
ORDER BY oid::regclass::text \gexec
SELECT format('SELECT %L, last_value, is_called FROM %s', oid::regclass, oid::regclass) FROM pg_class WHERE oid >= 16384 AND relkind = 'S'
    ORDER BY oid::regclass::text \gexec
