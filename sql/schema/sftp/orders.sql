-- What SFTPGo is told of a login.

CREATE FUNCTION @schema@.folder_prefix(account uuid) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
-- Of physical names, which the folders have: the account's label, of a fixed length and without '-', and '-'.
RETURN left(primecloud.bucket_physical_name(folder_prefix.account::text, 'any'), -3);
COMMENT ON FUNCTION @schema@.folder_prefix(uuid)
    IS 'what the names of an account''s folders in SFTPGo begin with, and of nobody else''s: for a worker that removes those left over';
GRANT EXECUTE ON FUNCTION @schema@.folder_prefix TO @gate@;

CREATE FUNCTION @schema@.sftp_order(login @schema@.sftp_credentials) RETURNS TABLE (operation text, payload jsonb)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 1 SET search_path = pg_catalog, pg_temp
AS $sftp_order$
DECLARE
    standing boolean;
    folders jsonb := '[]';
    permissions jsonb := '{}';
    virtual_folders jsonb := '[]';
BEGIN
    SELECT login.status = 'active' AND a.status = 'active' INTO standing FROM @schema@.accounts a WHERE a.id = login.account_id;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    IF login.status = 'active' THEN
        -- A login that has ended has no folders: it never comes back.
        SELECT coalesce(jsonb_agg(jsonb_build_object('name', b.physical_name, 'filesystem', jsonb_build_object('provider', 1,
                's3config', jsonb_build_object('bucket', b.physical_name, 'region', b.region))) ORDER BY b.name), '[]'),
            coalesce(jsonb_object_agg('/' || b.name, jsonb_build_array('*')), '{}'),
            coalesce(jsonb_agg(jsonb_build_object('name', b.physical_name, 'virtual_path', '/' || b.name, 'quota_size', -1,
                'quota_files', -1) ORDER BY b.name), '[]')
            INTO folders, permissions, virtual_folders FROM @schema@.buckets b WHERE b.account_id = login.account_id;
    END IF;
    -- Bodies of SFTPGo's REST API, for folders, then for the user that has them.  The worker adds the object store's endpoint
    -- and keys to the folders, and the hash to a user that is to log in; then it removes folders that nobody has.
    operation := CASE WHEN standing THEN 'put_user' ELSE 'disable_user' END;
    payload := jsonb_build_object('folder_prefix', @schema@.folder_prefix(login.account_id), 'folders', folders,
        'user', jsonb_build_object('username', login.username, 'status', CASE WHEN standing THEN 1 ELSE 0 END,
            -- Nothing is kept outside the buckets.
            'permissions', jsonb_build_object('/', jsonb_build_array('list')) || permissions, 'virtual_folders', virtual_folders)
            -- not of one that is to stay out
            || CASE WHEN standing
                THEN jsonb_build_object('password', jsonb_build_object('secret', 'sftp_secrets.password_hash', 'id', login.id)) ELSE '{}'
                END);
    RETURN NEXT;
END
$sftp_order$;
COMMENT ON FUNCTION @schema@.sftp_order(@schema@.sftp_credentials)
    IS 'what SFTPGo is to be told of a login as it now is, with a virtual folder for each bucket';
GRANT EXECUTE ON FUNCTION @schema@.sftp_order TO @gate@;

CREATE FUNCTION @schema@.order_sftp_user(login @schema@.sftp_credentials) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $order_sftp_user$
DECLARE
    told record;
BEGIN
    FOR told IN SELECT o.operation, o.payload FROM @schema@.sftp_order(login) o LOOP
        PERFORM @schema@.order_service('sftpgo', 'user:' || login.username, told.operation, told.payload);
    END LOOP;
END
$order_sftp_user$;
COMMENT ON FUNCTION @schema@.order_sftp_user(@schema@.sftp_credentials)
    IS 'tells SFTPGo a login as it now is; for commands';

CREATE FUNCTION @schema@.order_sftp_users() RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $order_sftp_users$
DECLARE
    account CONSTANT uuid := primecloud.tenant_uuid();
    login @schema@.sftp_credentials;
BEGIN
    FOR login IN SELECT c.* FROM @schema@.sftp_credentials c WHERE c.account_id = account AND c.status = 'active' LOOP
        PERFORM @schema@.order_sftp_user(login);
    END LOOP;
END
$order_sftp_users$;
COMMENT ON FUNCTION @schema@.order_sftp_users() IS 'tells SFTPGo each login of the entered account that stands; for commands';
