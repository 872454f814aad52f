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
    APART to_jsonb(t) AS member, (SELECT jsonb_agg(to_jsonb(p) ORDER BY p.bucket_id) FROM @schema@.bucket_permissions p WHERE
        p.account_id = account AND p.user_id = t.user_id) AS granted FROM @schema@.account_members
    MADE item := jsonb_populate_record(NULL::@schema@.account_members, said.member); buckets :=
        ARRAY(SELECT b FROM jsonb_populate_recordset(NULL::@schema@.bucket_permissions, coalesce(said.granted, '[]')) b)
    IS 'the members of the account with the buckets granted to each, newest first, after a cursor';
GRANT EXECUTE ON FUNCTION @schema@.members_with_buckets_page, @schema@.members_with_buckets_page_before TO @app@;
