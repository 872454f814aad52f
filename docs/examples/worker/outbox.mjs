// The outbox as a worker sees it: functions of the database, and nothing of its tables.  Every call is a transaction of its
// own, and every value a bind parameter: a secret or a claim in the text of a statement would stand in the server's log.
import pg from 'pg';
import { worker } from './settings.mjs';

// Where it is and how it is encrypted (PGHOST, PGSSLMODE=verify-full, PGPASSFILE ...) node-postgres reads itself.
const pool = new pg.Pool({ max: worker.services.length * 2 + 2, connectionTimeoutMillis: 10_000, query_timeout: worker.timeout,
  statement_timeout: worker.timeout, application_name: `worker ${worker.name}` });
pool.on('error', () => {}); // a connection that broke while nobody used it; the next query takes another

const lease = `${worker.lease} seconds`;
const call = (name, count) => `${pg.escapeIdentifier(worker.schema)}.${name}(${Array.from({ length: count }, (_, i) => `$${i + 1}`)})`;
async function value(name, ...values) {
  const { rows } = await pool.query({ text: `SELECT ${call(name, values.length)} AS value`, values });
  return rows[0].value;
}
async function rows(name, ...values) {
  return (await pool.query({ text: `SELECT * FROM ${call(name, values.length)}`, values })).rows;
}

// (A sequence is a bigint, and stays a string.)
export const claim = (service, most) => rows('claim_outbox', service, worker.name, most, lease);
export const renew = (order) => value('renew_outbox', order.sequence, order.claim_token, lease);
export const acknowledge = (order) => value('acknowledge_outbox', order.sequence, order.claim_token);
export const fail = (order, reason) => value('fail_outbox', order.sequence, order.claim_token, reason);
export const deadOrders = () => rows('dead_orders', 200);

// The secret that an order names, or undefined: the key, the login or the mail server that it is of is gone.
export async function secret(order) {
  try {
    return await value('order_secret', order.sequence, order.claim_token);
  } catch (error) {
    if (error.code === 'P0002') return undefined;
    error.unreachable = error.code === 'PC008'; // the limit of an hour: no more of them for a while
    throw error;
  }
}

export const mailRecipients = (account, audience) => rows('mail_recipients', account, audience);
export const mailSender = async (account) => (await rows('mail_sender', account))[0];
export const isPublicHost = (address) => value('is_public_host', address);

// A configuration as the database reads it, whatever form it was written in; undefined where it is none.
export async function lifecycle(xml) {
  try {
    return (await pool.query('SELECT primecloud.lifecycle_json($1::primecloud.lifecycle)::jsonb AS rules', [xml])).rows[0].rules;
  } catch (error) {
    if (error.code === '22P02') return undefined;
    throw error;
  }
}

export const close = () => pool.end();
