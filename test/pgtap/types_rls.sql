-- Under row-level security a condition may use an index only if its operator is leakproof:
-- every type of the room is held to that by reading plans as a role that RLS binds.
BEGIN;
SELECT plan(63);

CREATE ROLE types_rls_app;
-- one table for each type, with one index: whatever is asked, it is the only one to choose
CREATE TEMP TABLE asked (name text, type text, made text, low text, high text);
INSERT INTO asked VALUES
    ('size', 'primecloud.byte_size', '(n * 1024)::primecloud.byte_size', '1 MiB', '2 MiB'),
    ('amount', 'primecloud.money_amount', 'primecloud.make_money(n, ''BRL'')', '0.42 BRL', '12 BRL'),
    ('document', 'primecloud.tax_id', 'documents.list[1 + n % 20]', '10000000108', '11111111200'),
    ('bucket', 'primecloud.bucket_name', '''bucket-'' || n', 'bucket-7', 'bucket-70'),
    ('host', 'primecloud.dns_hostname', '''host-'' || n || ''.example.com''', 'host-7.example.com', 'host-70.example.com'),
    ('key', 'primecloud.access_key_id', '''AK'' || lpad(n::text, 8, ''0'')', 'AK00000007', 'AK00000900'),
    ('color', 'primecloud.hex_color', '''#'' || lpad(to_hex(n), 6, ''0'')', '#000007', '#000900'),
    ('id', 'uuid', 'primecloud.uuid_v7()', '00000000-0000-7000-8000-000000000000', '11111111-1111-7111-8111-111111111111'),
    ('price', 'numeric', 'n', '7', '70');
CREATE TABLE documents AS SELECT array_agg(t::primecloud.tax_id) AS list FROM (
    SELECT b || to_char(c, 'FM00') AS t FROM (SELECT to_char(100000000 + n, 'FM000000000') AS b FROM generate_series(1, 20) AS n) AS bodies,
        generate_series(0, 99) AS c
    WHERE primecloud.tax_id_problem(b || to_char(c, 'FM00')) IS NULL) AS valid;
CREATE PROCEDURE make(relation text, type text, made text, index text) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TABLE %I (account_id uuid NOT NULL, x %s)', relation, type);
    EXECUTE format('INSERT INTO %I SELECT md5((n %% 10)::text)::uuid, %s FROM generate_series(1, 5000) AS n, documents', relation, made);
    EXECUTE format('CREATE INDEX ON %I USING %s', relation, index);
    EXECUTE format('ANALYZE %I', relation);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', relation);
    EXECUTE format('CREATE POLICY own ON %I USING (account_id = current_setting(''types_rls.account'')::uuid)', relation);
    EXECUTE format('GRANT SELECT ON %I TO types_rls_app', relation);
END $$;
SELECT format('CALL make(%L, %L, %L, ''btree (account_id, x)'')', name, type, made) FROM asked \gexec
SELECT format('CALL make(%L, %L, %L, ''hash (x)'')', name || '_hashed', type, made) FROM asked
    WHERE name IN ('size', 'amount', 'document') \gexec
GRANT SELECT ON asked TO types_rls_app;
SELECT set_config('types_rls.account', md5('1')::uuid::text, true);

CREATE FUNCTION index_condition(relation text, condition text) RETURNS text LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE line text;
BEGIN
    FOR line IN EXECUTE format('EXPLAIN (COSTS OFF) SELECT * FROM %I WHERE %s', relation, condition) LOOP
        IF line ~ 'Index Cond:' THEN RETURN line; END IF;
    END LOOP;
    RETURN 'no index condition';
END $$;
SET LOCAL ROLE types_rls_app;

-- Every operator that an index can serve, on every type: the column stands in the index
-- condition, beside the policy's own.
SELECT matches(index_condition(name, format('x %s %L', op, low)), format('account_id = .*\mx\)?(::text)? %s ', op),
    format('%s: %s %s', name, type, op))
FROM asked, unnest('{=,<,<=,>,>=}'::text[]) WITH ORDINALITY AS o(op, n) WHERE type <> 'numeric' ORDER BY name, n;
SELECT matches(index_condition(name, format('x BETWEEN %L AND %L', low, high)), '\mx\)?(::text)? >= .*\mx\)?(::text)? <= ',
    format('%s: %s BETWEEN', name, type))
FROM asked WHERE type <> 'numeric' ORDER BY name;
SELECT matches(index_condition(name, format('x IN (%L, %L)', low, high)), '\mx\)?(::text)? = ANY', format('%s: %s IN', name, type))
FROM asked WHERE type <> 'numeric' ORDER BY name;
SELECT matches(index_condition(name || '_hashed', format('x = %L', low)), '\mx = ', format('%s: %s = by a hash index', name, type))
FROM asked WHERE name IN ('size', 'amount', 'document') ORDER BY name;
SELECT matches(index_condition('id', $$x >= primecloud.uuid_v7_floor('2100-01-01')$$), '\mx >= ',
    'uuid_v7_floor bounds a range of the key');
-- what numeric does there, so that this test is known to be able to fail
SELECT doesnt_match(index_condition('price', 'x = 42'), '\mx = ', 'numeric = is a filter: it is not leakproof');
SELECT doesnt_match(index_condition('price', 'x BETWEEN 7 AND 70'), '\mx >= ', 'numeric BETWEEN is one, too');
SELECT is((SELECT count(*) FROM size WHERE x <= '1 MiB'), (1024 / 10 + 1)::bigint, 'and the rows are those of the account alone');
SELECT * FROM finish();
ROLLBACK;
