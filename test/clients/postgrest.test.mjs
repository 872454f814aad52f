// PostgREST, which neither Debian nor npm has: the questions that it asks of the catalog for its OpenAPI document and to call a function,
// and the statements of a request, as its sources (13) have them.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { asSuperuser, newIssuer, server } from './entering.mjs';

const authenticator = new pg.Client({ ...server, user: 'clients_rest' });
let token, wanted;

before(async () => {
  const page = readFileSync('clients.md', 'utf8');
  await asSuperuser(/^-- file: postgrest.sql\n([^]*?)^```$/m.exec(page)[1]);
  await asSuperuser('CREATE ROLE clients_rest LOGIN NOINHERIT; GRANT clients_app TO clients_rest; GRANT USAGE ON SCHEMA web TO clients_app');
  const issue = await newIssuer('rest');
  const [{ owner, account }] = await asSuperuser(`SELECT user_id AS owner, account_id AS account FROM cloud.account_members
    WHERE email = 'owner1@example.com' AND role = 'owner'`);
  token = await issue(owner, account);
  wanted = (await asSuperuser('SELECT order_number FROM cloud.orders WHERE account_id = $1 ORDER BY created_at DESC, id DESC LIMIT 40', [account]))
    .map((row) => row.order_number);
  await authenticator.connect();
});
after(() => authenticator.end());

// One request: the role, what was asked, what stands before it, and one statement.  Reads go in a transaction that reads alone.
async function request(method, text, values, bearer = token) {
  await authenticator.query(`BEGIN ISOLATION LEVEL READ COMMITTED READ ${method === 'GET' ? 'ONLY' : 'WRITE'}`);
  try {
    await authenticator.query(`SELECT set_config('search_path', '"cloud", "public"', true), set_config('role', 'clients_app', true),
      set_config('request.jwt.claims', '{"sub":"x"}', true), set_config('request.method', $1, true), set_config('request.headers', $2, true)`,
    [method, JSON.stringify({ authorization: `Bearer ${bearer}` })]);
    await authenticator.query('SELECT "web"."enter"()');
    const { rows } = await authenticator.query(`WITH source AS (${text}) SELECT coalesce(json_agg(told), '[]') AS body FROM (SELECT * FROM source) told`, values);
    await authenticator.query('COMMIT');
    return rows[0].body;
  } catch (error) {
    await authenticator.query('ROLLBACK');
    throw error;
  }
}
const names = (rows) => rows.map((row) => row.name);

test('its document lists the functions that the role was granted, and no other', async () => {
  // Those with arguments that all have names, in the role's own eyes.
  const listed = await request('GET', `SELECT p.proname AS name FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = 'cloud' AND p.prokind = 'f' AND p.prorettype <> 'trigger'::regtype AND has_function_privilege(p.oid, 'execute')
      AND (p.pronargs = 0 OR array_position(p.proargnames[1:p.pronargs], '') IS NULL AND p.proargnames IS NOT NULL) ORDER BY p.proname COLLATE "C"`);
  const reference = /<!-- generated: functions app -->\n([^]*?)<!-- end -->/.exec(readFileSync('schema.md', 'utf8'))[1];
  const documented = [...reference.matchAll(/^\| `(\w+)\(/gm)].map((found) => found[1]).sort();
  assert.ok(documented.length > 80);
  assert.deepEqual(names(listed), documented);
});

test('and the tables, likewise', async () => {
  const listed = await request('GET', `SELECT c.relname AS name FROM pg_class c WHERE c.relnamespace = 'cloud'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'f', 'p')
      AND NOT c.relispartition AND (has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
        OR has_any_column_privilege(c.oid, 'SELECT, INSERT, UPDATE, REFERENCES')) ORDER BY c.relname COLLATE "C"`);
  const granted = await asSuperuser(`SELECT DISTINCT g.object AS name FROM primecloud_internal.schema_grants() g JOIN pg_class c
    ON c.relname = g.object AND c.relkind <> 'c' AND c.relnamespace = 'cloud'::regnamespace WHERE g.access = 'app' ORDER BY g.object`);
  assert.deepEqual(names(listed), names(granted).sort());
  assert.deepEqual(names(listed).filter((name) => /_secrets$|_tokens$|outbox/.test(name)), []);
});

test('a name has one function, so that a call is never in doubt', async () => {
  assert.deepEqual(await asSuperuser(`SELECT proname FROM pg_proc WHERE pronamespace = 'cloud'::regnamespace GROUP BY proname HAVING count(*) > 1`), []);
});

test('GET /rpc/orders_page, and the next page by its cursor', async () => {
  const first = await request('GET', 'SELECT call.* FROM "cloud"."orders_page"("page_size" => $1) call', ['20']);
  const next = await request('GET', 'SELECT call.* FROM "cloud"."orders_page"("after_cursor" => $1, "page_size" => $2) call', [first.at(-1).cursor, '20']);
  assert.deepEqual([...first, ...next].map((row) => row.item.order_number), wanted);
});

test('POST /rpc/create_access_key tells its secret once', async () => {
  const [key] = await request('POST', `SELECT call.* FROM json_to_record($1::json) AS body ("name" text),
    LATERAL "cloud"."create_access_key"("name" => body."name") call`, ['{"name":"PostgREST"}']);
  assert.equal(key.secret_access_key.length, 40);
});

test('what is refused comes with its SQLSTATE', async () => {
  await assert.rejects(request('GET', 'SELECT call.* FROM "cloud"."orders_page"("after_cursor" => $1) call', ['no cursor']), { code: '22023' });
  await assert.rejects(request('GET', 'SELECT call.* FROM "cloud"."orders_page"() call', [], 'x.y.z'), { code: '28000' });
});
