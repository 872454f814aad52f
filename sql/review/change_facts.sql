-- review_change(): what a schema is before a migration and after it, as facts that can be compared.

-- A fact has the kind and the oid of what it is about, so that what was renamed is known again, and what it says as JSON.
CREATE TYPE primecloud_internal.review_fact AS (kind text, id oid, part int, rel oid, label text, says jsonb);
COMMENT ON TYPE primecloud_internal.review_fact IS 'what review_change() knows of an object before or after';

-- What the review itself has written out is not all that a predicate says: two that look alike are told apart by their trees.
CREATE FUNCTION primecloud_internal.review_apart(said text, shown text, tree text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
RETURN said || CASE WHEN said = shown AND strpos(said, ' FROM ') > 0 THEN ' ' || md5(tree) ELSE '' END;
COMMENT ON FUNCTION primecloud_internal.review_apart(text, text, text)
    IS 'what a predicate says, with a digest of its tree where that is how the review shows it';

-- (Expressions are compared as they are printed: the trees have places in the text in them.)
CREATE FUNCTION primecloud_internal.review_facts(schema name) RETURNS primecloud_internal.review_fact[]
    LANGUAGE sql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off SET datestyle = 'ISO, YMD' SET timezone = 'UTC'
    SET intervalstyle = 'postgres' SET extra_float_digits = 1 SET bytea_output = 'hex' SET xmlbinary = 'base64' SET lc_monetary = 'C'
AS $$
    WITH r AS MATERIALIZED (
        -- (What a part has of a table that is told of as well is told of that one.)
        SELECT c.*, format('%I.%I', n.nspname, c.relname) AS label, EXISTS (SELECT FROM pg_inherits AS i JOIN pg_class AS p
            ON p.oid = i.inhparent AND p.relnamespace = c.relnamespace WHERE i.inhrelid = c.oid) AS child
        FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE n.nspname = schema AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relpersistence <> 't'
          AND c.oid NOT IN (SELECT s FROM primecloud_internal.shards_here() AS s)),
    below AS MATERIALIZED (SELECT i.inhparent AS rel, sum(pg_relation_size(i.inhrelid)) AS size FROM r JOIN pg_inherits AS i
        ON i.inhparent = r.oid JOIN pg_class AS c ON c.oid = i.inhrelid AND c.relkind IN ('r', 'm') GROUP BY i.inhparent),
    tree AS MATERIALIZED (
        SELECT s.* FROM (SELECT coalesce(array_agg(r.oid), '{}') AS rels FROM r WHERE r.relrowsecurity AND r.relkind IN ('r', 'p')) AS x,
            primecloud_internal.review_policy_trees(x.rels, array_fill(0::int2, ARRAY[cardinality(x.rels)])) AS s),
    fact AS (
        SELECT 'relation' AS kind, r.oid AS id, 0 AS part, r.oid AS rel, r.label, jsonb_build_object('kind', r.relkind,
            'child', r.child, 'rls',
            r.relrowsecurity, 'forced', r.relforcerowsecurity, 'file', pg_relation_filenode(r.oid),
            'rows', coalesce(b.size, 0) + CASE WHEN r.relkind IN ('r', 'm') THEN pg_relation_size(r.oid) ELSE 0 END > 0) AS says
        FROM r LEFT JOIN below AS b ON b.rel = r.oid
        UNION ALL
        SELECT 'column', r.oid, a.attnum, r.oid, format('%s.%I', r.label, a.attname), jsonb_build_object('name', a.attname, 'type',
            a.atttypid, 'mod', a.atttypmod, 'filled', a.atthasdef OR a.attidentity <> '' OR a.attgenerated <> '', 'there', a.attnotnull,
            'made', a.attidentity = 'a' OR a.attgenerated <> '', 'inherited', r.child AND a.attinhcount > 0)
        FROM r JOIN pg_attribute AS a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
        UNION ALL
        SELECT CASE WHEN k.conparentid = 0 AND NOT (r.child AND k.coninhcount > 0) THEN 'constraint' ELSE 'inherited' END, k.oid, 0, r.oid,
            format('%s.%I', r.label, k.conname), jsonb_build_object('kind', k.contype, 'columns', coalesce(k.conkey, '{}'),
            'validated', k.convalidated, 'says', regexp_replace(pg_get_constraintdef(k.oid), ' NOT VALID$', ''))
        FROM r JOIN pg_constraint AS k ON k.conrelid = r.oid WHERE k.contype IN ('c', 'f', 'p', 'u', 'x')
        UNION ALL
        SELECT 'policy', p.oid, 0, r.oid, r.label, jsonb_build_object('name', p.polname, 'permissive', p.polpermissive, 'command', p.polcmd,
            'roles', p.polroles, 'using', x.using_said, 'check', coalesce(
                primecloud_internal.review_apart(primecloud_internal.review_says(p.oid, p.polwithcheck, p.polrelid, true),
                    s.check_said, s.check_tree),
                CASE WHEN p.polcmd IN ('*', 'w') THEN x.using_said END), 'using_tree', s.using_tree, 'check_tree',
            coalesce(s.check_tree, CASE WHEN p.polcmd IN ('*', 'w') THEN s.using_tree END))
        FROM r JOIN pg_policy AS p ON p.polrelid = r.oid
        LEFT JOIN tree AS s ON s.object = r.label AND s.policy = quote_ident(p.polname)
        CROSS JOIN LATERAL (SELECT primecloud_internal.review_apart(
            primecloud_internal.review_says(p.oid, p.polqual, p.polrelid, false), s.using_said, s.using_tree)) AS x(using_said)
        UNION ALL
        SELECT DISTINCT 'word', e.oid, 0, NULL::oid, format('%s.%I', e.enumtypid::regtype, e.enumlabel), jsonb_build_object('type',
            e.enumtypid, 'word', e.enumlabel)
        FROM r JOIN pg_attribute AS a ON a.attrelid = r.oid AND a.attnum > 0 JOIN pg_enum AS e ON e.enumtypid = a.atttypid
        UNION ALL
        SELECT 'part', i.inhrelid, 0, r.oid, r.label, jsonb_build_object('part', i.inhrelid::regclass::text)
        FROM r JOIN pg_inherits AS i ON i.inhparent = r.oid JOIN pg_class AS c ON c.oid = i.inhrelid AND c.relispartition
        UNION ALL
        SELECT 'function', p.oid, 0, NULL, p.oid::regprocedure::text, '{}' FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid =
            p.pronamespace
        WHERE n.nspname = schema
        UNION ALL
        SELECT 'grant', r.oid, a.grantee::int, r.oid, r.label, jsonb_object_agg(a.privilege_type, true)
        FROM r CROSS JOIN LATERAL (SELECT x.grantee, x.privilege_type FROM aclexplode(r.relacl) AS x UNION
            SELECT x.grantee, x.privilege_type FROM pg_attribute AS t CROSS JOIN LATERAL aclexplode(t.attacl) AS x WHERE t.attrelid = r.oid
            ) AS a WHERE a.grantee <> r.relowner GROUP BY r.oid, r.label, a.grantee
        UNION ALL
        SELECT 'key', i.indexrelid, 0, r.oid, format('%s.%I', r.label, c.relname), jsonb_build_object('columns',
            (SELECT coalesce(jsonb_agg(a.attname ORDER BY a.attname), '[]') FROM pg_attribute AS a WHERE a.attrelid = r.oid
                AND a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1])))
        FROM r JOIN pg_index AS i ON i.indrelid = r.oid JOIN pg_class AS c ON c.oid = i.indexrelid WHERE i.indisunique)
    SELECT coalesce(array_agg((f.kind, f.id, f.part, f.rel, f.label, f.says)::primecloud_internal.review_fact
        ORDER BY f.kind, f.label COLLATE "C", f.id, f.part), '{}') FROM fact AS f
