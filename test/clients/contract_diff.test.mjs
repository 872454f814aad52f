// What contract_diff says, held to clients: for each case programs of the contract before meet the database after.  A reader is code
// that takes the types of before from what comes after, and its zod; a writer is code that gives what before took, and statements.
// For each verdict that breaks somebody one of them fails, and for each that breaks nobody none does.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { before, test } from 'node:test';
import pg from 'pg';
import { tsImport } from 'tsx/esm/api';
import { PROGRAMS } from './contract_diff_programs.mjs';

const cases = readFileSync('contract_diff_cases.jsonl', 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line));
const made = new Map();
let diagnostics;

const emitted = async (client, schema) => (await client.query(`SELECT primecloud.contract($1) AS contract, primecloud.contract_typescript($1) AS types,
  primecloud.contract_zod($1, '{"unknown_keys":"strip"}') AS zod`, [schema])).rows[0];

// One statement, alone: [its rows as text], or the SQLSTATE.  Nothing of it stays.
async function run(client, text) {
  await client.query('SAVEPOINT program');
  try {
    let rows = [];
    for (const statement of [text].flat()) ({ rows } = await client.query({ text: statement, rowMode: 'array' }));
    return rows.map((row) => row.map((value) => (value === null ? null : String(value instanceof Date ? value.toISOString() : value))));
  } catch (failure) {
    return failure.code;
  } finally {
    await client.query('ROLLBACK TO SAVEPOINT program');
  }
}

// Code of before, over what after gives: it reads rows and results, and writes rows and arguments.
function programs({ contract }, id) {
  const read = [], write = [];
  const head = `import type * as A from './${id}.after.js';\nimport type * as B from './${id}.before.js';
type Calls = A.Reads & A.Commands;
// (What is written as it stands: an interface is no value of an index signature.)
type Plain<T> = T extends object ? { [K in keyof T]: Plain<T[K]> } : T;\n`;
  for (const { name, kind } of Object.values(contract.entities)) {
    read.push(`(row: A.${name}): B.${name} => row`);
    if (kind !== 'composite') read.push(`(row: A.${name}Row): B.${name}Row => row`);
    if (!/table$/.test(kind) || kind.startsWith('mat')) continue;
    for (const what of ['Insert', 'Update']) write.push(`(row: Plain<B.${name}${what}>): A.${name}${what} => row`, `(key: keyof B.${name}${what}): keyof A.${name}${what} => key`);
  }
  for (const kind of ['reads', 'commands']) {
    const of = kind === 'reads' ? 'Reads' : 'Commands';
    for (const { key } of Object.values(contract[kind]).flat()) {
      read.push(`(row: A.${of}["${key}"]["returns"]): B.${of}["${key}"]["returns"] => row`);
      write.push(`(sent: Plain<B.${of}["${key}"]["args"]>): Calls["${key}"]["args"] => sent`,
        `(key: keyof B.${of}["${key}"]["args"]): keyof Calls["${key}"]["args"] => key`);
      if (kind === 'commands') write.push(`(code: A.Commands["${key}"]["errors"]): B.Commands["${key}"]["errors"] => code`);
    }
  }
  const file = (list) => head + list.map((text, i) => `export const use${i} = ${text};\n`).join('');
  return { read: file(read), write: file(write) };
}

before(async () => {
  const client = new pg.Client({ database: process.env.PGDATABASE, user: 'postgres' });
  await client.connect();
  mkdirSync('diff', { recursive: true });
  for (const given of cases) {
    const own = PROGRAMS[given.id] ?? {}, sees = {};
    await client.query('BEGIN');
    await client.query(given.before);
    const was = await emitted(client, given.schema);
    for (const what of ['reads', 'writes']) sees[what] = own[what] && [await run(client, own[what])];
    await client.query(given.after);
    const is = await emitted(client, given.schema);
    for (const what of ['reads', 'writes']) if (own[what]) sees[what].push(await run(client, own[what]));
    if (own.comes) sees.comes = await run(client, own.comes.sql);
    await client.query('ROLLBACK');
    const { read, write } = programs(was, given.id);
    for (const [name, text] of Object.entries({ before: was.types, after: is.types, read, write, zod: was.zod })) writeFileSync(`diff/${given.id}.${name}.ts`, text);
    made.set(given.id, sees);
  }
  await client.end();
  writeFileSync('tsconfig.diff.json', JSON.stringify({ extends: './tsconfig.json', include: ['diff/*.ts'],
    compilerOptions: { exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, noEmit: true } }));
  const { stdout } = spawnSync('node_modules/.bin/tsc', ['-p', 'tsconfig.diff.json', '--pretty', 'false'], { encoding: 'utf8', maxBuffer: 1 << 26 });
  diagnostics = stdout.split('\n').filter((line) => line.startsWith('diff/'));
});

for (const given of cases) {
  test(`${given.id}: ${given.expect.map(({ change }) => change).join(', ') || 'nothing'}`, async () => {
    const { reads, writes, comes } = made.get(given.id);
    const said = (file) => diagnostics.filter((line) => line.startsWith(`diff/${given.id}.${file}.ts(`));
    const differs = (pair) => pair && JSON.stringify(pair[0]) !== JSON.stringify(pair[1]);
    const refused = async () => comes && !(await tsImport(`./diff/${given.id}.zod.ts`, import.meta.url))[PROGRAMS[given.id].comes.as].safeParse(JSON.parse(comes[0][0])).success;
    for (const [who, fails, why] of [['readers', said('read').length > 0 || differs(reads) || await refused(), [...said('read'), { reads, comes }]],
      ['writers', said('write').length > 0 || differs(writes), [...said('write'), { writes }]]]) {
      const breaks = given.expect.some((row) => row[who] === 'breaking');
      assert.equal(Boolean(fails), breaks, `${who}: ${JSON.stringify(given.expect)}\n${JSON.stringify(why, null, 1)}`);
    }
  });
}
