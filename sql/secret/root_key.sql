-- The root key as a whole: whether it is there, and the next version of it.

CREATE FUNCTION verify_root_key() RETURNS integer
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_verify_root_key';
COMMENT ON FUNCTION verify_root_key()
    IS 'the newest version of the root key, after checking that it and every version in use are there and this database''s; PC001 or PC002 '
        'otherwise';
REVOKE ALL ON FUNCTION verify_root_key() FROM PUBLIC;

CREATE FUNCTION rotate_root() RETURNS bigint
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_rotate_root';
COMMENT ON FUNCTION rotate_root()
    IS 'wraps every data key by the newest version of the root key, in one transaction; how many it wrapped anew';
REVOKE ALL ON FUNCTION rotate_root() FROM PUBLIC;

INSERT INTO primecloud_internal.role_grant VALUES
    ('platform', 'EXECUTE', 'FUNCTION primecloud.verify_root_key()'),
    ('maintenance', 'EXECUTE', 'FUNCTION primecloud.verify_root_key()'),
    ('maintenance', 'EXECUTE', 'FUNCTION primecloud.rotate_root()');
