-- Invitations.

LIST invitations_page, invitations_page_before
    OF invitations BY created_at, id
    FOR admin
    IS 'invitations, newest first, after a cursor';
GRANT EXECUTE ON FUNCTION @schema@.invitations_page, @schema@.invitations_page_before TO @app@;
