-- What a column is, by its name, since nothing else tells: for what is said of a schema that is adopted, and for what
-- an application's role is given on people.  A name is a guess: whatever is decided by one is told.

-- As words between underscores: smtpPass and SMTP_PASS are smtp_pass.
CREATE FUNCTION primecloud_internal.words_of(column_name name) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $$ SELECT lower(regexp_replace(regexp_replace(column_name::text, '([a-z0-9])([A-Z])', '\1_\2', 'g'), '[^A-Za-z0-9]+', '_', 'g')) $$;
COMMENT ON FUNCTION primecloud_internal.words_of(name) IS 'a column''s name in lower case, with underscores between its words';

-- What proves who somebody is, or opens something: hashes of such too.
CREATE FUNCTION primecloud_internal.names_secret(column_name name) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT (w.name ~ '(passw|secret|credential|passphrase)'
            OR w.name ~ '(^|_)(pass|pwd|tokens?|apikeys?|pin|otp|totp|mfa|salt|hmac|jwt|cookie|bearer|pat|sess)(_|$)'
            OR w.name ~ '(^|_)(api|access|private|signing|encryption|auth|master|ssh|service|webhook|license)_keys?(_|$)'
            OR w.name ~ '(^|_)(recovery|backup|verification|reset|activation|one_time|security)_(code|answer|key)s?(_|$)')
        AND w.name !~ '_(ids?|at|on|until|count|type|name|status|length|expires|expiry|enabled|required|version|algorithm|hint|attempts)$'
    FROM primecloud_internal.words_of(column_name) AS w(name);
$$;
COMMENT ON FUNCTION primecloud_internal.names_secret(name) IS 'whether a column holds, by its name, a secret or the hash of one';

CREATE FUNCTION primecloud_internal.names_hash(column_name name) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT w.name ~ '(^|_)(hash|hashed|hashes|digest|checksum|fingerprint|sha1|sha256|sha512|bcrypt|scrypt|argon2|salt)(_|$)'
    FROM primecloud_internal.words_of(column_name) AS w(name);
$$;
COMMENT ON FUNCTION primecloud_internal.names_hash(name) IS 'whether a column holds, by its name, what cannot be turned back';

-- What gives power over others, over the product or over what it costs is not the person's to write.
CREATE FUNCTION primecloud_internal.gives_power(column_name name) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT w.name ~ '(admin|superuser|staff|permission|privilege)'
        OR w.name ~ ('(^|_)(roles?|ranks?|scopes?|levels?|tiers?|plans?|quotas?|limits?|root|operator|owner|verified|confirmed|approved'
            '|banned|blocked|locked|disabled|active|enabled|suspended|status|balance|credits?)(_|$)')
        OR w.name ~ '(^|_)((account|tenant|organi[sz]ation|org|customer|stripe)_ids?|(account|tenant)s?)(_|$)'
    FROM primecloud_internal.words_of(column_name) AS w(name);
$$;
COMMENT ON FUNCTION primecloud_internal.gives_power(name) IS 'whether a column of people is, by its name, not for the person to write';

-- Columns of tables that can hold text, and by their names a secret; sealed ones are of another type.
CREATE FUNCTION primecloud_internal.secrets_in_clear(tables regclass[]) RETURNS TABLE (rel regclass, column_name name, type text)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT a.attrelid::regclass, a.attname, format_type(a.atttypid, a.atttypmod)
    FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_type e ON e.oid = t.typelem AND t.typlen = -1
    WHERE a.attrelid = ANY (tables) AND a.attnum > 0 AND NOT a.attisdropped
        AND coalesce(nullif(t.typbasetype, 0), nullif(e.typbasetype, 0), e.oid, t.oid)
            = ANY ('{text,varchar,bpchar,bytea,json,jsonb}'::regtype[])
        AND primecloud_internal.names_secret(a.attname) AND NOT primecloud_internal.names_hash(a.attname)
    ORDER BY a.attrelid::regclass::text, a.attnum;
$$;
COMMENT ON FUNCTION primecloud_internal.secrets_in_clear(regclass[])
    IS 'columns that hold, by their names and types, secrets that whoever reads the table or a backup of it has';
