-- The policy of a table.
--
-- Here and in its sisters, what each batch asks is PL/pgSQL, be it one expression: a
-- function in SQL that sets its search_path is planned anew whenever it is called.

CREATE FUNCTION primecloud_internal.retention_time_types() RETURNS regtype[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$ SELECT '{timestamptz,timestamp,date}'::regtype[] $$;
COMMENT ON FUNCTION primecloud_internal.retention_time_types() IS 'types a time column may have; a timestamp and a date are read as UTC';
CREATE FUNCTION primecloud_internal.retention_key_types() RETURNS regtype[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$ SELECT '{uuid,bigint,integer,smallint,text,varchar}'::regtype[] $$;
COMMENT ON FUNCTION primecloud_internal.retention_key_types() IS 'types a tenant or identifier column may have';

-- Every name of a policy against the catalog of today: before each batch.
CREATE FUNCTION primecloud_internal.retention_check_names(rel regclass, policy primecloud_internal.retention_policy) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    owner oid := (SELECT c.relowner FROM pg_class c WHERE c.oid = rel);
    archive regclass;
    missing text;
BEGIN
    IF owner IS DISTINCT FROM primecloud_internal.noted_role(policy.schema_name, policy.table_name, policy.owner_name) THEN
        RAISE object_not_in_prerequisite_state USING
            MESSAGE = format('table %s belongs to %s, its retention was registered when it belonged to %s', rel, pg_get_userbyid(owner),
                policy.owner_name),
            HINT = 'Its owner calls primecloud.retain() again.';
    END IF;
    PERFORM primecloud_internal.retention_column(rel, policy.time_column, primecloud_internal.retention_time_types());
    IF policy.tenant_column IS NOT NULL THEN
        PERFORM primecloud_internal.retention_column(rel, policy.tenant_column, primecloud_internal.retention_key_types());
    END IF;
    IF policy.id_column IS NOT NULL THEN
        PERFORM primecloud_internal.retention_column(rel, policy.id_column, primecloud_internal.retention_key_types());
    END IF;
    IF policy.hold_column IS NOT NULL THEN
        PERFORM primecloud_internal.retention_column(rel, policy.hold_column, '{boolean}');
    END IF;
    IF policy.mode = 'soft_delete' THEN
        PERFORM primecloud_internal.retention_column(rel, policy.soft_delete_column, '{timestamptz,timestamp,boolean}');
        IF policy.soft_delete_column IN (policy.time_column, policy.hold_column) THEN
            RAISE invalid_parameter_value USING MESSAGE = format('column "%s" cannot be what marks a row of table %s as deleted',
                policy.soft_delete_column, rel),
                HINT = 'It says already when the row is due or whether it is held: add a column of its own.';
        ELSIF EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = rel AND a.attname = policy.soft_delete_column
            AND a.attgenerated <> '') THEN
            RAISE invalid_parameter_value USING MESSAGE = format('column "%s" of table %s is generated and cannot be set',
                policy.soft_delete_column, rel),
                HINT = 'Mark rows in an ordinary column.';
        END IF;
    ELSIF policy.mode = 'archive' THEN
        archive := to_regclass(format('%I.%I', policy.archive_schema, policy.archive_table));
        IF archive IS NULL THEN
            RAISE undefined_table USING MESSAGE = format('archive table %I.%I does not exist', policy.archive_schema, policy.archive_table),
                HINT = format('Create it: CREATE TABLE %I.%I (LIKE %s).', policy.archive_schema, policy.archive_table, rel);
        END IF;
        PERFORM primecloud_internal.retention_check_table(archive);
        IF (SELECT c.relowner FROM pg_class c WHERE c.oid = archive) <> owner THEN
            RAISE insufficient_privilege USING MESSAGE = format('archive table %s does not belong to the owner of table %s', archive, rel),
                HINT = 'Rows are moved with the rights of their owner: give both tables one owner.';
        END IF;
        SELECT string_agg(quote_ident(s.attname), ', ' ORDER BY s.attnum) INTO missing FROM pg_attribute s
        WHERE s.attrelid = rel AND s.attnum > 0 AND NOT s.attisdropped
          AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = archive AND a.attname = s.attname AND a.attnum > 0
              AND NOT a.attisdropped
                          AND a.atttypid = s.atttypid AND a.atttypmod = s.atttypmod);
        IF missing IS NOT NULL THEN
            RAISE datatype_mismatch USING MESSAGE = format('archive table %s lacks, or has with another type, columns of table %s: %s',
                archive, rel, missing),
                HINT = 'Add them: what the archive cannot hold would be lost.';
        END IF;
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_check_names(regclass, primecloud_internal.retention_policy)
    IS 'refuses a policy whose names do not stand for what they must';

