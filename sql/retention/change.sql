-- Registering and changing: policies, exceptions for a tenant, holds.  Called by
-- retention_decide() with the caller's OID; only the table's owner gets past the
-- first lines.  A change waits for the batch under way and is in force for the next.

CREATE FUNCTION primecloud_internal.retention_change(caller oid, rel regclass, question primecloud_internal.retention_question)
    RETURNS primecloud_internal.retention_answer
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    kind CONSTANT text := question.kind;
    policy primecloud_internal.retention_policy;
    space text;
    name text;
    who CONSTANT text := pg_get_userbyid(caller);
    answer primecloud_internal.retention_answer;
BEGIN
    IF primecloud_internal.retention_is_owner(caller, rel) IS NOT TRUE THEN
        RAISE insufficient_privilege USING MESSAGE = format('must be owner of table %s', rel),
            HINT = 'Its owner decides how long rows are kept.';
    END IF;
    IF kind = 'hold' THEN
        PERFORM primecloud_internal.lock_tree(rel);
    END IF;
    PERFORM primecloud_internal.follow(false);
    SELECT n.nspname, c.relname INTO space, name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = rel;
    SELECT p.* INTO policy FROM primecloud_internal.retention_policy p WHERE p.schema_name = space AND p.table_name = name FOR UPDATE;
    IF kind = 'hold' THEN
        PERFORM primecloud_internal.wait_for_cascades(rel);
    END IF;
    IF policy IS NULL AND kind <> 'retain' AND NOT (kind IN ('hold', 'release') AND question.tenant IS NULL
        AND question.row_id IS NULL) THEN
        policy := primecloud_internal.retention_policy_of(rel);  -- which says that there is none
    END IF;

    IF kind = 'retain' THEN
        answer.notes := primecloud_internal.retention_register(who, rel, question);
    ELSIF kind = 'unretain' THEN
        DELETE FROM primecloud_internal.retention_policy p WHERE p.id = policy.id;
        DELETE FROM primecloud_internal.retention_override o WHERE o.schema_name = space AND o.table_name = name;
        PERFORM primecloud_internal.retention_supersede(space, name);
    ELSIF kind IN ('retain_tenant', 'unretain_tenant') THEN
        IF policy.tenant_column IS NULL THEN
            RAISE object_not_in_prerequisite_state USING MESSAGE = format('the retention policy of table %s names no tenant column', rel),
                HINT = 'Call primecloud.retain() again with tenant_column.';
        END IF;
        DELETE FROM primecloud_internal.retention_override o WHERE o.schema_name = space AND o.table_name = name
          AND o.tenant = primecloud_internal.retention_key(rel, policy.tenant_column, question.tenant);
        IF kind = 'retain_tenant' THEN
            PERFORM primecloud_internal.retention_check_keep(question.keep);
            INSERT INTO primecloud_internal.retention_override VALUES (space, name,
                primecloud_internal.retention_key(rel, policy.tenant_column, question.tenant), question.keep, who);
        END IF;
    ELSIF kind = 'hold' THEN
        answer.hold := primecloud_internal.retention_place_hold(rel, who, policy, space, name, question);
    ELSE
        IF coalesce(question.reason, '') = '' THEN
            RAISE invalid_parameter_value USING MESSAGE = format('hold %s is released for a reason', coalesce(question.hold::text, 'NULL')),
                HINT = 'Name the decision that ends it.';
        END IF;
        UPDATE primecloud_internal.retention_hold h SET released_by = who, released_at = clock_timestamp(), release_reason = question.reason
        WHERE h.id = question.hold AND h.schema_name = space AND h.table_name = name AND h.released_at IS NULL AND h.gone_at IS NULL;
        IF NOT FOUND THEN
            RAISE undefined_object USING MESSAGE = format('table %s has no open hold %s', rel, coalesce(question.hold::text, 'NULL')),
                HINT = 'primecloud.retention_holds lists them by number.';
        END IF;
    END IF;
    RETURN answer;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_change(oid, regclass, primecloud_internal.retention_question)
    IS 'policies, exceptions and holds, for the owner of a table';

-- A run under way was decided by other words; the next one starts afresh.
CREATE FUNCTION primecloud_internal.retention_supersede(space text, name text) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE primecloud_internal.retention_run r SET state = 'superseded', finished_at = clock_timestamp()
    WHERE r.schema_name = space AND r.table_name = name AND r.state IN ('running', 'paused');
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_supersede(text, text) IS 'ends the runs under way of a table whose policy has changed';

CREATE FUNCTION primecloud_internal.retention_check_keep(keep interval) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- A part at a time: a month less 29 days is negative in some months alone.
    IF keep < interval '0' OR extract(year FROM keep) < 0 OR extract(month FROM keep) < 0 OR extract(day FROM keep) < 0
        OR extract(epoch FROM keep - date_trunc('day', keep)) < 0 THEN
        RAISE invalid_parameter_value USING MESSAGE = format('rows cannot be kept for a negative time: %s', keep),
            HINT = 'No part of it may be negative.';
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_check_keep(interval) IS 'refuses a time to keep of which any part is negative';

-- One spelling for a key: the one that its column's type would print.
CREATE FUNCTION primecloud_internal.retention_key(rel regclass, column_name text, value text) RETURNS text
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    type CONSTANT regtype := primecloud_internal.retention_column(rel, column_name, primecloud_internal.retention_key_types());
BEGIN
    RETURN CASE type
        WHEN 'uuid'::regtype THEN value::uuid::text WHEN 'bigint'::regtype THEN value::bigint::text WHEN 'integer'::regtype
            THEN value::integer::text
        WHEN 'smallint'::regtype THEN value::smallint::text ELSE value END;
EXCEPTION WHEN invalid_text_representation OR numeric_value_out_of_range THEN
    RAISE invalid_parameter_value USING MESSAGE = format('%L is no value of column "%s" of table %s, which has type %s', value, column_name,
            rel, type),
        HINT = 'Give the tenant or the identifier as the column prints it.';
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_key(regclass, text, text) IS 'a tenant or identifier as its column would print it';

REVOKE ALL ON FUNCTION primecloud_internal.retention_change(oid, regclass, primecloud_internal.retention_question),
    primecloud_internal.retention_supersede(text, text), primecloud_internal.retention_check_keep(interval),
        primecloud_internal.retention_key(regclass, text, text) FROM PUBLIC;
