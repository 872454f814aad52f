-- review_change(): which statements are tried, and what is left of the rows after them.

-- What cannot be tried is said before anything is.
CREATE FUNCTION primecloud_internal.review_change_refuse(script text, schema name, pages bigint) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $$
DECLARE
    wrong record;
    size bigint := (SELECT coalesce(sum(pg_relation_size(c.oid)), 0) / 8192 FROM pg_class AS c JOIN pg_namespace AS n
        ON n.oid = c.relnamespace WHERE n.nspname = schema AND c.relkind IN ('r', 'm'));
BEGIN
    IF script IS NULL THEN
        RAISE null_value_not_allowed USING MESSAGE = 'the change is NULL', HINT = 'Pass the text of a migration.';
    END IF;
    SELECT s.* INTO wrong FROM primecloud_internal.review_change_statements(script) AS s WHERE s.action = 'refuse' ORDER BY s.number LIMIT
        1;
    IF FOUND THEN
        RAISE feature_not_supported USING MESSAGE = format('statement %s of the change, %s, is not tried: %s', wrong.number, wrong.tag,
            wrong.why), HINT = CASE WHEN starts_with(wrong.tag, '\') THEN 'Pass SQL alone: what the command reads or writes in its place.'
            ELSE 'Take it out of what is reviewed.' END;
    END IF;
    IF size > pages THEN
        RAISE program_limit_exceeded USING MESSAGE = format('schema "%s" has %s pages of rows, and the change is tried on %s at most',
            schema, size, pages), HINT =
                'It takes the locks and does the rewrites that it warns of: try it on a copy, or say pages => ... .';
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.review_change_refuse(text, name, bigint) IS 'refuses what review_change() does not try';

-- `apart`: it is the first of a transaction; `last`: the last; `with_value`: in its transaction a value was added to an enum, so the value
-- is of no use.  (Outside of BEGIN and COMMIT each statement is a transaction; here all are tried in one.)
CREATE FUNCTION primecloud_internal.review_change_steps(script text)
    RETURNS TABLE (number int, statement text, tag text, concurrent boolean, apart boolean, with_value boolean, last boolean)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 20
    SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $$
    WITH s AS MATERIALIZED (
        SELECT s.*, coalesce(lag(s.action) OVER w = 'skip', false) AS apart,
            count(*) FILTER (WHERE s.action = 'skip') OVER w AS unit,
            s.tag = 'ALTER TYPE' AND primecloud_internal.review_way(s.statement, false) = 'value' AS adds
        FROM primecloud_internal.review_change_statements(script) AS s WINDOW w AS (ORDER BY s.number)),
    -- What stands between a BEGIN and the end of it.
    block AS MATERIALIZED (
        SELECT s.unit FROM s GROUP BY s.unit HAVING bool_or(s.action = 'skip' AND s.tag IN ('BEGIN', 'START TRANSACTION')))
    SELECT s.number, s.statement, s.tag, s.concurrent, s.apart OR s.unit NOT IN (SELECT b.unit FROM block AS b),
        s.unit IN (SELECT b.unit FROM block AS b) AND EXISTS (SELECT FROM s AS o WHERE o.unit = s.unit AND o.number < s.number AND o.adds),
        s.unit NOT IN (SELECT b.unit FROM block AS b)
            OR NOT EXISTS (SELECT FROM s AS o WHERE o.unit = s.unit AND o.number > s.number AND o.action = 'run')
    FROM s WHERE s.action = 'run'
$$;
COMMENT ON FUNCTION primecloud_internal.review_change_steps(text) IS 'the statements of a script that review_change() tries';

-- What a COMMIT asks last is asked where a transaction of the script ends, and is put off again for the next one.
CREATE FUNCTION primecloud_internal.review_put_off() RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    names text := (SELECT string_agg(DISTINCT format('%I.%I', n.nspname, k.conname), ', ') FROM pg_constraint AS k
        JOIN pg_namespace AS n ON n.oid = k.connamespace WHERE k.condeferred AND k.conparentid = 0);
BEGIN
    IF names IS NOT NULL THEN
        EXECUTE format('SET CONSTRAINTS %s DEFERRED', names);
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.review_put_off() IS 'puts constraints off that are INITIALLY DEFERRED, after they were asked';

CREATE FUNCTION primecloud_internal.review_is_empty(rel oid) RETURNS boolean
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_review_is_empty';
COMMENT ON FUNCTION primecloud_internal.review_is_empty(oid)
    IS 'whether a table of the caller''s own has no row, whatever policies show him';

-- A table of which every part is empty is named, and not its parts.
CREATE FUNCTION primecloud_internal.review_emptied(touched oid[]) RETURNS oid[]
    LANGUAGE sql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH gone AS MATERIALIZED (SELECT k FROM unnest(touched) AS k WHERE primecloud_internal.review_is_empty(k)),
    above AS MATERIALIZED (
        SELECT g.k, a.relid::oid AS rel FROM gone AS g CROSS JOIN LATERAL pg_partition_ancestors(g.k) AS a WHERE a.relid <> g.k),
    whole AS MATERIALIZED (
        SELECT d.rel FROM (SELECT DISTINCT a.rel FROM above AS a) AS d
        WHERE NOT EXISTS (SELECT FROM pg_partition_tree(d.rel) AS p WHERE p.isleaf AND NOT primecloud_internal.review_is_empty(p.relid)))
    SELECT coalesce(array_agg(x.k), '{}') FROM (SELECT g.k FROM gone AS g UNION SELECT w.rel FROM whole AS w) AS x
    WHERE NOT EXISTS (SELECT FROM pg_partition_ancestors(x.k) AS a JOIN whole AS w ON w.rel = a.relid WHERE a.relid <> x.k)
$$;
COMMENT ON FUNCTION primecloud_internal.review_emptied(oid[])
    IS 'which of these tables, or of those that they are parts of, have no row left';
