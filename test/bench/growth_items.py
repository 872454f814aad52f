"""What test/bench/growth measures: for each item what is prepared at a size (@n@), and the statements whose cost is its figure.

A plain item has a database with the extension, a cloud item one with the control plane, whose accounts load() makes.  `warm` is run
before, uncounted, so that the backend has its catalogs and plans; `calls` is how often `run` does the thing.  Default sizes take
some minutes together; the large ones are those at which growth was first measured.
"""
from dataclasses import dataclass


@dataclass
class Item:
    name: str
    prepare: str
    run: str
    sizes: tuple = (10, 30, 100)
    large: tuple = (10, 100, 1000)
    base: int = 1
    cloud: bool = False
    warm: str = ""
    calls: int = 1
    counts: str = ""  # asked afterwards, where the item is not a time but so many rows


def again(call, times, begin="SELECT"):
    return ";\n".join([f"{begin} {call}"] * times)


ACCOUNT = "'00000000-0000-7000-8000-00000000000a'"
ORDERS = "INSERT INTO cloud.outbox (account_id, service, object, operation, payload, status, finished_at) SELECT "
CLAIM = "SET ROLE growth_worker; SELECT count(*) FROM cloud.claim_outbox('minio', 'w', 10); RESET ROLE"
# So often that its plans are made; what it had claimed is as it was.
CLAIMED = ";\n".join([f"BEGIN; {CLAIM}; ROLLBACK"] * 7)


def claim(name, orders, sizes, large, run=CLAIM, more=""):
    return Item(f"claim_outbox, {name}", f"{orders}; {more}", run, sizes, large, 10, True, CLAIMED)


MEMBERS = """CREATE TABLE accounts (id bigint PRIMARY KEY, status text NOT NULL DEFAULT 'active');
CREATE TABLE members (account_id bigint, user_id text, role text, PRIMARY KEY (account_id, user_id));
CREATE TABLE granted (account_id bigint, user_id text, item_id bigint); CREATE INDEX ON granted (account_id, user_id);
CREATE TABLE items (id bigint PRIMARY KEY, account_id bigint NOT NULL);
SELECT primecloud.register_membership('members', 'account_id', 'user_id', 'role', accounts => 'accounts', grants => 'granted',
    grants_tenant_column => 'account_id', grants_user_column => 'user_id', grants_id_column => 'item_id');
"""
CONFINED = MEMBERS + """INSERT INTO accounts VALUES (1); INSERT INTO members VALUES (1, 'eve', 'external_client');
INSERT INTO granted SELECT 1, 'eve', i FROM generate_series(1, @n@) AS i; INSERT INTO items SELECT i, 1 FROM generate_series(1, 20000) AS i"""
ENTER = "BEGIN; SELECT primecloud.enter_trusted('1', 'eve', NULL)"
TABLES = """CREATE SCHEMA shop; CREATE TABLE shop.accounts (id bigint PRIMARY KEY);
DO $$ BEGIN FOR i IN 1 .. @n@ LOOP EXECUTE format('CREATE TABLE shop.t%s (id bigint PRIMARY KEY, %s)', i, CASE
    WHEN {} THEN 'account_id bigint NOT NULL' ELSE format('up bigint NOT NULL REFERENCES shop.t%s', greatest(i / 10, 1)) END); END LOOP; END $$"""
