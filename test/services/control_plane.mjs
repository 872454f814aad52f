// The control plane as its people use it: tokens, transactions that have entered, and what the superuser sees.
import { createHmac, randomBytes } from 'node:crypto';
import pg from 'pg';

const server = { host: process.env.PGHOST, database: process.env.PGDATABASE };
export const superuser = new pg.Pool({ ...server, user: 'postgres', max: 4 });
const applications = new pg.Pool({ ...server, user: 'services_app', max: 4 });
const pools = [superuser, applications];
const key = randomBytes(32), kid = `services ${process.pid}`;

export const look = async (text, values) => (await superuser.query(text, values)).rows;

const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
function token(person, account) {
  const now = Math.floor(Date.now() / 1000);
  const signed = `${part({ alg: 'HS256', kid })}.${part({ sub: person, aud: server.database, iat: now, exp: now + 120, ...(account && { account }) })}`;
  return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
}

async function inside(pool, begin, work) {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query(begin.text, begin.values);
    const result = await work(async (text, values) => (await client.query(text, values)).rows[0]);
    await client.query('COMMIT');
    return result;
  } catch (failure) {
    await client.query('ROLLBACK');
    throw failure;
  } finally {
    client.release();
  }
}

export const as = (person, account, work) => inside(applications, { text: 'SELECT primecloud.enter($1)', values: [token(person, account)] }, work);
export const operator = (account, work) => inside(superuser, { text: `SELECT primecloud.assume($1, 'a test')`, values: [account] }, work);

export async function openAccount(number) {
  const person = (await look('SELECT primecloud.uuid_v7() AS id'))[0].id;
  await look('SELECT cloud.register_user($1, $2, $3)', [person, `owner${number}@example.com`, `Owner ${number}`]);
  const account = (await as(person, undefined, (ask) => ask('SELECT cloud.create_account($1, $2) AS id', [`Account ${number}`, `account-${number}`]))).id;
  return { number, person, account, slug: `account-${number}`, inside: (work) => as(person, account, work) };
}

export const begin = () => look(`SELECT primecloud.add_token_key($1, 'HS256', $2)`, [kid, key]);
export const end = () => Promise.all(pools.map((pool) => pool.end()));
