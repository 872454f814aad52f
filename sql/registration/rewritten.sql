-- Before a table is written anew.  ALTER TYPE ... USING computes a column, also where its type stays: as good as dropping
-- what was there.  SET UNLOGGED lets a crash empty it.

CREATE FUNCTION primecloud_internal.check_rewritten(rel oid, computed text[]) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
DECLARE
    top CONSTANT oid := primecloud_internal.top_of(rel);
    c record;
BEGIN
    FOR c IN SELECT n.col, s.column_name AS sealed FROM unnest(computed) AS n(col), primecloud_internal.names_of(top::regclass) AS t
             JOIN primecloud.sealed_column s ON s.schema_name = t.schema_name AND s.table_name = t.table_name
             WHERE n.col IN (s.column_name, s.id_column, s.tenant_column) LOOP
        CONTINUE WHEN primecloud_internal.has_rows_now(top::regclass) IS NOT TRUE;
        PERFORM primecloud_internal.guard_column(rel, c.col, 'computed anew', CASE WHEN c.col = c.sealed
                THEN 'it is sealed, and its secrets would go' ELSE format('the envelopes in "%s" are bound to it', c.sealed) END,
            format('If its secrets are to go, SELECT primecloud.unregister_sealed_column(%L, %L) first.', top::regclass, c.sealed));
    END LOOP;
    FOR c IN SELECT n.col, h.id FROM unnest(computed) AS n(col), unnest(rel || primecloud_internal.above_of(rel)) AS a(oid)
             CROSS JOIN LATERAL primecloud_internal.names_of(a.oid::regclass) AS t
             JOIN primecloud_internal.open_hold h ON h.schema_name = t.schema_name AND h.table_name = t.table_name
             WHERE n.col = h.column_name LOOP
        PERFORM primecloud_internal.refuse_held_column(rel, c.col, 'computed anew', c.id);
    END LOOP;
    -- (Bit 0 of the reason is the persistence; that of the row is as before.)
    IF pg_event_trigger_table_rewrite_reason() & 1 = 1 THEN
        PERFORM primecloud_internal.check_not_held(rel || primecloud_internal.above_of(rel), n.nspname::text, r.relname::text,
            'made unlogged')
        FROM pg_class r JOIN pg_namespace n ON n.oid = r.relnamespace WHERE r.oid = rel AND r.relpersistence = 'p';
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.check_rewritten(oid, text[]) IS 'the answer before a column that is sealed, that envelopes are '
    'bound to or that a hold goes by is computed anew, or a held table is made unlogged';
REVOKE ALL ON FUNCTION primecloud_internal.check_rewritten(oid, text[]) FROM PUBLIC;
