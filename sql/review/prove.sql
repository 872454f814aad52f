-- Why a table is bound to the tenant, or where that cannot be said.

CREATE FUNCTION primecloud_internal.review_proof(rel oid, tenant smallint, askers oid[])
    RETURNS TABLE (command text, holds boolean, says text)
    LANGUAGE c STABLE STRICT PARALLEL UNSAFE ROWS 10
    SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'primecloud_review_proof';
COMMENT ON FUNCTION primecloud_internal.review_proof(oid, smallint, oid[])
    IS 'what policies of a table bind to the tenant, disjunct by disjunct';

CREATE FUNCTION primecloud_internal.review_proof_uses(rel oid, tenant smallint, askers oid[])
    RETURNS TABLE (command text, asked oid, att smallint, given boolean)
    LANGUAGE c STABLE STRICT PARALLEL UNSAFE ROWS 10
    SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'primecloud_review_proof_uses';
COMMENT ON FUNCTION primecloud_internal.review_proof_uses(oid, smallint, oid[])
    IS 'the columns of other tables that such a proof asks, and which of them give the tenant; 0: what functions read that are believed';

CREATE FUNCTION review_prove(rel regclass, app_role name) RETURNS TABLE (step integer, command text, holds boolean, says text)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off SET standard_conforming_strings = on
AS $$
DECLARE
    space name;
    w primecloud_internal.review_words;
    t primecloud_internal.review_table;
    askers oid[];
    part record;
    seen boolean;
    tried text;
    line oid[];
    roles boolean := false;
    forged text;
    proved boolean := true;
