-- A whole database, described fully and without oids, in order: what two databases
-- must have in common for one to be a restored dump of the other.  Like
-- fingerprint.sql, which describes what the extension owns in more depth.
--
-- A constraint or a function that a migration makes must read the same after a restore, or
-- check_schema would call it drift: write `a >= 0 AND a <= 9 AND b BETWEEN ...` where
-- `a BETWEEN ... AND b BETWEEN ...` would nest.
\pset format unaligned
\pset tuples_only on
SET search_path = pg_catalog;

-- An ACL as a set: a grant that says what the default says already is none.
CREATE FUNCTION pg_temp.acl(kind "char", owner oid, acl aclitem[]) RETURNS text LANGUAGE sql
AS $$ SELECT string_agg(a::text, ',' ORDER BY a::text) FROM unnest(coalesce(acl, acldefault(kind, owner))) AS a $$;

-- tables, views, sequences, composite types: columns, options, what stands on them
SELECT 'relation', oid::regclass, relkind, relpersistence, relrowsecurity, relforcerowsecurity, relreplident, relispartition,
       pg_get_expr(relpartbound, oid), pg_get_partkeydef(oid), reloptions, relowner::regrole,
           pg_temp.acl((CASE relkind WHEN 'S' THEN 's' ELSE 'r' END)::"char", relowner, relacl),
       CASE WHEN relkind IN ('v', 'm') THEN pg_get_viewdef(oid) END
FROM pg_class WHERE oid >= 16384 AND relkind NOT IN ('i', 'I', 't') ORDER BY oid::regclass::text;
SELECT 'column', attrelid::regclass, row_number() OVER (PARTITION BY attrelid ORDER BY attnum), attname, format_type(atttypid, atttypmod),
    attnotnull, attidentity, attgenerated,
       attstorage, attcompression, attstattarget, attcollation::regcollation, attacl, pg_get_expr(adbin, adrelid)
FROM pg_attribute LEFT JOIN pg_attrdef ON (adrelid, adnum) = (attrelid, attnum)
WHERE attrelid >= 16384 AND attnum > 0 AND NOT attisdropped AND attrelid IN (SELECT oid FROM pg_class WHERE relkind NOT IN ('i', 'I', 't'))
    ORDER BY attrelid::regclass::text, attnum;
SELECT 'constraint', conrelid::regclass, contypid::regtype, conname, convalidated, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE oid >= 16384 ORDER BY conrelid::regclass::text, contypid::regtype::text, conname;
SELECT 'index', pg_get_indexdef(indexrelid), indisprimary, indisvalid, indisclustered, indisreplident FROM pg_index WHERE indrelid >= 16384
    AND indrelid IN (SELECT oid FROM pg_class WHERE relkind <> 't') ORDER BY 2;
SELECT 'policy', polrelid::regclass, polname, polcmd, polpermissive, polroles::regrole[], pg_get_expr(polqual, polrelid),
    pg_get_expr(polwithcheck, polrelid) FROM pg_policy ORDER BY polrelid::regclass::text, polname;
SELECT 'trigger', pg_get_triggerdef(oid), tgenabled FROM pg_trigger WHERE NOT tgisinternal ORDER BY 2;
SELECT 'rule', pg_get_ruledef(oid) FROM pg_rewrite WHERE oid >= 16384 ORDER BY 2;
SELECT 'statistics', pg_get_statisticsobjdef(oid) FROM pg_statistic_ext ORDER BY 2;
SELECT 'sequence', seqrelid::regclass, seqtypid::regtype, seqstart, seqincrement, seqmax, seqmin, seqcache, seqcycle FROM pg_sequence
    ORDER BY seqrelid::regclass::text;
SELECT 'parent', inhrelid::regclass, inhparent::regclass, inhseqno FROM pg_inherits ORDER BY inhrelid::regclass::text;

-- functions and types
SELECT 'function', oid::regprocedure, proowner::regrole, pg_temp.acl('f', proowner, proacl),
    CASE WHEN prokind IN ('f', 'p') THEN pg_get_functiondef(oid) END FROM pg_proc WHERE oid >= 16384 AND pronamespace <> pg_my_temp_schema()
    ORDER BY oid::regprocedure::text;
SELECT 'type', oid::regtype, typtype, typnotnull, typdefault, typbasetype::regtype, typowner::regrole, pg_temp.acl('T', typowner, typacl),
       (SELECT string_agg(enumlabel, ',' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid)
FROM pg_type t WHERE oid >= 16384 AND typrelid NOT IN (SELECT oid FROM pg_class WHERE relkind = 't') ORDER BY oid::regtype::text;

-- the database as a whole
SELECT 'schema', nspname, nspowner::regrole, pg_temp.acl('n', nspowner, nspacl) FROM pg_namespace WHERE nspname !~ '^pg_(toast|temp)'
    ORDER BY 2;
SELECT 'extension', extname, extversion, extnamespace::regnamespace, ARRAY(SELECT unnest(extconfig)::regclass::text ORDER BY 1)
    FROM pg_extension ORDER BY 2;
SELECT 'event trigger', evtname, evtevent, evtowner::regrole, evtfoid::regproc, evtenabled, evttags FROM pg_event_trigger ORDER BY 2;
SELECT 'default privileges', defaclrole::regrole, defaclnamespace::regnamespace, defaclobjtype, defaclacl FROM pg_default_acl
    ORDER BY defaclrole::regrole::text, defaclnamespace::regnamespace::text, defaclobjtype;
SELECT 'member', e.extname, o.type, o.identity FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid,
    pg_identify_object(classid, objid, objsubid) AS o
WHERE d.deptype = 'e' AND d.refclassid = 'pg_extension'::regclass ORDER BY 2, 3, 4;
SELECT 'comment', o.type, o.identity, description FROM pg_description d, pg_identify_object(classoid, objoid, objsubid) AS o
    WHERE objoid >= 16384 ORDER BY 2, 3;
