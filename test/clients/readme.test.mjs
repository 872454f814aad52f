// The README, pasted into a shell from its first line to its last (test/docs/paste.py): an adopted
// database, and a page of orders on the screen.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import pg from 'pg';

const directory = mkdtempSync(join(tmpdir(), 'primecloud.readme.'));
after(() => rmSync(directory, { recursive: true }));
const environment = { ...process.env,
  ...(/^v1[0-8]\./.test(spawnSync('node', ['--version']).stdout) ? { NODE_OPTIONS: '--experimental-global-webcrypto' } : {}) };
const run = (command, options) => spawnSync(command[0], command.slice(1), { encoding: 'utf8', env: environment, ...options });
// A page on the screen: the numbers of its orders, and the cursor below them.
const page = (screen) => ({ orders: screen.match(/(?<=│ ')[^']+(?=' +│ '\d{4}-)/g) ?? [],
  cursor: screen.match(/next page is after (\S+)/)?.[1] });

test('from the first line to a page of orders', async () => {
  const pasted = run(['python3', process.env.PASTE, '--node', directory]);
  assert.equal(pasted.status, 0, pasted.stderr + pasted.stdout);
  const first = page(pasted.stdout);
  assert.equal(first.orders.length, 20, pasted.stdout);

  const admin = new pg.Client({ database: 'shop', user: 'postgres' });
  await admin.connect();
  await admin.query(`ALTER ROLE shop_app PASSWORD 'known'`);
  const { rows: [member] } = await admin.query(`SELECT account_id, user_id FROM cloud.account_members WHERE email = 'owner1@example.com'`);
  const { rows } = await admin.query(`SELECT order_number FROM cloud.orders WHERE account_id = $1
    ORDER BY created_at DESC, id DESC LIMIT 40`, [member.account_id]);
  await admin.end();

  const shop = join(directory, 'shop');
  const orders = (...given) => run(['node', 'orders.mjs', ...given],
    { cwd: shop, env: { ...environment, PGPASSWORD: 'known', ISSUER_KEY: readFileSync(join(shop, 'issuer.pem'), 'utf8') } });
  const second = page(orders(member.account_id, member.user_id, first.cursor).stdout);
  assert.deepEqual([...first.orders, ...second.orders], rows.map((row) => row.order_number), 'with the cursor there is the next page');
  assert.match(orders(member.account_id, 'somebody else').stderr, /28000|invalid token/);
});
