// drizzle-kit pull on a control plane: code that tsc --strict takes, with the types, the
// foreign keys and the relations that the catalog has.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { createTableRelationsHelpers, extractTablesRelationalConfig, getTableName, is, normalizeRelation, One } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core';
import pg from 'pg';
import { tsImport } from 'tsx/esm/api';
import { asSuperuser, inside, newIssuer, server } from './entering.mjs';

const run = (...command) => {
  const { status, stdout, stderr } = spawnSync('node_modules/.bin/' + command[0], command.slice(1), { encoding: 'utf8' });
  return { status, output: stdout + stderr };
};
const read = (name) => readFileSync(`pulled/${name}.ts`, 'utf8');
const pool = new pg.Pool({ ...server, user: 'clients_app' });
let tables, foreignKeys, config;

before(async () => {
  const pulled = run('drizzle-kit', 'pull', '--config', 'drizzle.config.ts');
  assert.equal(pulled.status, 0, pulled.output);
});
after(() => pool.end());

test('nothing is unknown', () => {
  assert.doesNotMatch(read('schema'), /\bunknown\(|TODO/);
});

test('tsc --strict takes it as it is', () => {
  const { strict } = JSON.parse(readFileSync('tsconfig.json', 'utf8')).compilerOptions;
  assert.equal(strict, true);
  const checked = run('tsc', '-p', 'tsconfig.json');
  assert.equal(checked.output, '');
  assert.equal(checked.status, 0);
});

test('the page leaves out the tables that are left out here', () => {
  const [filter] = readFileSync('drizzle.config.ts', 'utf8').match(/  tablesFilter: \[.*?\n  \],\n/s);
  assert.ok(readFileSync('read-models.md', 'utf8').includes(filter), filter);
});

test('they are the private ones, and the books of the schema itself', async () => {
  const expected = await asSuperuser(`SELECT c.relname::text AS name FROM pg_class c WHERE c.relnamespace = 'cloud'::regnamespace AND c.relkind IN ('r', 'v')
    AND obj_description(c.oid, 'pg_class') NOT LIKE 'private: %' AND c.relname NOT LIKE 'schema\\_%' ORDER BY c.relname COLLATE "C"`);
  const pulled = [...read('schema').matchAll(/InCloud = cloud\.(?:table|view)\("(\w+)"/g)].map(([, name]) => name);
  assert.deepEqual(pulled.sort(), expected.map((row) => row.name));
});

test('every table and view that the application may read is there, with all its columns', async () => {
  const schema = await tsImport('./pulled/schema.ts', import.meta.url);
  const relations = await tsImport('./pulled/relations.ts', import.meta.url);
  tables = Object.values(schema).filter((value) => is(value, PgTable));
  config = extractTablesRelationalConfig({ ...schema, ...relations }, createTableRelationsHelpers);
  config.schema = { ...schema, ...relations };
  const columns = new Set(tables.flatMap((table) => getTableConfig(table).columns.map((column) => `${getTableName(table)}.${column.name}`)));
  const expected = await asSuperuser(`SELECT format('%s.%s', c.relname, a.attname) AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'cloud'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped AND has_column_privilege('clients_app', c.oid, a.attnum, 'SELECT')`);
  assert.ok(expected.length > 200);
  assert.deepEqual(expected.map((row) => row.name).filter((name) => !columns.has(name)), []);
});

test('its foreign keys pair the columns that the catalog pairs', async () => {
  const rows = await asSuperuser(`SELECT k.conname AS name, c.relname AS of, p.relname AS to,
      array_agg(format('%s=%s', a.attname, b.attname) ORDER BY a.attnum) AS pairs, array_agg(a.attname::text ORDER BY a.attnum) AS columns,
      array_agg(b.attname::text ORDER BY a.attnum) AS keys
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class p ON p.oid = k.confrelid, unnest(k.conkey, k.confkey) AS u(x, y),
      pg_attribute a, pg_attribute b WHERE k.contype = 'f' AND k.connamespace = 'cloud'::regnamespace
      AND a.attrelid = k.conrelid AND a.attnum = x AND b.attrelid = k.confrelid AND b.attnum = y GROUP BY 1, 2, 3`);
  foreignKeys = new Map(rows.map((row) => [row.name, row]));
  let compared = 0;
  for (const table of tables) {
    for (const key of getTableConfig(table).foreignKeys) {
      const { columns, foreignColumns, foreignTable } = key.reference();
      const inCatalog = foreignKeys.get(key.getName());
      assert.equal(getTableName(foreignTable), inCatalog.to);
      assert.deepEqual(columns.map((column, i) => `${column.name}=${foreignColumns[i].name}`).sort(), [...inCatalog.pairs].sort(), key.getName());
      compared++;
    }
  }
  const names = new Set(tables.map(getTableName));
  assert.equal(compared, rows.filter((row) => names.has(row.of)).length);
});

// A relation of Drizzle's joins by the first column of a key alone.  That is right where
// the column is a foreign key's, and finds one row within an account.
test('each relation follows a foreign key to one row', async () => {
  const unique = new Set((await asSuperuser(`SELECT format('%s.%s', c.relname, min(a.attname)) AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey) AND a.attname <> 'account_id'
    WHERE i.indisunique AND i.indpred IS NULL AND c.relnamespace = 'cloud'::regnamespace GROUP BY c.relname, i.indexrelid HAVING count(*) = 1`))
    .map((row) => row.name).concat('account_billing.account_id', 'account_smtp.account_id'));
  let followed = 0;
  for (const table of Object.values(config.tables)) {
    for (const relation of Object.values(table.relations)) {
      const { fields, references } = normalizeRelation(config.tables, config.tableNamesMap, relation);
      assert.equal(fields.length, 1);
      const [from, to] = is(relation, One) ? [fields[0], references[0]] : [references[0], fields[0]];
      const pair = `${from.name}=${to.name}`, of = getTableName(from.table), target = getTableName(to.table);
      assert.ok([...foreignKeys.values()].some((key) => key.of === of && key.to === target && key.pairs.includes(pair)), `${of}.${pair} of ${target} is no foreign key`);
      assert.ok(unique.has(`${target}.${to.name}`), `${target}.${to.name} does not identify a row`);
      followed++;
    }
  }
  assert.ok(followed > 50, `${followed} relations`);
  const ones = Object.values(config.tables).flatMap((table) => Object.values(table.relations)).filter((relation) => is(relation, One)).length;
  const names = new Set(tables.map(getTableName));
  assert.equal(ones, [...foreignKeys.values()].filter((key) => names.has(key.of)).length, 'one for each foreign key');
});

test('its queries find, in an entered account, what SQL finds', async () => {
  const [{ owner, account, other }] = await asSuperuser(`SELECT u.id AS owner, a.id AS account, b.id AS other
    FROM cloud.users u, cloud.accounts a, cloud.accounts b WHERE u.email = 'owner1@example.com' AND a.slug = 'account-1' AND b.slug = 'account-2'`);
  const issue = await newIssuer('pull');
  const seen = await inside(pool, await issue(owner, account), async (client) => {
    const db = drizzle(client, { schema: config.schema });
    return {
      orders: await db.query.ordersInCloud.findMany({ with: { productsInCloud: true, accountsInCloud: true, vpsConfigsInClouds: true }, limit: 100 }),
      accounts: await db.query.accountsInCloud.findMany({ with: { accountMembersInClouds: { with: { accountsInCloud: true } } } }),
    };
  });
  assert.equal(seen.orders.length, 100);
  for (const order of seen.orders) {
    assert.equal(order.accountsInCloud.id, account);
    assert.equal(order.productsInCloud?.id ?? null, order.productId);
    assert.equal(order.vpsConfigsInClouds.length, order.orderType === 'vps' ? 1 : 0);
    for (const vps of order.vpsConfigsInClouds) assert.equal(vps.orderId, order.id);
  }
  assert.ok(seen.orders.some((order) => order.vpsConfigsInClouds.length === 1));
  // who owns this account is a member of another, too: the rows are this account's
  const [found] = seen.accounts;
  assert.equal(seen.accounts.length, 1);
  assert.equal(found.ownerUserId, owner);
  assert.deepEqual(found.accountMembersInClouds.filter((member) => member.userId === owner).map((member) => [member.accountId, member.role]), [[account, 'owner']]);
  assert.equal(found.accountMembersInClouds.length, 2);
  for (const member of found.accountMembersInClouds) assert.equal(member.accountsInCloud.id, account);
  assert.notEqual(account, other);
});

test('the pages name the versions that are tested', () => {
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
  const named = { 'read-models.md': ['drizzle-kit', 'drizzle-orm', 'typescript'], 'types.md': ['pg', 'drizzle-orm'] };
  for (const [page, packages] of Object.entries(named)) {
    const text = readFileSync(page, 'utf8').replace(/\s+/g, ' ');
    for (const name of packages) assert.ok(text.includes(`${name} ${dependencies[name]}`), `${page} does not name ${name} ${dependencies[name]}`);
  }
});
