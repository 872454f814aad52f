-- Registrations written anew, wherever they stand.

CREATE FUNCTION primecloud_internal.rename_registered(old_schema text, old_table text, new_schema text, new_table text) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    p record;
BEGIN
    FOR p IN SELECT * FROM primecloud_internal.registration_places() LOOP
        EXECUTE format('UPDATE %s SET %I = $3, %I = $4 WHERE %2$I = $1 AND %3$I = $2%s', p.place, p.schema_column, p.table_column, p.living)
            USING old_schema, old_table, new_schema, new_table;
    END LOOP;
END $$;
COMMENT ON FUNCTION primecloud_internal.rename_registered(text, text, text, text) IS 'gives a table another name in all its registrations';

CREATE FUNCTION primecloud_internal.rename_registered_column(space text, rel text, old_column text, new_column text) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    p record;
BEGIN
    FOR p IN SELECT r.*, c.col FROM primecloud_internal.registration_places() AS r, unnest(r.columns) AS c(col) LOOP
        EXECUTE format('UPDATE %s SET %I = $4 WHERE %I = $1 AND %I = $2 AND %2$I = $3%5$s', p.place, p.col, p.schema_column, p.table_column,
            p.living) USING space, rel, old_column, new_column;
    END LOOP;
END $$;
COMMENT ON FUNCTION primecloud_internal.rename_registered_column(text, text, text, text)
    IS 'gives a column another name in all registrations of its table';

CREATE FUNCTION primecloud_internal.own_registered(space text, rel text, new_owner text) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    p record;
BEGIN
    FOR p IN SELECT * FROM primecloud_internal.registration_places() WHERE owner_column IS NOT NULL LOOP
        EXECUTE format('UPDATE %s SET %I = $3 WHERE %I = $1 AND %I = $2%s', p.place, p.owner_column, p.schema_column, p.table_column,
            p.living) USING space, rel, new_owner;
    END LOOP;
END $$;
COMMENT ON FUNCTION primecloud_internal.own_registered(text, text, text) IS 'gives a table another owner in all its registrations';

-- A label under which envelopes may lie somewhere (in a dump, in a table that is restored tonight) is nobody else's.
CREATE FUNCTION primecloud_internal.keep_labels(space text, rel text, col text DEFAULT NULL) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO primecloud_internal.kept_label (label, schema_name, table_name, column_name, owner_name, owner_id)
    SELECT s.label, s.schema_name, s.table_name, s.column_name, s.owner_name, primecloud_internal.noted_role(space, rel, s.owner_name)
    FROM primecloud.sealed_column s WHERE s.schema_name = space AND s.table_name = rel AND (col IS NULL OR s.column_name = col)
    ON CONFLICT (label, schema_name, table_name, column_name)
        DO UPDATE SET (owner_name, owner_id, dropped_at) = (excluded.owner_name, excluded.owner_id, now());
    DELETE FROM primecloud.sealed_column s WHERE s.schema_name = space AND s.table_name = rel AND (col IS NULL OR s.column_name = col);
    DELETE FROM primecloud_internal.reseal_run r WHERE r.schema_name = space AND r.table_name = rel
        AND (col IS NULL OR r.column_name = col);
    DELETE FROM primecloud_internal.reseal_problem r WHERE r.schema_name = space AND r.table_name = rel
        AND (col IS NULL OR r.column_name = col);
END $$;
COMMENT ON FUNCTION primecloud_internal.keep_labels(text, text, text)
    IS 'ends the registration of a sealed column, or of all of a table, and keeps its label';

CREATE FUNCTION primecloud_internal.tell_policy_ended(space text, rel text, col text) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF EXISTS (SELECT FROM primecloud_internal.retention_policy p WHERE p.schema_name = space AND p.table_name = rel
        AND col IN (p.time_column, p.tenant_column, p.id_column, p.hold_column, p.soft_delete_column)) THEN
        RAISE NOTICE 'the retention policy of table %.% has ended with its column "%"', quote_ident(space), quote_ident(rel), col
            USING HINT = 'Call primecloud.retain() again, or primecloud.unretain().';
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.tell_policy_ended(text, text, text) IS 'says so where a policy has lost a column that it names';
REVOKE ALL ON FUNCTION primecloud_internal.tell_policy_ended(text, text, text) FROM PUBLIC;

CREATE FUNCTION primecloud_internal.end_registrations(space text, rel text) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM primecloud_internal.registered_name r WHERE r.schema_name = space AND r.table_name = rel) THEN
        RETURN;
    END IF;
    PERFORM primecloud_internal.keep_labels(space, rel);
    DELETE FROM primecloud_internal.retention_policy p WHERE p.schema_name = space AND p.table_name = rel;
    IF FOUND THEN
        RAISE NOTICE 'the retention policy of table %.% has ended with it', quote_ident(space), quote_ident(rel);
    END IF;
    DELETE FROM primecloud_internal.exemption e WHERE e.relation_schema = space AND e.relation_name = rel;
    -- Whoever enters goes on asking, and is refused: without a registration the token alone would say who he is.
    UPDATE primecloud_internal.membership_source m SET relation_schema = '', relation_name = format('%I.%I (dropped)', space, rel)
    WHERE m.relation_schema = space AND m.relation_name = rel;
    UPDATE primecloud_internal.membership_source m SET accounts_schema = '', accounts_name = format('%I.%I (dropped)', space, rel)
    WHERE m.accounts_schema = space AND m.accounts_name = rel;
    UPDATE primecloud_internal.membership_source m SET grants_schema = '', grants_name = format('%I.%I (dropped)', space, rel)
    WHERE m.grants_schema = space AND m.grants_name = rel;
    DELETE FROM primecloud_internal.retention_override o WHERE o.schema_name = space AND o.table_name = rel;
    DELETE FROM primecloud_internal.retention_run r WHERE r.schema_name = space AND r.table_name = rel;
    DELETE FROM primecloud_internal.retention_problem p WHERE p.schema_name = space AND p.table_name = rel;
    -- What was held and what went stays on record; of a table that is gone, for superusers.
    UPDATE primecloud_internal.retention_hold h SET gone_at = clock_timestamp() WHERE h.schema_name = space AND h.table_name = rel
        AND h.gone_at IS NULL;
    UPDATE primecloud_internal.retention_log l SET gone_at = clock_timestamp() WHERE l.schema_name = space AND l.table_name = rel
        AND l.gone_at IS NULL;
END $$;
COMMENT ON FUNCTION primecloud_internal.end_registrations(text, text) IS 'ends the registrations of a table that is gone; labels are kept';

REVOKE ALL ON FUNCTION primecloud_internal.rename_registered(text, text, text, text),
    primecloud_internal.rename_registered_column(text, text, text, text), primecloud_internal.own_registered(text, text, text),
    primecloud_internal.keep_labels(text, text, text), primecloud_internal.end_registrations(text, text) FROM PUBLIC;
