// What the environment says, looked at before anything is claimed.  A secret may stand in a file:
// STORE_SECRET_KEY_FILE instead of STORE_SECRET_KEY, as systemd's LoadCredential and containers hand them over.
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import process from 'node:process';

const environment = process.env;

export function optional(name, otherwise) {
  const file = environment[`${name}_FILE`];
  return file ? readFileSync(file, 'utf8').trimEnd() : environment[name] || otherwise;
}

export function required(name) {
  const value = optional(name);
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}

function number(name, otherwise, least, most) {
  const value = Number(optional(name, otherwise));
  if (!(value >= least && value <= most)) throw new Error(`${name} is a number from ${least} to ${most}`);
  return value;
}

// Secrets go there: only TLS will do, unless the service is on this machine.
export function service(name) {
  const url = new URL(required(name));
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url.protocol !== 'https:' && !local) throw new Error(`${name} is to be https: ${url.origin} is not`);
  return url;
}

const known = ['minio', 'sftpgo', 'mail'];

// Those that are to be served; a name that is none would be a service whose orders nobody carries out.
function servedOf(list) {
  const served = list.split(',').map((name) => name.trim()).filter((name) => name !== '');
  const wrong = served.filter((name) => !known.includes(name));
  if (wrong.length > 0 || served.length === 0)
    throw new Error(`SERVICES lists some of ${known.join(', ')}, between commas, not ${wrong.join(', ') || 'none'}`);
  return [...new Set(served)];
}

export const worker = {
  name: optional('WORKER_NAME', `${hostname()}:${process.pid}`),
  schema: optional('CLOUD_SCHEMA', 'cloud'),
  services: servedOf(optional('SERVICES', known.join(','))),
  lease: number('LEASE_SECONDS', 60, 2, 3600),
  slots: number('SLOTS', 4, 1, 100),         // orders of one service at a time
  idle: number('IDLE_SECONDS', 1, 0.05, 60), // between two looks at an outbox that has nothing
};

// Every call to a service ends well before the lease does.
worker.timeout = number('TIMEOUT_SECONDS', Math.min(20, worker.lease / 2), 0.1, worker.lease * 0.9) * 1000;
