-- What a dump says of owners.  pg_dump reads a table of an extension by SELECT ... FROM the table and what stands here: registrations
-- are dumped with whoever owns their tables at that moment, as the tables are, whatever was noted when somebody last looked.

-- Of a known table the owner of today, else the noted role by its name of today.
CREATE FUNCTION primecloud_internal.dumped_owner(space text, rel text, noted text) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN coalesce(
        (SELECT r.rolname FROM primecloud_internal.known_table k JOIN pg_class c ON c.oid = k.relation AND c.reltype = k.row_type
         JOIN pg_roles r ON r.oid = c.relowner WHERE k.schema_name = space AND k.table_name = rel),
        primecloud_internal.noted_owner(space, rel, noted));
END $$;
COMMENT ON FUNCTION primecloud_internal.dumped_owner(text, text, text) IS 'the owner of a registered table as a dump names him';

-- The columns under their names but for those that are computed beside them, which have theirs.
CREATE FUNCTION primecloud_internal.dump_beside(place regclass, columns text[], computed text) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format('AS noted (%s) CROSS JOIN LATERAL (SELECT %s) AS computed (%s)',
        (SELECT string_agg(format('%I', CASE WHEN a.attname = ANY (columns) THEN 'noted_' || a.attname ELSE a.attname END), ', '
            ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = place AND a.attnum > 0),
        computed, (SELECT string_agg(format('%I', c.col), ', ' ORDER BY c.n) FROM unnest(columns) WITH ORDINALITY AS c(col, n)))
$$;
COMMENT ON FUNCTION primecloud_internal.dump_beside(regclass, text[], text)
    IS 'what pg_dump is to read a table with, so that some columns are computed when it does';

-- (What is told of a table that is gone stays as it was noted.  One command for each: it writes one row of a catalog.)
DO $$
DECLARE
    p record;
BEGIN
    FOR p IN SELECT * FROM primecloud_internal.registration_places() WHERE owner_column IS NOT NULL LOOP
        PERFORM pg_catalog.pg_extension_config_dump(p.place::regclass, primecloud_internal.dump_beside(p.place::regclass,
            ARRAY[p.owner_column], pg_catalog.format('CASE WHEN true%s THEN primecloud_internal.dumped_owner(%I, %I, noted_%s) '
                'ELSE noted_%4$s END', p.living, p.schema_column, p.table_column, p.owner_column)));
    END LOOP;
END $$;
-- A number means nothing to another cluster.
SELECT pg_catalog.pg_extension_config_dump('primecloud_internal.kept_label', primecloud_internal.dump_beside(
    'primecloud_internal.kept_label', '{owner_name,owner_id}',
    'primecloud_internal.label_owner(noted_owner_id, noted_owner_name), NULL::pg_catalog.oid'));
REVOKE ALL ON FUNCTION primecloud_internal.dump_beside(regclass, text[], text) FROM PUBLIC;
