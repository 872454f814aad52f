-- Under which label envelopes open that are there before the column is registered: in a table that was copied, or restored under
-- another name.

CREATE FUNCTION primecloud_internal.first_rows(leaf regclass, col text, tenant_column text, id_column text, label text, most integer)
    RETURNS TABLE (code text, row_count bigint)
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_first_rows';
COMMENT ON FUNCTION primecloud_internal.first_rows(regclass, text, text, text, text, integer)
    IS 'of so many envelopes of a column, how many open in their place (00000), and how many do not, by SQLSTATE';

-- A few tell: a row that was moved is a matter of its own.
CREATE FUNCTION primecloud_internal.opens_under(rel regclass, col name, label text, id_column name, tenant_column name) RETURNS boolean
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    most CONSTANT integer := 20;
    seen bigint := 0;
    elsewhere bigint := 0;
    leaf regclass;
    counted record;
BEGIN
    FOR leaf IN SELECT t.relid FROM primecloud_internal.table_tree(rel) AS t WHERE t.kind = 'r' LOOP
        FOR counted IN SELECT * FROM primecloud_internal.first_rows(leaf, col::text, tenant_column::text, id_column::text, label, most) LOOP
            IF counted.code = '00000' THEN
                RETURN true;
            END IF;
            seen := seen + counted.row_count;
            elsewhere := elsewhere + CASE counted.code WHEN 'PC005' THEN counted.row_count ELSE 0 END;
        END LOOP;
        EXIT WHEN seen >= most;
    END LOOP;
    RETURN CASE WHEN elsewhere > 0 THEN false END;
END $$;
COMMENT ON FUNCTION primecloud_internal.opens_under(regclass, name, text, name, name)
    IS 'whether envelopes of a column open under a label; NULL where there are none, or none whose key is there';

-- Whoever may not open them, and a server without their keys, cannot look: that is told.
CREATE FUNCTION primecloud_internal.check_label(rel regclass, col name, label text, id_column name, tenant_column name) RETURNS text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    unseen CONSTANT text := format('-- column "%s" of %s has envelopes already: whether they open under the label "%s" was not looked at',
        col, rel, label);
    candidate record;
BEGIN
    IF NOT primecloud_internal.has_rows(rel) OR EXISTS (SELECT FROM primecloud_internal.names_of(rel) AS n JOIN primecloud.sealed_column s
        ON s.schema_name = n.schema_name AND s.table_name = n.table_name AND s.column_name = col) THEN
        RETURN NULL;
    ELSIF NOT has_function_privilege('primecloud.act_for_any_tenant()', 'EXECUTE') THEN
        RETURN unseen;
    END IF;
    BEGIN
        IF primecloud_internal.opens_under(rel, col, label, id_column, tenant_column) IS NOT false THEN
            RETURN NULL;
        END IF;
        SELECT l.* INTO candidate FROM (
            SELECT s.label, s.column_name = col AS likely, format('column "%s" of %I.%I has that label: fill this one with what is '
                'revealed there, or drop the other first.', s.column_name, s.schema_name, s.table_name) AS way
            FROM primecloud.sealed_column s
            UNION ALL
            SELECT r.object, starts_with(r.problem, format('column "%s" ', col)), 'give that one.' FROM primecloud.registrations r
            WHERE r.kind = 'label'
            ORDER BY likely DESC, label LIMIT 200) AS l
        WHERE primecloud_internal.opens_under(rel, col, l.label, id_column, tenant_column) LIMIT 1;
    EXCEPTION WHEN OTHERS THEN
        RETURN unseen;
    END;
    RAISE SQLSTATE 'PC005' USING MESSAGE = format('the envelopes in column "%s" of %s do not open under the label "%s"', col, rel, label),
        HINT = CASE WHEN candidate.label IS NULL THEN 'Give the label, the id and the tenant column with which they were sealed.'
            ELSE format('They open under the label "%s": %s', candidate.label, candidate.way) END;
END $$;
COMMENT ON FUNCTION primecloud_internal.check_label(regclass, name, text, name, name)
    IS 'raises PC005 where envelopes that are there do not open under the label that a column is to have; returns what was not looked at';