-- The same and what is asked of all partitions: when a policy is made.  When a run begins, each is asked as its turn
-- comes, so that one of them stops no other.
CREATE FUNCTION primecloud_internal.retention_check_policy(rel regclass, policy primecloud_internal.retention_policy,
    of_parts boolean DEFAULT true) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    archive CONSTANT regclass := CASE WHEN policy.archive_table IS NOT NULL THEN to_regclass(format('%I.%I', policy.archive_schema,
        policy.archive_table)) END;
BEGIN
    PERFORM primecloud_internal.retention_check_whole(rel);
    IF of_parts OR NOT EXISTS (SELECT FROM pg_inherits i WHERE i.inhparent = rel) THEN
        PERFORM primecloud_internal.retention_check_parts(rel, rel, true);
        -- (What goes with its partition needs no identity.)
        IF policy.mode <> 'drop_partition' THEN
            PERFORM primecloud_internal.retention_check_published(rel, policy.mode);
        END IF;
    END IF;
    PERFORM primecloud_internal.retention_check_names(rel, policy);
    PERFORM primecloud_internal.retention_check_spread(rel, policy);
    IF archive IS NOT NULL AND (EXISTS (SELECT FROM primecloud_internal.retention_tree(rel) t WHERE t.oid = archive)
                                OR EXISTS (SELECT FROM primecloud_internal.retention_tree(archive) t WHERE t.oid = rel)) THEN
        RAISE invalid_parameter_value USING MESSAGE = format('table %s cannot be its own archive', rel),
            HINT = format('CREATE TABLE ... (LIKE %s), and name that.', rel);
    END IF;
    IF policy.mode IN ('drop_partition', 'detach_partition') AND NOT EXISTS (
            SELECT FROM primecloud_internal.retention_tree(rel) t JOIN pg_partitioned_table p ON p.partrelid = t.oid
            JOIN pg_attribute a ON a.attrelid = t.oid AND a.attname = policy.time_column
            WHERE p.partstrat = 'r' AND p.partnatts = 1 AND p.partattrs[0] = a.attnum) THEN
        RAISE wrong_object_type USING MESSAGE = format('table %s is not partitioned by range of column "%s" alone', rel,
            policy.time_column),
            HINT = 'Use mode ''delete''.';
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_check_policy(regclass, primecloud_internal.retention_policy, boolean)
    IS 'refuses a policy that could not be carried out';

CREATE FUNCTION primecloud_internal.retention_policy_of(rel regclass) RETURNS primecloud_internal.retention_policy
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    policy primecloud_internal.retention_policy;
BEGIN
    SELECT p.* INTO policy FROM primecloud_internal.names_of(rel) AS n
    JOIN primecloud_internal.retention_policy p ON p.schema_name = n.schema_name AND p.table_name = n.table_name;
    IF NOT FOUND THEN
        RAISE undefined_object USING MESSAGE = format('table %s has no retention policy', rel),
            HINT = 'Register one with primecloud.retain().';
    END IF;
    RETURN policy;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_policy_of(regclass) IS 'the policy that is registered for a table';

REVOKE ALL ON FUNCTION primecloud_internal.retention_time_types(), primecloud_internal.retention_key_types(),
    primecloud_internal.retention_check_names(regclass, primecloud_internal.retention_policy),
        primecloud_internal.retention_check_policy(regclass, primecloud_internal.retention_policy, boolean),
        primecloud_internal.retention_policy_of(regclass) FROM PUBLIC;
