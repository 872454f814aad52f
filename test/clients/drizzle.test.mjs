// Drizzle: a base type takes one customType line, a domain is declared as what it is made of.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { drizzle } from 'drizzle-orm/node-postgres';
import { and, eq, gte, inArray, lt, sql, sum } from 'drizzle-orm';
import { customType, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import pg from 'pg';

const byteSize = customType({ dataType: () => 'primecloud.byte_size', fromDriver: BigInt, toDriver: String });
const moneyAmount = customType({ dataType: () => 'primecloud.money_amount' });
const taxId = customType({ dataType: () => 'primecloud.tax_id' });
const items = pgTable('drizzle_items', {
  id: uuid('id').default(sql`primecloud.uuid_v7()`).primaryKey(),
  size: byteSize('size'), amount: moneyAmount('amount'), document: taxId('document'),
  bucket: text('bucket'), host: text('host'), key: text('key'), color: text('color'),
  sizes: byteSize('sizes').array(),
});

const client = new pg.Client({ host: process.env.PGHOST, user: process.env.PGUSER, database: process.env.PGDATABASE });
const db = drizzle(client);
before(async () => {
  await client.connect();
  await client.query(`CREATE TABLE drizzle_items (id uuid DEFAULT primecloud.uuid_v7() PRIMARY KEY, size primecloud.byte_size, amount primecloud.money_amount,
    document primecloud.tax_id, bucket primecloud.bucket_name, host primecloud.dns_hostname, key primecloud.access_key_id, color primecloud.hex_color,
    sizes primecloud.byte_size[])`);
});
after(() => client.end());

test('a row is written and read', async () => {
  await db.insert(items).values({ size: 1024n, amount: '12.3 BRL', document: '295.379.955-93', bucket: 'my-bucket', host: 'example.com',
    key: 'AKIAIOSFODNN7EXAMPLE', color: '#1a73e8', sizes: [1n, 2n] });
  const [row] = await db.select().from(items);
  assert.match(row.id, /^[0-9a-f-]{36}$/);
  delete row.id;
  assert.deepEqual(row, { size: 1024n, amount: '12.30 BRL', document: '29537995593', bucket: 'my-bucket', host: 'example.com',
    key: 'AKIAIOSFODNN7EXAMPLE', color: '#1a73e8', sizes: [1n, 2n] });
});

test('rows are filtered by every type', async () => {
  const conditions = [eq(items.size, 1024n), and(gte(items.size, 1000n), lt(items.size, 2000n)), eq(items.amount, '12.30 BRL'),
    gte(items.amount, '1 BRL'), eq(items.document, '29537995593'), inArray(items.document, ['29537995593']), eq(items.bucket, 'my-bucket'),
    eq(items.host, 'example.com'), eq(items.key, 'AKIAIOSFODNN7EXAMPLE'), eq(items.color, '#1a73e8')];
  for (const condition of conditions) assert.equal((await db.select().from(items).where(condition)).length, 1);
});

test('sums come back', async () => {
  const [row] = await db.select({ size: sum(items.size), amount: sum(items.amount) }).from(items);
  assert.deepEqual({ size: BigInt(row.size), amount: row.amount }, { size: 1024n, amount: '12.30 BRL' });
});
