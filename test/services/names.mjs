// The names of the test's mail servers, for a worker that resolves them: no name server knows them.
import { Resolver } from 'node:dns/promises';

const known = { 'mail.shop.example': ['127.0.0.2'], 'inside.shop.example': ['127.0.0.3'], 'worst.shop.example': ['127.0.0.2'],
  'both.shop.example': ['127.0.0.2', '127.0.0.3'], 'many.shop.example': Array(17).fill('127.0.0.2') };
const inSix = { 'mapped.shop.example': ['::ffff:127.0.0.3'] };
let turns = 0; // first here, and then there
const asked = (list) => async (name) => {
  if (name === 'turns.shop.example' && list === known) return [turns++ % 2 === 0 ? '127.0.0.2' : '127.0.0.3'];
  if (list[name]) return list[name];
  throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
};
Object.assign(Resolver.prototype, { resolve4: asked(known), resolve6: asked(inSix) });
