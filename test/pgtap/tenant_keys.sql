-- Every helper, with a tenant key of each type, called by an owner who is no superuser:
-- a dry run says exactly what is then run and changes nothing; a second call has nothing
-- to do; what it is for holds; and undone in reverse order, everything is as it was.
SET client_min_messages = warning;
SELECT plan(585);
CREATE ROLE keys_owner;
SELECT primecloud.create_app_role('keys_app');

-- What a schema is made of, described without oids.
CREATE FUNCTION described(space text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(line, E'\n' ORDER BY line) FROM (
        SELECT concat_ws(' ', 'table', relname, relkind, relrowsecurity, relforcerowsecurity, reloptions, relacl) FROM pg_class
            WHERE relnamespace = space::regnamespace AND relkind <> 'i' AND relkind <> 'I'
        UNION ALL
        SELECT concat_ws(' ', 'column', c.relname, a.attname, format_type(atttypid, atttypmod), attnotnull, pg_get_expr(adbin, adrelid))
        FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid LEFT JOIN pg_attrdef d ON (d.adrelid, d.adnum) = (a.attrelid, a.attnum)
        WHERE c.relnamespace = space::regnamespace AND relkind IN ('r', 'p', 'v') AND attnum > 0 AND NOT attisdropped
        UNION ALL SELECT concat_ws(' ', 'constraint', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint
            WHERE connamespace = space::regnamespace
        UNION ALL SELECT concat_ws(' ', 'index', pg_get_indexdef(indexrelid), indisvalid) FROM pg_index JOIN pg_class ON oid = indexrelid
            WHERE relnamespace = space::regnamespace
        UNION ALL SELECT concat_ws(' ', 'policy', polrelid::regclass, polname, polcmd, polpermissive, pg_get_expr(polqual, polrelid),
            pg_get_expr(polwithcheck, polrelid), obj_description(p.oid, 'pg_policy'))
                  FROM pg_policy p JOIN pg_class c ON c.oid = polrelid WHERE c.relnamespace = space::regnamespace
        UNION ALL SELECT concat_ws(' ', 'trigger', pg_get_triggerdef(t.oid)) FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid
            WHERE NOT tgisinternal AND c.relnamespace = space::regnamespace
        UNION ALL SELECT concat_ws(' ', 'function', p.proname) FROM pg_proc p WHERE p.pronamespace = space::regnamespace) AS u(line)
$$;

CREATE FUNCTION make_application(type text, one text, two text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE SCHEMA %I AUTHORIZATION keys_owner', 'of_' || type);
    EXECUTE format('SET LOCAL search_path = %I, public', 'of_' || type);
    SET LOCAL ROLE keys_owner;
    EXECUTE format('CREATE TABLE accounts (id %s PRIMARY KEY)', type);
    EXECUTE format('CREATE TABLE customers (id int PRIMARY KEY, account_id %s, email text CONSTRAINT customers_email UNIQUE, code int)',
        type);
    CREATE UNIQUE INDEX customers_code ON customers (code) WHERE code > 0;
    EXECUTE format('CREATE TABLE orders (id int PRIMARY KEY, account_id %s NOT NULL, customer_id int CONSTRAINT orders_customer REFERENCES '
        'customers ON DELETE SET NULL)', type);
    ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
    CREATE POLICY own_policy ON orders USING (true);
    CREATE TABLE lines (id int PRIMARY KEY, order_id int NOT NULL CONSTRAINT lines_order REFERENCES orders);
    CREATE TABLE notes (id int PRIMARY KEY, line_id int NOT NULL CONSTRAINT notes_line REFERENCES lines, body text);
    EXECUTE format('CREATE TABLE events (account_id %s, at date NOT NULL) PARTITION BY RANGE (at)', type);
    CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2026-02-01') PARTITION BY RANGE (at);
    CREATE TABLE events_1_1 PARTITION OF events_1 FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
    CREATE TABLE currencies (code text PRIMARY KEY);
    CREATE VIEW orders_view AS SELECT * FROM orders;
    EXECUTE format('INSERT INTO accounts VALUES (%L), (%L)', one, two);
    EXECUTE format('INSERT INTO customers VALUES (1, %L, ''a@x'', 1), (2, %L, ''b@x'', 2)', one, two);
    EXECUTE format('INSERT INTO orders VALUES (1, %L, 1), (2, %L, 2), (3, %L, NULL)', one, two, one);
    INSERT INTO lines VALUES (1, 1), (2, 2), (3, 3);
    INSERT INTO notes VALUES (1, 1, 'x'), (2, 2, 'x'), (3, 3, 'x');
    EXECUTE format('INSERT INTO events VALUES (%L, ''2026-01-02''), (%L, ''2026-01-02'')', one, two);
    RESET ROLE;
    SET LOCAL search_path = public;
END $$;
GRANT CREATE ON DATABASE :"DBNAME" TO keys_owner;

-- The first value of a query run by the application in a tenant, undone; or the SQLSTATE.
CREATE FUNCTION seen(type text, tenant text, query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    EXECUTE format('SET LOCAL search_path = %I', 'of_' || type);
    PERFORM primecloud.enter_trusted(tenant, 'u', 'owner');
    SET LOCAL ROLE keys_app;
    EXECUTE query INTO answer;
    RAISE SQLSTATE 'ATTCK' USING MESSAGE = coalesce(answer, 'null');
EXCEPTION WHEN SQLSTATE 'ATTCK' THEN RETURN SQLERRM; WHEN OTHERS THEN RETURN SQLSTATE;
END $$;
CREATE FUNCTION said(type text, call text) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    answer text[];
BEGIN
    EXECUTE format('SET LOCAL search_path = %I, primecloud', 'of_' || type);
    SET LOCAL ROLE keys_owner;
    EXECUTE format('SELECT coalesce(array_agg(s), ''{}'') FROM %s AS s', call) INTO answer;
    RESET ROLE;
    SET LOCAL search_path = public;
    RETURN answer;
END $$;

-- helper, how it is called, how it is undone, and something that holds then: asked as the
-- application in tenant one
CREATE TABLE helper (n int, name text, call text, undo text, question text, answer text);
INSERT INTO helper VALUES
    (1, 'protect_table', $$protect_table('customers' %s)$$, $$unprotect_table('customers' %s)$$, 'SELECT count(*) FROM customers', '1'),
    (2, 'protect_table with policies of its own', $$protect_table('orders' %s)$$, $$unprotect_table('orders' %s)$$,
        'SELECT count(*) FROM orders', '2'),
    (3, 'protect_child', $$protect_child('lines', 'orders' %s)$$, $$unprotect_table('lines' %s)$$, 'SELECT count(*) FROM lines', '2'),
    (4, 'protect_child of a child', $$protect_child('notes', 'lines' %s)$$, $$unprotect_table('notes' %s)$$,
        'SELECT string_agg(id::text, '','' ORDER BY id) FROM notes', '1,3'),
    (5, 'protect_table, partitioned', $$protect_table('events' %s)$$, $$unprotect_table('events' %s)$$, 'SELECT count(*) FROM events_1_1',
        '1'),
    (6, 'protect_fk', $$protect_fk('orders', 'orders_customer' %s)$$, $$unprotect_fk('orders', 'orders_customer' %s)$$,
        'UPDATE orders SET customer_id = 2 WHERE id = 1 RETURNING id', '23503'),
    (7, 'protect_fk of a child', $$protect_fk('lines', 'lines_order' %s)$$, $$unprotect_fk('lines', 'lines_order' %s)$$,
        'UPDATE lines SET order_id = 2 WHERE id = 1 RETURNING id', '23503'),
    (8, 'protect_unique, a constraint', $$protect_unique('customers', 'customers_email' %s)$$,
        $$unprotect_unique('customers', 'customers_email' %s)$$, 'UPDATE customers SET email = ''b@x'' RETURNING email', 'b@x'),
    (9, 'protect_unique, a partial index', $$protect_unique('customers', 'customers_code' %s)$$,
        $$unprotect_unique('customers', 'customers_code' %s)$$, 'UPDATE customers SET code = 2 RETURNING code', '2'),
    (10, 'confine_table', $$confine_table('customers', 'id' %s)$$, $$unconfine_table('customers' %s)$$, 'SELECT count(*) FROM customers',
        '1'),
    (11, 'confine_table by the tenant''s type', $$confine_table('orders', 'account_id' %s)$$, $$unconfine_table('orders' %s)$$,
        'SELECT count(*) FROM orders', '2'),
    (12, 'share_table', $$share_table('currencies' %s)$$, $$unprotect_table('currencies' %s)$$,
        'INSERT INTO currencies VALUES (''EUR'') RETURNING 1', '42501'),
    (13, 'protect_view', $$protect_view('orders_view' %s)$$, $$unprotect_view('orders_view' %s)$$, 'SELECT count(*) FROM orders_view', '2'),
    (14, 'copy_target', $$copy_target('orders' %s)$$, $$drop_copy_target('orders' %s)$$, 'SELECT count(*) FROM orders_copy', '2');

CREATE TABLE key_type (type text, one text, two text);
INSERT INTO key_type VALUES ('uuid', '0190a0a0-0000-7000-8000-000000000001', '0190a0a0-0000-7000-8000-000000000002'),
    ('bigint', '9007199254740993', '2'),
    ('integer', '1', '2147483647'), ('text', 'a-b; c', 'é'), ('varchar', 'one', 'two');

CREATE FUNCTION run_through(type text, one text, two text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    h helper;
    space text := 'of_' || type;
    before text[] := '{}';
    dry text[];
    first text;
BEGIN
    PERFORM make_application(type, one, two);
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO keys_app', space);
    EXECUTE format('GRANT ALL ON ALL TABLES IN SCHEMA %I TO keys_app', space);
    first := described(space);
    FOR h IN SELECT * FROM helper ORDER BY n LOOP
        before[h.n] := described(space);
        dry := said(type, format(h.call, ', dry_run => true'));
        RETURN NEXT is(described(space), before[h.n], format('%s: %s: a dry run changes nothing', type, h.name));
        RETURN NEXT is(said(type, format(h.call, '')), dry, format('%s: %s: what was announced is run', type, h.name));
        RETURN NEXT isnt(described(space), before[h.n], format('%s: %s: something has changed', type, h.name));
        IF h.name = 'copy_target' THEN
            EXECUTE format('GRANT SELECT, INSERT ON %I.orders_copy TO keys_app', space);
            RETURN NEXT is(seen(type, one, 'INSERT INTO orders_copy (id, account_id) VALUES (77, ' || quote_literal(two)
                || ') RETURNING 1'), '42501', format('%s: copy_target: rows meet the policies', type));
        ELSE
            RETURN NEXT is(said(type, format(h.call, '')), '{}', format('%s: %s: again, nothing is to do', type, h.name));
        END IF;
        RETURN NEXT is(seen(type, one, h.question), h.answer, format('%s: %s: it holds', type, h.name));
    END LOOP;
    RETURN NEXT is(array_to_string(ARRAY(SELECT seen(type, two, format('SELECT count(*) FROM %I WHERE account_id = %L', t, one))
        FROM unnest('{customers,orders,lines,notes,events,events_1,events_1_1}'::text[]) AS t), ''),
        '0000000', format('%s: the other tenant is nowhere', type));
    FOR h IN SELECT * FROM helper ORDER BY n DESC LOOP
        dry := said(type, format(h.undo, ', dry_run => true'));
        RETURN NEXT is(said(type, format(h.undo, '')), dry, format('%s: undoing %s: what was announced is run', type, h.name));
        RETURN NEXT is(described(space), before[h.n], format('%s: undoing %s: everything is as it was', type, h.name));
        RETURN NEXT is(said(type, format(h.undo, '')), '{}', format('%s: undoing %s again: nothing is to do', type, h.name));
    END LOOP;
    -- The whole schema at once, and back table by table.
    dry := said(type, 'protect_schema(''' || space
        || ''', ''accounts'', app_role => ''keys_app'', shared => ''{currencies}'', dry_run => true)');
    RETURN NEXT is(described(space), first, format('%s: protect_schema: a dry run changes nothing', type));
    RETURN NEXT is(said(type, 'protect_schema(''' || space || ''', ''accounts'', app_role => ''keys_app'', shared => ''{currencies}'')'),
        dry,
        format('%s: protect_schema: what was announced is run', type));
    RETURN NEXT is(seen(type, one,
        'SELECT (SELECT count(*) FROM accounts) || '' '' || (SELECT count(*) FROM notes) || '' '' || (SELECT count(*) FROM lines WHERE '
        'account_id = tenant) FROM (SELECT account_id AS tenant FROM orders LIMIT 1) AS o'), '1 2 2',
        format('%s: protect_schema: down to the child of a child', type));
    PERFORM said(type, format('unprotect_table(%L)', t)) FROM unnest('{notes,lines,events,orders,customers,accounts,currencies}'::text[])
        AS t;
    RETURN NEXT is(regexp_replace(described(space), '(table \S+ .*?) \{[^}]*\}$', '\1', 'gn'),
        regexp_replace(first, '(table \S+ .*?) \{[^}]*\}$', '\1', 'gn'), format('%s: and unprotected, all but the grants is as it was',
        type));
END $$;
SELECT t.* FROM key_type, LATERAL run_through(type, one, two) AS t;
SELECT * FROM finish();
DROP SCHEMA of_uuid, of_bigint, of_integer, of_text, of_varchar CASCADE;
DROP OWNED BY keys_owner, keys_app;
DROP ROLE keys_owner, keys_app;
