-- What a table must be before its rows go to other servers, and which tables go with it.

-- The table that carries a foreign key's end, whole: a partition goes with it.
CREATE FUNCTION primecloud_internal.spread_keys(tables regclass[]) RETURNS SETOF pg_constraint
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET jit = off
AS $$
BEGIN
    RETURN QUERY SELECT k.* FROM pg_constraint k
        WHERE k.contype = 'f' AND k.conparentid = 0 AND (k.conrelid = ANY (tables) OR k.confrelid = ANY (tables));
END $$;
COMMENT ON FUNCTION primecloud_internal.spread_keys(regclass[]) IS 'the foreign keys that begin or end at one of some tables';

-- A foreign key cannot lead from one server to another: what is tied by them goes together.
CREATE FUNCTION primecloud_internal.spread_set(rel regclass) RETURNS regclass[]
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    tables regclass[] := ARRAY[rel];
    more regclass[];
BEGIN
    LOOP
        more := ARRAY(SELECT DISTINCT e.other::regclass FROM primecloud_internal.spread_keys(tables) AS k,
            LATERAL (VALUES (k.conrelid), (k.confrelid)) AS e(other) WHERE NOT e.other::regclass = ANY (tables));
        EXIT WHEN more = '{}';
        tables := tables || more;
    END LOOP;
    -- What others point at comes first.
    RETURN ARRAY(SELECT t FROM unnest(tables) AS t ORDER BY primecloud.tenant_column(t) IS NOT NULL, t::text);
END $$;
COMMENT ON FUNCTION primecloud_internal.spread_set(regclass)
    IS 'a table with all that foreign keys tie to it, those that every server is to have first';

CREATE FUNCTION primecloud_internal.refuse_to_spread(rel regclass, why text, hint text) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE feature_not_supported USING MESSAGE = format('table %s cannot be distributed: %s', rel, why), HINT = hint;
END $$;
COMMENT ON FUNCTION primecloud_internal.refuse_to_spread(regclass, text, text) IS 'raises 0A000: why a table cannot be distributed';

-- (Its own, and that of its partitions.)
CREATE FUNCTION primecloud_internal.works_on_rows(rel regclass, OUT kind text, OUT object text)
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    SELECT r.kind, r.object INTO kind, object FROM primecloud.registrations r
        WHERE r.kind IN ('retention policy', 'archive', 'legal hold')
        AND EXISTS (SELECT FROM primecloud_internal.table_tree(rel) AS t JOIN pg_class c ON c.oid = t.relid
            JOIN pg_namespace n ON n.oid = c.relnamespace WHERE split_part(r.object, ',', 1) = format('%I.%I', n.nspname, c.relname))
        ORDER BY 1, 2 LIMIT 1;
END $$;
COMMENT ON FUNCTION primecloud_internal.works_on_rows(regclass)
    IS 'the first retention policy, archive or legal hold of a table or a partition of it';

-- Citus makes the views over a table on every server as its owner, who gives nothing to a role that he is not.
CREATE FUNCTION primecloud_internal.views_of_others(tree oid[], OUT view regclass, OUT owner name) RETURNS SETOF record
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET jit = off
AS $$
    WITH RECURSIVE above(rel) AS (
        SELECT unnest(tree)
        UNION SELECT r.ev_class FROM above a JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = a.rel
            AND d.classid = 'pg_rewrite'::regclass JOIN pg_rewrite r ON r.oid = d.objid)
    SELECT c.oid::regclass, pg_get_userbyid(c.relowner) FROM above a JOIN pg_class c ON c.oid = a.rel
    WHERE c.relkind = 'v' AND NOT pg_has_role((SELECT t.relowner FROM pg_class t WHERE t.oid = tree[1]), c.relowner, 'MEMBER')
    ORDER BY 1
$$;
COMMENT ON FUNCTION primecloud_internal.views_of_others(oid[])
    IS 'the views over some tables of one owner, over their views too, that belong to a role which he is not a member of';

-- One table of the set by itself, with its partitions.
CREATE FUNCTION primecloud_internal.check_spreadable(rel regclass) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET jit = off
AS $$
DECLARE
    key name := primecloud.tenant_column(rel);
    tree oid[] := ARRAY(SELECT t.relid::oid FROM primecloud_internal.table_tree(rel) AS t);
    wrong record;
