-- What mends a finding is said in a schema's own words: its context, its tenant, its key, and who is held.
SELECT no_plan();
SET client_min_messages = error;
CREATE ROLE review_own_app;
CREATE ROLE review_own_pass BYPASSRLS;
GRANT review_own_pass TO review_own_app;
CREATE SCHEMA shop;
GRANT USAGE ON SCHEMA shop TO review_own_app;
CREATE FUNCTION shop.firm() RETURNS uuid LANGUAGE sql STABLE AS $$ SELECT nullif(current_setting('app.firm', true), '')::uuid $$;
CREATE FUNCTION shop.allowed(id bigint) RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE
    AS $$ BEGIN RETURN id = current_setting('app.id')::bigint; END $$;
CREATE TABLE shop.firms (id uuid PRIMARY KEY, created_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE shop.docs (firm uuid NOT NULL REFERENCES shop.firms, nr bigint PRIMARY KEY, password text, tag text);
CREATE TABLE shop.pages (id bigint PRIMARY KEY, doc bigint REFERENCES shop.docs, other bigint REFERENCES shop.docs);
CREATE TABLE shop.logs (id bigint PRIMARY KEY, firm uuid NOT NULL REFERENCES shop.firms, body text);
CREATE TABLE shop.words (id bigint PRIMARY KEY, firm uuid NOT NULL);
CREATE TABLE shop.others (id bigint PRIMARY KEY);
CREATE TABLE shop.parts (id bigint, firm uuid NOT NULL REFERENCES shop.firms, other_id bigint) PARTITION BY LIST (id);
ALTER TABLE shop.docs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE shop.logs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE shop.words ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY p ON shop.docs USING (firm = shop.firm() AND shop.allowed(nr)) WITH CHECK (true);
CREATE POLICY p ON shop.logs USING (true);
CREATE POLICY p ON shop.words FOR DELETE USING (firm = shop.firm());
GRANT SELECT, INSERT ON shop.docs, shop.logs, shop.pages TO review_own_app;
GRANT SELECT ON shop.words TO review_own_pass;
CREATE TEMPORARY TABLE found AS SELECT f.* FROM primecloud.review('shop', 'review_own_app') AS f;
SELECT is((SELECT string_agg(f.fix, ' | ' ORDER BY f.fix) FROM found AS f WHERE (f."check", f.object) = (v.check, v.object)), v.fix,
    concat_ws(' ', v.check, v.object)) FROM (VALUES
    ('write_check_open', 'shop.docs.p', 'ALTER POLICY p ON shop.docs WITH CHECK (firm = shop.firm()); -- choose: any SQL may set that; or '
        'primecloud.protect_table()'),
    -- of the schema, where the table has none
    ('policy_always_true', 'shop.logs.p', 'ALTER POLICY p ON shop.logs USING (firm = shop.firm()); -- choose: any SQL may set that; or '
        'primecloud.protect_table()'),
    ('rls_off', 'shop.parts', 'SELECT primecloud.protect_table(''shop.parts'', ''firm''); -- choose: or row security with the context '
        'that the policies of the schema ask'),
    ('secret_in_clear', 'shop.docs.password', 'SELECT primecloud.seal_column(''shop.docs'', ''password'', ''docs.password'', '
        'id_column => ''nr'', tenant_column => ''firm'');'),
    ('tenant_column_missing', 'shop.pages', 'SELECT primecloud.protect_child(''shop.pages'', ''shop.docs'', tenant_column => ''firm'', '
        'constraint_name => ''pages_doc_fkey''); SELECT primecloud.protect_fk(''shop.pages'', ''pages_doc_fkey''); CREATE INDEX ON '
        'shop.pages (firm, doc); -- choose: first protect_table() of that one'),
    -- what is given a column is not asked once
    ('policy_call_per_row', 'shop.docs.p', '-- choose: it is given a column, so another predicate: one that is asked once, and compared'),
    -- whom no policy holds needs none, and of the tenants' own table each has one row
    ('grant_without_policy', 'shop.words', NULL), ('list_without_index', 'shop.firms', NULL)) AS v("check", object, fix);

-- Keys of a partitioned table are not made as those of another.
SELECT is((SELECT string_agg(f."check" || ': ' || f.fix, ' | ' ORDER BY f."check") FROM found AS f
    WHERE f.object LIKE 'shop.parts%' AND f."check" IN ('primary_key_missing', 'reference_unenforced')),
    'primary_key_missing: ALTER TABLE shop.parts ADD PRIMARY KEY (firm, id); -- choose: what names a row | reference_unenforced: ALTER '
    'TABLE shop.parts ADD FOREIGN KEY (other_id) REFERENCES shop.others (id); -- choose: an hour for it, or first that of each part',
    'a key of a partitioned table is not left unvalidated');

-- The table of tenants may be another schema's, and what is bound by none of its keys is told.
CREATE SCHEMA iam;
ALTER TABLE shop.firms SET SCHEMA iam;
SELECT is((SELECT f.object FROM primecloud.review('shop', 'review_own_app', '{reference_unenforced}') AS f
    WHERE f.object = 'shop.words.firm'),
    'shop.words.firm', 'a tenant without a key to the table of tenants of another schema');

-- What no column decides is not folded away: what asks nobody is open with a context and without.
CREATE TABLE shop.mails (id bigint PRIMARY KEY, account_id integer, body text, bits integer, CONSTRAINT one CHECK (bits IN (1, NULL)));
CREATE TABLE shop.admins (id text PRIMARY KEY);
CREATE VIEW shop.bosses AS SELECT a.id FROM shop.admins AS a;
ALTER TABLE shop.mails ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY p ON shop.mails USING (true);
GRANT SELECT ON shop.mails TO review_own_app;
GRANT SELECT, INSERT ON shop.admins TO review_own_app;
CREATE FUNCTION pg_temp.finds(predicate text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER POLICY p ON shop.mails USING (%s)', predicate);
    RETURN (SELECT string_agg(f."check", ' ' ORDER BY f."check") FROM primecloud.review('shop', 'review_own_app', '{policy_fails_open,'
        'policy_shares_rows,policy_reads_writable_table,tenant_predicate_opaque,check_always_true}') AS f WHERE f.object ~ '^shop.mails');
END $$;
SELECT is(pg_temp.finds(predicate), wanted, predicate) FROM (VALUES
    ('account_id IS NULL OR account_id = primecloud.tenant_int()', 'check_always_true policy_shares_rows'),
    ('length(current_setting(''app.t'', true)) = 0 OR account_id::text = current_setting(''app.t'', true)',
        'check_always_true policy_fails_open tenant_predicate_opaque'),
    ('account_id = primecloud.tenant_int() AND EXISTS (SELECT FROM shop.bosses AS b WHERE b.id = primecloud.user_id())',
        'check_always_true policy_reads_writable_table')) AS v(predicate, wanted);
SELECT * FROM finish();
