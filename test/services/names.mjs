// The names of the test's mail servers, for a worker that resolves them: no resolver knows them.
import dns from 'node:dns/promises';
import { syncBuiltinESMExports } from 'node:module';

const known = { 'mail.shop.example': '127.0.0.2', 'inside.shop.example': '127.0.0.3' };
const asked = dns.lookup;
dns.lookup = async (name, options) => (known[name] ? [{ address: known[name], family: 4 }] : asked(name, options));
syncBuiltinESMExports();
