// docs/adoption.md, word for word: its shell and its SQL on the application's database, then its db.ts, which tsc --strict takes.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { tsImport } from 'tsx/esm/api';

const page = readFileSync('adoption.md', 'utf8');
const blocks = (fence) => [...page.matchAll(new RegExp('^```' + fence + '\\n(.*?)^```', 'gms'))].map(([, body]) => body);
const [db, drizzle, attempt] = blocks('ts');
const admin = new pg.Client({ database: 'adopting', user: 'postgres' });
let asUser, client, pool, attempted, made;

before(async () => {
  execFileSync('createdb', ['adopting']);
  const run = (command, input) => execFileSync(command[0], command.slice(1),
    { input, stdio: ['pipe', 'ignore', 'inherit'], env: { ...process.env, PGDATABASE: 'adopting' } });
  const [application, key] = blocks('sh');
  run(['sh', '-eu'], application);
  run(['psql', '-qX', '-v', 'ON_ERROR_STOP=1'], blocks('sql').join('\n'));
  run(['sh', '-eu'], key);
  await admin.connect();
  Object.assign(process.env, {
    DATABASE_URL: `postgres://hosting@/adopting?host=${encodeURIComponent(process.env.PGHOST)}`,
    ISSUER_KEY: readFileSync('issuer.pem', 'utf8'), ISSUER_KID: page.match(/`ISSUER_KID`, here `(.*?)`/)[1], TOKEN_AUDIENCE: 'adopting',
  });
  mkdirSync('adopted');
  writeFileSync('adopted/db.ts', db);
  writeFileSync('adopted/drizzle.ts', drizzle);
  writeFileSync('adopted/attempt.ts', attempt);
  if (process.versions.node < '20') globalThis.crypto ??= (await import('node:crypto')).webcrypto;
  ({ asUser, client, pool } = await tsImport('./adopted/db.ts', import.meta.url));
  // (The same module: a second import would have a pool and a storage of its own.)
  writeFileSync('adopted/all.ts', `export * from './db.ts';\nexport * from './drizzle.ts';\nexport * from './attempt.ts';\n`);
  ({ asUser, client, pool, attempt: attempted, db: made } = await tsImport('./adopted/all.ts', import.meta.url));
});
after(async () => { await pool.end(); await admin.end(); });

const rows = async (text, values) => (await client().query(text, values)).rows;
const one = async (text, values) => Object.values((await rows(text, values))[0])[0];

test('db.ts is about 45 lines', () => assert.ok(db.trimEnd().split('\n').length <= 50));

test('tsc --strict takes it', () => {
  writeFileSync('tsconfig.adopted.json', JSON.stringify({ extends: './tsconfig.json',
    compilerOptions: { allowImportingTsExtensions: true }, include: ['adopted/*.ts'] }));
  const { status, stdout, stderr } = spawnSync('node_modules/.bin/tsc', ['-p', 'tsconfig.adopted.json'], { encoding: 'utf8' });
  assert.equal(stdout + stderr, '');
  assert.equal(status, 0);
});

test('a request sees its account, and the people of it', async () => {
  const seen = await asUser('user-1', 1, async () => ({
    accounts: await rows('SELECT DISTINCT account_id FROM orders'),
    people: (await rows('SELECT u.id FROM account_members m JOIN users u ON u.id = m.user_id ORDER BY u.id')).map(({ id }) => id),
    everybody: await one('SELECT count(*)::int FROM users'),
  }));
  assert.deepEqual(seen, { accounts: [{ account_id: 1 }], people: ['user-1', 'user-4', 'user-5', 'user-9'], everybody: 4 });
});

test('requests side by side have an account each', async () => {
  const of = (user, account) => asUser(user, account, async () => {
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
    return one('SELECT min(account_id) FROM orders HAVING min(account_id) = max(account_id)');
  });
  const asked = Array.from({ length: 40 }, (_, n) => n % 4 + 1);
  assert.deepEqual(await Promise.all(asked.map((n) => of(`user-${n}`, n))), asked);
});

test('an account is a number or a text, and not another one', async () => {
  assert.equal(await asUser('user-1', '1', () => one('SELECT primecloud.tenant_int()')), 1);
  await assert.rejects(asUser('user-1', 3, async () => {}), { code: '28000' });
  await assert.rejects(asUser('user-1', 1.5, async () => {}), { code: '28000' });
  await assert.rejects(asUser('somebody', 1, async () => {}), { code: '28000' });
});

test('the account switcher, and the host name', async () => {
  const own = await asUser('user-1', undefined, () => rows('SELECT id, role FROM my_accounts() ORDER BY id'));
  assert.deepEqual(own, [{ id: 1, role: 'owner' }, { id: 2, role: 'developer' }]);
  const { rows: [found] } = await pool.query('SELECT id FROM account_of_host($1)', ['PANEL.customer-2.example']);
  assert.equal(found.id, 2);
  assert.equal((await pool.query('SELECT id FROM account_of_host($1)', ['%'])).rowCount, 0);
});

test('without a request there is no query', async () => {
  assert.throws(() => client(), /no request is open/);
  await assert.rejects(pool.query('SELECT * FROM orders'), { code: '42501' });
});

const favourite = (key) => client().query(`INSERT INTO object_favorites (bucket_id, user_id, object_key) SELECT min(id), 'user-1', $1 FROM buckets`, [key]);
const favourites = () => asUser('user-1', 1, () => one(`SELECT count(*)::int FROM object_favorites WHERE object_key LIKE 'kept%'`));

