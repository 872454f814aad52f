-- Issuers of tokens: what theirs must be like, and the sets of keys that they publish.

CREATE TABLE primecloud_internal.token_issuer (
    issuer text PRIMARY KEY CHECK (octet_length(issuer) BETWEEN 1 AND 255),
    audience text CHECK (octet_length(audience) BETWEEN 1 AND 255),
    audience_claim text NOT NULL CHECK (octet_length(audience_claim) BETWEEN 1 AND 255),
    user_claim text NOT NULL CHECK (octet_length(user_claim) BETWEEN 1 AND 255),
    account_claim text CHECK (octet_length(account_claim) BETWEEN 1 AND 255),
    role_claim text CHECK (octet_length(role_claim) BETWEEN 1 AND 255),
    longest_life integer CHECK (longest_life BETWEEN 1 AND 86400),
    leeway integer NOT NULL CHECK (leeway BETWEEN 0 AND 300));
COMMENT ON TABLE primecloud_internal.token_issuer IS 'issuers of tokens, and what theirs must be like';
COMMENT ON COLUMN primecloud_internal.token_issuer.issuer IS 'what their tokens name in iss';
COMMENT ON COLUMN primecloud_internal.token_issuer.audience IS 'what they must be for; NULL: as of any token';
COMMENT ON COLUMN primecloud_internal.token_issuer.longest_life IS 'seconds from iat to exp; NULL: as of any token';
COMMENT ON COLUMN primecloud_internal.token_issuer.leeway IS 'seconds by which its clock may differ';
COMMENT ON COLUMN primecloud_internal.token_issuer.account_claim IS 'what names the account; NULL: nothing, the user is entered alone';
COMMENT ON COLUMN primecloud_internal.token_issuer.role_claim IS 'what names the role; NULL: nothing, the membership says it';
REVOKE ALL ON primecloud_internal.token_issuer FROM PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('primecloud_internal.token_issuer', '');
CREATE TRIGGER tell_sessions AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON primecloud_internal.token_issuer FOR EACH STATEMENT
    EXECUTE FUNCTION primecloud_internal.tell_sessions();
ALTER TABLE primecloud_internal.token_issuer ENABLE ALWAYS TRIGGER tell_sessions;

CREATE FUNCTION add_issuer(issuer text, audience text DEFAULT NULL, account_claim text DEFAULT 'account', role_claim text DEFAULT 'role',
    user_claim text DEFAULT 'sub', audience_claim text DEFAULT 'aud', longest_life interval DEFAULT NULL,
    leeway interval DEFAULT '30 seconds')
    RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO primecloud_internal.token_issuer AS i (issuer, audience, audience_claim, user_claim, account_claim, role_claim,
        longest_life, leeway)
    VALUES (issuer, audience, audience_claim, user_claim, account_claim, role_claim, extract(epoch FROM longest_life), extract(epoch FROM
        leeway))
    ON CONFLICT ON CONSTRAINT token_issuer_pkey DO UPDATE SET audience = excluded.audience, audience_claim = excluded.audience_claim,
        user_claim = excluded.user_claim, account_claim = excluded.account_claim, role_claim = excluded.role_claim,
        longest_life = excluded.longest_life, leeway = excluded.leeway;
EXCEPTION WHEN check_violation OR not_null_violation OR numeric_value_out_of_range THEN
    RAISE invalid_parameter_value USING
        MESSAGE = 'an issuer, an audience or a claim has 1 to 255 bytes, a life 1 second to 1 day, a leeway up to 5 minutes',
        HINT = 'NULL is for audience, account_claim, role_claim and longest_life alone.';
END $$;
COMMENT ON FUNCTION add_issuer(text, text, text, text, text, text, interval, interval) IS
    'says what tokens of an issuer must be like, and what their claims are called; called again it replaces what was said';
REVOKE ALL ON FUNCTION add_issuer(text, text, text, text, text, text, interval, interval) FROM PUBLIC;

CREATE FUNCTION primecloud_internal.token_key_of_jwk(jwk text, OUT kid text, OUT alg text, OUT key bytea, OUT passed_over text)
    RETURNS record
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_token_key_of_jwk';
COMMENT ON FUNCTION primecloud_internal.token_key_of_jwk(text) IS 'a member of a JWK set: its key, or why it is none for tokens; 22023';
REVOKE ALL ON FUNCTION primecloud_internal.token_key_of_jwk(text) FROM PUBLIC;

-- The set as an array of keys; 22023 where it is none.
CREATE FUNCTION primecloud_internal.keys_of_set(jwks jsonb) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF jsonb_typeof(jwks -> 'keys') IS DISTINCT FROM 'array' OR jsonb_array_length(jwks -> 'keys') NOT BETWEEN 1 AND 100 THEN
        RAISE invalid_parameter_value USING MESSAGE = 'the set has no keys, or more than 100',
            HINT = 'Pass what the issuer publishes at jwks_uri, as it is: {"keys": [...]}. Nothing was changed.';
    END IF;
    RETURN jwks -> 'keys';
END $$;
COMMENT ON FUNCTION primecloud_internal.keys_of_set(jsonb) IS 'the keys of a JWK set; 22023 where there are none';
REVOKE ALL ON FUNCTION primecloud_internal.keys_of_set(jsonb) FROM PUBLIC;
