-- The keys that verify tokens.

CREATE FUNCTION primecloud_internal.token_algorithm_known(alg text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_token_algorithm_known';
COMMENT ON FUNCTION primecloud_internal.token_algorithm_known(text) IS 'whether alg is EdDSA, ES256, RS256, PS256 or HS256';
REVOKE ALL ON FUNCTION primecloud_internal.token_algorithm_known(text) FROM PUBLIC;

CREATE FUNCTION primecloud_internal.token_key_published(key bytea) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_token_key_published';
COMMENT ON FUNCTION primecloud_internal.token_key_published(bytea)
    IS 'whether a key stands in a test vector or in documentation, or is a pattern: with it anybody signs';
REVOKE ALL ON FUNCTION primecloud_internal.token_key_published(bytea) FROM PUBLIC;

CREATE FUNCTION primecloud_internal.token_key_kept(alg text, key bytea) RETURNS bytea
    LANGUAGE c VOLATILE STRICT PARALLEL SAFE SUPPORT primecloud_internal.hide_plaintext
    AS 'MODULE_PATHNAME', 'primecloud_token_key_kept';
COMMENT ON FUNCTION primecloud_internal.token_key_kept(text, bytea)
    IS 'what is kept of a key: of PEM or DER the 32 bytes of Ed25519, x and y of P-256, the modulus of RSA; all else whole, so in no plan';
REVOKE ALL ON FUNCTION primecloud_internal.token_key_kept(text, bytea) FROM PUBLIC;

CREATE TABLE primecloud_internal.token_key (
    kid text NOT NULL CHECK (octet_length(kid) BETWEEN 1 AND 255),
    alg text NOT NULL CHECK (primecloud_internal.token_algorithm_known(alg)),
    key bytea NOT NULL,
    issuer text CHECK (octet_length(issuer) BETWEEN 1 AND 255),
    added_at timestamptz NOT NULL DEFAULT now(),
    revoked_at timestamptz,
    left_at timestamptz,
    from_set boolean NOT NULL DEFAULT false,
    CHECK (CASE alg WHEN 'EdDSA' THEN octet_length(key) = 32 WHEN 'ES256' THEN octet_length(key) = 64
        WHEN 'HS256' THEN octet_length(key) BETWEEN 32 AND 256 ELSE octet_length(key) BETWEEN 256 AND 512 END),
    UNIQUE NULLS NOT DISTINCT (kid, issuer));
COMMENT ON TABLE primecloud_internal.token_key IS 'keys that verify tokens: public keys, and a shared secret for HS256';
COMMENT ON COLUMN primecloud_internal.token_key.kid IS 'the key id that a token names';
COMMENT ON COLUMN primecloud_internal.token_key.alg IS 'the algorithm, which no token can choose';
COMMENT ON COLUMN primecloud_internal.token_key.issuer IS 'if set, what a token must name in iss';
COMMENT ON COLUMN primecloud_internal.token_key.revoked_at IS 'from when on its tokens are refused';
COMMENT ON COLUMN primecloud_internal.token_key.left_at IS 'from when on its tokens are refused since its issuer''s set has it no more';
COMMENT ON COLUMN primecloud_internal.token_key.from_set IS 'whether it came in the issuer''s set, and leaves with it';
REVOKE ALL ON primecloud_internal.token_key FROM PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('primecloud_internal.token_key', '');
CREATE TRIGGER tell_sessions AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON primecloud_internal.token_key FOR EACH STATEMENT
    EXECUTE FUNCTION primecloud_internal.tell_sessions();
ALTER TABLE primecloud_internal.token_key ENABLE ALWAYS TRIGGER tell_sessions;

CREATE FUNCTION add_token_key(kid text, alg text, key bytea, issuer text DEFAULT NULL) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SUPPORT primecloud_internal.hide_plaintext
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    kept bytea;
BEGIN
    IF NOT coalesce(primecloud_internal.token_algorithm_known(alg), false) THEN
        RAISE invalid_parameter_value USING MESSAGE = format('unknown algorithm: "%s"', alg),
            HINT = 'Use EdDSA, ES256, RS256 or PS256, or HS256 where the issuer can do nothing else.';
    END IF;
    IF alg = 'EdDSA' AND octet_length(key) < 44 AND octet_length(key) <> 32 THEN
        RAISE invalid_parameter_value USING MESSAGE = format('an Ed25519 public key has 32 bytes, not %s', octet_length(key)),
            HINT = 'Pass the raw key: openssl pkey -in key.pem -pubout -outform DER | tail -c 32';
    ELSIF alg = 'HS256' AND octet_length(key) NOT BETWEEN 32 AND 256 THEN
        RAISE invalid_parameter_value USING MESSAGE = format('an HS256 key has 32 to 256 bytes, not %s', octet_length(key)),
            HINT = 'Take 32 random bytes: openssl rand 32';
    END IF;
    IF kid IS NULL OR octet_length(kid) NOT BETWEEN 1 AND 255 OR octet_length(issuer) NOT BETWEEN 1 AND 255 THEN
        RAISE invalid_parameter_value USING MESSAGE = 'a kid, and an issuer where there is one, has 1 to 255 bytes',
            HINT = 'The kid is the name of the key in the header of its tokens.';
    END IF;
    kept := primecloud_internal.token_key_kept(alg, key);
    PERFORM primecloud_internal.lock_token_keys();
    PERFORM primecloud_internal.refuse_token_key(kid, alg, kept);
    IF primecloud_internal.token_key_revoked(alg, kept, issuer) IS NOT NULL THEN
        RAISE invalid_parameter_value USING MESSAGE = format('"%s" would have a key that was revoked', kid), HINT = 'Make a new key.';
    END IF;
    INSERT INTO primecloud_internal.token_key (kid, alg, key, issuer) VALUES (kid, alg, kept, issuer);
EXCEPTION WHEN unique_violation THEN
    RAISE unique_violation USING MESSAGE = format('there is a token key "%s" already', kid), HINT = 'A new key takes a new kid.';
END $$;
COMMENT ON FUNCTION add_token_key(text, text, bytea, text)
    IS 'adds a key that verifies tokens: a public key as PEM or DER (of EdDSA the 32 bytes, too), the shared secret for HS256';
REVOKE ALL ON FUNCTION add_token_key(text, text, bytea, text) FROM PUBLIC;

-- Ids are an issuer's own: without one it is the only key of that id.  The key of no issuer has '' for one.
CREATE FUNCTION primecloud_internal.one_token_key(kid text, issuer text DEFAULT NULL) RETURNS primecloud_internal.token_key
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    found primecloud_internal.token_key;
BEGIN
    PERFORM primecloud_internal.lock_token_keys();
    SELECT k.* INTO STRICT found FROM primecloud_internal.token_key AS k
    WHERE k.kid = one_token_key.kid AND coalesce(k.issuer, '') = coalesce(one_token_key.issuer, k.issuer, '') FOR UPDATE;
    RETURN found;
EXCEPTION
    WHEN no_data_found THEN
        RAISE undefined_object USING MESSAGE = format('there is no token key "%s"', kid), HINT = 'See primecloud.token_key_status.';
    WHEN too_many_rows THEN
        RAISE cardinality_violation USING MESSAGE = format('several issuers have a token key "%s"', kid),
            HINT = 'Name its issuer, or an empty text for the key that has none: primecloud.token_key_status has them.';
END $$;
COMMENT ON FUNCTION primecloud_internal.one_token_key(text, text) IS 'the row of a token key, locked';
REVOKE ALL ON FUNCTION primecloud_internal.one_token_key(text, text) FROM PUBLIC;

CREATE FUNCTION revoke_token_key(kid text, issuer text DEFAULT NULL) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    old primecloud_internal.token_key := primecloud_internal.one_token_key(kid, issuer);
BEGIN
    PERFORM primecloud_internal.end_token_key(old, now());
END $$;
COMMENT ON FUNCTION revoke_token_key(text, text) IS
    'refuses every token of a key, under whatever kid, from this transaction''s commit on, in every session; nothing brings it back';
REVOKE ALL ON FUNCTION revoke_token_key(text, text) FROM PUBLIC;

CREATE FUNCTION rotate_token_key(kid text, new_kid text, new_key bytea, grace interval DEFAULT '1 hour', issuer text DEFAULT NULL)
    RETURNS void LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SUPPORT primecloud_internal.hide_plaintext SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    old primecloud_internal.token_key := primecloud_internal.one_token_key(kid, issuer);
BEGIN
    IF old.revoked_at <= clock_timestamp() OR old.left_at <= clock_timestamp() THEN
        RAISE undefined_object USING MESSAGE = format('there is no active token key "%s"', kid),
            HINT = 'Add a new one with primecloud.add_token_key().';
    END IF;
    IF grace IS NULL OR grace < interval '0' THEN
        RAISE invalid_parameter_value USING MESSAGE = format('the grace is %s', coalesce(grace::text, 'NULL')),
            HINT = 'Say for how long tokens of the old key are still taken: at least as long as a token lives.';
    END IF;
    IF primecloud_internal.token_key_identity(old.alg, old.key)
        = primecloud_internal.token_key_identity(old.alg, primecloud_internal.token_key_kept(old.alg, new_key)) THEN
        RAISE invalid_parameter_value USING MESSAGE = format('"%s" would have the key of "%s"', new_kid, kid),
            HINT = 'Make a new key pair.';
    END IF;
    PERFORM primecloud.add_token_key(new_kid, old.alg, new_key, old.issuer);
    PERFORM primecloud_internal.end_token_key(old, now() + grace);
END $$;
COMMENT ON FUNCTION rotate_token_key(text, text, bytea, interval, text) IS
    'adds the next key, of the same algorithm and issuer, and lets the old one end after the grace, in which both verify';
REVOKE ALL ON FUNCTION rotate_token_key(text, text, bytea, interval, text) FROM PUBLIC;

CREATE VIEW token_key_status AS
SELECT kid, alg, issuer, added_at, revoked_at,
    coalesce(least(revoked_at, left_at) > clock_timestamp(), true) AS active, left_at
FROM primecloud_internal.token_key;
COMMENT ON VIEW token_key_status IS 'the keys that verify tokens, without the keys themselves';
