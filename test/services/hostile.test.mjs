// Customers who mean no good: names that lead elsewhere, mail servers at their worst, hosts that turn.  Nobody else is the worse for it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { after, before, test } from 'node:test';
import * as plane from './control_plane.mjs';
import { Gateway } from './gateway.mjs';
import { minio } from './minio.mjs';
import { sink } from './sink.mjs';
import { until, Workers } from './workers.mjs';
import { listen } from './stand_in.mjs';
import { serve, worst } from './worst_mail.mjs';
import { sign } from './worker/signature.mjs';
import { textOf } from './worker/texts.mjs';

const tls = { key: readFileSync('server.key'), cert: readFileSync('server.pem') };
const administrator = { accessKey: process.env.RGW_ACCESS_KEY, secretKey: process.env.RGW_SECRET_KEY };
const gateway = new Gateway({ url: process.env.RGW_URL, ...administrator });
const secret = 'password-of-a-hostile-customer', accounts = [];
let admin, platformMail, strangeMail, workers, number = 100;

before(async () => {
  await plane.begin();
  admin = await minio({ gateway, administrator });
  platformMail = await sink({ tls });
  strangeMail = await sink({ tls, host: '127.0.0.3' });
  workers = new Workers({
    PGUSER: 'services_worker', SERVICES: 'minio,mail', LEASE_SECONDS: '8', TIMEOUT_SECONDS: '4', IDLE_SECONDS: '0.2', SLOTS: '2',
    NODE_EXTRA_CA_CERTS: 'server.pem', NODE_OPTIONS: '--import ./names.mjs',
    STORE_URL: process.env.RGW_URL, STORE_ADMIN_URL: `http://127.0.0.1:${admin.port}`, STORE_ACCESS_KEY: administrator.accessKey,
    STORE_SECRET_KEY: administrator.secretKey, STORE_KEYS_PARENT: 'customers', SMTP_HOST: '127.0.0.1', SMTP_PORT: String(platformMail.port),
    MAIL_FROM: 'platform@example.com', MAIL_ALLOWED_ADDRESSES: '127.0.0.2',
  });
  workers.start('only');
});
after(async () => {
  await workers.stop();
  for (const server of [admin, platformMail, strangeMail]) server.close();
  await plane.end();
});

async function open() {
  accounts.push(await plane.openAccount(number += 1));
  return accounts.at(-1);
}
const bucketOf = async (customer) => {
  await customer.inside((ask) => ask('SELECT cloud.create_bucket($1)', ['files']));
  const [{ name }] = await plane.look('SELECT physical_name AS name FROM cloud.buckets WHERE account_id = $1', [customer.account]);
  await until('its bucket is there', 120, async () => (await gateway.buckets()).includes(name));
  return name;
};
const pending = async (customer) => plane.look(`SELECT operation, status, last_error, attempts FROM cloud.outbox
  WHERE account_id = $1 AND status <> 'done' AND service <> 'sftpgo'`, [customer.account]);
const mailOf = (customer) => customer.inside((ask) => ask('SELECT cloud.invite($1)', ['guest@example.com']));

// A request whose path is sent as it stands: a client of the customer's own would.
function raw(method, path, query = '', body = '') {
  const { host, hostname, port } = gateway.base;
  const headers = sign({ method, url: { host, pathname: path, search: query }, body, region: 'us-east-1', ...administrator });
  return new Promise((resolve, reject) => {
    request({ hostname, port, method, path: path + query, headers: { ...headers, 'content-length': body.length } }, (answer) => {
      answer.resume().on('end', () => (answer.statusCode < 300 ? resolve() : reject(new Error(`${method} ${path}: ${answer.statusCode}`))));
    }).on('error', reject).end(body);
  });
}

test('names of objects lead into no other bucket, and keep none from being deleted', async () => {
  const hostile = await open(), other = await open();
  const theirs = await bucketOf(hostile), others = await bucketOf(other);
  for (const key of [`../${others}`, `a/../../${others}`, './x', '..', '.', '../..', '%01', 'a%0Ab', '%3C/Key%3E%3CKey%3Ex', 'plus%2B%20and%20space', '%C3%BC', '/x', 'pct%2541']) {
    await raw('PUT', `/${theirs}/${key}`, '', 'x');
    await raw('POST', `/${theirs}/${key}`, '?uploads=');
  }
  await hostile.inside((ask) => ask('SELECT cloud.delete_account($1)', [hostile.slug]));
  await until('its bucket is gone', 60, async () => (await pending(hostile)).length === 0)
    .catch(async (error) => { error.message += JSON.stringify(await pending(hostile)); throw error; });
  const left = await gateway.buckets();
  assert.ok(!left.includes(theirs));
  assert.ok(left.includes(others), 'the bucket of another account is there');
});

