-- Labels of sealed columns that are gone.  Envelopes outlive a column, in a dump or in a table that is restored tonight, and
-- under its label they open: so it is kept for whoever owned the table.

CREATE TABLE primecloud_internal.kept_label (
    label text NOT NULL,
    schema_name text NOT NULL,
    table_name text NOT NULL,
    column_name text NOT NULL,
    owner_name text NOT NULL,
    owner_id oid,
    dropped_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (label, schema_name, table_name, column_name));
COMMENT ON TABLE primecloud_internal.kept_label
    IS 'labels of sealed columns that were dropped, for those who owned them; ended by forget_label()';
COMMENT ON COLUMN primecloud_internal.kept_label.owner_id
    IS 'the role that owner_name meant, whatever it is called by now; NULL after a restore, where it is the one of that name';
REVOKE ALL ON primecloud_internal.kept_label FROM PUBLIC;

CREATE FUNCTION primecloud_internal.label_role(owner_id oid, owner_name text) RETURNS oid
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT r.oid FROM pg_roles r WHERE CASE WHEN label_role.owner_id IS NULL THEN r.rolname = label_role.owner_name::name
        ELSE r.oid = label_role.owner_id END
$$;
COMMENT ON FUNCTION primecloud_internal.label_role(oid, text) IS 'the role for which a label is kept; NULL where it is gone';
CREATE FUNCTION primecloud_internal.label_owner(owner_id oid, owner_name text) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce((SELECT r.rolname FROM pg_roles r WHERE r.oid = label_owner.owner_id), label_owner.owner_name)
$$;
COMMENT ON FUNCTION primecloud_internal.label_owner(oid, text) IS 'what the role for which a label is kept is called by now';

CREATE VIEW primecloud_internal.unlinked_label AS
SELECT k.label FROM primecloud_internal.kept_label k
WHERE k.owner_id IS NULL AND primecloud_internal.label_role(NULL, k.owner_name) IS NOT NULL;
REVOKE ALL ON primecloud_internal.unlinked_label FROM PUBLIC;
COMMENT ON VIEW primecloud_internal.unlinked_label
    IS 'labels that are kept for a role that is there, and has not been looked for since a restore';

-- By the name: of another owner's it is another table.
CREATE FUNCTION primecloud_internal.what_became(space text, rel text, col text, owner_name text) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce((SELECT CASE a.atttypid WHEN 'primecloud.sealed'::regtype THEN 'is registered no more' ELSE 'is sealed no more' END
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_roles r ON r.oid = c.relowner
        WHERE n.nspname = space::name AND c.relname = rel::name AND a.attname = col::name AND a.attnum > 0 AND NOT a.attisdropped
          AND r.rolname = what_became.owner_name::name), 'was dropped')
$$;
COMMENT ON FUNCTION primecloud_internal.what_became(text, text, text, text) IS 'what became of a column whose label is kept';

-- Whoever owned the column takes its label up for one of the same names, or a superuser for any.
CREATE FUNCTION primecloud_internal.take_up_label(caller oid, wanted sealed_column) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    kept record;
    owner CONSTANT oid := (SELECT r.oid FROM pg_roles r WHERE r.rolname = wanted.owner_name::name);
    may boolean;
BEGIN
    SELECT k.*, r.role, primecloud_internal.label_owner(k.owner_id, k.owner_name) AS owner_now INTO kept
    FROM primecloud_internal.kept_label k
    CROSS JOIN LATERAL primecloud_internal.label_role(k.owner_id, k.owner_name) AS r(role) WHERE k.label = wanted.label
    ORDER BY ((k.schema_name, k.table_name, k.column_name, r.role)
        = (wanted.schema_name, wanted.table_name, wanted.column_name, owner)) IS TRUE DESC LIMIT 1;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    may := (SELECT r.rolsuper FROM pg_roles r WHERE r.oid = caller)
        OR (kept.schema_name, kept.table_name, kept.column_name, kept.role)
            = (wanted.schema_name, wanted.table_name, wanted.column_name, owner);
    IF may IS NOT TRUE THEN
        RAISE duplicate_object USING
            MESSAGE = format('the label "%s" is kept for column "%s" of %I.%I, which role "%s" owned and which %s', kept.label,
                kept.column_name, kept.schema_name, kept.table_name, kept.owner_now, primecloud_internal.what_became(kept.schema_name,
                kept.table_name, kept.column_name, kept.owner_now)),
            HINT = format('What was sealed under it would open in another column. Take another; or, as that role or a superuser: '
                'SELECT primecloud.forget_label(%L).', kept.label);
    END IF;
    DELETE FROM primecloud_internal.kept_label k WHERE k.label = wanted.label
        AND primecloud_internal.label_role(k.owner_id, k.owner_name) IS NOT DISTINCT FROM kept.role;
END $$;
COMMENT ON FUNCTION primecloud_internal.take_up_label(oid, sealed_column)
    IS 'raises unless a column may have its label; takes a kept one up';

CREATE FUNCTION primecloud_internal.forget_label_as(caller oid, label text) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    forgotten text := forget_label_as.label;
    stranger text := (SELECT primecloud_internal.label_owner(k.owner_id, k.owner_name) FROM primecloud_internal.kept_label k
                      WHERE k.label = forget_label_as.label
                      AND NOT coalesce(pg_has_role(caller, primecloud_internal.label_role(k.owner_id, k.owner_name), 'USAGE'),
                          (SELECT r.rolsuper FROM pg_roles r WHERE r.oid = caller)) LIMIT 1);
BEGIN
    PERFORM primecloud_internal.follow(false);
    IF stranger IS NOT NULL THEN
        RAISE insufficient_privilege USING MESSAGE = format('the label "%s" is kept for role "%s"', forgotten, stranger),
            HINT = 'That role ends it, or a superuser.';
    END IF;
    DELETE FROM primecloud_internal.kept_label k WHERE k.label = forgotten;
    IF NOT FOUND THEN
        RAISE undefined_object USING MESSAGE = format('no label "%s" is kept', coalesce(left(forgotten, 200), 'NULL')),
            HINT = 'A label is kept when its column is dropped: primecloud.registrations lists those that are.';
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.forget_label_as(oid, text) IS 'what forget_label() does, for whoever asks';
REVOKE ALL ON FUNCTION primecloud_internal.take_up_label(oid, sealed_column), primecloud_internal.forget_label_as(oid, text) FROM PUBLIC;

CREATE FUNCTION forget_label(label text) RETURNS void
    LANGUAGE c VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'primecloud_door';
COMMENT ON FUNCTION forget_label(text)
    IS 'ends the label of a sealed column that was dropped: it is anybody''s from then on, and what was sealed under it too';