PROTECT = "SELECT count(*) FROM primecloud.protect_schema('shop', 'shop.accounts'{})"
DAYS = """CREATE TABLE h (account_id bigint NOT NULL, created_at timestamptz NOT NULL, id bigint) PARTITION BY RANGE (created_at);
DO $$ BEGIN FOR i IN 1 .. @n@ LOOP EXECUTE format('CREATE TABLE h%s PARTITION OF h FOR VALUES FROM (%L) TO (%L)', i,
    now()::date - @n@ - 1 + i, now()::date - @n@ + i); END LOOP; END $$; CREATE INDEX ON h (account_id, created_at);
SELECT primecloud.retain('h', 'created_at', '{}', mode => 'drop_partition', tenant_column => 'account_id')"""
PARTS = """CREATE TABLE p (id bigint, account_id bigint NOT NULL) PARTITION BY LIST (id);
DO $$ BEGIN FOR i IN 1 .. @n@ LOOP EXECUTE format('CREATE TABLE p%s PARTITION OF p FOR VALUES IN (%1$s)', i); END LOOP; END $$"""
ROWS = """CREATE TABLE r (id bigint PRIMARY KEY, account_id bigint NOT NULL, created_at timestamptz NOT NULL DEFAULT now());
INSERT INTO r SELECT i, i % 100 FROM generate_series(1, @n@) AS i; CREATE INDEX ON r (created_at)"""
POLICIES = """DO $$ BEGIN FOR i IN 1 .. @n@ LOOP EXECUTE format('CREATE TABLE r%s (id bigint, created_at timestamptz NOT NULL)', i);
    PERFORM primecloud.retain(format('r%s', i)::regclass, 'created_at', '1 year'); END LOOP; END $$"""
USAGE = "BEGIN; SELECT cloud.load_demo(@n@ / 3 + 1, 0); COMMIT"
RECORD = """SET ROLE growth_worker; SELECT cloud.record_usage(:'measured'); RESET ROLE"""
RULES = """SELECT primecloud.lifecycle_evaluate(r.config, 'p@n@/x', now() - interval '1 year') FROM r, generate_series(1, 1000)"""