test('a store that says it has deleted, and has not, is not asked for ever', { timeout: 30_000 }, async () => {
  let asked = 0;
  const store = createServer((message, answer) => {
    message.resume().on('end', () => { asked += 1; answer.end(message.method === 'GET' ? '<Version><Key>x</Key><VersionId>null</VersionId></Version>' : '<DeleteResult/>'); });
  });
  await new Promise((resolve) => store.listen(0, '127.0.0.1', resolve));
  Object.assign(process.env, { STORE_URL: `http://127.0.0.1:${store.address().port}`, STORE_ACCESS_KEY: 'a', STORE_SECRET_KEY: 'b' });
  const { deleteBucket } = await import('./worker/object_store.mjs');
  const given = AbortSignal.timeout(10_000);
  await assert.rejects(deleteBucket({ bucket: 'b', force: true }, given), /is there still/);
  assert.ok(asked < 5);
  store.close();
});

test('mail servers at their worst hold up nobody else, are believed nothing, and told nothing in the clear', async () => {
  const heard = new Map(), servers = [], waiting = [];
  for (const [name, kind] of Object.entries(worst)) {
    const customer = await open(), server = await serve(kind, (text) => heard.set(name, (heard.get(name) ?? '') + text));
    servers.push(server);
    await customer.inside((ask) => ask('SELECT cloud.set_smtp($1, $2, $3, $4, port => $5, encryption => $6)',
      ['worst.shop.example', 'customer', secret, 'x@shop.example', server.port, kind[0]]));
    waiting.push([name, customer]);
  }
  const victim = await open();
  for (const [, customer] of waiting) await mailOf(customer);
  await mailOf(victim);
  // Two at a time, four seconds each at most: it comes before nine of them have been tried twice.
  await until('the other account has its mail', 60, () => platformMail.mails.some((mail) => mail.to.includes(`owner${victim.number}@example.com`)));
  await until('each was tried', 120, async () => (await Promise.all(waiting.map(([, customer]) => pending(customer)))).every(([order]) => order?.last_error));
  for (const [name, customer] of waiting) {
    assert.match((await pending(customer))[0].last_error, /^mail: the account's server: [\w ]+$/, name);
    const plain = Buffer.from(secret).toString('base64').slice(0, 20);
    if (worst[name][0] === 'tls') assert.ok(!/AUTH|MAIL FROM/.test(heard.get(name)) && !heard.get(name).includes(plain), name);
  }
  const [worker] = workers.running.values();
  assert.equal(worker.exitCode, null);
  assert.ok(Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${worker.pid}/status`, 'utf8'))[1]) < 400_000, 'nor is it filled');
  servers.forEach((server) => server.close());
});

test('hosts that turn, and hosts that lead to two places, are not connected to', async () => {
  const waiting = [];
  for (const host of ['both.shop.example', 'mapped.shop.example', 'inside.shop.example', 'many.shop.example', 'none.shop.example', 'turns.shop.example']) {
    const customer = await open();
    await customer.inside((ask) => ask('SELECT cloud.set_smtp($1, $2, $3, $4, port => $5)', [host, 'customer', secret, 'x@shop.example', strangeMail.port]));
    await mailOf(customer);
    waiting.push([host, customer]);
  }
  await until('each was tried', 60, async () => (await Promise.all(waiting.map(([, customer]) => pending(customer)))).every(([order]) => order?.last_error));
  const said = Object.fromEntries(await Promise.all(waiting.map(async ([host, customer]) => [host.split('.')[0], (await pending(customer))[0].last_error])));
  const inside = `mail: the account's server is in no public network`;
  assert.deepEqual(said, { both: inside, mapped: inside, inside, many: `mail: the account's server has more addresses than are looked at`,
    none: `mail: the account's server has no address (ENOTFOUND)`, turns: said.turns });
  // (Nobody is where it led first.)
  assert.ok([inside, `mail: the account's server: ESOCKET`, `mail: the account's server: ECONNECTION`].includes(said.turns), said.turns);
  assert.equal(strangeMail.connected(), 0);
});

test('secrets go by TLS alone, to who has its certificate, and nowhere that it points to', async (t) => {
  const { service } = await import('./worker/settings.mjs'), { send } = await import('./worker/http.mjs');
  for (const url of ['http://store.example.com', 'http://localhost.example.com', 'http://127.0.0.1@store.example.com']) {
    process.env.ELSEWHERE = url;
    assert.throws(() => service('ELSEWHERE'), /is to be https/, url);
  }
  let told = 0;
  const strange = await listen({ tls, handle: () => { told += 1; return [200]; } });
  t.after(() => strange.close());
  await assert.rejects(send('store', `https://localhost:${strange.port}/`), /was not answered \(DEPTH_ZERO_SELF_SIGNED_CERT\)/);
  const other = await listen({ handle: () => { told += 1; return [200]; } });
  const pointing = createServer((message, answer) => answer.writeHead(307, { location: `http://127.0.0.1:${other.port}/` }).end());
  t.after(() => { other.close(); pointing.close(); pointing.closeAllConnections(); });
  await new Promise((resolve) => pointing.listen(0, '127.0.0.1', resolve));
  await assert.rejects(send('store', `http://127.0.0.1:${pointing.address().port}/`, { headers: { 'x-sftpgo-api-key': 'a key' } }), /was not answered/);
  assert.equal(told, 0);
});

test('the text of a mail is of its template, or its title', () => {
  for (const template of ['constructor', '__proto__', 'toString', 'of tomorrow']) assert.equal(textOf({ template, title: 'A title', message: '', metadata: null }), 'A title\n');
  assert.equal(textOf({ template: 'order_changed', title: 't', message: 'm', metadata: null }), 'Order undefined is now: undefined.\n\nm\n');
});

test('a key that is there already, of a try that was not heard of, is that key, with its policy and its secret', async () => {
  const customer = await open();
  const key = await customer.inside((ask) => ask(`SELECT * FROM cloud.create_access_key('twice')`));
  await until('it is there', 60, async () => (await pending(customer)).length === 0);
  const before = admin.asked();
  await plane.look(`UPDATE cloud.outbox SET status = 'pending', finished_at = NULL, claim_token = NULL, available_at = now()
    WHERE account_id = $1 AND operation = 'add_service_account'`, [customer.account]);
  await until('it is added again', 30, async () => (await pending(customer)).length === 0);
  assert.equal(admin.asked() - before, 2);
  assert.deepEqual([...admin.keys.keys()], [key.access_key_id]);
  assert.equal((await gateway.s3('GET', [''], {}, { as: { accessKey: key.access_key_id, secretKey: key.secret_access_key } })).status, 200);
  // The same answer of a parent that may have no keys, where no such key is: that is no success.
  admin.keys.clear();
  admin.barren = true;
  await plane.look(`UPDATE cloud.outbox SET status = 'pending', finished_at = NULL, claim_token = NULL, available_at = now()
    WHERE account_id = $1 AND operation = 'add_service_account'`, [customer.account]);
  await until('it is refused', 30, async () => (await pending(customer))[0]?.last_error);
  assert.match((await pending(customer))[0].last_error, /404 XMinioAdminServiceAccountNotFound/);
  admin.barren = false;
  await gateway.admin('DELETE', 'user', { uid: `key-${key.access_key_id}`, 'purge-data': 'False' });
});

test('nothing of it is left, and no secret was logged', async () => {
  const standing = await plane.look(`SELECT id FROM cloud.accounts WHERE id = ANY ($1)`, [accounts.map((one) => one.account)]);
  for (const customer of accounts.filter((one) => standing.some((row) => row.id === one.account))) {
    await customer.inside((ask) => ask('SELECT cloud.delete_account($1)', [customer.slug]));
  }
  await until('all is settled', 120, async () => {
    await plane.look(`UPDATE cloud.outbox SET available_at = now() WHERE status = 'pending' AND claim_token IS NULL`);
    return (await plane.look(`SELECT FROM cloud.outbox WHERE status <> 'done' AND account_id = ANY ($1)`, [accounts.map((one) => one.account)])).length === 0;
  });
  assert.deepEqual(await gateway.buckets(), []);
  assert.equal(workers.errors, '');
  assert.deepEqual(workers.lines.filter((line) => line.includes(secret) || line.includes('the password was')), []);
  assert.deepEqual(admin.faults, []);
});
