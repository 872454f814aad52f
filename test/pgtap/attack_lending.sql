-- A walk past planted objects: every function that a superuser, an owner or a maintenance or
-- platform role is told to run on what somebody else owns, with code of that owner's wherever
-- the function looks or plans.  None of it runs with the rights of whoever called.
SELECT no_plan();
\o /dev/null
SET client_min_messages = error;
CREATE ROLE lending_mallory;
CREATE SCHEMA harness;
CREATE EXTENSION dblink SCHEMA harness;
SELECT primecloud.create_app_role('lending_app'), primecloud.create_maintenance_role('lending_maintenance'),
    primecloud.create_platform_role('lending_platform');
ALTER ROLE lending_maintenance LOGIN;
ALTER ROLE lending_platform LOGIN;
-- A trap springs in hands that are not mallory's.  Sequences tell, whatever is rolled back.
CREATE SCHEMA traps;
GRANT USAGE, CREATE ON SCHEMA traps TO lending_mallory;
GRANT USAGE ON SCHEMA traps TO PUBLIC;
CREATE SCHEMA planted AUTHORIZATION lending_mallory;
SELECT current_database() AS here \gset
GRANT CREATE ON DATABASE :here TO lending_mallory;
GRANT EXECUTE ON FUNCTION primecloud.act_for_any_tenant() TO lending_mallory;

