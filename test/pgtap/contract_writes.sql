-- What becomes of a write, and is no constraint's doing: check options, rules, deletes, when keys are checked and by which equality.
-- Each change is told, and is another fingerprint.
SELECT no_plan();
SET client_min_messages = error;
CREATE SCHEMA w;
CREATE SCHEMA apart;
CREATE COLLATION apart.folded (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TABLE w.t (id int PRIMARY KEY, i int, label text, CONSTRAINT once UNIQUE (i) DEFERRABLE, CONSTRAINT label UNIQUE (label));
CREATE TABLE w.of (i int CONSTRAINT to_t REFERENCES w.t DEFERRABLE);
CREATE VIEW w.open AS SELECT id FROM w.t WHERE i > 0;
CREATE VIEW w.upper AS SELECT id FROM w.open WHERE id < 100;
CREATE VIEW w.held AS SELECT id FROM w.t WHERE i > 0 WITH CHECK OPTION;
CREATE VIEW w.plain AS SELECT id FROM w.t;
CREATE VIEW w.counted AS SELECT count(*) AS c FROM w.t;
CREATE RULE left_out AS ON UPDATE TO w.of WHERE new.i < 0 DO INSTEAD NOTHING;
CREATE FUNCTION apart.kept() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
SELECT primecloud.contract('w') AS before, primecloud.contract_fingerprint('w') AS fingerprint \gset
CREATE FUNCTION apart.told(before jsonb, fingerprint text, statements text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    told text;
BEGIN
    EXECUTE statements;
    SELECT string_agg(concat_ws(' ', d.object, d.change, d.readers, d.writers, d.reason), ', ') INTO told
    FROM primecloud.contract_diff(before, primecloud.contract('w')) AS d;
    told := coalesce(told, 'nothing') || CASE WHEN fingerprint = primecloud.contract_fingerprint('w') THEN ' (the same)' ELSE '' END;
    RAISE SQLSTATE 'PT001' USING MESSAGE = told;
EXCEPTION WHEN SQLSTATE 'PT001' THEN
    RETURN told;
END $$;
SELECT is(apart.told(:'before', :'fingerprint', statements), said, statements) FROM (VALUES
    ('CREATE OR REPLACE VIEW w.open AS SELECT id FROM w.t WHERE i > 0 WITH CHECK OPTION',
        'open constraint_added safe breaking rows that do not meet (i > 0) are refused with 44000'),
    ('ALTER VIEW w.upper SET (check_option = local)',
        'upper constraint_added safe breaking rows that do not meet (id < 100) are refused with 44000'),
    ('ALTER VIEW w.upper SET (check_option = cascaded)', 'upper constraint_added safe breaking rows that do not meet (i > 0) are refused '
        'with 44000; rows that do not meet (id < 100) are refused with 44000'),
    ('CREATE OR REPLACE VIEW w.held AS SELECT id FROM w.t WITH CHECK OPTION',
        'held constraint_removed safe safe rows need not meet (i > 0)'),
    ('CREATE OR REPLACE VIEW w.held AS SELECT id FROM w.t WHERE i > 1 WITH CHECK OPTION',
        'held constraint_added safe breaking rows that do not meet (i > 1) are refused with 44000, '
        'held constraint_removed safe safe rows need not meet (i > 0)'),
    ('ALTER VIEW w.held SET (check_option = local)', 'nothing (the same)'),
    ('CREATE OR REPLACE VIEW w.open AS SELECT x.id FROM w.t AS x WHERE x.i > 1', 'nothing (the same)'),
    ('CREATE RULE lost AS ON INSERT TO w.t DO INSTEAD NOTHING', 't rewrite_changed safe breaking now: INSERT TO t DO INSTEAD NOTHING'),
    ('CREATE RULE lost AS ON DELETE TO w.open DO INSTEAD NOTHING',
        'open rewrite_changed safe breaking now: DELETE TO open DO INSTEAD NOTHING'),
    ('ALTER RULE left_out ON w.of RENAME TO another', 'nothing (the same)'),
    ('ALTER TABLE w.of DISABLE RULE left_out',
        'of rewrite_changed safe breaking no longer: UPDATE TO of    WHERE new.i < 0 DO INSTEAD NOTHING'),
    ('CREATE RULE none AS ON INSERT TO w.counted DO INSTEAD NOTHING', 'counted rewrite_changed safe safe now: INSERT TO counted '
        'DO INSTEAD NOTHING, counted writability_gained safe safe it takes rows now'),
    ('CREATE OR REPLACE VIEW w.plain AS SELECT DISTINCT id FROM w.t; CREATE TRIGGER kept INSTEAD OF INSERT OR UPDATE ON w.plain '
        'FOR EACH ROW EXECUTE FUNCTION apart.kept()', 'plain writability_lost safe breaking its rows cannot be deleted any more, '
        'plain.id writability_lost safe breaking it takes no values any more'),
    ('ALTER TABLE w.t DROP CONSTRAINT once, ADD CONSTRAINT once UNIQUE (i) DEFERRABLE INITIALLY DEFERRED',
        't.once key_changed safe breaking (i) deferrable became (i) deferrable initially deferred'),
    ('ALTER TABLE w.of ALTER CONSTRAINT to_t DEFERRABLE INITIALLY DEFERRED', 'of.to_t relation_changed safe breaking (i) to t on delete '
        'no action, on update no action, initially deferred'),
    ('ALTER TABLE w.t ALTER label TYPE text COLLATE apart.folded',
        't.label key_changed safe breaking (label) became (label) by apart.folded')) AS c (statements, said);
-- A view that takes no rows told nobody that it refuses some.
SELECT is(primecloud.contract('w') #>> '{entities,held,conditions}', '["(i > 0)"]', 'what is written meets the condition');
SELECT is(primecloud.contract('w') #> '{entities,open,conditions}', NULL, 'without the option nothing need');
DROP SCHEMA w CASCADE;

-- What the server shows is told as it shows it once it is restored: of a list of varchar that is another spelling.
CREATE SCHEMA r1;
CREATE TABLE r1.t (v varchar(10), n int, m int, CONSTRAINT opaque CHECK (v IN ('a', 'b') AND n < m),
    CONSTRAINT excluded EXCLUDE (n WITH =) WHERE (v NOT IN ('a', 'b')));
CREATE UNIQUE INDEX part ON r1.t ((v IN ('a', 'b'))) WHERE v IN ('x', 'y');
CREATE VIEW r1.held AS SELECT v FROM r1.t WHERE v IN ('a', 'b') WITH CHECK OPTION;
CREATE RULE also AS ON INSERT TO r1.t WHERE new.v IN ('a', 'b') DO INSTEAD NOTHING;
CREATE DOMAIN r1.code AS varchar CHECK (VALUE IN ('a', 'b') OR length(VALUE) > length(upper(VALUE)));
CREATE TABLE r1.coded (c r1.code);
CREATE SCHEMA r2;
CREATE TABLE r2.t (v varchar(10), n int, m int);
SELECT format('ALTER TABLE r2.t ADD CONSTRAINT %I %s', conname, pg_get_constraintdef(oid)) FROM pg_constraint
    WHERE conrelid = 'r1.t'::regclass ORDER BY conname \gexec
SELECT replace(pg_get_indexdef('r1.part'::regclass), 'r1.', 'r2.') \gexec
SELECT replace('CREATE VIEW r2.held WITH (check_option = cascaded) AS ' || pg_get_viewdef('r1.held'::regclass), 'r1.', 'r2.') \gexec
SELECT replace(pg_get_ruledef(oid), 'r1.', 'r2.') FROM pg_rewrite WHERE rulename = 'also' \gexec
SELECT format('CREATE DOMAIN r2.code AS varchar CONSTRAINT %I %s', conname, pg_get_constraintdef(oid)) FROM pg_constraint
    WHERE conname = 'code_check' \gexec
CREATE TABLE r2.coded (c r2.code);
SELECT is(primecloud.contract('r2'), primecloud.contract('r1'), 'a restored schema has the contract that it had');
DROP SCHEMA r1, r2 CASCADE;
SELECT * FROM finish();
