-- A protected table's partitions, protected as they come.

-- Gives a partition of a protected table, and all that is below it, what the table has; of the table itself, every partition.  Its
-- sisters are not looked at: each was protected as it came, and a table has many.
CREATE FUNCTION primecloud_internal.protect_partitions(rel regclass) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    root regclass;
    key name;
    part pg_class;
    policy record;
    steps primecloud_internal.plan_step[];
    made text[];
    lifted boolean;
BEGIN
    -- The nearest table above that has policies of ours, or this one.
    WITH RECURSIVE above(relid, n) AS (
        SELECT rel::oid, 0 UNION SELECT i.inhparent, n + 1 FROM above JOIN pg_inherits i ON i.inhrelid = above.relid)
    SELECT a.relid INTO root FROM above a WHERE EXISTS (SELECT FROM pg_policy WHERE polrelid = a.relid
        AND polname IN ('primecloud_floor', 'primecloud_shared', 'primecloud_people')) ORDER BY n LIMIT 1;
    IF root IS NULL THEN
        RETURN;
    END IF;
    key := primecloud.tenant_column(root);
    -- Citus looks into a partition as its owner before it spreads it: by migrating() he is not held yet.
    lifted := primecloud_internal.is_distributed(root) AND primecloud_internal.is_lifted(root);
    FOR part IN SELECT c.* FROM primecloud_internal.table_tree(rel) AS t JOIN pg_class c ON c.oid = t.relid
        WHERE t.relid <> root AND t.kind IN ('r', 'p') AND NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = t.relid
            AND polname IN ('primecloud_floor', 'primecloud_shared', 'primecloud_people')) ORDER BY t.level, t.relid LOOP
        steps := '{}';
        made := '{}';
        PERFORM primecloud_internal.check_hand(part.oid, i.inhparent) FROM pg_inherits i WHERE i.inhrelid = part.oid;
        FOR policy IN SELECT polname, polpermissive, polcmd, pg_get_expr(polqual, polrelid) AS qual, pg_get_expr(polwithcheck, polrelid)
            AS with_check
                      FROM pg_policy WHERE polrelid = root AND starts_with(polname, 'primecloud_')
                        AND NOT EXISTS (SELECT FROM pg_policy there WHERE there.polrelid = part.oid AND there.polname = pg_policy.polname)
                            LOOP
            steps := steps || primecloud_internal.step('copied policy', part.oid::regclass::text,
                format('CREATE POLICY %I ON %s AS %s FOR %s TO PUBLIC%s%s', policy.polname, part.oid::regclass,
                CASE WHEN policy.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
                CASE policy.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL'
                    END,
                coalesce(' USING (' || policy.qual || ')', ''), coalesce(' WITH CHECK (' || policy.with_check || ')', '')));
        END LOOP;
        IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = part.oid AND attname = key AND NOT atthasdef) THEN
            -- (Citus has spread what is attached before anybody is told, and changes nothing of the column from then on.)
            IF primecloud_internal.is_distributed(part.oid) THEN
                RAISE feature_not_supported USING MESSAGE = format('table %s would be a part of the distributed table %s, and is not '
                    'protected', part.oid::regclass, root),
                    HINT = format('Call primecloud.protect_table(%L) and primecloud.distribute_table(%1$L), and attach it then.',
                        part.oid::regclass);
            END IF;
            made := made || 'default'::text;
            steps := steps || primecloud_internal.step('default', part.oid::regclass::text,
                format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT %s()', part.oid::regclass, key,
                    primecloud_internal.tenant_function(part.oid, key)));
        END IF;
        PERFORM primecloud_internal.run_plan(steps || primecloud_internal.step('row security', part.oid::regclass::text,
            format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY%s', part.oid::regclass, CASE WHEN lifted THEN ''
                ELSE ', FORCE ROW LEVEL SECURITY' END))
            || primecloud_internal.note_protection(part.oid, jsonb_build_object('made', to_jsonb(made),
                'row security', CASE WHEN part.relforcerowsecurity AND part.relrowsecurity THEN 'forced' WHEN part.relrowsecurity THEN 'on'
                    ELSE 'off' END),
                (SELECT polname FROM pg_policy WHERE polrelid = root
                    AND polname IN ('primecloud_floor', 'primecloud_shared', 'primecloud_people') ORDER BY polname LIMIT 1)), false);
        PERFORM primecloud_internal.lock_to_lift(part.oid) WHERE lifted;
    END LOOP;
    -- What was protected by itself has restrictive policies, and goes to the servers where the whole is.
    IF primecloud_internal.is_distributed(root) AND key IS NOT NULL AND NOT primecloud_internal.sent_by_node() THEN
        PERFORM primecloud_internal.check_spreadable(root);
        PERFORM primecloud_internal.run_plan(ARRAY(SELECT s FROM primecloud_internal.shape_steps(root, true) AS s), false);
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.protect_partitions(regclass)
    IS 'gives partitions the policies of the protected table above them; called by the guard';