$$;
COMMENT ON FUNCTION primecloud_internal.review_facts(name) IS 'what a schema is, as facts that review_change() compares';

-- The locks that this transaction holds on relations, but on catalogs, and how often each was read from end to end.
CREATE FUNCTION primecloud_internal.review_held_locks() RETURNS TABLE (rel oid, mode text, scans bigint, file oid)
    LANGUAGE sql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT l.relation, l.mode, CASE WHEN c.relkind IN ('r', 'm') THEN pg_stat_get_xact_numscans(c.oid) END, pg_relation_filenode(c.oid)
    FROM pg_locks AS l JOIN pg_class AS c ON c.oid = l.relation
    WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND l.granted AND c.oid >= 16384 AND c.relkind IN ('r', 'p', 'm')
      AND l.database = (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database())
$$;
COMMENT ON FUNCTION primecloud_internal.review_held_locks() IS 'what this transaction holds, and has read, of relations';

-- Sequences are of no transaction: what a migration drew from them is put back.  `fetched`: how often this transaction looked at it,
-- which each draw does once.
CREATE FUNCTION primecloud_internal.review_sequences()
    RETURNS TABLE (seq oid, last bigint, may_set boolean, step numeric, start bigint, first numeric, fetched bigint)
    LANGUAGE sql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT q.seqrelid, pg_sequence_last_value(q.seqrelid), has_sequence_privilege(q.seqrelid, 'UPDATE'),
        q.seqincrement::numeric * q.seqcache, q.seqstart, q.seqstart::numeric - q.seqincrement, pg_stat_get_xact_blocks_fetched(q.seqrelid)
    FROM pg_sequence AS q JOIN pg_class AS c ON c.oid = q.seqrelid
    -- (What the extension keeps it writes beside the transaction: its numbers are used.)
    WHERE c.relpersistence <> 't' AND has_sequence_privilege(q.seqrelid, 'USAGE, SELECT')
      AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 'pg_class'::regclass AND d.objid = q.seqrelid AND d.deptype = 'e')
      AND c.relnamespace NOT IN ('primecloud'::regnamespace, 'primecloud_internal'::regnamespace)
