// Twenty accounts order buckets, keys, logins and mails of services that fail now and then; two workers carry it out and are killed
// again and again; in the end what is there outside is what the control plane says, and each key may do what its permissions say.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import * as plane from './control_plane.mjs';
import { pass } from './engine.mjs';
import { Gateway } from './gateway.mjs';
import { minio } from './minio.mjs';
import { sftpgo } from './sftpgo.mjs';
import { sink } from './sink.mjs';
import { until, Workers } from './workers.mjs';
import { sameRules } from './worker/same_rules.mjs';

const tls = { key: readFileSync('server.key'), cert: readFileSync('server.pem') };
const administrator = { accessKey: process.env.RGW_ACCESS_KEY, secretKey: process.env.RGW_SECRET_KEY };
const gateway = new Gateway({ url: process.env.RGW_URL, ...administrator });
const apiKey = 'an-api-key-of-sftpgo', platformLogin = { username: 'platform', password: 'password-of-the-platform' };
const ownLogin = { username: 'customer', password: 'password-of-a-customer' };
const secrets = [administrator.secretKey, apiKey, platformLogin.password, ownLogin.password, 'store-secret-of-sftpgo'];
const accounts = [], keys = [];
let filled, sftpDown = false, admin, sftp, platformMail, ownMail, strangeMail, workers;

// Now and then a service refuses, or does what it was asked and is not heard.
const trouble = (n) => (n % 29 === 5 ? 'refuse' : n % 31 === 9 ? 'silent' : undefined);
// (What gives access to an account that is not active waits until it is.)
const waits = `NOT EXISTS (SELECT FROM cloud.accounts a WHERE a.id = o.account_id AND a.status <> 'active')`;
const outbox = async () => (await plane.look(`SELECT count(*) FILTER (WHERE status = 'pending' AND ${waits})::int AS pending,
  count(*) FILTER (WHERE status = 'dead')::int AS dead, count(*) FILTER (WHERE status = 'done')::int AS done FROM cloud.outbox o`))[0];
// Being killed costs an order one of its attempts: an operator looks after those that have none left, and brings them back.
let broughtBack = 0;
async function lookAfter() {
  broughtBack += (await plane.look('SELECT cloud.retry_outbox(sequence) FROM cloud.dead_orders()')).length;
}
const settled = (seconds, left = 0) => until('the outbox is empty', seconds, async () => { await lookAfter(); return (await outbox()).pending === left; });

before(async () => {
  await plane.begin();
  admin = await minio({ gateway, administrator, trouble });
  sftp = await sftpgo({ apiKey, tls, trouble: (n) => (sftpDown ? 'refuse' : trouble(n)) });
  platformMail = await sink({ tls, login: platformLogin });
  ownMail = await sink({ tls, host: '127.0.0.2', login: ownLogin });
  strangeMail = await sink({ tls, host: '127.0.0.3' });
  workers = new Workers({
    PGUSER: 'services_worker', LEASE_SECONDS: '8', TIMEOUT_SECONDS: '4', IDLE_SECONDS: '0.2', SLOTS: '4', NODE_EXTRA_CA_CERTS: 'server.pem',
    NODE_OPTIONS: '--import ./names.mjs',
    STORE_URL: process.env.RGW_URL, STORE_ADMIN_URL: `http://127.0.0.1:${admin.port}`, STORE_ACCESS_KEY: administrator.accessKey,
    STORE_SECRET_KEY: administrator.secretKey, STORE_KEYS_PARENT: 'customers',
    SFTPGO_URL: `https://localhost:${sftp.port}`, SFTPGO_API_KEY: apiKey, SFTPGO_STORE_URL: 'https://store.example.com',
    SFTPGO_STORE_ACCESS_KEY: 'SFTPGOSTOREKEY', SFTPGO_STORE_SECRET_KEY: 'store-secret-of-sftpgo',
    SMTP_HOST: '127.0.0.1', SMTP_PORT: String(platformMail.port), SMTP_USER: platformLogin.username, SMTP_PASSWORD: platformLogin.password,
    MAIL_FROM: 'platform@example.com', MAIL_ALLOWED_ADDRESSES: '127.0.0.2',
  });
});
after(async () => {
  await workers.stop();
  for (const server of [admin, sftp, platformMail, ownMail, strangeMail]) server.close();
  await plane.end();
});

