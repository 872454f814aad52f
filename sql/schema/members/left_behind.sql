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
COMMENT ON FUNCTION @schema@.left_behind()
    IS 'keys made, and members invited, by people who may do neither any more: for an admin to revoke, to remove or to leave';
GRANT EXECUTE ON FUNCTION @schema@.left_behind TO @app@;
