-- The set as a whole: whose its tables are, as what each is protected, and which foreign keys would not come back.

CREATE FUNCTION primecloud_internal.check_spread_key(key pg_constraint) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    tenant int2 := (SELECT attnum FROM pg_attribute WHERE attrelid = key.conrelid AND attname = primecloud.tenant_column(key.conrelid));
    above int2 := (SELECT attnum FROM pg_attribute WHERE attrelid = key.confrelid AND attname = primecloud.tenant_column(key.confrelid));
    name text := format('foreign key "%s" of %s to %s', key.conname, key.conrelid::regclass, key.confrelid::regclass);
BEGIN
    IF (SELECT bool_or(relispartition) FROM pg_class WHERE oid IN (key.conrelid, key.confrelid)) THEN
        PERFORM primecloud_internal.refuse_to_spread(key.conrelid, name || ' is a partition''s own', 'Give it to the whole table.');
    END IF;
    IF tenant IS NULL AND above IS NOT NULL THEN
        PERFORM primecloud_internal.refuse_to_spread(key.conrelid, name || ' leads from what every server has to what one has',
            'Drop it: rows that every account shares cannot hang on one account''s.');
    END IF;
    IF above IS NOT NULL AND NOT EXISTS (SELECT FROM unnest(key.conkey, key.confkey) AS k(child, parent)
            WHERE k.child = tenant AND k.parent = above) THEN
        PERFORM primecloud_internal.refuse_to_spread(key.conrelid, name || ' does not carry the tenant',
            format('Call primecloud.protect_fk(%L, %L) first.', key.conrelid::regclass, key.conname));
    END IF;
    IF tenant = ANY (key.conkey) AND (key.confdeltype IN ('n', 'd') OR key.confupdtype IN ('c', 'n', 'd')) THEN
        PERFORM primecloud_internal.refuse_to_spread(key.conrelid, name || ' would change the tenant column, or clears others with it',
            'Citus keeps no ON UPDATE CASCADE and no SET NULL or SET DEFAULT in a key that has the tenant column: make it '
            'ON UPDATE NO ACTION, ON DELETE CASCADE or NO ACTION.');
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.check_spread_key(pg_constraint)
    IS 'raises 0A000 for a foreign key that distributed tables cannot have';

-- Foreign keys to shared tables want each node to work by one connection; so does whoever locks, alters and reads in one transaction.
CREATE FUNCTION primecloud_internal.one_by_one() RETURNS primecloud_internal.plan_step
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$ SELECT primecloud_internal.step('setting', NULL, 'SET LOCAL citus.multi_shard_modify_mode = ''sequential''') $$;
COMMENT ON FUNCTION primecloud_internal.one_by_one() IS 'the step that has Citus use one connection a node until the transaction ends';

CREATE FUNCTION primecloud_internal.check_citus() RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF to_regclass('pg_catalog.pg_dist_partition') IS NULL THEN
        RAISE feature_not_supported USING MESSAGE = 'there is no Citus in this database',
            HINT = 'Install it, let it know the other servers, and CREATE EXTENSION citus.';
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.check_citus() IS 'raises 0A000 in a database that has no Citus';

-- Rows are copied as the transaction sees them, on each server, and what they are copied from is dropped.
CREATE FUNCTION primecloud_internal.check_moves() RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('tables are not moved in a transaction that is %s',
            upper(current_setting('transaction_isolation'))),
            HINT = 'It would lose what others have committed since it began: call it in READ COMMITTED.';
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.check_moves()
    IS 'raises 55000 in a transaction that does not see what others have committed, in which rows would be lost';

CREATE FUNCTION primecloud_internal.check_spread_kind(rel regclass, root regclass) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    above regclass := primecloud_internal.top_of(rel);
    tied text := CASE WHEN rel <> root THEN format('it is tied to %s by foreign keys, and ', root) ELSE '' END;
BEGIN
    PERFORM primecloud_internal.check_owner(rel), primecloud_internal.check_one_hand(rel);
    IF above <> rel THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('table %s is a part of %s', rel, above),
            HINT = format('Its parts go with it: name %s.', above);
    END IF;
    IF EXISTS (SELECT FROM pg_policy WHERE polrelid = rel AND polname = 'primecloud_people') THEN
        PERFORM primecloud_internal.refuse_to_spread(rel, tied || 'it is protected as people, who are seen through many accounts',
            'Leave it on this server, without foreign keys to or from what is distributed.');
    END IF;
    IF EXISTS (SELECT FROM primecloud_internal.table_tree(rel) AS t WHERE primecloud_internal.is_lifted(t.relid)) THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('migrating() has lifted row-level security of %s', rel),
            HINT = 'Call primecloud.migrated() first.';
    END IF;
    IF primecloud.tenant_column(rel) IS NULL
        AND NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = rel AND polname = 'primecloud_shared') THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('table %s cannot be distributed: %sit is not protected', rel, tied),
            HINT = format('Call primecloud.protect_table(%L), or share_table() where its rows are everybody''s.', rel);
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.check_spread_kind(regclass, regclass)
    IS 'raises an error for a table that is not the caller''s, not whole, or not protected as an account''s or shared';