async function newKey(customer, permissions) {
  const made = await customer.inside((ask) => ask('SELECT * FROM cloud.create_access_key($1, $2)', [`a ${permissions} key`, permissions]));
  secrets.push(made.secret_access_key);
  keys.push({ id: made.id, accessKey: made.access_key_id, secretKey: made.secret_access_key, permissions, account: customer.account });
  return keys.at(-1);
}

async function orderAll(number) {
  const customer = await plane.openAccount(number);
  accounts.push(customer);
  const bucket = (name, versioning = false) => customer.inside(async (ask) =>
    (await ask('SELECT cloud.create_bucket($1, versioning => $2) AS id', [name, versioning])).id);
  customer.files = await bucket('files', number % 2 === 1);
  customer.logs = await bucket('logs');
  await customer.inside(async (ask) => {
    await ask('SELECT cloud.set_bucket_lifecycle($1, $2)', [customer.logs, JSON.stringify({ Rules: [
      { ID: 'tidy', Status: 'Enabled', Filter: { Prefix: 'tmp/' }, Expiration: { Days: 1 } }] })]);
    if (number % 2 === 0) await ask('SELECT cloud.set_bucket_versioning($1, $2)', [customer.logs, number % 4 === 0]);
    await ask('SELECT cloud.invite($1)', [`guest${number}@example.com`]);
  });
  for (const permissions of ['read', 'write', 'read-write']) await newKey(customer, permissions);
  if (number % 4 !== 3) {
    customer.login = await customer.inside((ask) => ask('SELECT * FROM cloud.create_sftp_credential($1)', [`login-${number}`]));
    secrets.push(customer.login.password);
  }
  const own = { 0: 'mail.shop.example', 1: 'mail.shop.example', 2: 'inside.shop.example' }[number];
  if (own) {
    const { port } = number === 2 ? strangeMail : ownMail;
    await customer.inside((ask) => ask('SELECT cloud.set_smtp($1, $2, $3, $4, port => $5)',
      [own, ownLogin.username, ownLogin.password, `shop${number}@shop.example`, port]));
    await customer.inside((ask) => ask('SELECT cloud.invite($1)', [`second${number}@example.com`]));
  }
}

// What happens to an account later, by its number.
const events = {
  1: (customer) => plane.operator(customer.account, (ask) => ask(`SELECT cloud.set_account_status('suspended', 'unpaid')`)),
  async 2(customer) {
    await customer.inside((ask) => ask('SELECT cloud.revoke_access_key($1)', [keys.find((key) => key.account === customer.account).id]));
    await customer.inside((ask) => ask('SELECT cloud.delete_bucket($1)', [customer.logs]));
    customer.logs = undefined;
  },
  async 3(customer) {
    for (const status of ['suspended', 'active']) {
      await plane.operator(customer.account, (ask) => ask('SELECT cloud.set_account_status($1)', [status]));
    }
    await customer.inside((ask) => ask('SELECT cloud.set_bucket_quota($1, $2)', [customer.files, 5_000_000_000]));
  },
  async 4(customer) {
    await customer.inside((ask) => ask('SELECT cloud.delete_account($1)', [customer.slug]));
    customer.gone = true;
  },
  async 0(customer) {
    if (customer.login) secrets.push((await customer.inside((ask) => ask('SELECT cloud.reset_sftp_password($1) AS password', [customer.login.id]))).password);
    await customer.inside((ask) => ask('SELECT cloud.remove_lifecycle_rule($1, $2)', [customer.logs, 'tidy']));
  },
};

