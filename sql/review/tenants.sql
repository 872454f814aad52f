-- Which column of a table is its tenant's.

CREATE FUNCTION primecloud_internal.review_tenant_words() RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$ SELECT '{accountid,tenantid,orgid,organizationid,organisationid,workspaceid}'::text[] $$;
COMMENT ON FUNCTION primecloud_internal.review_tenant_words() IS 'what columns of tenants are called, in small letters';

CREATE FUNCTION primecloud_internal.review_policy_trees(rels oid[], tenants smallint[])
    RETURNS TABLE (object text, policy text, using_said text, using_tree text, check_said text, check_tree text)
    LANGUAGE c STABLE STRICT PARALLEL UNSAFE ROWS 100
    SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO, YMD' SET timezone = 'UTC'
    SET intervalstyle = 'postgres' SET extra_float_digits = 1 SET bytea_output = 'hex' SET xmlbinary = 'base64' SET lc_monetary = 'C'
    AS 'MODULE_PATHNAME', 'primecloud_review_policy_trees';
COMMENT ON FUNCTION primecloud_internal.review_policy_trees(oid[], smallint[]) 
    IS 'the predicates of policies, to be read and to be compared';

-- What the policies of the database say.  To write one out the server locks its table and what it asks: whoever has a table
-- of his locked would make all wait that ask of other schemas.  So of these the trees are read.
CREATE FUNCTION primecloud_internal.review_said(schema oid) RETURNS TABLE (oid oid, polrelid oid, said text)
    LANGUAGE sql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT p.oid, p.polrelid, concat_ws(' AND ', primecloud_internal.review_says(p.oid, p.polqual, p.polrelid, false),
        primecloud_internal.review_says(p.oid, p.polwithcheck, p.polrelid, true))
    FROM pg_class AS c JOIN pg_policy AS p ON p.polrelid = c.oid WHERE c.relnamespace = schema
    UNION ALL
    SELECT p.oid, p.polrelid, concat_ws(' AND ', t.using_said, t.check_said)
    FROM pg_class AS c CROSS JOIN LATERAL primecloud_internal.review_policy_trees(ARRAY[c.oid], '{0}') AS t
    JOIN pg_policy AS p ON p.polrelid = c.oid AND quote_ident(p.polname) = t.policy
    WHERE c.relnamespace <> schema AND c.relrowsecurity AND c.oid >= 16384
$$;
COMMENT ON FUNCTION primecloud_internal.review_said(oid)
    IS 'what policies say: those of a schema in the server''s words, others as they are read';

-- Own columns that a policy compares for equality with what says who asks.
CREATE FUNCTION primecloud_internal.review_compared(schema oid) RETURNS TABLE (rel oid, attnum int2, person boolean)
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $$
BEGIN
    RETURN QUERY SELECT x.rel::oid, x.attnum::int2, x.person::boolean FROM (
    WITH context(words) AS (VALUES ('([\w"]+\.[\w"]+\(|current_setting\(|CURRENT_USER|SESSION_USER|CURRENT_ROLE)')),
    -- (What names no context is not looked through, column by column.)
    said AS MATERIALIZED (SELECT p.* FROM context AS c, primecloud_internal.review_said(schema) AS p WHERE p.said ~ c.words),
    -- The columns that a policy names, before a pattern is made of any: in the order of the columns, so that it is made of each once.
    named AS MATERIALIZED (
        SELECT s.polrelid, a.attnum, s.said, regexp_replace(quote_ident(a.attname), '([^\w"])', '\\\1', 'g') AS name
        FROM said AS s
        JOIN pg_depend AS d ON d.classid = 'pg_policy'::regclass AND d.objid = s.oid AND d.refclassid = 'pg_class'::regclass
            AND d.refobjid = s.polrelid AND d.refobjsubid > 0
        JOIN pg_attribute AS a ON a.attrelid = s.polrelid AND a.attnum = d.refobjsubid
        ORDER BY s.polrelid, a.attnum),
    hit AS MATERIALIZED (
        SELECT n.polrelid, n.attnum, coalesce(substring(n.said FROM format('(?:^|[( .])%s\)?(?:::(?:text|character varying))?\)? '
                '= ([^=]*?%s[^=]*)', n.name, c.words)),
            substring(n.said FROM format('(%s[^=]*\)) = \(?(?:[\w"]+\.)?%s(?:[ )]|$)', c.words, n.name))) AS what
        FROM named AS n, context AS c)
    SELECT h.polrelid, h.attnum, bool_and(h.what ~* '(user|[^u]uid\M|person|actor|subject|CURRENT_ROLE|[.'']sub'')')
    FROM hit AS h WHERE h.what IS NOT NULL GROUP BY h.polrelid, h.attnum
    ) AS x(rel, attnum, person);
END $$;
COMMENT ON FUNCTION primecloud_internal.review_compared(oid)
    IS 'columns that policies compare with a context, and whether all of these tell the person alone';

