-- review_prove(): rows that are put in, looked for as the application, and taken back.

-- Who comes: nobody, and, where policies ask who does, another tenant than the row's.
CREATE FUNCTION primecloud_internal.review_comers(t primecloud_internal.review_table, settings text[])
    RETURNS TABLE (entered text, claimed text, other boolean)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT NULL::text, NULL::text, false
    UNION ALL
    -- (A superuser alone enters a tenant without being one.)
    SELECT CASE WHEN p.product AND r.rolsuper THEN f.value END, f.value, f.other
    FROM (SELECT EXISTS (SELECT FROM pg_policy AS p JOIN pg_depend AS d ON d.classid = 'pg_policy'::regclass AND d.objid = p.oid
            AND d.refclassid = 'pg_proc'::regclass JOIN pg_proc AS f ON f.oid = d.refobjid
            WHERE p.polrelid = t.rel AND f.pronamespace = to_regnamespace('primecloud'))) AS p(product)
    JOIN pg_roles AS r ON r.rolname = current_user JOIN pg_attribute AS a ON a.attrelid = t.rel AND a.attnum = t.tenant
    CROSS JOIN LATERAL (SELECT primecloud_internal.review_filler(a.atttypid, a.atttypmod, NOT o) AS value, o AS other
        FROM (VALUES (false), (true)) AS v(o)) AS f
    WHERE p.product AND r.rolsuper OR settings <> '{}'
$$;
COMMENT ON FUNCTION primecloud_internal.review_comers(primecloud_internal.review_table, text[])
    IS 'whom review_prove() tries: the tenant that is entered, what settings claim, and which of two tenants the row is of';

CREATE FUNCTION primecloud_internal.review_try_rows(t primecloud_internal.review_table, app_role name, askers oid[], OUT seen boolean,
    OUT says text)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $$
DECLARE
    -- What clients alone make, and no setting of the server's or of an extension's.
    settings text[] := ARRAY(SELECT w.let_by FROM primecloud_internal.review_witness_rows(t.rel, coalesce(t.tenant, 0::int2), askers) AS w
        WHERE w.number = 0 AND w.let_by ~ '^[a-z_]+\.' AND w.let_by !~* '^primecloud\.' AND NOT EXISTS (SELECT FROM pg_settings AS s
            WHERE lower(s.name) = lower(w.let_by)));
    one record;
    tried record;
    why text;
BEGIN
    seen := false;
    FOR one IN
        SELECT c.entered, c.claimed, c.other, w.let_by, w.chosen, (SELECT string_agg(format('%s = %s', quote_ident(a.attname),
                quote_nullable(w.chosen ->> a.attnum::text)), ', ' ORDER BY a.attnum) FROM pg_attribute AS a WHERE a.attrelid = t.rel
                AND a.attnum > 0 AND w.chosen ? a.attnum::text) AS said
        FROM (SELECT 0 AS number, 'row security is off' AS let_by, '{}'::jsonb AS chosen WHERE NOT t.rls
            UNION ALL
            SELECT w.number, w.let_by, coalesce(jsonb_object_agg(w.attnum, w.value) FILTER (WHERE w.attnum > 0), '{}')
            FROM primecloud_internal.review_witness_rows(t.rel, coalesce(t.tenant, 0::int2), askers) AS w
            WHERE w.number > 0 AND t.rls GROUP BY w.number, w.let_by) AS w
        CROSS JOIN primecloud_internal.review_comers(t, settings) AS c ORDER BY w.number, c.claimed NULLS FIRST
    LOOP
        BEGIN
            PERFORM set_config(s, coalesce(one.claimed, ''), true) FROM unnest(settings) AS s
            WHERE one.claimed IS NOT NULL OR current_setting(s, true) <> '';
        EXCEPTION WHEN invalid_name OR invalid_parameter_value OR insufficient_privilege THEN
            why := coalesce(why, sqlerrm);  -- a library keeps all names with its prefix to itself
            CONTINUE;
        END;
        SELECT * INTO tried FROM primecloud_internal.review_try_witness(t.rel, app_role, one.entered,
            primecloud_internal.review_witness_insert(t.rel, t.tenant, one.chosen, one.other));
        why := coalesce(why, tried.why);
        CONTINUE WHEN tried.seen IS NOT TRUE;
        seen := true;
        says := format('a row was put in, seen by %I, who had entered %s, and taken back: %s%s', app_role, CASE WHEN one.claimed IS NULL
            THEN 'no tenant' ELSE 'another tenant' END, one.let_by, ', with ' || one.said);
        RETURN;
    END LOOP;
    says := 'no row that was put in was seen' || coalesce(': ' || why, '');
END $$;
COMMENT ON FUNCTION primecloud_internal.review_try_rows(primecloud_internal.review_table, name, oid[])
    IS 'puts rows of what policies let through into a table, and tells whether the application sees one';
