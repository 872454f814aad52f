-- (Functions of protection SET enable_seqscan = off, and jit with it, which would take what that costs for real: they keep
-- their plans, which may be of a time when there was hardly a policy, and one call over a schema makes thousands.)
-- The registered tables, as protection knows them: whoever could write the wrong row of
-- one would be somebody else.

-- Names alone, of tables that everybody may see: who protects a table need not own the database.  The owner, whom entering believes,
-- by his name of today.
CREATE VIEW primecloud_internal.registered_table WITH (security_barrier) AS
WITH source AS (
    SELECT m.*, primecloud_internal.noted_owner(m.relation_schema, m.relation_name, m.relation_owner) AS owner_now
    FROM primecloud_internal.membership_source m)
SELECT 'members' AS part, relation_schema, relation_name, owner_now AS relation_owner, tenant_column, role_column,
    NULL::text AS status_column, ARRAY[tenant_column, user_column, role_column] AS columns, watched
FROM source
UNION ALL
SELECT 'accounts', accounts_schema, accounts_name, owner_now, accounts_key_column, NULL, accounts_status_column,
    ARRAY[accounts_key_column, accounts_status_column], watched
FROM source WHERE accounts_name IS NOT NULL
UNION ALL
SELECT 'grants', grants_schema, grants_name, owner_now, grants_tenant_column, NULL, NULL,
    ARRAY[grants_tenant_column, grants_user_column, grants_id_column], watched
FROM source WHERE grants_name IS NOT NULL;
COMMENT ON VIEW primecloud_internal.registered_table
    IS 'the tables that register_membership() named, and what each is: members, accounts or grants';
GRANT SELECT ON primecloud_internal.registered_table TO PUBLIC;

-- What a table is registered as.  A name that another owner has taken since is not believed.
CREATE FUNCTION primecloud_internal.registered_as(rel regclass) RETURNS TABLE (part text, role_column name, status_column name)
    -- (PL/pgSQL keeps its plans, and the guard asks at each command.)
    LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 1
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT r.part, r.role_column::name, r.status_column::name FROM primecloud_internal.registered_table r
    JOIN pg_namespace n ON n.nspname = r.relation_schema::name
    JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = r.relation_name::name AND pg_get_userbyid(c.relowner) = r.relation_owner
    WHERE c.oid = rel ORDER BY r.part;
END $$;
COMMENT ON FUNCTION primecloud_internal.registered_as(regclass)
    IS 'what register_membership() named a table as, with the column of its roles or of its status';

-- The column that holds the ranks of a table's rows: its policies compare it with the rank
-- of whoever writes.  Read in the expression as the catalog has it: to have it printed (pg_get_expr) is to lock the table, and this is
-- asked of everybody's.
CREATE FUNCTION primecloud_internal.rank_column(rel regclass) RETURNS name
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET jit = off
AS $$
BEGIN
    RETURN coalesce(
        (SELECT r.role_column FROM primecloud_internal.registered_as(rel) r JOIN pg_attribute a ON a.attrelid = rel
            AND a.attname = r.role_column
         WHERE r.part = 'members' AND a.atttypid IN ('text'::regtype, 'varchar'::regtype)),
        (SELECT a.attname FROM pg_policy p
         JOIN pg_depend d ON d.classid = 'pg_policy'::regclass AND d.objid = p.oid
                          AND d.refclassid = 'pg_class'::regclass AND d.refobjid = p.polrelid AND d.refobjsubid > 0
         JOIN pg_attribute a ON a.attrelid = p.polrelid AND a.attnum = d.refobjsubid
         -- Any of them may be all that is left.
         WHERE p.polrelid = rel AND (p.polname IN ('primecloud_rank_insert', 'primecloud_rank_update', 'primecloud_rank_delete')
             OR p.polname IN ('primecloud_insert', 'primecloud_update', 'primecloud_delete')
                 AND coalesce(p.polqual, p.polwithcheck)::text ~ format(
                     '[{]FUNCEXPR :funcid %s [^{}()]*:args [(][{](RELABELTYPE :arg [{])?VAR :varno 1 :varattno %s ',
                     'primecloud.role_rank(text)'::regprocedure::oid, a.attnum))
         LIMIT 1));
END $$;
COMMENT ON FUNCTION primecloud_internal.rank_column(regclass)
    IS 'the column whose roles nobody sets above his own; NULL where there is none';

-- The least role that writes a table: what was chosen, and never less than an admin where
-- the table says who may enter, or what he reaches.
CREATE FUNCTION primecloud_internal.least_writer(rel regclass, command text, role text) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (SELECT CASE WHEN primecloud.role_rank(role) < primecloud.role_rank('admin')
                     AND EXISTS (SELECT FROM primecloud_internal.registered_as(rel) WHERE command <> 'delete' OR part <> 'members')
                THEN 'admin' ELSE role END);
END $$;
COMMENT ON FUNCTION primecloud_internal.least_writer(regclass, text, text)
    IS 'the least role that may write a table: admin at least, where entering asks it';
