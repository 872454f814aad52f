-- Names as an attacker writes them, who owns a schema and waits for a superuser to run what review() says mends it: every fix is the
-- statements that it was to be, and nothing that an owner makes ends a review, or turns a line of a report into another.
SELECT no_plan();
SET client_min_messages = error;
CREATE ROLE review_names_owner;
CREATE ROLE review_names_app;
CREATE TABLE pg_temp.trap (n serial, payload text);
INSERT INTO trap (payload) SELECT e || ';DROP ROLE r;--' FROM unnest(ARRAY['x',
    E'\n\r\n\v\u0085\u2028\\''\\$$*/', E'''"''||chr(34)){app}\x1f%s%1$I',
    E'-- choose: x\n; -- choose', ' ON DELETE SET NULL ("', ') REFERENCES x(y']) AS e;

-- In braces stands what is given a hostile name.
CREATE FUNCTION pg_temp.named(sql text, payload text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(CASE WHEN n % 2 = 0 THEN quote_ident(left(part, 8) || ' ' || payload) ELSE part END, '' ORDER BY n)
    FROM regexp_split_to_table(sql, '[{}]') WITH ORDINALITY AS u(part, n) $$;
CREATE TABLE pg_temp.template (sql text);
INSERT INTO template VALUES ($sql$
CREATE SCHEMA {s} AUTHORIZATION review_names_owner;
SET LOCAL ROLE review_names_owner;
GRANT USAGE ON SCHEMA {s} TO review_names_app;
CREATE TYPE {s}.{kind} AS ENUM ('a');
CREATE TABLE {s}.{accounts} (id integer PRIMARY KEY);
CREATE TABLE {s}.{member} (account_id integer NOT NULL, who text);
CREATE TABLE {s}.{asked} (org_nr integer, who text);
CREATE TABLE {s}.{orders} (account_id integer NOT NULL CONSTRAINT {fk} REFERENCES {s}.{accounts}, id integer, {status} text, {price} real,
    {at} timestamp, {tz} timetz, {password} text, {o} oid, {kind} {s}.{kind}, created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, id), CONSTRAINT {true} CHECK (true OR {status} = 'x'), CONSTRAINT {uq} UNIQUE ({status}));
CREATE TABLE {s}.{lines} (account_id integer, order_id integer NOT NULL, {ref} integer, {x} integer, {status} text,
    CONSTRAINT {fk2} FOREIGN KEY (account_id, order_id) REFERENCES {s}.{orders} ON DELETE SET NULL,
    CONSTRAINT {fk3} FOREIGN KEY ({x}, order_id) REFERENCES {s}.{orders} ON DELETE SET NULL ON UPDATE SET NULL DEFERRABLE);
CREATE TABLE {s}.{child} (id integer, order_a integer, order_b integer, FOREIGN KEY (order_a, order_b) REFERENCES {s}.{orders});
CREATE TABLE {s}.{log} (account_id integer NOT NULL, {at} timestamptz) PARTITION BY RANGE ({at});
CREATE TABLE {s}.{part} PARTITION OF {s}.{log} DEFAULT;
CREATE TABLE {s}.{old} (id integer);
CREATE UNLOGGED TABLE {s}.{unlogged} (account_id integer NOT NULL, id integer);
CREATE INDEX {i1} ON {s}.{orders} ({price}); CREATE INDEX {i2} ON {s}.{orders} ({price}); CREATE INDEX {i3} ON {s}.{orders} USING gin
    (to_tsvector('simple', {status}));
CREATE FUNCTION {s}.{who}() RETURNS integer LANGUAGE plpgsql VOLATILE AS 'begin return current_setting(''app.org'')::int; end';
CREATE FUNCTION {s}.{fixed}() RETURNS integer LANGUAGE plpgsql IMMUTABLE AS 'begin return current_setting(''app.org'')::int; end';
CREATE FUNCTION {s}.{kept}() RETURNS integer LANGUAGE plpgsql STABLE AS 'begin return current_setting(''app.org'')::int; end';
REVOKE EXECUTE ON FUNCTION {s}.{kept}(), {s}.{who}() FROM PUBLIC;
CREATE FUNCTION {s}.{leak}({arg} integer) RETURNS SETOF {s}.{orders} LANGUAGE plpgsql SECURITY DEFINER AS
    $fn$begin return query select * from {s}.{orders}; end$fn$;
CREATE FUNCTION {s}.{nothing}() RETURNS trigger LANGUAGE plpgsql AS 'begin return new; end';
CREATE TRIGGER {trig} BEFORE UPDATE ON {s}.{orders} FOR EACH ROW EXECUTE FUNCTION {s}.{nothing}();
ALTER TABLE {s}.{orders} DISABLE TRIGGER {trig}, ENABLE ROW LEVEL SECURITY;
ALTER TABLE {s}.{log} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {s}.{unlogged} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {s}.{lines} ADD CONSTRAINT {nv} CHECK ({x} > 0) NOT VALID;
CREATE POLICY {p1} ON {s}.{orders} USING (account_id IN (SELECT m.account_id FROM {s}.{member} AS m WHERE m.who = current_user));
CREATE POLICY {p2} ON {s}.{orders} USING (account_id = {s}.{who}() OR account_id = {s}.{kept}());
CREATE POLICY {p3} ON {s}.{orders} FOR SELECT USING ({status} = 'it''s');
CREATE POLICY {p4} ON {s}.{log} USING (account_id = {s}.{fixed}());
CREATE POLICY {p5} ON {s}.{log} USING (account_id = current_setting('app.org')::int);
CREATE POLICY {p6} ON {s}.{orders} USING (EXISTS (SELECT FROM {s}.{asked} AS a WHERE a.who = current_user AND a.org_nr = account_id));
CREATE POLICY {p7} ON {s}.{unlogged} USING (account_id = {s}.{kept}() AND false) WITH CHECK (true);
CREATE POLICY primecloud_floor ON {s}.{unlogged} AS RESTRICTIVE USING (account_id = 1);
CREATE VIEW {s}.{view} AS SELECT * FROM {s}.{orders};
CREATE VIEW {s}.{filtered} AS SELECT * FROM {s}.{orders} WHERE account_id = current_setting('app.org')::int;
CREATE MATERIALIZED VIEW {s}.{mat} AS SELECT * FROM {s}.{orders};
COMMENT ON COLUMN {s}.{orders}.{status} IS '@pii it''s \';
COMMENT ON COLUMN {s}.{orders}.{password} IS '@public';
GRANT ALL ON ALL TABLES IN SCHEMA {s} TO review_names_app, PUBLIC;
RESET ROLE;
CREATE PUBLICATION {pub} FOR TABLE {s}.{orders};
$sql$);
SELECT lives_ok(pg_temp.named(sql, payload), 'the trap is laid: ' || n)
FROM template, trap ORDER BY n;
CREATE TABLE pg_temp.found AS SELECT t.n, f.* FROM trap AS t, LATERAL pg_temp.named('{s}', t.payload) AS s(schema),
    LATERAL primecloud.review((parse_ident(s.schema))[1], 'review_names_app') AS f;

-- Read as the server reads it: what left its quotes would be another statement, or none that can be read.
CREATE FUNCTION pg_temp.read(fix text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN (SELECT coalesce(string_agg(s.tag, ', ' ORDER BY s.number), 'nothing')
        FROM primecloud_internal.review_change_statements(replace(fix, '(...)', '(''x'')')) AS s);
EXCEPTION WHEN syntax_error THEN
    RETURN SQLERRM;
END $$;
CREATE TABLE pg_temp.tags AS SELECT f."check", f.n, array_agg(DISTINCT pg_temp.read(f.fix)) AS tags FROM found AS f GROUP BY f."check", f.n;
SELECT is((SELECT string_agg(DISTINCT concat_ws(' ', f.n, f."check", pg_temp.read(f.fix), f.fix), E'\n') FROM found AS f
    WHERE pg_temp.read(f.fix) ~ 'DROP ROLE|at or near|unterminated|syntax'), NULL, 'every fix can be read, and none does what a name says');
SELECT is((SELECT string_agg(DISTINCT t."check" || ' ' || t.tags::text, '; ') FROM tags AS t JOIN tags AS o USING ("check")
    WHERE t.tags <> o.tags AND o.n = 1), NULL, 'whatever the names, the fixes of a check are the same statements');
SELECT is((SELECT string_agg(DISTINCT f."check" || ': ' || f.fix, E'\n') FROM found AS f
    WHERE f.fix ~ '^--' AND f.fix ~ '[\u0001-\u001f\u007f-\u009f\u2028\u2029]'), NULL, 'what is a comment alone is one line');
SELECT is((SELECT string_agg(DISTINCT f."check" || ': ' || f.fix, E'\n') FROM found AS f
    WHERE f.fix !~ '^-- choose: ' AND f.fix !~ ';( -- choose(: [^\n"]*)?)?$'), NULL,
    'a fix is a choice, or SQL, or SQL that ends in a choice');
SELECT is((SELECT count(DISTINCT f."check") FROM found AS f), (SELECT count(DISTINCT f."check") FROM found AS f WHERE f.n = 1),
    'whatever the names, the same is found');
SELECT cmp_ok((SELECT count(DISTINCT f."check") FROM found AS f), '>=', 40::bigint, 'and most checks were met');

-- TAP: each line is a result of its own number, or a comment.
CREATE TABLE pg_temp.lines AS SELECT t.n, l.line FROM (SELECT * FROM trap WHERE n IN (2, 4)) AS t,
    LATERAL primecloud.review_report((parse_ident(pg_temp.named('{s}', t.payload)))[1],
    'review_names_app') AS r, LATERAL regexp_split_to_table(r, '\r\n|[\n\r\v\f\u0085\u2028]') AS l(line);
SELECT is((SELECT string_agg(l.line, E'\n') FROM lines AS l WHERE l.line !~ '^(1\.\.\d+|# .*|(not )?ok \d+ - .*)$'), NULL,
    'a report has the lines of TAP alone');
SELECT is((SELECT count(*) FROM lines AS l WHERE l.line ~ '^not ok'),
    (SELECT count(*) FROM found AS f WHERE f.level <> 'notice' AND f.n IN (2, 4)),
    'and as many failures as errors and warnings');
CREATE SCHEMA review_tap;
CREATE TABLE review_tap."orders # TODO later" (id integer, account_id integer);
SELECT is((SELECT string_agg(l, '') FROM primecloud.review_report('review_tap', checks => '{rls_off}') AS l WHERE l ~ 'TODO'
    AND split_part(l, E'\n', 1) !~ '\\# TODO'), NULL, 'and in no name a directive');
SELECT matches((SELECT string_agg(l, '') FROM primecloud.review_report('review_tap', checks => '{rls_off}') AS l),
    '^1\.\.1not ok 1 - rls_off review_tap\."orders \\# TODO later"\n', 'which fails as it is');

-- A policy that is called as the product's, and is none of it.
SELECT is((SELECT string_agg(f.evidence || ' | ' || f.fix, '') FROM found AS f WHERE f.n = 6 AND f."check" = 'protection_drifted'),
    (SELECT format('what protect_table() would still do cannot be said: which role was chosen to read table %s is not known any more | '
        '-- choose: SELECT primecloud.unprotect_table(%L), or DROP POLICY of those that it did not make, and protect_table()', t, t)
    FROM pg_temp.named('{s}.{unlogged}', (SELECT payload FROM trap WHERE n = 6)) AS t),
    'a floor of another hand is a finding, and ends no review');
SELECT throws_ok(format('SELECT primecloud.review_gate(%L)', (parse_ident(pg_temp.named('{s}', payload)))[1]), '55000', NULL,
    'and the gate tells what is found') FROM trap WHERE n = 6;
SELECT * FROM finish();
