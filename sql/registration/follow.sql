-- follow(): registrations are brought to where their objects are.  It runs before and after each command that could change
-- one, and whenever somebody registers or asks; with the extension's rights, over catalogs and its own tables alone.

-- By way of a name that no table has, since two tables may have changed theirs for each other's.
CREATE FUNCTION primecloud_internal.follow_names() RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
DECLARE
    moved record;
BEGIN
    FOR moved IN SELECT * FROM primecloud_internal.known_now k
                 WHERE k.there AND (k.schema_now, k.table_now) <> (k.schema_name, k.table_name) LOOP
        PERFORM primecloud_internal.rename_registered(moved.schema_name, moved.table_name, '', moved.relation::text);
    END LOOP;
    FOR moved IN SELECT * FROM primecloud_internal.known_now k
                 WHERE k.there AND (k.schema_now, k.table_now) <> (k.schema_name, k.table_name) LOOP
        -- Who is registered there by now has no table, and this one takes nothing over.
        PERFORM primecloud_internal.end_registrations(moved.schema_now, moved.table_now);
        PERFORM primecloud_internal.rename_registered('', moved.relation::text, moved.schema_now, moved.table_now);
        UPDATE primecloud_internal.known_table k SET (schema_name, table_name) = (moved.schema_now, moved.table_now)
        WHERE k.relation = moved.relation;
    END LOOP;
    FOR moved IN SELECT * FROM primecloud_internal.known_now k WHERE k.there
                     AND (k.owner_now, k.owner_id_now) <> (k.owner_name, k.owner_id) LOOP
        PERFORM primecloud_internal.own_registered(moved.schema_name, moved.table_name, moved.owner_now);
        UPDATE primecloud_internal.known_table k SET (owner_name, owner_id) = (moved.owner_now, moved.owner_id_now)
        WHERE k.relation = moved.relation;
    END LOOP;
END $$;
COMMENT ON FUNCTION primecloud_internal.follow_names() IS 'brings registrations to where their tables are, and to whose they are';

-- A column that was dropped has a name of the server's, which nobody can give to another.
CREATE FUNCTION primecloud_internal.follow_columns(refuses boolean) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
DECLARE
    moved record;
BEGIN
    IF refuses THEN
        PERFORM primecloud_internal.check_columns_stay();
    END IF;
    PERFORM primecloud_internal.keep_labels(c.schema_name, c.table_name, c.column_name)
    FROM primecloud_internal.changed_column c WHERE c.attisdropped;
    PERFORM primecloud_internal.tell_policy_ended(c.schema_name, c.table_name, c.column_name)
    FROM primecloud_internal.changed_column c WHERE c.attisdropped;
    FOR moved IN SELECT * FROM primecloud_internal.changed_column LOOP
        PERFORM primecloud_internal.rename_registered_column(moved.schema_name, moved.table_name, moved.column_name, ' ' || moved.attnum);
    END LOOP;
    FOR moved IN SELECT * FROM primecloud_internal.changed_column LOOP
        PERFORM primecloud_internal.rename_registered_column(moved.schema_name, moved.table_name, ' ' || moved.attnum, moved.column_now);
        UPDATE primecloud_internal.known_column k SET (column_name, type_id, dropped_name, type_mod, collation_id) = (moved.column_now,
            moved.type_now, CASE WHEN moved.attisdropped THEN moved.column_name END, moved.mod_now, moved.collation_now)
        WHERE k.relation = moved.relation AND k.attnum = moved.attnum;
    END LOOP;
END $$;
COMMENT ON FUNCTION primecloud_internal.follow_columns(boolean) IS 'brings registrations to how their columns are named';

-- What was taken out of a table keeps its labels; what is taken in has those of the whole.
CREATE FUNCTION primecloud_internal.follow_parts(refuses boolean, fresh oid[]) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
DECLARE
    part record;
