-- review_change(): what a statement is for, and what review() finds after a migration and not before.

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
        WHEN ddl ~* '\mTYPE\M' THEN 'type' END
$$;
COMMENT ON FUNCTION primecloud_internal.review_way(text, boolean)
    IS 'validate, exclude, unique, attach, references, type, or NULL: what a statement reads every row for';

-- What review() finds after and not before.  Where as many of a check are gone as came, an object has another name.
CREATE FUNCTION primecloud_internal.review_new(before primecloud.finding[], after primecloud.finding[]) RETURNS primecloud.finding[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH b AS (SELECT * FROM unnest(before)), a AS (SELECT * FROM unnest(after)),
    gone AS (SELECT b."check", count(*) AS n FROM b WHERE b.fingerprint NOT IN (SELECT a.fingerprint FROM a) GROUP BY b."check"),
    come AS (SELECT a.*, row_number() OVER (PARTITION BY a."check" ORDER BY a.fingerprint COLLATE "C") AS n FROM a
        WHERE a.fingerprint NOT IN (SELECT b.fingerprint FROM b))
    SELECT array_agg(ROW(c."check", c.level, c.object, c.evidence, c.fix, c.fingerprint)::primecloud.finding) FROM come AS c
    LEFT JOIN gone AS g ON g."check" = c."check" WHERE c.n > coalesce(g.n, 0)
$$;
COMMENT ON FUNCTION primecloud_internal.review_new(primecloud.finding[], primecloud.finding[]) IS 'the findings that a migration brings';
