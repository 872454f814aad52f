-- A foreign key as it is, and as it is put in another's place.

CREATE FUNCTION primecloud_internal.foreign_key_action(action "char", columns name[]) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    -- SET NULL names its columns: the tenant column must stay.
    SELECT CASE action WHEN 'a' THEN 'NO ACTION' WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE'
        ELSE CASE action WHEN 'n' THEN 'SET NULL' ELSE 'SET DEFAULT'
            END || coalesce(' (' || (SELECT string_agg(quote_ident(c), ', ') FROM unnest(columns) AS c) || ')', '') END;
$$;
COMMENT ON FUNCTION primecloud_internal.foreign_key_action("char", name[]) IS 'ON DELETE or ON UPDATE of a foreign key, in SQL';

-- A foreign key as the clause that makes it.
CREATE FUNCTION primecloud_internal.foreign_key_definition(key pg_constraint, columns name[], parent_columns name[], deleted name[])
    RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format('FOREIGN KEY (%s) REFERENCES %s (%s)%s ON UPDATE %s ON DELETE %s%s%s',
        (SELECT string_agg(quote_ident(c), ', ' ORDER BY n) FROM unnest(columns) WITH ORDINALITY AS u(c, n)), key.confrelid::regclass,
        (SELECT string_agg(quote_ident(c), ', ' ORDER BY n) FROM unnest(parent_columns) WITH ORDINALITY AS u(c, n)),
        CASE key.confmatchtype WHEN 'f' THEN ' MATCH FULL' ELSE '' END,
        primecloud_internal.foreign_key_action(key.confupdtype, columns), primecloud_internal.foreign_key_action(key.confdeltype, deleted),
        CASE WHEN key.condeferrable THEN ' DEFERRABLE' ELSE '' END, CASE WHEN key.condeferred THEN ' INITIALLY DEFERRED' ELSE '' END);
$$;
COMMENT ON FUNCTION primecloud_internal.foreign_key_definition(pg_constraint, name[], name[], name[])
    IS 'a foreign key, with other columns than it has';

CREATE FUNCTION primecloud_internal.foreign_key_columns(key pg_constraint, OUT columns name[], OUT parent_columns name[],
    OUT deleted name[])
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT array_agg(c.attname ORDER BY k.n), array_agg(p.attname ORDER BY k.n),
        array_agg(c.attname ORDER BY k.n) FILTER (WHERE k.child = ANY (key.confdelsetcols))
    FROM unnest(key.conkey, key.confkey) WITH ORDINALITY AS k(child, parent, n)
    JOIN pg_attribute c ON c.attrelid = key.conrelid AND c.attnum = k.child JOIN pg_attribute p ON p.attrelid = key.confrelid
        AND p.attnum = k.parent;
$$;
COMMENT ON FUNCTION primecloud_internal.foreign_key_columns(pg_constraint)
    IS 'the columns of a foreign key, those it points at, and those that ON DELETE SET names';

CREATE FUNCTION primecloud_internal.validate_as_owner(rel regclass, constraint_name name) RETURNS void
    LANGUAGE sql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT primecloud_internal.check_one_hand(rel, ARRAY(SELECT confrelid::regclass FROM pg_constraint WHERE conrelid = rel
        AND conname = constraint_name AND contype = 'f'));
    SELECT primecloud_internal.check_as_owner(rel, format('ALTER TABLE %s VALIDATE CONSTRAINT %I', rel, constraint_name));
$$;
COMMENT ON FUNCTION primecloud_internal.validate_as_owner(regclass, name)
    IS 'checks the rows that a foreign key found, as the owner of its table; called by the scripts of protect_fk()';

CREATE FUNCTION primecloud_internal.validate_key(key pg_constraint) RETURNS primecloud_internal.plan_step
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$ SELECT primecloud_internal.step('validate key', key.conrelid::regclass::text,
    format('SELECT primecloud_internal.validate_as_owner(%L, %L)', key.conrelid::regclass, key.conname)) $$;
COMMENT ON FUNCTION primecloud_internal.validate_key(pg_constraint) IS 'the step that checks the rows that a foreign key found';

-- Steps that put a foreign key in another's place, with the step that notes it.  The check of
-- existing rows is a query like any other: it is run as the owner, past the forced policies
-- that would hide rows from him, so that the constraint would count as checked.
CREATE FUNCTION primecloud_internal.replace_foreign_key(key pg_constraint, definition text, note primecloud_internal.plan_step,
    online boolean)
    RETURNS primecloud_internal.plan_step[]
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    change text := format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %I %s', key.conrelid::regclass, key.conname, key.conname,
        definition);
BEGIN
    IF NOT online THEN
        RETURN ARRAY[primecloud_internal.step('foreign key', key.conrelid::regclass::text, change), note];
    END IF;
    IF (SELECT relkind FROM pg_class WHERE oid = key.conrelid) = 'p' THEN
        RAISE feature_not_supported USING MESSAGE = format('%s is partitioned: its foreign keys cannot be added NOT VALID',
            key.conrelid::regclass), HINT = 'Call it without online in a quiet hour.';
    END IF;
    RETURN primecloud_internal.in_one_transaction(ARRAY[primecloud_internal.step('unchecked foreign key', key.conrelid::regclass::text,
        change || ' NOT VALID'), note])
        || primecloud_internal.validate_key(key);
END $$;
COMMENT ON FUNCTION primecloud_internal.replace_foreign_key(pg_constraint, text, primecloud_internal.plan_step, boolean)
    IS 'the steps that change a foreign key in its place';
