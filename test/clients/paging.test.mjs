// Keyset paging as an application does it: node-postgres, a pool, a token of jose's for each
// transaction, and the text of a page passed on.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { generateKeyPair } from 'jose';
import pg from 'pg';
import { asSuperuser, inside, newIssuer, server } from './entering.mjs';

const pool = new pg.Pool({ ...server, user: 'clients_app', max: 3 });
const page = 'SELECT cursor, primecloud.to_camel_json(item)::text AS json FROM cloud.orders_page($1, $2)';
let issue, owner, account, other;

before(async () => {
  issue = await newIssuer('paging');
  [{ owner, account, other }] = await asSuperuser(`SELECT u.id AS owner, a.id AS account, b.id AS other
    FROM cloud.users u, cloud.accounts a, cloud.accounts b WHERE u.email = 'owner1@example.com' AND a.slug = 'account-1' AND b.slug = 'account-2'`);
});
after(() => pool.end());

const fetch = async (cursor, size) => inside(pool, await issue(owner, account), async (client) => (await client.query(page, [cursor, size])).rows);

test('every order is met once, newest first, each page in a transaction of its own', async () => {
  const expected = await asSuperuser('SELECT id FROM cloud.orders WHERE account_id = $1 ORDER BY created_at DESC, id DESC', [account]);
  assert.ok(expected.length > 500, `the largest account has ${expected.length} orders`);
  const met = [];
  let cursor = null, pages = 0;
  for (;;) {
    const rows = await fetch(cursor, 50);
    if (rows.length === 0) break;
    met.push(...rows.map((row) => JSON.parse(row.json).id));
    cursor = rows.at(-1).cursor;
    pages++;
  }
  assert.deepEqual(met, expected.map((row) => row.id));
  assert.equal(pages, Math.ceil(expected.length / 50));
});

test('the page before is the page one came from', async () => {
  const first = await fetch(null, 20), second = await fetch(first.at(-1).cursor, 20);
  const back = await inside(pool, await issue(owner, account), (client) =>
    client.query('SELECT cursor FROM cloud.orders_page_before($1, $2)', [second[0].cursor, 20]));
  assert.deepEqual(back.rows.map((row) => row.cursor), first.map((row) => row.cursor));
});

test('an item is what the application shows: camelCase, ISO times, nested sides, no secret', async () => {
  const [row] = await fetch(null, 1);
  const item = JSON.parse(row.json);
  assert.equal(item.accountId, account);
  assert.equal(item.account.id, account);
  assert.match(item.createdAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
  assert.equal(typeof item.totalCents, 'number');
  assert.ok('vpsConfig' in item && 'product' in item);
  assert.doesNotMatch(row.json, /secret|password|token/i);
});

test('a cursor belongs to its account, its list and itself', async () => {
  const [{ cursor }] = await fetch(null, 1);
  const refused = (promise) => assert.rejects(promise, { code: '22023' });
  const elsewhere = await issue(owner, other);
  await refused(inside(pool, elsewhere, (client) => client.query(page, [cursor, 50])));
  await refused(inside(pool, await issue(owner, account), (client) => client.query('SELECT * FROM cloud.buckets_page($1, 50)', [cursor])));
  await refused(fetch(cursor.slice(0, 20) + (cursor[20] === 'x' ? 'y' : 'x') + cursor.slice(21), 50));
  await refused(fetch('', 50));
});

test('without a good token there is no page', async () => {
  const { privateKey } = await generateKeyPair('EdDSA');
  const bad = { 'another key': await issue(owner, account, { key: privateKey }), 'past its time': await issue(owner, account, { expires: '-1m' }),
    'no member of the account': await issue('00000000-0000-7000-8000-000000000000', account), 'no token': 'x' };
  for (const [what, token] of Object.entries(bad)) {
    await assert.rejects(inside(pool, token, (client) => client.query(page, [null, 1])), { code: '28000' }, what);
  }
  await assert.rejects(pool.query(page, [null, 1]), { code: '42501' }, 'a connection that has entered nothing');
});

test('what one transaction entered is gone in the next', async () => {
  const single = new pg.Pool({ ...server, user: 'clients_app', max: 1 });
  await inside(single, await issue(owner, account), (client) => client.query(page, [null, 1]));
  await assert.rejects(single.query(page, [null, 1]), { code: '42501' });
  await single.end();
});