BEGIN
    FOR part IN SELECT * FROM primecloud_internal.known_now k WHERE k.there AND (k.root_now <> k.root OR k.above_now <> k.above)
            ORDER BY cardinality(k.above_now) LOOP
        IF refuses THEN
            PERFORM primecloud_internal.check_part_stays(part);
        END IF;
        IF part.root_now = part.root THEN
            NULL;  -- of another parent's
        ELSIF part.root_now = part.relation THEN
            INSERT INTO primecloud.sealed_column (schema_name, table_name, column_name, label, tenant_column, id_column, owner_name,
                plain)
            SELECT part.schema_name, part.table_name, s.column_name, s.label, s.tenant_column, s.id_column, part.owner_name, s.plain
            FROM primecloud_internal.known_table k JOIN primecloud.sealed_column s
                ON s.schema_name = k.schema_name AND s.table_name = k.table_name
            WHERE k.relation = part.root ON CONFLICT (schema_name, table_name, column_name) DO NOTHING;
        ELSIF part.root = part.relation THEN
            IF refuses THEN
                PERFORM primecloud_internal.check_same_seals(part.relation, part.root_now);
            END IF;
            DELETE FROM primecloud.sealed_column s USING primecloud_internal.known_table k, primecloud.sealed_column whole
            WHERE s.schema_name = part.schema_name AND s.table_name = part.table_name AND k.relation = part.root_now
                AND whole.schema_name = k.schema_name AND whole.table_name = k.table_name AND whole.column_name = s.column_name
                AND whole.label = s.label;
            PERFORM primecloud_internal.keep_labels(part.schema_name, part.table_name);
        END IF;
        UPDATE primecloud_internal.known_table k SET root = part.root_now, above = part.above_now, let_go = false
        WHERE k.relation = part.relation;
    END LOOP;
    FOR part IN SELECT * FROM primecloud_internal.unlinked_parts() LOOP
        INSERT INTO primecloud_internal.known_table (relation, row_type, root, schema_name, table_name, owner_name, owner_id, above)
        VALUES (part.relation, part.row_type, part.root, part.schema_name, part.table_name, part.owner_name, part.owner_id,
            primecloud_internal.above_of(part.relation)) ON CONFLICT DO NOTHING;
        IF refuses AND part.root <> ALL (fresh) THEN
            PERFORM primecloud_internal.check_same_seals(part.relation, part.root);
        END IF;
    END LOOP;
END $$;
COMMENT ON FUNCTION primecloud_internal.follow_parts(boolean, oid[])
    IS 'labels of what was taken out of a table or into one; refuses what would lose a hold or mix labels';

CREATE FUNCTION primecloud_internal.follow(refuses boolean) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
DECLARE
    gone record;
    linked record;
    fresh oid[] := '{}';
BEGIN
    PERFORM primecloud_internal.require_latest();
    IF NOT primecloud_internal.unfollowed() THEN
        RETURN;
    END IF;
    -- (The whole is told of before its parts.)
    FOR gone IN SELECT * FROM primecloud_internal.known_now k WHERE NOT k.there ORDER BY cardinality(k.above), k.relation LOOP
        IF refuses AND NOT gone.let_go THEN
            PERFORM primecloud_internal.check_not_held(gone.relation || gone.above, gone.schema_name, gone.table_name, 'dropped');
        END IF;
        PERFORM primecloud_internal.end_registrations(gone.schema_name, gone.table_name);
        DELETE FROM primecloud_internal.known_column c WHERE c.relation = gone.relation;
        DELETE FROM primecloud_internal.known_table k WHERE k.relation = gone.relation;
    END LOOP;
    PERFORM primecloud_internal.follow_names(), primecloud_internal.follow_columns(refuses);
    UPDATE primecloud_internal.kept_label k SET owner_id = primecloud_internal.label_role(NULL, k.owner_name) WHERE k.owner_id IS NULL;
    FOR linked IN SELECT * FROM primecloud_internal.unlinked_table LOOP
        INSERT INTO primecloud_internal.known_table (relation, row_type, root, schema_name, table_name, owner_name, owner_id, above)
        VALUES (linked.relation, linked.row_type, primecloud_internal.top_of(linked.relation), linked.schema_name, linked.table_name,
            linked.owner_name, linked.owner_id, primecloud_internal.above_of(linked.relation)) ON CONFLICT DO NOTHING;
        PERFORM primecloud_internal.own_registered(linked.schema_name, linked.table_name, linked.owner_name);
        fresh := fresh || linked.relation;
    END LOOP;
    INSERT INTO primecloud_internal.known_column (relation, attnum, column_name, type_id, type_mod, collation_id)
    SELECT u.relation, u.attnum, u.column_name, u.atttypid, u.atttypmod, u.attcollation
    FROM primecloud_internal.unlinked_column u ON CONFLICT DO NOTHING;
    PERFORM primecloud_internal.follow_parts(refuses, fresh);
    PERFORM primecloud_internal.table_changed('primecloud.sealed_column');
END $$;
COMMENT ON FUNCTION primecloud_internal.follow(boolean)
    IS 'brings every registration to where its objects are; refuses what an open hold or another label forbids, or only writes it down';
REVOKE ALL ON FUNCTION primecloud_internal.follow_names(), primecloud_internal.follow_columns(boolean),
    primecloud_internal.follow_parts(boolean, oid[]), primecloud_internal.follow(boolean) FROM PUBLIC;
