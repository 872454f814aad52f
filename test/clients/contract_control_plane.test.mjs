// The control plane's own contract, held to what comes: every row of its tables and of what its reads and commands give, with the
// values at the edges of each column, validates against zod and JSON Schema, and what is mutated does not.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { tsImport } from 'tsx/esm/api';
import { rowsAtTheEdges } from './contract_control_plane.mjs';
import { asSuperuser } from './entering.mjs';

// What gives no row without more than one account does, or to nobody but other functions.
const WITHOUT_ROWS = ['entities notification_marks', 'reads invoice_candidates', 'reads sftp_order'];
let contract, found, failed, verdicts;

before(async () => {
  ({ contract, found, failed } = await rowsAtTheEdges());
  const [{ zod, strict, schema }] = await asSuperuser(`SELECT primecloud.contract_zod('cloud') AS zod, primecloud.contract_json_schema('cloud') AS schema,
    primecloud.contract_zod('cloud', '{"unknown_keys":"reject"}') AS strict`);
  mkdirSync('cloud', { recursive: true });
  writeFileSync('cloud/open.ts', zod);
  writeFileSync('cloud/strict.ts', strict);
  const ajv = new Ajv2020({ strict: true, keywords: ['x-class'] });
  ajv.addSchema(schema, 'contract');
  const open = await tsImport('./cloud/open.ts', import.meta.url), closed = await tsImport('./cloud/strict.ts', import.meta.url);
  verdicts = (name, value) => ({ ajv: ajv.getSchema(`contract#/$defs/${name}`)(value), open: open[name].safeParse(value).success,
    strict: closed[name].safeParse(value).success });
});

// The type that rows of a table or a call are of, and its columns; of a single value neither.
function typeOf({ kind, name }) {
  if (kind === 'entities') return contract.entities[name];
  const { returns } = contract[kind][name][0];
  return returns.row ? { name: returns.name, columns: returns.row } : returns.of === 'composite' && !returns.dimensions ? contract.entities[returns.type] : undefined;
}
const hidden = (columns) => Object.values(columns).filter((column) => ['secret', 'token'].includes(column.class)).map(({ key }) => key);
const accepted = { ajv: true, open: true, strict: true };
const told = (row, type) => {
  const value = JSON.parse(row.json);
  // A token comes back from the command that makes it alone, and is told of that.
  if (row.kind === 'entities') for (const key of hidden(type.columns)) delete value[key];
  return value;
};

test('every command was carried out and every read was asked', () => {
  assert.deepEqual(failed.filter((text) => !text.startsWith('invoice_candidates: permission denied')), []);
  const met = new Set(found.map(({ kind, name }) => `${kind} ${name}`));
  const names = [...Object.entries(contract.entities).filter(([, { kind }]) => kind !== 'composite').map(([name]) => `entities ${name}`),
    ...Object.entries(contract.reads).filter(([name, [{ returns }]]) => !returns.void && !name.endsWith('_before')).map(([name]) => `reads ${name}`)];
  assert.deepEqual(names.filter((name) => !met.has(name)).sort(), WITHOUT_ROWS);
  assert.ok(found.length > 2000, `${found.length} rows`);
});

test('every row validates, and no value that is never NULL is', () => {
  for (const row of found) {
    const type = typeOf(row);
    if (type) assert.deepEqual(verdicts(type.name, told(row, type)), accepted, `${row.kind} ${row.name}: ${row.json}`);
    else if (!contract[row.kind][row.name][0].returns.nullable) assert.notEqual(row.json, 'null', row.name);
  }
});

test('a row with a secret or a token does not', () => {
  const leaks = found.filter((row) => row.kind === 'entities' && hidden(typeOf(row).columns).some((key) => key in JSON.parse(row.json)));
  assert.ok(leaks.length > 10, `${leaks.length} rows`);
  for (const row of leaks) {
    const { ajv, strict } = verdicts(typeOf(row).name, JSON.parse(row.json));
    assert.deepEqual({ ajv, strict }, { ajv: false, strict: false }, row.json);
  }
});

// What is no value of a column: [what was done, the column's value then].
function* mutations(column) {
  if (['json', 'jsonb', 'record', 'lifecycle'].includes(column.type) || column.wire) return;
  if (!column.nullable) yield ['null', null];
  yield ['an object', { notOne: [1] }];
  if (column.dimensions) return yield ['an element', [{ notOne: [1] }]];
  if (column.values) yield ['another value', 'not one of them'];
  if (/^(int[248]|float[48]|numeric)$/.test(column.type) && !column.of) yield ['a text', 'twelve'];
  if (column.type === 'bool') yield ['a number', 1];
  if (/^(text|uuid|timestamptz|date)$/.test(column.type) && !column.of) yield ['a number', 12];
  if (Number.isSafeInteger(column.max)) yield ['more', column.max + 1];
  if (Number.isSafeInteger(column.min)) yield ['less', column.min - 1];
  if (column.max_length !== undefined) yield ['a longer text', 'x'.repeat(column.max_length + 1)];
}

test('a mutated row does not', () => {
  const done = new Set();
  let count = 0;
  for (const row of found) {
    const type = typeOf(row);
    if (!type || done.has(type.name)) continue;
    done.add(type.name);
    const value = told(row, type);
    const refused = (mutated, what) => {
      const { ajv, strict } = verdicts(type.name, mutated);
      assert.deepEqual({ ajv, strict }, { ajv: false, strict: false }, `${type.name}: ${what}`);
      count++;
    };
    refused({ ...value, notOne: 1 }, 'one key more');
    for (const column of Object.values(type.columns)) {
      if (!(column.key in value)) continue;
      const { [column.key]: _, ...rest } = value;
      refused(rest, `without ${column.key}`);
      for (const [what, other] of mutations(column)) refused({ ...value, [column.key]: other }, `${what} as ${column.key}`);
    }
  }
  assert.ok(count > 1000, `${count} mutations`);
});
