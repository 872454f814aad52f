-- Tables that stay unprotected on purpose, with the reason and the day it ends.

CREATE TABLE primecloud_internal.exemption (
    relation_schema text NOT NULL,
    relation_name text NOT NULL,
    reason text NOT NULL,
    until date,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    owner_name text NOT NULL,
    PRIMARY KEY (relation_schema, relation_name));
COMMENT ON TABLE primecloud_internal.exemption IS 'tables left unprotected on purpose, recorded by exempt()';
COMMENT ON COLUMN primecloud_internal.exemption.owner_name IS 'who owns the table';
COMMENT ON COLUMN primecloud_internal.exemption.until IS 'the last day of the exemption; NULL: until it is taken back';
REVOKE ALL ON primecloud_internal.exemption FROM PUBLIC;
GRANT SELECT ON primecloud_internal.exemption TO PUBLIC;

CREATE FUNCTION primecloud_internal.exempt_as(caller oid, rel regclass, reason text, until date) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    class pg_class := (SELECT c FROM pg_class c WHERE oid = rel);
BEGIN
    PERFORM primecloud_internal.check_owner_as(caller, rel), primecloud_internal.follow(false);
    DELETE FROM primecloud_internal.exemption AS e
    WHERE e.relation_schema = (SELECT nspname FROM pg_namespace WHERE oid = class.relnamespace) AND e.relation_name = class.relname;
    IF reason IS NULL THEN
        RETURN;
    END IF;
    IF btrim(reason) = '' THEN
        RAISE invalid_parameter_value USING MESSAGE = 'the reason is empty',
            HINT = 'Say why the table needs no protection; NULL takes the exemption back.';
    END IF;
    IF until < current_date THEN
        RAISE invalid_parameter_value USING MESSAGE = format('the exemption would have ended on %s', until),
            HINT = 'Name a day to come, or leave until out.';
    END IF;
    PERFORM primecloud_internal.check_one_kind(rel, NULL);
    INSERT INTO primecloud_internal.exemption (relation_schema, relation_name, reason, until, recorded_by, owner_name)
    SELECT n.nspname, class.relname, exempt_as.reason, exempt_as.until, pg_get_userbyid(caller), pg_get_userbyid(class.relowner)
    FROM pg_namespace n WHERE n.oid = class.relnamespace;
    PERFORM primecloud_internal.follow(false);
END $$;
COMMENT ON FUNCTION primecloud_internal.exempt_as(oid, regclass, text, date) IS 'what exempt() does, for whoever asks';
REVOKE ALL ON FUNCTION primecloud_internal.exempt_as(oid, regclass, text, date) FROM PUBLIC;

CREATE FUNCTION exempt(rel regclass, reason text, until date DEFAULT NULL) RETURNS void
    LANGUAGE c VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'primecloud_door';
COMMENT ON FUNCTION exempt(regclass, text, date)
    IS 'records that a table stays unprotected, why and until when; a NULL reason takes it back';

CREATE FUNCTION exemption_of(rel regclass) RETURNS text
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT e.reason || coalesce(' (until ' || e.until || ')', '') FROM primecloud_internal.exemption e
    JOIN primecloud_internal.names_of(rel) AS n ON n.schema_name = e.relation_schema AND n.table_name = e.relation_name
    JOIN pg_roles o ON n.known OR o.rolname = e.owner_name::name OR o.rolsuper JOIN pg_class c ON c.relowner = o.oid
    WHERE c.oid = rel AND (e.until IS NULL OR e.until >= current_date);
$$;
COMMENT ON FUNCTION exemption_of(regclass) IS 'why a table is exempt today; NULL if it is not';