$$;
COMMENT ON FUNCTION primecloud_internal.review_sequences() IS 'the sequences that the caller may draw from, and where they are';

-- One from which somebody else drew meanwhile is left where it is, as any transaction leaves it that is taken back: he has the numbers.
CREATE FUNCTION primecloud_internal.review_put_back(before jsonb, after jsonb) RETURNS text[]
    LANGUAGE sql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH drawn AS MATERIALIZED (
        -- (To be looked at afterwards is one of the looks.)
        SELECT q.*, b.last AS was, coalesce(q.last = a.last
            AND a.last - coalesce(b.last, b.first) = (a.fetched - b.fetched - 1) * b.step, false) AS alone
        FROM primecloud_internal.review_sequences() AS q
        JOIN jsonb_to_recordset(before) AS b(seq oid, last bigint, step numeric, first numeric, fetched bigint) ON b.seq = q.seq
        LEFT JOIN jsonb_to_recordset(after) AS a(seq oid, last bigint, fetched bigint) ON a.seq = q.seq
        WHERE b.last IS DISTINCT FROM q.last),
    back AS MATERIALIZED (
        SELECT setval(d.seq::regclass, coalesce(d.was, d.start), d.was IS NOT NULL) FROM drawn AS d WHERE d.may_set AND d.alone)
    SELECT coalesce(array_agg(format('sequence %s was drawn from, and stays where it is: %s', d.seq::regclass,
        CASE WHEN d.alone THEN 'the caller may not set it' ELSE 'others may have drawn from it meanwhile' END)
        ORDER BY d.seq::regclass::text COLLATE "C") FILTER (WHERE NOT (d.may_set AND d.alone) AND d.seq IS NOT NULL), '{}')
    FROM (SELECT count(*) FROM back) AS x LEFT JOIN drawn AS d ON true
$$;
COMMENT ON FUNCTION primecloud_internal.review_put_back(jsonb, jsonb)
    IS 'puts sequences back to where they were before, and says which it leaves, and why';

-- What an index build writes of a table where it stands is undone with the rest, once its row is this transaction's.
CREATE FUNCTION primecloud_internal.review_own_rows(relations oid[]) RETURNS void
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_review_own_rows';
COMMENT ON FUNCTION primecloud_internal.review_own_rows(oid[]) IS
    'makes the rows of pg_class of the caller''s own relations new, as they are';
