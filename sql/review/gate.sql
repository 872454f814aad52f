-- The gate: what was not accepted stops what comes after.

CREATE FUNCTION review_baseline(schema name, app_role name DEFAULT NULL, reason text DEFAULT 'there when the gate was put up',
    until date DEFAULT NULL) RETURNS bigint
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    accepted bigint;
BEGIN
    IF EXISTS (SELECT FROM pg_namespace AS n WHERE n.nspname = schema AND NOT pg_has_role(n.nspowner, 'USAGE')) THEN
        RAISE insufficient_privilege USING MESSAGE = format('schema "%s" is not of role "%s"', schema, current_user),
            HINT = 'What it accepts would count nowhere: its owner takes the baseline.';
    END IF;
    SELECT count(primecloud.review_accept(f.fingerprint, reason, until)::text) INTO accepted
    FROM primecloud.review(schema, app_role) AS f
    WHERE f.level IN ('error', 'warning') AND f.fingerprint NOT IN (SELECT a.fingerprint FROM primecloud_internal.review_accepted(schema)
        AS a);
    RETURN accepted;
END $$;
COMMENT ON FUNCTION review_baseline(name, name, text, date)
    IS 'accepts every error and warning that a schema has today, so that the gate stops new ones; how many there were';

CREATE FUNCTION review_gate(schema name, app_role name DEFAULT NULL, checks text[] DEFAULT NULL,
    levels text[] DEFAULT '{error,warning}') RETURNS bigint
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $$
DECLARE
    found record;
BEGIN
    SELECT count(*) FILTER (WHERE a.fingerprint IS NULL) AS open, count(a.fingerprint) AS accepted,
        string_agg(primecloud_internal.one_line(format('%s %s on %s: %s [%s]', f.level, f."check", f.object, f.evidence, f.fingerprint)),
            E'\n' ORDER BY f.n)
            FILTER (WHERE a.fingerprint IS NULL) AS said
    INTO found FROM primecloud.review(schema, app_role, checks, levels) WITH ORDINALITY
        AS f("check", level, object, evidence, fix, fingerprint, n)
    LEFT JOIN primecloud_internal.review_accepted(schema) AS a ON a.fingerprint = f.fingerprint;
    IF found.open > 0 THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('schema "%s" has %s findings that are not accepted', schema,
            found.open),
            DETAIL = found.said,
            HINT = 'review() has what mends each; review_accept(fingerprint, reason, until) lets one pass that is meant.';
    END IF;
    RETURN found.accepted;
END $$;
COMMENT ON FUNCTION review_gate(name, name, text[], text[])
    IS 'raises 55000 with the findings of a schema that nobody who owns it has accepted; else how many are accepted';
