-- The file for Drizzle: what drizzle-kit push is told is what it reads, and everybody else is told what there is.
SELECT plan(26);
CREATE SCHEMA beside;
CREATE TABLE beside.people (id int PRIMARY KEY);
CREATE SCHEMA d;
SET search_path = d, public;
CREATE DOMAIN email AS text;
CREATE SEQUENCE free START 5;
CREATE TABLE filled (
    id int PRIMARY KEY, whole bigint DEFAULT 0, big bigint DEFAULT -1, part numeric DEFAULT 1.50, doc jsonb DEFAULT '{"a": 1.0}',
    list text[] DEFAULT '{}', mail email, kept primecloud.sealed, cut text DEFAULT 'a::b', sorted text COLLATE "C", next bigserial);
CREATE TABLE keyed (
    b int, a int, c int, person int REFERENCES beside.people, up_a int, up_b int, CONSTRAINT keyed_pk PRIMARY KEY (a, b),
    CONSTRAINT keyed_up FOREIGN KEY (up_a, up_b) REFERENCES keyed DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT keyed_nulls UNIQUE NULLS NOT DISTINCT (c), CONSTRAINT semicolon CHECK (b::text <> ';'));
CREATE INDEX carrying ON keyed (a) INCLUDE (c);
CREATE INDEX lowered ON keyed (lower(a::text) DESC);
ALTER TABLE keyed ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY hidden ON keyed USING (a::text <> 'a--b');
CREATE TABLE parted (id int) PARTITION BY LIST (id);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES IN (1);
CREATE DOMAIN whole AS int;
CREATE DOMAIN lists AS text[];
CREATE DOMAIN document AS jsonb;
CREATE TABLE typed (w whole, l lists, d document, o oid, b bytea, n primecloud.byte_size, ww whole[], at point, r text DEFAULT E'a\r\nb');
CREATE TABLE told AS SELECT primecloud.contract_drizzle('d') AS file;
CREATE FUNCTION tells(part text) RETURNS boolean LANGUAGE sql AS $$ SELECT strpos(t.file, part) > 0 FROM d.told AS t $$;

SELECT ok(tells('whole: bigint("whole", { mode: "bigint" }).default(0 as never)'), 'a bigint''s default is no bigint of JavaScript''s');
SELECT ok(tells($$.default(pushed ? sql`'-1'` : sql`'-1'::integer`)$$), 'what drizzle-kit cuts casts off of');
SELECT ok(tells($$.default(pushed ? sql`'1.50'` : sql`1.50`)$$), 'a numeric''s default');
SELECT ok(tells($$.default(pushed ? rewritten("{\"a\": 1.0}", "jsonb") : sql`'{"a": 1.0}'::jsonb`)$$), 'a document, rewritten');
SELECT ok(tells($$.default(pushed ? sql`'{""}'` : sql`'{}'::text[]`)$$), 'an array, which drizzle-kit reads with an element');
SELECT ok(tells($$mail: custom(pushed ? "d.email" : "d\".\"email")("mail")$$), 'a domain');
SELECT ok(tells($$kept: custom(pushed ? "sealed" : "primecloud\".\"sealed")("kept")$$), 'a type of an extension');
SELECT ok(tells($$.default(pushed ? sql`'a` : sql`'a::b'::text`)$$), 'a literal that drizzle-kit cuts');
SELECT ok(tells($$sorted: custom(pushed ? "text" : "text COLLATE pg_catalog.\"C\"")("sorted")$$), 'a collation');
SELECT ok(tells('next: bigserial("next", { mode: "bigint" }).notNull()'), 'a bigserial');
SELECT ok(tells('export const free = schema.sequence("free", { startWith: "5"'), 'a sequence that is nobody''s');
SELECT ok(tells('columns: pushed ? [table.b, table.a] : [table.a, table.b]'), 'a primary key');
SELECT ok(tells('const besidePeople = pgSchema("beside").table("people", { id: text("id") });'), 'a table of another schema');
SELECT ok(tells('.onUpdate("no action deferrable initially deferred" as never)'), 'what stands behind the actions of a foreign key');
SELECT ok(tells('(table): PgTableExtraConfigValue[] => ['), 'tables that refer to each other have types that do not');
SELECT ok(tells('unique("keyed_nulls").on(table.c) : unique("keyed_nulls").on(table.c).nullsNotDistinct()'), 'NULLS NOT DISTINCT');
SELECT ok(tells($$check("semicolon", sql`((b)::text <> U&'\\003B'::text)`)$$), 'a semicolon by its code');
SELECT ok(tells($$.asc().nullsLast(), table.c.asc().nullsLast()) : index("carrying").using("btree", sql`a) INCLUDE (c`)$$), 'INCLUDE');
SELECT ok(tells($$using("btree", expression("desc", "first"))$$), 'an expression, as drizzle-kit reads it');
SELECT ok(tells($$using: sql`((a)::text <> U&'a\\002D-b'::text)${forced("\"d\".\"keyed\"")}`$$), 'FORCE, and two dashes by their code');
SELECT ok(tells('export const parted1 = pushed ? _parted1 : undefined;'), 'a partition is for push alone');
SELECT ok(tells('export const parted = pushed ? (undefined as never) : _parted;'), 'and the table that it is of for all others');
-- Each with the type that the driver gives.
SELECT ok(tells('w: custom<number>(') AND tells('o: custom<number>("oid")("o")') AND tells('n: custom(pushed ? "byte_size"'), 'numbers');
SELECT ok(tells('l: custom<(string | null)[]>(') AND tells('b: custom<globalThis.Uint8Array>("bytea")') AND tells('ww: custom(pushed'),
    'lists and bytes; the text of an array that no driver parses');
SELECT ok(tells('"d\".\"document", (value) => globalThis.JSON.stringify(value))("d")')
    AND tells('at: custom<{ x: number; y: number }>("point"'),
    'what the driver would write otherwise');
SELECT ok(tells(E'sql`\'a\\r\nb\'`'), 'a carriage return by its escape: a template makes a line feed of it');
