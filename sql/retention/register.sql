-- What retain() asks for, checked and written down.

-- What a column holds is not let go of without a word.  (Of a column that was dropped, nothing is.)
CREATE FUNCTION primecloud_internal.retention_check_hold_column(rel regclass, policy primecloud_internal.retention_policy) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    before text;
BEGIN
    SELECT p.hold_column INTO before FROM primecloud_internal.retention_policy p JOIN pg_attribute a
        ON a.attrelid = rel AND a.attname = p.hold_column AND NOT a.attisdropped
    WHERE p.schema_name = policy.schema_name AND p.table_name = policy.table_name
        AND p.hold_column IS DISTINCT FROM policy.hold_column;
    IF FOUND THEN
        RAISE object_not_in_prerequisite_state USING
            MESSAGE = format('rows of table %s are held by column "%s", which this policy does not name', rel, before),
            HINT = format('Say hold_column => %L, as before. If it is to hold nothing any more, call primecloud.unretain() first.', before);
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_check_hold_column(regclass, primecloud_internal.retention_policy)
    IS 'raises 55000 where a policy names another hold_column, or none, than the one before it';

CREATE FUNCTION primecloud_internal.retention_register(who text, rel regclass, question primecloud_internal.retention_question)
    RETURNS text[]
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    policy primecloud_internal.retention_policy;
    archive regclass := question.archive;
BEGIN
    SELECT n.nspname, c.relname, pg_get_userbyid(c.relowner) INTO policy.schema_name, policy.table_name, policy.owner_name
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = rel;
    policy.time_column := question.time_column;
    policy.keep := question.keep;
    policy.mode := question.mode;
    policy.tenant_column := question.tenant_column;
    policy.id_column := question.id_column;
    policy.hold_column := question.hold_column;
    policy.soft_delete_column := question.soft_delete_column;
    SELECT n.nspname, c.relname INTO policy.archive_schema, policy.archive_table
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = archive;

    IF policy.mode IS NULL OR policy.mode NOT IN ('delete', 'soft_delete', 'archive', 'detach_partition', 'drop_partition') THEN
        RAISE invalid_parameter_value USING MESSAGE = format('mode %s is not known', coalesce(quote_literal(policy.mode), 'NULL')),
            HINT = 'It is delete, soft_delete, archive, detach_partition or drop_partition.';
    ELSIF policy.time_column IS NULL OR policy.keep IS NULL THEN
        RAISE null_value_not_allowed USING MESSAGE = 'retention needs a time column and a time to keep',
            HINT = 'To keep rows for ever, register no policy.';
    ELSIF (policy.mode = 'soft_delete') <> (policy.soft_delete_column IS NOT NULL) THEN
        RAISE invalid_parameter_value USING
            MESSAGE = CASE policy.mode WHEN 'soft_delete' THEN 'mode soft_delete names no soft_delete_column'
            ELSE format('soft_delete_column is named in mode %s', policy.mode) END,
            HINT = CASE policy.mode WHEN 'soft_delete' THEN 'Name in soft_delete_column the column that marks a row as deleted.'
            ELSE 'Say mode => ''soft_delete'', or leave soft_delete_column out.' END;
    ELSIF (policy.mode = 'archive') <> (policy.archive_table IS NOT NULL) THEN
        RAISE invalid_parameter_value USING MESSAGE = CASE policy.mode WHEN 'archive' THEN 'mode archive names no archive'
            ELSE format('an archive is named in mode %s', policy.mode) END,
            HINT = CASE policy.mode WHEN 'archive' THEN format('Say archive => ''a table'', made by CREATE TABLE ... (LIKE %s).', rel)
            ELSE 'Say mode => ''archive'', or leave archive out.' END;
    END IF;
    PERFORM primecloud_internal.retention_check_keep(policy.keep);
    PERFORM primecloud_internal.retention_check_policy(rel, policy);
    PERFORM primecloud_internal.retention_check_hold_column(rel, policy);
    -- By another column a hold would keep other rows.
    IF EXISTS (SELECT FROM primecloud_internal.open_hold h WHERE h.schema_name = policy.schema_name AND h.table_name = policy.table_name
               AND (h.tenant IS NOT NULL AND policy.tenant_column IS DISTINCT FROM h.column_name
                    OR h.row_id IS NOT NULL AND policy.id_column IS DISTINCT FROM h.column_name))
       OR policy.tenant_column IS NULL AND EXISTS (SELECT FROM primecloud_internal.retention_override o
               WHERE o.schema_name = policy.schema_name AND o.table_name = policy.table_name) THEN
        RAISE object_not_in_prerequisite_state USING
            MESSAGE = format('table %s has holds or exceptions that this policy could not honour', rel),
            HINT = 'Name tenant_column and id_column as they were, or release them first.';
    END IF;

    INSERT INTO primecloud_internal.retention_policy AS p (schema_name, table_name, owner_name, time_column, keep, mode, tenant_column,
        id_column, hold_column, soft_delete_column, archive_schema, archive_table, registered_by)
    VALUES (policy.schema_name, policy.table_name, policy.owner_name, policy.time_column, policy.keep, policy.mode, policy.tenant_column,
        policy.id_column,
            policy.hold_column, policy.soft_delete_column, policy.archive_schema, policy.archive_table, who)
    ON CONFLICT (schema_name, table_name) DO UPDATE SET (owner_name, time_column, keep, mode, tenant_column, id_column, hold_column,
            soft_delete_column, archive_schema, archive_table, registered_by, registered_at, version)
        = (excluded.owner_name, excluded.time_column, excluded.keep, excluded.mode, excluded.tenant_column, excluded.id_column,
            excluded.hold_column,
            excluded.soft_delete_column, excluded.archive_schema, excluded.archive_table, excluded.registered_by, now(), p.version + 1)
        -- Said again as it was, by a migration that is run every day say, it is not new: neither the run nor what is late begins anew.
        WHERE (p.owner_name, p.time_column, p.keep::text, p.mode, p.tenant_column, p.id_column, p.hold_column, p.soft_delete_column,
            p.archive_schema, p.archive_table) IS DISTINCT FROM (excluded.owner_name, excluded.time_column, excluded.keep::text,
            excluded.mode, excluded.tenant_column, excluded.id_column, excluded.hold_column, excluded.soft_delete_column,
            excluded.archive_schema, excluded.archive_table);
    IF FOUND THEN
        PERFORM primecloud_internal.retention_supersede(policy.schema_name, policy.table_name);
        DELETE FROM primecloud_internal.retention_problem p WHERE p.schema_name = policy.schema_name AND p.table_name = policy.table_name;
    END IF;
    PERFORM primecloud_internal.follow(false);
    RETURN ARRAY(SELECT n.note FROM primecloud_internal.retention_notes(rel, primecloud_internal.retention_policy_of(rel)) n);
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_register(text, regclass, primecloud_internal.retention_question)
    IS 'checks and stores a policy; returns what its owner should know';

REVOKE ALL ON FUNCTION primecloud_internal.retention_check_hold_column(regclass, primecloud_internal.retention_policy),
    primecloud_internal.retention_register(text, regclass, primecloud_internal.retention_question) FROM PUBLIC;
