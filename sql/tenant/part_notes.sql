-- What the note of a partition says of constraints.  As long as it is one, those of the whole are noted
-- there, and the server keeps a part from losing them; when it is let go they are its own.

-- What a partition has kept of what the tables above it have noted: keys and indexes that are as theirs, by the
-- names that they have here.  (Nothing leans on the support of a key any more that pointed at the whole.)
CREATE FUNCTION primecloud_internal.kept_ties(part regclass, parent regclass) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off
AS $$
    WITH RECURSIVE above(rel) AS (
        SELECT parent::oid UNION SELECT i.inhparent FROM above a JOIN pg_inherits i ON i.inhrelid = a.rel),
    noted AS (
        SELECT a.rel, n.name::name AS name, n.kind FROM above a, LATERAL primecloud_internal.protection_note(a.rel::regclass) AS note,
            LATERAL (SELECT * FROM jsonb_each_text(note -> 'constraints')
                     UNION ALL SELECT note ->> 'index', 'index' WHERE note ? 'index') AS n(name, kind)),
    -- (Found before they are printed, which locks their tables: the planner may compare those of everybody, else.)
    pairs AS MATERIALIZED (
        SELECT x.relname, n.kind, k.indexrelid, k.indpred, k.indnatts, o.indexrelid AS noted_index, o.indpred AS noted_indpred,
            o.indrelid AS noted_rel
        FROM noted n JOIN pg_class ox ON ox.relname = n.name JOIN pg_index o ON o.indexrelid = ox.oid AND o.indrelid = n.rel
        JOIN pg_index k ON k.indrelid = part AND k.indisunique = o.indisunique AND k.indnatts = o.indnatts AND k.indnkeyatts = o.indnkeyatts
        JOIN pg_class x ON x.oid = k.indexrelid WHERE n.kind <> 'support' AND NOT k.indisprimary),
    kept(name, kind) AS (
        SELECT k.conname, n.kind FROM noted n JOIN pg_constraint o ON o.conrelid = n.rel AND o.conname = n.name AND o.contype = 'f'
        JOIN pg_constraint k ON k.conrelid = part AND k.contype = 'f' AND k.confrelid = o.confrelid AND k.confkey = o.confkey
        WHERE (primecloud_internal.foreign_key_columns(k)).columns = (primecloud_internal.foreign_key_columns(o)).columns
        UNION ALL
        SELECT p.relname, p.kind FROM pairs p
        WHERE pg_get_expr(p.indpred, part) IS NOT DISTINCT FROM pg_get_expr(p.noted_indpred, p.noted_rel)
            AND ARRAY(SELECT pg_get_indexdef(p.indexrelid, c, true) FROM generate_series(1, p.indnatts) AS c ORDER BY c)
                = ARRAY(SELECT pg_get_indexdef(p.noted_index, c, true) FROM generate_series(1, p.indnatts) AS c ORDER BY c))
    SELECT coalesce(jsonb_object_agg(name, kind), '{}') FROM kept;
$$;
COMMENT ON FUNCTION primecloud_internal.kept_ties(regclass, regclass)
    IS 'the tenant constraints and indexes that a partition keeps when it is detached, by their names there';

-- Of what is somebody else's nothing is written, and it is said.
CREATE FUNCTION primecloud_internal.note_let_go(part regclass, parent regclass) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    kept jsonb := primecloud_internal.kept_ties(part, parent);
    index_name text := (SELECT name FROM jsonb_each_text(kept) AS k(name, kind) WHERE kind = 'index' LIMIT 1);
    tied jsonb := (SELECT coalesce(jsonb_object_agg(name, kind), '{}') FROM jsonb_each_text(kept) AS k(name, kind) WHERE kind <> 'index');
    note jsonb := primecloud_internal.protection_note(part);
    step primecloud_internal.plan_step;
BEGIN
    IF kept = '{}' OR primecloud.tenant_column(part) IS NULL THEN
        RETURN;
    END IF;
    IF NOT pg_has_role((SELECT relowner FROM pg_class WHERE oid = part), 'USAGE') THEN
        RAISE WARNING 'the tenant constraints of % are no longer under the guard', part
            USING HINT = 'Its owner calls primecloud.protect_fk() and primecloud.protect_unique() on them.';
        RETURN;
    END IF;
    note := note || jsonb_strip_nulls(jsonb_build_object('index', coalesce(note ->> 'index', index_name)))
        || CASE tied WHEN '{}' THEN '{}' ELSE jsonb_build_object('constraints', coalesce(note -> 'constraints', '{}') || tied) END;
    step := primecloud_internal.note_protection(part, note);
    PERFORM primecloud_internal.run_plan(ARRAY[step], false);
END $$;
COMMENT ON FUNCTION primecloud_internal.note_let_go(regclass, regclass)
    IS 'notes on a partition that was detached which tenant constraints it keeps; called by the guard';

-- What is the whole's again is noted there alone.
CREATE FUNCTION primecloud_internal.note_taken_in(part regclass) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    note jsonb := primecloud_internal.protection_note(part);
    theirs text[] := ARRAY(SELECT conname::text FROM pg_constraint WHERE conrelid = part AND conparentid <> 0
        UNION SELECT c.relname::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = part AND c.relispartition);
    own jsonb := (SELECT coalesce(jsonb_object_agg(name, kind), '{}') FROM jsonb_each_text(note -> 'constraints') AS k(name, kind)
        WHERE name <> ALL (theirs));
    step primecloud_internal.plan_step;
BEGIN
    IF primecloud.tenant_column(part) IS NULL OR NOT (note ->> 'index' = ANY (theirs) IS TRUE OR note -> 'constraints' <> own) THEN
        RETURN;
    END IF;
    note := note - 'constraints' - CASE WHEN note ->> 'index' = ANY (theirs) THEN 'index' ELSE '' END
        || CASE own WHEN '{}' THEN '{}' ELSE jsonb_build_object('constraints', own) END;
    step := primecloud_internal.note_protection(part, note);
    PERFORM primecloud_internal.run_plan(ARRAY[step], false);
END $$;
COMMENT ON FUNCTION primecloud_internal.note_taken_in(regclass)
    IS 'takes from the note of a partition what the table that it was attached to has noted; called by the guard';
