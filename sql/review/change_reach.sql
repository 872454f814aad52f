-- review_change(): what the application could do before, and cannot after.

CREATE FUNCTION primecloud_internal.review_change_reach(trial primecloud_internal.review_trial, reached oid[])
    RETURNS SETOF primecloud_internal.review_row
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET enable_nestloop = off
AS $$
    WITH given AS MATERIALIZED (
        SELECT false AS after, f.rel, f.label, p.name FROM unnest((trial).before) AS f
        CROSS JOIN LATERAL jsonb_object_keys(f.says) AS p(name)
        WHERE f.kind = 'grant' AND f.part::oid = ANY (reached)
        UNION
        SELECT true, f.rel, f.label, p.name FROM unnest((trial).after) AS f CROSS JOIN LATERAL jsonb_object_keys(f.says) AS p(name)
        WHERE f.kind = 'grant' AND f.part::oid = ANY (reached))
    SELECT CASE g.name WHEN 'SELECT' THEN 'change_breaks_readers' ELSE 'change_breaks_writers' END, 'error', g.label,
        format('the application has no %s on it any more', string_agg(g.name, ', ' ORDER BY g.name)),
        '-- choose: when nobody needs it any more', ARRAY['grant']
    FROM given AS g JOIN unnest((trial).after) AS r ON r.kind = 'relation' AND r.rel = g.rel
    WHERE NOT g.after AND g.name IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
      AND NOT EXISTS (SELECT FROM given AS o WHERE o.after AND o.rel = g.rel AND o.name = g.name)
    GROUP BY 1, g.label
$$;
COMMENT ON FUNCTION primecloud_internal.review_change_reach(primecloud_internal.review_trial, oid[])
    IS 'change_breaks_readers, change_breaks_writers: what was taken from the application';
