// The file for Drizzle, both ways: drizzle-kit push against the database it was made from says that there is nothing to do, and
// does nothing by the catalog; what drizzle-kit generate makes of it, run in an empty database, has the same policies.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import pg from 'pg';

const cases = readFileSync('contract_emit_cases.jsonl', 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line))
  .filter((given) => given.drizzle);
cases.push({ id: 'policies', schema: 'guarded', drizzle: { push_live: 'No changes detected', generate_empty_same: ['policies', 'rls', 'columns'] },
  setup: `CREATE SCHEMA guarded; SET search_path = guarded, public;
    CREATE TABLE notes (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, account int NOT NULL, body text NOT NULL DEFAULT 'a \`tick\` \${x} \\',
      made timestamptz NOT NULL DEFAULT now(), CONSTRAINT notes_body CHECK (char_length(body) < 100));
    CREATE INDEX notes_account ON notes (account, id DESC) WHERE account > 0;
    ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
    CREATE POLICY a ON notes FOR SELECT USING (account = 1 OR body = 'a''b\\');
    CREATE POLICY b ON notes AS RESTRICTIVE FOR UPDATE USING (account > 0) WITH CHECK (account > 0);
    CREATE POLICY c ON notes FOR INSERT WITH CHECK (account = 1);` });

const database = (name) => ({ ...process.env, PGDATABASE: name, PGUSER: 'postgres' });
const kit = (name, schema, ...command) => {
  writeFileSync('contract.config.ts', `import { defineConfig } from 'drizzle-kit';
export default defineConfig({ dialect: 'postgresql', schemaFilter: ['${schema}'], out: './generated', schema: './drizzled/schema.ts',
  dbCredentials: { host: process.env.PGHOST!, user: 'postgres', database: '${name}', ssl: false } });\n`);
  const { stdout, stderr } = spawnSync('node_modules/.bin/drizzle-kit', [...command, '--config', 'contract.config.ts'],
    { encoding: 'utf8', env: database(name) });
  return stdout + stderr;
};
async function ask(name, text, values) {
  const client = new pg.Client({ database: name, user: 'postgres' });
  await client.connect();
  try {
    return await client.query(text, values);
  } finally {
    await client.end();
  }
}

// Everything that the file could tell, by the catalog.
const parts = {
  policies: `SELECT tablename, policyname, permissive, roles::text, cmd, qual, with_check FROM pg_policies WHERE schemaname = $1 ORDER BY 1, 2`,
  rls: `SELECT relname, relrowsecurity FROM pg_class WHERE relnamespace = $1::text::regnamespace AND relkind = 'r' ORDER BY 1`,
  columns: `SELECT c.relname, a.attname, format_type(atttypid, atttypmod) AS type, attnotnull, attidentity, attgenerated,
    pg_get_expr(adbin, adrelid) AS filled FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid LEFT JOIN pg_attrdef d ON adrelid = attrelid AND adnum = attnum
    WHERE relnamespace = $1::text::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped ORDER BY 1, 2`,
  constraints: `SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) AS definition FROM pg_constraint
    WHERE connamespace = $1::text::regnamespace AND contype IN ('p', 'u', 'f', 'c') ORDER BY 1, 2`,
  indexes: `SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = $1 ORDER BY 1, 2`,
};
const standing = async (name, schema, which) =>
  Object.fromEntries(await Promise.all(which.map(async (part) => [part, (await ask(name, parts[part], [schema])).rows])));

before(async () => {
  mkdirSync('drizzled');
  execFileSync('createdb', ['contract_live']);
  execFileSync('createdb', ['contract_empty']);
  for (const name of ['contract_live', 'contract_empty']) await ask(name, 'CREATE EXTENSION primecloud');
});
after(() => rmSync('generated', { recursive: true, force: true }));

for (const given of cases) {
  test(`${given.id}: push, and generate`, async () => {
    await ask('contract_live', given.setup);
    const { rows: [{ file }] } = await ask('contract_live', 'SELECT primecloud.contract_drizzle($1) AS file', [given.schema]);
    writeFileSync('drizzled/schema.ts', file);
    const was = await standing('contract_live', given.schema, Object.keys(parts));
    if (given.drizzle.push_live) assert.match(kit('contract_live', given.schema, 'push', '--verbose'), new RegExp(given.drizzle.push_live), file);
    assert.deepEqual(await standing('contract_live', given.schema, Object.keys(parts)), was);
    const same = given.drizzle.generate_empty_same ?? [];
    if (same.length === 0) return;
    rmSync('generated', { recursive: true, force: true });
    const generated = kit('contract_empty', given.schema, 'generate');
    const scripts = readdirSync('generated').filter((name) => name.endsWith('.sql'));
    assert.equal(scripts.length, 1, generated);
    await ask('contract_empty', readFileSync(`generated/${scripts[0]}`, 'utf8').replaceAll('--> statement-breakpoint', ''));
    assert.deepEqual(await standing('contract_empty', given.schema, same), await standing('contract_live', given.schema, same));
  });
}

test('tsc --strict takes the file', () => {
  writeFileSync('tsconfig.drizzled.json', JSON.stringify({ extends: './tsconfig.json', include: ['drizzled/*.ts'] }));
  const { stdout } = spawnSync('node_modules/.bin/tsc', ['-p', 'tsconfig.drizzled.json'], { encoding: 'utf8' });
  assert.equal(stdout, '');
});
