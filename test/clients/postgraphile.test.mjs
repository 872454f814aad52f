// PostGraphile's schema of the control plane, as the application's role sees it: every list is there with its cursor, and no two things
// want one name.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { postgraphile } from 'postgraphile';
import { makePgService } from 'postgraphile/adaptors/pg';
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber';
import { PostGraphileRelayPreset } from 'postgraphile/presets/relay';
import { asSuperuser } from './entering.mjs';

const camel = (name) => name.replace(/_+(\w)/g, (_, letter) => letter.toUpperCase());
let functions;

before(async () => {
  functions = await asSuperuser(`SELECT p.proname AS name, p.provolatile = 'v' AS command, p.proretset AS rows, p.proargnames[1:p.pronargs] AS arguments,
      n.nspname <> 'pg_catalog' AND t.typtype = 'b' OR t.typname = 'void' AND p.provolatile <> 'v' AS unknown
    FROM pg_proc p JOIN pg_type t ON t.oid = p.prorettype JOIN pg_namespace n ON n.oid = t.typnamespace
    WHERE p.pronamespace = 'cloud'::regnamespace AND p.prokind = 'f' AND has_function_privilege('clients_app', p.oid, 'EXECUTE')`);
});

for (const [name, presets] of Object.entries({ amber: [PostGraphileAmberPreset], relay: [PostGraphileAmberPreset, PostGraphileRelayPreset] })) {
  test(`${name}: every function that the role may call is a field, with every argument`, async () => {
    const told = [], { log, warn, error } = console, listen = (...line) => told.push(line.join(' '));
    Object.assign(console, { log: listen, warn: listen, error: listen });
    const server = postgraphile({ extends: presets, pgServices: [makePgService({ pubsub: false, schemas: ['cloud'],
      connectionString: `postgresql://clients_app@/${process.env.PGDATABASE}?host=${process.env.PGHOST}` })] });
    let schema;
    try {
      schema = await server.getSchema();
    } finally {
      Object.assign(console, { log, warn, error });
      await server.release();
    }
    assert.deepEqual(told.filter((line) => /conflict|Could not find|Couldn't find/.test(line)), []);
    const fields = { true: schema.getMutationType().getFields(), false: schema.getQueryType().getFields() };
    assert.ok(functions.filter((one) => /_page(_|$)/.test(one.name)).length >= 38);
    const missing = [];
    for (const { name: called, command, arguments: given, unknown } of functions) {
      const field = fields[command][camel(called)];
      if (!field) { if (!unknown) missing.push(called); continue; }
      const known = command ? Object.keys(field.args[0].type.ofType.getFields()) : field.args.map((argument) => argument.name);
      for (const argument of given ?? []) if (!known.includes(camel(argument))) missing.push(`${called}(${argument})`);
    }
    assert.deepEqual(missing, []);
  });
}
