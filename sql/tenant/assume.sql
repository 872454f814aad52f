-- assume: how an operator of the platform gets into an account.

CREATE FUNCTION assume(tenant text, reason text) RETURNS void
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_assume';
COMMENT ON FUNCTION assume(text, text) IS
    'enters one account as an operator, with the rights of its owner, for the rest of the transaction; who, which and why go to the '
        'server''s log and the WAL, and ROLLBACK does not erase them';
REVOKE ALL ON FUNCTION assume(text, text) FROM PUBLIC;
INSERT INTO primecloud_internal.role_grant VALUES ('platform', 'EXECUTE', 'FUNCTION primecloud.assume(text, text)');