-- Candidates, the best first: what the floor compares (0), a foreign key to the table of tenants (1), what policies compare
-- (2, 3), what is called so (4), what a policy compares with the person alone (5); of a part what its parent has (6).
CREATE FUNCTION primecloud_internal.review_tenant_columns(schema oid) RETURNS TABLE (rel oid, attnum int2, root boolean)
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT x.rel::oid, x.attnum::int2, x.root::boolean FROM (
    WITH RECURSIVE named AS MATERIALIZED (
        SELECT a.attrelid, a.attnum FROM pg_attribute AS a
        JOIN pg_class AS c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p', 'f', 'm', 'v')
        WHERE a.attnum > 0 AND NOT a.attisdropped AND c.oid >= 16384 AND replace(lower(a.attname), '_', '')
            = ANY (primecloud_internal.review_tenant_words())),
    compared AS MATERIALIZED (SELECT * FROM primecloud_internal.review_compared(schema)),
    candidate AS MATERIALIZED (
        SELECT p.polrelid AS rel, min(d.refobjsubid)::int2 AS attnum, 0 AS rank
        FROM pg_policy AS p JOIN pg_depend AS d ON d.classid = 'pg_policy'::regclass AND d.objid = p.oid
            AND d.refclassid = 'pg_class'::regclass AND d.refobjid = p.polrelid AND d.refobjsubid > 0
        WHERE p.polname = 'primecloud_floor' GROUP BY p.polrelid
        UNION ALL
        -- (People, as protect_people() shows them, are of no tenant.)
        SELECT c.rel, c.attnum, CASE WHEN n.attnum IS NOT NULL THEN 2 WHEN c.person THEN 5 ELSE 3 END
        FROM compared AS c LEFT JOIN named AS n ON n.attrelid = c.rel AND n.attnum = c.attnum
        WHERE c.rel NOT IN (SELECT p.polrelid FROM pg_policy AS p WHERE starts_with(p.polname::text, 'primecloud_people'))
        UNION ALL SELECT n.attrelid, n.attnum, 4 FROM named AS n),
    first AS MATERIALIZED (
        SELECT DISTINCT ON (c.rel) c.rel, c.attnum, c.rank FROM candidate AS c WHERE c.rank < 5 ORDER BY c.rel, c.rank, c.attnum),
    key AS MATERIALIZED (SELECT k.conrelid, k.conkey[1] AS attnum, k.confrelid, k.confkey[1] AS target
        FROM pg_constraint AS k WHERE k.contype = 'f' AND cardinality(k.conkey) = 1),
    root AS MATERIALIZED (
        SELECT DISTINCT ON (r.rel) r.rel, r.attnum FROM (
            SELECT c.oid AS rel, a.attnum, 0 AS rank FROM primecloud_internal.registered_table AS r
            JOIN pg_namespace AS n ON n.nspname = r.relation_schema::name
            JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = r.relation_name::name
            JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = r.tenant_column::name WHERE r.part = 'accounts'
            UNION ALL
            SELECT f.rel, f.attnum, 1 FROM first AS f JOIN pg_constraint AS k ON k.conrelid = f.rel AND k.contype = 'p'
                AND k.conkey = ARRAY[f.attnum] WHERE f.rank = 0 AND NOT EXISTS (SELECT FROM key AS o WHERE o.conrelid = f.rel
                    AND o.attnum = f.attnum)
            UNION ALL
            SELECT k.confrelid, k.target, 2 FROM first AS f JOIN key AS k ON k.conrelid = f.rel AND k.attnum = f.attnum
            -- What has a tenant of another name is a tenant's table itself: the chain goes on to the table of tenants.
            LEFT JOIN first AS above ON above.rel = k.confrelid
            WHERE k.confrelid <> k.conrelid AND (above.attnum IS NULL OR above.attnum = k.target)) AS r
        ORDER BY r.rel, r.rank, r.attnum),
    chosen AS MATERIALIZED (
        SELECT DISTINCT ON (c.rel) c.rel, c.attnum FROM (
            SELECT c.* FROM candidate AS c
            UNION ALL SELECT r.rel, r.attnum, -1 FROM root AS r
            UNION ALL SELECT k.conrelid, k.attnum, 1 FROM key AS k JOIN root AS r ON r.rel = k.confrelid AND r.attnum = k.target
                WHERE k.conrelid <> k.confrelid) AS c
        LEFT JOIN named AS n ON n.attrelid = c.rel AND n.attnum = c.attnum
        ORDER BY c.rel, c.rank, n.attnum IS NULL, c.attnum),
    below AS (
        SELECT c.rel, c.attnum, a.attname, 0 AS depth FROM chosen AS c JOIN pg_attribute AS a ON a.attrelid = c.rel AND a.attnum = c.attnum
        UNION ALL
        SELECT i.inhrelid, a.attnum, a.attname, b.depth + 1 FROM below AS b JOIN pg_inherits AS i ON i.inhparent = b.rel
        JOIN pg_attribute AS a ON a.attrelid = i.inhrelid AND a.attname = b.attname AND NOT a.attisdropped)
    SELECT DISTINCT ON (b.rel) b.rel, b.attnum, r.rel IS NOT NULL FROM below AS b LEFT JOIN root AS r ON r.rel = b.rel
    ORDER BY b.rel, b.depth
    ) AS x(rel, attnum, root);
END $$;
COMMENT ON FUNCTION primecloud_internal.review_tenant_columns(oid)
    IS 'the tenant columns of all tables, and which are the tables of tenants';
