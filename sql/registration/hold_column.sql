-- A column of a policy that says itself which rows are held: as long as it says so of one, it stays.

CREATE FUNCTION primecloud_internal.is_true_somewhere(leaf regclass, col text) RETURNS boolean
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_is_true_somewhere';
COMMENT ON FUNCTION primecloud_internal.is_true_somewhere(regclass, text)
    IS 'whether a column of truth values is true in a row; read without SQL';

-- Before ALTER TABLE, which takes the same lock: once the column is dropped, nobody reads it.
CREATE FUNCTION primecloud_internal.check_hold_columns(rel oid, names text[], what text[]) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
DECLARE
    c record;
BEGIN
    FOR c IN SELECT n.col, n.what, t.relid FROM primecloud_internal.table_tree(rel) AS t, primecloud_internal.names_of(t.relid) AS r
             JOIN primecloud_internal.retention_policy p ON p.schema_name = r.schema_name AND p.table_name = r.table_name,
             unnest(names, what) AS n(col, what) WHERE n.col = p.hold_column LOOP
        EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', rel::regclass);
        IF EXISTS (SELECT FROM primecloud_internal.table_tree(c.relid) AS t WHERE t.kind = 'r'
                   AND primecloud_internal.is_true_somewhere(t.relid, c.col)) THEN
            PERFORM primecloud_internal.refuse_column_of_holds(c.relid, c.col, c.what, 'by it rows are held',
                'Make it false where nothing is held any more, or call primecloud.unretain().');
        END IF;
    END LOOP;
END $$;
COMMENT ON FUNCTION primecloud_internal.check_hold_columns(oid, text[], text[])
    IS 'raises 42501 before the hold_column of a policy, which is true of a row, is dropped, given another type or computed anew';

-- Numbers are written as one text whatever their width.  A narrower varchar cuts spaces off.
CREATE FUNCTION primecloud_internal.prints_otherwise(old_type oid, old_mod integer, new_type oid, new_mod integer) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    numbers CONSTANT oid[] := '{smallint,integer,bigint}'::regtype[]::oid[];
BEGIN
    IF old_type <> new_type THEN
        RETURN NOT (old_type = ANY (numbers) AND new_type = ANY (numbers));
    END IF;
    RETURN new_mod <> -1 AND (old_mod = -1 OR new_mod < old_mod);
END $$;
COMMENT ON FUNCTION primecloud_internal.prints_otherwise(oid, integer, oid, integer)
    IS 'whether a value of one type may be another text in the other';

REVOKE ALL ON FUNCTION primecloud_internal.is_true_somewhere(regclass, text), primecloud_internal.check_hold_columns(oid, text[], text[]),
    primecloud_internal.prints_otherwise(oid, integer, oid, integer) FROM PUBLIC;