test('twenty accounts order, and the workers are killed while they carry it out', async () => {
  for (const name of ['first', 'second']) workers.start(name);
  const peace = workers.torment();
  for (let number = 0; number < 20; number += 1) await orderAll(number);
  // An account that is deleted before anything of it was done, perhaps; the others have objects in their buckets by then.
  await events[4](accounts[19]);
  await until('buckets are there', 300, async () => (await plane.look(`SELECT count(*)::int AS n FROM cloud.outbox
    WHERE service = 'minio' AND operation = 'create_bucket' AND status <> 'done'`))[0].n === 0);
  for (const { physical, name, number } of await plane.look(`SELECT b.physical_name AS physical, b.name, substr(a.slug, 9)::int AS number
      FROM cloud.buckets b JOIN cloud.accounts a ON a.id = b.account_id`)) {
    // (Its owner deletes the other accounts' empty logs.)
    if (name === 'logs' && ![3, 4, 8, 9, 13, 14].includes(number)) continue;
    for (const key of name === 'logs' ? ['known', 'tmp/a', 'tmp/ü & <b>', 'kept/c'] : ['known']) {
      await gateway.done('PUT', [physical, ...key.split('/')], {}, { body: key });
    }
  }
  filled = Date.now();
  for (const customer of accounts.filter(({ gone, number }) => !gone && ![2].includes(number))) await events[customer.number % 5](customer);
  await until('somebody was killed often', 120, () => workers.killed >= 10);
  await peace();
  // One account's mail server is inside, and nobody connects to it: its two mails wait, and fail.
  const left = () => plane.look(`SELECT account_id, service, last_error FROM cloud.outbox o WHERE status = 'pending' AND ${waits}`);
  // Nobody waits for the hour that is between the last tries, of an order that fails on a slow machine now, too.
  const hurry = (kept) => plane.look(`UPDATE cloud.outbox SET available_at = now() WHERE status = 'pending' AND claim_token IS NULL
    AND available_at > now() + interval '5 seconds' AND NOT (account_id = $1 AND service = 'mail' AND last_error IS NOT NULL)`, [kept]);
  await until('all but mails of one account is done', 600, async () => {
    await lookAfter();
    await hurry(accounts[2].account);
    return (await left()).every((order) => order.account_id === accounts[2].account && order.service === 'mail' && order.last_error);
  });
  const waiting = new Set((await left()).map((order) => order.last_error));
  assert.deepEqual([...waiting], [`mail: the account's server is in no public network`]);
  assert.equal(strangeMail.connected(), 0);
  await accounts[2].inside((ask) => ask('SELECT cloud.remove_smtp()'));
  await hurry(accounts[0].account);
  await settled(300);
  await events[2](accounts[2]);
  await settled(300);
  console.log(`# ${(await outbox()).done} orders, ${workers.killed} kills, ${broughtBack} orders brought back, ${admin.asked()} requests to the admin API, ${sftp.asked()} to SFTPGo`);
});

test('nothing was given up, and nothing was asked that a service would not take', async () => {
  assert.deepEqual(await outbox().then(({ pending, dead }) => ({ pending, dead })), { pending: 0, dead: 0 });
  assert.deepEqual([...admin.faults, ...sftp.faults, ...admin.dropped], []);
  assert.ok(sftp.seen.put404 > 10, 'what is not there yet is answered with 404');
});

test('the buckets are those of the accounts, as they are to be', async () => {
  const wanted = await wantedBuckets();
  assert.ok(wanted.length > 25);
  assert.deepEqual((await gateway.buckets()).sort(), wanted.map((bucket) => bucket.name).sort());
  for (const { name, versioning, quota, rules } of wanted) {
    assert.equal(await gateway.versioning(name) === 'Enabled', versioning, `versioning of ${name}`);
    assert.equal(String(admin.sizes.get(name)), quota, `quota of ${name}`);
    const kept = await gateway.lifecycle(name);
    if (!rules) { assert.equal(kept, undefined, `rules of ${name}`); continue; }
    const [row] = await plane.look('SELECT primecloud.lifecycle_json($1::primecloud.lifecycle)::jsonb AS kept', [kept]);
    assert.ok(sameRules(row.kept, JSON.parse(rules)), `rules of ${name}: ${rules}`);
  }
});

async function wantedBuckets() {
  const found = [];
  for (const { account, inside, gone } of accounts) {
    if (gone) continue;
    const status = (await plane.look('SELECT status FROM cloud.accounts WHERE id = $1', [account]))[0].status;
    const list = `SELECT jsonb_agg(jsonb_build_object('name', physical_name, 'versioning', versioning_enabled, 'quota', quota_bytes::text,
      'rules', cloud.bucket_lifecycle(id)::text)) AS all FROM cloud.buckets WHERE account_id = $1`;
    const { all } = await (status === 'active' ? inside : (work) => plane.operator(account, work))((ask) => ask(list, [account]));
    found.push(...all ?? []);
  }
  return found;
}

