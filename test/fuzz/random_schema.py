#!/usr/bin/env python3
"""random_schema.py SEED [STATEMENTS]: SQL that makes a schema "wild" of whatever a catalog can hold, for review().

The same seed gives the same text.  Many statements fail, and are meant to: what is left is what
nobody would write.  The text ends with what review() is asked about it.
"""
import random
import sys

seed = int(sys.argv[1])
most = int(sys.argv[2]) if len(sys.argv) > 2 else 80
pick = random.Random(seed)
TYPES = ["integer", "bigint", "text", "uuid", "boolean", "timestamptz", "numeric(9,2)", "jsonb", "text[]", "int4range", "wild.mood", "wild.code",
         "wild.pair", "bytea", "varchar(7)", "char(3)", "inet", "money", "real", "name", "date", "interval", "point", "regclass", "json", "xml", "bit(4)"]
CONTEXTS = ["primecloud.tenant_int()", "primecloud.tenant_uuid()", "primecloud.user_text()", "current_setting('app.tenant', true)",
            "current_setting('app.tenant')::integer", "nullif(current_setting('app.tenant', true), '')::uuid", "current_user::text", "wild.who()",
            "(SELECT wild.who())", "(current_setting('request.jwt.claims', true)::jsonb ->> 'sub')", "session_user::text", "wild.who_is(1)", "NULL"]
COLUMNS = ["id", "account_id", "tenant_id", "org_id", "user_id", "owner_id", "status", "created_at", "password", "api_key", "email", "total_price",
           "is_public", "body", "Odd Name", 'qu"ote', "select", "x", "tags", "parent_id", "role", "\u00fcber", "raw_user_meta_data", "a.b"]
# Columns that many tables have, each of its type, and what fits them: without these nearly nothing would stand.
USUAL = {"id": "bigint", "account_id": "integer", "tenant_id": "uuid", "user_id": "text", "status": "text", "is_public": "boolean"}
FITTING = ["account_id = primecloud.tenant_int()", "account_id = current_setting('app.tenant', true)::integer", "account_id IS NULL", "account_id > 7", "is_public",
           "NOT is_public", "status = 'open'", "status IN ('a', 'b')", "user_id = current_user", "user_id = wild.who()", "id = account_id", "account_id = wild.who_is(account_id)",
           "primecloud.tenant_int() = account_id + 0", "tenant_id = primecloud.tenant_uuid()", "tenant_id = ANY (ARRAY[primecloud.tenant_uuid(), NULL])",
           "coalesce(account_id = primecloud.tenant_int(), is_public)", "(account_id, status) = (primecloud.tenant_int(), 'x')", "status ~ wild.who()", "1 = 1", "false", "NULL"]
tables, functions = ["wild.ground", "wild.above"], []


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def some(options, least=1, at_most=3):
    return [pick.choice(options) for _ in range(pick.randint(least, at_most))]


def column():
    return quoted(pick.choice(COLUMNS))


def table():
    return pick.choice(tables[:4] if pick.random() < .5 else tables)


def constant():
    return pick.choice(["1", "0", "-1", "'x'", "''", "NULL", "true", "false", "'{}'", "'2001-01-01'", "now()", "'00000000-0000-0000-0000-000000000000'",
                        "ARRAY['a','b']", "ARRAY[1,2]", "'{1,2}'", "9999999999999999999", "'\\x00'", "random()", "DEFAULT_" if pick.random() < .01 else "2"])


def value(depth):
    way = pick.randint(0, 11)
    if depth <= 0 or way < 3:
        return pick.choice([column, constant, lambda: pick.choice(CONTEXTS)])()
    inner = lambda: value(depth - 1)
    return [lambda: f"coalesce({inner()}, {inner()})", lambda: f"nullif({inner()}, {inner()})", lambda: f"({inner()})::{pick.choice(TYPES)}",
            lambda: f"CASE WHEN {predicate(depth - 1)} THEN {inner()} ELSE {inner()} END", lambda: f"lower(({inner()})::text)",
            lambda: f"(SELECT {inner()} FROM {table()} AS t LIMIT 1)", lambda: f"ARRAY[{inner()}, {inner()}]", lambda: f"({inner()} + {inner()})",
            lambda: f"ARRAY(SELECT {column()} FROM {table()} AS t WHERE {predicate(depth - 1)})"][way - 3]()


