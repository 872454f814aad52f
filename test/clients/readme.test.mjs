// The README's first five minutes of an application developer, word for word: its SQL, its
// shell, the demo's accounts, then its JavaScript, in the database that it names.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import pg from 'pg';

const readme = readFileSync('README.md', 'utf8');
const blocks = (language) => [...readme.matchAll(new RegExp('^```' + language + '\\n(.*?)^```', 'gms'))].map(([, body]) => body);
const [[create, demo], [keys], [snippet]] = ['sql', 'sh', 'js'].map(blocks);

const connected = async (database, work) => {
  const client = new pg.Client({ database, user: 'postgres' });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};

// The snippet leaves three names to the application, and its pool open for the next request.
writeFileSync('readme_snippet.mjs', `const [accountId, userId, after] = [process.env.ACCOUNT_ID, process.env.USER_ID, process.env.AFTER ?? null];
${snippet}
process.stdout.write(JSON.stringify(page.rows), () => process.exit());
`);
const run = (environment) => JSON.parse(execFileSync(process.execPath,
  [...(process.versions.node < '19' ? ['--experimental-global-webcrypto'] : []), 'readme_snippet.mjs'],
  { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ISSUER_KEY: readFileSync('issuer.pem', 'utf8'), ...environment } }));

test('the README, from CREATE EXTENSION to a page of orders', async () => {
  await connected('postgres', (admin) => admin.query('CREATE DATABASE shop'));
  const member = await connected('shop', async (admin) => {
    await admin.query(create);
    execFileSync('sh', ['-eu'], { input: keys, stdio: ['pipe', 'ignore', 'inherit'], env: { ...process.env, PGDATABASE: 'shop', PGUSER: 'postgres' } });
    const [, { rows }] = await admin.query(demo);
    assert.equal(rows.length, 2);
    const [member] = (await admin.query(`SELECT account_id, user_id, (SELECT count(*)::int FROM cloud.orders o WHERE o.account_id = m.account_id) AS orders
      FROM cloud.account_members m WHERE role = 'owner' ORDER BY orders DESC LIMIT 1`)).rows;
    assert.ok(rows.some((row) => row.account_id === member.account_id && row.user_id === member.user_id));
    return member;
  });
  assert.ok(member.orders > 40 && member.orders < 200);
  const who = { ACCOUNT_ID: member.account_id, USER_ID: member.user_id };

  const first = run(who);
  assert.equal(first.length, 20);
  assert.ok(first.every((row) => row.order.accountId === member.account_id && row.order.orderNumber && row.cursor));
  const second = run({ ...who, AFTER: first.at(-1).cursor });
  assert.equal(new Set([...first, ...second].map((row) => row.order.id)).size, 40, 'the next page is another one');

  // An account that is not the user's own is refused, as is a token of another issuer.
  assert.throws(() => run({ ...who, USER_ID: 'somebody else' }), /28000|invalid token/);
});