test('what lifecycle expires is what the customer ordered, and nothing beside it', async () => {
  const customers = accounts.filter((one) => one.logs && !one.gone && [3, 8, 13].includes(one.number));
  for (const customer of customers) {
    [customer.bucket] = await plane.look(`SELECT physical_name AS name FROM cloud.buckets WHERE account_id = $1 AND name = 'logs'`, [customer.account]);
  }
  // (All that is there was written at least two of these days ago.)
  await pass(customers.map(({ bucket }) => bucket.name), Math.floor((Date.now() - filled) / 2000));
  for (const { bucket: { name }, number } of customers) {
    const left = [...(await gateway.done('GET', [name])).matchAll(/<Key>([^<]*)<\/Key>/g)].map((found) => found[1]);
    assert.deepEqual(left, ['kept/c', 'known'], `account ${number}`);
  }
  assert.ok(customers.length >= 3);
});

test('a key may do what its permissions say, in its own account, while it is active; nobody else and no revoked key anything', async () => {
  const states = new Map((await plane.look('SELECT k.access_key_id, k.status, a.status AS account FROM cloud.access_keys k JOIN cloud.accounts a ON a.id = k.account_id'))
    .map((row) => [row.access_key_id, row]));
  const files = new Map((await plane.look(`SELECT account_id, physical_name FROM cloud.buckets WHERE name = 'files'`)).map((row) => [row.account_id, row.physical_name]));
  const may = { read: 'read list', write: 'write remove', 'read-write': 'write read list remove' };
  const live = [...states].filter(([, state]) => state.status === 'active');
  const standing = (list) => list.filter((name) => states.get(name)?.account !== 'suspended').sort();
  assert.deepEqual(standing([...admin.keys.keys()]), standing(live.map(([name]) => name)));
  let tried = 0;
  for (const key of keys) {
    const state = states.get(key.accessKey), good = state?.status === 'active' && state.account === 'active';
    if (admin.keys.has(key.accessKey)) assert.equal(admin.keys.get(key.accessKey).status, good ? 'on' : 'off');
    const own = files.get(key.account);
    if (own) assert.equal(await gateway.rights(key, own), good ? may[key.permissions] : '', `${key.permissions} key, ${JSON.stringify(state)}`);
    const [, foreign] = [...files].find(([account]) => account !== key.account);
    assert.equal(await gateway.rights(key, foreign), '', 'in a bucket of another account');
    tried += own ? 10 : 5;
  }
  console.log(`# ${keys.length} keys, ${tried} operations tried`);
});

test('the SFTP logins and their folders are those of the accounts', async () => {
  const wanted = await plane.look(`SELECT c.username, a.status = 'active' AS standing, (SELECT array_agg(b.physical_name ORDER BY b.physical_name)
    FROM cloud.buckets b WHERE b.account_id = a.id) AS folders FROM cloud.sftp_credentials c JOIN cloud.accounts a ON a.id = c.account_id WHERE c.status = 'active'`);
  const held = new Set();
  const known = new Set(wanted.map((login) => login.username));
  assert.deepEqual([...sftp.users.keys()].filter((name) => !known.has(name)), []);
  for (const { username, standing, folders } of wanted) {
    const user = sftp.users.get(username);
    if (!user && !standing) continue; // he was suspended before he was there
    assert.equal(user?.status, standing ? 1 : 0, username);
    assert.deepEqual(user.virtual_folders.map((folder) => folder.name).sort(), folders);
    assert.match(user.password, /^\$argon2id\$/);
    if (!standing) assert.ok(sftp.disconnected.has(username), 'his open session was ended');
    for (const name of folders) held.add(name);
  }
  assert.deepEqual([...sftp.folders.keys()].sort(), [...held].sort(), 'no folder is left that nobody has');
  for (const { filesystem } of sftp.folders.values()) assert.equal(filesystem.s3config.access_secret.payload, 'store-secret-of-sftpgo');
});

