-- Every base type of the types room has the whole set: operators with all their marks, index
-- support, and answers that agree with one another.
BEGIN;
SELECT plan(49);

CREATE VIEW base_type AS
SELECT t.oid, t.typname::text AS name FROM pg_type t
WHERE t.typnamespace = 'primecloud'::regnamespace AND t.typname IN ('byte_size', 'money_amount', 'tax_id');
CREATE VIEW comparison AS
SELECT o.*, p.proleakproof, p.provolatile, p.proparallel, p.proisstrict FROM pg_operator o
JOIN base_type b ON o.oprleft = b.oid AND o.oprright = b.oid JOIN pg_proc p ON p.oid = o.oprcode
WHERE o.oprresult = 'boolean'::regtype;

SELECT is((SELECT count(*) FROM comparison), 18::bigint, 'six comparisons for each of three types');
SELECT is_empty('SELECT oid::regoperator FROM comparison WHERE NOT proleakproof OR provolatile <> $$i$$ OR proparallel <> $$s$$ OR NOT '
    'proisstrict',
    'comparisons are leakproof, immutable, parallel safe and strict');
SELECT is_empty('SELECT oid::regoperator FROM comparison WHERE oprcom = 0 OR oprnegate = 0 OR oprrest = 0 OR oprjoin = 0',
    'comparisons have a commutator, a negator and both estimators');
