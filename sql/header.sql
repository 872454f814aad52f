\echo Use "CREATE EXTENSION primecloud" to load this file. \quit

-- Everyone may look names up; what each role may call is granted object by object.
GRANT USAGE ON SCHEMA primecloud TO PUBLIC;
COMMENT ON SCHEMA primecloud IS 'tenants, secrets, lifecycle rules, cursors and types of the primecloud extension';

