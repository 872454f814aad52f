-- What stands on the shards of a distributed table, which this server's catalog does not tell.

-- Asked of the table here and of each of its shards where that lies: equal where the same holds.  (Who has changed the table in his
-- transaction holds a shard locked by another connection, and would wait for himself: no server sees that.)
CREATE FUNCTION primecloud_internal.policies_text(rel regclass) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off SET standard_conforming_strings = on
    SET lock_timeout = '1s'
AS $$
    SELECT concat_ws(E'\n', c.relowner::regrole, c.relrowsecurity, c.relforcerowsecurity, (
        SELECT string_agg(concat_ws(' ', p.polname, p.polcmd, p.polpermissive,
            (SELECT string_agg(r::regrole::text, ',' ORDER BY r::regrole::text) FROM unnest(p.polroles) AS r),
            pg_get_expr(p.polqual, p.polrelid), 'check', pg_get_expr(p.polwithcheck, p.polrelid)), E'\n' ORDER BY p.polname COLLATE "C")
        FROM pg_policy p WHERE p.polrelid = c.oid))
    FROM pg_class c WHERE c.oid = rel;
$$;
COMMENT ON FUNCTION primecloud_internal.policies_text(regclass)
    IS 'owner, row-level security and policies of a table in words, the same on every server where the same holds';

-- As the current user, who must be let in by the other servers.
CREATE FUNCTION primecloud_internal.placements(rel regclass) RETURNS TABLE (node text, shard bigint, seen boolean, same boolean)
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    part regclass;
BEGIN
    IF to_regprocedure('pg_catalog.run_command_on_placements(regclass, text, boolean)') IS NULL THEN
        RETURN QUERY SELECT NULL::text, NULL::bigint, false, false;
        RETURN;
    END IF;
    FOR part IN SELECT t.relid FROM primecloud_internal.table_tree(rel) AS t
            WHERE t.kind IN ('r', 'p') AND primecloud_internal.is_distributed(t.relid) ORDER BY t.level, t.relid LOOP
        -- (The shard's name goes in as a literal.)
        RETURN QUERY EXECUTE 'SELECT p.nodename || '':'' || p.nodeport, p.shardid, p.success, p.success AND p.result IS NOT DISTINCT FROM $3
            FROM pg_catalog.run_command_on_placements($1, $2, true) AS p'
            USING part, 'SELECT primecloud_internal.policies_text(%L)', primecloud_internal.policies_text(part);
    END LOOP;
END $$;
COMMENT ON FUNCTION primecloud_internal.placements(regclass)
    IS 'the shards of a distributed table and its partitions: whether they could be looked at, and have the policies of the table here';

CREATE FUNCTION primecloud_internal.placements_told(rel regclass, OUT holds boolean, OUT words text)
    LANGUAGE sql STABLE PARALLEL RESTRICTED
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT count(*) > 0 AND bool_and(p.same), CASE WHEN count(*) = 0 OR bool_and(p.shard IS NULL) THEN 'its shards have not been looked at'
        ELSE concat_ws(': ', 'its shards have the policies that stand here', nullif(concat_ws(', ',
            'not looked at: ' || nullif(count(*) FILTER (WHERE NOT p.seen), 0)
                || coalesce(' on ' || string_agg(DISTINCT p.node, ' and ') FILTER (WHERE NOT p.seen), ''),
            'others on ' || string_agg(DISTINCT p.node, ' and ') FILTER (WHERE p.seen AND NOT p.same)), '')) END
    FROM primecloud_internal.placements(rel) AS p;
$$;
COMMENT ON FUNCTION primecloud_internal.placements_told(regclass)
    IS 'whether the shards of a table were seen to be protected as it is here, in words';

-- On the server that has the shard; it is waited for as policies_text() does.
CREATE FUNCTION primecloud_internal.shard_rows(shard regclass, tenant_column text) RETURNS jsonb
    LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s'
AS $$
    SELECT to_jsonb(r) FROM primecloud_internal.tenant_rows(shard, tenant_column) AS r;
$$;
COMMENT ON FUNCTION primecloud_internal.shard_rows(regclass, text)
    IS 'tenant_rows() of a shard of this server, which is waited for a second; asked by the coordinator';
REVOKE ALL ON FUNCTION primecloud_internal.shard_rows(regclass, text) FROM PUBLIC;

-- The same of a table whose rows lie elsewhere: where one shard has rows of two tenants, read there without SQL by whom the other servers
-- take for a superuser.  All NULL where none could be looked at.
CREATE FUNCTION primecloud_internal.rows_known(rel regclass, tenant_column text, OUT one text, OUT other text, OUT own_rows bigint,
    OUT foreign_row text, OUT whole boolean)
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT primecloud_internal.is_distributed(rel) THEN
        SELECT r.* INTO one, other, own_rows, foreign_row, whole FROM primecloud_internal.tenant_rows(rel, tenant_column) AS r;
    ELSIF to_regprocedure('pg_catalog.run_command_on_placements(regclass, text, boolean)') IS NOT NULL THEN
        EXECUTE 'SELECT r.* FROM pg_catalog.run_command_on_placements($1, $2, true) AS p,
            LATERAL jsonb_to_record(CASE WHEN p.success THEN p.result::jsonb END)
                AS r(one text, other text, own_rows bigint, foreign_row text, whole boolean)
            WHERE r.whole IS NOT NULL ORDER BY r.other IS NULL, p.shardid LIMIT 1' INTO one, other, own_rows, foreign_row, whole
            USING rel, format('SELECT primecloud_internal.shard_rows(%%L, %L)', replace(tenant_column, '%', '%%'));
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.rows_known(regclass, text)
    IS 'tenant_rows(), of a distributed table as one of its shards has them; called by assert_isolated()';
REVOKE ALL ON FUNCTION primecloud_internal.rows_known(regclass, text) FROM PUBLIC;

-- (What is written to a server that does not answer lets Citus commit nothing any more, though it was undone.)
CREATE FUNCTION primecloud_internal.nodes_away() RETURNS text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    away text;
BEGIN
    IF to_regprocedure('pg_catalog.run_command_on_workers(text,boolean)') IS NOT NULL THEN
        EXECUTE 'SELECT string_agg(nodename || '':'' || nodeport, '' and '' ORDER BY nodename, nodeport)
            FROM pg_catalog.run_command_on_workers(''SELECT 1'') WHERE NOT success' INTO away;
    END IF;
    RETURN away;
END $$;
COMMENT ON FUNCTION primecloud_internal.nodes_away()
    IS 'the other servers of a cluster that do not answer, or NULL; called by assert_isolated()';
REVOKE ALL ON FUNCTION primecloud_internal.nodes_away() FROM PUBLIC;

-- The catalog's part: what is restrictive here lets in there.
CREATE FUNCTION primecloud_internal.spread_shape(rel regclass, narrowed boolean DEFAULT true) RETURNS TABLE (holds boolean, claim text)
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    tree oid[] := ARRAY(SELECT t.relid::oid FROM primecloud_internal.table_tree(rel) AS t);
BEGIN
    RETURN QUERY SELECT NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = ANY (tree) AND NOT p.polpermissive),
        'it is distributed, and has no restrictive policy, which would let in on its shards';
    RETURN QUERY SELECT NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = ANY (tree)
            AND NOT primecloud_internal.is_own_policy(p.polname))
        AND (primecloud.tenant_column(rel) IS NULL OR NOT EXISTS (SELECT FROM primecloud_internal.shape_steps(rel, true,
            narrowed => narrowed))),
        'and none but those that distribute_table() makes, each of which holds by itself';