SET ROLE lending_mallory;
GRANT USAGE ON SCHEMA planted TO PUBLIC;
CREATE FUNCTION traps.set(trap text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE SEQUENCE traps.%I', trap);
    EXECUTE format('GRANT USAGE ON SEQUENCE traps.%I TO PUBLIC', trap);
END $$;
SELECT traps.set(t) FROM unnest('{checked,checked_row,defaulted,generated,predicate,expression,statistics,policy,triggered,
    statement,condition,rule,partition_key,domain,casted,view,invoker,operator,part_predicate,part_checked,child_checked,plane_predicate,
    plane_checked,json}'::text[]) AS t;
CREATE FUNCTION planted.spring(trap text, VARIADIC of_row text[] DEFAULT '{}') RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF current_user <> 'lending_mallory' THEN
        PERFORM pg_catalog.nextval(('traps.' || trap)::regclass);
    ELSIF pg_catalog.current_setting('application_name') = 'walk' THEN
        -- In its owner's hands it leaves a setting behind, for whoever called to find his operators by.
        PERFORM pg_catalog.set_config('search_path', 'planted, pg_catalog', false);
    END IF;
    RETURN true;
END $$;
CREATE FUNCTION planted.zero(trap text) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS $$
    BEGIN PERFORM planted.spring(trap); RETURN 0; END $$;
CREATE FUNCTION planted.on_row() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN PERFORM planted.spring('triggered'); RETURN coalesce(NEW, OLD); END $$;
CREATE FUNCTION planted.on_statement() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN PERFORM planted.spring('statement'); RETURN NULL; END $$;
CREATE DOMAIN planted.number AS integer CHECK (planted.spring('domain'));
CREATE TYPE planted.kind AS ENUM ('a', 'b');
CREATE FUNCTION planted.show(k planted.kind) RETURNS text LANGUAGE plpgsql IMMUTABLE
    AS $$ BEGIN PERFORM planted.spring('casted'); RETURN 'shown'; END $$;
CREATE CAST (planted.kind AS text) WITH FUNCTION planted.show(planted.kind) AS IMPLICIT;
CREATE FUNCTION planted.document(k planted.kind) RETURNS json LANGUAGE plpgsql IMMUTABLE
    AS $$ BEGIN PERFORM planted.spring('json'); RETURN '1'; END $$;
CREATE CAST (planted.kind AS json) WITH FUNCTION planted.document(planted.kind);
CREATE FUNCTION planted.same(a planted.kind, b planted.kind) RETURNS boolean LANGUAGE plpgsql IMMUTABLE
    AS $$ BEGIN PERFORM planted.spring('operator'); RETURN true; END $$;
CREATE OPERATOR planted.= (FUNCTION = planted.same, LEFTARG = planted.kind, RIGHTARG = planted.kind);

-- One table of everything; `account_id` may be NULL, so that protecting it does all of its steps.
CREATE TABLE planted.parents (id integer PRIMARY KEY, account_id integer, name text CONSTRAINT parents_name UNIQUE,
    made timestamptz NOT NULL DEFAULT '2020-01-01', CHECK (planted.spring('checked')), CHECK (planted.spring('checked_row', name)));
CREATE TABLE planted.rows (id integer PRIMARY KEY, account_id integer, parent_id integer CONSTRAINT rows_parent REFERENCES planted.parents,
    name text CONSTRAINT rows_name UNIQUE, made timestamptz NOT NULL DEFAULT '2020-01-01', number planted.number, kind planted.kind,
        secret text,
    more boolean DEFAULT planted.spring('defaulted'), line boolean GENERATED ALWAYS AS (planted.spring('generated', name)) STORED,
    CHECK (planted.spring('checked')), CHECK (planted.spring('checked_row', name)));
CREATE TABLE planted.below (id integer PRIMARY KEY, parent_id integer CONSTRAINT below_parent REFERENCES planted.parents, text text,
    CHECK (planted.spring('checked')));
CREATE TABLE planted.parted (id integer NOT NULL, account_id integer, made timestamptz NOT NULL, name text, at integer NOT NULL)
    PARTITION BY RANGE ((at + planted.zero('partition_key')));
CREATE TABLE planted.parted_1 PARTITION OF planted.parted FOR VALUES FROM (0) TO (10);
ALTER TABLE planted.parted_1 ADD CHECK (planted.spring('part_checked')), ADD PRIMARY KEY (id);
CREATE INDEX ON planted.parted_1 (name) WHERE planted.spring('part_predicate');
CREATE TABLE planted.heirs (id integer PRIMARY KEY, account_id integer, made timestamptz NOT NULL, name text);
CREATE TABLE planted.heirs_1 (CHECK (planted.spring('child_checked'))) INHERITS (planted.heirs);
CREATE TABLE planted.sealed (id integer PRIMARY KEY, account_id integer, secret primecloud.sealed, CHECK (planted.spring('checked')));
CREATE TABLE planted.plaintext (id planted.number PRIMARY KEY, account_id integer, secret text, kind planted.kind, name text,
    line boolean GENERATED ALWAYS AS (planted.spring('generated', name)) STORED,
    CHECK (planted.spring('checked')), CHECK (planted.spring('checked_row', name)));
CREATE TABLE planted.shared (code text, CHECK (planted.spring('checked')));
CREATE TABLE planted.archive (LIKE planted.parents);
CREATE TABLE planted.ruled (id integer);
CREATE TABLE planted.members (account_id integer, user_id text, role text, CHECK (planted.spring('checked')));
CREATE TABLE planted.inventory (key text, size bigint, mod_time timestamptz, number planted.number, CHECK (planted.spring('checked')));
INSERT INTO planted.parents SELECT g, 1, 'p' || g FROM generate_series(1, 20) AS g;
INSERT INTO planted.rows (id, account_id, parent_id, name, kind, secret) SELECT g, 1, g, 'r' || g, 'a',
        'plaintext' FROM generate_series(1, 20) AS g;
INSERT INTO planted.below SELECT g, g, 'b' || g FROM generate_series(1, 20) AS g;
INSERT INTO planted.parted SELECT g, 1, '2020-01-01', 'q' || g, g % 10 FROM generate_series(1, 20) AS g;
INSERT INTO planted.heirs SELECT g, 1, '2020-01-01', 'h' || g FROM generate_series(1, 20) AS g;
INSERT INTO planted.heirs_1 SELECT g, 1, '2020-01-01', 'i' || g FROM generate_series(21, 30) AS g;
INSERT INTO planted.inventory SELECT 'k' || g, g, '2020-01-01', g FROM generate_series(1, 20) AS g;
INSERT INTO planted.plaintext (id, account_id, secret, kind) SELECT g, 1, 'plain', 'a' FROM generate_series(1, 20) AS g;
INSERT INTO planted.members VALUES (1, 'ann', 'owner');
CREATE FUNCTION planted.plant(rel regclass, col name) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE INDEX ON %s (%I) WHERE planted.spring(''predicate'')', rel, col);
    EXECUTE format('CREATE INDEX ON %s ((planted.spring(''expression'')))', rel);
    EXECUTE format('CREATE INDEX ON %s ((planted.spring(''expression'', %I::text))) WHERE planted.spring(''predicate'', %2$I::text)',
        rel, col);
    EXECUTE format('CREATE STATISTICS %s_stat ON (planted.zero(''statistics'')), %I FROM %1$s', rel, col);
    EXECUTE format('CREATE TRIGGER a BEFORE INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION planted.on_row()', rel);
    EXECUTE format('CREATE TRIGGER b AFTER INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW WHEN (planted.spring(''condition''))
        EXECUTE FUNCTION planted.on_row()', rel);
    EXECUTE format('CREATE TRIGGER c AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON %s FOR EACH STATEMENT
        EXECUTE FUNCTION planted.on_statement()', rel);
    EXECUTE format('CREATE CONSTRAINT TRIGGER d AFTER INSERT OR UPDATE OR DELETE ON %s DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
        EXECUTE FUNCTION planted.on_row()', rel);
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER a', rel);
    EXECUTE format('CREATE POLICY trap ON %s USING (planted.spring(''policy'', %I::text)) WITH CHECK (planted.spring(''policy''))', rel,
        col);
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', rel);
    EXECUTE format('GRANT ALL ON %s TO lending_maintenance, lending_platform', rel);
END $$;
SELECT planted.plant(r::regclass, c) FROM (VALUES ('planted.parents', 'name'), ('planted.rows', 'name'), ('planted.below', 'text'),
        ('planted.heirs', 'name'),
    ('planted.heirs_1', 'name'), ('planted.sealed', 'id'), ('planted.members', 'user_id'), ('planted.inventory', 'key'),
        ('planted.shared', 'code'), ('planted.plaintext', 'name')) AS t(r, c);
CREATE VIEW planted.looking AS SELECT * FROM planted.rows WHERE planted.spring('view', name);
CREATE VIEW planted.asking WITH (security_invoker) AS SELECT * FROM planted.rows WHERE planted.spring('invoker', name);
CREATE RULE trap AS ON INSERT TO planted.ruled DO ALSO SELECT planted.spring('rule');
SELECT primecloud.create_schema('planted_cloud', register => false);
CREATE FUNCTION planted.plant_plane(rel regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE INDEX ON %s ((planted.spring(''plane_predicate''))) WHERE planted.spring(''plane_predicate'')', rel);
    EXECUTE format('ALTER TABLE %s ADD CHECK (planted.spring(''plane_checked''))', rel);
    EXECUTE format('CREATE TRIGGER trap BEFORE INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION planted.on_row()', rel);
END $$;
SELECT planted.plant_plane('planted_cloud.' || r) FROM unnest('{schema_version,schema_parts,schema_roles,accounts}'::text[]) AS r;
RESET ROLE;
GRANT SELECT ON ALL TABLES IN SCHEMA planted TO lending_maintenance, lending_platform;
-- Registered and held, so that maintenance has something to do.
SET ROLE lending_mallory;
SELECT primecloud.seal_column('planted.sealed', 'secret', 'planted.sealed', maintenance_role => 'lending_maintenance');
SELECT primecloud.retain('planted.rows', 'made', '1 day', tenant_column => 'account_id', id_column => 'id',
    maintenance_role => 'lending_maintenance');
SELECT primecloud.retain('planted.parted', 'made', '1 day', id_column => 'id', maintenance_role => 'lending_maintenance');
SELECT primecloud.retain('planted.heirs', 'made', '1 day', maintenance_role => 'lending_maintenance');
RESET ROLE;
CREATE FUNCTION harness.envelope(id integer) RETURNS primecloud.sealed LANGUAGE sql AS $$ SELECT primecloud.seal('s', '1',
        'planted.sealed', id::text) $$;
CREATE TABLE harness.envelopes AS SELECT g AS id, harness.envelope(g) AS secret FROM generate_series(1, 20) AS g;
GRANT USAGE ON SCHEMA harness TO lending_mallory;
GRANT SELECT ON harness.envelopes TO lending_mallory;
SET ROLE lending_mallory;
INSERT INTO planted.sealed SELECT id, 1, secret FROM harness.envelopes;
RESET ROLE;
SELECT primecloud.rotate_key('1');
SELECT format('host=%s port=%s dbname=%s', current_setting('unix_socket_directories'), current_setting('port'),
        current_database()) AS server \gset
SELECT set_config('harness.server', :'server', false);
\o
CREATE TABLE harness.traps AS SELECT c.relname::text AS trap, row_number() OVER (ORDER BY c.relname) AS n FROM pg_class c
WHERE relnamespace = 'traps'::regnamespace AND relkind = 'S';
CREATE FUNCTION harness.counts() RETURNS bigint[] LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    counts bigint[] := '{}';
    count bigint;
    name text;
BEGIN
    FOR name IN SELECT trap FROM harness.traps ORDER BY n LOOP
        EXECUTE format('SELECT last_value - 1 + is_called::integer FROM traps.%I', name) INTO count;
        counts := counts || count;
    END LOOP;
    RETURN counts;
END $$;
-- A session of its own for each call: what a table has is read as it is opened first.  What is
-- done is undone, but for procedures, which commit.
CREATE FUNCTION harness.send(statement text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF statement ~ '^SELECT' THEN
        PERFORM FROM harness.dblink('walk',
        'SELECT pg_catalog.count(walked.*)::text FROM (' || statement || ') AS walked') AS t(value text);
    ELSE
        PERFORM harness.dblink_exec('walk', statement);
    END IF;
END $$;
CREATE FUNCTION harness.walk(who text, statements text[], OUT outcome text, OUT sprung text[]) LANGUAGE plpgsql AS $$
DECLARE
    statement text;
    before bigint[] := harness.counts();
    alone boolean := statements[1] ~ '^CALL';
    path text;
BEGIN
    PERFORM harness.dblink_connect('walk', current_setting('harness.server') || ' application_name=walk user=' || who);
    PERFORM harness.send(s) FROM unnest(ARRAY['SET client_min_messages = error', 'SET constraint_exclusion = on',
        CASE WHEN alone THEN 'RESET row_security' ELSE 'BEGIN' END]) AS s;
    outcome := 'done';
    BEGIN
        FOREACH statement IN ARRAY statements LOOP
            PERFORM harness.send(statement);
        END LOOP;
        SELECT t.value INTO path FROM harness.dblink('walk', 'SHOW search_path') AS t(value text);
        IF NOT alone THEN PERFORM harness.send('SET CONSTRAINTS ALL IMMEDIATE'); END IF;
    EXCEPTION WHEN OTHERS THEN outcome := SQLSTATE;
    END;
    IF NOT alone THEN PERFORM harness.send('ROLLBACK'); END IF;
    PERFORM harness.dblink_disconnect('walk');
    sprung := ARRAY(SELECT t.trap FROM unnest(harness.counts()) WITH ORDINALITY AS u(count, n) JOIN harness.traps AS t USING (n)
        WHERE u.count > before[n] UNION SELECT 'search_path' WHERE path LIKE '%planted%' ORDER BY 1);
END $$;

-- The traps work: whoever types a query, or the command that a helper is for, springs them.
SELECT ok('{predicate,expression,statistics}' <@ (harness.walk('postgres',
        ARRAY['SELECT * FROM planted.rows WHERE id = 1'])).sprung,
    'a query runs what stands in indexes and statistics');
SELECT ok('{checked}' <@ (harness.walk('postgres', ARRAY['ALTER TABLE planted.rows ALTER account_id SET NOT NULL'])).sprung,
    'SET NOT NULL runs what stands in checks');
SELECT ok('{partition_key}' <@ (harness.walk('postgres', ARRAY['SELECT * FROM planted.parted'])).sprung,
        'a query runs partition keys');
SELECT ok('{casted}' <@ (harness.walk('postgres', ARRAY['SELECT kind::text FROM planted.rows'])).sprung,
        'a cast is its type''s owner''s');
SELECT ok('{view}' <@ (harness.walk('postgres', ARRAY['SELECT * FROM planted.looking'])).sprung, 'a view runs as whoever reads it');
SELECT ok('{triggered,condition,statement,domain}' <@ (harness.walk('postgres',
    ARRAY['UPDATE planted.rows SET number = 1 WHERE id = 1'])).sprung, 'triggers and domains too');
SELECT ok('{rule}' <@ (harness.walk('postgres', ARRAY['INSERT INTO planted.ruled VALUES (99)'])).sprung, 'and rules');
SELECT ok('{plane_predicate}' <@ (harness.walk('postgres', ARRAY['SELECT max(version) FROM planted_cloud.schema_version'])).sprung,
    'and what is planted in a control plane');

-- Each function, with what comes before it.  `outcome` is what it says: 'done', or its SQLSTATE.
CREATE TABLE harness.calls (n serial, name text, statements text[], outcome text DEFAULT 'done', who text DEFAULT 'postgres');
INSERT INTO harness.calls (name, statements) SELECT substring(call FROM 'primecloud\.(\w+)\('), ARRAY[call] FROM unnest(ARRAY[
    $$SELECT primecloud.protect_table('planted.parents')$$,
    $$SELECT primecloud.protect_table('planted.rows', online => true)$$,
    $$SELECT primecloud.protect_table('planted.rows', role_column => 'name', refuse => true)$$,
    $$SELECT primecloud.protect_table('planted.parted')$$,
    $$SELECT primecloud.protect_table('planted.heirs')$$,
    $$SELECT primecloud.protect_schema('planted', 'planted.parents', shared => '{shared}')$$,
    $$SELECT primecloud.protect_schema('planted', 'planted.parents', dry_run => true)$$,
    $$SELECT primecloud.share_table('planted.shared')$$,
    $$SELECT primecloud.protect_view('planted.looking')$$,
    $$SELECT primecloud.explain_access('planted.rows', 'lending_app')$$,
    $$SELECT primecloud.exempt('planted.rows', 'a reason')$$,
    $$SELECT primecloud.exemption_of('planted.rows')$$,
    $$SELECT primecloud.tenant_column('planted.rows')$$,
    $$SELECT primecloud.end_holders('planted.rows', '(0,1)')$$,
    $$SELECT primecloud.register_membership('planted.members', 'account_id', 'user_id', 'role', watch => true)$$,
    $$SELECT primecloud.seal_column('planted.plaintext', 'secret', 'planted.plaintext')$$,
    $$SELECT primecloud.sealed_column_of('planted.sealed', 'secret')$$,
    $$SELECT primecloud.allow_reseal('planted.sealed', 'secret', 'lending_maintenance')$$,
    $$SELECT primecloud.reveal('planted.sealed', 'secret', 1, 'walk')$$,
    $$SELECT primecloud.reveal('planted.sealed', 'secret', '1'::text, 'walk')$$,
    $$SELECT primecloud.open_ordered('planted.sealed', 'secret', '1', '1', 'walk')$$,
    $$SELECT primecloud.key_usage()$$,
    $$SELECT primecloud.shred_tenant('1')$$,
    $$SELECT primecloud.check_installation()$$,
    $$SELECT primecloud.reseal_batch('planted.sealed', 'secret')$$,
    $$SELECT primecloud.guard_sealed('planted.sealed')$$,
    $$SELECT primecloud.unguard_sealed('planted.sealed')$$,
    $$SELECT primecloud.unregister_sealed_column('planted.sealed', 'secret')$$,
    $$SELECT primecloud.seal_column('planted.plaintext', 'secret', 'planted.plaintext', online => true)$$,
    $$SELECT primecloud.unseal_column('planted.sealed', 'secret', unopened => 'null')$$,
    $$SELECT primecloud.unseal_column('planted.sealed', 'secret', unopened => 'null', online => true)$$,
    $$SELECT primecloud.leave('planted.sealed', dry_run => false, unopened => 'null')$$,
    $$SELECT primecloud.leave('planted.rows', dry_run => false, unopened => 'null', release => 'over')$$,
    $$SELECT primecloud.leave(schema => 'planted')$$,
    $$SELECT primecloud.leave(schema => 'planted', dry_run => false, unopened => 'null', release => 'over')$$,
    $$SELECT primecloud.retain('planted.parents', 'made', '1 day')$$,
    $$SELECT primecloud.retain('planted.parents', 'made', '1 day', mode => 'archive', archive => 'planted.archive')$$,
    $$SELECT primecloud.retain_tenant('planted.rows', '1', '2 days')$$,
    $$SELECT primecloud.may_expire('planted', 'rows')$$,
    $$SELECT primecloud.expire_preview('planted.rows')$$,
    $$SELECT primecloud.expire_preview('planted.heirs')$$,
    $$SELECT primecloud.expire_preview('planted.parted')$$,
    $$SELECT primecloud.expire_all_preview()$$,
    $$SELECT primecloud.expire_batch('planted.rows')$$,
    $$SELECT primecloud.expire_batch('planted.heirs')$$,
    $$SELECT primecloud.expire_batch('planted.parted')$$,
    $$SELECT primecloud.place_hold('planted.rows', 'a case', NULL, '1')$$,
    $$SELECT primecloud.heed_holds('planted.rows')$$,
    $$SELECT primecloud.unretain('planted.rows')$$,
    $$SELECT primecloud.lifecycle_inventory_columns('planted.inventory')$$,
    $$SELECT primecloud.lifecycle_inventory_query(NULL, NULL, 'planted.inventory', '{}', NULL, NULL, false, now())$$,
    $$SELECT primecloud.lifecycle_preview('{"Rules": [{"ID": "a", "Status": "Enabled", "Filter": {}, "Expiration": {"Days": 1}}]}',
        'planted.inventory')$$,
    $$SELECT primecloud.lifecycle_impact(NULL, '{"Rules": [{"ID": "a", "Status": "Enabled", "Filter": {}, "Expiration": {"Days": 1}}]}',
        'planted.inventory')$$,
    $$SELECT primecloud.create_schema('planted_other', register => false)$$,
    $$SELECT primecloud.check_schema('planted_cloud')$$,
    $$SELECT primecloud.grant_schema('planted_cloud', 'lending_app', 'app')$$,
    $$SELECT primecloud.revoke_schema('planted_cloud', 'lending_app')$$,
    $$SELECT primecloud.refuse_owner('planted.shared')$$,
    $$SELECT primecloud.review('planted')$$,
    $$SELECT primecloud.review('planted', 'lending_app')$$,
    $$SELECT primecloud.review('planted_cloud', 'lending_app')$$,
    $$SELECT primecloud.review_baseline('planted')$$,
    $$SELECT primecloud.review_gate('planted', checks => '{exemption_expired}')$$,
    $$SELECT primecloud.review_report('planted', format => 'sarif')$$,
    $$SELECT primecloud.review_policies('planted')$$,
    $$SELECT primecloud.review_prove('planted.rows', 'lending_app')$$,
    $$SELECT primecloud.review_change('CREATE TABLE planted.another (id integer)', 'planted', 'lending_app')$$,
    $$SELECT primecloud.contract('planted', '{"role": "lending_app"}')$$,
    $$SELECT primecloud.contract('planted_cloud')$$,
    $$SELECT primecloud.backfill('planted.rows', 'UPDATE planted.rows SET name = name || ''x''')$$,
    $$SELECT primecloud.schema_roles('planted_cloud')$$,
    $$SELECT primecloud.schema_version('planted_cloud')$$]) AS call;
INSERT INTO harness.calls (name, statements, outcome) VALUES
    ('migrate_schema', ARRAY[$$SELECT primecloud.migrate_schema('planted_cloud')$$], '42501'),
    ('seal_column', ARRAY[$$SELECT primecloud.seal_column('planted.plaintext', 'kind', 'planted.kind')$$], '42501'),
    ('seal_for', ARRAY[$$SELECT primecloud.seal_for('planted.sealed', 'secret', 1, 's')$$], '42501'),
    ('retire_key', ARRAY[$$SELECT primecloud.retire_key((SELECT min(key_id) FROM primecloud.key_status WHERE tenant = '1'))$$], '55006');
-- A table called sealed has the name of a helper of what is emitted.
INSERT INTO harness.calls (name, statements) SELECT substring(call FROM 'primecloud\.(\w+)\('),
    ARRAY[$$COMMENT ON TABLE planted.sealed IS '@name SealedRow'$$, call] FROM unnest(ARRAY[
    $$SELECT primecloud.contract('planted')$$,
    $$SELECT * FROM primecloud.contract_problems('planted')$$,
    $$SELECT primecloud.contract_fingerprint('planted')$$,
    $$SELECT primecloud.contract_typescript('planted')$$,
    $$SELECT primecloud.contract_zod('planted')$$,
    $$SELECT primecloud.contract_json_schema('planted')$$,
    $$SELECT primecloud.contract_drizzle('planted')$$,
    $$SELECT primecloud.contract_gate(primecloud.contract('planted'), 'planted')$$]) AS call;
INSERT INTO harness.calls (name, statements) VALUES
    ('protect_child', ARRAY[$$SELECT primecloud.protect_table('planted.parents')$$,
        $$SELECT primecloud.protect_child('planted.below', 'planted.parents')$$]),
    ('protect_child', ARRAY[$$SELECT primecloud.protect_table('planted.parents')$$,
        $$SELECT primecloud.protect_child('planted.below', 'planted.parents', online => true)$$]),
    ('protect_people', ARRAY[$$SELECT primecloud.register_membership('planted.members', 'account_id', 'user_id', 'role')$$,
        'SET ROLE lending_mallory', 'ALTER TABLE planted.rows DROP COLUMN account_id CASCADE',
        'ALTER TABLE planted.parted DROP COLUMN account_id', 'ALTER TABLE planted.heirs DROP COLUMN account_id', 'RESET ROLE',
        'RESET search_path',
        $$SELECT primecloud.protect_people('planted.rows', 'name')$$, $$SELECT primecloud.protect_people('planted.parted', 'id')$$,
        $$SELECT primecloud.protect_people('planted.heirs', 'name')$$, $$SELECT primecloud.protect_people('planted.heirs')$$]),
    ('protect_schema', ARRAY[$$SELECT primecloud.register_membership('planted.members', 'account_id', 'user_id', 'role')$$,
        $$SELECT primecloud.protect_people('planted.shared', 'code')$$,
        $$SELECT primecloud.protect_schema('planted', 'planted.parents', people => '{shared}', app_role => 'lending_app')$$]),
    (NULL, ARRAY[$$SELECT primecloud.register_membership('planted.members', 'account_id', 'user_id', 'role')$$,
        $$SELECT primecloud.enter_trusted('1', 'ann')$$, $$SELECT primecloud.colleagues_text('developer')$$,
        $$SELECT primecloud.colleagues_uuid()$$, $$SELECT primecloud.colleagues_bigint()$$,
        $$SELECT primecloud.unprotected_tables()$$]),
    ('protect_fk', ARRAY[$$SELECT primecloud.protect_table('planted.parents')$$, $$SELECT primecloud.protect_table('planted.rows')$$,
        $$SELECT primecloud.protect_fk('planted.rows', 'rows_parent')$$]),
    ('unprotect_fk', ARRAY[$$SELECT primecloud.protect_table('planted.parents')$$, $$SELECT primecloud.protect_table('planted.rows')$$,
        $$SELECT primecloud.protect_fk('planted.rows', 'rows_parent')$$, $$SELECT primecloud.unprotect_fk('planted.rows',
        'rows_parent')$$]),
    ('protect_unique', ARRAY[$$SELECT primecloud.protect_table('planted.rows')$$,
        $$SELECT primecloud.protect_unique('planted.rows', 'rows_name')$$]),
    ('unprotect_unique', ARRAY[$$SELECT primecloud.protect_table('planted.rows')$$,
        $$SELECT primecloud.protect_unique('planted.rows', 'rows_name')$$, $$SELECT primecloud.unprotect_unique('planted.rows',
        'rows_name')$$]),
    ('confine_table', ARRAY[$$SELECT primecloud.protect_table('planted.rows')$$, $$SELECT primecloud.confine_table('planted.rows',
        'id')$$]),
    ('unconfine_table', ARRAY[$$SELECT primecloud.protect_table('planted.rows')$$, $$SELECT primecloud.confine_table('planted.rows',
        'id')$$,
        $$SELECT primecloud.unconfine_table('planted.rows')$$]),
    ('copy_target', ARRAY[$$SELECT primecloud.protect_table('planted.rows')$$, $$SELECT primecloud.copy_target('planted.rows')$$]),
    ('drop_copy_target', ARRAY[$$SELECT primecloud.protect_table('planted.rows')$$, $$SELECT primecloud.copy_target('planted.rows')$$,
        $$SELECT primecloud.drop_copy_target('planted.rows')$$]),
    ('migrating', ARRAY[$$SELECT primecloud.protect_table('planted.rows')$$,
        $$SELECT primecloud.migrating('planted', '{rows}')$$, $$SELECT primecloud.migrated()$$]),
    ('validate_constraint', ARRAY['ALTER TABLE planted.rows ADD CONSTRAINT late FOREIGN KEY (parent_id)
            REFERENCES planted.parents NOT VALID',
        $$SELECT primecloud.validate_constraint('planted.rows', 'late')$$]),
    ('assert_isolated', ARRAY[$$SELECT primecloud.protect_table('planted.rows')$$,
        $$SELECT primecloud.assert_isolated('planted.rows', 'lending_app')$$]),
    ('unprotect_table', ARRAY[$$SELECT primecloud.protect_table('planted.rows')$$, $$SELECT primecloud.unprotect_table('planted.rows')$$]),
    ('unprotect_view', ARRAY[$$SELECT primecloud.protect_view('planted.looking')$$,
        $$SELECT primecloud.unprotect_view('planted.looking')$$]),
    ('unretain_tenant', ARRAY[$$SELECT primecloud.retain_tenant('planted.rows', '1', '2 days')$$,
        $$SELECT primecloud.unretain_tenant('planted.rows', '1')$$]),
    ('release_hold', ARRAY[$$SELECT primecloud.place_hold('planted.rows', 'a case', NULL, '1')$$,
        $$SELECT primecloud.release_hold('planted.rows', (SELECT max(id) FROM primecloud_internal.retention_hold), 'over')$$]),
    (NULL, ARRAY[$$SELECT primecloud.register_membership('planted.members', 'account_id', 'user_id', 'role',
        watch => true)$$, $$SELECT primecloud.leave()$$,
        $$SELECT primecloud.leave(schema => 'planted_cloud', dry_run => false, unopened => 'null', release => 'over')$$,
        $$SELECT primecloud.leave(schema => 'planted', dry_run => false, unopened => 'null', release => 'over')$$]),
    ('leave', ARRAY[$$SELECT primecloud.protect_table('planted.parents')$$, $$SELECT primecloud.protect_table('planted.rows')$$,
        $$SELECT primecloud.protect_fk('planted.rows', 'rows_parent')$$, $$SELECT primecloud.protect_unique('planted.rows', 'rows_name')$$,
        $$SELECT primecloud.leave(schema => 'planted', dry_run => false, unopened => 'null', release => 'over')$$]),
    -- What the scripts of online => true call, on a second column of mallory's making.
    ('seal_column', ARRAY[$$ALTER TABLE planted.plaintext ADD COLUMN primecloud_3 primecloud.sealed$$,
        $$SELECT primecloud_internal.convert_rows('planted.plaintext', 'secret', 'primecloud_3', 'account_id', 'id', 'l', 0, 9, 'refuse')$$,
        $$SELECT primecloud_internal.finish_rows('planted.plaintext', 'secret', 'primecloud_3', 'account_id', 'id', 'l', 'refuse')$$]),
    ('unseal_column', ARRAY[$$ALTER TABLE planted.sealed ADD COLUMN primecloud_3 text$$,
        $$SELECT primecloud_internal.convert_rows('planted.sealed', 'secret', 'primecloud_3', 'account_id', 'id', 'planted.sealed', 0, 9,
            'envelope')$$]),
    -- The guard, at what is harmless by itself.
    (NULL, ARRAY[$$SELECT primecloud.protect_table('planted.rows')$$, 'ALTER TABLE planted.rows ADD COLUMN extra integer',
        'DROP TABLE planted.below']),
    ('reseal', ARRAY[$$CALL primecloud.reseal('planted.sealed', 'secret')$$]),
    ('expire', ARRAY[$$CALL primecloud.expire('planted.rows', batch => 5, max_duration => '1 minute')$$]),
    ('expire_all', ARRAY[$$CALL primecloud.expire_all()$$]);
-- The same hands as those who do it every night.
INSERT INTO harness.calls (name, statements, who) SELECT name, statements, 'lending_maintenance' FROM harness.calls
    WHERE name IN ('reseal', 'reseal_batch', 'key_usage', 'expire', 'expire_all', 'expire_batch', 'expire_preview', 'expire_all_preview',
        'may_expire');
INSERT INTO harness.calls (name, statements, who) SELECT name, statements, 'lending_platform' FROM harness.calls
    WHERE name = 'reveal';
UPDATE harness.calls SET outcome = '42501' WHERE who = 'lending_platform';  -- whose is held by policies, and mallory's are refused
CREATE TABLE harness.walked AS SELECT c.*, (w).outcome AS got, (w).sprung FROM harness.calls c, LATERAL harness.walk(who, statements) AS w;
SELECT is(got || CASE WHEN sprung <> '{}' THEN ' ' || sprung::text ELSE '' END, outcome,
    concat_ws(' ', who, 'walks past what is planted:', statements[cardinality(statements)])) FROM harness.walked ORDER BY n;

-- Who adds a function adds it here: what takes a table, a schema or a name is walked, or does
-- not look into what it is given.
SELECT bag_eq($$SELECT DISTINCT p.proname::text FROM pg_proc p WHERE p.pronamespace IN ('primecloud'::regnamespace,
        'planted_cloud'::regnamespace)
    AND (p.proargtypes::oid[] && '{regclass,name,oid}'::regtype[]::oid[]
        OR p.proname ~ '_schema$|expire|^key_usage$|^retire_key$|^shred_tenant$|^check_installation$')$$,
    $$SELECT name FROM harness.calls WHERE name IS NOT NULL UNION SELECT unnest(ARRAY[
        -- names of roles to make
        'create_app_role', 'create_backup_role', 'create_gate_role', 'create_maintenance_role', 'create_platform_role',
        'create_worker_role',
        -- a job of the scheduler's, and the name of its role
        'schedule_maintenance',
        -- refused before anything is looked at where there is no Citus; on a cluster each step is its owner's (test/citus)
        'distribute_schema', 'distribute_table', 'undistribute_schema', 'undistribute_table',
        -- a table of the schema's own, for its commands
        'take_row',
        -- values alone
        'lifecycle_restore_expires'])$$,
    'every function that looks into what others own is walked');
SELECT * FROM finish();
