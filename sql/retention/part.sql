-- A partition, a child or the table itself, when its turn comes.  What is wrong with one stops no other: it is told, and the
-- run goes on behind it.

CREATE FUNCTION primecloud_internal.retention_check_part(rel regclass, mode text, item primecloud_internal.retention_worklist,
    under_way boolean) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    owner CONSTANT oid := (SELECT c.relowner FROM pg_class c WHERE c.oid = rel);
BEGIN
    -- Between one batch and the next: what may have changed, and no more.
    IF under_way AND EXISTS (SELECT FROM pg_class c WHERE c.oid = item.relation AND c.relowner = owner
            AND NOT EXISTS (SELECT FROM pg_rewrite w WHERE w.ev_class = c.oid)) THEN
        PERFORM primecloud_internal.retention_check_code(ARRAY[item.relation], owner);
        RETURN;
    END IF;
    PERFORM primecloud_internal.retention_check_parts(rel, item.relation, true);
    IF item.kind = 'rows' THEN
        PERFORM primecloud_internal.retention_check_published(item.relation, mode);
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_check_part(regclass, text, primecloud_internal.retention_worklist, boolean)
    IS 'refuses a table of the worklist that maintenance cannot safely be done on';

CREATE FUNCTION primecloud_internal.retention_part_problem(rel regclass, mode text, item primecloud_internal.retention_worklist,
    OUT code text, OUT message text) RETURNS record
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM primecloud_internal.retention_check_part(rel, mode, item, false);
EXCEPTION WHEN OTHERS THEN
    code := SQLSTATE;
    message := SQLERRM;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_part_problem(regclass, text, primecloud_internal.retention_worklist)
    IS 'what keeps maintenance from a table of the worklist; NULL where nothing does';

-- What a run would pass over, for who asks before it.
CREATE FUNCTION primecloud_internal.retention_unfit(rel regclass, policy primecloud_internal.retention_policy, OUT part oid, OUT code text,
    OUT message text) RETURNS SETOF record
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    item primecloud_internal.retention_worklist;
BEGIN
    -- (What goes with its partition needs no identity; what is detached with others goes or stays with them.)
    FOR part, item.kind, item.relation IN SELECT p.oid, CASE WHEN policy.mode = 'drop_partition' AND p.top IS NOT NULL THEN 'partition'
            ELSE p.kind END,
            CASE p.fate WHEN 'kept' THEN p.top ELSE p.oid END
            FROM primecloud_internal.retention_parts(rel, policy, now()) p WHERE p.kind <> 'partition'
            ORDER BY p.schema_name, p.table_name LOOP
        SELECT p.* INTO code, message FROM primecloud_internal.retention_part_problem(rel, policy.mode, item) p;
        CONTINUE WHEN code IS NULL;
        RETURN NEXT;
    END LOOP;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_unfit(regclass, primecloud_internal.retention_policy)
    IS 'the partitions that a run passes over, and why';

-- (Its size is asked of the table itself.)
CREATE FUNCTION primecloud_internal.retention_may_look(leaf oid) RETURNS boolean
    LANGUAGE plpgsql VOLATILE PARALLEL SAFE SET search_path = pg_catalog, pg_temp SET lock_timeout = '250ms'
AS $$
BEGIN
    PERFORM pg_relation_size(leaf);
    RETURN true;
EXCEPTION WHEN lock_not_available THEN
    RETURN false;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_may_look(oid) IS 'whether a table is not locked against readers';

REVOKE ALL ON FUNCTION primecloud_internal.retention_may_look(oid),
    primecloud_internal.retention_check_part(regclass, text, primecloud_internal.retention_worklist, boolean),
    primecloud_internal.retention_part_problem(regclass, text, primecloud_internal.retention_worklist),
    primecloud_internal.retention_unfit(regclass, primecloud_internal.retention_policy) FROM PUBLIC;
