-- Code of an attacker's in every schema that role :app can write, and a place where it says
-- who ran it: harness.loot.  SELECT harness.plant('common'), harness.plant(:'app') plants it;
-- a search path that finds it is the attacker's to set.
\o /dev/null
CREATE SCHEMA IF NOT EXISTS harness;
CREATE TABLE harness.loot (who name, what text);
GRANT USAGE ON SCHEMA harness TO PUBLIC;
GRANT INSERT ON harness.loot TO PUBLIC;
SELECT set_config('harness.planter', :'app', false);
-- (Not in public, where the test's own functions are.)
CREATE SCHEMA common;
GRANT CREATE, USAGE ON SCHEMA common TO :app;
CREATE SCHEMA :app AUTHORIZATION :app;
-- An attacker lets everybody in.
GRANT USAGE ON SCHEMA common, :app TO PUBLIC;
-- Overloads for everything that the extension's bodies call, in the attacker's own schema and
-- in one that everyone writes, for the types that would fit better than the ones pg_catalog has.
CREATE FUNCTION harness.plant(space text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    one record;
    planted bigint := 0;
BEGIN
    EXECUTE format('SET LOCAL ROLE %I', current_setting('harness.planter'));
    FOR one IN
        SELECT f.name, t.args, t.result
            FROM unnest(ARRAY['format', 'quote_ident', 'quote_literal', 'pg_has_role', 'coalesce_', 'left', 'btrim', 'substr', 'strpos',
            'replace', 'regexp_replace', 'array_to_string',
                'pg_get_expr', 'pg_get_indexdef', 'pg_get_constraintdef', 'pg_partition_tree', 'pg_get_userbyid', 'has_table_privilege',
                    'has_function_privilege', 'obj_description', 'current_setting',
                'to_regclass', 'concat_ws', 'unnest', 'now', 'clock_timestamp', 'format_type', 'lower', 'length', 'octet_length',
                    'hashtext', 'pg_relation_size', 'count', 'max', 'min', 'enter', 'tenant_int']) AS f(name),
             (VALUES ('text', 'text'), ('name', 'text'), ('regclass', 'text'), ('oid', 'text'), ('name, oid, text', 'boolean'),
                 ('oid, text', 'boolean'), ('name, name', 'boolean'), ('text, text', 'text'), ('text, name', 'text'),
                     ('text, regclass', 'text'), ('text, name, regclass', 'text'), ('regclass, text', 'text'), ('name, int', 'text'),
                         ('', 'text')) AS t(args, result)
    LOOP
        EXECUTE format('CREATE FUNCTION %I.%I(%s) RETURNS %s LANGUAGE plpgsql AS $f$ BEGIN INSERT INTO harness.loot VALUES (current_user, '
            '%L); RETURN NULL; END $f$', space, one.name, one.args, one.result, one.name);
        planted := planted + 1;
    END LOOP;
    FOR one IN
        SELECT op, l, r FROM unnest(ARRAY['=', '<>', '||', '~', '!~', '~~', '@>', '<', '>=']) AS op,
            unnest(ARRAY['text', 'name', 'oid', 'regclass', '"char"', 'name[]', 'text[]', 'int2']) AS l,
                            unnest(ARRAY['text', 'name', 'oid', 'regclass', '"char"', 'unknown', 'name[]']) AS r
        WHERE r <> 'unknown'
    LOOP
        EXECUTE format('CREATE OR REPLACE FUNCTION %I.planted_operator(%s, %s) RETURNS boolean LANGUAGE plpgsql AS $f$ BEGIN INSERT INTO '
            'harness.loot VALUES (current_user, %L); RETURN true; END $f$', space, one.l, one.r, 'operator ' || one.op);
        EXECUTE format('CREATE OPERATOR %I.%s (FUNCTION = %I.planted_operator, LEFTARG = %s, RIGHTARG = %s)', space, one.op, space, one.l,
            one.r);
        planted := planted + 1;
    END LOOP;
    RESET ROLE;
    RETURN planted;
END $$;
\o
