// A control plane with something in every table, and the values at the edges of every column's type in its rows, for what is said of
// its contract.  All in one transaction of the superuser, who becomes each role; nothing of it stays.
import pg from 'pg';
import { server } from './entering.mjs';

const LIFECYCLE = `'{"Rules":[{"ID":"r","Status":"Enabled","Filter":{"Prefix":"p"},"Expiration":{"Days":30}}]}'`;
// What the people and services of one account do: role, call, how often a row comes.  $a is the account, $o its owner ...
const DONE = [
  ['app', `create_access_key(E'</script>\\u2028')`], ['app', `create_sftp_credential('login')`], ['app', `invite('new@example.com')`],
  ['app', `share_object($b, 'a/b')`], ['app', `tag_object($b, 'k', 'tag')`], ['app', `set_domain('files.example.com')`],
  ['app', `request_quota(1099511627776000, 'more')`], ['app', `set_bucket_lifecycle($b, ${LIFECYCLE})`], ['app', `grant_bucket($b, $m)`],
  ['app', `notify('order_placed', 't')`], ['app', `mark_all_read()`], ['app', `set_smtp('smtp.example.com', 'u', 'p', 'a@example.com')`], ['app', `orders_count('exact')`],
  ['app', `place_order($p, request_id => 'r')`], ['app', `move_order($i, 'canceled', 'x')`],
  ['platform', `note_order($i, 'n')`], ['platform', `set_price('vps', 'core', 'core', 7)`],
  ['platform', `set_vps_credentials($v, 'h.example.com', '10.0.0.1', 'secret')`], ['platform', `quote_order($v, 5)`],
  ['worker', `record_usage($u)`], ['worker', `claim_outbox('minio', 'w')`], ['maintenance', `generate_invoices()`],
];
// (A number of jsonb beyond what JavaScript has is none for JSON.parse.)
const EDGES = {
  int2: ['-32768', '32767', '0'], int4: ['-2147483648', '2147483647', '0', '1'],
  int8: ['-9223372036854775808', '9223372036854775807', '9007199254740993', '0'], bool: ['true', 'false'],
  text: ['', '\u2028</script>`${x}*/', 'é\u{1F600}', 'null', '__proto__', ' ', 'x'.repeat(300)],
  timestamptz: ['infinity', '-infinity', '0044-03-15 12:00:00.000001+00 BC', '12000-01-01 00:00:00+00', '2026-02-28 23:59:59.999999+14'],
  timestamp: ['infinity', '0044-03-15 BC', '12000-01-01'], date: ['infinity', '-infinity', '0044-03-15 BC', '12000-01-01'],
  jsonb: ['null', '[]', '{"a_b":[1.5,null,{"c_d":"x"}]}', '"text"', '0', 'false'], inet: ['::1/0', '10.0.0.0/8', '255.255.255.255'],
  numeric: ['NaN', '0', '-0.10'], interval: ['-1 mon +1 day', '00:00:00'], uuid: ['00000000-0000-0000-0000-000000000000'],
  bytea: ['\\x', '\\x00ff'],
};

async function one(client, text, values) {
  await client.query('SAVEPOINT tried');
  try {
    const { rows } = await client.query(text, values);
    await client.query('RELEASE SAVEPOINT tried');
    return rows;
  } catch (failure) {
    await client.query('ROLLBACK TO SAVEPOINT tried');
    return failure;
  }
}

// What nothing above makes.
const MADE = `INSERT INTO cloud.customers (account_id, name) VALUES ($a, 'c');
  WITH bill AS (INSERT INTO cloud.invoices (account_id, invoice_number, billed_name, period_start, period_end, subtotal_cents, currency, due_at)
    VALUES ($a, 'I', 'b', 'yesterday', 'today', 5, 'BRL', 'tomorrow') RETURNING id, account_id)
  INSERT INTO cloud.invoice_lines (account_id, invoice_id, position, kind, description, amount_cents) SELECT account_id, id, 1, 'order', 'd', 5 FROM bill;
  UPDATE cloud.accounts SET domain_status = 'active' WHERE id = $a;
  UPDATE cloud.outbox SET status = 'dead', finished_at = now() WHERE sequence = (SELECT min(sequence) FROM cloud.outbox);`;

// Each value at each column of some row that takes it.
async function fill(client) {
  const columns = (await client.query(`SELECT c.relname AS table, a.attname AS column, coalesce(b.typname, t.typname) AS type, attnotnull
    FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid JOIN pg_type t ON t.oid = atttypid LEFT JOIN pg_type b ON b.oid = t.typbasetype
    WHERE relnamespace = 'cloud'::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attidentity = ''
      AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND contype IN ('p', 'f') AND attnum = ANY (conkey)) ORDER BY 1, 2`)).rows;
  await client.query(`CREATE FUNCTION pg_temp.put(which regclass, col name, value text) RETURNS text
    LANGUAGE plpgsql AS $$ DECLARE told text; BEGIN
      EXECUTE format('UPDATE %s AS t SET %I = %L WHERE ctid = (SELECT min(ctid) FROM %1$s) RETURNING primecloud.to_camel_json(t)', which, col, value)
        INTO told; RETURN told;
      EXCEPTION WHEN integrity_constraint_violation OR data_exception OR program_limit_exceeded THEN RETURN NULL; END $$`);
  const put = [];
  for (const { table, column, type, attnotnull } of columns) {
    if (table === 'lifecycle_rules' && column === 'rule') continue;  // one that is no rule would be refused by what reads it
    const values = [...(EDGES[type] ?? []), ...(attnotnull ? [] : [null])];
    const { rows } = await client.query(`SELECT pg_temp.put($1, $2, v) AS json FROM unnest($3::text[]) v`, [`cloud.${table}`, column, values]);
    put.push(...rows.filter(({ json }) => json).map(({ json }) => ({ kind: 'entities', name: table, many: true, json })));
  }
  return put;
}