BEGIN
    IF rel IS NULL OR app_role IS NULL THEN
        RAISE null_value_not_allowed USING MESSAGE = 'a table and the role of the application are needed',
            HINT = 'Name the role that the application logs in as.';
    END IF;
    space := (SELECT n.nspname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE c.oid = rel);
    IF space IS NULL THEN
        RAISE undefined_table USING MESSAGE = format('there is no table %s', rel), HINT = 'It was dropped meanwhile.';
    END IF;
    w := primecloud_internal.review_words_of(space, app_role);
    SELECT x.* INTO t FROM unnest(w.tables) AS x WHERE x.rel = review_prove.rel AND x.kind IN ('r', 'p');
    IF t.rel IS NULL THEN
        RAISE wrong_object_type USING MESSAGE = format('%s is no table that can be protected', rel), HINT = 'Name a table.';
    END IF;
    line := primecloud_internal.review_line(t.rel);
    askers := w.app || ARRAY(SELECT r FROM unnest(w.reached) AS r WHERE r <> 0 AND r <> ALL (w.app));
    step := 0;
    FOR part IN
        -- The ground: a tenant column, row security, and somebody whom it holds.
        SELECT NULL::text AS command, t.tenant IS NOT NULL AS holds, CASE WHEN t.tenant IS NULL THEN 'no tenant column'
            ELSE format('the tenant column is %I', t.tenant_name) END AS says
        UNION ALL SELECT NULL, t.rls, CASE WHEN t.rls THEN 'row security is on' ELSE 'row security is off' END
        UNION ALL SELECT NULL, coalesce(primecloud_internal.review_held(a, t.owner, t.rls, t.forced), false),
            format('policies %s %s', CASE WHEN primecloud_internal.review_held(a, t.owner, t.rls, t.forced) THEN 'hold'
                ELSE 'do not hold' END, primecloud_internal.review_role_names(ARRAY[a])) FROM unnest(w.app) AS a WHERE t.rls
        UNION ALL SELECT p.* FROM primecloud_internal.review_proof(t.rel, coalesce(t.tenant, 0::int2), askers) AS p WHERE t.rls
        -- What leads past its policies: parts by their own names, views and functions that run as others, what it is granted besides.
        UNION ALL SELECT NULL, x.* FROM primecloud_internal.review_relatives(w, t, askers) AS x
        UNION ALL SELECT NULL, x.* FROM primecloud_internal.review_past(w, t, line) AS x
        UNION ALL SELECT NULL, x.* FROM primecloud_internal.review_asked_writes(w, t, line, askers) AS x WHERE t.rls
        UNION ALL SELECT NULL, x.* FROM primecloud_internal.review_writers(w, line) AS x
        UNION ALL SELECT NULL, false, format('%s: %s', f.check_name, f.evidence)
            FROM (SELECT * FROM primecloud_internal.review_views(w) UNION ALL SELECT * FROM primecloud_internal.review_definers(w)) AS f
            WHERE EXISTS (SELECT FROM unnest(f.parts) AS p, unnest(string_to_array(p, ', ')) AS named, unnest(w.tables) AS x
                WHERE x.label = named AND x.rel = ANY (line))
        -- What the role is, besides: it reads files, other sessions or the log of writes, or drops what it owns.
        UNION ALL SELECT NULL, false, format('%s: %s', f.check_name, f.evidence) FROM primecloud_internal.review_role_findings(w) AS f
            WHERE f.check_name = 'app_role_overpowered' AND f.level = 'error' AND f.evidence !~ ' has CREATEROLE$'
                OR f.check_name = 'app_role_owns_tables' AND f.object = w.label
        -- (Of a part it takes the part, of what it is a part of all.)
        UNION ALL SELECT NULL, count(*) = 0, CASE count(*) WHEN 0 THEN 'TRUNCATE is not granted' ELSE format(
                'TRUNCATE is granted on %s, and asks no policy', string_agg(x.label, ', ' ORDER BY x.label COLLATE "C")) END
            FROM unnest(w.tables) AS x WHERE x.rel = ANY (line) AND x.reach && '{TRUNCATE}'
    LOOP
        step := step + 1;
        command := part.command;
        holds := part.holds;
        says := part.says;
        proved := proved AND part.holds;
        roles := roles OR part.command IS NOT NULL AND part.says ~ '\m(CURRENT_USER|SESSION_USER|CURRENT_ROLE)\M';
        RETURN NEXT;
    END LOOP;
    IF NOT proved THEN
        SELECT x.seen, x.says INTO seen, tried FROM primecloud_internal.review_witness(t, app_role, askers) AS x;
        step := step + 1;
        command := 'SELECT';
        holds := NOT seen;
        says := tried;
        RETURN NEXT;
    END IF;
    forged := (SELECT coalesce(max(', and which one that is any SQL may set'), '') FROM primecloud_internal.review_policy_findings(w) AS f
        WHERE f.check_name = 'policy_forgeable_context' AND strpos(f.object, t.label || '.') = 1);
    -- (By its name, which the last row says, it might be another's by now.)
    IF NOT EXISTS (SELECT FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE c.oid = rel AND format('%I.%I', n.nspname, c.relname) = t.label) THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('table %s was dropped or renamed meanwhile', t.label),
            HINT = 'Ask again.';
    END IF;
    step := step + 1;
    command := NULL;
    holds := proved;
    says := CASE WHEN proved THEN format('%s reads and writes rows of %s of its own tenant alone%s%s', quote_ident(app_role), t.label,
            forged, CASE WHEN roles THEN ', which is that of the role: all who log in as it share it' ELSE '' END)
        WHEN seen THEN format('%s is open: %s sees a row that is not its own', t.label, quote_ident(app_role))
        ELSE 'not proved: see the steps that do not hold' || CASE WHEN primecloud.tenant_column(rel) IS NULL THEN ''
            ELSE format('; assert_isolated(%L, %L) tries it with rows', t.label, app_role) END END;
    RETURN NEXT;
END $$;
COMMENT ON FUNCTION review_prove(regclass, name)
    IS 'why a table is bound to the tenant for a role, step by step; the last row says whether that is proved';