END $$;
COMMENT ON FUNCTION primecloud_internal.spread_shape(regclass, boolean)
    IS 'whether the policies of a distributed table are in the shape that holds on shards';

-- (Policies in words are not to be had of a table that its owner holds locked.  Nobody who looks at all of them waits for one.)
CREATE FUNCTION primecloud_internal.is_free(rel regclass) RETURNS boolean
    LANGUAGE c VOLATILE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_is_free';
COMMENT ON FUNCTION primecloud_internal.is_free(regclass)
    IS 'whether nobody holds a table, or what is below it, so that who reads it waits';

CREATE FUNCTION primecloud_internal.spread_facts(rel regclass) RETURNS TABLE (holds boolean, claim text)
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT primecloud_internal.is_distributed(rel) THEN
        RETURN;
    ELSIF NOT primecloud_internal.is_free(rel) THEN
        RETURN QUERY SELECT false, 'it is distributed, and has not been looked at: somebody holds it locked';
    ELSE
        RETURN QUERY SELECT s.* FROM primecloud_internal.spread_shape(rel) AS s;
        RETURN QUERY SELECT p.holds, p.words FROM primecloud_internal.placements_told(rel) AS p;
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.spread_facts(regclass)
    IS 'what assert_isolated() asks of a distributed table besides: its shape, and what stands on its shards; no row for any other';
