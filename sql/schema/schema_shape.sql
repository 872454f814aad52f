-- What is otherwise in a control plane whose tables are distributed: unique keys with the account in them, policies
-- that hold on shards, tables that stay on the coordinator.  The bodies of its functions are in schema_bodies().

CREATE FUNCTION primecloud_internal.schema_apart(source name, of text, OUT relation name, OUT name name, OUT made text)
    RETURNS SETOF record
    LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 20 SET search_path = pg_catalog, pg_temp
AS $schema_apart$
BEGIN
    RETURN QUERY EXECUTE format('SELECT split_part(s.name, ''.'', 1)::name, split_part(s.name, ''.'', 2)::name, s.statement
        FROM %I.schema_statements() s WHERE s.kind = ''distributed '' || $1 ORDER BY s."position"', source) USING of;
END
$schema_apart$;
COMMENT ON FUNCTION primecloud_internal.schema_apart(name, text)
    IS 'what a control plane declares for distributed tables: keys, conditions of policies, tables that stay, rows';

-- Citus shows its shards beside the tables, where it is asked to.
CREATE FUNCTION primecloud_internal.is_shard(rel oid) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $is_shard$
    SELECT EXISTS (SELECT FROM primecloud_internal.shards_here() AS s WHERE s = rel)
$is_shard$;
COMMENT ON FUNCTION primecloud_internal.is_shard(oid) IS 'whether a table is a part of a distributed one that lies on this server';

-- Tables of accounts by their tenant column; what has none, and is not to stay, every server gets.
CREATE FUNCTION primecloud_internal.schema_spread(schema name, source name, OUT rel regclass, OUT tenant_column name) RETURNS SETOF record
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 50 SET search_path = pg_catalog, pg_temp
AS $schema_spread$
    SELECT c.oid::regclass, t.c FROM pg_class c, primecloud.tenant_column(c.oid) AS t(c)
    WHERE c.relnamespace = to_regnamespace(quote_ident(schema)) AND c.relkind IN ('r', 'p') AND NOT c.relispartition
        AND NOT primecloud_internal.is_shard(c.oid) AND c.relname NOT IN ('schema_version', 'schema_parts')
        AND c.relname NOT IN (SELECT a.relation FROM primecloud_internal.schema_apart(source, 'local') a)
    ORDER BY t.c IS NOT NULL, c.relname <> 'accounts', c.relname
$schema_spread$;
COMMENT ON FUNCTION primecloud_internal.schema_spread(name, name)
    IS 'the tables of a control plane that go to other servers, those that each has whole before those that lie by account';

CREATE FUNCTION primecloud_internal.schema_key_steps(schema name, source name, distributed boolean, these name[] DEFAULT NULL)
    RETURNS SETOF primecloud_internal.plan_step
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $schema_key_steps$
DECLARE
    key record;
    rel text;
BEGIN
    FOR key IN SELECT a.relation, a.name, starts_with(a.made, 'UNIQUE') AS is_constraint,
            CASE WHEN distributed THEN a.made ELSE primecloud_internal.schema_plain_key(source, a.relation, a.name) END AS made
            FROM primecloud_internal.schema_apart(source, 'key') a WHERE these IS NULL OR a.name = ANY (these) LOOP
        rel := format('%I.%I', schema, key.relation);
        RETURN NEXT primecloud_internal.step('drop key', rel, CASE WHEN key.is_constraint
            THEN format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS %I', rel, key.name)
            ELSE format('DROP INDEX IF EXISTS %I.%I', schema, key.name) END);
        RETURN NEXT primecloud_internal.step('key', rel, CASE WHEN key.is_constraint
            THEN format('ALTER TABLE %s ADD CONSTRAINT %I %s', rel, key.name, key.made)
            ELSE replace(key.made, '@schema@', quote_ident(schema)) END);
    END LOOP;
END
$schema_key_steps$;
COMMENT ON FUNCTION primecloud_internal.schema_key_steps(name, name, boolean, name[])
    IS 'the steps by which unique keys, all or some, have the account in them, or are those of one server';

-- As the statements that make the table say it.
CREATE FUNCTION primecloud_internal.schema_plain_key(source name, relation name, key name) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $schema_plain_key$
    SELECT coalesce((SELECT s.statement FROM primecloud_internal.schema_source(source, false) s WHERE s.kind = 'index' AND s.name = key),
        (SELECT substring(t.made FROM format('CONSTRAINT %s (UNIQUE \([^)]*\))', key))
            FROM primecloud_internal.schema_source(source, false) s, LATERAL (SELECT s.statement) AS t(made)
            WHERE s.kind = 'table' AND s.name = relation))
$schema_plain_key$;
COMMENT ON FUNCTION primecloud_internal.schema_plain_key(name, name, name) IS 'a unique key as it is on one server';

-- On shards a policy of its own would let in what it should keep out: what it asks stands in the one that shows rows.
CREATE FUNCTION primecloud_internal.narrow_policy(rel regclass, condition text) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $narrow_policy$
BEGIN
    PERFORM primecloud_internal.lift_guard();
    EXECUTE format('ALTER POLICY primecloud_select ON %s USING (%s AND (%s))', rel, (SELECT pg_get_expr(p.polqual, p.polrelid)
        FROM pg_policy p WHERE p.polrelid = rel AND p.polname = 'primecloud_select'), condition);
END
$narrow_policy$;
COMMENT ON FUNCTION primecloud_internal.narrow_policy(regclass, text) IS 'adds a condition to the policy by which a table shows its rows';

CREATE FUNCTION primecloud_internal.schema_policy_steps(schema name, source name, distributed boolean)
    RETURNS SETOF primecloud_internal.plan_step
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $schema_policy_steps$
BEGIN
    IF distributed THEN
        RETURN QUERY SELECT 'drop policy', p.polrelid::regclass::text, format('DROP POLICY %I ON %s', p.polname, p.polrelid::regclass)
            FROM primecloud_internal.schema_apart(source, 'condition') a
            JOIN pg_policy p ON p.polname = a.name AND p.polrelid = to_regclass(format('%I.%I', schema, a.relation));
    END IF;
    RETURN QUERY SELECT s.* FROM primecloud_internal.schema_spread(schema, source) t,
        LATERAL primecloud_internal.shape_steps(t.rel, schema_policy_steps.distributed) AS s WHERE t.tenant_column IS NOT NULL;
    IF distributed THEN
        RETURN QUERY SELECT 'policy', format('%I.%I', schema, a.relation),
            format('SELECT primecloud_internal.narrow_policy(%L, %L)', format('%I.%I', schema, a.relation), a.made)
            FROM primecloud_internal.schema_apart(source, 'condition') a;
    ELSE
        RETURN QUERY SELECT 'policy', format('%I.%I', schema, a.relation), replace(s.statement, '@schema@', quote_ident(schema))
            FROM primecloud_internal.schema_apart(source, 'condition') a
            JOIN primecloud_internal.schema_source(source, false) s ON s.kind = 'policy' AND s.name = a.relation || '.' || a.name;
    END IF;
END
$schema_policy_steps$;
COMMENT ON FUNCTION primecloud_internal.schema_policy_steps(name, name, boolean)
    IS 'the steps by which policies of a control plane hold on shards, or are those of one server';