BEGIN
    -- On every server each account's shard answers for itself: what lets in beside ours lets in there what nothing holds.
    SELECT p.polrelid::regclass AS rel, p.polname INTO wrong FROM pg_policy p WHERE p.polrelid = ANY (tree)
        AND NOT primecloud_internal.is_own_policy(p.polname) ORDER BY 1, 2 LIMIT 1;
    IF FOUND THEN
        PERFORM primecloud_internal.refuse_to_spread(rel, format('policy "%s" of %s is not one of ours', wrong.polname, wrong.rel),
            'On shards every policy lets in, a restrictive one too: drop it.');
    END IF;
    SELECT t.tgrelid::regclass AS rel, t.tgname INTO wrong FROM pg_trigger t WHERE t.tgrelid = ANY (tree) AND NOT t.tgisinternal
        ORDER BY 1, 2 LIMIT 1;
    IF FOUND THEN
        PERFORM primecloud_internal.refuse_to_spread(rel, format('%s has trigger "%s"', wrong.rel, wrong.tgname),
            'A distributed table has none: drop it, or leave the table where it is.');
    END IF;
    SELECT i.indexrelid::regclass AS index, c.relname AS name, i.indisprimary INTO wrong
        FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        WHERE i.indrelid = rel AND key IS NOT NULL AND (i.indisunique OR i.indisexclusion) AND NOT EXISTS (
            SELECT FROM pg_attribute a WHERE a.attrelid = rel AND a.attname = key
                AND a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1])) ORDER BY 1 LIMIT 1;
    IF FOUND THEN
        PERFORM primecloud_internal.refuse_to_spread(rel, format('"%s" is unique over all accounts, without column "%s"', wrong.index, key),
            CASE WHEN wrong.indisprimary THEN format('Make the primary key begin with "%s": ALTER TABLE %s DROP CONSTRAINT %I, ADD '
                    'PRIMARY KEY (%I, ...), after protect_fk() for each foreign key to it.', key, rel, wrong.name, key)
                ELSE format('Make it each account''s own with primecloud.protect_unique(%L, name), or keep the value in a small shared '
                    'table.', rel) END);
    END IF;
    SELECT a.attrelid::regclass AS rel, a.attname, a.attname = key AS tenants INTO wrong FROM pg_attribute a
        WHERE a.attrelid = ANY (tree) AND a.attnum > 0 AND NOT a.attisdropped
            AND (a.attname = key AND (a.attidentity <> '' OR a.attgenerated <> '')
                OR a.attidentity <> '' AND a.atttypid <> 'bigint'::regtype) ORDER BY 1, a.attnum LIMIT 1;
    IF FOUND THEN
        PERFORM primecloud_internal.refuse_to_spread(rel, format(CASE WHEN wrong.tenants THEN 'tenant column "%s" is generated'
            ELSE 'identity column "%s" is not bigint' END, wrong.attname),
            'Servers number rows by themselves in bigint alone, and the tenant is whoever was entered.');
    END IF;
    SELECT c.oid::regclass AS rel INTO wrong FROM pg_class c WHERE c.oid = ANY (tree)
        AND (c.relpersistence <> 'p' OR c.relkind = 'f' OR c.oid <> rel AND NOT c.relispartition) ORDER BY 1 LIMIT 1;
    IF FOUND THEN
        PERFORM primecloud_internal.refuse_to_spread(rel, format('%s is temporary, unlogged, foreign or a child that inherits', wrong.rel),
            'Ordinary tables and their partitions can be distributed.');
    END IF;
    SELECT c.oid::regclass AS rel INTO wrong FROM pg_class c WHERE c.oid = ANY (tree) AND c.oid <> rel AND c.relkind = 'p'
        ORDER BY 1 LIMIT 1;
    IF FOUND THEN
        PERFORM primecloud_internal.refuse_to_spread(rel, format('partition %s has partitions of its own', wrong.rel),
            'Citus takes one level of them: make its partitions those of the table itself.');
    END IF;
    SELECT v.view, v.owner INTO wrong FROM primecloud_internal.views_of_others(tree) AS v
        WHERE NOT primecloud_internal.is_distributed(rel);
    IF FOUND THEN
        PERFORM primecloud_internal.refuse_to_spread(rel, format('view %s over it belongs to role "%s"', wrong.view, wrong.owner),
            'It would be made on every server by the owner of the table: give it to him, or drop it and make it again afterwards.');
    END IF;
    wrong := primecloud_internal.works_on_rows(rel);
    IF wrong.object IS NOT NULL THEN
        PERFORM primecloud_internal.refuse_to_spread(rel, format('%s %s works on its rows', wrong.kind, wrong.object),
            'End it first with unretain() or release_hold(); retain() and place_hold() work on a distributed table too.');
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.check_spreadable(regclass)
    IS 'raises 0A000 for a table that would lose something on other servers, or that they do not take';
