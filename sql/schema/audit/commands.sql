-- Writing the audit log.

CREATE FUNCTION @schema@.audit(action text, resource text, resource_id text, details jsonb DEFAULT '{}', severity text DEFAULT 'info')
    RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
    INSERT INTO @schema@.audit_log (account_id, user_id, role, action, resource, resource_id, details, severity)
    VALUES (primecloud.tenant_uuid(), coalesce(primecloud.user_id(), session_user::text), primecloud.role(), action, resource,
            resource_id, details, severity);
END;
COMMENT ON FUNCTION @schema@.audit(text, text, text, jsonb, text) IS 'writes the audit log, in the transaction of what it tells of';
