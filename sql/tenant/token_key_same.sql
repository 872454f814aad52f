-- Keys that are one key, and secrets that are none.

CREATE FUNCTION primecloud_internal.token_key_identity(alg text, key bytea) RETURNS bytea
    LANGUAGE c VOLATILE STRICT PARALLEL SAFE SUPPORT primecloud_internal.hide_plaintext
    AS 'MODULE_PATHNAME', 'primecloud_token_key_identity';
COMMENT ON FUNCTION primecloud_internal.token_key_identity(text, bytea)
    IS 'a digest, the same for every key that whoever has the one has too; nothing of a secret can be read from it';
REVOKE ALL ON FUNCTION primecloud_internal.token_key_identity(text, bytea) FROM PUBLIC;

CREATE FUNCTION primecloud_internal.token_secret_public(secret bytea, key bytea) RETURNS boolean
    LANGUAGE c VOLATILE PARALLEL SAFE SUPPORT primecloud_internal.hide_plaintext
    AS 'MODULE_PATHNAME', 'primecloud_token_secret_public';
COMMENT ON FUNCTION primecloud_internal.token_secret_public(bytea, bytea)
    IS 'whether a shared secret is that public key, raw or written; without one whether it is PEM, DER or a JWK';
REVOKE ALL ON FUNCTION primecloud_internal.token_secret_public(bytea, bytea) FROM PUBLIC;

-- Who adds a key and who revokes one look for the same key under other ids: of two transactions one sees the other's, so
-- neither may keep a snapshot of before.  Who verifies tokens does not wait.
CREATE FUNCTION primecloud_internal.lock_token_keys() RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('token keys are neither added nor revoked in a %s transaction',
            current_setting('transaction_isolation')),
            HINT = 'A key revoked after it began would not be seen: use READ COMMITTED.';
    END IF;
    LOCK TABLE primecloud_internal.token_key IN SHARE ROW EXCLUSIVE MODE;
END $$;
COMMENT ON FUNCTION primecloud_internal.lock_token_keys() IS 'waits for who adds and revokes keys; 55000 where his would not be seen';
REVOKE ALL ON FUNCTION primecloud_internal.lock_token_keys() FROM PUBLIC;

-- Locked before by lock_token_keys().  (Tokens of an issuer are taken by keys of none, too.)
CREATE FUNCTION primecloud_internal.token_key_revoked(alg text, key bytea, issuer text) RETURNS timestamptz
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SUPPORT primecloud_internal.hide_plaintext
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    identity bytea := primecloud_internal.token_key_identity(alg, key);
BEGIN
    RETURN (SELECT min(k.revoked_at) FROM primecloud_internal.token_key AS k
        WHERE k.revoked_at IS NOT NULL AND (k.issuer IS NULL OR token_key_revoked.issuer IS NULL OR k.issuer = token_key_revoked.issuer)
        AND primecloud_internal.token_key_identity(k.alg, k.key) = identity);
END $$;
COMMENT ON FUNCTION primecloud_internal.token_key_revoked(text, bytea, text)
    IS 'since when a key is revoked under whatever kid; NULL: it is not';
REVOKE ALL ON FUNCTION primecloud_internal.token_key_revoked(text, bytea, text) FROM PUBLIC;

CREATE FUNCTION primecloud_internal.end_token_key(ended primecloud_internal.token_key, at timestamptz) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    identity bytea := primecloud_internal.token_key_identity(ended.alg, ended.key);
BEGIN
    UPDATE primecloud_internal.token_key AS k SET revoked_at = least(k.revoked_at, at)
    WHERE (k.issuer IS NULL OR ended.issuer IS NULL OR k.issuer = ended.issuer)
      AND primecloud_internal.token_key_identity(k.alg, k.key) = identity;
END $$;
COMMENT ON FUNCTION primecloud_internal.end_token_key(primecloud_internal.token_key, timestamptz)
    IS 'ends a key at that time under every kid that it has';
REVOKE ALL ON FUNCTION primecloud_internal.end_token_key(primecloud_internal.token_key, timestamptz) FROM PUBLIC;

CREATE FUNCTION primecloud_internal.refuse_token_key(kid text, alg text, key bytea) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SUPPORT primecloud_internal.hide_plaintext
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF primecloud_internal.token_key_published(key) THEN
        RAISE invalid_parameter_value USING MESSAGE = format('the key of "%s" is published, or a pattern: anybody can sign with it', kid),
            HINT = CASE alg WHEN 'HS256' THEN 'Take 32 random bytes: openssl rand 32'
                ELSE 'Make a pair: openssl genpkey -algorithm ed25519 -out key.pem && openssl pkey -in key.pem -pubout -outform DER | tail '
                    '-c 32' END;
    END IF;
    IF (CASE alg WHEN 'HS256' THEN primecloud_internal.token_secret_public(key, NULL)
            OR EXISTS (SELECT FROM primecloud_internal.token_key AS k
                WHERE k.alg <> 'HS256' AND primecloud_internal.token_secret_public(refuse_token_key.key, k.key))
        ELSE EXISTS (SELECT FROM primecloud_internal.token_key AS k
            WHERE k.alg = 'HS256' AND primecloud_internal.token_secret_public(k.key, refuse_token_key.key)) END) THEN
        RAISE invalid_parameter_value USING MESSAGE = format('the key of "%s" is a public key, and a secret of HS256', kid),
            HINT = 'Whoever has a public key would sign with it: take 32 random bytes for HS256: openssl rand 32';
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.refuse_token_key(text, text, bytea)
    IS 'refuses a key with which others than its owner sign: published, a pattern, a public key as a secret';
REVOKE ALL ON FUNCTION primecloud_internal.refuse_token_key(text, text, bytea) FROM PUBLIC;