test('an error that is swallowed without a savepoint is told, and nothing is stored', async () => {
  await assert.rejects(asUser('user-1', 1, async () => {
    await favourite('kept 1');
    await client().query('SELECT 1 / 0').catch(() => {});
  }), /swallowed/);
  assert.equal(await favourites(), 0);
});

test('with a savepoint the rest is stored', async () => {
  await asUser('user-1', 1, async () => {
    await favourite('kept 1');
    await attempted(() => client().query('SELECT 1 / 0')).catch(() => {});
    await attempted(async () => {
      await favourite('kept 2');
      await attempted(() => client().query('SELECT 1 / 0')).catch(() => {});
    });
  });
  assert.equal(await favourites(), 2);
});

test('an error ends the request, and the connection goes on', async () => {
  await assert.rejects(asUser('user-1', 1, async () => { throw new Error('mine'); }), /mine/);
  await assert.rejects(asUser('user-1', 1, () => client().query('SELECT pg_terminate_backend(pg_backend_pid())')));
  assert.equal(await asUser('user-1', 1, () => one('SELECT 1')), 1);
  assert.equal(pool.totalCount - pool.idleCount, 0, 'every connection is back');
});

// Each connection goes to the next request: what the last one left running would run in that one's account.
test('what goes on after its request reaches no other one', async () => {
  const left = async (last) => {
    let go, late;
    const later = new Promise((resolve) => { go = resolve; });
    const held = await Promise.all(Array.from({ length: 19 }, () => pool.connect()));
    try {
      await last(asUser('user-1', 1, async () => {
        const kept = client(), drizzled = made();
        late = [() => client().query('SELECT primecloud.tenant_int() AS seen'), () => kept.query('SELECT primecloud.tenant_int() AS seen'),
          () => drizzled.execute('SELECT primecloud.tenant_int() AS seen')].map(async (query) => { await later; return (await query()).rows[0].seen; });
        await Promise.all([client().query('SELECT 1'), last === assert.rejects ? Promise.reject(new Error('mine')) : null]);
      }));
      return await asUser('user-2', 2, async () => {
        go();
        return (await Promise.allSettled(late)).map(({ value, reason }) => value ?? (reason.cause ?? reason).message);
      });
    } finally {
      held.forEach((one) => one.release());
    }
  };
  for (const last of [(request) => request, assert.rejects]) {
    assert.deepEqual(await left(last), Array(3).fill('the request is over'));
  }
});

test('Drizzle runs in the request', async () => {
  const { sql } = await import('drizzle-orm');
  const found = await asUser('user-2', 2, async () => (await made().execute(sql`SELECT DISTINCT account_id FROM orders`)).rows);
  assert.deepEqual(found, [{ account_id: 2 }]);
  await assert.rejects(asUser('user-2', 2, async () => {
    assert.equal((await made().transaction((own) => own.execute(sql`SELECT primecloud.tenant_int() AS id`))).rows[0].id, 2);
    await rows('SELECT * FROM orders');
  }), { code: '42501' }, 'a transaction of its own ends the request');
});

test('an invitation takes in whom it was sent to, once, and no higher than who invited', async () => {
  const accept = (user, token) => asUser(user, undefined, () => one('SELECT accept_invitation($1)', [token]));
  const signUp = (user, email) => asUser(user, undefined, () => client().query('INSERT INTO users (id, email) VALUES ($1, $2)', [user, email]));
  await assert.rejects(asUser('user-1', undefined, () => client().query(`INSERT INTO users (id, email) VALUES ('another', 'x')`)), { code: '42501' });
  await signUp('guest', 'guest1@guest.example');
  const { rows: [{ token }] } = await admin.query('SELECT token FROM invitations WHERE account_id = 1');
  await assert.rejects(accept('user-2', token), { code: '42501' });
  assert.equal(await accept('guest', token), 1);
  await assert.rejects(accept('guest', token), { code: '42501' });
  assert.equal(await asUser('guest', 1, () => one('SELECT primecloud.role()')), 'developer');

  const invite = (user, role) => asUser(user, 1, () => client().query(
    `INSERT INTO invitations (email, role, token, invited_by, expires_at) VALUES ('late@example.com', $1, $1, $2, now() + interval '1 day')`, [role, user]));
  await assert.rejects(invite('guest', 'external_client'), { code: '42501' });
  await admin.query(`UPDATE account_members SET role = 'admin' WHERE user_id = 'guest'`);
  await assert.rejects(invite('guest', 'owner'), { code: '42501' });
  await invite('guest', 'admin');
  await signUp('late', 'late@example.com');
  await admin.query(`UPDATE account_members SET role = 'developer' WHERE user_id = 'guest'`);
  await assert.rejects(accept('late', 'admin'), { code: '42501' }, 'who invited has fallen');
  await assert.rejects(asUser('user-1', 1, () => client().query(`INSERT INTO account_members (account_id, user_id, role) VALUES (1, 'user-3', 'developer')`)),
    { code: '42501' }, 'nobody takes in a stranger');
});

test('an external client sees himself, and the buckets that he was granted', async () => {
  const seen = await asUser('user-9', 1, async () => ({ people: await rows('SELECT id FROM users'), buckets: await one('SELECT count(*)::int FROM buckets') }));
  const { rows: [{ granted }] } = await admin.query(`SELECT count(*)::int AS granted FROM bucket_permissions p JOIN account_members m ON m.id = p.account_member_id
    WHERE m.user_id = 'user-9'`);
  assert.deepEqual(seen, { people: [{ id: 'user-9' }], buckets: granted });
});
