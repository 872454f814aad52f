-- review_change(): what a statement is for, what review() finds after a migration and not before, and which policy lets through more.

-- What a statement that reads every row does it for, since that decides how it is done without.  Only the first of a transaction
-- validates beside those who write: after another it has that one's locks.
CREATE FUNCTION primecloud_internal.review_way(ddl text, apart boolean) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $$
    SELECT CASE WHEN ddl ~* '\mVALIDATE\s+CONSTRAINT\M' AND ddl !~* '(\mSET|\mALTER\s+COLUMN|\mADD)\M'
            THEN CASE WHEN apart THEN 'validate' END
        WHEN ddl ~* '\mEXCLUDE\M' THEN 'exclude' WHEN ddl ~* '\m(UNIQUE|PRIMARY\s+KEY)\M' THEN 'unique'
        WHEN ddl ~* '\mATTACH\s+PARTITION\M' THEN 'attach' WHEN ddl ~* '\mREFERENCES\M' THEN 'references'
        WHEN ddl ~* '\mADD\s+VALUE\M' THEN 'value' WHEN ddl ~* '\mTYPE\M' THEN 'type' END
$$;
COMMENT ON FUNCTION primecloud_internal.review_way(text, boolean)
    IS 'validate, exclude, unique, attach, references, value, type, or NULL: what a statement is for, where that decides what it costs';

-- What review() finds after and not before.  Where as many of a check are gone as came, an object has another name.
CREATE FUNCTION primecloud_internal.review_new(before primecloud.finding[], after primecloud.finding[]) RETURNS primecloud.finding[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET enable_nestloop = off
AS $$
    WITH b AS (SELECT * FROM unnest(before)), a AS (SELECT * FROM unnest(after)),
    gone AS (SELECT b."check", count(*) AS n FROM b WHERE b.fingerprint NOT IN (SELECT a.fingerprint FROM a) GROUP BY b."check"),
    come AS (SELECT a.*, row_number() OVER (PARTITION BY a."check" ORDER BY a.fingerprint COLLATE "C") AS n FROM a
        WHERE a.fingerprint NOT IN (SELECT b.fingerprint FROM b))
    SELECT array_agg(ROW(c."check", c.level, c.object, c.evidence, c.fix, c.fingerprint)::primecloud.finding) FROM come AS c
    LEFT JOIN gone AS g ON g."check" = c."check" WHERE c.n > coalesce(g.n, 0)
$$;
COMMENT ON FUNCTION primecloud_internal.review_new(primecloud.finding[], primecloud.finding[]) IS 'the findings that a migration brings';

-- Whether one predicate lets through no more than another: the same, or the same and something else.
CREATE FUNCTION primecloud_internal.review_no_more(narrow text, wide text, narrow_tree text, wide_tree text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    -- Or where it follows from the other.
    SELECT narrow IS NOT DISTINCT FROM wide OR coalesce(primecloud_internal.review_predicate_implied(narrow_tree, wide_tree), false)
        OR narrow = 'false' OR wide = 'true'
        OR starts_with(narrow, format('(%s AND ', wide)) OR right(narrow, length(wide) + 6) = format(' AND %s)', wide)
        OR strpos(narrow, format(' AND %s AND ', wide)) > 0 AND narrow !~ ' OR '
$$;
COMMENT ON FUNCTION primecloud_internal.review_no_more(text, text, text, text)
    IS 'whether a predicate is another one, or that with an AND, or follows from it: by their texts and trees';