test('every mail was sent, over TLS, through the right server', async () => {
  const wanted = await plane.look(`SELECT n.id, a.slug FROM cloud.notifications n JOIN cloud.accounts a ON a.id = n.account_id
    JOIN cloud.notification_types t ON t.type = n.type WHERE t.sends_mail`);
  const sent = [...platformMail.mails, ...ownMail.mails];
  const ids = new Set(sent.map((mail) => mail.id));
  assert.deepEqual(wanted.filter((mail) => !ids.has(mail.id)), []);
  assert.ok(sent.every((mail) => mail.secure && mail.user));
  assert.ok(ownMail.mails.length >= 2);
  for (const mail of ownMail.mails) assert.match(mail.from, /^shop[01]@shop\.example$/);
  for (const mail of platformMail.mails) assert.equal(mail.from, 'platform@example.com');
  console.log(`# ${wanted.length} mails wanted, ${sent.length} sent`);
});

test('the logs are lines of JSON without a secret; what was revealed is recorded as of an order', async () => {
  assert.equal(workers.errors, '');
  for (const line of workers.lines) JSON.parse(line);
  const hashes = [...sftp.users.values()].map((user) => user.password);
  const told = [...secrets, ...hashes].filter((secret) => workers.lines.some((line) => line.includes(secret)));
  assert.deepEqual(told, []);
  const errors = (await plane.look('SELECT DISTINCT last_error FROM cloud.outbox WHERE last_error IS NOT NULL')).map((row) => row.last_error);
  assert.deepEqual(errors.filter((error) => [...secrets, ...hashes].some((secret) => error.includes(secret))), []);
  const [{ reveals, others }] = await plane.look(`SELECT count(*)::int AS reveals, count(*) FILTER (WHERE purpose NOT LIKE 'order %')::int AS others FROM primecloud.reveal_log`);
  assert.ok(reveals > 60);
  assert.equal(others, 0);
});

test('docs/workers.md names the settings that the worker reads, and no other, and has no block that nobody runs', () => {
  const read = readdirSync('worker').filter((file) => file.endsWith('.mjs')).flatMap((file) =>
    [...readFileSync(`worker/${file}`, 'utf8').matchAll(/(?:required|optional|service|number)\((?:optional\('\w+'\) \? )?'([A-Z_]+)'/g)].map((found) => found[1]));
  const page = [...readFileSync('workers.md', 'utf8').matchAll(/^\| (`[A-Z_`, ]+`)(?: …)? \|/gm)].flatMap((found) => found[1].match(/[A-Z_]+/g)).filter((name) => !/^PG/.test(name));
  assert.deepEqual([...new Set(page)].sort(), [...new Set(read)].sort());
  // (test/docs/run has SQL and shell; test/services/run the one of the console.)
  assert.deepEqual([...readFileSync('workers.md', 'utf8').matchAll(/^```(.+)$/gm)].map(([, kind]) => kind).filter((kind) => !['sql', 'text', 'sh', 'console'].includes(kind)), []);
});

test('a service that is down costs no attempts, and is served when it is back', async () => {
  sftpDown = true;
  const customer = accounts[5];
  for (let i = 0; i < 3; i += 1) secrets.push((await customer.inside((ask) => ask('SELECT cloud.reset_sftp_password($1) AS password', [customer.login.id]))).password);
  await sleep(4000);
  const waiting = await plane.look(`SELECT max(attempts)::int AS most, count(*)::int AS waiting FROM cloud.outbox WHERE service = 'sftpgo' AND status = 'pending'`);
  assert.ok(waiting[0].waiting >= 1 && waiting[0].most <= 3, JSON.stringify(waiting));
  assert.ok(workers.lines.some((line) => JSON.parse(line).event === 'service down'));
  sftpDown = false;
  await settled(180);
});

test('a worker that is asked to stop finishes what it has begun', async () => {
  assert.deepEqual(await workers.stop(), [0, 0]);
  assert.equal(JSON.parse(workers.lines.at(-1)).event, 'stopped');
  const held = await plane.look(`SELECT count(*)::int AS n FROM cloud.outbox WHERE status = 'pending' AND claim_token IS NOT NULL AND available_at > now()`);
  assert.equal(held[0].n, 0);
});
