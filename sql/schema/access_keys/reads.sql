-- Access keys.

LIST access_keys_page, access_keys_page_before
    OF access_keys BY created_at, id
    FOR developer
    IS 'access keys, without their secrets, newest first, after a cursor';
GRANT EXECUTE ON FUNCTION @schema@.access_keys_page, @schema@.access_keys_page_before TO @app@;
