-- Placing a hold.

-- For who deletes by statements of his own and has asked before: see heed_holds.
CREATE FUNCTION primecloud_internal.hold_off(rel regclass) RETURNS void
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_hold_off';
COMMENT ON FUNCTION primecloud_internal.hold_off(regclass)
    IS 'until this transaction ends, no transaction that has called heed_holds for the table is committed; waits for one that is';

CREATE FUNCTION primecloud_internal.retention_hold_off(number bigint, rel regclass) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    space text;
    name text;
    tables oid[];
BEGIN
    SELECT h.schema_name, h.table_name INTO space, name FROM primecloud_internal.retention_hold h WHERE h.id = number;
    -- Rows are deleted from a part by its own name, too.
    tables := rel::oid || ARRAY(SELECT DISTINCT t.relid::oid FROM (
        SELECT rel UNION SELECT to_regclass(format('%I.%I', a.schema_name, a.table_name)) FROM primecloud.retention_holds_along a
        WHERE a.held_schema = space AND a.held_table = name) AS whole(rel), primecloud_internal.table_tree(whole.rel) AS t
        WHERE t.relid <> retention_hold_off.rel ORDER BY 1);
    UPDATE primecloud_internal.retention_hold h SET reached = tables WHERE h.id = number;
    PERFORM primecloud_internal.hold_off(t) FROM unnest(tables) AS t;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_hold_off(bigint, regclass)
    IS 'notes which tables a hold keeps rows of, and lets nobody commit what he has begun to delete there without another look';

CREATE FUNCTION heed_holds(rel regclass) RETURNS boolean
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_heed_holds';
COMMENT ON FUNCTION heed_holds(regclass) IS 'for functions of the owner that delete rows: called before they look for holds; COMMIT is '
    'refused when one is placed afterwards that keeps rows of the table; false while one is being placed';

CREATE FUNCTION primecloud_internal.retention_place_hold(rel regclass, who text, policy primecloud_internal.retention_policy, space text,
    name text, question primecloud_internal.retention_question) RETURNS bigint
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    number bigint;
    held_by CONSTANT text := CASE WHEN question.tenant IS NOT NULL THEN policy.tenant_column WHEN question.row_id IS NOT NULL
        THEN policy.id_column END;
BEGIN
    IF coalesce(question.reason, '') = '' THEN
        RAISE invalid_parameter_value USING MESSAGE = 'a hold needs a reason', HINT = 'Name the case or the order that asks for it.';
    ELSIF question.tenant IS NOT NULL AND question.row_id IS NOT NULL THEN
        RAISE invalid_parameter_value USING MESSAGE = format('a hold is for row %s or for tenant %s, not for both', question.row_id,
            question.tenant),
            HINT = 'A row is found by its identifier alone: leave the tenant out.';
    ELSIF question.tenant IS NOT NULL AND policy.tenant_column IS NULL OR question.row_id IS NOT NULL AND policy.id_column IS NULL THEN
        RAISE object_not_in_prerequisite_state USING
            MESSAGE = format('the retention policy of table %s names no %s column', rel, CASE WHEN question.tenant IS NULL THEN 'id'
                ELSE 'tenant' END),
            HINT = 'Call primecloud.retain() again with tenant_column and id_column, or hold the whole table.';
    END IF;
    -- Rows are found by what their columns print: 'Abc' and 'abc' would be one to the table and two to the hold.
    IF EXISTS (SELECT FROM pg_attribute a JOIN pg_collation c ON c.oid = a.attcollation AND NOT c.collisdeterministic
               WHERE a.attrelid = rel AND a.attname = held_by) THEN
        RAISE feature_not_supported USING
            MESSAGE = format('table %s compares column %I by a collation that takes different texts for equal', rel, held_by),
            HINT = 'Hold the whole table.';
    END IF;
    -- A crash of the server would empty it, whatever is held.
    IF EXISTS (SELECT FROM primecloud_internal.retention_tree(rel) t JOIN pg_class c ON c.oid = t.oid AND c.relpersistence = 'u') THEN
        RAISE object_not_in_prerequisite_state USING
            MESSAGE = format('table %s is not logged, or a partition of it: a crash would empty it', rel),
            HINT = 'ALTER TABLE ... SET LOGGED, and place the hold then.';
    END IF;
    -- Whoever expires the whole would not ask for what is held in a part.
    IF EXISTS (SELECT FROM pg_inherits i WHERE i.inhrelid = rel) THEN
        RAISE wrong_object_type USING MESSAGE = format('table %s is part of another', rel),
            HINT = format('Place the hold on %s.', primecloud_internal.top_of(rel)::regclass);
    END IF;
    INSERT INTO primecloud_internal.retention_hold (schema_name, table_name, owner_name, column_name, tenant, row_id, reason, placed_by)
    VALUES (space, name, (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = rel),
            held_by,
            primecloud_internal.retention_key(rel, policy.tenant_column, question.tenant),
            primecloud_internal.retention_key(rel, policy.id_column, question.row_id), question.reason, who) RETURNING id INTO number;
    PERFORM primecloud_internal.follow(false);
    PERFORM primecloud_internal.retention_hold_off(number, rel);
    PERFORM primecloud_internal.tell_who_empties_unseen(rel);
    RETURN number;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_place_hold(regclass, text, primecloud_internal.retention_policy, text, text,
    primecloud_internal.retention_question) IS 'writes down a hold of a row, a tenant or the table';
REVOKE ALL ON FUNCTION primecloud_internal.retention_place_hold(regclass, text, primecloud_internal.retention_policy, text, text,
    primecloud_internal.retention_question), primecloud_internal.hold_off(regclass),
    primecloud_internal.retention_hold_off(bigint, regclass) FROM PUBLIC;
