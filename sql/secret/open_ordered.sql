-- What a worker is given of the secrets that the orders need which it has claimed: opened by the
-- gate's function, which knows the orders (order_secret of a control plane), for a worker.

CREATE FUNCTION carry_out_orders() RETURNS void
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ $$;
COMMENT ON FUNCTION carry_out_orders()
    IS 'does nothing: EXECUTE on it is the right to be given, by the gate, the secrets of orders that one has claimed';
REVOKE ALL ON FUNCTION carry_out_orders() FROM PUBLIC;

CREATE FUNCTION open_ordered(rel regclass, col name, tenant text, row_id text, purpose text) RETURNS text
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_open_ordered';
COMMENT ON FUNCTION open_ordered(regclass, name, text, text, text) IS
    'the plaintext of a tenant''s secret, for a role that carries out orders, within a function of a role that may read the row and call '
        'this; recorded with its purpose';
REVOKE ALL ON FUNCTION open_ordered(regclass, name, text, text, text) FROM PUBLIC;

INSERT INTO primecloud_internal.role_grant VALUES
    ('worker', 'EXECUTE', 'FUNCTION primecloud.carry_out_orders()'),
    ('gate', 'EXECUTE', 'FUNCTION primecloud.open_ordered(regclass, name, text, text, text)');
