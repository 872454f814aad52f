-- SQL and C++ agree on every function: result, arguments, and whether NULL may
-- come in.  Nothing else would notice until memory is misread.
BEGIN;
SELECT plan(4);
CREATE FUNCTION signatures(OUT symbol text, OUT returns text, OUT arguments text, OUT strict boolean)
    RETURNS SETOF record LANGUAGE c AS '$libdir/primecloud', 'primecloud_signatures';

CREATE VIEW declared AS
SELECT p.prosrc::text AS symbol,
       CASE WHEN p.proretset OR t.typtype = 'c' OR p.prorettype = 'record'::regtype THEN 'record'
            ELSE format_type(p.prorettype, NULL) END AS returns,
       coalesce((SELECT string_agg(format_type(a.type, NULL), ', ' ORDER BY a.n)
                 FROM unnest(p.proargtypes) WITH ORDINALITY AS a(type, n)), '') AS arguments,
       p.proisstrict OR p.pronargs = 0 AS strict
FROM pg_proc p JOIN pg_type t ON t.oid = p.prorettype
JOIN pg_language l ON l.oid = p.prolang
WHERE p.probin = '$libdir/primecloud' AND l.lanname = 'c'
  -- a door has the arguments of the function that it opens
  AND p.prosrc <> 'primecloud_door'
  -- and this the columns of the query that it is given
  AND p.prosrc <> 'primecloud_read_as_owner'
  -- a place in a table has no type in C++
  AND p.prosrc <> 'primecloud_row_holders'
  -- and a comment is measured before it is unpacked
  AND p.prosrc <> 'primecloud_read_note'
  -- what is given is read by hand, so that a bad one is an answer and no error, or a set is made
  AND p.prosrc NOT IN ('primecloud_sealed_in', 'primecloud_review_change_statements', 'primecloud_review_own_rows',
    'primecloud_owners_rows')
  -- what the server alone can call has no SQL type to compare
  AND NOT p.prorettype = ANY ('{internal,trigger,event_trigger}'::regtype[])
  AND NOT 'internal'::regtype = ANY (p.proargtypes::oid[]);

SELECT is_empty(
    $$SELECT symbol, returns, arguments, strict FROM declared
      EXCEPT SELECT symbol, returns, arguments, strict FROM signatures()$$,
    'every declaration matches a C++ signature');
SELECT is_empty(
    $$SELECT symbol FROM signatures() EXCEPT SELECT symbol FROM declared$$,
    'every C++ function is declared');

CREATE VIEW door AS
SELECT p.oid::regprocedure AS door, b.oid::regprocedure AS behind, p.prorettype = b.prorettype AND p.proowner = b.proowner
    AND NOT b.proisstrict AS fits,
       'search_path=pg_catalog, pg_temp' = ANY (b.proconfig) AND NOT b.prosecdef AND NOT has_function_privilege('public', b.oid, 'EXECUTE')
           AS kept
FROM pg_proc p LEFT JOIN pg_proc b ON b.pronamespace IN (p.pronamespace, 'primecloud_internal'::regnamespace) AND b.proname = p.proname
    || '_as'
    AND b.proargtypes::oid[] = 'oid'::regtype::oid || p.proargtypes::oid[]
WHERE p.prosrc = 'primecloud_door' AND p.probin = '$libdir/primecloud';
SELECT is((SELECT count(*) FROM door WHERE fits), (SELECT count(*) FROM door),
    'every door opens a function of its name and arguments, of one owner');
SELECT is((SELECT count(*) FROM door WHERE kept), (SELECT nullif(count(*), 0) FROM door),
    'which nobody else may call, and which pins its search path');
SELECT * FROM finish();
ROLLBACK;
