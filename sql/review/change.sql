-- review_change(): a migration, tried and undone.

CREATE FUNCTION primecloud_internal.review_change_rows(script text, schema name, app_role name, pages bigint, path text)
    RETURNS SETOF primecloud_internal.review_row
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    words primecloud_internal.review_words := primecloud_internal.review_words_of(schema, app_role);
    tenants jsonb := (SELECT jsonb_object_agg(t.rel, t.tenant_name) FROM unnest(words.tables) AS t WHERE t.here AND t.tenant IS NOT NULL);
    trial primecloud_internal.review_trial;
BEGIN
    PERFORM primecloud_internal.review_change_refuse(script, schema, pages);
    trial := primecloud_internal.review_change_try(script, schema, app_role, path);
    RETURN QUERY SELECT * FROM primecloud_internal.review_change_readers(trial);
    RETURN QUERY SELECT * FROM primecloud_internal.review_change_writers(trial);
    RETURN QUERY SELECT * FROM primecloud_internal.review_change_costs(trial);
    RETURN QUERY SELECT * FROM primecloud_internal.review_change_protection(trial, tenants);
    RETURN QUERY SELECT * FROM primecloud_internal.review_change_reach(trial, words.reached);
    RETURN QUERY SELECT 'change_brings_finding', f.level, f.object, format('review() finds %s: %s', f."check", f.evidence), f.fix,
        ARRAY[f."check", f.fingerprint] FROM unnest(trial.found) AS f;
    IF trial.failure IS NOT NULL THEN
        -- What is said of a column that cannot be NULL is of those who write, whoever meets it first.
        RETURN QUERY SELECT CASE WHEN f ->> 'code' = '23502' AND f ->> 'column' IS NOT NULL THEN 'change_breaks_writers' ELSE
            'change_fails' END, 'error',
            CASE WHEN f ->> 'column' IS NOT NULL AND f ->> 'table' IS NOT NULL THEN format('%s.%I', f ->> 'table', f ->> 'column')
                ELSE coalesce(f ->> 'table', 'database') END,
            format('statement %s, %s, fails, and what follows was not tried: %s (%s)', f ->> 'number', f ->> 'tag', f ->> 'said',
                f ->> 'code'), '-- choose: what lets it pass', ARRAY[f ->> 'tag', f ->> 'code']
        FROM (SELECT trial.failure) AS x(f);
    END IF;
    RETURN QUERY SELECT 'change_not_tried', 'notice', 'database', a, CASE WHEN starts_with(a, 'sequence ')
        THEN '-- choose: try it where nobody else draws, as who may set it' ELSE '-- choose: run it by itself' END, ARRAY[a]
    FROM unnest(trial.alone) AS a;
END $$;
COMMENT ON FUNCTION primecloud_internal.review_change_rows(text, name, name, bigint, text) IS 'what a migration does to a schema';

CREATE FUNCTION primecloud_internal.review_change_findings(script text, schema name, app_role name, pages bigint, path text)
    RETURNS SETOF finding
    LANGUAGE sql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
    SELECT f.check_name, f.level, f.object, f.evidence, primecloud_internal.review_fix(f.fix), f.fingerprint FROM (
        SELECT DISTINCT ON (r.fingerprint COLLATE "C") r.* FROM (
            SELECT x.*, primecloud_internal.review_fingerprint(x.check_name, x.object, x.parts) AS fingerprint,
                array_position('{error,warning,notice}', x.level) AS grade
            FROM primecloud_internal.review_change_rows(script, schema, app_role, pages, path) AS x) AS r
        ORDER BY r.fingerprint COLLATE "C", r.grade, r.evidence COLLATE "C") AS f
    ORDER BY f.grade, f.object COLLATE "C", f.check_name COLLATE "C", f.fingerprint COLLATE "C"
$$;
COMMENT ON FUNCTION primecloud_internal.review_change_findings(text, name, name, bigint, text)
    IS 'what a migration does to a schema, in an order that stays';

-- Names in the script are the caller's: the path under which they are looked up is his, and is read before anything else is.
CREATE FUNCTION review_change(ddl text, schema name, app_role name DEFAULT NULL, pages bigint DEFAULT 100000) RETURNS SETOF finding
    LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
    SELECT f.* FROM primecloud_internal.review_change_findings(ddl, schema, app_role, pages, pg_catalog.current_setting('search_path')) AS
        f;
END;
COMMENT ON FUNCTION review_change(text, name, name, bigint)
    IS 'what a migration breaks, locks, rewrites and loosens: it is run and undone, so on a copy';
