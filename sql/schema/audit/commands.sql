-- Writing the audit log.

CREATE FUNCTION @schema@.audit(action text, resource text, resource_id text, details jsonb DEFAULT '{}', severity text DEFAULT 'info')
    RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $audit$
BEGIN
    INSERT INTO @schema@.audit_log (account_id, user_id, role, action, resource, resource_id, details, severity)
    VALUES (primecloud.tenant_uuid(), coalesce(primecloud.user_id(), session_user::text), primecloud.role(), audit.action, audit.resource,
            audit.resource_id, audit.details, audit.severity);
END
$audit$;
COMMENT ON FUNCTION @schema@.audit(text, text, text, jsonb, text) IS 'writes the audit log, in the transaction of what it tells of';
