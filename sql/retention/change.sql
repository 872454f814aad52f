-- Registering and changing: policies, exceptions for a tenant, holds.  Called by
-- retention_decide() with the caller's OID; only the table's owner gets past the
-- first lines.  A change waits for the batch under way and is in force for the next.

CREATE FUNCTION primecloud_internal.retention_change(caller oid, rel regclass, request jsonb) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    kind CONSTANT text := request ->> 'kind';
    policy primecloud_internal.retention_policy;
    space text;
    name text;
    number bigint;
    who CONSTANT text := pg_get_userbyid(caller);
BEGIN
    IF primecloud_internal.retention_is_owner(caller, rel) IS NOT TRUE THEN
        RAISE insufficient_privilege USING MESSAGE = format('must be owner of table %s', rel), HINT = 'Its owner decides how long rows are kept.';
    END IF;
    SELECT n.nspname, c.relname INTO space, name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = rel;
    SELECT p.* INTO policy FROM primecloud_internal.retention_policy p WHERE p.schema_name = space AND p.table_name = name FOR UPDATE;
    IF policy IS NULL AND kind <> 'retain' AND NOT (kind IN ('hold', 'release') AND request ->> 'tenant' IS NULL AND request ->> 'row_id' IS NULL) THEN
        policy := primecloud_internal.retention_policy_of(rel);  -- which says that there is none
    END IF;

    IF kind = 'retain' THEN
        RETURN primecloud_internal.retention_register(who, rel, request);
    ELSIF kind = 'unretain' THEN
        DELETE FROM primecloud_internal.retention_policy p WHERE p.id = policy.id;
        DELETE FROM primecloud_internal.retention_override o WHERE o.schema_name = space AND o.table_name = name;
        UPDATE primecloud_internal.retention_run r SET state = 'superseded', finished_at = clock_timestamp()
        WHERE r.schema_name = space AND r.table_name = name AND r.state IN ('running', 'paused');
    ELSIF kind IN ('retain_tenant', 'unretain_tenant') THEN
        IF policy.tenant_column IS NULL THEN
            RAISE object_not_in_prerequisite_state USING MESSAGE = format('the retention policy of table %s names no tenant column', rel),
                HINT = 'Call primecloud.retain() again with tenant_column.';
        END IF;
        DELETE FROM primecloud_internal.retention_override o WHERE o.schema_name = space AND o.table_name = name
          AND o.tenant = primecloud_internal.retention_key(rel, policy.tenant_column, request ->> 'tenant');
        IF kind = 'retain_tenant' THEN
            PERFORM primecloud_internal.retention_check_keep((request ->> 'keep')::interval);
            INSERT INTO primecloud_internal.retention_override VALUES (space, name,
                primecloud_internal.retention_key(rel, policy.tenant_column, request ->> 'tenant'), (request ->> 'keep')::interval, who);
        END IF;
    ELSIF kind = 'hold' THEN
        IF coalesce(request ->> 'reason', '') = '' THEN
            RAISE invalid_parameter_value USING MESSAGE = 'a hold needs a reason', HINT = 'Name the case or the order that asks for it.';
        ELSIF request ->> 'tenant' IS NOT NULL AND policy.tenant_column IS NULL OR request ->> 'row_id' IS NOT NULL AND policy.id_column IS NULL THEN
            RAISE object_not_in_prerequisite_state USING
                MESSAGE = format('the retention policy of table %s names no %s column', rel, CASE WHEN request ->> 'tenant' IS NULL THEN 'id' ELSE 'tenant' END),
                HINT = 'Call primecloud.retain() again with tenant_column and id_column, or hold the whole table.';
        END IF;
        INSERT INTO primecloud_internal.retention_hold (schema_name, table_name, tenant, row_id, reason, placed_by)
        VALUES (space, name, primecloud_internal.retention_key(rel, policy.tenant_column, request ->> 'tenant'),
                primecloud_internal.retention_key(rel, policy.id_column, request ->> 'row_id'), request ->> 'reason', who) RETURNING id INTO number;
        RETURN to_jsonb(number);
    ELSE
        UPDATE primecloud_internal.retention_hold h SET released_by = who, released_at = clock_timestamp(), release_reason = request ->> 'reason'
        WHERE h.id = (request ->> 'id')::bigint AND h.schema_name = space AND h.table_name = name AND h.released_at IS NULL;
        IF NOT FOUND THEN
            RAISE undefined_object USING MESSAGE = format('table %s has no open hold %s', rel, request ->> 'id');
        END IF;
    END IF;
    RETURN 'null';
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_change(oid, regclass, jsonb)
    IS 'policies, exceptions and holds, for the owner of a table';

CREATE FUNCTION primecloud_internal.retention_check_keep(keep interval) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF now() - keep > now() THEN
        RAISE invalid_parameter_value USING MESSAGE = format('rows cannot be kept for a negative time: %s', keep);
    END IF;
EXCEPTION WHEN datetime_field_overflow THEN
    IF keep < interval '0' THEN
        RAISE invalid_parameter_value USING MESSAGE = format('rows cannot be kept for a negative time: %s', keep);
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_check_keep(interval) IS 'refuses a time to keep that lies in the future';

-- One spelling for a key: the one that its column's type would print.
CREATE FUNCTION primecloud_internal.retention_key(rel regclass, column_name text, value text) RETURNS text
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN CASE primecloud_internal.retention_column(rel, column_name, primecloud_internal.retention_key_types())
        WHEN 'uuid'::regtype THEN value::uuid::text WHEN 'bigint'::regtype THEN value::bigint::text WHEN 'integer'::regtype THEN value::integer::text
        WHEN 'smallint'::regtype THEN value::smallint::text ELSE value END;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_key(regclass, text, text) IS 'a tenant or identifier as its column would print it';

REVOKE ALL ON FUNCTION primecloud_internal.retention_change(oid, regclass, jsonb),
    primecloud_internal.retention_check_keep(interval), primecloud_internal.retention_key(regclass, text, text) FROM PUBLIC;
