-- Sealed columns: registered once, so that sealing and revealing need only the row.

CREATE TABLE sealed_column (
    schema_name text NOT NULL,
    table_name text NOT NULL,
    column_name text NOT NULL,
    label text NOT NULL CHECK (octet_length(label) BETWEEN 1 AND 128),
    tenant_column text NOT NULL,
    id_column text NOT NULL,
    sealed_at timestamptz NOT NULL DEFAULT now(),
    owner_name text NOT NULL,
    plain jsonb,
    PRIMARY KEY (schema_name, table_name, column_name));
-- Under one label an envelope of one column opens in the other: one label has one column, and what was once a partition of its table.
CREATE INDEX sealed_column_label ON sealed_column (label);
COMMENT ON TABLE sealed_column IS 'columns of type sealed, with what their envelopes are bound to';
COMMENT ON COLUMN sealed_column.label IS 'part of what an envelope is bound to; stays when the table is renamed';
COMMENT ON COLUMN sealed_column.owner_name IS 'who owns the table, or did when it was dropped';
COMMENT ON COLUMN sealed_column.plain
    IS 'what the column was before it was sealed, by names, for unseal_column(); NULL: sealed from the start';
REVOKE ALL ON sealed_column FROM PUBLIC;
GRANT SELECT ON sealed_column TO PUBLIC;

CREATE FUNCTION primecloud_internal.register_sealed_column_as(caller oid, rel regclass, col name, label text, id_column name,
    tenant_column name)
    RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    wanted primecloud.sealed_column;
    other primecloud.sealed_column;
BEGIN
    PERFORM primecloud_internal.check_owner_as(caller, rel), primecloud_internal.follow(false);
    IF (SELECT relpersistence FROM pg_class WHERE oid = rel) = 't' THEN
        RAISE wrong_object_type USING MESSAGE = format('%s is a temporary table', rel),
            HINT = 'Its registration would outlive it: seal single values with primecloud.seal().';
    END IF;
    IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = rel AND attname = col AND atttypid = 'primecloud.sealed'::regtype
        AND NOT attisdropped) THEN
        RAISE datatype_mismatch USING MESSAGE = format('column "%s" of %s is not sealed', col, rel),
            HINT = 'Call primecloud.seal_column() for a column of plaintext.';
    END IF;
    PERFORM primecloud_internal.check_label(caller, rel, label);
    SELECT n.nspname, c.relname, col, register_sealed_column_as.label, register_sealed_column_as.tenant_column,
        register_sealed_column_as.id_column, now(), pg_get_userbyid(c.relowner), NULL
    INTO wanted
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = rel;
    FOR other IN SELECT s.* FROM primecloud.sealed_column s WHERE s.label = wanted.label
                     OR (s.schema_name = wanted.schema_name AND s.table_name = wanted.table_name AND s.column_name = wanted.column_name)
                 -- Itself first: what was once a partition shares its label.
                 ORDER BY (s.schema_name, s.table_name, s.column_name) = (wanted.schema_name, wanted.table_name, wanted.column_name) DESC
    LOOP
        -- A table that took the name of one that is gone takes nothing else.
        IF (other.schema_name, other.table_name) = (wanted.schema_name, wanted.table_name) AND other.owner_name <> wanted.owner_name
            AND NOT (SELECT r.rolsuper FROM pg_roles r WHERE r.oid = caller) THEN
            PERFORM primecloud_internal.keep_labels(other.schema_name, other.table_name, other.column_name);
        ELSIF (other.schema_name, other.table_name, other.column_name) <> (wanted.schema_name, wanted.table_name, wanted.column_name) THEN
            -- The caller's own, which is sealed no longer, gives its label away.
            IF primecloud_internal.is_sealed_column(other.schema_name, other.table_name, other.column_name)
                OR NOT primecloud_internal.may_give_label(caller, other.schema_name, other.table_name) THEN
                RAISE duplicate_object USING MESSAGE = format('the label "%s" is that of column "%s" of %I.%I, which belongs to role "%s"',
                    other.label, other.column_name, other.schema_name, other.table_name, other.owner_name),
                    HINT = format('Take another: under one label an envelope of one column would open in the other. Or a superuser frees '
                        'it: SELECT primecloud.unregister_sealed_column(''%I.%I'', %L), then primecloud.forget_label(%L).',
                        other.schema_name, other.table_name, other.column_name, other.label);
            END IF;
        ELSIF (other.label, other.tenant_column, other.id_column, other.owner_name)
            = (wanted.label, wanted.tenant_column, wanted.id_column, wanted.owner_name) THEN
            RETURN;
        ELSIF (other.label, other.tenant_column, other.id_column) <> (wanted.label, wanted.tenant_column, wanted.id_column)
            AND primecloud_internal.holds_rows(rel) THEN
            RAISE object_not_in_prerequisite_state USING MESSAGE =
                format('column "%s" of %s is registered with label "%s", tenant column "%s" and id column "%s"', col, rel, other.label,
                other.tenant_column, other.id_column),
                HINT = 'Its envelopes are bound to those: they would not open under others.';
        ELSE
            wanted.plain := other.plain;
        END IF;
        DELETE FROM primecloud.sealed_column s
        WHERE (s.schema_name, s.table_name, s.column_name) = (other.schema_name, other.table_name, other.column_name);
    END LOOP;
    PERFORM primecloud_internal.take_up_label(caller, wanted);
    INSERT INTO primecloud.sealed_column VALUES (wanted.*);
    PERFORM primecloud_internal.table_changed('primecloud.sealed_column'), primecloud_internal.follow(false);
