-- Findings that are meant: by whom they were accepted, why, and until when.

-- A finding is known by its fingerprint, in a restored database too.  Who owns a schema accepts, and it counts in his alone.
CREATE TABLE primecloud_internal.accepted_finding (
    fingerprint text NOT NULL CHECK (fingerprint ~ '^[0-9a-f]{16}$'),
    accepted_by text NOT NULL,
    reason text NOT NULL,
    until date,
    accepted_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (fingerprint, accepted_by));
COMMENT ON TABLE primecloud_internal.accepted_finding IS
    'findings that review_gate() lets pass, recorded by review_accept() and review_baseline()';
COMMENT ON COLUMN primecloud_internal.accepted_finding.accepted_by IS 'a role: what it accepts counts in the schemas that it owns';
COMMENT ON COLUMN primecloud_internal.accepted_finding.until IS 'the last day on which the finding passes; NULL: until it is taken back';
REVOKE ALL ON primecloud_internal.accepted_finding FROM PUBLIC;
GRANT SELECT ON primecloud_internal.accepted_finding TO PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('primecloud_internal.accepted_finding', '');

CREATE FUNCTION primecloud_internal.review_accept_as(caller oid, fingerprint text, reason text, until date) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF fingerprint IS NULL OR fingerprint !~ '^[0-9a-f]{16}$' THEN
        RAISE invalid_parameter_value USING MESSAGE = format('"%s" is no fingerprint of a finding', left(fingerprint, 40)),
            HINT = 'Take it from the last column of review().';
    END IF;
    IF NOT EXISTS (SELECT FROM pg_namespace AS n WHERE n.nspname !~ '^(pg_|information_schema$)' AND pg_has_role(caller, n.nspowner,
        'USAGE')) THEN
        RAISE insufficient_privilege USING MESSAGE = format('role "%s" owns no schema', pg_get_userbyid(caller)),
            HINT = 'What it accepts would count nowhere: the owner of the schema accepts.';
    END IF;
    IF octet_length(reason) > 1000 THEN
        RAISE invalid_parameter_value USING MESSAGE = 'the reason has more than 1000 bytes',
            HINT = 'Say it shortly; name the place where more of it stands.';
    END IF;
    IF btrim(reason) = '' THEN
        RAISE invalid_parameter_value USING MESSAGE = 'the reason is empty',
            HINT = 'Say why the finding is meant; NULL takes the acceptance back.';
    END IF;
    IF until < current_date THEN
        RAISE invalid_parameter_value USING MESSAGE = format('the acceptance would have ended on %s', until),
            HINT = 'Name a day to come, or leave until out.';
    END IF;
    DELETE FROM primecloud_internal.accepted_finding AS a
    WHERE a.fingerprint = review_accept_as.fingerprint AND a.accepted_by = pg_get_userbyid(caller);
    INSERT INTO primecloud_internal.accepted_finding (fingerprint, accepted_by, reason, until)
    SELECT review_accept_as.fingerprint, pg_get_userbyid(caller), review_accept_as.reason, review_accept_as.until WHERE reason IS NOT NULL;
END $$;
COMMENT ON FUNCTION primecloud_internal.review_accept_as(oid, text, text, date) IS 'what review_accept() does, for whoever asks';
REVOKE ALL ON FUNCTION primecloud_internal.review_accept_as(oid, text, text, date) FROM PUBLIC;

CREATE FUNCTION review_accept(fingerprint text, reason text, until date DEFAULT NULL) RETURNS void
    LANGUAGE c VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'primecloud_door';
COMMENT ON FUNCTION review_accept(text, text, date)
    IS 'lets a finding pass review_gate() in the schemas that the caller owns, until a day; a NULL reason takes it back';

-- Why a finding passes in a schema today; NULL where nobody who owns the schema has accepted it.
CREATE FUNCTION primecloud_internal.review_accepted(schema name) RETURNS TABLE (fingerprint text, reason text)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT DISTINCT ON (a.fingerprint COLLATE "C") a.fingerprint, a.reason || coalesce(' (until ' || a.until || ')', '')
    FROM primecloud_internal.accepted_finding AS a JOIN pg_roles AS r ON r.rolname = a.accepted_by::name
    JOIN pg_namespace AS n ON n.nspname = schema
    WHERE (a.until IS NULL OR a.until >= current_date) AND pg_has_role(r.oid, n.nspowner, 'USAGE')
    ORDER BY a.fingerprint COLLATE "C", a.until DESC, a.accepted_by COLLATE "C"
$$;
COMMENT ON FUNCTION primecloud_internal.review_accepted(name) IS 'the findings that are accepted in a schema today, and why';