def predicate(depth):
    way = pick.randint(0, 15)
    if pick.random() < .6 * (depth < 2):
        return f"({pick.choice(FITTING)})"
    if depth <= 0 or way < 4:
        return f"({value(1)} {pick.choice(['=', '=', '=', '<>', '<', '>=', 'IS DISTINCT FROM', 'IS NOT DISTINCT FROM', '~', 'LIKE', '@>'])} {value(1)})"
    inner = lambda: predicate(depth - 1)
    return [lambda: f"({inner()} AND {inner()})", lambda: f"({inner()} OR {inner()})", lambda: f"(NOT {inner()})", lambda: f"({value(1)} IS NULL)",
            lambda: f"({value(1)} IS NOT NULL)", lambda: f"({inner()} IS {pick.choice(['', 'NOT '])}{pick.choice(['TRUE', 'FALSE', 'UNKNOWN'])})",
            lambda: f"({column()} = ANY ({value(depth - 1)}))", lambda: f"({column()} IN ({value(1)}, {value(1)}))",
            lambda: f"EXISTS (SELECT FROM {table()} AS t WHERE {inner()})", lambda: f"({column()} IN (SELECT {column()} FROM {table()} AS t WHERE {inner()}))",
            lambda: f"(({column()}, {column()}) = ({value(1)}, {value(1)}))", lambda: f"({column()} BETWEEN {value(1)} AND {value(1)})"][way - 4]()


def make_table():
    name = "wild." + quoted(pick.choice(["t", "orders", "audit_log", "accounts", "users", "x_old", "T able"]) + str(len(tables)))
    names = list(dict.fromkeys(pick.choice([list(USUAL), list(USUAL), ["id", "account_id"], []]) + some(COLUMNS, 0, 4)))
    parts = []
    for n in names:
        extra = pick.choices(["", " NOT NULL", f" DEFAULT {constant()}", " UNIQUE", f" CHECK ({pick.choice(FITTING)})", f" GENERATED ALWAYS AS ({value(1)}) STORED",
                              f" REFERENCES {table()}"], [30, 9, 1, 2, 1, .3, 1])[0]
        if n == "id" and pick.random() < .3:
            extra = " GENERATED ALWAYS AS IDENTITY"
        parts.append(f"{quoted(n)} {USUAL.get(n) or pick.choice(TYPES)}{extra}")
    if names and pick.random() < .6:
        parts.append(f"PRIMARY KEY ({', '.join(map(quoted, pick.choice([names[:1], names[:2], pick.sample(names, 1)])))})")
    tail = pick.choice(["", "", "", "", f" INHERITS ({table()})", f" PARTITION BY {pick.choice(['LIST', 'RANGE', 'HASH'])} ({quoted(names[0]) if names else column()})",
                        " WITH (fillfactor = 50)"])
    tables.append(name)
    kind = pick.choice(["", "", "", "", "UNLOGGED ", "TEMPORARY "])
    if kind == "TEMPORARY ":
        name = name.split(".", 1)[1]
    return f"CREATE {kind}TABLE {name} ({', '.join(parts)}){tail}"


def make_policy():
    command = pick.choice(["ALL", "SELECT", "INSERT", "UPDATE", "DELETE"])
    text = f"CREATE POLICY {quoted('p' + str(pick.randint(0, 999)))} ON {table()} AS {pick.choice(['PERMISSIVE', 'PERMISSIVE', 'RESTRICTIVE'])} FOR {command}"
    text += f" TO {pick.choice(['PUBLIC', 'wild_app', 'wild_owner', 'wild_group'])}"
    if command != "INSERT":
        text += f" USING ({predicate(4)})"
    return text + (f" WITH CHECK ({predicate(3)})" if command in ("INSERT", "UPDATE", "ALL") and pick.random() < .6 else "")


def make_view():
    name = f"wild.{quoted('v' + str(len(tables)))}"
    query = pick.choice([f"SELECT * FROM {table()} AS t WHERE {predicate(2)}", f"SELECT a.* FROM {table()} AS a, {table()} AS b",
                         f"SELECT {column()}, count(*) FROM {table()} GROUP BY 1", f"SELECT {column()} AS account_id FROM {table()} UNION SELECT {column()} FROM {table()}",
                         f"WITH RECURSIVE r AS (SELECT {column()} AS n FROM {table()} UNION SELECT n FROM r) SELECT * FROM r", f"TABLE {table()}"])
    kind = pick.choice(["VIEW", "VIEW", "MATERIALIZED VIEW"])
    option = pick.choice(["", " WITH (security_invoker)", " WITH (security_barrier = on)", " WITH (security_invoker = off)"]) if kind == "VIEW" else ""
    tables.append(name)
    return f"CREATE {kind} {name}{option} AS {query}"


