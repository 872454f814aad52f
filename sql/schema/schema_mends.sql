-- Keys of a control plane that are not what they should be, made so.

-- A dump of a distributed control plane comes back without Citus with the keys that it had there, which see an account alone:
-- they are those of one server again before anybody relies on them.  What was claimed meanwhile the keys say themselves, and
-- changes of members are watched by triggers again.
CREATE FUNCTION primecloud_internal.schema_key_mends(schema name, source name, expected jsonb)
    RETURNS SETOF primecloud_internal.plan_step
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $schema_key_mends$
DECLARE
    distributed CONSTANT boolean := primecloud_internal.schema_is_distributed(schema);
    keys CONSTANT name[] := ARRAY(SELECT a.name FROM primecloud_internal.schema_apart(source, 'key') a
        WHERE to_regclass(format('%I.%I', schema, a.relation)) IS NOT NULL AND EXISTS (
            SELECT FROM primecloud_internal.schema_differences(schema, expected) d WHERE d.problem <> 'added' AND d.what = 'definition'
                AND (d.kind, d.name) IN (('constraint', a.relation || '.' || a.name), ('index', '@.' || a.name))));
BEGIN
    IF cardinality(keys) = 0 THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT * FROM primecloud_internal.schema_key_steps(schema, source, distributed, keys);
    IF NOT distributed THEN
        RETURN QUERY SELECT * FROM primecloud_internal.schema_empty_steps(schema, source);
        RETURN QUERY SELECT * FROM primecloud_internal.schema_register_steps(schema, true);
    END IF;
END
$schema_key_mends$;
COMMENT ON FUNCTION primecloud_internal.schema_key_mends(name, name, jsonb)
    IS 'the steps by which unique keys are what they should be, with what goes with them; none where they are';