ITEMS = [
    # what was worse than linear
    claim("orders of one object", f"{ORDERS} {ACCOUNT}, 'minio', 'bucket:a', CASE i WHEN 1 THEN 'create_bucket' ELSE 'set_versioning' END, '{{}}',"
          " 'pending', NULL FROM generate_series(1, @n@) AS i", (100, 1000, 10000), (100, 1000, 10000)),
    claim("orders of one object behind a dead one", f"{ORDERS} {ACCOUNT}, 'minio', 'bucket:a', 'set_versioning', '{{}}',"
          " CASE i WHEN 1 THEN 'dead' ELSE 'pending' END, CASE i WHEN 1 THEN now() END FROM generate_series(1, @n@) AS i",
          (100, 1000, 10000), (100, 1000, 10000)),
    claim("orders of one object, which it supersedes", f"{ORDERS} {ACCOUNT}, 'minio', 'bucket:a', 'set_versioning', '{{}}',"
          " 'pending', NULL FROM generate_series(1, @n@) AS i", (100, 1000, 10000), (100, 1000, 10000)),
    claim("orders that are done, 1000 pending", f"{ORDERS} {ACCOUNT}, 'minio', 'bucket:' || i, 'create_bucket', '{{}}',"
          " CASE WHEN i <= @n@ THEN 'done' ELSE 'pending' END, CASE WHEN i <= @n@ THEN now() END FROM generate_series(1, @n@ + 1000) AS i",
          (1000, 10000, 100000), (10000, 100000, 1000000)),
    claim("orders of different objects", f"{ORDERS} uuid_in(md5((i % 100)::text)::cstring), 'minio', 'bucket:' || i, 'create_bucket', '{{}}',"
          " 'pending', NULL FROM generate_series(1, @n@) AS i", (100, 1000, 10000), (100, 10000, 1000000)),
    Item("enter, confined, grants", CONFINED, again("primecloud.enter_trusted('1', 'eve', NULL); COMMIT", 5, "BEGIN; SELECT"),
         (1000, 3000, 10000), (1000, 10000, 100000), 1, False, ENTER + "; COMMIT", 5),
    Item("in_scope of 20 000 rows, grants", CONFINED, "SELECT count(*) FROM items WHERE primecloud.in_scope(id); COMMIT",
         (100, 1000, 10000), (100, 10000, 100000), 1, False, ENTER),
    Item("expire, drop_partition, nothing due, partitions", DAYS.format("10 years"), "CALL primecloud.expire('h', max_rate => 0)",
         (10, 30, 100), (50, 300, 500), 2, False, "SELECT 1"),
    Item("expire, drop_partition, half due, partitions", DAYS.format("@n@ days") + ";\nSELECT primecloud.retain('h', 'created_at', "
         "make_interval(days => @n@ / 2), mode => 'drop_partition', tenant_column => 'account_id')",
         "CALL primecloud.expire('h', max_rate => 0)", (10, 30, 100), (10, 100, 1000), 2, False, "SELECT 1"),
    Item("retention_run, rows after idle runs", ROWS + "; SELECT primecloud.retain('r', 'created_at', '1 year')",
         ";\n".join(["CALL primecloud.expire('r', max_rate => 0)"] * 2) + ";\nSELECT 1", (10, 100, 1000), (10, 100, 1000), 1,
         counts="SELECT count(*) FROM primecloud_internal.retention_run"),
    Item("protect_schema, tables with a tenant column", TABLES.format("true"), PROTECT.format(""), (10, 30, 100), (100, 1000, 3000), 1),
    Item("CREATE TABLE beside protected tables", TABLES.format("true") + "; " + PROTECT.format(""), "CREATE TABLE shop.q (id int)",
         (10, 100, 300), (100, 1000, 3000), 1, False, "CREATE TABLE shop.q0 (id int)"),
    Item("protect_schema, dry run", TABLES.format("true"), PROTECT.format(", dry_run => true"), (10, 30, 100), (100, 1000, 3000), 1),
    Item("protect_schema, tables by a foreign key", TABLES.format("i = 1"), PROTECT.format(""), (10, 30, 100), (100, 300, 1000), 1),
    Item("one more partition of a protected table", PARTS + "; SELECT count(*) FROM primecloud.protect_table('p')",
         "CREATE TABLE q PARTITION OF p FOR VALUES IN (0)", (10, 100, 300), (10, 100, 1000), 1, False,
         "CREATE TABLE q0 PARTITION OF p FOR VALUES IN (-1)"),
    Item("record_usage, buckets", USAGE + ";\nCREATE TABLE growth_measured AS SELECT jsonb_agg(jsonb_build_object('bucket', physical_name, 'at', "
         "now(), 'storage_bytes', 1)) AS m FROM (SELECT * FROM cloud.buckets LIMIT @n@) AS b",
         RECORD, (300, 1000, 3000), (3000, 10000, 30000), 30, True, "SELECT m.m AS measured FROM growth_measured m \\gset"),
    # what was linear or flat, and is to stay it
    Item("enter, members of the account", MEMBERS + "INSERT INTO accounts VALUES (1); INSERT INTO members SELECT 1, CASE i WHEN 1 THEN 'eve' ELSE i::text END,"
         " 'developer' FROM generate_series(1, @n@) AS i", again("primecloud.enter_trusted('1', 'eve', NULL); COMMIT", 20, "BEGIN; SELECT"),
         (10, 1000, 100000), (10, 1000, 100000), 1, False, ENTER + "; COMMIT", 20),
    Item("protect_table, partitions", PARTS, "SELECT count(*) FROM primecloud.protect_table('p')"),
    Item("protect_table again, partitions", PARTS + "; SELECT count(*) FROM primecloud.protect_table('p')",
         "SELECT count(*) FROM primecloud.protect_table('p')"),
    Item("expire_all, policies, nothing due", POLICIES, "CALL primecloud.expire_all(max_rate => 0)"),
    Item("expire_preview, rows", ROWS + "; SELECT primecloud.retain('r', 'created_at', '1 year')", "SELECT * FROM primecloud.expire_preview('r')",
         (10000, 30000, 100000), (100000, 1000000, 10000000), 10),
    Item("lifecycle_evaluate, 1000 times, rules", "CREATE TABLE r AS SELECT (jsonb_build_object('Rules', jsonb_agg(jsonb_build_object('ID', i::text,"
         " 'Status', 'Enabled', 'Filter', jsonb_build_object('Prefix', 'p' || i), 'Expiration', jsonb_build_object('Days', 30))))::text)"
         "::primecloud.lifecycle AS config FROM generate_series(1, @n@) AS i", RULES),
]
