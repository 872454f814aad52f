// A page of 50 orders with details, end to end in node-postgres: JSON text made in the
// database and passed on, against the bare rows of the join written by hand (all columns,
// rowMode 'array', nothing made of them: the limit) and against what applications do instead.
// Everything in one connection and one entered transaction, interleaved; a figure is the
// 10th percentile of the rounds.  ROUNDS may be set in the environment.
import assert from 'node:assert/strict';
import pg from 'pg';
import { asSuperuser, newIssuer, server } from './entering.mjs';

const rounds = Number(process.env.ROUNDS ?? 1000);
const issue = await newIssuer('bench');
const [{ owner, account }] = await asSuperuser(`SELECT owner_user_id AS owner, id AS account FROM cloud.accounts WHERE slug = 'account-1'`);

// the columns of each side, in the order of the read model
const columns = async (relation, alias, without = []) => (await asSuperuser(`SELECT attname AS name FROM pg_attribute
  WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum`, [relation]))
  .filter((row) => !without.includes(row.name)).map((row) => `${alias}.${row.name}`);
const [model] = [await asSuperuser(`SELECT attname AS name FROM pg_attribute WHERE attrelid = 'cloud.order_with_details'::regclass AND attnum > 0 AND NOT attisdropped
  AND attname NOT IN ('account', 'product', 'vps_config') ORDER BY attnum`)];
const all = [...model.map((row) => `o.${row.name}`), ...await columns('cloud.accounts', 'a'), ...await columns('cloud.products', 'p'), ...await columns('cloud.vps_configs', 'v')];
const joined = `FROM cloud.orders o JOIN cloud.accounts a ON a.id = o.account_id LEFT JOIN cloud.products p ON p.id = o.product_id
  LEFT JOIN cloud.vps_configs v ON v.account_id = o.account_id AND v.order_id = o.id
  WHERE o.account_id = $1 ORDER BY o.created_at DESC, o.id DESC LIMIT 50`;

const client = new pg.Client({ ...server, user: 'clients_app' });
await client.connect();
await client.query('BEGIN');
await client.query('SELECT primecloud.enter($1)', [await issue(owner, account)]);

const ask = (name, text, values, rowMode) => client.query({ name, text, values, rowMode });
const ways = {
  'bare rows (the limit)': () => ask('bare', `SELECT ${all.join(', ')} ${joined}`, [account], 'array'),
  'bare rows, then JSON.stringify': async () => JSON.stringify((await ask('bare', `SELECT ${all.join(', ')} ${joined}`, [account], 'array')).rows),
  'rows as objects, then JSON.stringify': async () =>
    JSON.stringify((await ask('objects', `SELECT ${all.map((name) => `${name} AS "${name}"`).join(', ')} ${joined}`, [account])).rows),
  'orders_page, JSON text passed on': async () => {
    const { rows } = await ask('page', 'SELECT cursor, primecloud.to_camel_json(item)::text AS json FROM cloud.orders_page($1, $2)', [null, 50]);
    return `{"items":[${rows.map((row) => row.json).join(',')}],"next":${JSON.stringify(rows.at(-1)?.cursor ?? null)}}`;
  },
  'read model, JSON text, no cursor': async () => {
    const { rows } = await ask('model', `SELECT primecloud.to_camel_json(d)::text AS json FROM cloud.orders_with_details() d ORDER BY created_at DESC, id DESC LIMIT 50`, []);
    return `[${rows.map((row) => row.json).join(',')}]`;
  },
  'orders_page, JSON parsed by the driver': () => ask('parsed', 'SELECT cursor, primecloud.to_camel_json(item) AS json FROM cloud.orders_page($1, $2)', [null, 50]),
  "the server's row_to_json, text passed on": async () => {
    const { rows } = await ask('row_to_json', 'SELECT row_to_json(d)::text AS json FROM cloud.orders_with_details() d ORDER BY created_at DESC, id DESC LIMIT 50', []);
    return `[${rows.map((row) => row.json).join(',')}]`;
  },
};

// all of them say the same of the same orders
const items = JSON.parse(await ways['orders_page, JSON text passed on']()).items;
const bare = (await ways['bare rows (the limit)']()).rows;
assert.equal(items.length, 50);
assert.deepEqual(items.map((item) => item.id), bare.map((row) => row[0]));
assert.deepEqual(JSON.parse(await ways['read model, JSON text, no cursor']()), items);

const times = Object.fromEntries(Object.keys(ways).map((way) => [way, []]));
const names = Object.keys(ways);
for (let round = -50; round < rounds; round++) {
  for (let i = 0; i < names.length; i++) {
    const way = names[(i + round + 50) % names.length];
    const begin = process.hrtime.bigint();
    await ways[way]();
    if (round >= 0) times[way].push(Number(process.hrtime.bigint() - begin) / 1e6);
  }
}
await client.query('ROLLBACK');
await client.end();

const percentile = (list, part) => [...list].sort((a, b) => a - b)[Math.floor(list.length * part)];
const limit = percentile(times[names[0]], 0.1), median = percentile(times[names[0]], 0.5);
console.log(`${all.length} columns, 50 rows, ${Buffer.byteLength(JSON.stringify(items))} bytes of JSON, ${rounds} rounds`);
console.log('ratio  (median)   target      ms');
for (const way of names) {
  const ms = percentile(times[way], 0.1);
  const target = way.includes('passed on') && !way.includes('server') || way.includes('no cursor') ? '1.70' : '    ';
  console.log(`${(ms / limit).toFixed(2).padStart(5)}  ${`(${(percentile(times[way], 0.5) / median).toFixed(2)})`.padStart(8)}   ${target.padStart(6)}   ${ms.toFixed(3).padStart(7)}   ${way}`);
}
