-- What is left of people who have gone, or have fallen in rank: for an admin to decide.

CREATE FUNCTION @schema@.left_behind() RETURNS TABLE (kind text, id uuid, name text, person text, since timestamptz)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 10
BEGIN ATOMIC
    -- Their links and open invitations have ended.  A key is the account's; whoever made it may know its secret still.
    SELECT 'access_key' AS kind, k.id, k.name, k.created_by, k.created_at FROM @schema@.access_keys k
    WHERE k.account_id = primecloud.tenant_uuid('admin') AND k.status = 'active' AND NOT EXISTS (
        SELECT FROM @schema@.account_members m WHERE m.account_id = k.account_id AND m.user_id = @schema@.person(k.created_by)
            AND m.role <> 'external_client')
    UNION ALL
    SELECT 'member' AS kind, m.user_id, m.display_name, i.invited_by, i.accepted_at FROM @schema@.invitations i
    JOIN @schema@.account_members m ON m.account_id = i.account_id AND m.email = i.email
    WHERE i.account_id = primecloud.tenant_uuid('admin') AND i.accepted_at IS NOT NULL AND NOT EXISTS (
        SELECT FROM @schema@.account_members a WHERE a.account_id = i.account_id AND a.user_id = @schema@.person(i.invited_by)
            AND a.role IN ('owner', 'admin'));
END;

CREATE DISTRIBUTED FUNCTION @schema@.left_behind() RETURNS TABLE (kind text, id uuid, name text, person text, since timestamptz)
LANGUAGE plpgsql STABLE PARALLEL UNSAFE SECURITY DEFINER ROWS 10 SET search_path = pg_catalog, pg_temp
AS $left_behind$
DECLARE
    account CONSTANT uuid := primecloud.tenant_uuid('admin');
    -- A person is named as text where he acted, and by his key where he is a member.
    members text[];
    admins text[];
BEGIN
    SELECT array_agg(m.user_id::text) FILTER (WHERE m.role <> 'external_client'), array_agg(m.user_id::text)
        FILTER (WHERE m.role IN ('owner', 'admin'))
        INTO members, admins FROM @schema@.account_members m WHERE m.account_id = account;
    RETURN QUERY SELECT 'access_key', k.id, k.name, k.created_by, k.created_at FROM @schema@.access_keys k
        WHERE k.account_id = account AND k.status = 'active' AND lower(coalesce(k.created_by, '')) <> ALL (coalesce(members, '{}'));
    RETURN QUERY SELECT 'member', m.user_id, m.display_name, i.invited_by, i.accepted_at FROM @schema@.invitations i
        JOIN @schema@.account_members m ON m.account_id = i.account_id AND m.email = i.email
        WHERE i.account_id = account AND i.accepted_at IS NOT NULL AND lower(coalesce(i.invited_by, '')) <> ALL (coalesce(admins, '{}'));
END
$left_behind$;
COMMENT ON FUNCTION @schema@.left_behind()
    IS 'keys made, and members invited, by people who may do neither any more: for an admin to revoke, to remove or to leave';
GRANT EXECUTE ON FUNCTION @schema@.left_behind TO @app@;
