-- review_gate(): what nobody has accepted stops; what was, by whom owns the schema, passes until its day.
SELECT no_plan();
SET client_min_messages = error;
CREATE ROLE review_gate_owner;
CREATE ROLE review_gate_other;
CREATE ROLE review_gate_app;
CREATE SCHEMA shop AUTHORIZATION review_gate_owner;
GRANT USAGE ON SCHEMA shop TO review_gate_app;
SET ROLE review_gate_owner;
CREATE TABLE shop.jobs (id bigint PRIMARY KEY, status text, price real);
SELECT is((SELECT string_agg(f."check" || ' ' || f.object, ', ' ORDER BY f.object) FROM primecloud.review('shop', 'review_gate_app') AS f),
    'money_inexact shop.jobs.price, state_unconstrained shop.jobs.status', 'the owner of a schema reviews it');
SELECT throws_ok('SELECT primecloud.review_gate(''shop'', ''review_gate_app'')', '55000',
    'schema "shop" has 2 findings that are not accepted',
    'the gate is shut');
SELECT is(primecloud.review_gate('shop', 'review_gate_app', levels => '{error}'), 0::bigint, 'but for errors alone');
SELECT fingerprint AS state FROM primecloud.review('shop', checks => '{state_unconstrained}') \gset

-- who does not own the schema accepts nothing in it
SET ROLE review_gate_other;
SELECT throws_ok(format('SELECT primecloud.review_accept(%L, %L)', :'state', 'I do not mind'), '42501',
    'role "review_gate_other" owns no schema', 'whoever owns no schema accepts nothing');
SELECT throws_ok('SELECT primecloud.review_baseline(''shop'')', '42501', 'schema "shop" is not of role "review_gate_other"',
    'nor takes a baseline of another''s');
RESET ROLE;
CREATE SCHEMA another AUTHORIZATION review_gate_other;
SET ROLE review_gate_other;
SELECT primecloud.review_accept(:'state', 'I do not mind');
SET ROLE review_gate_owner;
SELECT throws_ok('SELECT primecloud.review_gate(''shop'')', '55000', 'schema "shop" has 2 findings that are not accepted',
    'what another accepts counts for nothing');
SELECT primecloud.review_accept(:'state', 'the words are the customer''s', current_date);
SELECT throws_ok('SELECT primecloud.review_gate(''shop'')', '55000', 'schema "shop" has 1 findings that are not accepted',
    'what the owner accepts passes to the end of the day');
SELECT is(primecloud.review_gate('shop', checks => '{state_unconstrained}'), 1::bigint, 'and is counted');
SELECT matches((SELECT string_agg(l, '|') FROM primecloud.review_report('shop', checks => '{state_unconstrained}') AS l),
    '^1\.\.1\|ok 1 - state_unconstrained shop\.jobs\.status # accepted: the words are the customer''s \(until [-0-9]+\)', 'TAP says so');