END $$;
COMMENT ON FUNCTION primecloud_internal.register_sealed_column_as(oid, regclass, name, text, name, name)
    IS 'what register_sealed_column() does, for whoever asks';
REVOKE ALL ON FUNCTION primecloud_internal.register_sealed_column_as(oid, regclass, name, text, name, name) FROM PUBLIC;

CREATE FUNCTION primecloud_internal.register_sealed_column(rel regclass, col name, label text, id_column name, tenant_column name)
    RETURNS void
    LANGUAGE c VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'primecloud_door';
COMMENT ON FUNCTION primecloud_internal.register_sealed_column(regclass, name, text, name, name)
    IS 'registers a column that is of type sealed already; called by seal_column()';

CREATE FUNCTION primecloud_internal.remember_plain_as(caller oid, rel regclass, col name, plain jsonb) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    registered primecloud.sealed_column;
BEGIN
    PERFORM primecloud_internal.check_owner_as(caller, coalesce(pg_partition_root(rel), rel)), primecloud_internal.follow(false);
    registered := primecloud.sealed_column_of(rel, col);
    PERFORM primecloud_internal.check_noted_type(coalesce(pg_partition_root(rel), rel), plain ->> 'type');
    UPDATE primecloud.sealed_column s SET plain = remember_plain_as.plain
    WHERE (s.schema_name, s.table_name, s.column_name) = (registered.schema_name, registered.table_name, registered.column_name);
    PERFORM primecloud_internal.table_changed('primecloud.sealed_column');
END $$;
COMMENT ON FUNCTION primecloud_internal.remember_plain_as(oid, regclass, name, jsonb) IS 'what remember_plain() does, for whoever asks';
REVOKE ALL ON FUNCTION primecloud_internal.remember_plain_as(oid, regclass, name, jsonb) FROM PUBLIC;

CREATE FUNCTION primecloud_internal.remember_plain(rel regclass, col name, plain jsonb) RETURNS void
    LANGUAGE c VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'primecloud_door';
COMMENT ON FUNCTION primecloud_internal.remember_plain(regclass, name, jsonb)
    IS 'notes what a sealed column was before; called by seal_column()';

-- The registration of a column, or the error that says there is none.
CREATE FUNCTION sealed_column_of(rel regclass, col name) RETURNS sealed_column
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    found_column primecloud.sealed_column;
BEGIN
    -- A partition is registered by its root.
    SELECT s.* INTO found_column FROM primecloud_internal.names_of(coalesce(pg_partition_root(rel), rel)) AS n
    JOIN primecloud.sealed_column s ON s.schema_name = n.schema_name AND s.table_name = n.table_name AND s.column_name = col
    WHERE n.known OR EXISTS (SELECT FROM pg_class c JOIN pg_roles o ON o.oid = c.relowner
        WHERE c.oid = coalesce(pg_partition_root(rel), rel) AND (o.rolname = s.owner_name::name OR o.rolsuper));
    IF NOT FOUND THEN
        RAISE undefined_object USING MESSAGE = format('column "%s" of %s is not registered as sealed', col, rel),
            HINT = 'Call primecloud.seal_column() first; primecloud.registrations has the labels of columns that are gone.';
    END IF;
    RETURN found_column;
END $$;
COMMENT ON FUNCTION sealed_column_of(regclass, name) IS 'the registration of a sealed column';
