-- What a session sets for texts that the server reads or writes changes nothing: standard_conforming_strings, quote_all_identifiers.
SELECT plan(17);
CREATE ROLE settings_app;
CREATE TABLE customers (id int PRIMARY KEY, account_id int NOT NULL, email text CONSTRAINT customers_email UNIQUE);
CREATE TABLE orders (id int PRIMARY KEY, account_id int NOT NULL, customer_id int CONSTRAINT orders_customer REFERENCES customers);
GRANT SELECT ON orders TO settings_app;
CREATE FUNCTION definer() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM orders';
SELECT primecloud.create_schema('plain_shop') \g /dev/null

-- (A function is read when it is first called in a session.)
CREATE EXTENSION dblink;
CREATE FUNCTION under(settings text, statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    line text;
BEGIN
    SELECT string_agg(l, ' ') INTO line FROM dblink(format('host=%L dbname=%L user=postgres options=%L',
        current_setting('unix_socket_directories'), current_database(), settings), statement) AS d(l text);
    RETURN line;
EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
CREATE FUNCTION differences(settings text, schema text) RETURNS text LANGUAGE sql AS $$
    SELECT under(settings, format('SELECT count(*)::text FROM primecloud.check_schema(%L)', schema))
$$;
\set escaped '-c standard_conforming_strings=off -c escape_string_warning=off'
\set quoted '-c quote_all_identifiers=on'
SELECT is(differences('', 'plain_shop'), '0', 'as it is');
SELECT is(under(:'escaped', $$SELECT primecloud.create_schema('escaped', false)::text$$), '1', 'escaped strings: a control plane is made');
SELECT is(differences(:'escaped', 'plain_shop'), '0', 'one that is there is what it was');
SELECT is(differences(:'escaped', 'escaped'), '0', 'and the new one');
SELECT is(differences('', 'escaped'), '0', 'which is what others are');
SELECT is(under(:'escaped', $$SELECT path FROM primecloud.explain_access('orders', 'settings_app') WHERE path ~ 'definer'$$),
    'function public.definer()', 'a function that names the table is found');
SELECT is(under(:'escaped', 'SELECT primecloud_internal.one_line(chr(92) || chr(10) || chr(9))'),
    repeat(chr(92), 3) || 'n' || chr(92) || 't', 'what is told cannot end its line');
SELECT is(under(:'escaped', $$SELECT primecloud_internal.words_of('smtpPass')$$), 'smtp_pass', 'words of names');
SELECT is_empty($$
    SELECT p.oid::regprocedure FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
    WHERE p.pronamespace IN ('primecloud'::regnamespace, 'primecloud_internal'::regnamespace, 'plain_shop'::regnamespace)
        AND l.lanname IN ('sql', 'plpgsql') AND strpos(p.prosrc, chr(92)) > 0
        AND NOT (p.prokind = 'p' OR p.prosrc LIKE '%E''' || chr(92) || '%')  -- what commits can set nothing, and says how it is read
        AND NOT coalesce('standard_conforming_strings=on' = ANY (p.proconfig), false)$$,
    'a function with a backslash says how it is read');

SELECT is(differences(:'quoted', 'plain_shop'), '0', 'quoted names: a control plane is what it was');
SELECT is(under(:'quoted', 'SELECT plain_shop.load_demo(2, 5)::text'), '', 'load_demo');
SELECT is(under(:'quoted', $$SELECT count(*)::text FROM (SELECT primecloud.protect_table('customers') UNION ALL
    SELECT primecloud.protect_table('orders')) AS t(l)$$) ~ '^[0-9]+$', true, 'protect_table');
SELECT is(under(:'quoted', $$SELECT count(*)::text FROM primecloud.protect_fk('orders', 'orders_customer')$$), '5', 'protect_fk');
SELECT is(under(:'quoted', $$SELECT count(*)::text FROM primecloud.protect_unique('customers', 'customers_email')$$), '3',
    'protect_unique');
SELECT is(under(:'quoted', $$SELECT count(*)::text FROM primecloud.protect_table('orders')$$), '0', 'what is protected is what it was');
SELECT is(under(:'quoted', $$SELECT count(*)::text FROM primecloud.assert_isolated('orders', 'settings_app') AS l
    WHERE l ~ '^not ok .* floor'$$), '0', 'its floor is whole');
SELECT is(under(:'quoted', $$SELECT path FROM primecloud.explain_access('orders', 'settings_app') WHERE path ~ 'definer'$$),
    'function public.definer()', 'and paths are told by their names');
SELECT finish();
