-- What is registered follows its object: each kind of registration by each thing that happens to tables, as a table of what
-- must be true afterwards.  Done by the table's owner, who is no superuser.
SELECT no_plan();
SET client_min_messages = warning;
CREATE ROLE registrations_owner;
CREATE ROLE registrations_heir;
CREATE ROLE registrations_thief;
GRANT registrations_heir TO registrations_owner;
SELECT format('ALTER DATABASE %I OWNER TO registrations_owner', current_database()) \gexec
SELECT format('GRANT CREATE ON DATABASE %I TO registrations_heir', current_database()) \gexec
GRANT CREATE ON SCHEMA public TO registrations_owner, registrations_heir, registrations_thief;

-- A table with rows that are due (1, 2) and one that is not, partitioned, under all kinds of registration.
CREATE FUNCTION make_registered(kind text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    CREATE SCHEMA m;
    GRANT ALL ON SCHEMA m TO registrations_heir, registrations_thief;
    CREATE TABLE m.t (id int NOT NULL, account_id int NOT NULL, made timestamptz NOT NULL, secret primecloud.sealed, note text,
        parent int, CONSTRAINT t_key PRIMARY KEY (account_id, id), CONSTRAINT t_note CHECK (note <> '')) PARTITION BY LIST (account_id);
    CREATE TABLE m.t_1 PARTITION OF m.t FOR VALUES IN (1);
    CREATE TABLE m.t_2 PARTITION OF m.t FOR VALUES IN (2);
    INSERT INTO m.t SELECT n, 1, CASE n WHEN 3 THEN now() ELSE '2000-01-01' END FROM generate_series(1, 3) AS n;
    INSERT INTO m.t VALUES (4, 2, now());
    IF kind = 'sealed column' THEN
        PERFORM primecloud.seal_column('m.t', 'secret', 'registrations.secret');
    ELSIF kind = 'exemption' THEN
        PERFORM primecloud.exempt('m.t', 'a reason');
    ELSIF kind = 'membership' THEN
        PERFORM primecloud.register_membership('m.t', 'account_id', 'id', 'note');
    ELSIF kind = 'tenant constraint' THEN
        CREATE TABLE m.parents (id int PRIMARY KEY, account_id int NOT NULL);
        ALTER TABLE m.t ADD CONSTRAINT t_parent FOREIGN KEY (parent) REFERENCES m.parents (id);
        PERFORM primecloud.protect_table('m.parents'), primecloud.protect_table('m.t'), primecloud.protect_fk('m.t', 't_parent');
    ELSE
        PERFORM primecloud.retain('m.t', 'made', '1 year', tenant_column => 'account_id', id_column => 'id');
    END IF;
    IF kind = 'hold of a row' THEN
        PERFORM primecloud.place_hold('m.t', 'case 1', row_id => '1');
    ELSIF kind = 'hold of a tenant' THEN
        PERFORM primecloud.place_hold('m.t', 'case 2', tenant => '1');
    ELSIF kind = 'hold of a table' THEN
        PERFORM primecloud.place_hold('m.t', 'case 3');
    END IF;
END $$;

-- What a table is registered as: the label of its sealed column, or the rows that are left by what expires.
CREATE FUNCTION registered(kind text, rel text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    IF to_regclass(rel) IS NULL THEN
        RETURN 'there is no ' || rel;
    END IF;
    IF kind = 'sealed column' THEN
        SELECT concat_ws(' ', s.label, s.tenant_column, s.id_column) INTO answer FROM pg_attribute a,
            LATERAL primecloud.sealed_column_of(rel, a.attname) AS s
        WHERE a.attrelid = rel::regclass AND a.atttypid = 'primecloud.sealed'::regtype;
        RETURN answer;
    END IF;
    IF kind = 'exemption' THEN
        RETURN coalesce(primecloud.exemption_of(rel), 'nothing');
    ELSIF kind = 'membership' THEN
        RETURN coalesce((SELECT part || ' ' || role_column FROM primecloud_internal.registered_as(rel)), 'nothing');
    ELSIF kind = 'tenant constraint' THEN
        SELECT conname INTO answer FROM pg_constraint WHERE conrelid = rel::regclass AND contype = 'f' AND conparentid = 0;
        IF answer IS NULL THEN
            RETURN 'nothing';
        END IF;
        BEGIN
            EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', rel, answer);
            RETURN 'not guarded';
        EXCEPTION WHEN insufficient_privilege THEN
            RETURN 'guarded';
        END;
    END IF;
    PERFORM primecloud.expire_batch(rel, 100);
    EXECUTE format('SELECT string_agg((to_jsonb(t) ->> (SELECT attname FROM pg_attribute WHERE attrelid = %L::regclass AND attnum = 1)), '
        ''','' ORDER BY 1) FROM %s AS t', rel, rel) INTO answer;
    RETURN answer;
EXCEPTION WHEN undefined_object THEN
    RETURN 'nothing';
END $$;

-- What comes of one statement after another on such a table; nothing of it stays.
CREATE FUNCTION after(kind text, statements text[], rel text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    statement text;
BEGIN
    SET LOCAL ROLE registrations_owner;
    PERFORM make_registered(kind);
    FOREACH statement IN ARRAY statements LOOP
        EXECUTE statement;
    END LOOP;
    RAISE EXCEPTION USING ERRCODE = 'RB000', MESSAGE = coalesce(registered(kind, rel), 'empty');
EXCEPTION
    WHEN SQLSTATE 'RB000' THEN RETURN SQLERRM;
    WHEN OTHERS THEN RETURN SQLSTATE || ' ' || SQLERRM;
END $$;

CREATE TABLE change (n int GENERATED ALWAYS AS IDENTITY, what text, statements text[], rel text, only_kind text);
INSERT INTO change (what, statements, rel) VALUES
    ('nothing', '{}', 'm.t'),
    ('rename table', '{ALTER TABLE m.t RENAME TO u}', 'm.u'),
    ('rename table as an index', '{ALTER INDEX m.t RENAME TO u}', 'm.u'),
    ('rename chain', '{ALTER TABLE m.t RENAME TO u,ALTER TABLE m.u RENAME TO v,ALTER TABLE m.v RENAME TO t}', 'm.t'),
    ('another takes the old name', '{ALTER TABLE m.t RENAME TO u,"CREATE TABLE m.t (LIKE m.u INCLUDING ALL)"}', 'm.u'),
    ('names are exchanged', '{"CREATE TABLE m.other (LIKE m.t INCLUDING ALL)",ALTER TABLE m.t RENAME TO x,ALTER TABLE m.other RENAME TO t,'
        'ALTER TABLE m.x RENAME TO other}', 'm.other'),
    ('rename within a function', '{DO $d$ BEGIN ALTER TABLE m.t RENAME TO u; END $d$}', 'm.u'),
    ('rename that is undone', '{DO $d$ BEGIN ALTER TABLE m.t RENAME TO u; PERFORM 1/0; EXCEPTION WHEN division_by_zero THEN NULL; END $d$}',
        'm.t'),
    ('rename id column', '{ALTER TABLE m.t RENAME id TO ident}', 'm.t'),
    ('rename tenant column', '{ALTER TABLE m.t RENAME account_id TO tenant}', 'm.t'),
    ('rename other column', '{ALTER TABLE m.t RENAME made TO born,ALTER TABLE m.t RENAME secret TO hidden}', 'm.t'),
    ('columns exchange names', '{ALTER TABLE m.t RENAME id TO x,ALTER TABLE m.t RENAME account_id TO id,ALTER TABLE m.t RENAME x TO '
        'account_id}', 'm.t'),
    ('rename constraint', '{ALTER TABLE m.t RENAME CONSTRAINT t_key TO key_of_t}', 'm.t'),
    ('rename schema', '{ALTER SCHEMA m RENAME TO n}', 'n.t'),
    ('set schema', '{ALTER TABLE m.t SET SCHEMA public}', 'public.t'),
    ('change owner', '{ALTER TABLE m.t OWNER TO registrations_heir,ALTER TABLE m.t_1 OWNER TO registrations_heir,'
        'ALTER TABLE m.t_2 OWNER TO registrations_heir}', 'm.t'),
    ('attach partition', '{"CREATE TABLE m.t_3 (LIKE m.t INCLUDING ALL)",ALTER TABLE m.t ATTACH PARTITION m.t_3 FOR VALUES IN (3)}', 'm.t'),
    ('partition that is attached', '{"CREATE TABLE m.t_3 (LIKE m.t INCLUDING ALL)",'
        'ALTER TABLE m.t ATTACH PARTITION m.t_3 FOR VALUES IN (3)}', 'm.t_3'),
    ('detach partition', '{ALTER TABLE m.t DETACH PARTITION m.t_2}', 'm.t'),
    ('partition that is detached', '{ALTER TABLE m.t DETACH PARTITION m.t_2}', 'm.t_2'),
    ('detached and renamed', '{ALTER TABLE m.t DETACH PARTITION m.t_2,ALTER TABLE m.t_2 RENAME TO u}', 'm.u'),
    ('detached and attached', '{ALTER TABLE m.t DETACH PARTITION m.t_2,ALTER TABLE m.t ATTACH PARTITION m.t_2 FOR VALUES IN (2)}', 'm.t_2'),
    ('drop partition', '{DROP TABLE m.t_2}', 'm.t'),
    ('drop', '{DROP TABLE m.t}', 'm.t'),
    ('drop and recreate', '{"CREATE TABLE m.u (LIKE m.t INCLUDING ALL)",DROP TABLE m.t,ALTER TABLE m.u RENAME TO t}', 'm.t'),
    ('drop schema', '{DROP SCHEMA m CASCADE}', 'm.t'),
    ('drop owned', '{DROP OWNED BY registrations_owner}', 'm.t'),
    ('truncate', '{TRUNCATE m.t}', 'm.t'),
    ('truncate partition', '{TRUNCATE m.t_2}', 'm.t'),
    ('made a child of another', '{"CREATE TABLE m.u (LIKE m.t) PARTITION BY LIST (account_id)",'
        'ALTER TABLE m.u ATTACH PARTITION m.t DEFAULT}', 'm.t');
INSERT INTO change (what, statements, rel, only_kind) VALUES
    ('rename the constraint', '{ALTER TABLE m.t RENAME CONSTRAINT t_parent TO parent_of_t}', 'm.t', 'tenant constraint'),
    ('rename and undo', '{ALTER TABLE m.t RENAME CONSTRAINT t_parent TO parent_of_t,"SELECT primecloud.unprotect_fk(''m.t'', '
        '''parent_of_t'')"}', 'm.t', 'tenant constraint'),
    ('rename what it leans on', '{ALTER INDEX m.parents_account_id_id_key RENAME TO parents_both,ALTER TABLE m.parents DROP CONSTRAINT '
        'parents_both CASCADE}', 'm.t', 'tenant constraint');
CREATE TABLE wanted (kind text, same text, otherwise jsonb);
INSERT INTO wanted VALUES
    ('sealed column', 'registrations.secret account_id id', '{
        "rename id column": "registrations.secret account_id ident", "rename tenant column": "registrations.secret tenant id",
        "columns exchange names": "registrations.secret id account_id", "drop": "there is no m.t", "drop and recreate": "nothing",
        "drop schema": "there is no m.t", "drop owned": "there is no m.t",
        "made a child of another": "42501 column \"secret\" of m.t is sealed as \"registrations.secret\", that of m.u under none"}'),
    ('retention policy', '3,4', '{
        "partition that is attached": "nothing", "partition that is detached": "nothing", "detached and renamed": "nothing",
        "detached and attached": "nothing", "detach partition": "3", "drop partition": "3", "drop": "there is no m.t",
        "drop and recreate": "nothing", "drop schema": "there is no m.t", "drop owned": "there is no m.t", "truncate": "empty",
        "truncate partition": "3", "columns exchange names": "3,4"}');
INSERT INTO wanted VALUES
    ('exemption', 'a reason', '{"partition that is attached": "nothing", "partition that is detached": "nothing",
        "detached and renamed": "nothing", "detached and attached": "nothing", "drop": "there is no m.t", "drop and recreate": "nothing",
        "drop schema": "there is no m.t", "drop owned": "there is no m.t"}'),
    ('membership', 'members note', '{"partition that is attached": "nothing", "partition that is detached": "nothing",
        "detached and renamed": "nothing", "detached and attached": "nothing", "drop": "there is no m.t", "drop and recreate": "nothing",
        "drop schema": "there is no m.t", "drop owned": "there is no m.t"}'),
    ('tenant constraint', 'guarded', '{"drop": "there is no m.t", "drop and recreate": "nothing",
        "drop schema": "there is no m.t", "drop owned": "there is no m.t", "rename and undo": "not guarded",
        "detached and attached": "nothing", "rename what it leans on": "42501 protected table m.parents would lose constraint parents_both",
        "attach partition": "42501 no tenant has been entered in this transaction",
        "partition that is attached": "42501 no tenant has been entered in this transaction"}');
INSERT INTO wanted SELECT kind, same, jsonb_build_object(
        'partition that is attached', 'nothing', 'detach partition', taken || ' detached' || open, 'partition that is detached', taken
        || ' detached' || open, 'detached and renamed', taken || ' detached' || open, 'detached and attached', taken || ' detached' || open,
        'drop partition', taken || ' dropped' || open, 'drop', whole || ' dropped' || open,
        'drop and recreate', whole || ' dropped' || open,
        'drop schema', whole || ' dropped' || open, 'drop owned', whole || ' dropped' || open,
        'truncate', '55006 table m.t_1 cannot be emptied' || open,
        'truncate partition', taken || ' emptied' || open, 'made a child of another', whole || ' taken into m.u' || open)
FROM (VALUES ('hold of a row', '1,3,4'), ('hold of a tenant', '1,2,3,4'), ('hold of a table', '1,2,3,4')) AS h(kind, same),
    (VALUES ('55006 table m.t_2 cannot be', '55006 table m.t cannot be', ': 1 legal hold is open')) AS t(taken, whole, open);
SELECT is(after(w.kind, c.statements, c.rel),
    CASE WHEN w.otherwise ? c.what THEN w.otherwise ->> c.what ELSE w.same END, format('%s: %s', w.kind, c.what))
FROM wanted w JOIN change c ON c.only_kind IS NULL OR c.only_kind = w.kind ORDER BY w.kind, c.n;
SELECT * FROM finish();
