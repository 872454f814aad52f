// What the contract emits, held to what comes: for every case the TypeScript takes and refuses what it should under tsc --strict,
// and every row of to_camel_json validates against zod and JSON Schema, and what is mutated does not.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import pg from 'pg';
import { tsImport } from 'tsx/esm/api';

const cases = readFileSync('contract_emit_cases.jsonl', 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line));
const made = new Map();  // by case: files, schema, rows
let diagnostics;

async function told(client, given) {
  await client.query('BEGIN');
  try {
    await client.query(given.setup);
    const rows = [];
    for (const row of given.rows ?? []) rows.push(Object.values((await client.query({ text: `SELECT (${row.sql})::text`, rowMode: 'array' })).rows[0])[0]);
    const ask = async (call) => (await client.query(`SELECT primecloud.${call} AS text`, [given.schema])).rows[0].text;
    const text = { typescript: await ask('contract_typescript($1)'), zod: await ask('contract_zod($1)'),
      strict: await ask(`contract_zod($1, '{"unknown_keys":"reject"}')`), schema: await ask('contract_json_schema($1)') };
    return { ...text, rows };
  } finally {
    await client.query('ROLLBACK');
  }
}

before(async () => {
  const client = new pg.Client({ database: process.env.PGDATABASE, user: 'postgres' });
  await client.connect();
  mkdirSync('contract');
  for (const given of cases) {
    if (given.expect_error) {
      made.set(given.id, await told(client, given).then(() => ({ code: 'none' }), ({ code }) => ({ code })));
      continue;
    }
    const files = await told(client, given);
    made.set(given.id, files);
    writeFileSync(`contract/${given.id}.ts`, files.typescript);
    writeFileSync(`contract/${given.id}.zod.ts`, files.zod);
    writeFileSync(`contract/${given.id}.strict.ts`, files.strict);
    (given.typescript ?? []).forEach((snippet, i) => writeFileSync(`contract/${given.id}.use${i}.ts`,
      `import * as C from './${given.id}.js';\nexport {};\n${snippet.accept ?? snippet.reject}\ntype _Used = typeof C;\n`));
  }
  await client.end();
  writeFileSync('tsconfig.contract.json', JSON.stringify({ extends: './tsconfig.json', include: ['contract/*.ts'],
    compilerOptions: { exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true } }));
  const { stdout } = spawnSync('node_modules/.bin/tsc', ['-p', 'tsconfig.contract.json', '--pretty', 'false'], { encoding: 'utf8', maxBuffer: 1 << 26 });
  diagnostics = stdout.split('\n').filter((line) => line.startsWith('contract/'));
});

const said = (file) => diagnostics.filter((line) => line.startsWith(`contract/${file}(`));

for (const given of cases) {
  if (given.expect_error) {
    test(`${given.id}: refused`, () => assert.equal(made.get(given.id).code, given.expect_error));
    continue;
  }
  test(`${given.id}: tsc`, () => {
    for (const file of ['ts', 'zod.ts', 'strict.ts']) assert.deepEqual(said(`${given.id}.${file}`), []);
    (given.typescript ?? []).forEach((snippet, i) => {
      const errors = said(`${given.id}.use${i}.ts`);
      if (snippet.accept) assert.deepEqual(errors, [], snippet.accept);
      else assert.notEqual(errors.length, 0, snippet.reject);
    });
  });
  if (!given.rows && !given.invalid) continue;
  test(`${given.id}: zod and JSON Schema`, async () => {
    const { schema, rows } = made.get(given.id);
    const ajv = new Ajv2020({ strict: true, allErrors: true, keywords: ['x-class'] });
    ajv.addSchema(schema, 'contract');
    const zod = await tsImport(`./contract/${given.id}.zod.ts`, import.meta.url);
    const strict = await tsImport(`./contract/${given.id}.strict.ts`, import.meta.url);
    const verdicts = (name, value) => ({ ajv: ajv.getSchema(`contract#/$defs/${name}`)(value),
      zod: zod[name].safeParse(value).success, strict: strict[name].safeParse(value).success });
    (given.rows ?? []).forEach((row, i) => {
      const value = JSON.parse(rows[i]);
      if (row.must_validate_as)
        assert.deepEqual(verdicts(row.must_validate_as, value), { ajv: true, zod: true, strict: true }, rows[i]);
      if (row.must_not_validate_as) {
        const { ajv: closed, strict: refused } = verdicts(row.must_not_validate_as, value);
        assert.deepEqual({ closed, refused }, { closed: false, refused: false }, rows[i]);
      }
    });
    for (const { json, as, why } of given.invalid ?? []) {
      const { ajv: closed, strict: refused } = verdicts(as, json);
      assert.deepEqual({ closed, refused }, { closed: false, refused: false }, `${why}: ${JSON.stringify(json)}`);
    }
    for (const { json, as } of given.valid ?? []) assert.equal(verdicts(as, json).ajv, true);
  });
}