def make_function():
    name = f"wild.f{len(functions)}"
    functions.append(name)
    language = pick.choice(["sql", "plpgsql", "atomic"])
    options = " ".join([pick.choice(["STABLE", "IMMUTABLE", "VOLATILE"]), pick.choice(["", "SECURITY DEFINER"]), pick.choice(["", "LEAKPROOF", "STRICT"]),
                        pick.choice(["", "SET search_path = pg_catalog, pg_temp", "SET search_path = \"$user\", public"])])
    query = f"SELECT count(*) FROM {table()} AS t WHERE {predicate(2)}"
    head = f"CREATE FUNCTION {name}(a {pick.choice(TYPES)} DEFAULT NULL) RETURNS {pick.choice(['bigint', 'bigint', 'trigger', 'SETOF bigint'])} {options} LANGUAGE "
    if language == "atomic":
        return f"{head}sql BEGIN ATOMIC {query}; END"
    body = query if language == "sql" else pick.choice([f"BEGIN RETURN ({query}); END", f"BEGIN EXECUTE 'SELECT 1 FROM {table()}'; RETURN NULL; END", "BEGIN RETURN NEW; END", "BEGIN oops"])
    return f"{head}{language} AS $wild${body}$wild$"


def make_other():
    return pick.choice([
        lambda: f"ALTER TABLE {table()} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
        lambda: f"ALTER TABLE {table()} ENABLE ROW LEVEL SECURITY",
        lambda: f"GRANT {pick.choice(['ALL', 'SELECT', 'INSERT, UPDATE', 'TRUNCATE, REFERENCES', f'SELECT ({column()})'])} ON {table()} TO {pick.choice(['PUBLIC', 'wild_app', 'wild_group'])}",
        lambda: f"CREATE {pick.choice(['', 'UNIQUE '])}INDEX ON {table()} USING {pick.choice(['btree', 'btree', 'hash', 'gin', 'gist', 'brin'])} ({pick.choice([column(), column(), f'({value(1)})'])})"
                + pick.choice(["", f" WHERE {predicate(1)}"]),
        lambda: f"ALTER TABLE {table()} ADD FOREIGN KEY ({column()}) REFERENCES {table()} ON DELETE {pick.choice(['CASCADE', 'SET NULL', 'SET DEFAULT'])} NOT VALID",
        lambda: f"ALTER TABLE {table()} ADD CHECK ({predicate(2)}) NOT VALID",
        lambda: f"CREATE TABLE wild.{quoted('part' + str(pick.randint(0, 99)))} PARTITION OF {table()} DEFAULT",
        lambda: f"CREATE RULE {quoted('r' + str(pick.randint(0, 9)))} AS ON {pick.choice(['INSERT', 'UPDATE', 'DELETE'])} TO {table()} DO {pick.choice(['ALSO', 'INSTEAD'])} {pick.choice(['NOTHING', f'DELETE FROM {table()}', f'SELECT * FROM {table()}'])}",
        lambda: f"CREATE TRIGGER {quoted('g' + str(pick.randint(0, 9)))} BEFORE INSERT ON {table()} FOR EACH ROW EXECUTE FUNCTION {pick.choice(functions or ['wild.none'])}()",
        lambda: f"ALTER TABLE {table()} DISABLE TRIGGER ALL",
        lambda: f"COMMENT ON COLUMN {table()}.{column()} IS {pick.choice(['$$@pii$$', '$$@public x$$', '$$@secret$$', '$$primecloud: {$$'])}",
        lambda: f"ALTER TABLE {table()} DROP COLUMN {column()} CASCADE",
        lambda: f"ALTER TABLE {table()} OWNER TO {pick.choice(['wild_owner', 'wild_app'])}",
        lambda: f"DO $wild$ BEGIN PERFORM primecloud.protect_table({table()!r}, {pick.choice(['account_id', 'tenant_id'])!r}); END $wild$",
        lambda: f"DROP FUNCTION {pick.choice(functions or ['wild.none'])} CASCADE",
    ])()


print("""CREATE SCHEMA wild;
GRANT USAGE ON SCHEMA wild TO PUBLIC;
CREATE TYPE wild.mood AS ENUM ('good', 'bad');
CREATE DOMAIN wild.code AS text CHECK (VALUE ~ '^[a-z]*$');
CREATE TYPE wild.pair AS (a integer, b text);
CREATE TABLE wild.above (id bigint PRIMARY KEY, account_id integer NOT NULL, tenant_id uuid, user_id text, status text, is_public boolean);
CREATE TABLE wild.ground (LIKE wild.above INCLUDING ALL);
CREATE FUNCTION wild.who() RETURNS text STABLE LANGUAGE sql AS $$ SELECT current_setting('app.tenant', true) $$;
CREATE FUNCTION wild.who_is(integer) RETURNS integer STABLE LANGUAGE plpgsql AS $$ BEGIN RETURN current_setting('app.tenant'); END $$;""")
for _ in range(most):
    print(pick.choices([make_table, make_policy, make_view, make_function, make_other], [3, 6, 2, 2, 8] if len(tables) > 4 else [9, 1, 1, 1, 1])[0]() + ";")
