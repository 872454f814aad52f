-- tax_id: CPF and CNPJ in eight bytes, masks and check digits gone.

CREATE TYPE tax_id;

CREATE FUNCTION primecloud_internal.tax_id_in(cstring) RETURNS tax_id
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_tax_id_in';
COMMENT ON FUNCTION primecloud_internal.tax_id_in(cstring) IS 'text input';
CREATE FUNCTION primecloud_internal.tax_id_out(tax_id) RETURNS cstring
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_tax_id_out';
COMMENT ON FUNCTION primecloud_internal.tax_id_out(tax_id) IS 'text output';
CREATE FUNCTION primecloud_internal.tax_id_recv(internal) RETURNS tax_id
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_tax_id_recv';
COMMENT ON FUNCTION primecloud_internal.tax_id_recv(internal) IS 'binary input, as strict as text input';
CREATE FUNCTION primecloud_internal.tax_id_send(tax_id) RETURNS bytea
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
    AS 'int8send';
COMMENT ON FUNCTION primecloud_internal.tax_id_send(tax_id) IS 'binary output';

CREATE TYPE tax_id (
    INPUT = primecloud_internal.tax_id_in, OUTPUT = primecloud_internal.tax_id_out, RECEIVE = primecloud_internal.tax_id_recv,
        SEND = primecloud_internal.tax_id_send,
    LIKE = bigint, CATEGORY = 'U');
COMMENT ON TYPE tax_id IS 'a Brazilian tax number, CPF or CNPJ: reads it bare or masked, writes it bare';

CREATE FUNCTION tax_id_kind(tax_id) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'MODULE_PATHNAME', 'primecloud_tax_id_kind';
COMMENT ON FUNCTION tax_id_kind(tax_id) IS 'cpf (a person) or cnpj (a company)';

CREATE FUNCTION tax_id_format(tax_id) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_tax_id_format';
COMMENT ON FUNCTION tax_id_format(tax_id) IS 'with the official mask: 12.ABC.345/01DE-35';

CREATE CAST (text AS tax_id) WITH INOUT AS ASSIGNMENT;
CREATE CAST (varchar AS tax_id) WITH INOUT AS ASSIGNMENT;
