// The programs of docs/clients.md, as they stand there: each enters, reads two pages, makes a key and is refused, direct and behind
// pgbouncer in transaction mode.
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { after, before, test } from 'node:test';
import { asSuperuser, newIssuer } from './entering.mjs';

const database = process.env.PGDATABASE;
const programs = new Map([...readFileSync('clients.md', 'utf8').matchAll(/^```\w+\n(?:\/\/|#|\/\*|--) file: (\S+).*\n([\s\S]*?)^```$/gm)]
  .map(([, name, text]) => [name, text]));
// Servers listen on a socket here, and a driver or two knows none: bytes go from a port to it.
const port = (path) => new Promise((resolve) => {
  const server = createServer((client) => { client.on('error', () => {}).pipe(connect(path).on('error', () => {})).pipe(client); });
  server.listen(0, '127.0.0.1', () => { servers.push(server); resolve(server.address().port); });
});
const servers = [];
let urls, issue, owner, wanted, account;

before(async () => {
  for (const [name, text] of programs) writeFileSync(name, text);
  urls = { direct: `${process.env.PGHOST}/.s.PGSQL.5432`, pooled: `${process.env.POOLER}/.s.PGSQL.6543` };
  for (const way of Object.keys(urls)) urls[way] = `postgresql://clients_app@127.0.0.1:${await port(urls[way])}/${database}`;
  issue = await newIssuer('every client');
  [{ owner, account }] = await asSuperuser(`SELECT user_id AS owner, account_id AS account FROM cloud.account_members
    WHERE email = 'owner1@example.com' AND role = 'owner'`);
  wanted = (await asSuperuser(`SELECT order_number FROM cloud.orders WHERE account_id = $1 ORDER BY created_at DESC, id DESC LIMIT 40`, [account]))
    .map((row) => row.order_number);
});
after(() => servers.forEach((server) => server.close()));

const node = process.execPath, python = '/usr/bin/python3', jdbc = '/usr/share/java/postgresql.jar';
const includes = ['--includedir'].map((what) => `-I${spawnSync('pg_config', [what], { encoding: 'utf8' }).stdout.trim()}`);
const clients = {
  'node_postgres.mjs': [[node, 'node_postgres.mjs']],
  'postgres_js.mjs': [[node, 'postgres_js.mjs']],
  'drizzle.mjs': [[node, 'drizzle.mjs']],
  'prisma.ts': [[node, 'node_modules/tsx/dist/cli.mjs', 'prisma.ts'],
    [node, 'node_modules/prisma/build/index.js', 'generate', '--schema', 'schema.prisma']],
  'postgraphile.mjs': [[node, 'postgraphile.mjs']],
  'psycopg_3.py': [[python, 'psycopg_3.py']],
  'Jdbc.java': [['java', '-cp', `${jdbc}:.`, 'Jdbc'], ['javac', 'Jdbc.java']],
  'pgx.go': [['./pgx_client'], ['go', 'build', '-o', 'pgx_client', 'pgx.go']],
  'pipeline.c': [['./pipeline'], [process.env.CC ?? 'cc', '-Wall', '-o', 'pipeline', 'pipeline.c', ...includes, '-I/usr/include/postgresql', '-lpq']],
};

// (Not in step with this process, which carries the bytes.)
const run = ([program, ...values], url, token) => new Promise((resolve, reject) => {
  const env = { ...process.env, DATABASE_URL: url, TOKEN: token, GO111MODULE: 'off', GOPATH: '/usr/share/gocode', PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1', DATAPLAN_PG_PREPARED_STATEMENT_CACHE_SIZE: '0', GRAPHILE_ENV: 'production',
    PRISMA_SCHEMA_ENGINE_BINARY: '/usr/bin/true' }; // generating asks for it, and never starts it
  execFile(program, values, { timeout: 300_000, env }, (error, stdout, stderr) => {
    if (error) reject(new Error(`${program} ${values.join(' ')}: ${error.code}\n${stderr}\n${stdout}`));
    else resolve(stdout);
  });
});

test('the page has a program for each client, and no other block', () => {
  assert.equal(programs.size, readFileSync('clients.md', 'utf8').match(/^```./gm).length);
  assert.deepEqual([...programs.keys()].filter((name) => !['schema.prisma', 'postgrest.sql'].includes(name)).sort(), Object.keys(clients).sort());
});

for (const [file, [program, build]] of Object.entries(clients)) {
  test(`${file}`, async (t) => {
    if (build) await run(build);
    for (const way of ['direct', 'pooled']) {
      await t.test(way, async () => {
        const { first, next, key, refused } = JSON.parse((await run(program, urls[way], await issue(owner, account))).trim().split('\n').at(-1));
        assert.deepEqual([...first, ...next], wanted);
        assert.equal(key.secret_access_key.length, 40);
        assert.equal(refused, '22023');
        const made = await asSuperuser('SELECT account_id FROM cloud.access_keys WHERE access_key_id = $1', [key.access_key_id]);
        assert.deepEqual(made, [{ account_id: account }]);
      });
    }
  });
}
