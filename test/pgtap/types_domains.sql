-- The domains of the types room: what they take, what they say, and that every way in is guarded.
BEGIN;
SELECT plan(22);
SET search_path = public;

SELECT throws_ok($$SELECT 'My_Bucket'::primecloud.bucket_name$$, '23514',
    'value for domain primecloud.bucket_name violates check constraint "bucket_name_valid"',
        'a bad literal is refused by a named constraint');
SELECT is('my-bucket'::primecloud.bucket_name::text, 'my-bucket', 'a good one passes');
SELECT is(NULL::primecloud.bucket_name, NULL, 'a domain lets NULL through');
SELECT is(primecloud.bucket_name_problem('My_Bucket'), 'may contain only lower-case letters, digits, "-" and "."', 'the problem is named');
SELECT is(primecloud.bucket_name_problem('Mybucket', 'minio_legacy'), NULL, 'legacy rules take upper case');
SELECT throws_ok($$SELECT primecloud.bucket_name_problem('abc', 'gcs')$$, '22023', NULL, 'unknown rules are named');
SELECT ok(primecloud.bucket_name_is_reserved('sthree-x'), 'AWS is the default provider');
SELECT ok(primecloud.bucket_name_is_reserved('minio', 'minio') AND NOT primecloud.bucket_name_is_reserved('minio'),
    'each provider has its own');
SELECT throws_ok($$SELECT primecloud.bucket_name_is_reserved('abc', 'gcs')$$, '22023', NULL, 'an unknown provider is named');

SELECT is(primecloud.bucket_physical_name('017f22e2-79b0-7cc3-98c4-dc0c0c07398f', 'data'),
    '01fwhe4ydgfk1shh6w1g60eecf-data', 'a uuid tenant gets its base-32 label');
SELECT throws_ok($$SELECT primecloud.bucket_physical_name('5', repeat('x', 62))$$, '22023', NULL, 'no name is cut to fit');

CREATE TABLE public.held (b primecloud.bucket_name, h primecloud.dns_hostname, k primecloud.access_key_id, c primecloud.hex_color);
SELECT lives_ok($$INSERT INTO public.held VALUES ('abc', 'example.com', 'AKIA', '#1a73e8')$$, 'good values');
SELECT throws_ok($$UPDATE public.held SET h = 'Example.com'$$, '23514', NULL, 'host names are lower case');
SELECT throws_ok($$UPDATE public.held SET k = 'a=b'$$, '23514', NULL, 'access keys have no =');
SELECT throws_ok($$UPDATE public.held SET c = 'red'$$, '23514', NULL, 'colours are hexadecimal');
SELECT throws_ok($$SELECT ('{"b":"UP"}'::jsonb OPERATOR(->>) 'b')::primecloud.bucket_name$$, '23514', NULL,
    'a cast from json text is checked');

-- values that are stored compressed or out of line are read whole
CREATE TEMP TABLE texts (t text);
ALTER TABLE pg_temp.texts ALTER t SET STORAGE EXTERNAL;
INSERT INTO pg_temp.texts VALUES (repeat('a', 100000)), ('abc');
SELECT is((SELECT string_agg(coalesce(p, 'fine'), '|' ORDER BY length(t)) FROM (SELECT t, primecloud.bucket_name_problem(t) AS p
    FROM pg_temp.texts) AS x),
    'fine|must be 3 to 63 characters long', 'out-of-line and inline text');

SELECT is(primecloud.typeid_decode(primecloud.typeid_encode('bucket', '017f22e2-79b0-7cc3-98c4-dc0c0c07398f'), 'bucket'),
    '017f22e2-79b0-7cc3-98c4-dc0c0c07398f'::uuid, 'a TypeID comes back');
SELECT throws_ok($$SELECT primecloud.typeid_decode('order_01fwhe4ydgfk1shh6w1g60eecf', 'bucket')$$, '22023', NULL,
    'another prefix is 22023');
SELECT throws_ok($$SELECT primecloud.typeid_decode('bucket_x', 'bucket')$$, '22P02', NULL, 'no TypeID is 22P02');
SELECT throws_ok($$SELECT primecloud.typeid_encode('Bucket', primecloud.uuid_v7())$$, '22023', NULL, 'a bad prefix is 22023');
SELECT results_eq($$SELECT primecloud.role_rank(r) FROM unnest('{external_client,developer,admin,owner,root}'::text[]) AS r$$,
    $$VALUES (1::int2), (2::int2), (3::int2), (4::int2), (NULL)$$, 'roles are ordered; no other text is a role');
SELECT * FROM finish();
ROLLBACK;
