-- The audit log: all of it, of one action, of one user.

LIST audit_page, audit_page_before
    OF audit_log BY created_at, id
    FOR admin
    IS 'the audit log, newest first, after a cursor';
GRANT EXECUTE ON FUNCTION @schema@.audit_page, @schema@.audit_page_before TO @app@;

LIST audit_page_by_action, audit_page_by_action_before
    OF audit_log BY created_at, id
    FOR admin
    GIVEN wanted_action text WHERE t.action = wanted_action
    IS 'the audit log of one action, newest first, after a cursor';
GRANT EXECUTE ON FUNCTION @schema@.audit_page_by_action, @schema@.audit_page_by_action_before TO @app@;

LIST audit_page_by_user, audit_page_by_user_before
    OF audit_log BY created_at, id
    FOR admin
    GIVEN wanted_user text WHERE t.user_id = wanted_user
    IS 'the audit log of one user, newest first, after a cursor';
GRANT EXECUTE ON FUNCTION @schema@.audit_page_by_user, @schema@.audit_page_by_user_before TO @app@;
