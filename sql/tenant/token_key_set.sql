-- The set of keys that an issuer publishes: taken whole or not at all.

CREATE FUNCTION primecloud_internal.take_token_key(issuer text, jwk jsonb) RETURNS text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    given record;
    known primecloud_internal.token_key;
BEGIN
    SELECT t.* INTO given FROM primecloud_internal.token_key_of_jwk(jwk::text) AS t;
    IF given.passed_over IS NOT NULL THEN
        RETURN NULL;
    END IF;
    PERFORM primecloud_internal.lock_token_keys();
    PERFORM primecloud_internal.refuse_token_key(given.kid, given.alg, given.key);
    SELECT k.* INTO known FROM primecloud_internal.token_key AS k WHERE k.kid = given.kid AND k.issuer = take_token_key.issuer;
    IF NOT FOUND THEN
        INSERT INTO primecloud_internal.token_key (kid, alg, key, issuer, from_set, revoked_at)
        VALUES (given.kid, given.alg, given.key, issuer, true,
            primecloud_internal.token_key_revoked(given.alg, given.key, issuer));  -- (what was revoked stays so, under any kid)
    ELSIF known.key <> given.key OR known.alg <> given.alg THEN
        RAISE invalid_parameter_value USING MESSAGE = format('the set has another key "%s" than the issuer had', given.kid),
            HINT = 'A new key takes a new kid: ask the issuer. Nothing of the set was taken.';
    ELSIF known.left_at IS NOT NULL OR NOT known.from_set THEN
        -- (What was revoked by hand stays revoked.)
        UPDATE primecloud_internal.token_key AS k SET left_at = NULL, from_set = true
        WHERE k.kid = given.kid AND k.issuer = take_token_key.issuer;
    END IF;
    RETURN given.kid;
END $$;
COMMENT ON FUNCTION primecloud_internal.take_token_key(text, jsonb)
    IS 'takes one key of an issuer''s set; its kid, NULL where it is passed over';
REVOKE ALL ON FUNCTION primecloud_internal.take_token_key(text, jsonb) FROM PUBLIC;

CREATE FUNCTION add_token_keys(issuer text, jwks jsonb, grace interval DEFAULT '1 hour') RETURNS integer
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    kids text[];
BEGIN
    PERFORM FROM primecloud_internal.token_issuer AS i WHERE i.issuer = add_token_keys.issuer FOR UPDATE;
    IF NOT FOUND THEN
        RAISE undefined_object USING MESSAGE = format('there is no issuer "%s"', issuer), HINT = 'Add it: primecloud.add_issuer().';
    END IF;
    IF grace IS NULL OR grace < interval '0' THEN
        RAISE invalid_parameter_value USING MESSAGE = format('the grace is %s', coalesce(grace::text, 'NULL')),
            HINT = 'Say for how long tokens of a key that has left are still taken: at least as long as a token lives.';
    END IF;
    SELECT array_agg(t.kid) FILTER (WHERE t.kid IS NOT NULL) INTO kids
    FROM (SELECT primecloud_internal.take_token_key(issuer, k)
        FROM jsonb_array_elements(primecloud_internal.keys_of_set(jwks)) AS k) AS t(kid);
    IF kids IS NULL OR cardinality(kids) <> (SELECT count(DISTINCT kid) FROM unnest(kids) AS kid) THEN
        RAISE invalid_parameter_value USING MESSAGE = 'the set has no key for tokens, or one kid twice',
            HINT = 'Keys are RS256, PS256, ES256 or EdDSA, each with a kid of its own. Nothing was changed.';
    END IF;
    IF EXISTS (SELECT FROM primecloud_internal.token_key AS k WHERE k.issuer = add_token_keys.issuer AND k.from_set AND k.left_at IS NULL
        AND k.kid <> ALL (kids)) THEN
        UPDATE primecloud_internal.token_key AS k SET left_at = now() + grace
        WHERE k.issuer = add_token_keys.issuer AND k.from_set AND k.left_at IS NULL AND k.kid <> ALL (kids);
    END IF;
    RETURN cardinality(kids);
END $$;
COMMENT ON FUNCTION add_token_keys(text, jsonb, interval) IS
    'takes the set of keys (JWKS) that an issuer publishes, whole or not at all, and says how many; a key that left ends after the grace';
REVOKE ALL ON FUNCTION add_token_keys(text, jsonb, interval) FROM PUBLIC;
