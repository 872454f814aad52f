// node-postgres: every type is read, written as a parameter and filtered by one.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pg from 'pg';

const client = new pg.Client({ host: process.env.PGHOST, user: process.env.PGUSER, database: process.env.PGDATABASE });

before(async () => {
  await client.connect();
  await client.query(`CREATE TABLE seen (id uuid DEFAULT primecloud.uuid_v7() PRIMARY KEY, size primecloud.byte_size, amount primecloud.money_amount,
    document primecloud.tax_id, bucket primecloud.bucket_name, host primecloud.dns_hostname, key primecloud.access_key_id, color primecloud.hex_color,
    sizes primecloud.byte_size[])`);
});
after(() => client.end());

// column, what is written, what is read
const values = [
  ['size', '50 GiB', '53687091200'],
  ['amount', '12.3 BRL', '12.30 BRL'],
  ['document', '12.ABC.345/01DE-35', '12ABC34501DE35'],
  ['bucket', 'my-bucket', 'my-bucket'],
  ['host', 'example.com', 'example.com'],
  ['key', 'AKIAIOSFODNN7EXAMPLE', 'AKIAIOSFODNN7EXAMPLE'],
  ['color', '#1a73e8', '#1a73e8'],
];

for (const [column, written, read] of values) {
  test(`${column}: written, read and filtered by parameter`, async () => {
    await client.query(`INSERT INTO seen (${column}) VALUES ($1)`, [written]);
    const found = await client.query(`SELECT ${column} FROM seen WHERE ${column} = $1`, [written]);
    assert.deepEqual(found.rows, [{ [column]: read }]);
  });
  test(`${column}: filtered by ANY of an array`, async () => {
    const found = await client.query(`SELECT ${column} FROM seen WHERE ${column} = ANY ($1)`, [[read]]);
    assert.equal(found.rows[0]?.[column], read);
  });
}

test('a number is a size; a bigint parameter too', async () => {
  await client.query('INSERT INTO seen (size) VALUES ($1), ($2)', [7, 8n]);
  const found = await client.query('SELECT size::bigint AS size FROM seen WHERE size BETWEEN $1 AND $2 ORDER BY size', [7, '8']);
  assert.deepEqual(found.rows.map((row) => row.size), ['7', '8']);
});

test('a parameter of a product is told its type', async () => {
  await assert.rejects(client.query(`SELECT size * $1 FROM seen`, [1.5]), { code: '42725' });
  const found = await client.query(`SELECT '1 GiB'::primecloud.byte_size * $1::numeric AS size, '10 BRL'::primecloud.money_amount * $1::numeric AS amount`, [1.5]);
  assert.deepEqual(found.rows, [{ size: '1610612736', amount: '15.00 BRL' }]);
});

test('JSON: a size is a number, an amount a string', async () => {
  const found = await client.query(`SELECT primecloud.to_camel_json(r) AS json FROM (SELECT '1 GiB'::primecloud.byte_size AS used_bytes, '1 BRL'::primecloud.money_amount AS unit_price) AS r`);
  assert.deepEqual(found.rows[0].json, { usedBytes: 1073741824, unitPrice: '1.00 BRL' });
});

test('what a driver sends of a number that is no size is refused', async () => {
  for (const [value, code] of [[1.5, '22P02'], [2 ** 70, '22P02'], [Number.NaN, '22P02'], ['1e3', '22P02']]) {
    await assert.rejects(client.query('INSERT INTO seen (size) VALUES ($1)', [value]), { code }, String(value));
  }
  await client.query('INSERT INTO seen (size) VALUES ($1)', [Number.MAX_SAFE_INTEGER]);
});

test('an array of a base type arrives as text; cast it to read it', async () => {
  await client.query(`INSERT INTO seen (sizes) VALUES ($1)`, [['1 KiB', '2 KiB']]);
  const found = await client.query('SELECT sizes, sizes::bigint[] AS cast FROM seen WHERE sizes IS NOT NULL');
  assert.deepEqual(found.rows, [{ sizes: '{1024,2048}', cast: ['1024', '2048'] }]);
});

test('errors carry their SQLSTATE, and a domain its constraint', async () => {
  const refused = [['size', '1 GB', '22P02'], ['amount', '1.234 BRL', '22P02'], ['document', '11111111111', '22P02'], ['bucket', 'No', '23514']];
  for (const [column, value, code] of refused) {
    await assert.rejects(client.query(`INSERT INTO seen (${column}) VALUES ($1)`, [value]), { code });
  }
  await assert.rejects(client.query(`INSERT INTO seen (bucket) VALUES ('No')`), { constraint: 'bucket_name_valid', dataType: 'bucket_name' });
});
