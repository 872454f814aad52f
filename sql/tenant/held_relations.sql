-- Relations that nothing comes to while something is tried on them: no policy, trigger, rule, index, constraint or part.

CREATE FUNCTION primecloud_internal.hold_relation(rel oid, patient boolean) RETURNS boolean
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_hold_relation';
COMMENT ON FUNCTION primecloud_internal.hold_relation(oid, boolean)
    IS 'locks a relation of the caller''s, so that it stays as it is; false while somebody else has it, NULL where it is gone';

CREATE FUNCTION primecloud_internal.hold_relations(relations oid[], patient boolean) RETURNS text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    one oid;
    held boolean;
BEGIN
    FOREACH one IN ARRAY relations LOOP
        held := primecloud_internal.hold_relation(one, patient);
        IF held IS NOT TRUE THEN
            RETURN CASE WHEN held IS NULL THEN 'it was changed meanwhile: ask again' ELSE 'somebody holds it locked, or what it asks' END;
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION primecloud_internal.hold_relations(oid[], boolean)
    IS 'locks relations until the transaction ends, so that they stay as they are; why that was not to be had, or NULL';

CREATE FUNCTION primecloud_internal.lesser_relations(relations oid[], keys boolean) RETURNS oid[]
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT ARRAY(SELECT l.objid FROM primecloud_internal.lesser_objects(relations, keys) AS l JOIN pg_class AS c
        ON c.oid = l.objid WHERE l.classid = 'pg_class'::regclass AND c.relkind IN ('r', 'p', 'v') ORDER BY l.objid)
$$;
COMMENT ON FUNCTION primecloud_internal.lesser_relations(oid[], boolean)
    IS 'the tables and views of lesser roles that a statement over some relations comes to: what is to be held while it is tried';

-- Why nothing is tried on a table or view; NULL where it may be.  What is a superuser's nobody else changes.  Of what is
-- others' the relations are locked, and looked at afterwards: what came until then is seen, and nothing comes after.
CREATE FUNCTION primecloud_internal.hold_for_trial(target regclass) RETURNS text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    reason text := primecloud_internal.reason_to_skip(target);
    others oid[];
    loose record;
BEGIN
    IF reason IS NOT NULL THEN
        RETURN reason;
    END IF;
    others := primecloud_internal.lesser_relations(ARRAY[target::oid], false);
    IF NOT EXISTS (SELECT FROM primecloud_internal.lesser_objects(ARRAY[target::oid], false)) THEN
        RETURN NULL;
    END IF;
    IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
        RETURN 'the transaction keeps a snapshot, and would not see what came meanwhile: ask in READ COMMITTED';
    END IF;
    reason := coalesce(primecloud_internal.hold_relations(others, true), primecloud_internal.reason_to_skip(target));
    IF reason IS NOT NULL THEN
        RETURN reason;
    END IF;
    SELECT pg_get_userbyid(l.owner) AS owner, d.said INTO loose
    FROM primecloud_internal.lesser_objects(ARRAY[target::oid], false) AS l
    CROSS JOIN LATERAL (SELECT coalesce(pg_describe_object(l.classid, l.objid, 0), 'what is gone')) AS d(said)
    WHERE l.classid <> 'pg_class'::regclass OR l.objid <> ALL (others) ORDER BY d.said COLLATE "C" LIMIT 1;
    RETURN 'it asks what ' || quote_ident(loose.owner) || ' may change meanwhile: ' || loose.said;
END $$;
COMMENT ON FUNCTION primecloud_internal.hold_for_trial(regclass)
    IS 'why assert_isolated() does not try a table or view; NULL if it does, and what is of lesser roles is locked then';