// What a database stores beside the types' usual values.
test('beyond doubles, declared dimensions and finite times', async () => {
  const client = new pg.Client({ database: process.env.PGDATABASE, user: 'postgres' });
  await client.connect();
  try {
    await client.query(`BEGIN; CREATE SCHEMA far; SET search_path = far, public;
      CREATE TABLE held (id int, n numeric, least numeric CHECK (least > 0), few numeric(20, 2), tags int[], at timestamptz,
        part numeric CHECK (part < 1), coarse numeric(10, 2) CHECK (coarse < 1));
      INSERT INTO held VALUES (1, -(10.0 ^ 400), 10.0 ^ 400, 5, '{1}', 'infinity', 0.99999999999999999999, 0.99), (2, 1, 1, 5, '{{1}}', '-infinity', 0.5, 0.5)`);
    const { rows: [{ zod, schema, types, endless }] } = await client.query(`SELECT primecloud.contract_zod('far') AS zod, primecloud.contract_json_schema('far') AS schema,
      primecloud.contract_typescript('far') AS types, primecloud.contract_typescript('far', '{"dates":"infinity"}') AS endless`);
    const { rows } = await client.query('SELECT primecloud.to_camel_json(v)::text AS json, at FROM held AS v ORDER BY id');
    writeFileSync('contract/far.zod.ts', zod);
    const { Held } = await tsImport('./contract/far.zod.ts', import.meta.url);
    const validates = (strictNumbers, row) => new Ajv2020({ strict: true, strictNumbers }).addSchema(schema, 'far').getSchema('far#/$defs/Held')(row);
    const [far, deep] = rows.map(({ json }) => JSON.parse(json));
    assert.equal(far.n, -Infinity);
    assert.equal(Held.safeParse(far).success, true);
    assert.deepEqual([validates(false, far), validates(true, far)], [true, false]);
    assert.equal(far.part, 1);
    for (const wrong of [{ least: 0 }, { part: 1.5 }, { coarse: 1 }]) assert.equal(validates(false, { ...far, ...wrong }), false, JSON.stringify(wrong));
    for (const wrong of [{ least: -Infinity }, { few: Infinity }, { n: NaN }, { least: 0 }, { part: 1.5 }, { coarse: 1 }]) assert.equal(Held.safeParse({ ...far, ...wrong }).success, false, JSON.stringify(wrong));
    assert.deepEqual(deep.tags, [[1]]);
    assert.deepEqual([Held.safeParse(deep).success, validates(false, deep)], [false, false]);
    assert.deepEqual(rows.map(({ at }) => at), [Infinity, -Infinity]);
    assert.match(types, /  at: globalThis.Date \| null;/);
    assert.match(endless, /  at: globalThis.Date \| number \| null;/);
  } finally {
    await client.query('ROLLBACK');
    await client.end();
  }
});
