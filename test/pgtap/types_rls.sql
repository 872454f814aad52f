-- Under row-level security a condition may use an index only if its operator is leakproof:
-- every type of the room is held to that by reading plans as a role that RLS binds.
BEGIN;
SELECT plan(19);

CREATE ROLE types_rls_app;
CREATE TABLE item (
    account_id uuid NOT NULL, id uuid NOT NULL, size primecloud.byte_size, amount primecloud.money_amount, document primecloud.tax_id,
    bucket primecloud.bucket_name, host primecloud.dns_hostname, key primecloud.access_key_id, color primecloud.hex_color, price numeric);
INSERT INTO item
SELECT md5((n % 10)::text)::uuid, primecloud.uuid_v7(), (n * 1024)::primecloud.byte_size, primecloud.make_money(n, 'BRL'), NULL,
       'bucket-' || n, 'host-' || n || '.example.com', 'AK' || lpad(n::text, 8, '0'), '#' || lpad(to_hex(n), 6, '0'), n
FROM generate_series(1, 20000) AS n;
UPDATE item SET document = (x.d)::primecloud.tax_id FROM (
    SELECT b.n, b.n || to_char(c, 'FM00') AS d FROM (SELECT to_char(100000000 + n, 'FM000000000') AS n, n AS i FROM generate_series(1, 20) AS n) AS b, generate_series(0, 99) AS c
    WHERE primecloud.tax_id_problem(b.n || to_char(c, 'FM00')) IS NULL) AS x WHERE bucket = 'bucket-' || (substr(x.n, 2)::int);
CREATE INDEX ON item (account_id, size); CREATE INDEX ON item (account_id, amount); CREATE INDEX ON item (account_id, document);
CREATE INDEX ON item (account_id, bucket); CREATE INDEX ON item (account_id, host); CREATE INDEX ON item (account_id, key);
CREATE INDEX ON item (account_id, color); CREATE INDEX ON item (account_id, id); CREATE INDEX ON item (account_id, price);
ANALYZE item;
ALTER TABLE item ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON item USING (account_id = current_setting('types_rls.account')::uuid);
GRANT SELECT ON item TO types_rls_app;
SELECT set_config('types_rls.account', md5('1')::uuid::text, true);

CREATE FUNCTION index_condition(condition text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) SELECT * FROM item WHERE ' || condition LOOP
        IF line ~ 'Index Cond:' THEN RETURN line; END IF;
    END LOOP;
    RETURN 'no index condition';
END $$;
GRANT EXECUTE ON FUNCTION index_condition(text) TO types_rls_app;
SET LOCAL ROLE types_rls_app;

-- the column's name in the index condition, not in a filter, is what is asked for
SELECT matches(index_condition($$size = '1 MiB'$$), '\msize = ', 'byte_size =');
SELECT matches(index_condition($$size BETWEEN '1 MiB' AND '2 MiB'$$), '\msize >= .*\msize <= ', 'byte_size range');
SELECT matches(index_condition($$amount = '0.42 BRL'$$), '\mamount = ', 'money_amount =');
SELECT matches(index_condition($$amount > '190 BRL' AND amount < '191 BRL'$$), '\mamount > .*\mamount < ', 'money_amount range');
SELECT matches(index_condition($$document = '10000000108'$$), '\mdocument = ', 'tax_id =');
SELECT matches(index_condition($$document >= '10000000108' AND document < '11111111200'$$), '\mdocument >= .*\mdocument < ', 'tax_id range');
SELECT matches(index_condition($$bucket = 'bucket-7'$$), 'bucket\)?(::text)? = ', 'bucket_name =');
SELECT matches(index_condition($$bucket >= 'bucket-7' AND bucket < 'bucket-70'$$), 'bucket\)?(::text)? >= .*bucket\)?(::text)? < ', 'bucket_name range');
SELECT matches(index_condition($$host = 'host-7.example.com'$$), 'host\)?(::text)? = ', 'dns_hostname =');
SELECT matches(index_condition($$host > 'host-7' AND host < 'host-70'$$), 'host\)?(::text)? > .*host\)?(::text)? < ', 'dns_hostname range');
SELECT matches(index_condition($$key = 'AK00000007'$$), 'key\)?(::text)? = ', 'access_key_id =');
SELECT matches(index_condition($$key > 'AK00000007' AND key < 'AK00000009'$$), 'key\)?(::text)? > .*key\)?(::text)? < ', 'access_key_id range');
SELECT matches(index_condition($$color = '#000007'$$), 'color\)?(::text)? = ', 'hex_color =');
SELECT matches(index_condition($$color > '#000007' AND color < '#000009'$$), 'color\)?(::text)? > .*color\)?(::text)? < ', 'hex_color range');
SELECT matches(index_condition($$id >= primecloud.uuid_v7_floor('2100-01-01')$$), '\mid >= ', 'uuid_v7_floor bounds a range of the key');
SELECT matches(index_condition($$size = ANY ('{1 MiB,2 MiB}')$$), '\msize = ANY', 'byte_size = ANY');
SELECT matches(index_condition($$amount IN ('0.01 BRL', '0.11 BRL')$$), '\mamount = ANY', 'money_amount IN');
-- what numeric does there, so that this test is known to be able to fail
SELECT doesnt_match(index_condition($$price = 42$$), '\mprice = ', 'numeric = is a filter: it is not leakproof');
SELECT is((SELECT count(*) FROM item WHERE size <= '1 MiB'), (1024 / 10 + 1)::bigint, 'and the rows are those of the account alone');
SELECT * FROM finish();
ROLLBACK;