// The rows of each entity and call, as to_camel_json writes them: [{ kind, name, many, json }].
export async function rowsAtTheEdges() {
  const client = new pg.Client({ ...server, user: 'postgres' });
  await client.connect();
  try {
    await client.query('BEGIN');
    for (const access of ['platform', 'worker', 'maintenance']) {
      await client.query(`SELECT primecloud.create_${access}_role('edges_${access}')`);
      await client.query(`SELECT primecloud.grant_schema('cloud', 'edges_${access}', '${access}')`);
    }
    await client.query(`GRANT clients_app TO postgres`);
    const { rows: [known] } = await client.query(`SELECT u.id AS o, a.id AS a, (SELECT id FROM cloud.buckets WHERE account_id = a.id LIMIT 1) AS b,
        (SELECT order_id FROM cloud.vps_configs v JOIN cloud.orders r ON r.id = order_id WHERE r.account_id = a.id AND r.status = 'pending' LIMIT 1) AS v,
        (SELECT id FROM cloud.orders WHERE account_id = a.id AND status = 'pending' AND order_type = 'product' LIMIT 1) AS i,
        (SELECT user_id FROM cloud.account_members m WHERE account_id = a.id AND m.user_id <> u.id LIMIT 1) AS m,
        (SELECT id FROM cloud.products WHERE is_public LIMIT 1) AS p,
        (SELECT jsonb_agg(jsonb_build_object('bucket', physical_name, 'at', now(), 'storage_bytes', 1)) FROM cloud.buckets WHERE account_id = a.id) AS u
      FROM cloud.users u, cloud.accounts a WHERE u.email = 'owner1@example.com' AND a.slug = 'account-1'`);
    const become = (role) => client.query(`SET LOCAL ROLE ${role === 'app' ? 'clients_app' : `edges_${role}`}`);
    const written = (text) => text.replace(/\$([a-z])(?![a-z])/g, (_, name) => pg.escapeLiteral(typeof known[name] === 'string' ? known[name] : JSON.stringify(known[name])));
    const found = [], failed = [];
    const ask = async (kind, name, many, from, role) => {
      if (role) await become(role);
      const rows = await one(client, `SELECT primecloud.to_camel_json(r)::text AS json FROM ${from} AS r`);
      await client.query('RESET ROLE');
      if (rows instanceof Error) return rows;
      found.push(...rows.map(({ json }) => ({ kind, name, many, json })));
    };
    await client.query('SELECT primecloud.enter_trusted($1, $2, NULL)', [known.a, known.o]);
    for (const [role, call] of DONE) {
      const name = call.slice(0, call.indexOf('('));
      const failure = await ask('commands', name, false, `cloud.${written(call)}`, role);
      if (failure) failed.push(`${call}: ${failure.message}`);
    }
    const token = JSON.parse(found.find(({ name }) => name === 'share_object').json).token;
    const failure = await ask('commands', 'open_share', false, `cloud.open_share(${pg.escapeLiteral(token)})`, 'app');
    if (failure) failed.push(`open_share: ${failure.message}`);
    await client.query('SET LOCAL session_replication_role = replica');
    await client.query(written(MADE));
    found.push(...await fill(client));
    await client.query('SET LOCAL session_replication_role = origin');
    const { rows: [{ bill }] } = await client.query('SELECT id AS bill FROM cloud.invoices LIMIT 1');
    const { rows: [{ contract }] } = await client.query(`SELECT primecloud.contract('cloud') AS contract`);
    for (const [name, { kind }] of Object.entries(contract.entities))
      if (kind !== 'composite') await ask('entities', name, true, `(SELECT * FROM cloud.${name} LIMIT 60)`);
    const given = { bucket: known.b, order_id: known.v, invoice_id: bill, account: known.a, wanted_user: known.o, wanted_action: 'invite', order_status: 'pending',
      wanted_status: 'pending', host: 'files.example.com', audience: 'members', list: 'orders_page', id: known.v, product: known.p, service: 'minio',
      period_start: '-infinity', period_end: 'infinity', category: 'vps', resource: 'core', amount: '3' };
    for (const [name, [read]] of Object.entries(contract.reads)) {
      if (read.returns.void) continue;
      const last = name.endsWith('_before') && found.findLast((row) => row.name === name.replace(/_before$/, ''));
      const known_ = { ...given, before: last && JSON.parse(last.json).cursor };
      const values = read.arguments.filter(({ optional }) => !optional).map((argument) =>
        `${argument.name} => ${argument.name in known_ ? pg.escapeLiteral(String(known_[argument.name])) : 'NULL'}`);
      const answers = [];
      for (const role of ['app', 'platform', 'worker', null]) answers.push(await ask('reads', name, read.many, `cloud.${name}(${values})`, role));
      if (answers.every((answer) => answer)) failed.push(`${name}: ${answers[0].message}`);
    }
    return { contract, found, failed };
  } finally {
    await client.query('ROLLBACK');
    await client.end();
  }
}
