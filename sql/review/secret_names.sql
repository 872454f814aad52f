-- What a column is by its name, since nothing else tells.

-- By its words a column holds a secret: a hash of one as well where `hashes` counts.
CREATE FUNCTION primecloud_internal.review_names_secret(words text, hashes boolean) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT (words = '_token_' OR words ~ ('_(passwords?|passwd|pass|pwd|passphrase|secrets?|credentials?|apikey|dsn|totp'
            '|(private|signing|encryption|api)_key|(access|refresh|auth|session|reset)_token|connection_string)_'))
        AND words !~ '_(last4|hint|id|ids|name|at|count|policy|expires|expiry)_' AND words !~ '_(public|object)_key_|_access_key_id_'
        AND (hashes OR words !~ '_(hash|hashed|digest|hmac|fingerprint)_')
$$;
COMMENT ON FUNCTION primecloud_internal.review_names_secret(text, boolean) IS 'whether a column is, by its words, a secret';
