-- Every object of the extension says what it is for.
BEGIN;
SELECT plan(1);
SELECT is_empty($$
    SELECT pg_describe_object(d.classid, d.objid, 0) FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
    WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' AND e.extname = 'primecloud'
      AND d.classid IN ('pg_proc'::regclass, 'pg_class'::regclass, 'pg_type'::regclass, 'pg_event_trigger'::regclass)
      -- A table's row type and a type's array are its own.
      AND NOT EXISTS (SELECT FROM pg_type t WHERE d.classid = 'pg_type'::regclass AND t.oid = d.objid
          AND (t.typrelid <> 0 OR t.typelem <> 0))
      AND obj_description(d.objid, d.classid::regclass::name) IS NULL$$,
    'every function, relation, type and event trigger has a comment');
SELECT * FROM finish();
ROLLBACK;
