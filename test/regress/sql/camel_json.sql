SET search_path = primecloud, public;
SELECT to_camel_json(1), to_camel_json(true), to_camel_json('a"b'::text), to_camel_json(NULL::int);
SELECT to_camel_json(9007199254740993), to_camel_json(1.50), to_camel_json('NaN'::numeric), to_camel_json('Infinity'::float8);
SELECT to_camel_json(timestamptz '2026-03-01 12:00:00.000123-03'), to_camel_json(timestamp '2026-03-01 12:00:00'),
    to_camel_json(date '2026-03-01');
SET timezone = 'America/Sao_Paulo';
SELECT to_camel_json(timestamptz '2026-03-01 12:00:00.5+00'), to_camel_json(timestamptz 'infinity'),
    to_camel_json(timestamptz '0044-03-15 12:00+00 BC');
SELECT to_camel_json(ARRAY[[1,2],[3,NULL]]), to_camel_json('{}'::int[]), to_camel_json(ARRAY['a','b']);
SELECT to_camel_json('{"some_key": 1}'::json), to_camel_json('{"some_key": [1, 2]}'::jsonb);
SELECT to_camel_json('\x00ff'::bytea), to_camel_json('10.0.0.1'::inet), to_camel_json(interval '1 day');
CREATE TYPE camel_line AS (product_id int, unit_price numeric(10,2));
CREATE DOMAIN camel_line_list AS camel_line[];
CREATE TABLE camel_order (order_id uuid, created_at timestamptz, is_paid boolean, first_line camel_line, other_lines camel_line_list,
    gone int, "odd ""name" text);
ALTER TABLE camel_order DROP COLUMN gone;
INSERT INTO camel_order VALUES ('017f22e2-79b0-7cc3-98c4-dc0c0c07398f', '2026-03-01 12:00+00', true, (1, 2.5),
    ARRAY[(2, 3), NULL]::camel_line[], 'x');
INSERT INTO camel_order DEFAULT VALUES;
SELECT to_camel_json(o) FROM camel_order o;
SELECT to_camel_json(row) FROM (SELECT order_id AS some_id, o AS the_order FROM camel_order o LIMIT 1) AS row;
SELECT to_camel_json(ROW(1, 'two'));
-- a row type that changes between two calls of one prepared statement
PREPARE page AS SELECT to_camel_json(o) FROM camel_order o WHERE order_id IS NOT NULL;
EXECUTE page;
ALTER TABLE camel_order DROP COLUMN first_line, ADD COLUMN added_later int DEFAULT 7;
EXECUTE page;
SELECT to_camel_json(x) FROM (SELECT 1 AS a_b, 2 AS "aB") AS x;
-- a row of no columns
CREATE TABLE camel_nothing ();
INSERT INTO camel_nothing DEFAULT VALUES;
SELECT to_camel_json(n) FROM camel_nothing n;
DROP TABLE camel_nothing;
DROP TABLE camel_order;
DROP DOMAIN camel_line_list;
DROP TYPE camel_line;
