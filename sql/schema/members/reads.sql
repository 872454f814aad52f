-- Members, alone and with the buckets granted to each.

LIST members_page, members_page_before
    OF account_members BY created_at, id
    FOR developer
    IS 'the members of the account, newest first, after a cursor';
GRANT EXECUTE ON FUNCTION @schema@.members_page, @schema@.members_page_before TO @app@;

LIST members_with_buckets_page, members_with_buckets_page_before
    OF account_members BY created_at, id
    FOR developer
    WITH buckets @schema@.bucket_permissions[] AS ARRAY(SELECT p FROM @schema@.bucket_permissions p WHERE p.account_id = t.account_id
        AND p.user_id = t.user_id ORDER BY p.bucket_id)
    IS 'the members of the account with the buckets granted to each, newest first, after a cursor';
GRANT EXECUTE ON FUNCTION @schema@.members_with_buckets_page, @schema@.members_with_buckets_page_before TO @app@;
