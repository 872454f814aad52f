-- Lists that a screen would otherwise put together from a statement a row.

CREATE FUNCTION @schema@.members_with_buckets_page(after text DEFAULT NULL, page_size integer DEFAULT 50)
RETURNS TABLE (cursor text, item @schema@.account_members, buckets @schema@.bucket_permissions[])
LANGUAGE sql STABLE PARALLEL SAFE ROWS 50
BEGIN ATOMIC
    SELECT * FROM (
        SELECT primecloud.make_cursor('members_with_buckets_page', t.created_at, t.id), t,
               ARRAY(SELECT p FROM @schema@.bucket_permissions p WHERE p.account_id = t.account_id AND p.user_id = t.user_id ORDER BY p.bucket_id)
        FROM @schema@.account_members t
        WHERE t.account_id = primecloud.tenant_uuid('developer')
          AND (t.created_at, t.id) < (primecloud.cursor_ts(after, 'members_with_buckets_page'), primecloud.cursor_id(after, 'members_with_buckets_page'))
        ORDER BY t.created_at DESC, t.id DESC
        LIMIT 200) page
    LIMIT least(greatest(coalesce(page_size, 50), 1), 200);
END;
COMMENT ON FUNCTION @schema@.members_with_buckets_page(text, integer) IS 'the members of the account with the buckets granted to each, newest first, after a cursor';

CREATE FUNCTION @schema@.usage_page(after text DEFAULT NULL, page_size integer DEFAULT 50)
RETURNS TABLE (cursor text, item @schema@.usage_daily)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 50
BEGIN ATOMIC
    SELECT * FROM (
        SELECT primecloud.make_cursor('usage_page', t.period_start, t.bucket_id), t
        FROM @schema@.usage_daily t
        WHERE t.account_id = primecloud.tenant_uuid('developer')
          AND (t.period_start, t.bucket_id) < (primecloud.cursor_ts(after, 'usage_page'), primecloud.cursor_id(after, 'usage_page'))
        ORDER BY t.period_start DESC, t.bucket_id DESC
        LIMIT 200) page
    LIMIT least(greatest(coalesce(page_size, 50), 1), 200);
END;
COMMENT ON FUNCTION @schema@.usage_page(text, integer) IS 'what each bucket used each day, latest day first, after a cursor';

CREATE FUNCTION @schema@.object_shares_page(bucket uuid, after text DEFAULT NULL, page_size integer DEFAULT 50)
RETURNS TABLE (cursor text, item @schema@.object_shares)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 50
BEGIN ATOMIC
    SELECT * FROM (
        SELECT primecloud.make_cursor('object_shares_page?' || bucket, t.created_at, t.id), t
        FROM @schema@.object_shares t
        WHERE t.account_id = primecloud.tenant_uuid()
          AND t.bucket_id = bucket
          AND (t.created_at, t.id) < (primecloud.cursor_ts(after, 'object_shares_page?' || bucket), primecloud.cursor_id(after, 'object_shares_page?' || bucket))
        ORDER BY t.created_at DESC, t.id DESC
        LIMIT 200) page
    LIMIT least(greatest(coalesce(page_size, 50), 1), 200);
END;
COMMENT ON FUNCTION @schema@.object_shares_page(uuid, text, integer) IS 'the links to objects of a bucket, an external client''s own for him, newest first, after a cursor';

CREATE FUNCTION @schema@.invoice_with_lines(invoice_id uuid)
RETURNS TABLE (item @schema@.invoices, lines @schema@.invoice_lines[])
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT i, ARRAY(SELECT l FROM @schema@.invoice_lines l WHERE l.account_id = i.account_id AND l.invoice_id = i.id ORDER BY l.position)
    FROM @schema@.invoices i WHERE i.account_id = primecloud.tenant_uuid('admin') AND i.id = invoice_id;
END;
COMMENT ON FUNCTION @schema@.invoice_with_lines(uuid) IS 'one invoice with its lines in order; no row if the entered account has none of that id';