SELECT is_empty('SELECT c.oid::regoperator FROM comparison c JOIN pg_operator n ON n.oid = c.oprnegate JOIN pg_operator m ON m.oid = '
    'c.oprcom
    WHERE n.oprnegate <> c.oid OR m.oprcom <> c.oid', 'both are symmetrical');
SELECT is_empty('SELECT oid::regoperator FROM comparison WHERE oprnamespace <> $$pg_catalog$$::regnamespace',
    'operators stand in pg_catalog');
SELECT is((SELECT count(*) FROM comparison WHERE oprname = '=' AND oprcanhash AND oprcanmerge), 3::bigint, 'equality hashes and merges');
SELECT is_empty($$SELECT o.oid::regoperator FROM pg_operator o JOIN base_type b ON b.oid IN (o.oprleft, o.oprright)
    WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_operator'::regclass AND d.objid = o.oid AND d.deptype = 'e')$$,
    'every operator is a member of the extension');
SELECT is_empty($$SELECT b.name, n FROM base_type b, unnest('{1,2,4}'::int[]) AS n WHERE NOT EXISTS (
    SELECT FROM pg_opclass c JOIN pg_amproc a ON a.amprocfamily = c.opcfamily AND a.amprocnum = n
    WHERE c.opcintype = b.oid AND c.opcdefault AND c.opcmethod = (SELECT oid FROM pg_am WHERE amname = 'btree'))$$,
    'btree classes have order, sort support and equalimage');
SELECT is_empty($$SELECT b.name, n FROM base_type b, unnest('{1,2}'::int[]) AS n WHERE NOT EXISTS (
    SELECT FROM pg_opclass c JOIN pg_amproc a ON a.amprocfamily = c.opcfamily AND a.amprocnum = n
    WHERE c.opcintype = b.oid AND c.opcdefault AND c.opcmethod = (SELECT oid FROM pg_am WHERE amname = 'hash'))$$,
    'hash classes have the hash and the extended hash');
SELECT is_empty($$SELECT a.amproc FROM pg_amproc a JOIN base_type b ON b.oid = a.amproclefttype JOIN pg_proc p ON p.oid = a.amproc
    JOIN pg_opfamily f ON f.oid = a.amprocfamily JOIN pg_am m ON m.oid = f.opfmethod
    WHERE (m.amname = 'hash' OR m.amname = 'btree' AND a.amprocnum = 1) AND NOT p.proleakproof$$, 'order and hashes are leakproof');
SELECT is_empty($$SELECT castsource::regtype, casttarget::regtype FROM pg_cast JOIN base_type b ON b.oid IN (castsource, casttarget)
    WHERE castcontext = 'i'$$,
    'no cast is implicit');
SELECT is_empty($$SELECT p.oid::regprocedure FROM pg_proc p JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid
    AND d.deptype = 'e'
    JOIN base_type b ON b.oid = ANY (p.proargtypes) WHERE p.proparallel <> 's'$$, 'every function on the types is parallel safe');

-- 1024 random values of each type, with duplicates and both ends.
SELECT setseed(0.42);
CREATE TABLE sample AS
SELECT n, CASE WHEN n = 1 THEN 9223372036854775807 WHEN n = 2 THEN -9223372036854775808 WHEN n % 4 = 0 THEN (random() * 3)::bigint - 1
          ELSE ((random() - 0.5) * 1e18)::bigint END AS number,
       (ARRAY['BRL', 'JPY', 'USD', 'BHD'])[1 + (random() * 3)::int] AS currency
FROM generate_series(1, 1024) AS n;
CREATE TABLE valued AS
SELECT n, number::primecloud.byte_size AS byte_size, primecloud.make_money(number, currency) AS money_amount FROM sample;
-- A CPF or CNPJ for any body: the check digits are found by asking.
CREATE FUNCTION tax_id_of(body text) RETURNS primecloud.tax_id LANGUAGE sql AS $$
    SELECT (body || to_char(d, 'FM00'))::primecloud.tax_id FROM generate_series(0, 99) AS d
    WHERE primecloud.tax_id_problem(body || to_char(d, 'FM00')) IS NULL $$;
ALTER TABLE valued ADD tax_id primecloud.tax_id;
UPDATE valued SET tax_id = tax_id_of(CASE WHEN n % 2 = 0 THEN to_char(100 + n, 'FM000000000')
    ELSE upper(substr(md5(n::text), 1, 12)) END);

CREATE FUNCTION disagreements(type text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    c record;
    found bigint;
    total bigint := 0;
BEGIN
    FOR c IN SELECT o.oprname AS op, m.oprname AS com, n.oprname AS neg FROM comparison o JOIN pg_operator m ON m.oid = o.oprcom
             JOIN pg_operator n ON n.oid = o.oprnegate WHERE o.oprleft = ('primecloud.' || type)::regtype LOOP
        EXECUTE format('SELECT count(*) FROM (SELECT a.%1$I AS x, b.%1$I AS y FROM valued a, valued b WHERE a.n %% 7 = 0 OR b.n < 5) AS pair
                        WHERE (x OPERATOR(pg_catalog.%2$s) y) IS DISTINCT FROM (y OPERATOR(pg_catalog.%3$s) x)
                           OR (x OPERATOR(pg_catalog.%2$s) y) IS NOT DISTINCT FROM (x OPERATOR(pg_catalog.%4$s) y)
                           OR (x = y) IS DISTINCT FROM (primecloud_internal.%1$s_cmp(x, y) = 0)
                           OR (x < y) IS DISTINCT FROM (primecloud_internal.%1$s_cmp(x, y) < 0)', type, c.op, c.com, c.neg) INTO found;
        total := total + found;
    END LOOP;
    RETURN total;
END $$;
SELECT is(disagreements(name), 0::bigint, name || ': each operator agrees with its commutator, its negator and the order') FROM base_type
    ORDER BY name;

CREATE TABLE distinct_values AS
SELECT n, (n * 1073741824)::primecloud.byte_size AS byte_size, primecloud.make_money(n * 100, 'BRL') AS money_amount,
       tax_id_of(to_char(100 + n, 'FM000000000')) AS tax_id FROM generate_series(1::bigint, 1024) AS n;
SELECT cmp_ok((SELECT count(DISTINCT primecloud_internal.byte_size_hash(byte_size)) FROM distinct_values), '>=', 1000::bigint,
    'byte_size hashes well');
SELECT cmp_ok((SELECT count(DISTINCT primecloud_internal.money_amount_hash(money_amount)) FROM distinct_values), '>=', 1000::bigint,
    'money_amount hashes well');
SELECT cmp_ok((SELECT count(DISTINCT primecloud_internal.tax_id_hash(tax_id)) FROM distinct_values), '>=', 1000::bigint,
    'tax_id hashes well');
SELECT cmp_ok((SELECT count(DISTINCT primecloud_internal.byte_size_hash_extended(byte_size, 7)) FROM distinct_values), '>=', 1000::bigint,
    'byte_size, extended');
SELECT cmp_ok((SELECT count(DISTINCT primecloud_internal.money_amount_hash_extended(money_amount, 7)) FROM distinct_values), '>=',
    1000::bigint, 'money_amount, extended');
SELECT cmp_ok((SELECT count(DISTINCT primecloud_internal.tax_id_hash_extended(tax_id, 7)) FROM distinct_values), '>=', 1000::bigint,
    'tax_id, extended');

-- Sorting, with abbreviated keys, gives the order of the comparison function.
SELECT is((SELECT count(*) FROM (SELECT money_amount AS a, lead(money_amount) OVER (ORDER BY money_amount) AS b FROM valued) AS s
    WHERE b < a), 0::bigint, 'sorted amounts ascend');
CREATE INDEX valued_money ON valued (money_amount);
SET enable_seqscan = off;
SELECT is((SELECT count(*) FROM valued v WHERE EXISTS (SELECT FROM valued w WHERE w.money_amount = v.money_amount)), 1024::bigint,
    'the index finds every amount');
RESET enable_seqscan;

-- With an empty search_path everything still works.
CREATE FUNCTION without_path() RETURNS text LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    PERFORM 1 FROM public.valued a JOIN public.valued b USING (byte_size, money_amount, tax_id)
    WHERE a.byte_size IS DISTINCT FROM b.byte_size OR NULLIF(a.money_amount, b.money_amount) IS NULL OR a.tax_id IN (b.tax_id);
    PERFORM pg_catalog.sum(byte_size / 1024), pg_catalog.max(money_amount), pg_catalog.count(DISTINCT tax_id) FROM public.valued;
    RETURN pg_catalog.array_agg(x ORDER BY x) FROM (VALUES ('2 KiB'::primecloud.byte_size), ('1 KiB')) AS v(x)
        WHERE x BETWEEN '1' AND '1 GiB';
END $$;
SELECT is(without_path(), '{1024,2048}', 'operators and aggregates are found with an empty search_path');

-- Aggregates: alone, in parallel, over windows, and at their limits.
SELECT is(sum(x::primecloud.byte_size), '500500'::primecloud.byte_size, 'sum') FROM generate_series(1, 1000) AS x;
SELECT is(avg(x::primecloud.byte_size), '3'::primecloud.byte_size, 'avg rounds halves away from zero') FROM generate_series(2, 3) AS x;
SELECT is(array_agg(s::bigint), '{1,3,6,12}'::bigint[], 'sum over a moving window')
FROM (SELECT sum(x) OVER (ORDER BY x ROWS 1 PRECEDING) AS s FROM (VALUES ('1'::primecloud.byte_size), ('2'), ('4'), ('8')) AS v(x)) AS w;
SELECT is((SELECT sum(x) FROM (VALUES (NULL::primecloud.byte_size)) AS v(x)), NULL, 'the sum of nothing is NULL');
SELECT throws_ok($$SELECT sum(x) FROM (VALUES ('5 EiB'::primecloud.byte_size), ('5 EiB')) AS v(x)$$, '22003', 'byte_size out of range',
    'a sum that does not fit is an error');
SELECT is((SELECT sum(x) FROM (VALUES ('5 EiB'::primecloud.byte_size), ('5 EiB'), ('-5 EiB')) AS v(x)), '5 EiB'::primecloud.byte_size,
    'only the end is checked');
SELECT throws_ok($$SELECT sum(x) FROM (VALUES ('1 BRL'::primecloud.money_amount), ('1 USD')) AS v(x)$$, '22000',
    'cannot add amounts in BRL and USD', 'a sum in two currencies is an error');
SELECT throws_ok($$SELECT avg(x) FROM (VALUES ('1 BRL'::primecloud.money_amount), ('1 USD')) AS v(x)$$, '22000',
    'cannot add amounts in BRL and USD', 'a mean too');
SELECT results_eq($$SELECT array_agg(s ORDER BY s)
    FROM (SELECT sum(x) AS s FROM (VALUES ('1 BRL'::primecloud.money_amount), ('1 USD'), ('2 BRL')) AS v(x)
    GROUP BY primecloud.money_currency(x)) AS g$$,
    $$SELECT '{3.00 BRL,1.00 USD}'::primecloud.money_amount[]$$, 'grouped by currency it is none');
SELECT results_eq('SELECT min(tax_id), max(tax_id) FROM valued',
    'SELECT (array_agg(tax_id ORDER BY tax_id))[1], (array_agg(tax_id ORDER BY tax_id DESC))[1] FROM valued',
    'the least and the greatest tax id are the ends of the order');
CREATE TABLE many AS SELECT n::primecloud.byte_size AS size, primecloud.make_money(n, 'BRL') AS amount FROM generate_series(1, 20000) AS n;
SET LOCAL parallel_setup_cost = 0; SET LOCAL parallel_tuple_cost = 0; SET LOCAL min_parallel_table_scan_size = 0;
SELECT results_eq('SELECT sum(size), avg(amount), max(size), min(amount) FROM many',
    $$SELECT '200010000'::primecloud.byte_size, '100.01 BRL'::primecloud.money_amount, '20000'::primecloud.byte_size,
        '0.01 BRL'::primecloud.money_amount$$, 'in parallel the same');
CREATE FUNCTION plan_of(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE line text; whole text := ''; BEGIN FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP whole := whole || line || E'\n';
    END LOOP; RETURN whole; END $$;
SELECT matches(plan_of('SELECT sum(size), avg(amount) FROM many'), 'Partial Aggregate', 'and it is parallel');
-- Partial sums meet, one of each partition, in one process and in a certain order.
CREATE TABLE currencies (currency text, amount primecloud.money_amount) PARTITION BY LIST (currency);
CREATE TABLE currencies_brl PARTITION OF currencies FOR VALUES IN ('BRL');
CREATE TABLE currencies_usd PARTITION OF currencies FOR VALUES IN ('USD');
INSERT INTO currencies SELECT c, primecloud.make_money(100, c) FROM unnest('{BRL,USD}'::text[]) AS c, generate_series(1, 100);
ANALYZE currencies;
SET LOCAL enable_partitionwise_aggregate = on; SET LOCAL max_parallel_workers_per_gather = 0;
SELECT matches(plan_of('SELECT sum(amount) FROM currencies'), 'Finalize Aggregate[^$]*Partial Aggregate[^$]*Partial Aggregate',
    'two partial sums');
SELECT throws_ok('SELECT sum(amount) FROM currencies', '22000', 'cannot add amounts in BRL and USD',
    'in two currencies are an error when they meet');
SELECT throws_ok('SELECT avg(amount) FROM currencies', '22000', 'cannot add amounts in BRL and USD', 'as are means');
SET LOCAL enable_partitionwise_aggregate = off; RESET max_parallel_workers_per_gather;
SELECT is((SELECT sum(size) OVER (ORDER BY size RANGE BETWEEN '1 KiB' PRECEDING AND CURRENT ROW) FROM many ORDER BY size DESC LIMIT 1)
    > '20000', true, 'RANGE works on sizes');

SELECT is_empty($$SELECT p.oid::regprocedure FROM pg_proc p JOIN base_type b ON b.oid = p.proargtypes[0] WHERE p.prokind = 'a'
    AND (p.pronamespace <> 'pg_catalog'::regnamespace OR NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass
        AND d.objid = p.oid AND d.deptype = 'e'))$$,
    'aggregates stand in pg_catalog, as members of the extension');

-- Errors of arithmetic.
SELECT throws_ok($$SELECT '8191 PiB'::primecloud.byte_size + '1 PiB'$$, '22003', 'byte_size out of range', 'an overflow');
SELECT throws_ok($$SELECT '1 PiB'::primecloud.byte_size / 0$$, '22012', 'division by zero', 'a zero divisor');
SELECT throws_ok($$SELECT '1 BRL'::primecloud.money_amount - '1 USD'$$, '22000', 'cannot subtract amounts in BRL and USD',
    'mixed currencies');
SELECT throws_ok($$SELECT '1 BRL'::primecloud.money_amount * 'NaN'::numeric$$, '22003', 'money_amount out of range', 'not a number');
SELECT is('10 BRL'::primecloud.money_amount / 3::numeric, '3.33 BRL'::primecloud.money_amount, 'a quotient is rounded to the minor unit');

-- Binary input is as strict as text input.
CREATE FUNCTION copied(hex text, type text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE file text := current_setting('data_directory') || '/binary_' || type; answer text;
BEGIN
    EXECUTE format('COPY (SELECT decode(%L, ''hex'')) TO %L (FORMAT binary)', hex, file);
    EXECUTE format('CREATE TEMP TABLE received (v primecloud.%I) ON COMMIT DROP', type);
    BEGIN
        EXECUTE format('COPY received FROM %L (FORMAT binary)', file);
        EXECUTE 'SELECT v::text FROM received' INTO answer;
    EXCEPTION WHEN OTHERS THEN answer := SQLSTATE;
    END;
    DROP TABLE received;
    RETURN answer;
END $$;
SELECT is(ARRAY[copied('0000000000000400', 'byte_size'), copied('00', 'byte_size'), copied('000000000000040000', 'byte_size')],
    '{1024,08P01,22P03}', 'byte_size: eight bytes');
SELECT is(ARRAY[copied('ffffffffffffffff', 'tax_id'), copied('0000000000000000', 'tax_id'), copied('7fffffffffffffff', 'tax_id')],
    '{22P03,22P03,22P03}', 'tax_id: only values that text gives');
SELECT is(ARRAY[copied('0000046900000000000004d2', 'money_amount'), copied('ffffffff00000000000004d2', 'money_amount'),
    copied('0000ffff00000000000004d2', 'money_amount'), copied('00000469', 'money_amount'), copied('0000196200000000000004d2',
        'money_amount')], '{12.34 BRL,22P03,22P03,08P01,1234 JPY}', 'money_amount: only currencies that exist');
SELECT * FROM finish();
ROLLBACK;