SELECT is(primecloud.review_report('shop', format => 'sarif', checks => '{state_unconstrained}')::jsonb
    #>> '{runs,0,results,0,suppressions,0,kind}', 'external', 'and SARIF');
RESET ROLE;
UPDATE primecloud_internal.accepted_finding SET until = current_date - 1 WHERE accepted_by = 'review_gate_owner';
SET ROLE review_gate_owner;
SELECT throws_ok('SELECT primecloud.review_gate(''shop'')', '55000', 'schema "shop" has 2 findings that are not accepted',
    'the day after it is over');
SELECT is(primecloud.review_baseline('shop', 'review_gate_app'), 2::bigint, 'a baseline takes what is there');
SELECT is(primecloud.review_gate('shop', 'review_gate_app'), 2::bigint, 'and the gate is open');
ALTER TABLE shop.jobs ADD COLUMN payment_state text;
SELECT throws_ok('SELECT primecloud.review_gate(''shop'')', '55000', 'schema "shop" has 1 findings that are not accepted',
    'for what was there, and for nothing new');
SELECT primecloud.review_accept(:'state', NULL);
SELECT throws_ok('SELECT primecloud.review_gate(''shop'')', '55000', 'schema "shop" has 2 findings that are not accepted',
    'and an acceptance is taken back');
SELECT is((SELECT fingerprint FROM primecloud.review('shop', checks => '{state_unconstrained}') WHERE object = 'shop.jobs.status'),
    :'state',
    'a fingerprint stays');

-- what is refused
SELECT throws_ok(format('SELECT primecloud.review_accept(%L, %L, %L)', f, r, u), '22023', m, m) FROM (VALUES
    ('x', 'why', NULL, '"x" is no fingerprint of a finding'), (:'state', ' ', NULL, 'the reason is empty'),
    (:'state', repeat('x', 1001), NULL, 'the reason has more than 1000 bytes'),
    (:'state', 'why', (current_date - 1)::text, 'the acceptance would have ended on ' || current_date - 1)) AS v(f, r, u, m);
SELECT throws_ok('SELECT primecloud.review(''nowhere'')', '3F000', 'schema "nowhere" does not exist', 'a schema that is none');
SELECT throws_ok('SELECT primecloud.review(''shop'', ''review_gate_nobody'')', '42704', 'role "review_gate_nobody" does not exist',
    'a role that is none');
-- (A gate that is asked for a check that is none would let everything pass.)
SELECT throws_ok('SELECT primecloud.review_gate(''shop'', checks => ''{rls_of}'')', '22023', 'there is no check "rls_of"', 'a check');
SELECT throws_ok('SELECT primecloud.review_gate(''shop'', levels => ''{errors}'')', '22023', 'there is no level "errors"', 'a level');
-- (What is asked for some checks alone looks at the themes that say so: a check that its theme does not name would be lost.)
SELECT is_empty($$
    WITH source AS (SELECT p.proname, p.prosrc FROM pg_proc AS p WHERE p.pronamespace = 'primecloud_internal'::regnamespace),
    theme AS (SELECT t.said[1] AS checks, t.said[2] AS function FROM source AS s CROSS JOIN LATERAL regexp_matches(s.prosrc,
        'IF checks IS NULL(.*?) THEN\s+RETURN QUERY SELECT \* FROM primecloud_internal\.(\w+)\(', 'g') AS t(said)
        WHERE s.proname = 'review_themes'),
    known AS (SELECT (regexp_matches(s.prosrc, '[a-z]+(?:_[a-z]+)+(?=[,}])', 'g'))[1] AS name FROM source AS s
        WHERE s.proname = 'review_chosen'),
    given AS (SELECT DISTINCT t.function, t.checks, k.name FROM theme AS t JOIN source AS s ON s.proname = t.function
        CROSS JOIN known AS k WHERE s.prosrc ~ format('''%s''', k.name))
    SELECT g.function, g.name FROM given AS g WHERE g.checks !~ format('[{,]%s[,}]', g.name)
    UNION ALL SELECT 'few', count(*)::text FROM given AS g HAVING count(*) < 40$$, 'each theme is asked for each check that it gives');
SELECT throws_ok(format('SELECT primecloud.review_policies_diff(%L, %L)', b, a), '22023', 'this is no document of policies',
    'a document of policies: ' || b) FROM (VALUES ('{}', '{"tables": {}}'), ('{"tables": {}}', '1'), ('[]', '[]'),
    ('{"tables": {"t": 1}}', '{"tables": {}}'),
    ('{"tables": {"t": {"row_security": true, "policies": {"p": {"command": "ANY"}}}}}', '{"tables": {}}')) AS v(b, a);
SELECT throws_ok('SELECT primecloud.review_policies_diff(NULL, ''{"tables": {}}'')', '22023', 'this is no document of policies',
    'nor is NULL one');
SELECT throws_ok('SELECT primecloud.review_report(''shop'', format => ''xml'')', '22023', '"xml" is no format of a report', 'a format');
SELECT is((SELECT string_agg(l, '|') FROM primecloud.review_report('shop', checks => '{exemption_expired}') AS l),
    '1..1|ok 1 - nothing is found',
    'nothing found is a test that passes');
SELECT throws_ok('INSERT INTO primecloud_internal.accepted_finding VALUES (''0123456789abcdef'', ''postgres'', ''x'')', '42501', NULL,
    'and the table is nobody''s to write');
RESET ROLE;
SELECT * FROM finish();
