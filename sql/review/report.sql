-- The findings of a schema as other tools read them: TAP lines, or one SARIF 2.1.0 document.

-- A name as a part of a URI.
CREATE FUNCTION primecloud_internal.review_uri(name name) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT string_agg(CASE WHEN b BETWEEN 48 AND 57 OR b BETWEEN 65 AND 90 OR b BETWEEN 97 AND 122 OR b = 95 THEN chr(b)
        ELSE '%' || upper(lpad(to_hex(b), 2, '0')) END, '' ORDER BY n)
    FROM (SELECT n, get_byte(convert_to(name::text, 'UTF8'), n) AS b
        FROM generate_series(0, octet_length(convert_to(name::text, 'UTF8')) - 1) AS n) AS x
$$;
COMMENT ON FUNCTION primecloud_internal.review_uri(name) IS 'a name as a part of a URI';

CREATE FUNCTION primecloud_internal.review_sarif(schema name, findings finding[], reasons jsonb) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $$
    SELECT jsonb_build_object('$schema', 'https://json.schemastore.org/sarif-2.1.0.json', 'version', '2.1.0', 'runs', jsonb_build_array(
        jsonb_build_object(
            'tool', jsonb_build_object('driver', jsonb_build_object('name', 'primecloud review', 'rules', coalesce((
                SELECT jsonb_agg(jsonb_build_object('id', r.id) ORDER BY r.id COLLATE "C") FROM (SELECT DISTINCT f."check" AS id
                    FROM unnest(findings) AS f) AS r), '[]'))),
            'results', coalesce((SELECT jsonb_agg(jsonb_build_object(
                    'ruleId', f."check",
                    'level', CASE f.level WHEN 'notice' THEN 'note' ELSE f.level END,
                    'message', jsonb_build_object('text', concat_ws(E'\n', f.object || ': ' || f.evidence, f.fix)),
                    -- (Code hosts show a result beside a line of a file, and refuse one without.)
                    'locations', jsonb_build_array(jsonb_build_object('physicalLocation', jsonb_build_object(
                        'artifactLocation', jsonb_build_object('uri', primecloud_internal.review_uri(schema) || '.sql'),
                        'region', jsonb_build_object('startLine', 1)), 'logicalLocations', jsonb_build_array(
                        jsonb_build_object('fullyQualifiedName', f.object)))),
                    'partialFingerprints', jsonb_build_object('primecloud/v1', f.fingerprint))
                || CASE WHEN reasons ? f.fingerprint THEN jsonb_build_object('suppressions', jsonb_build_array(jsonb_build_object(
                    'kind', 'external', 'justification', reasons ->> f.fingerprint))) ELSE '{}' END ORDER BY f.n)
                FROM unnest(findings) WITH ORDINALITY AS f("check", level, object, evidence, fix, fingerprint, n)), '[]')))) ::text
$$;
COMMENT ON FUNCTION primecloud_internal.review_sarif(name, finding[], jsonb)
    IS 'findings as a SARIF document; what is accepted is suppressed';

CREATE FUNCTION review_report(schema name, app_role name DEFAULT NULL, format text DEFAULT 'tap', checks text[] DEFAULT NULL,
    levels text[] DEFAULT NULL) RETURNS SETOF text
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $$
DECLARE
    findings primecloud.finding[] := ARRAY(SELECT f FROM primecloud.review(schema, app_role, checks, levels) AS f);
    reasons jsonb := (SELECT coalesce(jsonb_object_agg(a.fingerprint, a.reason), '{}') FROM primecloud_internal.review_accepted(schema) AS
        a);
BEGIN
    IF format = 'sarif' THEN
        RETURN NEXT primecloud_internal.review_sarif(schema, findings, reasons);
    ELSIF format = 'tap' THEN
        -- A notice fails nothing, nor does what was accepted: both are said.
        RETURN NEXT '1..' || greatest(cardinality(findings), 1);
        RETURN QUERY SELECT concat_ws(E'\n', primecloud_internal.tap_line(f.level = 'notice' OR reasons ? f.fingerprint, f.n,
                f."check" || ' ' || f.object, 'accepted:', reasons ->> f.fingerprint),
            '# ' || primecloud_internal.one_line(f.level || ': ' || f.evidence),
            '# ' || regexp_replace(f.fix, '\r\n|[\u000a-\u000d\u0085\u2028\u2029]', E'\n# ', 'g'), '# fingerprint ' || f.fingerprint)
        FROM unnest(findings) WITH ORDINALITY AS f("check", level, object, evidence, fix, fingerprint, n) ORDER BY f.n;
        IF findings = '{}' THEN
            RETURN NEXT 'ok 1 - nothing is found';
        END IF;
    ELSE
        RAISE invalid_parameter_value USING MESSAGE = pg_catalog.format('"%s" is no format of a report', format),
            HINT = 'It is tap or sarif; for rows call review().';
    END IF;
END $$;
COMMENT ON FUNCTION review_report(name, name, text, text[], text[])
    IS 'the findings of a schema as TAP lines or as a SARIF 2.1.0 document, with what is accepted marked so';
