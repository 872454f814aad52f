-- From the policies that a table has to those that it is to have.

-- Roles that were chosen are kept, so that asking again does not loosen them.
CREATE FUNCTION primecloud_internal.chosen_roles(root regclass, read_role text, write_role text, delete_role text, refuse boolean)
    RETURNS jsonb
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN jsonb_build_object(
        'read', coalesce(read_role, primecloud_internal.chosen_role(root, 'read'), 'external_client'),
        'write', coalesce(write_role, primecloud_internal.chosen_role(root, 'write'), 'developer'),
        'delete', coalesce(delete_role, primecloud_internal.chosen_role(root, 'delete'), 'admin'))
        || CASE WHEN coalesce(refuse, primecloud_internal.chosen_refusal(root)) THEN '{"refuse": true}' ELSE '{}' END::jsonb;
END $$;
COMMENT ON FUNCTION primecloud_internal.chosen_roles(regclass, text, text, text, boolean)
    IS 'the least roles of a protected table, as they are noted: those that are named, else those that were chosen before';

-- Whether a table stands in the shape of distributed ones, by the policies that let nobody in: so does a table of a dump.
CREATE FUNCTION primecloud_internal.is_confined_apart(rel regclass) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET jit = off
AS $$
BEGIN
    RETURN EXISTS (SELECT FROM pg_policy WHERE polrelid = rel AND polname = 'primecloud_confine' AND polpermissive);
END $$;
COMMENT ON FUNCTION primecloud_internal.is_confined_apart(regclass)
    IS 'whether a table is confined by its other policies, as a distributed one is, and not by a restrictive one';

-- A distributed table has no policy that narrows another: what narrows it stands in the one that shows rows, behind what is ours
-- (narrow_policy()).  The server writes AND with each of its parts in parentheses, so that nothing else begins so.
CREATE FUNCTION primecloud_internal.is_narrowed(existing text, wanted text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(starts_with(existing, '(' || wanted || ' AND ')
        OR wanted ~ '^[(][(].*[)] AND [(].*[)][)]$' AND starts_with(existing, left(wanted, -1) || ' AND '), false);
$$;
COMMENT ON FUNCTION primecloud_internal.is_narrowed(text, text)
    IS 'whether a condition, as the server writes it, is another and something besides';

-- `root` is the table that the call was for, `id_column` the one that confines; `spread` as in tenant_policies(); `narrowed`: whether the
-- policy that shows rows may say more.
CREATE FUNCTION primecloud_internal.policy_steps(rel regclass, root regclass, tenant_column name, type regtype, roles jsonb,
    role_column name, id_column name, spread boolean, narrowed boolean DEFAULT false) RETURNS SETOF primecloud_internal.plan_step
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET jit = off
AS $$
DECLARE
    wanted record;
    existing pg_policy;
BEGIN
    FOR wanted IN SELECT * FROM primecloud_internal.tenant_policies(rel, tenant_column, type, roles ->> 'read',
        primecloud_internal.least_writer(root, 'write', roles ->> 'write'),
        primecloud_internal.least_writer(root, 'delete', roles ->> 'delete'),
        coalesce(role_column, primecloud_internal.rank_column(root)), coalesce(roles -> 'refuse' = 'true', false), spread, id_column) LOOP
        SELECT p.* INTO existing FROM pg_policy p WHERE polrelid = rel AND polname = wanted.policy;
        IF FOUND THEN
            CONTINUE WHEN existing.polcmd = wanted.command AND existing.polpermissive = wanted.permissive AND existing.polroles = '{0}'
                AND (pg_get_expr(existing.polqual, rel) IS NOT DISTINCT FROM wanted.qual OR narrowed AND coalesce(spread,
                    primecloud_internal.is_distributed(rel))
                    AND wanted.policy = 'primecloud_select' AND primecloud_internal.is_narrowed(pg_get_expr(existing.polqual, rel),
                        wanted.qual))
                    AND pg_get_expr(existing.polwithcheck, rel) IS NOT DISTINCT FROM wanted.with_check;
            RETURN NEXT primecloud_internal.step('drop policy', rel::text, format('DROP POLICY %I ON %s', wanted.policy, rel));
        END IF;
        RETURN NEXT primecloud_internal.step(CASE wanted.policy WHEN 'primecloud_floor' THEN 'floor' ELSE 'policy' END, rel::text,
            wanted.statement);
    END LOOP;
END $$;
COMMENT ON FUNCTION primecloud_internal.policy_steps(regclass, regclass, name, regtype, jsonb, name, name, boolean, boolean)
    IS 'the steps by which the policies of a table become those that protect_table() and confine_table() make';

-- What is protected as it is, in the shape for where its rows lie or are to lie: of the table and all that is below it.  The note stands
-- at the floor, and goes with it.
CREATE FUNCTION primecloud_internal.shape_steps(root regclass, spread boolean, id_column name DEFAULT NULL, narrowed boolean DEFAULT false)
    RETURNS SETOF primecloud_internal.plan_step
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    key name := primecloud.tenant_column(root);
    roles jsonb := primecloud_internal.chosen_roles(root, NULL, NULL, NULL, NULL);
    part regclass;
    steps primecloud_internal.plan_step[];
BEGIN
    FOR part IN SELECT t.relid FROM primecloud_internal.table_tree(root) AS t WHERE t.kind IN ('r', 'p') ORDER BY t.level, t.relid LOOP
        steps := ARRAY(SELECT s FROM primecloud_internal.policy_steps(part, root, key, (SELECT atttypid FROM pg_attribute
            WHERE attrelid = part AND attname = key AND NOT attisdropped), roles, NULL,
            coalesce(id_column, primecloud_internal.confined_by(part)), spread, narrowed) AS s);
        RETURN QUERY SELECT s.* FROM unnest(steps) AS s;
        RETURN QUERY SELECT (primecloud_internal.note_protection(part, primecloud_internal.protection_note(part))).*
            WHERE EXISTS (SELECT FROM unnest(steps) AS s WHERE s.kind = 'floor') AND primecloud_internal.protection_note(part) <> '{}';
    END LOOP;
END $$;
COMMENT ON FUNCTION primecloud_internal.shape_steps(regclass, boolean, name, boolean)
    IS 'the steps by which the policies of a protected table are brought into the shape of distributed tables, or out of it';
