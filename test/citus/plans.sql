-- Where queries of the control plane go: those of one account to one shard, an operator's to all of them.
\set ON_ERROR_STOP on
SET client_min_messages = warning;
CREATE FUNCTION tasks(statement text) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN ' || statement LOOP
        IF line ~ 'Task Count: ' THEN
            RETURN substring(line FROM 'Task Count: (\d+)');
        END IF;
    END LOOP;
END $$;
SELECT no_plan();
SELECT is(tasks(format($$SELECT * FROM cloud.%I WHERE %I = '00000000-0000-7000-8000-00000000000a'$$, c.relname, a.attname)), 1,
    'one shard: ' || c.relname)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = CASE c.relname WHEN 'accounts' THEN 'id' ELSE 'account_id' END
WHERE c.relnamespace = 'cloud'::regnamespace AND c.relkind = 'r' AND EXISTS (SELECT FROM pg_dist_partition p
    WHERE p.logicalrelid = c.oid AND p.partmethod = 'h') ORDER BY c.relname;
SELECT is(tasks($$SELECT o.id, p.name, v.os FROM cloud.orders o LEFT JOIN cloud.products p ON p.id = o.product_id
    LEFT JOIN cloud.vps_configs v ON v.account_id = o.account_id AND v.order_id = o.id
    WHERE o.account_id = '00000000-0000-7000-8000-00000000000a' ORDER BY o.created_at DESC, o.id DESC LIMIT 50$$), 1,
    'one shard: a page of orders with what they refer to');
SELECT is(tasks($$UPDATE cloud.notifications SET read_at = now() WHERE account_id = '00000000-0000-7000-8000-00000000000a'$$), 1,
    'one shard: a change');
SELECT cmp_ok(tasks('SELECT count(*) FROM cloud.orders'), '>', 1, 'all shards: what is asked of every account');
SELECT is_empty($$SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'account_id'
    WHERE c.relnamespace = 'cloud'::regnamespace AND c.relkind = 'r'
    AND NOT EXISTS (SELECT FROM pg_dist_partition p WHERE p.logicalrelid = c.oid)$$, 'what has an account is on the cluster');
-- Each body is the one for distributed tables.
SELECT is_empty($$SELECT p.proname FROM pg_proc p JOIN primecloud_internal.schema_statements() s
    ON s.kind = 'distributed function' AND s.name = p.proname
    WHERE p.pronamespace = 'cloud'::regnamespace AND p.prolang <> (SELECT l.oid FROM pg_language l WHERE l.lanname = 'plpgsql')$$,
    'no function is left that Citus cannot plan');
SELECT is((SELECT count(*) FROM cloud.orders_flat), (SELECT count(*) FROM cloud.orders), 'the flat view of orders');
SELECT is((SELECT count(*) FROM cloud.accounts_flat), (SELECT count(*) FROM cloud.accounts), 'the flat view of accounts');
-- One transaction: commands and reads go to the shard as one user, a SELECT of the application's own as another.
SELECT begin_as(connection('both'), 'b_owner');
SELECT is(v, 't', 'a command')
    FROM dblink('both', $$SELECT cloud.place_order('00000000-0000-7000-8000-000000000001') IS NOT NULL$$) AS t(v text);
SELECT isnt(v, '0', 'then ' || reads) FROM unnest(ARRAY['orders_page()', 'orders_with_details()', 'notifications_page()',
    'account_with_details()', 'orders_count(''exact'')', 'members_with_buckets_page()']) AS reads,
    LATERAL dblink('both', 'SELECT count(*) FROM cloud.' || reads) AS t(v text);
SELECT throws_ok($$SELECT * FROM dblink('both', 'SELECT count(*) FROM cloud.orders') AS t(v text)$$, '25001', NULL,
    'and a SELECT of its own is refused, not answered without what was written');
SELECT dblink_exec('both', 'ROLLBACK');
SELECT * FROM finish();
